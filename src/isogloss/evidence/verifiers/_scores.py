"""Numbers of a claim held against the numbers of papers, by fitted linear scores.

A conditional logit (McFadden, 1974) says which mention of a number a claim is about, whatever its value. From
the best mention that agrees and the best that does not, two logistic regressions say how likely the claim is
supported, and how likely contradicted. `python -m bench.fit_evidence` fits the weights in ``weights.yaml``.

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
from isogloss.evidence.verifiers._labels import Label, is_said
from isogloss.evidence.verifiers._papers import Floats, Mask, Mention, Paper

_TASKS = ("task:", "data:")

KINDS = ("lang:", "task:", "data:", "metric:", "split:", "model:", "setting:", "size:")
"""Kinds of names of which a claim and a mention may differ."""

OF_MENTION = (
    *("near", "around", "section", "differs", "adds", "named", "is_cell", "near_in_cell", "same_kind"),
)
"""Features of a mention, see `match`."""

OF_VERDICT = (
    *("share", "lead", "is_stated", "agreeing", "rival", "rival_share", "beside", "is_exceeded"),
    *("digits", "is_difference", "is_count", "is_bound"),
    *(f"{side}_{name}" for side in ("agreeing", "rival")
      for name in ("near", "held", "absent", "differs", "distance", "same_noun")),
)  # fmt: skip
"""Features of a verdict, see `weigh`."""

SURE = {"supported": 0.65, "contradicted": 0.6}
"""Least probability of a verdict, by verdict."""

LEAST = 0.3
"""Least share of a claim's terms in what supports it."""

_FAR = 15.0
"""Score below the best of a mention that there is not."""


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
    """The mentions of papers that a claim, or one of its numbers, may be about.

    `features` has one row of `OF_MENTION` for each mention. `near`, `held` and `absent` are shares of the
    claim's terms in its labels, there or around or in its section, and nowhere in the paper.
    """

    number: Number | None
    mentions: tuple[Mention, ...]
    features: Floats
    near: Floats
    held: Floats
    absent: Floats

    @cached_property
    def states(self) -> list[bool | None]:
        """Whether each mention agrees with the number; None where it is too coarse, or without a number."""
        number = self.number
        return [None if number is None else mention.states(number) for mention in self.mentions]

    def best(self, scores: Floats, *, agrees: bool) -> int | None:
        """Position of the best mention that agrees with the number, or of the best that does not."""
        mask = np.array([state is agrees for state in self.states], dtype=bool)
        return int(np.argmax(np.where(mask, scores, -np.inf))) if mask.any() else None


def match(claim: Parts, number: Number | None, papers: Sequence[Paper]) -> Match:
    """Compute the features of each mention of papers that a claim, or one of its numbers, may be about.

    `near`, `around` and `section` are weights of terms in its labels, only around it, and only in its section
    or the paper's subject; `differs` counts kinds of names of which it has others than the claim; `adds` is
    the weight of what its labels add; `named` counts terms in its labels. Other whole numbers of the claim
    are terms too, such as 1000 at the head of a column.
    """
    others = [n for n in claim.numbers if n is not number and n.value == int(n.value)]
    wanted = [*claim.terms, *(Term(frozenset([f"{n.value:g}"]), 0.6, n.start) for n in others)]
    parts = [_features(claim, wanted, number, paper) for paper in papers if paper.mentions]
    if not parts:
        return Match(number, (), np.zeros((0, len(OF_MENTION))), *(np.zeros(0) for _ in range(3)))
    mentions = (mention for paper in papers for mention in paper.mentions)
    fits = np.concatenate([_fits(claim, number, paper) for paper in papers if paper.mentions])
    columns = (np.concatenate([part[i] for part in parts])[fits] for i in range(4))
    return Match(number, tuple(compress(mentions, fits)), *columns)


def _features(
    claim: Parts, wanted: Sequence[Term], number: Number | None, paper: Paper
) -> tuple[Floats, Floats, Floats, Floats]:
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
        differs += (paper.rows.hold_kind(kind) | paper.columns.hold_kind(kind)) & ~of_kind[kind]
    mine = words_of(wanted)
    adds = paper.rows.each(lambda label: _added(label, mine))
    adds += paper.columns.each(lambda label: _added(label, mine))
    is_cell = paper.is_cell.astype(np.float64)
    kinds = [mention.number.kind for mention in paper.mentions]
    same = np.array([number is not None and kind == number.kind for kind in kinds], dtype=np.float64)
    columns = (near, around, section, differs, adds, named, is_cell, near * is_cell, same)
    return np.stack(columns, axis=1), near / total, (near + around + section) / total, absent / total


def _added(label: Label, mine: frozenset[str]) -> float:
    return sum(weight for term, weight in label.added if not is_said(term.names, mine))


