"""Content of the report, as data: results and their words; nothing is decided in the template."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean
from typing import Any

import yaml

from isogloss.analysis import Analysis
from isogloss.distances.matrix import PairMatrix
from isogloss.identity import as_json
from isogloss.modeling.encoders.bag_of_words import NAME as BAG_OF_WORDS
from isogloss.narrative.analysis import excluded_cells, in_words, uncovered, words
from isogloss.narrative.controls import control_sentences
from isogloss.narrative.layers import choice_sentence, headline_sentence
from isogloss.narrative.numbers import typeset
from isogloss.narrative.overview import overview
from isogloss.narrative.recommendation import in_words as recommendation_in_words
from isogloss.narrative.study import answer
from isogloss.report.provenance import Failure, Provenance, RunFact, failure, provenance
from isogloss.scores.table import ScoreTable
from isogloss.study.outputs.matrices import MatrixRow, MeanScore, ScoreMatrix
from isogloss.study.outputs.results import StudyResults
from isogloss.study.outputs.sweeps import StudySweep


@dataclass(frozen=True)
class Answer:
    """Sentences about one analysis; `about` is empty where there is only one."""

    about: str
    sentences: tuple[str, ...]


@dataclass(frozen=True)
class LanguageRow:
    """How one code was read."""

    code: str
    id: str
    name: str
    family: str
    script: str
    rules: str


@dataclass(frozen=True)
class LayerSection:
    """One layer sweep with what it says in words."""

    swept: StudySweep
    headline: str
    choice: str


@dataclass(frozen=True)
class BestRow:
    """The best row of a score matrix for one target, and what the row that is best on average loses there."""

    target: str
    best: str
    score: float
    loss: float


@dataclass(frozen=True)
class Recommended:
    """Which row of a score matrix to take: the best on average, and the best of each target."""

    title: str
    role: str
    best: str
    mean: float
    choices: tuple[BestRow, ...]


@dataclass(frozen=True)
class Summary:
    """One study's report.

    Parameters
    ----------
    results : StudyResults
    cautions : tuple of str
        What to know before the answers: that cells have no score yet, that selection looked at the targets.
    answers : tuple of Answer
        The most important first.
    overview : str
        What many analyses say together; empty where they are few enough to be read one by one.
    controls : tuple of str
        What the study's controls show.
    carries_information : bool
        False where no analysed score says anything about transfer.
    design : tuple of RunFact
    layers : tuple of LayerSection
    recommended : tuple of Recommended
    track_record : tuple of str
        How good recommendations from the table would have been.
    flags, excluded, uncovered : tuple of str
        Floor and ceiling cells; cells kept out of the tests; languages and pairs without a distance.
    languages : tuple of LanguageRow
    failures : tuple of Failure
    provenance : Provenance
    study_text : str
        The resolved study file.
    """

    results: StudyResults
    cautions: tuple[str, ...]
    answers: tuple[Answer, ...]
    overview: str
    controls: tuple[str, ...]
    carries_information: bool
    design: tuple[RunFact, ...]
    layers: tuple[LayerSection, ...]
    recommended: tuple[Recommended, ...]
    track_record: tuple[str, ...]
    flags: tuple[str, ...]
    excluded: tuple[str, ...]
    uncovered: tuple[str, ...]
    languages: tuple[LanguageRow, ...]
    failures: tuple[Failure, ...]
    provenance: Provenance
    study_text: str

    @property
    def names(self) -> dict[str, str]:
        """Code to English name."""
        return {language.code: language.name for language in self.languages}

    def to_dict(self) -> dict[str, Any]:
        """Everything but the single pairs as JSON has it; a number that is not finite becomes null."""
        results, evaluation = self.results, self.results.evaluation
        about = {"study": results.name, "description": results.description}
        parts = {name: value for name, value in vars(self).items() if name != "results"}
        beside = ("sections", "matrices", "overall")
        found: dict[str, Any] = as_json(about | parts | {name: getattr(results, name) for name in beside})
        for section in found["sections"]:
            for relation in section["relations"]:
                del relation["dyads"]
        found["not_analysed"] = [entry.to_dict() for entry in results.not_analysed]
        return {**found, "recommendations": None if evaluation is None else as_json(evaluation.to_dict())}


def summarise(results: StudyResults) -> Summary:
    """Put results into words.

    Parameters
    ----------
    results : StudyResults
    """
    analyses, keys = results.analyses, results.keys
    controls = {name: card["control"] for name, card in results.tasks.items() if card.get("control")}
    return Summary(
        results=results,
        cautions=_cautions(results),
        answers=_answers(results),
        overview=overview(analyses, keys),
        controls=control_sentences(results.table, analyses, controls, (BAG_OF_WORDS,)),
        carries_information=any(analysis.information.informative for analysis in analyses),
        design=_design(results),
        layers=tuple(
            LayerSection(found, headline_sentence(found.sweep), choice_sentence(found.sweep))
            for found in results.sweeps.sections
        ),
        recommended=tuple(
            found for matrix in results.matrices if (found := _recommended(matrix)) is not None
        ),
        track_record=_track_record(results),
        flags=_flags(analyses, keys, results.matrices),
        excluded=_about(keys, [excluded_cells(analysis) for analysis in analyses]),
        uncovered=(
            *(f"{entry.condition}: not analysed: {entry.reason}" for entry in results.not_analysed),
            *_about(keys, [uncovered(analysis) for analysis in analyses]),
            *(f"{one.metric} distance: {note}" for one in results.distances.values() for note in one.notes),
        ),
        languages=_languages(results.distances),
        failures=tuple(failure(record) for record in results.failures),
        provenance=provenance(results.records, results.tasks),
        study_text=yaml.safe_dump(dict(results.study), sort_keys=False, allow_unicode=True, width=100),
    )


def _cautions(results: StudyResults) -> tuple[str, ...]:
    found = []
    n_scored, n_cells = len(results.table), results.n_cells
    if 0 < n_scored < n_cells:
        found.append(
            f"Not finished: {n_scored:,} of {n_cells:,} cells have a score; what follows is about these, and "
            "means are over the seeds that are there."
        )
    if results.study.get("selection") == "oracle":
        found.append(
            "Not zero-shot: with selection oracle weights were chosen on the targets' own validation data."
        )
    return tuple(found)


def _answers(results: StudyResults) -> tuple[Answer, ...]:
    if not results.analyses:
        return (Answer("", (f"No analysis: {results.no_analysis or 'the study declares no distance'}.",)),)
    averages = {entry.condition: entry for entry in results.overall}
    return tuple(
        Answer(key, answer(analysis, averages.get(analysis.condition)))
        for analysis, key in zip(results.analyses, results.keys, strict=True)
    )


def _track_record(results: StudyResults) -> tuple[str, ...]:
    if results.evaluation is None:
        return ()
    named = dataclasses.replace(results.evaluation, table="this study")
    return tuple(typeset(sentence) for sentence in recommendation_in_words(named))


def _recommended(matrix: ScoreMatrix) -> Recommended | None:
    """Compare the rows of a matrix with each other, target by target, over zero-shot cells."""
    rows = [row for row in matrix.rows if row.mean_zero_shot is not None]
    if len(rows) < 2:
        return None
    means = [_mean_of(row.cells[j] for row in rows) for j in range(len(matrix.columns))]

    def advantage(row: MatrixRow) -> float:
        """Score above the mean of all rows on the same target: rows have other targets, easy or hard."""
        above = [
            cell.mean - mean for cell, mean in zip(row.cells, means, strict=True)
            if cell.zero_shot and cell.mean is not None and mean is not None
        ]  # fmt: skip
        return fmean(above) if above else -math.inf

    best = max(rows, key=advantage)
    choices = []
    for j, target in enumerate(matrix.columns):
        scored = {
            row.label: mean
            for row in (best, *rows)  # of rows that are equally good, the best on average
            if (mean := row.cells[j].mean) is not None and row.cells[j].zero_shot
        }
        if len(scored) >= 2:
            label = max(scored, key=scored.__getitem__)
            lost = scored[label] - scored.get(best.label, math.nan)
            choices.append(BestRow(target, label, scored[label], 100 * lost))
    if not choices:
        return None
    return Recommended(matrix.title, matrix.row_role, best.label, best.mean_zero_shot or 0.0, tuple(choices))


def _mean_of(cells: Iterable[MeanScore]) -> float | None:
    known = [cell.mean for cell in cells if cell.zero_shot and cell.mean is not None]
    return fmean(known) if known else None


def _design(results: StudyResults) -> tuple[RunFact, ...]:
    table: ScoreTable = results.table
    intermediates = {
        row.intermediate_language
        for row in table
        if row.intermediate_language not in {None, row.source_language}
    }
    scored, trained = {row.task for row in table}, {row.source_task for row in table}
    is_probe = results.study.get("mode") == "probe"
    facts = (
        _listed("target task", scored),
        _listed("source task", trained if trained != scored else set()),
        _listed("source language", {row.source_language for row in table}),
        _listed("intermediate task", {row.intermediate_task for row in table} - {None}),
        _listed("intermediate language", intermediates),
        _listed("target language", {row.target_language for row in table}),
        _listed("encoder", {row.encoder for row in table}),
        RunFact("mode", "probe: the encoder was not trained" if is_probe else ""),
        _listed("aggregator", {row.aggregator for row in table}),
        _listed("seed", {row.seed for row in table}),
        RunFact("cells scored", f"{len(table)} of {results.n_cells}"),
    )
    return tuple(fact for fact in facts if fact.value)


def _listed(noun: str, values: Collection[object]) -> RunFact:
    """Values by name where they are few, else their number."""
    ordered = sorted(map(str, values))
    return RunFact(
        noun if len(ordered) == 1 else f"{noun}s",
        ", ".join(ordered) if len(ordered) <= 8 else f"{len(ordered)}",
    )


def _flags(
    analyses: Sequence[Analysis], keys: Sequence[str], matrices: Sequence[ScoreMatrix]
) -> tuple[str, ...]:
    titles = [matrix.title if len(matrices) > 1 else "" for matrix in matrices]
    return (
        *_about(keys, [in_words(analysis.information) for analysis in analyses]),
        *_about(keys, [_reliability(analysis) for analysis in analyses]),
        *_about(titles, [matrix.flags for matrix in matrices]),
    )


def _reliability(analysis: Analysis) -> tuple[str, ...]:
    return tuple(f"{words(measure)}: {in_words(found)[0]}" for measure, found in analysis.reliability.items())


def _about(keys: Sequence[str], lines: Sequence[Sequence[str]]) -> tuple[str, ...]:
    """Put in front of each line what it is about, where that is one of several."""
    return tuple(
        f"{key}: {line}" if key else line for key, own in zip(keys, lines, strict=True) for line in own
    )


def _languages(distances: Mapping[str, PairMatrix]) -> tuple[LanguageRow, ...]:
    found = {language.code: language for matrix in distances.values() for language in matrix.languages}
    rows = []
    for code, language in sorted(found.items()):
        family, rules = " > ".join(language.family[:2]), "; ".join(language.rules)
        rows.append(LanguageRow(code, language.id, language.name, family, language.script or "", rules))
    return tuple(rows)
