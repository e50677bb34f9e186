"""The result of `isogloss correlate` in the terminal, within 100 columns."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from isogloss.analysis import Analysis, Correlation, Record
from isogloss.cli.output.tables import plain_table, terminal, wide_tables
from isogloss.narrative.analysis import amount, excluded_cells, in_words, p_text, uncovered, words
from isogloss.narrative.overview import overview

N_LISTED = 8
"""Rows that could not be used are listed up to here, and all of them in the JSON file."""

_WITH_CONTROLS = ("partial", "partial_two_way")
"""Methods that use the controls of `--control`."""


def print_answer(analysis: Analysis, n_conditions: int) -> None:
    """Print the answer and the primary tests of one condition of a table."""
    console = terminal()
    if n_conditions > 1:
        console.print(f"[bold]{escape(str(analysis.condition))}[/bold]")
    for sentence in analysis.answer():
        console.print(escape(sentence))
    for measure in _measures(analysis.primary):
        own = [record for record in analysis.primary if record.effectiveness == measure]
        console.print()
        console.print(_primary(measure, own, analysis.alpha))
    console.print()


def print_rest(found: Correlation, *, sensitivity: bool) -> None:
    """Print what many analyses say together, sensitivity analyses, notes, and what was left out.

    Without `sensitivity`, of the analyses those with controls alone are printed.
    """
    console = terminal()
    together = overview(found.analyses, [str(analysis.condition) for analysis in found.analyses])
    if together:
        console.print(f"{escape(together)}\n")
    for analysis in found.analyses:
        if len(found.analyses) > 1:
            console.print(f"[bold]{escape(str(analysis.condition))}[/bold]")
        _print_details(console, analysis, sensitivity)
    for entry in found.not_analysed:
        console.print(f"not analysed: {escape(entry.condition)}: {escape(entry.reason)}")
    for note in found.notes:
        console.print(f"[dim]{escape(note)}[/dim]", soft_wrap=False)
    _listed(console, [f"{row.place}: {row.reason}" for row in found.unusable], "rows could not be used")


def _print_details(console: Console, analysis: Analysis, sensitivity: bool) -> None:
    printed = [entry for entry in analysis.sensitivity if sensitivity or entry.method in _WITH_CONTROLS]
    for measure in _measures(printed):
        own = [record for record in printed if record.effectiveness == measure]
        for table in _sensitivity(measure, own, console.width):
            console.print(table)
        console.print(
            "[dim]estimate and p: slopes in points per unit (logits for the test on logits), correlations as "
            "they are; a range or an interval where there is no p. None of it changes a verdict.[/dim]"
        )
        console.print()
    lines = [
        f"{words(same.effectiveness)} is {same.factor:g} x {words(same.tested_as)} here: tested once"
        for same in analysis.equivalent
    ]
    lines += [f"{words(measure)}: {in_words(found)[0]}" for measure, found in analysis.reliability.items()]
    lines += in_words(analysis.information)
    for line in lines:
        console.print(f"[dim]{escape(line)}[/dim]")
    gaps = [*excluded_cells(analysis), *uncovered(analysis)]
    idle = dict.fromkeys(
        words(entry.method)
        for entry in analysis.not_applicable
        if sensitivity or entry.method in _WITH_CONTROLS
    )
    if idle:
        gaps.append(f"not applicable to all or some distances (--json says why): {'; '.join(idle)}")
    _listed(console, gaps, "notes on what was left out")


def _measures(records: Sequence[Record]) -> list[str]:
    return list(dict.fromkeys(record.effectiveness for record in records))


def _primary(measure: str, records: Sequence[Record], alpha: float) -> Table:
    unit = "" if measure == "relative" else ", points per unit of distance"
    numbers = ("slope", f"{1 - alpha:.0%} interval", "p", "p family", "p min", "detectable", "dyads")
    title = f"Primary analysis: slope of {words(measure)}{unit}"
    table = plain_table("distance", "verdict", *numbers, right=numbers, title=title)
    for record in records:
        table.add_row(
            record.distance,
            record.verdict,
            _amount(measure, record.estimate),
            f"{_amount(measure, record.ci_low)} to {_amount(measure, record.ci_high)}",
            _p(record.p_value),
            _p(record.p_family),
            _p(record.p_min),
            _amount(measure, record.min_detectable),
            str(record.n_dyads),
        )
    exact = {record.exact for record in records}
    counts = sorted({record.n_resamples for record in records})
    how = "all" if exact == {True} else "random"
    table.caption = f"{how} permutations of languages: {', '.join(f'{n:,}' for n in counts)}"
    return table


def _sensitivity(measure: str, records: Sequence[Record], width: int) -> Iterator[Table]:
    """Methods down, distances across."""
    distances = list(dict.fromkeys(record.distance for record in records))
    methods = list(dict.fromkeys(record.method for record in records))
    known = {(record.method, record.distance): record for record in records}
    cells = [[_cell(measure, known.get((method, distance))) for method in methods] for distance in distances]
    names = [words(method) for method in methods]
    return wide_tables(("method", *distances), (names, *cells), width, title="Sensitivity analyses")


def _cell(measure: str, record: Record | None) -> str:
    if record is None:
        return "-"
    if math.isnan(record.p_value):
        return f"{_amount(measure, record.ci_low)} to {_amount(measure, record.ci_high)}"
    text = _amount(measure, record.estimate) if record.statistic == "slope" else f"{record.estimate:.2f}"
    return f"{text} {_p(record.p_value).removeprefix('0')}"


def _amount(measure: str, slope: float) -> str:
    return "-" if math.isnan(slope) else amount(measure, slope)


def _p(value: float) -> str:
    return "-" if math.isnan(value) else p_text(value)


def _listed(console: Console, lines: Sequence[str], what: str) -> None:
    if not lines:
        return
    if len(lines) > N_LISTED:
        console.print(f"[dim]{len(lines)} {what}; the first:[/dim]")
    for line in lines[:N_LISTED]:
        console.print(f"[dim]- {escape(line)}[/dim]")
