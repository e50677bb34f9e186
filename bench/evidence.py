"""Right and wrong verdicts of each verifier on a folder of papers with labelled claims.

python bench/evidence.py PAPERS [CLAIMS] [--verifier NAME ...] [--base-url URL]

CLAIMS (PAPERS/claims.yaml if left out) has notes such as "gold: supported; shown: 69.74|Table 2": the verdict
and texts of which the deciding passage holds one. A claim whose gold verdict is *not found* may be *related*.
The control bm25 is always run.
"""

from __future__ import annotations

import argparse
from collections import Counter
from pathlib import Path

from isogloss.evidence.claims.records import read_claims
from isogloss.evidence.documents import Verdict
from isogloss.evidence.investigation import DECIDED, check
from isogloss.evidence.reading import read_folder
from isogloss.evidence.retrieval import Index
from isogloss.evidence.verifiers.base import Options, make_verifier


def label(note: str, name: str) -> str:
    """Value of a label in a note."""
    parts = (part.partition(":") for part in note.split(";"))
    return next((value.strip() for key, _, value in parts if key.strip() == name), "")


def is_shown(texts: str, verdict: Verdict) -> bool:
    """Whether a passage of a verdict holds one of the labelled texts."""
    held = " ".join(f"{each.passage.text} {each.quote}" for each in verdict.shown)
    return any(text in held for text in texts.split("|"))


def main() -> None:
    """Read, verify and print one table per verifier."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("papers", type=Path)
    parser.add_argument("claims", type=Path, nargs="?")
    parser.add_argument("--verifier", action="append", default=[])
    parser.add_argument("--base-url", default="")
    parser.add_argument("--wrong", action="store_true", help="list the claims that went wrong")
    given = parser.parse_args()
    claims = read_claims(given.claims or given.papers / "claims.yaml")
    notes = {claim.id: claim.note for claim in claims}
    gold = {id: label(note, "gold") for id, note in notes.items()}
    index = Index(read_folder(given.papers).documents)
    for name in dict.fromkeys([*(given.verifier or ["rules"]), "bm25"]):
        found = check(claims, index, make_verifier(name, Options(base_url=given.base_url)))
        n, right = Counter(c.verdict.word for c in found), Counter()
        n_gold, right_gold = Counter(gold.values()), Counter()
        for claim in found:
            word, truth = claim.verdict.word, gold[claim.id]
            is_right = word == truth or (word == "related" and truth == "not found")
            right[word] += is_right
            right_gold[truth] += is_right
            if given.wrong and not is_right:
                where = claim.verdict.shown[0].quote[:200] if claim.verdict.shown else ""
                print(f"  {claim.id}: {truth}, not {word}: {claim.text} | {claim.verdict.reason} | {where}")
        decidable = [c for c in found if gold[c.id] != "not found"]
        n_decided = sum(c.verdict.word in DECIDED for c in decidable)
        total = f"{sum(right.values())} of {len(found)} right"
        print(f"{name}: {total}; {n_decided} of {len(decidable)} decidable claims decided")
        for word in ("supported", "contradicted", "related", "not found"):
            truth = f"; {right_gold[word]} of {n_gold[word]} that are" if word in n_gold else ""
            print(f"  {word:<13}{right[word]:>3} of {n[word]} right{truth}")
        texts = [(label(notes[c.id], "shown"), c.verdict) for c in decidable if label(notes[c.id], "shown")]
        if texts:
            print(f"  deciding passage among those shown: {sum(is_shown(*t) for t in texts)} of {len(texts)}")


if __name__ == "__main__":
    main()
