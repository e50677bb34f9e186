"""Numbers of a claim held against the numbers of papers, by fitted linear scores.

A conditional logit (McFadden, 1974) says which mention of a number a claim is about, whether it agrees or
not. From the best mention that agrees and the best that does not, two logistic regressions say how likely the
claim is supported, and how likely contradicted. `python -m bench.fit_evidence` fits the weights in
``weights.yaml``.

References
----------
McFadden (1974). Conditional logit analysis of qualitative choice behavior. In *Frontiers in Econometrics*,
105-142.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from importlib.resources import files
from itertools import compress

import numpy as np

from isogloss.evidence.documents import Evidence
from isogloss.evidence.numbers import Number, are_stated
from isogloss.evidence.terms import Term, words_of
from isogloss.evidence.verifiers._claim import Parts
from isogloss.evidence.verifiers._labels import pair
from isogloss.evidence.verifiers._papers import Floats, Mask, Mention, Paper

_TASKS = ("task:", "data:")

KINDS = ("lang:", "task:", "data:", "metric:", "split:", "model:", "setting:", "size:")
"""Kinds of names of which a claim and a mention may differ."""

OF_MENTION = (
    *("near", "around", "section", "differs", "adds", "named", "is_cell", "near_in_cell"),
    *("same_kind", "far", "alike"),
)
"""Features of a mention, see `features_of`."""

OF_VERDICT = (
    *("is_stated", "share", "lead", "beside", "digits", "is_difference", "is_count", "is_bound"),
    *(f"{side}_{name}" for side in ("agreeing", "rival", "alone")
      for name in ("score", "near", "held", "absent", "differs", "distance", "same_noun")),
)  # fmt: skip
"""Features of a verdict, see `weigh`."""

SURE = 0.6
"""Least probability of a verdict."""

LEAST, NEAR = 0.3, 0.5
"""Least share of a claim's terms in what supports it, and in what contradicts it."""

_SAME = 0.15
"""Logarithm of the ratio of two numbers up to which their size says nothing."""

_LEAD = 8.0
"""Largest lead of a mention over the others."""


@dataclass(frozen=True, eq=False)
class Weights:
    """Fitted weights: of mentions, in the order of `OF_MENTION`, and of verdicts, of `OF_VERDICT` and 1."""

    mention: Floats
    supported: Floats
    contradicted: Floats

    @staticmethod
    @cache
    def packaged() -> Weights:
        """Weights of the package."""
        import yaml

        text = files("isogloss.evidence").joinpath("weights.yaml").read_text(encoding="utf-8")
        return Weights.of(yaml.safe_load(text))

    @staticmethod
    def of(named: Mapping[str, Mapping[str, float]]) -> Weights:
        """Weights by name."""
        verdict = (*OF_VERDICT, "constant")
        order = {"mention": OF_MENTION, "supported": verdict, "contradicted": verdict}
        return Weights(**{part: np.array([named[part][name] for name in order[part]]) for part in order})

    def probabilities(self, features: Floats) -> tuple[float, float]:
        """Probabilities of *supported* and of *contradicted*."""
        logits = (features @ weights[:-1] + weights[-1] for weights in (self.supported, self.contradicted))
        supported, contradicted = (float(1 / (1 + np.exp(-logit))) for logit in logits)
        return supported, contradicted


@dataclass(frozen=True, eq=False)
class Match:
    """The mentions of papers that a number of a claim may be about.

    `features` has one row of `OF_MENTION` for each mention. `near`, `held` and `absent` are shares of the
    claim's terms in its labels, there or around or in its section, and nowhere in the paper. Where
    `is_foreign`, the labels of a cell name a language or model, and nothing there is that of the claim.
    """

    number: Number
    mentions: tuple[Mention, ...]
    features: Floats
    near: Floats
    held: Floats
    absent: Floats
    is_foreign: Mask

    @cached_property
    def states(self) -> list[bool | None]:
        """Whether each mention agrees with the number; None where it is too coarse."""
        return [self.number.agrees(each.number.value, each.number.decimals) for each in self.mentions]

    def best(self, scores: Floats, *, agrees: bool) -> int | None:
        """Position of the best mention that agrees with the number, or of the best that does not."""
        mask = np.array([state is agrees for state in self.states], dtype=bool)
        return int(np.argmax(np.where(mask, scores, -np.inf))) if mask.any() else None