def _fits(claim: Parts, number: Number | None, paper: Paper) -> Mask:
    """Mentions that a number may be about: cells of other tasks and those with turned languages are not."""
    if number is None:
        return np.ones(len(paper.mentions), dtype=bool)
    fits = ~_turned(claim, paper)
    tasks = [paper.where(term) for term in claim.terms if term.kind in _TASKS]
    if tasks:
        is_own = np.any([near | around for near, around, *_ in tasks], axis=0)
        fits &= is_own | ~paper.is_cell | ~paper.names_kind(_TASKS)
    return fits


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
            wrong |= paper.holds_as(term, other) & ~paper.holds_as(term, role)
    if claim.pair is not None:
        turned = claim.pair[::-1]
        for scope in (paper.rows, paper.columns):
            wrong |= scope.each(lambda label: label.names(turned)) > 0
    return wrong


def weigh(found: Match, scores: Floats) -> Floats:
    """Features of the verdict on a number of a claim, in the order of `OF_VERDICT`.

    `scores` has one value for each mention; raises ValueError where there is no mention, or no number.

    `share` is the probability that the claim is about a mention that agrees; `lead` is the score of the best
    of these above the best rival, a mention that does not agree; `beside` is that above the best rival in the
    same row, column or sentence, and `is_exceeded` says whether this is higher.
    """
    number = found.number
    if number is None or not found.mentions:
        raise ValueError("no number or no mention to weigh")
    shares = np.exp(scores - scores.max())
    shares /= shares.sum()
    agreeing, rival = found.best(scores, agrees=True), found.best(scores, agrees=False)
    far = scores.max() - _FAR
    high, other = (far if i is None else scores[i] for i in (agreeing, rival))
    beside = _beside(found, scores, agreeing)
    own = (
        *(shares[[state is True for state in found.states]].sum(), np.clip(high - other, -8, 8)),
        *(agreeing is not None, high, other, 0.0 if rival is None else shares[rival], beside, beside < 0),
        *(number.weight, number.kind == "difference", number.kind == "count", number.bound != ""),
    )
    return np.array([*own, *_side(number, found, agreeing), *_side(number, found, rival)], dtype=np.float64)


def _beside(found: Match, scores: Floats, i: int | None) -> float:
    """Lead of a mention over the best rival in its row, column or sentence, between -4 and 4."""
    if i is None:
        return 4.0
    own = found.mentions[i]
    others = zip(found.mentions, found.states, scores, strict=True)
    rivals = (score for other, state, score in others if state is False and own.is_beside(other))
    return float(np.clip(scores[i] - max(rivals, default=-np.inf), -4, 4))


def _side(number: Number, found: Match, i: int | None) -> tuple[float, ...]:
    """Shares of the claim that a mention accounts for, and how its number resembles that of the claim."""
    if i is None:
        return (0.0,) * 6
    other = found.mentions[i].number
    ratio = np.log10((abs(number.value) + 1e-3) / (abs(other.value) + 1e-3))
    noun = (1.0 if number.noun == other.noun else -1.0) if number.noun and other.noun else 0.0
    differs = found.features[i, OF_MENTION.index("differs")]
    distance = float(np.clip(abs(ratio), 0.15, 2.0))
    return found.near[i], found.held[i], found.absent[i], differs, distance, noun


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
        likely = tuple(of_passage.values())[:2]
        supported, contradicted = weights.probabilities(weigh(each, scores))
        if places[0] is not None and each.held[places[0]] < LEAST:
            supported = 0.0
        is_less = None not in places and each.held[places[1]] < each.held[places[0]] - 1e-9
        if each.number and rival and (is_less or not _can_deny(each.number, rival, agreeing)):
            contradicted = 0.0
        judged.append(Judged(supported, contradicted, agreeing, rival, likely))
    best = max(judged, key=lambda each: each.supported)
    if best.agreeing is None:
        return judged
    is_stated = [are_stated([number], best.agreeing.labels) for number in claim.numbers]
    return [best if stated else each for stated, each in zip(is_stated, judged, strict=True)]


def _can_deny(number: Number, rival: Mention, agreeing: Mention | None) -> bool:
    """Whether a mention may stand in place of a number: a count for a count, a score for one up to 100.

    A sentence that states the number as well does not say which of the two is meant.
    """
    is_count, other_is_count = (n.kind in ("count", "ordinal") for n in (number, rival.number))
    if rival.kind == "sentence" and agreeing is not None and rival.is_beside(agreeing):
        return False
    if is_count:
        return rival.number.decimals <= 0
    is_score = abs(rival.number.value) <= 100 or abs(number.value) > 100
    return not other_is_count and (is_score or number.kind != "score")


def decide(judged: Sequence[Judged]) -> tuple[str, Judged] | None:
    """Verdict on all numbers of a claim: *supported* if all are, *contradicted* if one is."""
    least, most = min(judged, key=lambda j: j.supported), max(judged, key=lambda j: j.contradicted)
    if least.supported >= max(SURE["supported"], most.contradicted):
        return "supported", least
    return ("contradicted", most) if most.contradicted >= SURE["contradicted"] else None
