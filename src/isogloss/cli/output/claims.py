"""Claims on record in the terminal, and where the user's own are kept."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from isogloss.cli.output.tables import plain_table, terminal

if TYPE_CHECKING:
    from isogloss.evidence.claims.records import ClaimRecord
    from isogloss.evidence.claims.replication import Joined, SeedInterval


RECORDS = Path("isogloss-claims")
"""Folder of added claims: in the current folder, so that it can be seen, shared and deleted."""


def print_claims(records: Sequence[ClaimRecord]) -> None:
    """One row per claim."""
    table = plain_table("id", "claim", "reported", "there", "source", whole=("id",))
    for record in records:
        told = (record.text, record.reported(), record.verdict_there, record.source)
        table.add_row(record.id, *told)
    terminal().print(table)
    click.echo("reported: in the source, as it was summarised; there: that summary's own verdict")


def print_joined(joined: Sequence[Joined]) -> None:
    """Reported, ours, difference with interval, and verdict; the reasons below."""
    whole = ("claim", "ours", "difference", "verdict")
    table = plain_table("claim", "reported", *whole[1:], whole=whole)
    for each in joined:
        ours = "-" if each.ours is None else f"{each.ours.estimate:+.2f}"
        table.add_row(each.claim.id, each.claim.reported(), ours, _text(each.difference), each.verdict)
    console = terminal()
    console.print(table)
    click.echo(
        "in percentage points, with 95% intervals: of scores over seeds, of gains over seeds and sentences "
        "(together, where one of several tasks decides); "
        "a verdict is about these runs alone"
    )
    for each in joined:
        where = f"; {each.scope}" if each.scope else ""
        console.print(f"{each.claim.id}: {each.reason}{where}", soft_wrap=True)


def _text(interval: SeedInterval | None) -> str:
    if interval is None:
        return "-"
    return f"{interval.estimate:+.2f}\n[{interval.low:+.2f}, {interval.high:+.2f}]"
