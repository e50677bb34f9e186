"""Recommendations in the terminal: what was asked for, what it is computed from, and the answer."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import click
import numpy as np
from numpy.typing import NDArray
from rich.markup import escape
from rich.table import Table

from isogloss.cli.output.tables import terminal
from isogloss.cli.output.waiting import status_when_slow
from isogloss.errors import DataError, FieldError, LanguageError
from isogloss.languages import Language, resolve
from isogloss.narrative.recommendation import explained, in_words, percent, score
from isogloss.recommend import Evaluation, Recommendation, Recommendations, evaluate, recommend
from isogloss.scores.importing import Columns
from isogloss.scores.table import ScoreTable

N_LISTED = 15
"""Candidates are listed up to so many, and English."""

States = Mapping[str, NDArray[np.floating]]


@dataclass(frozen=True)
class RecommendRequest:
    """The options of the command."""

    language: str | None = None
    candidates: str | None = None
    table: Path | None = None
    evaluate: Path | None = None
    encoder: str | None = None
    corpus: Path | None = None
    corpora: Path | None = None
    study: Path | None = None
    out: Path | None = None
    data_dir: str | None = None
    overrides: tuple[str, ...] = ()
    ranker: str | None = None
    explain: bool = False
    json_file: Path | None = None
    source: str | None = None
    intermediate: str | None = None
    target: str | None = None
    score: str | None = None
    seed_column: str | None = None
    by: tuple[str, ...] = ()
    table_name: str | None = None
    editions: str | None = None
    scale: Literal["percent", "fraction"] | None = None

    @property
    def codes(self) -> tuple[str, ...]:
        """Candidates as typed."""
        return tuple(code.strip() for code in (self.candidates or "").split(",") if code.strip())

    @property
    def columns(self) -> Columns:
        """Columns of the table."""
        return Columns(
            self.source,
            self.intermediate,
            self.target,
            self.score,
            self.seed_column,
            tuple(self.by),
            self.table_name,
            self.editions,
        )


def run(request: RecommendRequest) -> None:
    """Answer the request."""
    _check(request)
    states = _states(request) if request.encoder is not None else None
    if request.evaluate is not None:
        with status_when_slow() as tell:
            found = evaluate(
                request.evaluate,
                candidates=request.codes,
                columns=request.columns,
                scale=request.scale,
                states=states,
                ranker=request.ranker,
                tell=tell,
            )
        _finish(request, found.to_dict(), lambda: _print_evaluation(found))
        return
    scores: Path | ScoreTable | None = request.table
    if request.study is not None:
        scores = _scores_of_study(request, request.study)
    with status_when_slow() as tell:
        answer = recommend(
            request.language or "",
            candidates=request.codes,
            scores=scores,
            columns=request.columns,
            scale=request.scale,
            states=states,
            ranker=request.ranker,
            tell=tell,
        )
    _finish(request, answer.to_dict(), lambda: _print_answer(answer, explain=request.explain))


def _check(request: RecommendRequest) -> None:
    """Refuse options that do not go together."""
    if request.evaluate is None and not request.language:
        raise click.UsageError("name the target language, or a table to evaluate: isogloss recommend sw ...")
    if request.evaluate is not None and request.language:
        raise click.UsageError(
            f"--evaluate leaves every language of the table out in turn; leave out '{request.language}'"
        )
    given = [
        option
        for option, value in (
            ("--evaluate", request.evaluate),
            ("--scores", request.table),
            ("--study", request.study),
        )
        if value is not None
    ]
    if len(given) > 1:
        raise click.UsageError(f"{' and '.join(given)} each bring scores; give one of them")
    sentences = {"--encoder": request.encoder, "--corpora": request.corpora}
    if request.evaluate is None:
        sentences["--corpus"] = request.corpus
    elif request.corpus is not None:
        raise click.UsageError(
            "--evaluate takes the text of every language from --corpora; leave out --corpus"
        )
    missing = [option for option, value in sentences.items() if value is None]
    if 0 < len(missing) < len(sentences):
        raise click.UsageError(f"sentences are compared by an encoder: give {' and '.join(missing)} too")
    if request.study is None and (request.out or request.data_dir or request.overrides):
        raise click.UsageError("--out, --data-dir and --set go with --study")
    if request.candidates is not None and not request.codes:
        raise click.UsageError("--candidates is empty; write comma-separated codes")
    if not given or given == ["--study"]:
        stated = [
            name
            for name in (
                "source",
                "intermediate",
                "target",
                "score",
                "seed_column",
                "table_name",
                "editions",
                "scale",
            )
            if getattr(request, name)
        ]
        if stated or request.by:
            option = (stated or ["by"])[0].replace("_", "-")
            raise click.UsageError(
                f"--{option} says how a table is read; give one with --scores or --evaluate"
            )


def _finish(request: RecommendRequest, content: dict[str, Any], show: Any) -> None:
    if request.json_file is None:
        show()
        return
    text = json.dumps(content, indent=1, ensure_ascii=False, allow_nan=False)
    if str(request.json_file) == "-":
        click.echo(text)
        return
    try:
        request.json_file.write_text(text + "\n", encoding="utf-8")
    except OSError as error:
        raise DataError(
            f"the file cannot be written: {error.strerror}", where=str(request.json_file)
        ) from None
    show()


def _states(request: RecommendRequest) -> States:
    """States of every text, by the code that the user or the file name has."""
    from isogloss.distances.text.base import Corpus
    from isogloss.inference.sentence_states import sentence_states
    from isogloss.recommend.sentences import MOST

    folder = request.corpora or Path()
    if not folder.is_dir():
        raise DataError(f"no folder '{folder}'", where="--corpora", allowed="a folder of LANGUAGE.txt")
    wanted = {resolve(code): code for code in request.codes}
    files: dict[Language, Path] = {}
    for path in sorted(folder.glob("*.txt")):
        language = _language_of(path)
        if language in files:
            raise DataError(
                f"{files[language].name} and {path.name} are one language, {language.name}",
                where=str(folder),
                hint="keep one",
            )
        if not wanted or language in wanted:
            files[language] = path
    missing = [code for language, code in wanted.items() if language not in files]
    if missing or not files:
        raise DataError(
            f"no text of {', '.join(missing) or 'any language'} in '{folder}'",
            where="--corpora",
            allowed="files named after languages: de.txt, fi.txt",
        )
    if request.corpus is not None and request.language:
        files = {language: path for language, path in files.items() if language != resolve(request.language)}
        files[resolve(request.language)] = request.corpus
    corpora = [Corpus.read(language, path) for language, path in files.items()]
    arrays = sentence_states(request.encoder or "", [corpus.lines[:MOST] for corpus in corpora])
    return {corpus.language.input: array for corpus, array in zip(corpora, arrays, strict=True)}


def _language_of(path: Path) -> Language:
    try:
        return resolve(path.stem)
    except LanguageError as error:
        error.hint = f"name the file after its language, or move it away; {error.hint}"
        raise error.at(str(path)) from None


def _scores_of_study(request: RecommendRequest, path: Path) -> ScoreTable:
    """Train in each of the user's languages, score on all of them, and give the table.

    Raises
    ------
    StudyError
        If the study cannot be run.
    FieldError
        If fewer than two languages have labelled data, or some stages failed.
    """
    from isogloss.cli.output.monitor import TerminalMonitor, planning
    from isogloss.study.execution.run import RunRequest, run_plan
    from isogloss.study.file.yaml_text import read_study
    from isogloss.study.outputs.folder import StudyFolder, at_work, check_claim
    from isogloss.study.outputs.status import status_of
    from isogloss.study.outputs.store import Store
    from isogloss.study.plan import make_plan

    absolute = str(Path(request.data_dir).expanduser().resolve()) if request.data_dir else request.data_dir
    stated = read_study(path, request.overrides, data_dir=absolute)
    sources, targets = _languages_of_study(stated, request)
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
    file = read_study(path, [*request.overrides, *fixed], data_dir=absolute)
    root = request.out or Path("out") / name
    check_claim(root, name)
    with planning():
        plan = make_plan(file)
        status = status_of(plan, Store(root / "stages"))
    click.echo(
        f"{name}: trains in each of {', '.join(sources)} and scores on {', '.join(targets)}: "
        f"{len(plan.stages)} stages, {len(status.pending)} to run",
        err=True,
    )
    with at_work(root):
        folder = StudyFolder.claim(root, plan, None)
        with TerminalMonitor(status) as monitor:
            result = run_plan(RunRequest(plan, status, folder, file.folder), monitor)
    if result.failed:
        raise FieldError(
            f"{len(result.failed)} jobs of the study failed; the first: {result.failed[0]}",
            where=str(root),
            hint="run the same command again to retry; finished stages are kept",
        )
    return folder.scores()


def _languages_of_study(file: Any, request: RecommendRequest) -> tuple[list[str], list[str]]:
    """Sources and targets: languages with labelled data, without the one to be served."""
    from isogloss.study.file.names import data_directory, own_task
    from isogloss.study.file.schema import ALL
    from isogloss.tasks.base import TASKS

    study = file.study
    aim = resolve(request.language or "")
    name = study.source.task[0]
    own = {settings.name: settings for settings in study.tasks}
    if name not in own and name not in TASKS:
        from isogloss.study.plan import make_plan

        make_plan(file)  # says what is wrong with the name, and with all others
    task = own_task(own[name], file.folder) if name in own else TASKS[name]
    have = task.available(data_directory(study.data_dir, file.folder))

    def languages(stated: Sequence[str], split: str) -> list[str]:
        codes = (
            [code for code, splits in have.items() if split in splits] if tuple(stated) == (ALL,) else stated
        )
        return [code for code in codes if resolve(code) != aim]

    trained = languages(study.source.language, study.source.split)
    wanted = {resolve(code) for code in request.codes}
    sources = [code for code in trained if not wanted or resolve(code) in wanted]
    if len(sources) < 2:
        raise FieldError(
            f"{len(sources)} source languages with labelled data to choose from: "
            f"{', '.join(sources) or 'none'}",
            where=str(file.path),
            allowed="two or more besides the target; source.language: all takes every language with data",
        )
    scored = languages(study.targets.languages, study.targets.split)
    known = {resolve(code) for code in scored}
    return sources, [*scored, *(code for code in sources if resolve(code) not in known)]


def _print_answer(found: Recommendations, *, explain: bool) -> None:
    console = terminal()
    for note in found.notes:
        console.print(f"[dim]{escape(note)}[/dim]")
    for entry in found.conditions:
        if len(found.conditions) > 1:
            console.print(f"\n[bold]{escape(entry.condition)}[/bold]")
        for line in in_words(entry):
            console.print(escape(line))
        console.print()
        console.print(_ranking(entry))
        if explain:
            console.print()
            for candidate in entry.candidates:
                for line in explained(candidate, entry.target):
                    console.print(escape(line))


def _ranking(found: Recommendation) -> Table:
    table = Table(box=None, pad_edge=False)
    table.add_column("", justify="right")
    for heading in ("code", "language"):
        table.add_column(heading, no_wrap=True)
    scored = found.bounds is not None
    if scored:
        for heading in ("expected score", "expected loss, points"):
            table.add_column(heading, justify="right")
        table.add_column("may be best")
    table.add_column("not on record")
    english = found.candidate("eng")
    listed = [*found.candidates[:N_LISTED]]
    if english is not None and english not in listed:
        listed.append(english)
    for entry in listed:
        held = "" if entry.in_set is None else "yes" if entry.in_set else "no"
        numbers = (score(entry.expected_score), percent(entry.expected_loss), held) if scored else ()
        table.add_row(
            str(entry.place), entry.language.input, entry.language.name, *numbers, ", ".join(entry.unknown)
        )
    if len(listed) < len(found.candidates):
        table.caption = f"{len(found.candidates) - len(listed)} more: --explain or --json"
        table.caption_justify = "left"
    return table


def _print_evaluation(found: Evaluation) -> None:
    console = terminal()
    for note in found.notes:
        console.print(f"[dim]{escape(note)}[/dim]")
    if found.unusable:
        first = found.unusable[0]
        told = f"{len(found.unusable)} rows could not be used; the first: {first.place}: {first.reason}"
        console.print(f"[dim]{escape(told)}[/dim]")
    for line in in_words(found):
        console.print(escape(line))
    table = Table(
        title="Loss of the first choice, percent of the best source's score",
        title_justify="left",
        box=None,
        pad_edge=False,
    )
    table.add_column("ranker", no_wrap=True)
    for heading in (
        "loss",
        "95% interval",
        "points",
        "top 1",
        "top 3",
        "NDCG@3",
        "NDCG@10",
        "family out",
        "targets",
    ):
        table.add_column(heading, justify="right", no_wrap=True)
    for entry, family in zip(found.whole.figures, found.whole.families, strict=True):
        table.add_row(
            entry.name,
            percent(entry.loss_percent),
            f"{percent(entry.ci_low)} to {percent(entry.ci_high)}",
            percent(entry.loss_points),
            *(
                f"{value:.2f}" if math.isfinite(value) else "-"
                for value in (entry.top1, entry.top3, entry.ndcg3, entry.ndcg10)
            ),
            percent(family.loss_percent),
            str(entry.n_targets),
        )
    console.print()
    console.print(table)
