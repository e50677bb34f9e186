"""Tables for the terminal."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path
from statistics import mean

import click
from rich.console import Console, JustifyMethod
from rich.table import Table

from isogloss.identity import as_json
from isogloss.scores.table import ScoreRow, ScoreTable, csv_text
from isogloss.study.outputs.store import write_text

NOT_ZERO_SHOT = "*"


def terminal() -> Console:
    """A terminal of at most 100 columns; 100 where the output is a file."""
    plain = Console(highlight=False)
    return Console(width=min(plain.width, 100) if plain.is_terminal else 100, highlight=False)


def plain_table(
    *columns: str, right: Collection[str] = (), whole: Collection[str] = (), title: str | None = None
) -> Table:
    """A table without lines; columns in `right` are aligned there, columns in `whole` are not wrapped."""
    table = Table(title=title, title_justify="left", caption_justify="left", box=None, pad_edge=False)
    for column in columns:
        justify: JustifyMethod = "right" if column in right else "left"
        table.add_column(column, justify=justify, no_wrap=column in whole)
    return table


def wide_tables(
    names: Sequence[str], columns: Sequence[Sequence[str]], width: int, *, title: str, n_fixed: int = 1
) -> Iterator[Table]:
    """A table as wide as it may be, one below the other where it takes several; nothing is cut or wrapped.

    Parameters
    ----------
    names : sequence of str
        Headers.
    columns : sequence of sequence of str
        Cells of each column, all of one length.
    width : int
        Characters of a line.
    title : str
        Above the first.
    n_fixed : int
        The first so many columns are repeated in every table.
    """
    sizes = [max(map(len, (name, *cells))) + 2 for name, cells in zip(names, columns, strict=True)]
    room = width + 2 - sum(sizes[:n_fixed])
    groups: list[list[int]] = [[]]
    for j in range(n_fixed, len(names)):
        if groups[-1] and sum(sizes[i] for i in groups[-1]) + sizes[j] > room:
            groups.append([])
        groups[-1].append(j)
    for group in groups:
        kept = [*range(n_fixed), *group]
        shown = [names[j] for j in kept]
        table = plain_table(*shown, right=shown[1:], whole=shown, title=title if group is groups[0] else " ")
        for row in zip(*(columns[j] for j in kept), strict=True):
            table.add_row(*row)
        yield table


def print_scores(table: ScoreTable) -> None:
    """One table per model: rows are training paths, columns targets, cells means over seeds in percent."""
    console = terminal()
    if not len(table):
        console.print("No cell has a score yet.")
        return
    blocks: dict[tuple[str, str, str, str], list[ScoreRow]] = defaultdict(list)
    for row in table:
        blocks[row.task, row.encoder, row.aggregator, row.metric].append(row)
    for (task, encoder, aggregator, metric), rows in blocks.items():
        title = f"{task}, {encoder}, {aggregator}: {metric} in percent"
        for one in _block(title, rows, console.width):
            console.print(one)
    console.print(f"{NOT_ZERO_SHOT} not zero-shot: the target is the source or the intermediate language")


def _block(title: str, rows: list[ScoreRow], width: int) -> Iterator[Table]:
    targets = sorted({row.target_language for row in rows})
    trained: dict[str, dict[str, list[ScoreRow]]] = defaultdict(lambda: defaultdict(list))
    for row in rows:
        trained[_path(row)][row.target_language].append(row)
    n_seeds = [str(max(map(len, cells.values()))) for cells in trained.values()]
    scores = [[_cell(cells.get(target, [])) for cells in trained.values()] for target in targets]
    names, columns = ("trained on", "seeds", *targets), (list(trained), n_seeds, *scores)
    return wide_tables(names, columns, width, title=title, n_fixed=2)


def _path(row: ScoreRow) -> str:
    if row.intermediate_language is None:
        return row.source_language
    return f"{row.intermediate_task} {row.intermediate_language} > {row.source_language}"


def _cell(rows: list[ScoreRow]) -> str:
    if not rows:
        return "-"
    mark = "" if all(row.zero_shot for row in rows) else NOT_ZERO_SHOT
    return f"{100 * mean(row.score for row in rows):.1f}{mark or ' '}"


def print_json(content: object) -> None:
    """Print JSON; a number that is NaN becomes null."""
    click.echo(_json(content))


def write_json(content: object, file: Path) -> bool:
    """Write JSON to a file, or print it for ``-``; whether it was printed."""
    if str(file) == "-":
        print_json(content)
        return True
    write_text(file, _json(content) + "\n")
    return False


def _json(content: object) -> str:
    return json.dumps(as_json(content), indent=1, ensure_ascii=False, allow_nan=False)


def print_csv(records: Sequence[Mapping[str, object]]) -> None:
    """Print records with one header; None becomes an empty field."""
    if records:
        click.echo(csv_text(list(records[0]), (list(record.values()) for record in records)), nl=False)
