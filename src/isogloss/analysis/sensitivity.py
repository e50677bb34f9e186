"""Sensitivity analyses: they accompany the primary tests and cannot change a verdict."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from isogloss.analysis.controls.base import ControlCells, Controls
from isogloss.analysis.pairing import Pairing, record_of
from isogloss.analysis.results import NotApplicable, Record
from isogloss.analysis.spec import AnalysisSpec, OnStep
from isogloss.scores.effectiveness import Condition
from isogloss.scores.table import ScoreTable
from isogloss.statistics.sensitivity.base import SENSITIVITY, Dyads, NotApplicableError

ON_THE_SCALE_OF_SCORES = ("score", "gain", "gain_equal_budget")
"""Measures that beyond target effects are the score itself, where every target has its baseline."""


def sensitivity_of(
    pairings: Sequence[Pairing],
    table: ScoreTable,
    condition: Condition,
    controls: Controls,
    spec: AnalysisSpec,
    on_step: OnStep,
) -> tuple[tuple[Record, ...], tuple[NotApplicable, ...]]:
    """Run every registered method on one measure and all its distances.

    The p-values of the table are adjusted together (Benjamini and Hochberg).
    """
    records: list[Record] = []
    idle: dict[tuple[str, str], list[str]] = {}
    for pairing in pairings:
        dyads = _dyads(pairing, pairings, table, condition, controls)
        if not dyads.vary:
            continue
        for name, method in SENSITIVITY.items():
            on_step(f"{pairing.dyads.measure} and {pairing.matrix.metric} distance: {name}")
            try:
                result = method(dyads, spec.n_permutations, np.random.default_rng(spec.seed))
            except NotApplicableError as reason:
                idle.setdefault((name, str(reason)), []).append(pairing.matrix.metric)
            else:
                records.append(record_of(pairing, result))
    measure = pairings[0].dyads.measure if pairings else ""
    return _adjusted(records), tuple(
        NotApplicable(measure, tuple(metrics), name, reason) for (name, reason), metrics in idle.items()
    )


def _dyads(
    pairing: Pairing,
    pairings: Sequence[Pairing],
    table: ScoreTable,
    condition: Condition,
    controls: Controls,
) -> Dyads:
    measured = pairing.dyads
    matrix = pairing.matrix
    sides = measured.rows, measured.columns
    interval = matrix.interval(*([matrix.index(one) for one in side] for side in sides))
    return Dyads(
        values=measured.values,
        distance=pairing.distance,
        rows=measured.row_ids,
        columns=measured.column_ids,
        others={
            f"{other.matrix.metric} distance": other.matrix.between(*sides, missing="nan")
            for other in pairings
            if other is not pairing
        },
        controls=controls.on(ControlCells(*sides, table, condition)),
        scores=measured.scores if measured.measure in ON_THE_SCALE_OF_SCORES else None,
        flagged=measured.flagged,
        runs=measured.runs,
        families={each.id: each.top_family for side in sides for each in side if each.top_family},
        expected=None if interval is None else interval.expected,
        error=None if interval is None else interval.error,
    )


def _adjusted(records: Sequence[Record]) -> tuple[Record, ...]:
    """Give every record with a p-value its q-value."""
    from scipy.stats import false_discovery_control

    q_values = np.array([record.p_value for record in records])
    tested = np.isfinite(q_values)
    if tested.any():
        q_values[tested] = false_discovery_control(q_values[tested])
    return tuple(replace(record, q_value=q) for record, q in zip(records, q_values.tolist(), strict=True))
