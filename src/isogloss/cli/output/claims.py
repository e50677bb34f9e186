"""Claims on record in the terminal, and where the user's own are kept."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from isogloss.evidence.claims.records import ClaimRecord
    from isogloss.evidence.claims.replication import Joined, SeedInterval


def records_folder() -> Path:
    """Folder of added claims: in the current folder, so that it can be seen, shared and deleted."""
    return Path("isogloss-claims")


def print_claims(records: Sequence[ClaimRecord]) -> None:
    """One row per claim."""
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for heading in ("id", "claim", "reported", "there", "source"):
        table.add_column(heading, min_width=24 if heading == "claim" else None, overflow="fold")
    for record in records:
        table.add_row(
            record.id, Text(record.text), record.reported(), record.verdict_there, Text(record.source)
        )
    Console().print(table)
    click.echo("reported: in the source, as it was summarised; there: that summary's own verdict")


def print_joined(joined: Sequence[Joined]) -> None:
    """Reported, ours, difference with interval, and verdict; the reasons below."""
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column("claim", no_wrap=True)
    table.add_column("reported", overflow="fold", min_width=8)
    table.add_column("ours", no_wrap=True, min_width=6)
    table.add_column("difference", no_wrap=True)
    table.add_column("verdict", no_wrap=True, min_width=len("contradicted"))
    for each in joined:
        ours = "-" if each.ours is None else f"{each.ours.estimate:+.2f}"
        table.add_row(each.claim.id, each.claim.reported(), ours, _text(each.difference), each.verdict)
    console = Console()
    console.print(table)
    click.echo(
        "in percentage points, with 95% intervals: of scores over seeds, of gains over seeds and sentences "
        "(together, where one of several tasks decides); "
        "a verdict is about these runs alone"
    )
    for each in joined:
        where = f"; {each.scope}" if each.scope else ""
        console.print(Text(f"{each.claim.id}: {each.reason}{where}"), soft_wrap=True)


def _text(interval: SeedInterval | None) -> str:
    if interval is None:
        return "-"
    return f"{interval.estimate:+.2f}\n[{interval.low:+.2f}, {interval.high:+.2f}]"
