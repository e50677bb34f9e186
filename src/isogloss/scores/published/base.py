"""Published tables of scores."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from isogloss.registry import Registry
from isogloss.scores.table import ScoreRow, ScoreTable


@dataclass(frozen=True)
class PublishedTable:
    """Scores of one encoder fine-tuned in one language, as their source prints them.

    Parameters
    ----------
    task, encoder, metric : str
    source_language : str
    percent : mapping of str to float
        Score by target language, in percent.
    chance : float
        Score of guessing, in [0, 1]; NaN where the source does not say.
    n_examples : int
        Test sentences per language; 0 where the source does not say.
    citation : str
        Where the numbers stand.
    """

    task: str
    encoder: str
    metric: str
    source_language: str
    percent: Mapping[str, float]
    chance: float
    n_examples: int
    citation: str

    def scores(self) -> ScoreTable:
        """The same as a score table."""
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
                chance=self.chance,
                n_examples=self.n_examples,
                n_units=self.n_examples,
                zero_shot=target != self.source_language,
                stage_id="published",
            )
            for target, percent in self.percent.items()
        )


PUBLISHED: Registry[PublishedTable] = Registry("published table", "isogloss.scores.published", "TABLE")


def published_scores(name: str) -> ScoreTable:
    """Scores of a published table, ready for `isogloss.correlate`.

    Raises
    ------
    RegistryError
        If there is no such table.
    """
    return PUBLISHED[name].scores()
