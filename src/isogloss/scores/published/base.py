"""Published tables: files of numbers with a card."""

from __future__ import annotations

from pathlib import Path

import yaml
from pydantic import Field, ValidationError

from isogloss.errors import RegistryError
from isogloss.identity import Frozen
from isogloss.registry import Registry
from isogloss.scores.importing.reading import read_scores
from isogloss.scores.table import ScoreTable


class PublishedTable(Frozen):
    """Scores with a card that says where they are from.

    Parameters
    ----------
    table : Path
        Score table next to the card; printed scores in percent, as their source has them.
    citation : str
        Where the numbers are printed, or the study that measured them.
    licence : str
        Under which the numbers are here; for measured scores also the licences of the data.
    """

    table: Path
    citation: str = Field(min_length=20)
    licence: str = Field(min_length=3)

    def scores(self) -> ScoreTable:
        """The same as a score table."""
        return read_scores(self.table).table


def read_published(path: Path) -> PublishedTable:
    """Read the file of a published table.

    Raises
    ------
    RegistryError
        If it is not one.
    """
    try:
        card = PublishedTable.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
    except (yaml.YAMLError, ValidationError, UnicodeDecodeError) as error:
        raise RegistryError(
            f"the file is not a published table: {error}",
            where=str(path),
            hint="compare it with the other files of its folder",
        ) from error
    return card.model_copy(update={"table": path.parent / card.table})


PUBLISHED: Registry[PublishedTable] = Registry(
    "published table", "isogloss.scores.published", "TABLE", read=read_published
)


def published_scores(name: str) -> ScoreTable:
    """Scores of a published table, ready for `isogloss.correlate`.

    Raises
    ------
    RegistryError
        If there is no such table.
    """
    return PUBLISHED[name].scores()
