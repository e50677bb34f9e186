"""The end of a run in the terminal: the answer in two lines, and where the report is."""

from __future__ import annotations

from collections.abc import Sequence

import click

from isogloss.report.results import Results
from isogloss.report.summary import Answer


def print_results(results: Results) -> None:
    """Print the answers, or what many say together, what controls show, and where the report is."""
    summary = results.summary
    if results.analyses and not (summary.overview and summary.layers.sections):
        _print_answers(summary.answers[:1] if summary.overview else summary.answers)
    for matrix in summary.matrices:
        if matrix.warning and results.analyses:
            click.echo(matrix.warning if len(summary.matrices) == 1 else f"{matrix.title}: {matrix.warning}")
    if summary.controls:
        click.secho("controls", bold=True)
    for sentence in summary.controls:
        click.echo(sentence)
    for section in summary.layers.sections:
        click.echo(section.headline)
    if summary.overview:
        click.echo(f"{summary.overview} All answers: in the report.")
    for entry in results.not_analysed if results.analyses else ():
        click.echo(f"not analysed: {entry.condition}: {entry.reason}")
    if results.no_analysis:
        click.echo(f"no analysis: {results.no_analysis}")
    click.echo(f"report: {results.report.html}")


def _print_answers(answers: Sequence[Answer]) -> None:
    for answer in answers:
        if answer.about:
            click.secho(answer.about, bold=True)
        for line in answer.sentences:
            click.echo(line)
