"""Right and wrong verdicts of each verifier on a folder of papers with labelled claims.

python bench/evidence.py PAPERS [CLAIMS] [--verifier NAME ...] [--base-url URL]

CLAIMS (PAPERS/claims.yaml if left out) has notes that begin with "gold: VERDICT". A claim whose gold verdict
is *not found* may be *related*. The control bm25 is always run.
"""

from __future__ import annotations

import argparse
from collections import Counter
from pathlib import Path

from isogloss.evidence.claims.records import read_claims
from isogloss.evidence.investigation import check
from isogloss.evidence.reading import read_folder
from isogloss.evidence.retrieval import Index
from isogloss.evidence.verifiers.base import Options, make_verifier


def main() -> None:
    """Read, verify and print one table per verifier."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("papers", type=Path)
    parser.add_argument("claims", type=Path, nargs="?")
    parser.add_argument("--verifier", action="append", default=[])
    parser.add_argument("--base-url", default="")
    given = parser.parse_args()
    claims = read_claims(given.claims or given.papers / "claims.yaml")
    gold = {claim.id: claim.note.partition("gold:")[2].partition(";")[0].strip() for claim in claims}
    index = Index(read_folder(given.papers).documents)
    for name in dict.fromkeys([*(given.verifier or ["rules"]), "bm25"]):
        found = check(claims, index, make_verifier(name, Options(base_url=given.base_url)))
        n, right = Counter(c.verdict.word for c in found), Counter()
        for claim in found:
            word, truth = claim.verdict.word, gold[claim.id]
            right[word] += word == truth or (word == "related" and truth == "not found")
        decidable = [c for c in found if gold[c.id] != "not found"]
        n_decided = sum(c.verdict.word in ("supported", "contradicted") for c in decidable)
        total = f"{sum(right.values())} of {len(found)} right"
        print(f"{name}: {total}; {n_decided} of {len(decidable)} decidable claims decided")
        for word in ("supported", "contradicted", "related", "not found"):
            print(f"  {word:<13}{right[word]:>3} of {n[word]} right")


if __name__ == "__main__":
    main()
