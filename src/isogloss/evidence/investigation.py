"""A question or claims held against documents, and a review of what was found."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from isogloss.errors import DataError
from isogloss.evidence.claims.records import ClaimRecord
from isogloss.evidence.documents import Collection, Document, Evidence, Verdict
from isogloss.evidence.numbers import numbers
from isogloss.evidence.reading import is_settings
from isogloss.evidence.retrieval import Index
from isogloss.evidence.terms import terms, word_list, words
from isogloss.evidence.verifiers.base import Verifier

N_ANSWERS, N_EXTRACTED = 8, 12
DECIDED = ("supported", "contradicted")
_GOOD, _FAIR = 0.75, 0.4


@dataclass(frozen=True)
class Checked:
    """A claim with its verdict; `stated_in` is the document that an extracted claim comes from."""

    id: str
    text: str
    verdict: Verdict
    stated_in: str = ""


@dataclass(frozen=True, slots=True)
class Review:
    """One rubric: good, fair, weak or nothing to judge, with the reason."""

    rubric: str
    rating: str
    reason: str


@dataclass(frozen=True)
class Investigation:
    """Passages that answer a question, best first, and checked claims."""

    question: str
    collection: Collection
    answers: tuple[Evidence, ...]
    claims: tuple[Checked, ...]

    def review(self) -> list[Review]:
        """Rate coverage, decisions, full texts and diversity of sources, without a mean over them."""
        if not self.answers and not self.claims:
            return [Review("all", "nothing to judge", "the report holds neither passages nor claims")]
        held = words(" . ".join(f"{each.quote} . {each.passage.section}" for each in self.answers))
        asked, papers, claims = terms(self.question), self.collection.documents, self.claims
        shown = (each for claim in claims for each in claim.verdict.shown)
        sources = {each.passage.document for each in (*self.answers, *shown)}
        n_held = sum(term.among(held) for term in asked)
        n_decided = sum(claim.verdict.word in DECIDED for claim in claims)
        n_whole = sum(paper.full_text for paper in papers)
        counts = (
            ("coverage of the question", n_held, len(asked), "words are in the passages"),
            ("decisions", n_decided, len(claims), "claims are decided"),
            ("full texts", n_whole, len(papers), "papers were read whole"),
            ("sources", len(sources), min(len(papers), 5), "papers have a passage shown"),
        )
        return [Review(rubric, _rating(k, n), f"{k} of {n} {what}") for rubric, k, n, what in counts]


def _rating(k: int, n: int) -> str:
    if not n:
        return "nothing to judge"
    return "good" if k >= _GOOD * n else "fair" if k >= _FAIR * n else "weak"


def investigate(
    question: str,
    collection: Collection,
    verifier: Verifier,
    *,
    claims: Sequence[ClaimRecord] | None = None,
    records: Sequence[ClaimRecord] = (),
    all_records: bool = False,
) -> Investigation:
    """Find the passages that answer a question, and check claims.

    Parameters
    ----------
    question : str
        May be empty if claims are given.
    collection : Collection
    verifier : Verifier
    claims : sequence of ClaimRecord, optional
        Without them, claims are extracted from the passages and checked against the other documents.
    records : sequence of ClaimRecord
        Claims on record; checked where they fit the question, or all of them if `all_records`. One with the
        id of a given claim is left out.
    all_records : bool

    Raises
    ------
    DataError
        If a claim's ``source: file:STEM`` names no document.
    """
    index = Index(collection.documents)
    found = answers(question, index) if question else []
    checked = _extracted(found, index, verifier) if claims is None else check(claims, index, verifier)
    fitting = [] if claims is not None else [record for record in records if _fits(record, question)]
    own = {claim.id for claim in claims or ()}
    on_record = [record for record in (records if all_records else fitting) if record.id not in own]
    checked += check(on_record, index, verifier, are_there=False)
    return Investigation(question, collection, tuple(found), tuple(checked))


def check(
    records: Sequence[ClaimRecord], index: Index, verifier: Verifier, *, are_there: bool = True
) -> list[Checked]:
    """Check each claim against the document that its ``source: file:STEM`` names, or against all.

    A source that is not among the documents is an error where they `are_there`; else all are looked at.
    """
    named = {r.source: _named(r.source[5:], index) for r in records if r.source.startswith("file:")}
    missing = [source for source, documents in named.items() if not documents]
    if missing and are_there:
        there = ", ".join(sorted(Path(d.id).stem for d in index.documents)[:12])
        raise DataError(f"no document for the source {', '.join(missing)}", allowed=f"file:STEM, of {there}")
    indexes = {source: index.of(documents) for source, documents in named.items() if documents}
    return [Checked(r.id, r.text, verifier.verify(r.text, indexes.get(r.source, index))) for r in records]


def _named(name: str, index: Index) -> list[Document]:
    return [d for d in index.documents if name in {d.id, Path(d.id).stem, *Path(d.id).parts}]


def answers(question: str, index: Index) -> list[Evidence]:
    """Passages that answer a question, best first, each with its best sentence; results come first."""
    is_count = re.match(r"\W*how (?:many|much|large|big|long)\b", question, re.IGNORECASE)

    def weight(each: Evidence) -> float:
        is_result = each.passage.table or is_claim(each) or (is_count and numbers(each.quote))
        return each.score * (1.0 if is_result else 0.65)

    found: dict[str, Evidence] = {}
    for each in sorted(index.search(question, 80), key=lambda e: -weight(e)):
        has_value = any(is_count or n.kind != "count" for n in numbers(each.quote))
        is_short = len(each.quote.split()) < 6 and not (each.quote.endswith(".") and has_value)
        if each.passage.table is not None or not is_short:
            found.setdefault(each.passage.id, each)
    return list(found.values())[:N_ANSWERS]


def _extracted(found: Sequence[Evidence], index: Index, verifier: Verifier) -> list[Checked]:
    """Check each answer that states a result against the other documents."""
    out: list[Checked] = []
    for n, each in enumerate([e for e in found if is_claim(e)][:N_EXTRACTED], start=1):
        home = each.passage.document
        others = index.of([document for document in index.documents if document.id != home])
        alone = Verdict("not found", "no other document")
        verdict = verifier.verify(each.quote, others) if others.documents else alone
        out.append(Checked(f"claim-{n}", each.quote, verdict, home))
    return out


def is_claim(each: Evidence) -> bool:
    """Whether a sentence states a result: no table, hyperparameter, question or pointer to a figure."""
    text, held = each.quote, set(re.findall(r"[a-z-]+", each.quote.lower()))
    is_result = any(n.kind != "count" for n in numbers(text)) or held & (word_list("up") | word_list("down"))
    is_pointer = re.match(r"(?:Table|Figure|Section|In (?:this|Section|Table))\b", text)
    is_sentence = text.rstrip("0123456789")[-1:] == "." and len(terms(text)) > 3
    is_text = each.passage.table is None and not is_settings(each.passage)
    return bool(is_result and is_sentence and is_text and not is_pointer)


def _fits(record: ClaimRecord, question: str) -> bool:
    """Whether a record shares a task, a data set, a language or two words with a question."""
    asked = words(question)
    shared = [t for t in terms(record.text) if t.among(asked) and t.kind != "model:"]
    return len(shared) > 1 or any(t.kind in ("task:", "data:", "lang:") for t in shared)
