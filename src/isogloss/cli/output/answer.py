"""The end of a run in the terminal: the answer, and where the report is."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click

from isogloss.cli.output.tables import terminal
from isogloss.narrative.numbers import MINUS
from isogloss.report.export import USUAL, ReportFiles, formats_in, write_report
from isogloss.report.summary import Summary, summarise
from isogloss.study.outputs.folder import StudyFolder, write_parquet
from isogloss.study.outputs.results import gather


def write_results(
    folder: StudyFolder,
    formats: Sequence[str] | None = None,
    figures: Sequence[str] = (),
    out: Path | None = None,
) -> tuple[Summary, ReportFiles]:
    """Gather the results of a study, and write its score table and its report, there or in `out`.

    Without `formats` the usual files are written, and those that are there already.
    """
    results, to = gather(folder), out or folder.root
    write_parquet(results.table, to)
    summary = summarise(results)
    if formats is None:
        there, figures = formats_in(to)
        formats = [*USUAL, *(name for name in there if name not in USUAL)]
    return summary, write_report(summary, to, formats, figures)


def print_results(summary: Summary, files: ReportFiles) -> None:
    """Print the answers, or what many say together, what controls show, and where the report is."""
    results = summary.results
    say(*summary.cautions)
    if results.analyses:
        _print_analyses(summary)
    if summary.controls:
        click.secho("controls", bold=True)
    say(*summary.controls, *(section.headline for section in summary.layers))
    if summary.overview:
        say(f"{summary.overview} All answers: in the report.")
    if results.analyses:
        say(*(f"not analysed: {entry.condition}: {entry.reason}" for entry in results.not_analysed))
    if results.no_analysis:
        say(f"no analysis: {results.no_analysis}")
    if files.html is not None:
        click.echo(f"report: {files.html}")
    if n_others := len(files.written) - (files.html is not None):
        click.echo(f"{n_others} more files: {files.written[0].parent}")
    if files.without_glyph:
        shown = files.without_glyph[:20] + ("..." if len(files.without_glyph) > 20 else "")
        say(f"figures in pdf and png show boxes for {shown}, which their font does not have; svg has them")
    if files.older:
        click.echo(f"older, and not written again: {', '.join(path.name for path in files.older)}")


def say(*sentences: str) -> None:
    """Print sentences within the terminal, with hyphens for minus signs, as every command prints numbers."""
    console = terminal()
    for sentence in sentences:
        console.print(sentence.replace(MINUS, "-"))


def _print_analyses(summary: Summary) -> None:
    """The answers, of many only the first, and what is to be seen in the scores themselves."""
    answers = () if summary.overview and summary.layers else summary.answers
    for answer in answers[:1] if summary.overview else answers:
        if answer.about:
            click.secho(answer.about, bold=True)
        say(*answer.sentences)
    for matrix in summary.results.matrices:
        if matrix.warning:
            say(matrix.warning if len(summary.results.matrices) == 1 else f"{matrix.title}: {matrix.warning}")