def match(claim: Parts, number: Number, papers: Sequence[Paper]) -> Match:
    """Find the mentions of papers that a number of a claim may be about: no other task, nothing turned."""
    papers = [paper for paper in papers if paper.mentions]
    if not papers:
        nothing = np.zeros(0)
        return Match(number, (), np.zeros((0, len(OF_MENTION))), nothing, nothing, nothing, nothing > 0)
    parts = [(*features_of(claim, number, paper), _foreign(claim, paper)) for paper in papers]
    fits = np.concatenate([_fits(claim, paper) for paper in papers])
    found = (np.concatenate(columns)[fits] for columns in zip(*parts, strict=True))
    return Match(number, tuple(compress((m for paper in papers for m in paper.mentions), fits)), *found)


def features_of(claim: Parts, number: Number | None, paper: Paper) -> tuple[Floats, Floats, Floats, Floats]:
    """Compute the features of each mention of a paper, and the shares `near`, `held` and `absent` of `Match`.

    `near`, `around` and `section` are weights of terms in its labels, only around it, and only in its section
    or the paper's subject; `differs` counts kinds of names of which it has others than the claim; `adds` is
    the weight of what its labels add; `named` counts terms in its labels; `far` is the logarithm (base 10)
    of how many times larger or smaller its number is; `alike` says that both have decimals or none. Other
    whole numbers of the claim are terms too, such as 1000 at the head of a column.
    """
    others = [n for n in claim.numbers if n is not number and n.value == int(n.value)]
    wanted = [*claim.terms, *(Term(frozenset([f"{n.value:g}"]), 0.6, n.start) for n in others)]
    n, total = len(paper.mentions), sum(term.weight for term in wanted) or 1.0
    near, around, section, named, absent = (np.zeros(n) for _ in range(5))
    of_kind: dict[str, Mask] = {}
    for term in wanted:
        is_near, is_around, is_in_section, is_known = paper.where(term)
        near += term.weight * is_near
        around += term.weight * is_around
        section += term.weight * is_in_section
        named += is_near
        absent += 0.0 if is_known else term.weight
        of_kind[term.kind] = of_kind.get(term.kind, False) | is_near
    differs = np.zeros(n)
    for kind in of_kind.keys() & KINDS:
        differs += paper.near.hold_kind(kind) & ~of_kind[kind]
    is_cell = paper.is_cell.astype(np.float64)
    kind = "" if number is None else number.kind
    same = np.array([mention.number.kind == kind for mention in paper.mentions], dtype=np.float64)
    far, alike = np.zeros((2, n)) if number is None else _likeness(number, paper)
    adds = paper.added(words_of(wanted))
    columns = (near, around, section, differs, adds, named, is_cell, near * is_cell, same, far, alike)
    return np.stack(columns, axis=1), near / total, (near + around + section) / total, absent / total


def _likeness(number: Number, paper: Paper) -> tuple[Floats, Floats]:
    """Features `far` and `alike` of each mention; a share counts as percent beside a percentage."""
    values, decimals = (
        np.array([getattr(m.number, part) for m in paper.mentions]) for part in ("value", "decimals")
    )
    values = np.where((values <= 1) & (decimals > 1) & (number.value > 1), 100 * values, values)
    far = np.abs(np.log10((np.abs(values) + 1e-3) / (abs(number.value) + 1e-3)))
    return np.clip(far, _SAME, 2.0), ((decimals > 0) == (number.decimals > 0)).astype(np.float64)


