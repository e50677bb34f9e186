"""From finished stages to answer and report: scores, distances, analysis, pages."""

from __future__ import annotations

from dataclasses import dataclass

from isogloss.analysis import Analysis, NotAnalysed, analyse
from isogloss.analysis.pipeline import Attempts, languages_of
from isogloss.distances.spec import NONE, Distances
from isogloss.errors import AnalysisError
from isogloss.report.layers import layer_sweeps
from isogloss.report.render import ReportFiles, write_report
from isogloss.report.summary import Summary, summarise
from isogloss.scores.table import ScoreTable
from isogloss.study.outputs.folder import Manifest, StudyFolder


@dataclass(frozen=True)
class Results:
    """Results of a study.

    Parameters
    ----------
    table : ScoreTable
    analyses : tuple of Analysis
    not_analysed : tuple of NotAnalysed
        Conditions that leave nothing to test.
    no_analysis : str
        Why there is no analysis at all, where there is none.
    summary : Summary
    report : ReportFiles
    """

    table: ScoreTable
    analyses: tuple[Analysis, ...]
    not_analysed: tuple[NotAnalysed, ...]
    no_analysis: str
    summary: Summary
    report: ReportFiles


def gather(folder: StudyFolder) -> Results:
    """Gather scores, analyse them as the study declared, write score table and report.

    Scores that leave nothing to test are not an error here: score table and report are written all the same,
    and the report says why there is no analysis.
    """
    manifest = folder.manifest
    table = folder.scores()
    folder.write_parquet(table)
    analyses, matrices, reason = _analyse(table, manifest)
    summary = summarise(
        manifest.model_dump(mode="json"),
        table,
        analyses.done,
        matrices,
        [record.model_dump(mode="json", exclude_none=True) for record in folder.records()],
        folder.failures(),
        no_analysis=reason,
        not_analysed=analyses.not_analysed,
        layers=layer_sweeps(folder, seed=manifest.study.analysis.seed),
    )
    files = write_report(summary, table, folder.root)
    return Results(table, analyses.done, analyses.not_analysed, reason, summary, files)


def _analyse(table: ScoreTable, manifest: Manifest) -> tuple[Attempts[Analysis], Distances, str]:
    """The analyses that the study declared, the distances they used, and why there is none."""
    spec = manifest.study.analysis.model_copy(
        update={"distances": manifest.distances or (NONE,), "effectiveness": manifest.effectiveness or None}
    )
    languages = languages_of(table)
    distances = spec.matrices(languages) if languages else Distances()
    if not distances:
        reason = "the study declares no distance" if len(table) else "no cell has a score"
        return Attempts((), ()), distances, reason
    try:
        analyses = analyse(table, distances, spec)
    except AnalysisError as error:
        return Attempts((), ()), distances, str(error)
    reasons = dict.fromkeys(str(entry.error) for entry in analyses.not_analysed)
    return analyses, distances, "" if analyses.done else "; ".join(reasons)
