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
    known = np.isin(pairs.source_ids, pairs.source_ids if learnt is None else learnt.source_ids)
    rated = np.where(known, rated, np.nan)  # the others are beyond what the bounds are calibrated on
    rows = np.arange(len(pairs.sources)) if pairs.choice is None else np.flatnonzero(pairs.choice)
    if ranker.abstains and np.isnan(rated[rows]).all():
        raise FieldError(
            f"the ranker '{name}' can choose none of the candidates",
            allowed=", ".join(pairs.sources[row].input for row in rows),
            hint="add the language to the candidates, or take another ranker",
        )
    calibration, donors = None, {}
    if learnt is not None:
        everyone = Folds.without(learnt, np.arange(len(learnt.targets))[:, None])
        calibration = calibrate(learnt.offered, ratings(ranker, learnt, everyone)[:, 0])
        donors = _donors(pairs, folds)
    order = rows[np.argsort(-np.where(np.isnan(rated[rows]), -np.inf, rated[rows]), kind="stable")]
    candidates = _candidates(pairs, target, order, rated, ranker, donors, calibration)
    bounds = _bounds(calibration, rated[rows[known[rows]]]) if calibration else None
    return Recommendation(target, name, "", tuple(candidates), bounds, None)


def _bounds(found: ConformalBounds, rated: NDArray[np.float64]) -> Bounds:
    gain = float(found.gains(rated).max())
    score = found.level + gain
    most = found.bounds
    return Bounds(
        found.n_targets,
        *(score - most.score, score + most.score),
        *(gain, gain - most.gain, gain + most.gain),
        *(found.mean_loss_percent, found.mean_loss_points),
        *(most.loss_percent, most.loss_points),
    )


def _donors(pairs: Pairs, folds: Folds) -> dict[str, Donor]:
    """How good a donor each source with scores is, by language id."""
    found = donor_effects(pairs, folds)
    effects, counts = found.sources[0], found.counts[0]
    there = np.flatnonzero(counts > 0)
    donors = {}
    for row in there:
        points, place = float(100 * effects[row]), int((effects[there] > effects[row]).sum()) + 1
        donors[str(pairs.source_ids[row])] = Donor(points, place, len(there), int(counts[row]))
    return donors


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
    members = np.full(len(order), None)
    if calibration is not None:
        gains = calibration.gains(rated[order][scored])
        expected[scored] = calibration.level + gains
        losses[scored] = 100 * (gains.max() - gains) + calibration.mean_loss_points
        if calibration.bounded:
            members[scored] = calibration.best(rated[order][scored]).tolist()
    closeness = [_closeness(matrix) for matrix in distance_matrices((target, *languages), METRICS).values()]
    candidates = []
    for place, (row, language) in enumerate(zip(order, languages, strict=True)):
        rating = float(rated[row])
        about = rating, float(expected[place]), float(losses[place]), members[place]
        unknown = tuple(_unknown(pairs, int(row), rating, ranker, donors))
        near = tuple(column[place] for column in closeness)
        donor, size = donors.get(language.id), sizes.get(language.id, math.nan)
        candidates.append(Candidate(language, place + 1, *about, unknown, near, donor, size))
    return candidates


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
