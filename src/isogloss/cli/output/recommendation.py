"""Recommendations in the terminal: what was asked for, what it is computed from, and the answer."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import numpy as np
from numpy.typing import NDArray
from rich.table import Table

from isogloss.cli.options import TABLE_FIELDS, columns_of, listed
from isogloss.cli.output.tables import plain_table, terminal, wide_tables, write_json
from isogloss.cli.output.text_distances import states_by_language, texts_by_language
from isogloss.cli.output.waiting import status_when_slow
from isogloss.errors import FieldError
from isogloss.languages import Language, resolve
from isogloss.narrative.recommendation import explained, in_words, percent, score
from isogloss.recommend import Evaluation, Recommendation, Recommendations, evaluate, recommend
from isogloss.scores.table import ScoreTable

if TYPE_CHECKING:
    from isogloss.study.file.yaml_text import StudyFile
    from isogloss.tasks.base import Task

N_LISTED = 15
"""Candidates are listed up to so many, and English."""


def run(typed: Mapping[str, Any]) -> None:
    """Answer what the options of the command ask."""
    codes = listed(typed["candidates"] or "")
    _check(typed, codes)
    states = _states(typed, codes) if typed["encoder"] is not None else None
    scores: Path | ScoreTable | None = typed["scores"]
    if typed["study"] is not None:
        scores = _scores_of_study(typed, codes)
    compute = (
        partial(evaluate, typed["evaluate"])
        if typed["evaluate"] is not None
        else partial(recommend, typed["language"] or "", scores=scores)
    )
    with status_when_slow() as tell:
        found: Evaluation | Recommendations = compute(
            candidates=codes,
            columns=columns_of(typed),
            scale=typed["scale"],
            states=states,
            ranker=typed["ranker"],
            tell=tell,
        )
    if typed["json_file"] is not None and write_json(found.to_dict(), typed["json_file"]):
        return
    if isinstance(found, Evaluation):
        _print_evaluation(found)
    else:
        _print_answer(found, explain=typed["explain"])


def _check(typed: Mapping[str, Any], codes: Sequence[str]) -> None:
    """Refuse options that do not go together."""
    evaluates = typed["evaluate"] is not None
    if not evaluates and not typed["language"]:
        raise click.UsageError("name the target language, or a table to evaluate: isogloss recommend sw ...")
    if evaluates and typed["language"]:
        raise click.UsageError(
            f"--evaluate leaves every language of the table out in turn; leave out '{typed['language']}'"
        )
    if evaluates and typed["explain"]:
        raise click.UsageError("--explain is about the candidates for a target, and --evaluate has none")
    given, of_table = _stated(typed, ("evaluate", "scores", "study")), _stated(typed, TABLE_FIELDS)
    if len(given) > 1:
        raise click.UsageError(f"{' and '.join(given)} each bring scores; give one of them")
    _check_sentences(typed, evaluates=evaluates)
    if typed["study"] is None and any((typed["out"], typed["data_dir"], typed["overrides"])):
        raise click.UsageError("--out, --data-dir and --set go with --study")
    if typed["candidates"] is not None and not codes:
        raise click.UsageError("--candidates is empty; write comma-separated codes")
    if of_table and given in ([], ["--study"]):
        raise click.UsageError(
            f"{of_table[0]} says how a table is read; give one with --scores or --evaluate"
        )


def _check_sentences(typed: Mapping[str, Any], *, evaluates: bool) -> None:
    sentences = ("--encoder", "--corpora") if evaluates else ("--encoder", "--corpora", "--corpus")
    present = _stated(typed, ("encoder", "corpora", "corpus"))
    missing = [option for option in sentences if option not in present]
    if evaluates and typed["corpus"]:
        raise click.UsageError(
            "--evaluate takes the text of every language from --corpora; leave out --corpus"
        )
    if 0 < len(missing) < len(sentences):
        raise click.UsageError(f"sentences are compared by an encoder: give {' and '.join(missing)} too")


def _stated(typed: Mapping[str, Any], names: Iterable[str]) -> list[str]:
    """Options among `names` that are typed."""
    return [f"--{name.replace('_', '-')}" for name in names if typed[name]]


def _states(typed: Mapping[str, Any], codes: Sequence[str]) -> dict[str, NDArray[np.floating]]:
    """States of every text, by the code that the user or the file name has."""
    from isogloss.distances.text.base import Corpus
    from isogloss.recommend.sentences import MOST

    files = texts_by_language(typed["corpora"] or Path(), "--corpora", codes)
    if typed["corpus"] is not None and typed["language"]:
        target = resolve(typed["language"])
        files.pop(target, None)
        files[target] = typed["corpus"]
    corpora = [Corpus.read(language, path) for language, path in files.items()]
    states = states_by_language(typed["encoder"], corpora, n_lines=MOST)
    return {language.input: array for language, array in states.items()}


def _scores_of_study(typed: Mapping[str, Any], codes: Sequence[str]) -> ScoreTable:
    """Train in each of the user's languages, score on all of them, and give the table.

    Raises
    ------
    StudyError
        If the study cannot be run.
    FieldError
        If fewer than two languages have labelled data, or some stages failed.
    """
    from isogloss.cli.output.data import print_reading
    from isogloss.cli.output.monitor import TerminalMonitor, planning
    from isogloss.study.execution.preparation import prepare
    from isogloss.study.execution.run import run_plan
    from isogloss.study.file.yaml_text import read_study

    path, overrides, data_dir = typed["study"], typed["overrides"], typed["data_dir"]
    stated = read_study(path, overrides, data_dir=data_dir)
    sources, targets = _languages_of_study(stated, typed["language"] or "", codes)
    name = f"{stated.study.name}-recommend"
    fixed = (
        f"name={name}",
        f"source.language={json.dumps(sources)}",
        f"targets.languages={json.dumps(targets)}",
        "intermediate=null",
        "analysis={distances: none}",
    )
    if stated.study.intermediate is not None:
        click.echo(
            "the intermediate stage of the study is left out: the choice is of a source language", err=True
        )
    file = read_study(path, [*overrides, *fixed], data_dir=data_dir)
    root = typed["out"] or Path("out") / name
    with planning():
        prepared = prepare(file, root, None)
    click.echo(
        f"{name}: trains in each of {', '.join(sources)} and scores on {', '.join(targets)}: "
        f"{len(prepared.plan.stages)} stages, {len(prepared.status.pending)} to run",
        err=True,
    )
    print_reading(prepared.read_data())
    with prepared.claimed() as folder, TerminalMonitor(prepared.status) as monitor:
        result = run_plan(prepared, folder, monitor)
    if result.failed:
        raise FieldError(
            f"{len(result.failed)} stages of the study failed; the first: {result.failed[0]}",
            where=str(root),
            hint="run the same command again to retry; finished stages are kept",
        )
    return folder.scores()


def _languages_of_study(file: StudyFile, target: str, codes: Sequence[str]) -> tuple[list[str], list[str]]:
    """Sources and targets: languages with labelled data, without the one to be served."""
    from isogloss.study.file.names import data_directory
    from isogloss.study.file.schema import ALL

    study = file.study
    aim = resolve(target)
    have = _task_of(file).available(data_directory(study.data_dir, file.folder))

    def others(stated: Sequence[str], split: str) -> dict[Language, str]:
        every = tuple(stated) == (ALL,)
        spelled = [code for code, splits in have.items() if split in splits] if every else stated
        return {language: code for code in spelled if (language := resolve(code)) != aim}

    trained = others(study.source.language, study.source.split)
    wanted = {resolve(code) for code in codes} or trained
    sources = [code for language, code in trained.items() if language in wanted]
    if len(sources) < 2:
        raise FieldError(
            f"{len(sources)} source languages with labelled data to choose from: "
            f"{', '.join(sources) or 'none'}",
            where=str(file.path),
            allowed="two or more besides the target; source.language: all takes every language with data",
        )
    scored = others(study.targets.languages, study.targets.split)
    return sources, [*scored.values(), *(code for code in sources if resolve(code) not in scored)]


def _task_of(file: StudyFile) -> Task:
    from isogloss.study.file.names import own_task
    from isogloss.study.plan import make_plan
    from isogloss.tasks.base import TASKS

    name = file.study.source.task[0]
    own = {settings.name: settings for settings in file.study.tasks}
    if name in own:
        return own_task(own[name], file.folder)
    if name not in TASKS:
        make_plan(file)  # says what is wrong with the name, and with all others
    return TASKS[name]


def _print_answer(found: Recommendations, *, explain: bool) -> None:
    console = terminal()
    for note in found.notes:
        console.print(note, style="dim")
    for entry in found.conditions:
        if len(found.conditions) > 1:
            console.print(f"\n{entry.condition}", style="bold")
        for line in in_words(entry):
            console.print(line)
        console.print()
        console.print(_ranking(entry))
        if explain:
            console.print()
            for candidate in entry.candidates:
                for line in explained(candidate, entry.target):
                    console.print(line)


def _ranking(found: Recommendation) -> Table:
    scored = found.bounds is not None
    numbers = ("", "expected score", "expected loss, points")
    columns: Sequence[str] = (*numbers[1:], "may be best") if scored else ()
    names = ("code", "language")
    table = plain_table("", *names, *columns, "not on record", right=numbers, whole=names)
    english = found.candidate("eng")
    listed = [*found.candidates[:N_LISTED]]
    if english is not None and english not in listed:
        listed.append(english)
    for entry in listed:
        held = "" if entry.in_set is None else "yes" if entry.in_set else "no"
        cells = (score(entry.expected_score), percent(entry.expected_loss), held) if scored else ()
        language = entry.language
        table.add_row(str(entry.place), language.input, language.name, *cells, ", ".join(entry.unknown))
    if len(listed) < len(found.candidates):
        table.caption = f"{len(found.candidates) - len(listed)} more: --explain or --json"
    return table


def _print_evaluation(found: Evaluation) -> None:
    console = terminal()
    for note in found.notes:
        console.print(note, style="dim")
    if found.unusable:
        first = found.unusable[0]
        told = f"{len(found.unusable)} rows could not be used; the first: {first.place}: {first.reason}"
        console.print(told, style="dim")
    for line in in_words(found):
        console.print(line)
    title = "Loss of the first choice, percent of the best source's score"
    figures = found.whole.figures
    columns = {
        "ranker": [entry.name for entry in figures],
        "loss": [percent(entry.loss_percent) for entry in figures],
        "95% interval": [f"{percent(entry.ci_low)} to {percent(entry.ci_high)}" for entry in figures],
        "points": [percent(entry.loss_points) for entry in figures],
        "top 1": [_share(entry.top1) for entry in figures],
        "top 3": [_share(entry.top3) for entry in figures],
        "NDCG@3": [_share(entry.ndcg3) for entry in figures],
        "NDCG@10": [_share(entry.ndcg10) for entry in figures],
        "family out": [percent(family.loss_percent) for family in found.whole.families],
        "targets": [str(entry.n_targets) for entry in figures],
    }
    console.print()
    console.print(*wide_tables(list(columns), list(columns.values()), console.width, title=title))


def _share(value: float) -> str:
    return f"{value:.2f}" if math.isfinite(value) else "-"
