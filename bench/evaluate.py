"""Zero-shot evaluation compared with the Trainer's `predict`, one language after another.

    python -m bench evaluate --encoder FOLDER --data XTREME             # 30 targets of UD POS

Seconds are those of loading the model, encoding, predicting and scoring all targets. The model is trained
for two updates before: how well it does changes no time.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from bench import contest

CONTESTANTS = ("isogloss", "tuned", "scripts")


def main(arguments: list[str]) -> None:
    """Run the benchmark."""
    options = contest.parser(__doc__)
    options.add_argument("--targets", type=int, default=30)
    options.add_argument("--sentences", type=int, default=100, help="of each target")
    options.add_argument("--contestants", nargs="+", default=CONTESTANTS, choices=CONTESTANTS)
    chosen = options.parse_args(arguments)
    with tempfile.TemporaryDirectory() as scratch:
        common = {
            "encoder": chosen.encoder,
            "data": chosen.data,
            "targets": chosen.targets,
            "sentences": chosen.sentences,
            "threads": chosen.threads,
            "model": str(Path(scratch) / "model"),
        }
        contest.run_in_turn("bench.evaluate", ["model"], common, 1)
        found = contest.run_in_turn("bench.evaluate", chosen.contestants, common, chosen.pairs)
    ours = found["isogloss"]
    print(f"\n{chosen.targets} targets of UD POS, {chosen.sentences} sentences each, {chosen.encoder}")
    print(contest.machine(chosen.threads))
    print(f"{'':12}{'seconds':>9}{'ratio':>7}{'peak MB':>9}{'words':>9}")
    for name, runs in found.items():
        print(
            f"{name:12}{contest.median(runs, 'seconds'):9.1f}{contest.ratio(runs, ours, 'seconds'):7.2f}"
            f"{contest.median(runs, 'peak_mb'):9.0f}{runs[0]['words']:9.0f}"
        )


def _targets(settings: Mapping[str, Any]) -> list[tuple[Any, str, Any]]:
    from isogloss.tasks.base import TASKS, select

    task, data = TASKS["udpos"], Path(settings["data"])
    languages = sorted(path.stem.split("-", 1)[1] for path in (data / "udpos").glob("test-*"))
    return [
        (task.card, language, select(task.load(data, language, "test"), settings["sentences"], 0))
        for language in languages[: settings["targets"]]
    ]


def _model(settings: dict[str, Any]) -> dict[str, float]:
    """Train the model that isogloss evaluates, in a process whose memory no contestant inherits."""
    from isogloss.tasks.base import TASKS, select
    from isogloss.training.finetune import finetune
    from isogloss.training.settings import TrainingSettings
    from isogloss.training.specs import Recipe, StartingPoint, TrainingRows

    task = TASKS["udpos"]
    finetune(
        StartingPoint(settings["encoder"]),
        TrainingRows(task.card, select(task.load(Path(settings["data"]), "en", "train"), 64, 1)),
        Recipe(("last", {}), TrainingSettings(steps=2)),
        Path(settings["model"]),
    )
    return {}


def _isogloss(settings: dict[str, Any]) -> dict[str, float]:
    from isogloss.inference.evaluation import evaluate

    targets = _targets(settings)
    start = time.perf_counter()
    results = list(evaluate(Path(settings["model"]), targets, max_length=128, precision="bf16"))
    return {"seconds": time.perf_counter() - start, "words": sum(result.n_units for result in results)}


def _trainer(settings: dict[str, Any]) -> dict[str, float]:
    from bench.trainer import Contestant

    targets = _targets(settings)
    start = time.perf_counter()
    contestant = Contestant(settings["encoder"], targets[0][0], settings["contestant"])
    for _, _, examples in targets:
        contestant.predict(examples)
    words = sum(len(example.words) for _, _, examples in targets for example in examples)
    return {"seconds": time.perf_counter() - start, "words": words}


if __name__ == "__main__":
    contest.as_contestant({"model": _model, "isogloss": _isogloss, "tuned": _trainer, "scripts": _trainer})
