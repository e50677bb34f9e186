"""How a table of scores was read, in the terminal."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click


def print_reading(scores: Path | None, options: Mapping[str, Any]) -> None:
    """Read a table and print what was understood of it.

    Parameters
    ----------
    scores : path
    options : mapping
        Options of the command; those that say how the table is read are used.
    """
    from isogloss.scores.importing import Columns, describe, read_scores

    names = ("source", "intermediate", "target", "score", "table", "editions")
    stated = {name: options.get(name) for name in names}
    columns = Columns(**stated, seed=options.get("seed_column"), by=tuple(options.get("by") or ()))
    reading = read_scores(
        scores or "", columns, scale=options.get("scale"), numeric=options.get("controls") or ()
    )
    lines = describe(reading)
    width = max(len(what) for what, _ in lines)
    for what, how in lines:
        click.echo(f"{what:{width}}  {how}")
