"""Claims without numbers held against sentences, and comparisons against pairs of cells too."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise, product

import numpy as np

from isogloss.evidence.documents import Evidence
from isogloss.evidence.terms import Term, terms, word_list, words, words_of
from isogloss.evidence.verifiers._claim import Comparison, Parts, compare
from isogloss.evidence.verifiers._papers import Mention, Paper
from isogloss.evidence.verifiers._scores import Weights, features_of

_DIRECT, _ENOUGH, _COMPARED = 0.499, 0.75, 0.65
"""Shares of a claim's terms in a clause; in it and its heading; in a comparison."""

_SURE, _N_CELLS = 0.9, 300
"""Least probability of the pairs of cells that agree, or of the others; cells of each side."""

_CLAUSE = re.compile(r"[;:,]\s|\s(?:but|while|whereas|although|though|and that|because)\s")
_OPEN = re.compile(r"\b(?:if|whether)\b|\?$")
_LOSSES = frozenset({"metric:perplexity", "metric:error", "loss"})


class Sentence:
    """A sentence with its words, those of its heading and the paper's subject, and those of its passage."""

    def __init__(self, evidence: Evidence, subject: frozenset[str]) -> None:
        passage = evidence.passage
        self.evidence, self.quote = evidence, evidence.quote
        self.head = words(passage.section) | subject
        self.around = words(f"{passage.lead} {passage.text}")

    def coverage(self, wanted: Sequence[Term], around: float, head: float = 0.8, text: str = "") -> float:
        """Share of terms in the sentence or a part of it; those in the passage and the heading weigh less."""
        held = words(text or self.quote)
        total = covered = 0.0
        for t in wanted:
            is_near = t.among(self.around) or t.kind in ("model:", "metric:")
            share = 1.0 if t.among(held) else head if t.among(self.head) else around if is_near else 0.0
            total, covered = total + t.weight, covered + t.weight * share
        return covered / total if total else 0.0

    def states(self, claim: Parts) -> bool:
        """Whether one clause holds most of a claim and has its polarity; words that rank count apart."""
        ranks = word_list("up") | word_list("down")
        core = [t for t in claim.terms if re.split(r"[^\w-]", claim.text[t.start :].lower())[0] not in ranks]
        plain = [t for t in core if t.kind == "word:" and not any(map(str.isdigit, t.names))]
        own = _polarity(claim.text)
        return own != 0 and any(
            _polarity(clause) == own
            and not _OPEN.search(clause)
            and self.coverage(core, 0.6, 0.6, clause) >= _ENOUGH
            and all(self.coverage(each, 0.0, 0.0, clause) >= _DIRECT for each in (core, plain) if each)
            for clause in [self.quote, *(c for c in _CLAUSE.split(self.quote) if len(c.split()) > 3)]
        )

    def compares(self, sides: Comparison) -> bool | None:
        """Whether it compares both sides as a claim does; None where it does not compare them."""
        there = compare(self.quote, terms(self.quote))
        if there is None or self.coverage([*sides.left, *sides.right, *sides.shared], 0.5) < _COMPARED:
            return None
        own = _own(sides.left, sides.right), _own(sides.right, sides.left)
        left, right = words_of(there.left), words_of((*there.right, *there.shared))
        same = min(_share(own[0], left), _share(own[1], right))
        turned = min(_share(own[0], right), _share(own[1], left))
        if max(same, turned) < 0.5 or same == turned:
            return None
        return (sides.sign == there.sign) == (same > turned)


def _polarity(text: str) -> int:
    """1 or -1 as a text affirms or denies more of something; 0 if it has more of one and less of another."""
    found = re.findall(r"[\w'’-]+", text.lower())
    found = [word for word, after in pairwise([*found, ""]) if after not in ("only", "just", "merely")]
    is_up, is_down = (not word_list(name).isdisjoint(found) for name in ("up", "down"))
    n_denied = sum(word in word_list("negation") or word.endswith(("n't", "n’t")) for word in found)
    return 0 if is_up and is_down else -1 if n_denied % 2 != is_down else 1


def _own(side: Sequence[Term], other: Sequence[Term]) -> list[Term]:
    """Terms that tell a side of a comparison from the other."""
    names = words_of(other)
    own = [t for t in side if not t.among(names)]
    return [t for t in own if t.kind not in ("task:", "metric:", "split:")] or own


def _share(side: Sequence[Term], held: frozenset[str]) -> float:
    return sum(t.weight for t in side if t.among(held)) / sum(t.weight for t in side) if side else 0.0


def compare_cells(
    claim: Parts, sides: Comparison, papers: Sequence[Paper]
) -> tuple[str, Mention, Mention] | None:
    """Verdict by pairs of cells in one row or column, weighted by how likely the claim is about them."""
    found = [each for paper in papers for each in _pairs(claim, sides, paper)]
    if not found:
        return None
    scores = np.array([score for score, *_ in found])
    chances = np.exp(scores - scores.max())
    agree = chances[[is_right for _, is_right, *_ in found]].sum() / chances.sum()
    if max(agree, 1 - agree) < _SURE:
        return None
    _, is_right, one, other = max((e for e in found if e[1] == (agree >= _SURE)), key=lambda e: e[0])
    return "supported" if is_right else "contradicted", one, other


def _pairs(claim: Parts, sides: Comparison, paper: Paper) -> Iterator[tuple[float, bool, Mention, Mention]]:
    """Cells of the left side with such of the right: their score, and whether they are as the claim says."""
    own = _own(sides.left, sides.right), _own(sides.right, sides.left)
    if not all(own) or not paper.mentions:
        return
    shares = [np.mean([paper.where(t)[0] for t in side], axis=0) for side in own]
    scores = features_of(claim, None, paper)[0] @ Weights.packaged().mention
    is_loss = paper.near.hold(_LOSSES) | paper.around.hold(_LOSSES)
    firsts, seconds = (
        [i for i in np.argsort(-scores, kind="stable") if paper.is_cell[i] and a[i] > b[i]]
        for a, b in (shares, shares[::-1])
    )
    for i, j in product(firsts[:_N_CELLS], seconds[:_N_CELLS]):
        one, other = paper.mentions[i], paper.mentions[j]
        gap = one.number.value - other.number.value
        if gap and one.is_beside(other):
            sign = -sides.sign if sides.is_quality and is_loss[i] and is_loss[j] else sides.sign
            decimals = max(one.number.decimals, other.number.decimals)
            is_as_large = all(number.agrees(abs(gap), decimals) for number in claim.numbers)
            yield float(scores[i] + scores[j]), gap * sign > 0 and is_as_large, one, other
