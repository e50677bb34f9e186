"""Comparisons held against pairs of cells in one row or column."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import product

import numpy as np

from isogloss.evidence.documents import Evidence
from isogloss.evidence.terms import words
from isogloss.evidence.verifiers._claim import Comparison, Parts, own_terms
from isogloss.evidence.verifiers._papers import Floats, Mask, Paper
from isogloss.evidence.verifiers._scores import Weights, match
from isogloss.evidence.verifiers._sentences import Decision

SURE = 0.9
"""Least probability of the pairs that agree, or of those that do not."""

HELD = {"supported": 0.75, "contradicted": 0.95}
"""Least share of a side's terms by verdict."""

N_CELLS = 300
"""Cells of each side that are compared."""

_ALIKE = 2.0
"""Score of a word that the labels of both cells hold."""

_LOSSES = frozenset({"metric:perplexity", "metric:error", "loss"})


def compare_cells(claim: Parts, sides: Comparison, papers: Sequence[Paper]) -> Decision | None:
    """Verdict by the pairs of cells, weighted by how likely the claim is about them."""
    found = [each for paper in papers for each in _pairs(claim, sides, paper)]
    if not found:
        return None
    scores = np.array([score for score, *_ in found])
    chances = np.exp(scores - scores.max())
    agree = chances[[is_right for _, is_right, *_ in found]].sum() / chances.sum()
    if max(agree, 1 - agree) < SURE:
        return None
    word = "supported" if agree >= SURE else "contradicted"
    best = max((each for each in found if each[1] == (agree >= SURE)), key=lambda each: each[0])
    _, _, held, reason, evidence = best
    return Decision(word, reason, evidence) if held >= HELD[word] else None


def _pairs(
    claim: Parts, sides: Comparison, paper: Paper
) -> Iterator[tuple[float, bool, float, str, Evidence]]:
    """Pairs of cells of the two sides: score, whether it is as the claim says, share of terms, evidence."""
    own = own_terms(sides.left, sides.right), own_terms(sides.right, sides.left)
    if not all(own) or not paper.mentions:
        return

    left, right = (match(replace(claim, terms=tuple(terms), numbers=()), None, [paper]).near for terms in own)
    a, b = (
        match(replace(claim, terms=(*side, *sides.shared)), None, [paper])
        for side in (sides.left, sides.right)
    )
    weights = Weights.packaged().mention
    scores = a.features @ weights, b.features @ weights
    is_loss = paper.rows.hold(_LOSSES) | paper.columns.hold(_LOSSES) | paper.around.hold(_LOSSES)
    firsts = _best(paper.is_cell & (left >= 0.5) & (left > right), scores[0])
    seconds = _best(paper.is_cell & (right >= 0.5) & (right > left), scores[1])
    for i, j in product(firsts, seconds):
        one, other = paper.mentions[i], paper.mentions[j]
        gap = one.number.value - other.number.value
        if gap == 0 or not one.is_beside(other):
            continue
        sign = -1 if sides.is_quality and is_loss[i] and is_loss[j] else 1
        decimals = max(one.number.decimals, other.number.decimals)
        is_as_large = all(number.agrees(abs(gap), decimals) for number in claim.numbers)
        yield (
            float(scores[0][i] + scores[1][j]) + _ALIKE * len(words(one.labels) & words(other.labels)),
            gap * sides.sign * sign > 0 and is_as_large,
            float(min(a.held[i], b.held[j])),
            f"{one.text} against {other.text}",
            replace(one.evidence, quote=f"{one.quote}; {other.quote}"),
        )


def _best(fits: Mask, scores: Floats) -> list[int]:
    """Positions of the cells with the highest scores."""
    found = np.flatnonzero(fits)
    return [int(i) for i in found[np.argsort(-scores[found], kind="stable")][:N_CELLS]]
