"""Content of the report as data: everything is decided here, nothing in the template."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any

from isogloss.analysis import Analysis, NotAnalysed
from isogloss.distances.matrix import DistanceMatrix
from isogloss.modeling.encoders.bag_of_words import NAME as BAG_OF_WORDS
from isogloss.narrative.analysis import excluded_cells, in_words, uncovered, words
from isogloss.report.controls import control_sentences
from isogloss.report.layers import LayerSections
from isogloss.report.matrices import ScoreMatrix, score_matrices
from isogloss.report.overview import overview
from isogloss.report.provenance import Fact, Failure, Provenance, failure, provenance
from isogloss.report.sections import Section, label, sections
from isogloss.scores.effectiveness import PLAIN_AGGREGATOR, Condition
from isogloss.scores.table import ScoreTable


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
class Summary:
    """One study's report.

    Parameters
    ----------
    study, description : str
    answers : tuple of Answer
        The most important first.
    overview : str
        What many analyses say together; empty where they are few enough to be read one by one.
    controls : tuple of str
        What the study's controls show.
    carries_information : bool
        False where no analysed score says anything about transfer.
    design : tuple of Fact
    matrices : tuple of ScoreMatrix
    sections : tuple of Section
        In the order of the analyses.
    layers : LayerSections
        Layer sweeps, where the study has any.
    flags, excluded, uncovered : tuple of str
        Floor and ceiling cells; cells kept out of the tests; languages and pairs without a distance.
    languages : tuple of LanguageRow
    failures : tuple of Failure
    provenance : Provenance
    study_text : str
        The resolved study file.
    """

    study: str
    description: str
    answers: tuple[Answer, ...]
    overview: str
    controls: tuple[str, ...]
    carries_information: bool
    design: tuple[Fact, ...]
    matrices: tuple[ScoreMatrix, ...]
    sections: tuple[Section, ...]
    layers: LayerSections
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


def summarise(
    study: Mapping[str, Any],
    table: ScoreTable,
    analyses: Sequence[Analysis],
    distances: Mapping[str, DistanceMatrix],
    records: Sequence[Mapping[str, Any]],
    failures: Sequence[Mapping[str, Any]],
    *,
    no_analysis: str = "",
    not_analysed: Sequence[NotAnalysed] = (),
    layers: LayerSections | None = None,
) -> Summary:
    """Gather everything the report says.

    Parameters
    ----------
    study : mapping
        What ``study.json`` says: the resolved study, task cards, cells and stages.
    table : ScoreTable
    analyses : sequence of Analysis
        Those of the source task and of the plain last layer are shown first.
    distances : mapping of str to DistanceMatrix
    records, failures : sequence of mapping
        ``record.json`` of the finished stages, ``error.json`` of the failed ones.
    no_analysis : str
        Why there is no analysis, where there is none.
    not_analysed : sequence of NotAnalysed
        Conditions that leave nothing to test, while others do not.
    layers : LayerSections, optional

    Returns
    -------
    Summary
    """
    trained = {row.source_task for row in table}

    def controls_last(entry: Analysis | ScoreMatrix) -> tuple[bool, ...]:
        task = entry.task if isinstance(entry, ScoreMatrix) else entry.condition.task
        return task not in trained, entry.encoder == BAG_OF_WORDS, entry.aggregator != PLAIN_AGGREGATOR

    analyses = sorted(analyses, key=controls_last)
    matrices = sorted(score_matrices(table), key=controls_last)
    keys = _keys([analysis.condition for analysis in analyses])
    return Summary(
        study=study["study"]["name"],
        description=study["study"].get("description", ""),
        answers=_answers(analyses, keys, no_analysis),
        overview=overview(analyses, keys),
        controls=control_sentences(table, analyses),
        carries_information=any(analysis.information.informative for analysis in analyses),
        design=_design(study, table),
        matrices=tuple(matrices),
        sections=tuple(
            section
            for analysis, key in zip(analyses, keys, strict=True)
            for section in sections(analysis, tuple(distances.values()), key)
        ),
        layers=layers or LayerSections(),
        flags=_flags(analyses, keys, matrices),
        excluded=_about(keys, [excluded_cells(analysis) for analysis in analyses]),
        uncovered=(
            *(f"{entry.condition}: not analysed: {entry.reason}" for entry in not_analysed if analyses),
            *_about(keys, [uncovered(analysis) for analysis in analyses]),
            *_notes(distances),
        ),
        languages=_languages(distances),
        failures=tuple(failure(record) for record in failures),
        provenance=provenance(records, study.get("tasks", {})),
        study_text=_as_yaml(study["study"]),
    )


def _keys(conditions: Sequence[Condition]) -> tuple[str, ...]:
    """Name each condition by as many fields as tell the conditions apart."""
    names: list[str] = []

    def n_told_apart(by: Sequence[str]) -> int:
        return len({tuple(getattr(c, name) for name in by) for c in conditions})

    for field in fields(Condition):
        if n_told_apart([*names, field.name]) > n_told_apart(names):
            names.append(field.name)
    return tuple(", ".join(str(getattr(c, name) or "none") for name in names) for c in conditions)


def _answers(analyses: Sequence[Analysis], keys: Sequence[str], no_analysis: str) -> tuple[Answer, ...]:
    if not analyses:
        return (Answer("", (f"No analysis: {no_analysis or 'the study declares no distance'}.",)),)
    return tuple(
        Answer(key, tuple(_typeset(sentence) for sentence in analysis.answer()))
        for analysis, key in zip(analyses, keys, strict=True)
    )


def _typeset(sentence: str) -> str:
    """Begin with a capital, and write true minus signs."""
    return re.sub(r"(?<!\w)-(?=\d)", "\N{MINUS SIGN}", sentence[:1].upper() + sentence[1:])


def _design(study: Mapping[str, Any], table: ScoreTable) -> tuple[Fact, ...]:
    intermediates = {
        row.intermediate_language
        for row in table
        if row.intermediate_language not in {None, row.source_language}
    }
    scored, trained = {row.task for row in table}, {row.source_task for row in table}
    facts = (
        _listed("target task", scored),
        _listed("source task", trained if trained != scored else set()),
        _listed("source language", {row.source_language for row in table}),
        _listed("intermediate task", {row.intermediate_task for row in table} - {None}),
        _listed("intermediate language", intermediates),
        _listed("target language", {row.target_language for row in table}),
        _listed("encoder", {row.encoder for row in table}),
        Fact("mode", "probe: the encoder was not trained" if study["study"].get("mode") == "probe" else ""),
        _listed("aggregator", {row.aggregator for row in table}),
        _listed("seed", {row.seed for row in table}),
        Fact("cells scored", f"{len(table)} of {len(study.get('cells') or table)}"),
    )
    return tuple(fact for fact in facts if fact.value)


def _listed(noun: str, values: Collection[object]) -> Fact:
    """Values by name where they are few, else their number."""
    ordered = sorted(map(str, values))
    return Fact(
        noun if len(ordered) == 1 else f"{noun}s",
        ", ".join(ordered) if len(ordered) <= 8 else f"{len(ordered)}",
    )


def _flags(
    analyses: Sequence[Analysis], keys: Sequence[str], matrices: Sequence[ScoreMatrix]
) -> tuple[str, ...]:
    titles = [matrix.title if len(matrices) > 1 else "" for matrix in matrices]
    return (
        *_about(keys, [tuple(in_words(analysis.information)) for analysis in analyses]),
        *_about(keys, [_reliability(analysis) for analysis in analyses]),
        *_about(titles, [matrix.flags for matrix in matrices]),
    )


def _reliability(analysis: Analysis) -> tuple[str, ...]:
    return tuple(f"{words(measure)}: {in_words(found)[0]}" for measure, found in analysis.reliability.items())


def _notes(distances: Mapping[str, DistanceMatrix]) -> tuple[str, ...]:
    return tuple(
        f"{matrix.metric} distance: {note}" for matrix in distances.values() for note in matrix.notes
    )


def _about(keys: Sequence[str], lines: Sequence[Sequence[str]]) -> tuple[str, ...]:
    """Put in front of each line what it is about, where that is one of several."""
    return tuple(
        f"{key}: {line}" if key else line for key, own in zip(keys, lines, strict=True) for line in own
    )


def _languages(distances: Mapping[str, DistanceMatrix]) -> tuple[LanguageRow, ...]:
    found = {label(language): language for matrix in distances.values() for language in matrix.languages}
    return tuple(
        LanguageRow(
            code=code,
            id=language.id,
            name=language.name,
            family=" > ".join(language.family[:2]),
            script=language.script or "",
            rules="; ".join(language.rules),
        )
        for code, language in sorted(found.items())
    )


def _as_yaml(study: Mapping[str, Any]) -> str:
    import yaml

    return yaml.safe_dump(dict(study), sort_keys=False, allow_unicode=True, width=100)
