"""Tables for the terminal."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich.cells import cell_len
from rich.console import Console, JustifyMethod
from rich.table import Table

from isogloss.identity import as_json
from isogloss.scores.table import ScoreTable, csv_text
from isogloss.writing import write_text

if TYPE_CHECKING:
    from isogloss.study.outputs.matrices import MeanScore

NOT_ZERO_SHOT = "*"


def terminal() -> Console:
    """A terminal of at most 100 columns, 100 where the output is a file; brackets are text, not markup."""
    plain = Console()
    width = min(plain.width, 100) if plain.is_terminal else 100
    return Console(width=width, highlight=False, markup=False, emoji=False)


def plain_table(
    *columns: str, right: Collection[str] = (), whole: Collection[str] = (), title: str | None = None
) -> Table:
    """A table without lines; columns in `right` are aligned there, columns in `whole` are not wrapped.

    A word that is wider than its column goes on in the next line; nothing is cut.
    """
    table = Table(title=title, title_justify="left", caption_justify="left", box=None, pad_edge=False)
    for column in columns:
        justify: JustifyMethod = "right" if column in right else "left"
        table.add_column(column, justify=justify, no_wrap=column in whole, overflow="fold")
    return table


def wide_tables(
    names: Sequence[str],
    columns: Sequence[Sequence[str]],
    width: int,
    *,
    title: str,
    n_fixed: int = 1,
    left: Collection[str] = (),
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
    left : collection of str
        Columns that are aligned to the left, besides the first.
    """
    sizes = [max(map(cell_len, (name, *cells))) + 2 for name, cells in zip(names, columns, strict=True)]
    room = width + 2 - sum(sizes[:n_fixed])
    groups: list[list[int]] = [[]]
    for j in range(n_fixed, len(names)):
        if groups[-1] and sum(sizes[i] for i in groups[-1]) + sizes[j] > room:
            groups.append([])
        groups[-1].append(j)
    for group in groups:
        kept = [*range(n_fixed), *group]
        shown = [names[j] for j in kept]
        right = [name for name in shown[1:] if name not in left]
        table = plain_table(*shown, right=right, whole=shown, title=title if group is groups[0] else " ")
        for row in zip(*(columns[j] for j in kept), strict=True):
            table.add_row(*row)
        yield table


def print_scores(table: ScoreTable) -> None:
    """One table per model: rows are training paths, columns targets, cells means over seeds in percent."""
    from isogloss.study.outputs.matrices import score_matrices

    console = terminal()
    if not len(table):
        console.print("No cell has a score yet.")
        return
    for matrix in score_matrices(table):
        model = [matrix.task, matrix.encoder, matrix.aggregator]
        if matrix.source_task != matrix.task:
            model.insert(1, f"trained on {matrix.source_task}")
        if matrix.source_language:
            model.append(f"{' or '.join(matrix.intermediate_tasks)} > {matrix.source_language}")
        order = sorted(range(len(matrix.columns)), key=matrix.columns.__getitem__)
        names = ("trained on", "seeds", *(matrix.columns[j] for j in order))
        scores = ([_cell(row.cells[j]) for row in matrix.rows] for j in order)
        columns = ([row.label for row in matrix.rows], [row.seeds for row in matrix.rows], *scores)
        title = f"{', '.join(model)}: {matrix.metric} in percent"
        console.print(*wide_tables(names, columns, console.width, title=title, n_fixed=2))
    if not all(row.zero_shot for row in table):
        console.print(f"{NOT_ZERO_SHOT} not zero-shot: the target is the source or the intermediate language")


def _cell(score: MeanScore) -> str:
    if score.mean is None:
        return "-"
    return f"{100 * score.mean:.1f}{' ' if score.zero_shot else NOT_ZERO_SHOT}"


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
