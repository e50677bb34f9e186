"""From finished stages to answer and report: scores, distances, analysis, pages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from isogloss.analysis import Analysis, analyse_all
from isogloss.analysis.spec import AnalysisSettings
from isogloss.distances import distances
from isogloss.distances.matrix import DistanceMatrix
from isogloss.errors import AnalysisError
from isogloss.languages import resolve
from isogloss.languages.base import Language
from isogloss.report.layers import layer_sweeps
from isogloss.report.render import ReportFiles, write_report
from isogloss.report.summary import Summary, summarise
from isogloss.scores.table import ScoreTable
from isogloss.study.outputs.folder import Manifest, StudyFolder


@dataclass(frozen=True)
class Results:
    """What a study came to; `no_analysis` says why there is none, where there is none."""

    table: ScoreTable
    analyses: tuple[Analysis, ...]
    no_analysis: str
    summary: Summary
    report: ReportFiles


def gather(folder: StudyFolder) -> Results:
    """Gather scores, analyse them as the study declared, write score table and report.

    Scores that leave nothing to test are no error here: score table and report are written all the same, and
    the report says why there is no analysis.
    """
    manifest = folder.manifest
    table = folder.scores()
    folder.write_parquet(table)
    matrices = _distances(table, manifest.distances, manifest.study.analysis)
    analyses, reason = _analyse(table, matrices, manifest)
    summary = summarise(
        manifest.model_dump(mode="json"),
        table,
        analyses,
        matrices,
        [record.model_dump(mode="json", exclude_none=True) for record in folder.records()],
        folder.failures(),
        no_analysis=reason,
        layers=layer_sweeps(folder, seed=manifest.study.analysis.seed),
    )
    return Results(table, analyses, reason, summary, write_report(summary, table, folder.root))


def _analyse(
    table: ScoreTable, matrices: Mapping[str, DistanceMatrix], manifest: Manifest
) -> tuple[tuple[Analysis, ...], str]:
    """The analyses that the study declared, or why there is none."""
    if not matrices:
        return (), "the study declares no distance" if len(table) else "no cell has a score"
    settings = manifest.study.analysis
    try:
        analyses = analyse_all(
            table,
            matrices,
            measures=manifest.effectiveness,
            n_permutations=settings.n_permutations,
            seed=settings.seed,
        )
    except AnalysisError as error:
        return (), str(error)
    return tuple(analyses), ""


def _distances(
    table: ScoreTable, metrics: tuple[str, ...], settings: AnalysisSettings
) -> Mapping[str, DistanceMatrix]:
    """Distances between all languages of the table."""
    languages: dict[str, Language] = {}
    for row in table:
        for code in (row.target_language, row.intermediate_language, row.source_language):
            if code is not None:
                language = resolve(code)
                languages.setdefault(language.id, language)
    if not metrics or not languages:
        return {}
    return distances(
        tuple(languages.values()),
        metrics,
        settings.definition,
        distance_files=settings.distance_files,
        cldf=settings.cldf,
        urielplus=settings.urielplus,
    )
