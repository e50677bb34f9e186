"""Verification: a claim against passages; supported, contradicted or not found, with what was compared."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from isogloss.evidence.agreement import Agreement, Check, compare
from isogloss.evidence.base import Facet, Finding, Found, Kind, Passage, Place, VerdictWord
from isogloss.evidence.calibration import confidence
from isogloss.evidence.comparisons import Comparison, agreement, comparisons
from isogloss.evidence.findings import findings
from isogloss.evidence.index import Index
from isogloss.evidence.mentions import mentions
from isogloss.evidence.numbers import direction
from isogloss.evidence.words import is_negated, sentences, terms

Relation = Literal["supports", "contradicts"]
ClaimKind = Literal["number", "comparison", "statement"]

MIN_CLOSENESS = 0.45
"""A finding less close than this is not about what the claim is about."""

SAME_CLOSENESS = 0.03
"""Findings this close to the closest are as much about the claim as it is."""

DISPUTE = 0.25
"""A document that supports a claim counts if it is at most so much less close than the closest document."""

MIN_COMPARISON = 0.6
MIN_COVERAGE = 0.8
"""Share of a statement's words, by rarity, that a sentence must have to be about the same thing."""

N_EVIDENCE = 8


@dataclass(frozen=True)
class Query:
    """A claim as it is verified.

    Parameters
    ----------
    text : str
    facets : mapping of str to str
        Values that a typed record states; they go before what is read from the text.
    """

    text: str
    facets: Mapping[Facet, str] | None = None


@dataclass(frozen=True)
class Evidence:
    """One passage that speaks for or against a claim.

    Parameters
    ----------
    passage : Passage
    start, end : int
        Span of the sentence or row in the passage.
    relation : {"supports", "contradicts"}
    closeness : float
        From 0 to 1: how surely it is about the very thing claimed.
    checks : mapping of str to str
        Number, task, language, method, training language, model and metric, each by itself; empty for a claim
        without a number.
    stated : str
        What it states where a number or a direction was claimed.
    """

    passage: Passage
    start: int
    end: int
    relation: Relation
    closeness: float
    checks: Mapping[str, Check]
    stated: str

    @property
    def quote(self) -> str:
        """The sentence or row."""
        return self.passage.text[self.start : self.end]


@dataclass(frozen=True)
class Verdict:
    """What the passages say of a claim.

    Parameters
    ----------
    word : {"supported", "contradicted", "not found"}
    confidence : float
        Calibrated probability that the word is right.
    closeness : float
        Of the best passage; 0 where there is none.
    kind : {"number", "comparison", "statement"}
        How the claim was read.
    evidence : tuple of Evidence
        What decided, then the rest by closeness.
    """

    word: VerdictWord
    confidence: float
    closeness: float
    kind: ClaimKind
    evidence: tuple[Evidence, ...]

    @property
    def is_disputed(self) -> bool:
        """Whether a passage says the opposite of the one that decided."""
        return any(each.relation != self.evidence[0].relation for each in self.evidence[1:])

    @property
    def is_opposed(self) -> bool:
        """Whether one as close as that says the opposite."""
        return any(
            each.relation != self.evidence[0].relation and each.closeness >= self.closeness - SAME_CLOSENESS
            for each in self.evidence[1:]
        )


def verify(query: Query, index: Index, *, without: Sequence[str] = ()) -> Verdict:
    """Hold a claim against the passages of an index.

    Parameters
    ----------
    query : Query
    index : Index
    without : sequence of str
        Documents to leave out: the one that the claim was taken from.

    Returns
    -------
    Verdict
    """
    passages = [passage for passage, _ in index.search(query.text) if passage.document not in without]
    claimed = claimed_numbers(query)
    compared = [each for start, end in sentences(query.text) for each in comparisons(query.text[start:end])]
    if claimed and not (compared and all(each.kind == "count" for each in claimed)):
        return _together([_number(each, passages, index) for each in claimed])
    if compared:
        return _comparison(query, compared[0], passages, index)
    return _statement(query, passages, index)


def verify_findings(
    text: str, claimed: Sequence[Finding], index: Index, *, without: Sequence[str] = ()
) -> Verdict:
    """Hold numbers that were found in one document, with the context they have there, against the others.

    Parameters
    ----------
    text : str
        What to search passages with.
    claimed : sequence of Finding
    index : Index
    without : sequence of str
        Documents to leave out.
    """
    passages = [passage for passage, _ in index.search(text) if passage.document not in without]
    return _together([_number(each, passages, index) for each in claimed])


def claimed_numbers(query: Query) -> list[Finding]:
    """The scores, changes and correlations that a claim states; counts where there is nothing else."""
    stated = findings(Passage("claim", "", query.text, Place()))
    main = [each for each in stated if each.kind != "count"] or stated
    main = [each for each in main if not (each.kind == "difference" and _is_derived(each, main))]
    facets = {facet: Found(frozenset({value}), "own") for facet, value in (query.facets or {}).items()}
    return [replace(each, facets={**each.facets, **facets}) for each in main]