def _fits(claim: Parts, paper: Paper) -> Mask:
    """Whether each mention is a sentence, or a cell of no other task or data; none has turned languages."""
    scopes = paper.near, paper.around
    named = [scope.hold_kind(kind) for scope in scopes for kind in _TASKS]
    own = [mask for term in claim.terms if term.kind in _TASKS for mask in paper.where(term)[:2]]
    is_other = (
        np.any(named, axis=0) & ~np.any(own, axis=0) if own else np.zeros(len(paper.mentions), dtype=bool)
    )
    if data := [name for term in claim.terms if term.kind == "data:" for name in term.names]:
        with_data = np.any([scope.hold_kind("data:") for scope in scopes], axis=0)
        is_other |= with_data & ~np.any([scope.hold(data) for scope in scopes], axis=0)
    return np.asarray(~(_turned(claim, paper) | (paper.is_cell & is_other) | _lesser_twins(claim, paper)))


def _lesser_twins(claim: Parts, paper: Paper) -> Mask:
    """Cells with the labels of a cell of another table that holds more of the claim's names around it."""
    found = np.zeros(len(paper.mentions), dtype=bool)
    names = [term for term in claim.terms if term.kind != "word:"]
    held = np.array([np.any(paper.where(term)[:2], axis=0) for term in names]).T
    for at in paper.twins if names else ():
        own, others = held[at][:, None], held[at][None]
        is_less = (others >= own).all(axis=2) & (others > own).any(axis=2)
        found[at[is_less.any(axis=1)]] = True
    return found


def _foreign(claim: Parts, paper: Paper) -> Mask:
    """Cells of other languages or models than those of the claim, see `Match`."""
    found = np.zeros(len(paper.mentions), dtype=bool)
    for kind in ("lang:", "model:"):
        own = [mask for term in claim.terms if term.kind == kind for mask in paper.where(term)[:2]]
        if own:
            found |= paper.near.hold_kind(kind) & ~np.any(own, axis=0)
    return np.asarray(found & paper.is_cell)


def _turned(claim: Parts, paper: Paper) -> Mask:
    """Mentions whose languages are not in the roles of the claim: "en-zh" for Chinese to English."""
    languages = [term for term in claim.terms if term.kind == "lang:"]
    sources = [term for term in languages if term.start in claim.source]
    targets = [term for term in languages if term.start in claim.target]
    if len(languages) == 1 and not sources:
        targets = languages
    wrong = np.zeros(len(paper.mentions), dtype=bool)
    for role, other, its in (("source", "target", sources), ("target", "source", targets)):
        for term in its:
            own, others = ([f"{each}:{name}" for name in term.names] for each in (role, other))
            wrong |= paper.near.hold(others) & ~paper.near.hold(own)
    if claim.pair is not None:
        first, second = claim.pair
        wrong |= paper.near.hold(pair(b, a) for a in first.names for b in second.names)
    return wrong


def weigh(found: Match, scores: Floats) -> Floats:
    """Features of the verdict on a number of a claim, in the order of `OF_VERDICT`.

    `scores` has one value for each mention; raises ValueError where there is no mention.

    `share` is the probability that the claim is about a mention that agrees; `lead` is the score of the best
    of these above the best rival, a mention that does not agree; `beside` is that above the best rival in the
    same row, column or sentence. A rival is `alone` where nothing agrees.
    """
    number = found.number
    if not found.mentions:
        raise ValueError("no mention to weigh")
    shares = np.exp(scores - scores.max())
    shares /= shares.sum()
    agreeing, rival = found.best(scores, agrees=True), found.best(scores, agrees=False)
    stated = (0.0, 0.0, 0.0, 0.0)
    if agreeing is not None:
        lead = _LEAD if rival is None else np.clip(scores[agreeing] - scores[rival], -_LEAD, _LEAD)
        agree = shares[[state is True for state in found.states]].sum()
        stated = (1.0, agree, lead, _beside(found, scores, agreeing))
    kind = number.kind == "difference", number.kind == "count", number.bound != ""
    sides = (agreeing, rival, None) if agreeing is not None else (None, None, rival)
    sided = (value for i in sides for value in _side(found, scores, i))
    return np.array([*stated, number.weight, *kind, *sided], dtype=np.float64)


