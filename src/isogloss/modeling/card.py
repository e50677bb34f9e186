"""The model card of a trained model: what it does, from what, how well, under which terms."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from isogloss.languages import resolve
from isogloss.scores.table import ScoreRow
from isogloss.tasks.base import TaskCard

CARD = "README.md"
CardScore = tuple[ScoreRow, float | None]
"""A score with its macro F1, which goes with word accuracy; None for other metrics."""


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
    with_f1 = any(macro is not None for _, macro in scores)
    columns += ["macro F1"] * with_f1
    rows = []
    for one, macro in scores:
        f1 = "" if macro is None else f"{100 * macro:.1f}"
        numbers = [f"{100 * one.score:.1f}", f"{100 * one.chance:.1f}", f"{one.n_examples:,}", f1]
        rows.append([one.target_language, one.split, one.metric, *numbers][: len(columns)])
    ruler = ["---"] * 3 + ["---:"] * (len(columns) - 3)
    return [f"| {' | '.join(cells)} |" for cells in (columns, ruler, *rows)]
