"""The end of a run in the terminal: the answer, and where the report is."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click

from isogloss.cli.output.tables import terminal
from isogloss.narrative.numbers import MINUS
from isogloss.report.export import USUAL, ReportFiles, write_report
from isogloss.report.summary import Answer, Summary, summarise
from isogloss.study.outputs.folder import StudyFolder
from isogloss.study.outputs.results import gather


def report_study(
    folder: StudyFolder,
    formats: Sequence[str] = USUAL,
    figures: Sequence[str] = (),
    out: Path | None = None,
) -> None:
    """Gather the results of a study, write its score table and report, and print the answer."""
    results = gather(folder)
    folder.write_parquet(results.table)
    summary = summarise(results)
    print_results(summary, write_report(summary, out or folder.root, formats, figures))


def print_results(summary: Summary, files: ReportFiles) -> None:
    """Print the answers, or what many say together, what controls show, and where the report is."""
    results = summary.results
    if results.analyses and not (summary.overview and summary.layers):
        _print_answers(summary.answers[:1] if summary.overview else summary.answers)
    for matrix in summary.matrices:
        if matrix.warning and results.analyses:
            say(matrix.warning if len(summary.matrices) == 1 else f"{matrix.title}: {matrix.warning}")
    if summary.controls:
        click.secho("controls", bold=True)
    say(*summary.controls, *(section.headline for section in summary.layers))
    if summary.overview:
        say(f"{summary.overview} All answers: in the report.")
    for entry in results.not_analysed if results.analyses else ():
        say(f"not analysed: {entry.condition}: {entry.reason}")
    if results.no_analysis:
        say(f"no analysis: {results.no_analysis}")
    if files.html is not None:
        click.echo(f"report: {files.html}")
    n_others = len(files.written) - (files.html is not None)
    if files.written and n_others:
        click.echo(f"{n_others} more files: {files.written[0].parent}")


def say(*sentences: str) -> None:
    """Print sentences within the terminal, with hyphens for minus signs, as every command prints numbers."""
    console = terminal()
    for sentence in sentences:
        console.print(sentence.replace(MINUS, "-"), markup=False)


def _print_answers(answers: Sequence[Answer]) -> None:
    for answer in answers:
        if answer.about:
            click.secho(answer.about, bold=True)
        say(*answer.sentences)
