"""Comparisons held against pairs of cells in one row or column."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import product

import numpy as np

from isogloss.evidence.documents import Evidence
from isogloss.evidence.terms import Term
from isogloss.evidence.verifiers._claim import Comparison, Parts, own_terms
from isogloss.evidence.verifiers._papers import Paper
from isogloss.evidence.verifiers._scores import Match, Weights, match
from isogloss.evidence.verifiers._sentences import Decision

SURE = 0.9
"""Least probability of the pairs that agree, or of those that do not."""

HELD = {"supported": 0.75, "contradicted": 0.9}
"""Least share of a side's terms by verdict."""

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

    def beside(*wanted: Sequence[Term]) -> Match:
        terms = tuple(term for each in wanted for term in each)
        return match(replace(claim, terms=terms, numbers=()), None, [paper])

    left, right = (beside(terms).near for terms in own)
    a, b = (beside(side, sides.shared) for side in (sides.left, sides.right))
    weights = Weights.packaged().mention
    scores = a.features @ weights, b.features @ weights
    is_loss = paper.rows.hold(_LOSSES) | paper.columns.hold(_LOSSES) | paper.around.hold(_LOSSES)
    firsts = np.flatnonzero(paper.is_cell & (left >= 0.5) & (left > right))
    seconds = np.flatnonzero(paper.is_cell & (right >= 0.5) & (right > left))
    for i, j in product(firsts, seconds):
        one, other = paper.mentions[i], paper.mentions[j]
        gap = one.number.value - other.number.value
        if gap == 0 or not one.is_beside(other):
            continue
        sign = -1 if sides.is_quality and is_loss[i] and is_loss[j] else 1
        decimals = max(one.number.decimals, other.number.decimals)
        is_as_large = all(number.agrees(abs(gap), decimals) for number in claim.numbers)
        yield (
            float(scores[0][i] + scores[1][j]),
            gap * sides.sign * sign > 0 and is_as_large,
            float(min(a.held[i], b.held[j])),
            f"{one.text} against {other.text}",
            replace(one.evidence, quote=f"{one.quote}; {other.quote}"),
        )
