"""Published tables: files of numbers with a card."""

from __future__ import annotations

from pathlib import Path
from typing import Self

import yaml
from pydantic import Field, ValidationError, model_validator

from isogloss.errors import RegistryError
from isogloss.identity import Frozen
from isogloss.registry import Registry
from isogloss.scores.importing.reading import read_scores
from isogloss.scores.table import ScoreRow, ScoreTable


class PublishedTable(Frozen):
    """Scores with a card that says where they are from.

    Either scores of one encoder fine-tuned in one language, as their source prints them (`percent` and the
    facts about it), or the score table of a run of our own, in a CSV file next to the card (`table`).

    Parameters
    ----------
    table : Path or None
        Score table of a run, as `isogloss run` writes it.
    task, encoder, metric : str
    source_language : str
    percent : dict of str to float
        Score by target language, in percent.
    chance : float or None
        Score of guessing, in [0, 1]; None where the source does not say.
    n_examples : int
        Test sentences per language; 0 where the source does not say.
    citation : str
        Where the numbers are printed, or the study that measured them.
    licence : str
        Under which the numbers are here; with `table` also the licences of the data.
    """

    table: Path | None = None
    task: str = ""
    encoder: str = ""
    metric: str = ""
    source_language: str = ""
    percent: dict[str, float] = Field(default_factory=dict)
    chance: float | None = Field(default=None, ge=0, le=1)
    n_examples: int = Field(default=0, ge=0)
    citation: str = Field(min_length=20)
    licence: str = Field(min_length=3)

    @model_validator(mode="after")
    def _one_of_two(self) -> Self:
        printed = [self.task, self.encoder, self.metric, self.source_language, self.percent]
        if any(printed) if self.table else not all(printed):
            raise ValueError("either `table`, or `task`, `encoder`, `metric`, `source_language`, `percent`")
        return self

    def scores(self) -> ScoreTable:
        """The same as a score table."""
        if self.table is not None:
            return read_scores(self.table).table
        return ScoreTable.of(
            ScoreRow(
                task=self.task,
                encoder=self.encoder,
                aggregator="last",
                seed=0,
                source_language=self.source_language,
                intermediate_task=None,
                intermediate_language=None,
                target_language=target,
                split="test",
                metric=self.metric,
                score=percent / 100,
                chance=float("nan") if self.chance is None else self.chance,
                n_examples=self.n_examples,
                n_units=self.n_examples,
                zero_shot=target != self.source_language,
                stage_id="published",
            )
            for target, percent in self.percent.items()
        )


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
    return card if card.table is None else card.model_copy(update={"table": path.parent / card.table})


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
