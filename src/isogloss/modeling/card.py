"""The model card of a trained model: what it does, from what, how well, under which terms."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from isogloss.languages import resolve
from isogloss.tasks.base import TaskCard

CARD = "README.md"


@dataclass(frozen=True)
class CardScore:
    """One score of the model: where it was measured, by what metric, and the best constant prediction's.

    `macro_f1` goes with word accuracy; None for other metrics.
    """

    language: str
    split: str
    metric: str
    score: float
    chance: float
    n_examples: int
    macro_f1: float | None = None


def write_card(
    folder: Path,
    task: TaskCard,
    language: str,
    *,
    label: str,
    training: Mapping[str, Any],
    versions: Mapping[str, Any],
    scores: Sequence[CardScore] = (),
) -> None:
    """Write ``README.md`` into a model folder.

    Parameters
    ----------
    folder : Path
        With its ``config.json``.
    task : TaskCard
        That the model was trained on.
    language : str
        Source language, as the data set spells it.
    label : str
        How score tables name the aggregator.
    training : mapping
        Settings and what the training reported, by name; values as JSON shows them.
    versions : mapping of str to str
        Of the packages.
    scores : sequence of CardScore
    """
    described = json.loads((folder / "config.json").read_text(encoding="utf-8"))["isogloss"]
    text = render_card(
        "classifier.md",
        model=described,
        options=json.dumps(described["aggregator_options"]),
        dataset=json.dumps(task.dataset),
        task=task,
        language=resolve(language),
        spelling=language,
        label=label,
        scores=_scores(scores),
        training=training,
        versions=versions,
    )
    (folder / CARD).write_text(text, encoding="utf-8")


def render_card(template: str, **values: Any) -> str:
    """Fill in one of the templates of model cards, which are Markdown."""
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader("isogloss.modeling"),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    return environment.get_template(template).render(values)


def _scores(scores: Sequence[CardScore]) -> list[str]:
    if not scores:
        return ["None was measured with this folder; those of a study stand in its score table."]
    columns = ["language", "split", "metric", "score", "best constant prediction", "sentences"]
    with_f1 = any(score.macro_f1 is not None for score in scores)
    columns += ["macro F1"] * with_f1
    rows = []
    for one in scores:
        f1 = "" if one.macro_f1 is None else f"{100 * one.macro_f1:.1f}"
        numbers = [f"{100 * one.score:.1f}", f"{100 * one.chance:.1f}", f"{one.n_examples:,}", f1]
        rows.append([one.language, one.split, one.metric, *numbers][: len(columns)])
    ruler = ["---"] * 3 + ["---:"] * (len(columns) - 3)
    return [f"| {' | '.join(cells)} |" for cells in (columns, ruler, *rows)]