def _beside(found: Match, scores: Floats, i: int) -> float:
    """Lead of a mention over the best rival in its row, column or sentence, between -4 and 4."""
    own, others = found.mentions[i], zip(found.mentions, found.states, scores, strict=True)
    rivals = (score for each, state, score in others if state is False and own.is_beside(each))
    return float(np.clip(scores[i] - max(rivals, default=-np.inf), -4, 4))


def _side(found: Match, scores: Floats, i: int | None) -> tuple[float, ...]:
    """Score of a mention, its shares of the claim, and how its number resembles that of the claim."""
    if i is None:
        return (0.0,) * 7
    number, other = found.number, found.mentions[i].number
    noun = (1.0 if number.noun == other.noun else -1.0) if number.noun and other.noun else 0.0
    differs, far = (found.features[i, OF_MENTION.index(name)] for name in ("differs", "far"))
    return scores[i], found.near[i], found.held[i], found.absent[i], differs, far, noun


@dataclass(frozen=True)
class Judged:
    """A number of a claim with the probabilities of its verdicts and the mentions that speak for each.

    `likely` are those that the claim is most likely about, of two passages.
    """

    supported: float
    contradicted: float
    agreeing: Mention | None
    rival: Mention | None
    likely: tuple[Mention, ...]

    @property
    def shown(self) -> tuple[Evidence, ...]:
        """The likeliest mention, the best that agrees, and the likeliest of another passage."""
        mentions = (self.likely[0], self.agreeing, *self.likely[1:])
        return tuple(mention.evidence for mention in mentions if mention is not None)


def judge(claim: Parts, found: Sequence[Match], weights: Weights) -> list[Judged]:
    """Judge each number of a claim; one that the evidence for another states as well is judged like that.

    So "with 100 sentences" states a condition where 100 is in the labels of the cell that is compared.
    """
    judged = []
    for each in found:
        scores = each.features @ weights.mention
        places = each.best(scores, agrees=True), each.best(scores, agrees=False)
        agreeing, rival = (None if i is None else each.mentions[i] for i in places)
        of_passage: dict[str, Mention] = {}
        for i in np.argsort(-scores, kind="stable"):
            of_passage.setdefault(each.mentions[i].passage.id, each.mentions[i])
        supported, contradicted = weights.probabilities(weigh(each, scores))
        if places[0] is None or each.held[places[0]] < LEAST or each.is_foreign[places[0]]:
            supported = 0.0
        is_too_coarse = each.states[int(np.argmax(scores))] is None  # what it is about does not tell
        if (
            rival is None
            or is_too_coarse
            or each.held[places[1]] < NEAR
            or not _can_deny(each.number, rival.number)
        ):
            contradicted = 0.0
        judged.append(Judged(supported, contradicted, agreeing, rival, tuple(of_passage.values())[:2]))
    best = max(judged, key=lambda each: each.supported)
    if best.agreeing is None:
        return judged
    is_stated = [are_stated([number], best.agreeing.labels) for number in claim.numbers]
    return [best if stated else each for stated, each in zip(is_stated, judged, strict=True)]


def _can_deny(number: Number, rival: Number) -> bool:
    """Whether a number may stand in place of another: a whole one for a count, one up to 100 for a score."""
    if number.kind in ("count", "ordinal"):
        return rival.decimals <= 0
    return rival.kind not in ("count", "ordinal") and (abs(rival.value) <= 100 or abs(number.value) > 100)


def decide(judged: Sequence[Judged]) -> tuple[str, Judged] | None:
    """Verdict on all numbers of a claim: *supported* if all are, *contradicted* if one is."""
    least, most = min(judged, key=lambda j: j.supported), max(judged, key=lambda j: j.contradicted)
    if least.supported >= max(SURE, most.contradicted):
        return "supported", least
    return ("contradicted", most) if most.contradicted >= SURE else None
