"""How a table of scores was read, in the terminal."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Literal

import click

from isogloss.scores.importing import Columns, describe, read_scores


def print_reading(
    scores: Path | str,
    columns: Columns,
    scale: Literal["percent", "fraction"] | None,
    controls: Sequence[str],
) -> None:
    """Read a table and print what was understood of it."""
    lines = describe(read_scores(scores, columns, scale=scale, numeric=controls))
    width = max(len(what) for what, _ in lines)
    for what, how in lines:
        click.echo(f"{what:{width}}  {how}")