def _is_derived(finding: Finding, others: Sequence[Finding]) -> bool:
    """Whether a difference was only reckoned from "from A to B"."""
    return any(each.is_before and each.start == finding.start for each in others)


def _number(claim: Finding, passages: Sequence[Passage], index: Index) -> Verdict:
    found: list[tuple[Passage, Agreement]] = []
    for passage in passages:
        for finding in index.findings(passage):
            match = compare(claim, finding, index.scopes[passage.document], index.idf)
            if match is not None and match.closeness >= MIN_CLOSENESS:
                found.append((passage, match))
    evidence = [
        Evidence(
            passage,
            *match.finding.sentence,
            "supports" if match.number else "contradicts",
            match.closeness,
            match.checks,
            stated(match.finding),
        )
        for passage, match in found
    ]
    return _decide(evidence, "number")


def stated(finding: Finding) -> str:
    """A finding's number as it would be written."""
    sign = {1: "+", -1: "-", 0: ""}[finding.sign] if finding.kind == "difference" else ""
    value = f"{finding.value:.{finding.decimals}f}"
    upper = "" if finding.upper is None else f" to {finding.upper:.{finding.decimals}f}"
    unit = {"%": "%", "": ""}.get(finding.unit, f" {finding.unit}")
    return f"{sign}{value}{upper}{unit}"


def _comparison(query: Query, claim: Comparison, passages: Sequence[Passage], index: Index) -> Verdict:
    evidence: list[Evidence] = []
    for passage in passages:
        if passage.table is not None:
            continue
        for start, end in sentences(passage.text):
            for found in comparisons(passage.text[start:end]):
                share, same = agreement(claim, found)
                clause = passage.text[start + found.start : start + found.end]
                if (
                    share >= MIN_COMPARISON
                    and _same_facets(query.text, clause)
                    and _same_facets(query.text, passage.text[start:end])
                ):
                    relation: Relation = "supports" if same > 0 else "contradicts"
                    what = "the same order" if same > 0 else "the opposite order"
                    evidence.append(Evidence(passage, start, end, relation, share, {}, what))
    evidence += _from_levels(query, claim, passages, index)
    return _decide(evidence, "comparison")


def _same_facets(claim: str, sentence: str) -> bool:
    """Whether task and language of a claim are not at odds with a sentence's."""
    for facet in ("task", "language"):
        claimed = {m.value for m in mentions(claim) if m.facet == facet}
        there = {m.value for m in mentions(sentence) if m.facet == facet}
        if claimed and there and not claimed & there:
            return False
    return True


_PREDICTING = re.compile(r"\b(?:predict|correlat)\w*", re.IGNORECASE)
"""Words of a claim that two correlations settle."""
_SIGNIFICANT = re.compile(r"\bsignifican\w+", re.IGNORECASE)
"""A difference of two scores may be none that is significant."""


def _from_levels(
    query: Query, claim: Comparison, passages: Sequence[Passage], index: Index
) -> list[Evidence]:
    """Two scores of one document that settle which side is higher."""
    is_of_correlations = bool(_PREDICTING.search(query.text))
    if not claim.right or (claim.dimension and not is_of_correlations):
        return []
    is_of_significance = bool(_SIGNIFICANT.search(query.text))
    if is_of_significance and is_negated(query.text):
        return []
    left, right = (_side(query, claim, text) for text in (claim.left, claim.right))
    evidence = []
    for document in dict.fromkeys(passage.document for passage in passages):
        own = [passage for passage in passages if passage.document == document]
        pair = [_best(side, own, index) for side in (left, right)]
        if pair[0] is None or pair[1] is None:
            continue
        (passage, one), (_, other) = pair[0], pair[1]
        if one.finding is other.finding or abs(one.finding.value) == abs(other.finding.value):
            continue
        if not _comparable(one.finding, other.finding):
            continue
        higher = 1 if abs(one.finding.value) > abs(other.finding.value) else -1
        relation: Relation = "supports" if higher == claim.direction else "contradicts"
        if relation == "supports" and is_of_significance:
            continue
        what = f"{stated(one.finding)} against {stated(other.finding)}"
        closeness = min(one.closeness, other.closeness)
        evidence.append(Evidence(passage, *one.finding.sentence, relation, closeness, {}, what))
    return evidence


def _side(query: Query, claim: Comparison, text: str) -> Finding:
    """A score of one side: its own method, model or training language, the claim's task and language."""
    whole, own = mentions(query.text), mentions(text)
    facets: dict[Facet, Found] = {}
    kind: Kind = "correlation" if _PREDICTING.search(query.text) else "level"
    common = {"task", "language", "metric"} | ({"model"} if _is_about_methods(query, claim) else set())
    for facet in ("task", "language", "metric", "model", "method", "training_language"):
        if facet == "metric" and kind == "correlation":
            continue
        of_side = [m for m in own if m.facet == facet]
        shared = [m for m in whole if m.facet == facet] if facet in common else []
        if of_side or shared:
            facets[facet] = Found(frozenset(m.value for m in (of_side or shared)), "own")
    bare = text
    for mention in reversed(own):
        bare = bare[: mention.start] + " " + bare[mention.end :]
    words = frozenset(terms(bare))
    return Finding(
        "claim", 0, 0, (0, 0), 0.0, None, "", 0, kind, 0, "", facets, {"own": words, "sentence": words}
    )  # fmt: skip


