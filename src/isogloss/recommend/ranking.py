"""From ratings to a ranking with expectations, bounds and reasons."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from isogloss.analysis.controls._pretraining import pretraining_sizes
from isogloss.distances import PairMatrix, distance_matrices
from isogloss.errors import FieldError
from isogloss.languages import resolve
from isogloss.languages.base import Language
from isogloss.recommend.conformal import ConformalBounds, calibrate
from isogloss.recommend.donors import donor_effects
from isogloss.recommend.pairs import METRICS, Folds, Pairs
from isogloss.recommend.rankers.base import Ranker, ratings
from isogloss.recommend.results import Bounds, Candidate, Closeness, Donor, Recommendation


def ranked(
    pairs: Pairs, target: Language, name: str, ranker: Ranker, learnt: Pairs | None = None
) -> Recommendation:
    """Rank the sources that may be chosen for the last target of `pairs`.

    Parameters
    ----------
    pairs : Pairs
    target : Language
        Its last target.
    name : str
        Of the ranker.
    ranker : Ranker
    learnt : Pairs, optional
        The table of scores without the target, which expectations and bounds come from.

    Raises
    ------
    FieldError
        If the ranker can choose none of the candidates.
    """
    folds = Folds.without(pairs, np.array([[len(pairs.targets) - 1]]))
    rated = ratings(ranker, pairs, folds)[0, 0]
    if learnt is not None:  # a candidate without scores is beyond what the bounds are calibrated on
        rated = np.where(np.isin(pairs.source_ids, learnt.source_ids), rated, np.nan)
    rows = np.arange(len(pairs.sources)) if pairs.choice is None else np.flatnonzero(pairs.choice)
    if ranker.abstains and np.isnan(rated[rows]).all():
        raise FieldError(
            f"the ranker '{name}' can choose none of the candidates",
            allowed=", ".join(pairs.sources[row].input for row in rows),
            hint="add the language to the candidates, or take another ranker",
        )
    calibration = None
    known = rows
    if learnt is not None:
        known = rows[np.isin(pairs.source_ids[rows], learnt.source_ids)]
        everyone = Folds.without(learnt, np.arange(len(learnt.targets))[:, None])
        calibration = calibrate(learnt.offered, ratings(ranker, learnt, everyone)[:, 0])
    order = rows[np.argsort(-np.where(np.isnan(rated[rows]), -np.inf, rated[rows]), kind="stable")]
    facts = _Facts(pairs, target, [pairs.sources[row] for row in order], folds if learnt else None)
    return Recommendation(
        target,
        name,
        "",
        tuple(facts.candidates(order, rated, ranker, calibration)),
        _bounds(calibration, rated[known]) if calibration else None,
        None,
    )


def _bounds(found: ConformalBounds, rated: NDArray[np.float64]) -> Bounds:
    gain = float(found.gains(rated).max())
    score = found.level + gain
    return Bounds(
        found.n_targets,
        score - found.bounds.score,
        score + found.bounds.score,
        gain,
        gain - found.bounds.gain,
        gain + found.bounds.gain,
        found.mean_loss_percent,
        found.mean_loss_points,
        found.bounds.loss_percent,
        found.bounds.loss_points,
    )


class _Facts:
    """What is on record of the candidates, in the order of the ranking."""

    def __init__(
        self, pairs: Pairs, target: Language, ordered: Sequence[Language], folds: Folds | None
    ) -> None:
        self.pairs, self.target, self.ordered = pairs, target, ordered
        self.matrices = distance_matrices((target, *ordered), METRICS)
        self.sizes = {resolve(code).id: size for code, size in pretraining_sizes("cc100_gib").items()}
        self.donors = {} if folds is None else self._donors(folds)

    def _donors(self, folds: Folds) -> dict[str, Donor]:
        found = donor_effects(self.pairs, folds)
        effects, counts = found.sources[0], found.counts[0]
        there = np.flatnonzero(counts > 0)
        return {
            str(self.pairs.source_ids[row]): Donor(
                float(100 * effects[row]),
                int((effects[there] > effects[row]).sum()) + 1,
                len(there),
                int(counts[row]),
            )
            for row in there
        }

    def candidates(
        self,
        order: NDArray[np.intp],
        rated: NDArray[np.float64],
        ranker: Ranker,
        calibration: ConformalBounds | None,
    ) -> list[Candidate]:
        """Everything about every candidate, the best first."""
        scored = np.array([language.id in self.donors for language in self.ordered], dtype=bool)
        expected, losses = np.full((2, len(order)), math.nan)
        members: list[bool | None] = [None] * len(order)
        if calibration is not None:
            gains = calibration.gains(rated[order][scored])
            expected[scored] = calibration.level + gains
            losses[scored] = 100 * (gains.max() - gains) + calibration.mean_loss_points
            if calibration.bounded:
                held = iter(calibration.best(rated[order][scored]))
                members = [bool(next(held)) if known else None for known in scored]
        closeness = [self._closeness(matrix) for matrix in self.matrices.values()]
        return [
            Candidate(
                language,
                place + 1,
                float(rated[row]),
                float(expected[place]),
                float(losses[place]),
                members[place],
                self._unknown(int(row), float(rated[row]), ranker),
                tuple(column[place] for column in closeness),
                self.donors.get(language.id),
                self.sizes.get(language.id, math.nan),
            )
            for place, (row, language) in enumerate(zip(order, self.ordered, strict=True))
        ]

    def _unknown(self, row: int, rating: float, ranker: Ranker) -> tuple[str, ...]:
        column = len(self.pairs.targets) - 1
        missing = [
            f"{metric} distance"
            for metric in ranker.metrics
            if np.isnan(self.pairs.distances[metric][row, column])
        ]
        if "scores" in ranker.needs and str(self.pairs.source_ids[row]) not in self.donors:
            missing.append("scores as a source")
        if "sentences" in ranker.needs and math.isnan(rating):
            missing.append("sentences")
        return tuple(missing)

    def _closeness(self, matrix: PairMatrix) -> list[Closeness]:
        values, coverage = matrix.values[0, 1:], matrix.coverages(0)
        return [
            Closeness(
                matrix.metric,
                float(value),
                0 if np.isnan(value) else int((values < value).sum()) + 1,
                int(matrix.shared[0, number + 1]),
                coverage[number + 1],
            )
            for number, value in enumerate(values)
        ]
