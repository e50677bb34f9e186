"""The result of `isogloss correlate` in the terminal, within 100 columns."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence

from rich.console import Console
from rich.table import Table

from isogloss.analysis import Analysis, Correlation, Record
from isogloss.cli.output.tables import plain_table, terminal, wide_tables
from isogloss.narrative.analysis import amount, bounds, excluded_cells, in_words, p_text, uncovered, words
from isogloss.narrative.overview import N_READ, OverviewRow, overview, overview_rows
from isogloss.scores.effectiveness import Condition
from isogloss.scores.importing import by_reason

N_LISTED = 8
"""Reasons why rows could not be used are listed up to here; the JSON file has every row."""

_N_NAMED = 12
"""Of the languages that a distance does not cover so many are named; the JSON file has all of them."""

_WITH_CONTROLS = ("partial", "partial_two_way")
"""Methods that use the controls of `--control`."""


def print_answer(analysis: Analysis, names: Mapping[Condition, str]) -> bool:
    """Print the answer and the primary tests of one condition, and say whether this was done.

    Of many conditions nothing is printed: `print_rest` prints an overview.

    Parameters
    ----------
    analysis : Analysis
    names : mapping of Condition to str
        What every condition of the table is called.
    """
    is_read_alone = len(names) <= N_READ
    if is_read_alone:
        _print_primary(terminal(), analysis, names[analysis.condition])
    return is_read_alone


def print_rest(found: Correlation, *, sensitivity: bool, answered: bool) -> None:
    """Print the overview of many analyses, sensitivity analyses, notes, and what was left out.

    Without `sensitivity`, of the sensitivity analyses those with controls alone are printed. Of many
    conditions so few may be left that there is no overview: their answers are printed, unless they were
    `answered` before.
    """
    console = terminal()
    rows = overview_rows(found.analyses, found.keys)
    if rows:
        console.print(overview(found.analyses, found.keys))
        console.print()
        console.print(_overview(rows))
        console.print()
    for analysis, key in zip(found.analyses, found.keys, strict=True):
        in_full = sensitivity if rows else not answered
        if in_full:
            _print_primary(console, analysis, key)
        _print_sensitivity(console, analysis, "" if in_full else key, sensitivity)
    _print_notes(console, found, sensitivity)
    if rows and not sensitivity:
        console.print("every analysis with its intervals: --sensitivity, or --json FILE", style="dim")
    for entry in found.not_analysed:
        console.print(f"not analysed: {entry.condition}: {entry.reason}")
    for note in found.notes:
        console.print(note, style="dim")
    if n := len(found.unusable):
        console.print(f"{n:,} {'row' if n == 1 else 'rows'} could not be used:", style="dim")
        _listed(console, by_reason(found.unusable), "reasons")


def _print_primary(console: Console, analysis: Analysis, key: str) -> None:
    if key:
        console.print(key, style="bold")
    for sentence in analysis.answer():
        console.print(sentence)
    for measure in _measures(analysis.primary):
        own = [record for record in analysis.primary if record.effectiveness == measure]
        console.print()
        console.print(*_primary(measure, own, analysis.alpha, console.width))
        console.print(_permutations(own), style="dim")
    console.print()


def _print_sensitivity(console: Console, analysis: Analysis, key: str, sensitivity: bool) -> None:
    printed = [entry for entry in analysis.sensitivity if sensitivity or entry.method in _WITH_CONTROLS]
    if printed and key:
        console.print(key, style="bold")
    for measure in _measures(printed):
        own = [record for record in printed if record.effectiveness == measure]
        console.print(*_sensitivity(measure, own, console.width))
        console.print(
            "estimate and p: slopes in points per unit (logits for the test on logits), correlations as they "
            "are; a range or a 95% interval where there is no p. None of it changes a verdict.",
            style="dim",
        )
        console.print()


def _print_notes(console: Console, found: Correlation, sensitivity: bool) -> None:
    """Notes on the analyses, each once with what it is about."""
    for each, what in ((_facts, ""), (_gaps, "notes on what was left out")):
        about: dict[str, list[str]] = {}
        for analysis, key in zip(found.analyses, found.keys, strict=True):
            for line in each(analysis, sensitivity):
                about.setdefault(line, []).append(key)
        lines = [_with_keys(line, keys, len(found.analyses)) for line, keys in about.items()]
        _listed(console, lines, what)


def _with_keys(line: str, keys: Sequence[str], n_analyses: int) -> str:
    """A note, and which of several analyses it is about."""
    if n_analyses == 1:
        return line
    if len(keys) == n_analyses:
        return f"every analysis: {line}"
    return f"{'; '.join(keys)}: {line}" if len(keys) <= N_READ else f"{len(keys)} analyses: {line}"


def _facts(analysis: Analysis, _: bool) -> list[str]:
    return [
        *(
            f"{words(same.effectiveness)} is {same.factor:g} x {words(same.tested_as)} here: tested once"
            for same in analysis.equivalent
        ),
        *(f"{words(measure)}: {in_words(found)[0]}" for measure, found in analysis.reliability.items()),
        *in_words(analysis.information),
    ]


def _gaps(analysis: Analysis, sensitivity: bool) -> list[str]:
    gaps = [*excluded_cells(analysis), *uncovered(analysis, _N_NAMED)]
    with_controls = (entry for entry in analysis.sensitivity if entry.method in _WITH_CONTROLS)
    gaps += dict.fromkeys(f"{words(entry.method)}: {entry.reason}" for entry in with_controls if entry.reason)
    idle = dict.fromkeys(
        words(entry.method)
        for entry in analysis.not_applicable
        if sensitivity or entry.method in _WITH_CONTROLS
    )
    if idle:
        gaps.append(f"not applicable to all or some distances (--json says why): {'; '.join(idle)}")
    return gaps


def _overview(rows: Sequence[OverviewRow]) -> Table:
    measures = _measures([row.record for row in rows])  # a condition may lack the first
    numbers = ("slope", "p family", "p of all", "dyads")
    unit = "" if measures == ["relative"] else ", points per unit of distance"
    title = f"Closest relation of {' or '.join(map(words, measures))} in each analysis{unit}"
    names = ("analysis", *(["measure"] if len(measures) > 1 else []), "distance", "verdict", *numbers)
    table = plain_table(*names, right=numbers, title=title)
    for row in rows:
        measure = row.record.effectiveness
        slope = _amount(measure, row.record.estimate)
        table.add_row(
            row.key,
            *([words(measure)] if len(measures) > 1 else []),
            row.record.distance,
            row.record.verdict,
            f"{slope} as a share" if measure == "relative" and unit else slope,
            _p(row.record.p_family),
            _p(row.p_adjusted),
            str(row.n_dyads),
        )
    return table


def _measures(records: Sequence[Record]) -> list[str]:
    return list(dict.fromkeys(record.effectiveness for record in records))


def _primary(measure: str, records: Sequence[Record], alpha: float, width: int) -> Iterator[Table]:
    unit = "" if measure == "relative" else ", points per unit of distance"
    columns = {
        "distance": [record.distance for record in records],
        "verdict": [record.verdict for record in records],
        "slope": [_amount(measure, record.estimate) for record in records],
        f"{100 * (1 - alpha):.4g}% interval": [bounds(record) for record in records],
        "p": [_p(record.p_value) for record in records],
        "p family": [_p(record.p_family) for record in records],
        "p min": [_p(record.p_min) for record in records],
        "detectable": [_amount(measure, record.min_detectable) for record in records],
        "dyads": [str(record.n_dyads) for record in records],
    }
    title = f"Primary analysis: slope of {words(measure)}{unit}"
    cells = list(columns.values())
    return wide_tables(list(columns), cells, width, title=title, n_fixed=2, left=("verdict",))


def _permutations(records: Sequence[Record]) -> str:
    counts = sorted({record.n_resamples for record in records})
    how = "all" if all(record.exact for record in records) else "random"
    return f"{how} permutations of languages: {', '.join(f'{n:,}' for n in counts)}"


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
        return bounds(record)
    if record.statistic == "logit_slope":
        measure = "relative"  # as it is, too
    is_slope = record.statistic.endswith("slope")
    text = _amount(measure, record.estimate) if is_slope else f"{record.estimate:.2f}"
    return f"{text} {_p(record.p_value).removeprefix('0')}"


def _amount(measure: str, slope: float) -> str:
    return "-" if math.isnan(slope) else amount(measure, slope)


def _p(value: float) -> str:
    return "-" if math.isnan(value) else p_text(value)


def _listed(console: Console, lines: Sequence[str], what: str) -> None:
    """Lines in a list up to its limit; all of them, as they are, where it has no name."""
    if what and len(lines) > N_LISTED:
        console.print(f"{len(lines)} {what}; the first:", style="dim")
    for line in lines[:N_LISTED] if what else lines:
        console.print(f"{'- ' if what else ''}{line}", style="dim")
