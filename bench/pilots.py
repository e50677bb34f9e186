"""How each training of a task in a store went, beside the budget of the stage before it, as CSV.

Run: ``python bench/pilots.py STORE TASK``, after the pilots of docs/study-plan.md. Scores are those of the
validation rows that the study cuts from the training rows; no test row is read.
"""

from __future__ import annotations

import csv
import json
import sys
from pathlib import Path
from typing import Any

from isogloss.study.outputs.store import Store

COLUMNS = (
    *("seed", "before", "before_epochs", "before_steps", "before_rate"),
    *("epochs", "batch_size", "rate", "updates", "loss_at_the_end", "validation_score", "stage_id"),
)


def main(root: Path, task: str) -> None:
    """Print one row per training whose record is there."""
    store = Store(root)
    rows = []
    for path in root.glob("*/record.json"):
        record = store.record(path.parent.name)
        if record.training is None or record.data[0].task != task or record.training.kept_score is None:
            continue
        *before, _ = record.label.partition(": ")[2].split(" > ")
        earlier = _settings(store, _parent(store, path)) if before else {}
        own = _settings(store, path.parent.name)
        training = record.training
        rows.append(
            (
                *(record.seed, " > ".join(before) or "none"),
                *(earlier.get(name) for name in ("epochs", "steps", "learning_rate")),
                *(own[name] for name in ("epochs", "batch_size", "learning_rate")),
                *(training.n_updates, f"{training.losses[-1][1]:.3f}", f"{training.kept_score:.4f}"),
                path.parent.name,
            )
        )
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows(sorted(rows, key=str))


def _settings(store: Store, stage_id: str) -> dict[str, Any]:
    settings = store.record(stage_id).settings
    return {} if settings is None else {**settings.defaulted, **settings.passed}


def _parent(store: Store, path: Path) -> str:
    parent: str = json.loads((path.parent / "config.json").read_text(encoding="utf-8"))["parent"]
    return parent


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
