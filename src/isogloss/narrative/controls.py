"""Results of the controls of a study, in sentences with their numbers; see docs/controls.md."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean

import numpy as np

from isogloss.analysis import Analysis
from isogloss.narrative.analysis import in_words
from isogloss.narrative.numbers import percent
from isogloss.scores.table import ScoreRow, ScoreTable
from isogloss.statistics.floor import INFORMATIVE_SHARE, information

NAME = None
"""Not a renderer: these are the words that others put together."""


@dataclass(frozen=True)
class Tally:
    """Zero-shot cells of one task and model, over seeds.

    Parameters
    ----------
    n : int
    mean : float
    above : tuple of str
        Targets of the cells above chance, by the rule of `statistics.floor`; one entry a cell.
    """

    n: int
    mean: float
    above: tuple[str, ...]

    @property
    def transfers(self) -> bool:
        """Whether more cells are above chance than a few by accident."""
        return len(self.above) >= max(2, math.ceil(INFORMATIVE_SHARE * self.n))

    def __str__(self) -> str:
        return f"{len(self.above)} of {self.n} cells above chance, mean {percent(self.mean)} percent"


Card = Mapping[str, str]
"""A task's `Control` as its card has it: kind, given, above_chance, at_chance."""


def control_sentences(
    table: ScoreTable,
    analyses: Sequence[Analysis],
    controls: Mapping[str, Card],
    order_blind: Collection[str] = (),
) -> tuple[str, ...]:
    """Say what each control shows; none where a study has none.

    Parameters
    ----------
    table : ScoreTable
    analyses : sequence of Analysis
        A null world is judged by its verdicts.
    controls : mapping of str to Card
        By name of the task.
    order_blind : collection of str
        Encoders that see which subwords a sentence holds, and nothing of their order.
    """
    models = sorted({(row.encoder, row.aggregator) for row in table})
    sentences: list[str] = []
    for model in models:
        rows = [row for row in table if (row.encoder, row.aggregator) == model]
        judged = [each for each in analyses if (each.encoder, each.aggregator) == model]
        said = _of_model(rows, controls, order_blind)
        said += [] if model[0] in order_blind else _null_worlds(judged, controls)
        about = f"{', '.join(model)}: " if len(models) > 1 else ""
        sentences += [about + sentence for sentence in said]
    return tuple(sentences)


def _of_model(
    rows: Sequence[ScoreRow], controls: Mapping[str, Card], order_blind: Collection[str]
) -> list[str]:
    ordinary = [row for row in rows if row.task == row.source_task]
    if rows[0].encoder in order_blind:
        return _bag_of_words(ordinary)
    sentences = []
    for task in dict.fromkeys(row.task for row in ordinary if row.zero_shot):
        own = [row for row in ordinary if row.task == task]
        for name, card in controls.items():
            twin = [row for row in rows if row.task == name and row.source_task == task != name]
            if card["kind"] == "twin" and _has_zero_shot(twin):
                sentences.append(_twin(card, _tally(twin), _tally(own), task))
    return sentences


def _bag_of_words(rows: Sequence[ScoreRow]) -> list[str]:
    sentences = []
    for task in sorted({row.task for row in rows}):
        found = _tally([row for row in rows if row.task == task], zero_shot=False)
        start = f"Without any word order, {task} gives {found}"
        if found.above:
            where = ", ".join(dict.fromkeys(found.above))
            end = f"part of it can be solved there ({where}) by which words the sentences hold"
        else:
            end = "what other encoders score above chance rests on more than which words the sentences hold"
        sentences.append(f"{start}: {end}.")
    return sentences


def _twin(card: Card, twin: Tally, ordinary: Tally, task: str) -> str:
    start = f"{card['given']}, {twin} (on {task} {ordinary})"
    if not ordinary.transfers:
        return f"{start}: {task} itself is at chance, so nothing can be said."
    follows = card["above_chance"] if twin.transfers else card["at_chance"]
    targets = ", ".join(sorted(set(twin.above)))
    return f"{start}: {follows.replace('{targets}', targets).replace('{task}', task)}."


def _null_worlds(analyses: Sequence[Analysis], controls: Mapping[str, Card]) -> list[str]:
    """Verdicts on relations that are wrong by construction."""
    sentences = []
    for analysis in analyses:
        card = controls.get(analysis.condition.task, {})
        if card.get("kind") != "null":
            continue
        found = [record for record in analysis.primary if record.verdict == "supported"]
        words = sorted({record.verdict for record in analysis.primary})
        start = f"{card['given']}, {len(analysis.primary)} relations tested"
        if found:
            which = ", ".join(f"{record.effectiveness} and {record.distance} distance" for record in found)
            end = (
                f"{len(found)} supported ({which}), though no distance is that of the languages spoken: a "
                f"false positive, as {100 * analysis.alpha:.4g}% of null worlds give at least one"
            )
        elif not analysis.information.informative:
            end = f"{in_words(analysis.information)[0]}, so this is not a trial of the analysis"
        else:
            end = f"none supported ({', '.join(words)}), as it must be where distances are wrong"
        sentences.append(f"{start}: {end}.")
    return sentences


def _tally(rows: Sequence[ScoreRow], *, zero_shot: bool = True) -> Tally:
    """Count cells above chance; a cell is one path and target, over seeds."""
    cells: dict[tuple[str | None, ...], list[ScoreRow]] = {}
    for row in rows:
        if row.zero_shot or not zero_shot:
            path = (row.source_language, row.intermediate_task, row.intermediate_language)
            cells.setdefault((*path, row.target_language), []).append(row)
    above = tuple(str(key[-1]) for key, cell in cells.items() if not _at_chance(cell))
    return Tally(len(cells), fmean(fmean(row.score for row in cell) for cell in cells.values()), above)


def _at_chance(cell: Sequence[ScoreRow]) -> bool:
    score = np.array([fmean(row.score for row in cell)])
    chance = np.array([fmean(row.chance for row in cell)])
    return information(score, chance, np.array([max(row.n_examples for row in cell)])).n_at_chance > 0


def _has_zero_shot(rows: Sequence[ScoreRow]) -> bool:
    return any(row.zero_shot for row in rows)
