"""From ratings to a ranking with expectations, bounds and reasons."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping

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
    donors = _donors(pairs, folds) if learnt else {}
    return Recommendation(
        target,
        name,
        "",
        tuple(_candidates(pairs, target, order, rated, ranker, donors, calibration)),
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


def _donors(pairs: Pairs, folds: Folds) -> dict[str, Donor]:
    """How good a donor each source with scores is, by language id."""
    found = donor_effects(pairs, folds)
    effects, counts = found.sources[0], found.counts[0]
    there = np.flatnonzero(counts > 0)
    return {
        str(pairs.source_ids[row]): Donor(
            float(100 * effects[row]),
            int((effects[there] > effects[row]).sum()) + 1,
            len(there),
            int(counts[row]),
        )
        for row in there
    }


def _candidates(
    pairs: Pairs,
    target: Language,
    order: NDArray[np.intp],
    rated: NDArray[np.float64],
    ranker: Ranker,
    donors: Mapping[str, Donor],
    calibration: ConformalBounds | None,
) -> list[Candidate]:
    """Everything about every candidate, the best first."""
    languages = [pairs.sources[row] for row in order]
    sizes = {resolve(code).id: size for code, size in pretraining_sizes("cc100_gib").items()}
    scored = np.array([language.id in donors for language in languages], dtype=bool)
    expected, losses = np.full((2, len(order)), math.nan)
    members: list[bool | None] = [None] * len(order)
    if calibration is not None:
        gains = calibration.gains(rated[order][scored])
        expected[scored] = calibration.level + gains
        losses[scored] = 100 * (gains.max() - gains) + calibration.mean_loss_points
        if calibration.bounded:
            held = iter(calibration.best(rated[order][scored]))
            members = [bool(next(held)) if known else None for known in scored]
    closeness = [_closeness(matrix) for matrix in distance_matrices((target, *languages), METRICS).values()]
    return [
        Candidate(
            language,
            place + 1,
            float(rated[row]),
            float(expected[place]),
            float(losses[place]),
            members[place],
            tuple(_unknown(pairs, int(row), float(rated[row]), ranker, donors)),
            tuple(column[place] for column in closeness),
            donors.get(language.id),
            sizes.get(language.id, math.nan),
        )
        for place, (row, language) in enumerate(zip(order, languages, strict=True))
    ]


def _unknown(
    pairs: Pairs, row: int, rating: float, ranker: Ranker, donors: Mapping[str, Donor]
) -> Iterator[str]:
    for metric in ranker.metrics:
        if np.isnan(pairs.distances[metric][row, -1]):
            yield f"{metric} distance"
    if "scores" in ranker.needs and pairs.sources[row].id not in donors:
        yield "scores as a source"
    if "sentences" in ranker.needs and math.isnan(rating):
        yield "sentences"


def _closeness(matrix: PairMatrix) -> list[Closeness]:
    values = matrix.values[0, 1:]
    places = [0 if np.isnan(value) else int((values < value).sum()) + 1 for value in values]
    columns = (values.tolist(), places, matrix.shared[0, 1:].tolist(), matrix.coverages(0)[1:])
    return [Closeness(matrix.metric, *entry) for entry in zip(*columns, strict=True)]
