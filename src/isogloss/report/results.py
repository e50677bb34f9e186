"""From finished stages to answer and report: scores, distances, analysis, pages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from isogloss.analysis import Analysis, analyse_all
from isogloss.distances import distances
from isogloss.distances.base import DistanceMatrix
from isogloss.languages import resolve
from isogloss.languages.base import Language
from isogloss.report.render import ReportFiles, write_report
from isogloss.report.summary import summarise
from isogloss.scores import ScoreTable
from isogloss.study.folder import StudyFolder


@dataclass(frozen=True)
class Results:
    """What a study came to."""

    table: ScoreTable
    analyses: tuple[Analysis, ...]
    report: ReportFiles


def gather(folder: StudyFolder) -> Results:
    """Gather scores, analyse them as the study declared, write score table and report.

    Raises
    ------
    AnalysisError
        If the scores leave nothing to test; the score table is written all the same.
    """
    manifest = folder.manifest
    table = folder.scores()
    folder.write_scores(table)
    matrices = _distances(table, manifest.distances, manifest.study.analysis.definition)
    analyses: tuple[Analysis, ...] = ()
    if matrices:
        analyses = tuple(
            analyse_all(
                table,
                matrices,
                measures=manifest.effectiveness,
                n_permutations=manifest.study.analysis.n_permutations,
                seed=manifest.study.analysis.seed,
            )
        )
    summary = summarise(
        manifest.model_dump(mode="json"), table, analyses, matrices, folder.records(), folder.failures()
    )
    return Results(table, analyses, write_report(summary, table, folder.root))


def _distances(table: ScoreTable, metrics: tuple[str, ...], definition: str) -> Mapping[str, DistanceMatrix]:
    """Distances between all languages of the table."""
    languages: dict[str, Language] = {}
    for row in table:
        for code in (row.target_language, row.intermediate_language, row.source_language):
            if code is not None:
                language = resolve(code)
                languages.setdefault(language.id, language)
    return distances(tuple(languages.values()), metrics, definition=definition) if metrics else {}
