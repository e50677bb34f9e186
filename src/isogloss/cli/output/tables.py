"""Tables for the terminal."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
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


def print_scores(table: ScoreTable) -> None:
    """One table per model: rows are training paths, columns targets, cells means over seeds in percent."""
    console = Console()
    if not len(table):
        console.print("No cell has a score yet.")
        return
    blocks: dict[tuple[str, str, str, str], list[ScoreRow]] = defaultdict(list)
    for row in table:
        blocks[row.task, row.encoder, row.aggregator, row.metric].append(row)
    for (task, encoder, aggregator, metric), rows in blocks.items():
        console.print(_block(f"{task}, {encoder}, {aggregator}: {metric} in percent", rows))
    console.print(f"{NOT_ZERO_SHOT} not zero-shot: the target is the source or the intermediate language")


def _block(title: str, rows: list[ScoreRow]) -> Table:
    targets = sorted({row.target_language for row in rows})
    trained: dict[str, dict[str, list[ScoreRow]]] = defaultdict(lambda: defaultdict(list))
    for row in rows:
        trained[_path(row)][row.target_language].append(row)
    table = plain_table("trained on", "seeds", *targets, right={"seeds", *targets}, title=title)
    for path, cells in trained.items():
        n_seeds = max(len(cell) for cell in cells.values())
        table.add_row(path, str(n_seeds), *(_cell(cells.get(target, [])) for target in targets))
    return table


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