def _is_about_methods(query: Query, claim: Comparison) -> bool:
    """Whether one side names the model and a method of it, so that both sides are of that model."""
    sides = [{m.facet for m in mentions(text)} for text in (claim.left, claim.right)]
    return sum("model" in side for side in sides) == 1 and any({"model", "method"} <= side for side in sides)


def _best(side: Finding, passages: Sequence[Passage], index: Index) -> tuple[Passage, Agreement] | None:
    found = [
        (passage, match)
        for passage in passages
        for finding in index.findings(passage)
        if (match := compare(side, finding, index.scopes[passage.document], index.idf)) is not None
        and match.closeness >= 0.6
        and not any(check == "not stated" for check in match.checks.values())
    ]
    return max(found, key=lambda each: each[1].closeness, default=None)


def _comparable(one: Finding, other: Finding) -> bool:
    """Whether two scores are of one task, metric and language; a mean over languages is as none."""
    return all(_named(one, facet) == _named(other, facet) for facet in ("task", "metric", "language"))


def _named(finding: Finding, facet: Facet) -> frozenset[str]:
    found = finding.facets.get(facet)
    return frozenset() if found is None else found.values - {"average"}


def _statement(query: Query, passages: Sequence[Passage], index: Index) -> Verdict:
    wanted = {term.removeprefix("no:") for term in terms(query.text)}
    total = sum(index.idf.get(term, _UNSEEN) for term in wanted)
    evidence: list[Evidence] = []
    if len(wanted) < 2 or total == 0:
        return _decide(evidence, "statement")
    for passage in passages:
        if passage.table is not None:
            continue
        for start, end in sentences(passage.text):
            text = passage.text[start:end]
            there = {term.removeprefix("no:") for term in terms(text)}
            coverage = sum(index.idf.get(term, _UNSEEN) for term in wanted & there) / total
            if coverage >= MIN_COVERAGE and _same_facets(query.text, text):
                opposite = _are_opposite(query.text, text)
                relation: Relation = "contradicts" if opposite else "supports"
                what = "the opposite" if opposite else "the same"
                evidence.append(Evidence(passage, start, end, relation, coverage, {}, what))
    return _decide(evidence, "statement")


_UNSEEN = 7.0


def _are_opposite(claim: str, found: str) -> bool:
    one, other = direction(claim), direction(found)
    if one and other:
        return one != other
    return is_negated(claim) != is_negated(found)


def _decide(evidence: Sequence[Evidence], kind: ClaimKind) -> Verdict:
    """What a document says is what its closest passages say; one document that supports a claim is enough.

    Another document that says something else is shown as a dispute: papers report different experiments in
    the same words.
    """
    ordered = sorted(evidence, key=lambda each: -each.closeness)
    if not ordered:
        return Verdict("not found", confidence("not found", kind, 0.0, 0), 0.0, kind, ())
    by_document = [_of_document(own) for own in _grouped(ordered)]
    best = max(each.closeness for each in by_document)
    supporting = [
        each for each in by_document if each.relation == "supports" and each.closeness >= best - DISPUTE
    ]
    first = (supporting or by_document)[0]
    word: VerdictWord = "supported" if supporting else "contradicted"
    rest = [each for each in ordered if each is not first]
    verdict = Verdict(word, float("nan"), first.closeness, kind, (first, *rest[: N_EVIDENCE - 1]))
    same = sum(each.relation == first.relation for each in verdict.evidence)
    return replace(
        verdict, confidence=confidence(word, kind, first.closeness, same, opposed=verdict.is_opposed)
    )


def _grouped(ordered: Sequence[Evidence]) -> list[list[Evidence]]:
    groups: dict[str, list[Evidence]] = {}
    for each in ordered:
        groups.setdefault(each.passage.document, []).append(each)
    return list(groups.values())


def _of_document(own: Sequence[Evidence]) -> Evidence:
    """The closest evidence of one document; of those as close, one that supports."""
    decisive = [each for each in own if each.closeness >= own[0].closeness - SAME_CLOSENESS]
    return next((each for each in decisive if each.relation == "supports"), own[0])


def _together(verdicts: Sequence[Verdict]) -> Verdict:
    """Several numbers in one claim: it is supported if all are, contradicted if one is."""
    worst_first = ("contradicted", "not found", "supported")
    return min(verdicts, key=lambda verdict: (worst_first.index(verdict.word), verdict.confidence))
