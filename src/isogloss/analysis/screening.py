"""Whether probes put aggregators in the order that fine-tuning does."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from statistics import fmean

from isogloss.errors import AnalysisError
from isogloss.scores.table import ScoreRow, ScoreTable

Setting = tuple[str, str, str]
"""Task, encoder, source language."""


@dataclass(frozen=True)
class Screening:
    """Order of aggregators by probes and by fine-tuning, in one setting.

    Parameters
    ----------
    task, encoder, source_language : str
    probes, tuned : tuple of (str, float)
        Aggregator and mean score over zero-shot targets and seeds, best first; of aggregators that both have.
    tau : float
        Kendall's tau-b of the two orders; NaN where all scores of one side are equal.
    lost : float
        Fine-tuned score of the best aggregator less that of the probes' best: what screening costs.
    """

    task: str
    encoder: str
    source_language: str
    probes: tuple[tuple[str, float], ...]
    tuned: tuple[tuple[str, float], ...]
    tau: float
    lost: float


def screen(probes: ScoreTable, tuned: ScoreTable) -> tuple[Screening, ...]:
    """Compare a study in mode probe with a fine-tuned one.

    Only targets that both have scored zero-shot, without an intermediate stage, count.

    Parameters
    ----------
    probes, tuned : ScoreTable

    Raises
    ------
    AnalysisError
        If there is no task, encoder and source language in which both have two aggregators.
    """
    first, second = _by_setting(probes), _by_setting(tuned)
    found = tuple(
        _compare(setting, first[setting], second[setting]) for setting in first if setting in second
    )
    kept = tuple(one for one in found if len(one.probes) > 1)
    if not kept:
        raise AnalysisError(
            "the two studies share no task, encoder and source language with two aggregators or more",
            allowed="; ".join(", ".join(setting) for setting in second) or "none",
            hint="run the same aggregators in both modes",
        )
    return kept


def _by_setting(table: ScoreTable) -> Mapping[Setting, list[ScoreRow]]:
    found: dict[Setting, list[ScoreRow]] = defaultdict(list)
    for row in table:
        if row.zero_shot and row.intermediate_language is None and row.task == row.source_task:
            found[row.task, row.encoder, row.source_language].append(row)
    return found


def _compare(setting: Setting, probes: list[ScoreRow], tuned: list[ScoreRow]) -> Screening:
    from scipy.stats import kendalltau

    targets = {row.target_language for row in probes} & {row.target_language for row in tuned}
    means = [_means(rows, targets) for rows in (probes, tuned)]
    shared = [name for name in means[0] if name in means[1]]
    by_probe, by_tuning = ({name: side[name] for name in shared} for side in means)
    tau, lost = float("nan"), 0.0
    if len(shared) > 1:
        tau = float(kendalltau(list(by_probe.values()), list(by_tuning.values())).statistic)
        lost = max(by_tuning.values()) - by_tuning[max(by_probe, key=lambda name: by_probe[name])]
    return Screening(*setting, _ordered(by_probe), _ordered(by_tuning), tau, lost)


def _means(rows: list[ScoreRow], targets: set[str]) -> dict[str, float]:
    """Mean over targets of the mean over seeds, of aggregators that have every target."""
    cells: dict[str, dict[str, list[float]]] = defaultdict(lambda: defaultdict(list))
    for row in rows:
        if row.target_language in targets:
            cells[row.aggregator][row.target_language].append(row.score)
    return {
        name: fmean(fmean(scores) for scores in own.values())
        for name, own in cells.items()
        if set(own) == targets
    }


def _ordered(means: Mapping[str, float]) -> tuple[tuple[str, float], ...]:
    return tuple(sorted(means.items(), key=lambda item: (-item[1], item[0])))
