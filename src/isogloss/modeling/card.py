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
    encoder = described["encoder"]
    revision = f", revision {encoder['revision']}" if encoder.get("revision") else ""
    trust = " --trust-remote-code" if described["encoder_config"].get("auto_map") else ""
    unit = "sentence or pair" if described["head"] == "sentence" else "word"
    lines = [
        "---",
        f"language: [{resolve(language).tag}]",
        "tags: [isogloss, cross-lingual-transfer]",
        f"datasets: [{json.dumps(task.dataset)}]",
        "---",
        "",
        f"# {task.title} from {resolve(language).name}",
        "",
        f"Gives one of {len(task.labels)} labels per {unit}: {', '.join(task.labels)}. Trained in "
        f"{resolve(language).name} ({language}) only; a score in any other language is zero-shot transfer.",
        "",
        f"- encoder: `{encoder['spec']}`{revision}, {encoder['n_layers']} layers of width {encoder['width']}",
        f"- aggregator over layers: `{label}` ({described['aggregator']} "
        f"{json.dumps(described['aggregator_options'])})",
        f"- at most {described['max_length']} subwords an input",
        "",
        "```sh",
        f"isogloss predict FOLDER --input FILE{trust}",
        "```",
        "",
        "## Scores",
        "",
        *_scores(scores),
        "",
        "## Data and terms",
        "",
        f"{task.title}: {task.citation}. Data set `{task.dataset}`, {task.revision}. Licence of the data: "
        f"{task.licence}. The encoder's licence holds for these weights too; neither licence has been "
        "weighed for your use.",
        "",
        "## Training",
        "",
        *(f"- {name}: {_shown(value)}" for name, value in training.items()),
        f"- {', '.join(f'{name} {version}' for name, version in versions.items())}",
        "",
    ]
    (folder / CARD).write_text("\n".join(lines), encoding="utf-8")


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


def _shown(value: Any) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)
