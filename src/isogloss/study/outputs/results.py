"""From finished stages to results: scores, distances, analyses, layer sweeps, recommendations."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from operator import attrgetter
from pathlib import Path
from typing import Any

from isogloss.analysis import Analyses, Analysis, NotAnalysed, analyse
from isogloss.analysis.overall import Overall, overall
from isogloss.analysis.pipeline import Attempts, languages_of
from isogloss.distances.matrix import PairMatrix
from isogloss.distances.spec import NONE
from isogloss.errors import AnalysisError, IsoglossError
from isogloss.modeling.encoders.bag_of_words import NAME as BAG_OF_WORDS
from isogloss.recommend import Evaluation, evaluate
from isogloss.scores.effectiveness import PLAIN_AGGREGATOR, Condition, condition_keys, conditions
from isogloss.scores.table import ScoreTable
from isogloss.study.outputs.folder import StudyFolder
from isogloss.study.outputs.matrices import ScoreMatrix, score_matrices
from isogloss.study.outputs.record import StageRecord
from isogloss.study.outputs.relations import Section, sections
from isogloss.study.outputs.sweeps import Sweeps, layer_sweeps

N_EVALUATED = 2
"""Recommendations are evaluated on so many conditions, the leading ones."""

FEWEST_TARGETS = 4
"""Recommendations are evaluated where the table has so many targets."""


@dataclass(frozen=True, kw_only=True)
class StudyResults:
    """Everything that a report, the terminal or a notebook says about a study, as numbers.

    Parameters
    ----------
    name, description : str
    root : Path
        Output folder.
    study : mapping
        The resolved study file.
    tasks : mapping of str to mapping
        Cards of the tasks in use.
    n_cells : int
        Cells that the study plans.
    table : ScoreTable
    distances : mapping of str to PairMatrix
        Between all languages of the table.
    analyses : tuple of Analysis
        The source task's and the plain last layer's first, controls last.
    not_analysed : tuple of NotAnalysed
        Conditions that leave nothing to test, with the reason.
    no_analysis : str
        Why there is no analysis at all; empty where there is one.
    overall : tuple of Overall
        What happened on average, in the order of the conditions.
    matrices : tuple of ScoreMatrix
        Scores by trained path and target.
    sections : tuple of Section
        Effectiveness beside each distance.
    sweeps : Sweeps
        Over fused layers.
    evaluation : Evaluation or None
        How good recommendations from the table would have been; None where there is nothing to choose.
    records : tuple of StageRecord
        Of the finished stages.
    failures : tuple of mapping
        ``error.json`` of the failed ones.
    """

    name: str
    description: str = ""
    root: Path = Path()
    study: Mapping[str, Any] = field(default_factory=dict)
    tasks: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    n_cells: int = 0
    table: ScoreTable
    distances: Mapping[str, PairMatrix]
    analyses: tuple[Analysis, ...]
    not_analysed: tuple[NotAnalysed, ...] = ()
    no_analysis: str = ""
    overall: tuple[Overall, ...] = ()
    matrices: tuple[ScoreMatrix, ...] = ()
    sections: tuple[Section, ...] = ()
    sweeps: Sweeps = field(default_factory=Sweeps)
    evaluation: Evaluation | None = None
    records: tuple[StageRecord, ...] = ()
    failures: tuple[Mapping[str, Any], ...] = ()

    @classmethod
    def of(
        cls,
        table: ScoreTable,
        distances: Mapping[str, PairMatrix],
        analyses: Sequence[Analysis],
        *,
        name: str,
        **rest: Any,
    ) -> StudyResults:
        """Arrange analyses of a table for showing: in order, with averages, matrices and relations.

        Parameters
        ----------
        table : ScoreTable
        distances : mapping of str to PairMatrix
        analyses : sequence of Analysis
            In any order.
        name : str
        rest
            Further fields.
        """
        rank = _leading_first(table)
        ordered = tuple(sorted(analyses, key=lambda analysis: rank(analysis.condition)))
        keys = condition_keys(each.condition for each in ordered)
        found = (overall(table, condition) for condition in sorted(conditions(table), key=rank))
        return cls(
            name=name,
            table=table,
            distances=distances,
            analyses=ordered,
            overall=tuple(entry for entry in found if entry is not None),
            matrices=tuple(sorted(score_matrices(table), key=rank)),
            sections=tuple(
                section
                for analysis, key in zip(ordered, keys, strict=True)
                for section in sections(analysis, tuple(distances.values()), key)
            ),
            **({"n_cells": len(table)} | rest),
        )

    @property
    def keys(self) -> tuple[str, ...]:
        """Name of each analysis: as many fields of its condition as tell the analyses apart."""
        return condition_keys(each.condition for each in self.analyses)


def _leading_first(table: ScoreTable) -> Callable[[Condition | ScoreMatrix], tuple[bool, ...]]:
    """Sort key: the source task's and the plain last layer's first, controls last."""
    trained = {row.source_task for row in table}
    return lambda one: (
        one.task not in trained,
        one.encoder == BAG_OF_WORDS,
        one.aggregator != PLAIN_AGGREGATOR,
    )


def gather(folder: StudyFolder) -> StudyResults:
    """Gather the scores of a study and analyse them as it declared.

    A condition that leaves nothing to test is listed with its reason and does not silence the others; scores
    that leave nothing at all to test are not errors either.

    Raises
    ------
    StoreError
        If a record cannot be read.
    """
    records, manifest = folder.records(), folder.manifest
    table, study = folder.table(records), manifest.study
    spec = study.analysis.model_copy(
        update={"distances": manifest.distances or (NONE,), "effectiveness": manifest.effectiveness or None}
    )
    distances = spec.matrices(languages_of(table)) if len(table) else {}
    analyses: Analyses = Attempts((), ())
    reason = "the study declares no distance" if len(table) else "no cell has a score"
    if distances:
        try:
            analyses = analyse(table, distances, spec)
            reasons = dict.fromkeys(str(entry.error) for entry in analyses.not_analysed)
            reason = "" if analyses.done else "; ".join(reasons)
        except AnalysisError as error:
            reason = str(error)
    return StudyResults.of(
        table,
        distances,
        analyses.done,
        name=study.name,
        description=study.description,
        root=folder.root,
        study=study.model_dump(mode="json"),
        tasks=manifest.tasks,
        n_cells=len(manifest.cells) or len(table),
        not_analysed=analyses.not_analysed,
        no_analysis=reason,
        sweeps=layer_sweeps(folder, records),
        evaluation=evaluation_of(table),
        records=tuple(records.values()),
        failures=tuple(folder.failures()),
    )


def evaluation_of(table: ScoreTable) -> Evaluation | None:
    """Evaluate recommendations from the leading conditions; None where the table leaves nothing to choose."""
    condition_of = attrgetter("task", "source_task", "encoder", "aggregator", "split", "metric")
    leading = sorted(conditions(table), key=_leading_first(table))[:N_EVALUATED]
    wanted = set(map(condition_of, leading))
    own = ScoreTable.of(row for row in table if condition_of(row) in wanted)
    if len({row.target_language for row in own}) < FEWEST_TARGETS:
        return None
    try:
        return evaluate(own)
    except IsoglossError:
        return None
