"""Time and scores of probes trained over one memory of states, and of the same probes each alone.

    python bench/probe.py               # last and D_1 to D_11 of an encoder of 12 layers
    python bench/probe.py mini          # 12 aggregators over the 3 layers of the built-in encoder
    python bench/probe.py mini mini-paws 200

Alone means what a user would do without the mode: a frozen encoder that runs anew in every update and on
every target. The encoder of 12 layers is the built-in one's architecture with random weights: what it costs
does not depend on what it knows. Processor time stands beside wall time: the machine may do other work.
"""

from __future__ import annotations

import json
import shutil
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from isogloss.inference.evaluation import Scorer
from isogloss.modeling.device import set_threads
from isogloss.modeling.encoders.identify import identify, load_identified
from isogloss.modeling.encoders.mini import weights_folder
from isogloss.modeling.frozen import FrozenEncoder
from isogloss.modeling.model import load_model
from isogloss.tasks.base import TASKS, select
from isogloss.training.finetune import finetune
from isogloss.training.settings import TrainingSettings
from isogloss.training.specs import Recipe, StartingPoint, TrainingRows

Aggregators = Sequence[tuple[str, Mapping[str, Any]]]

OF_TWELVE_LAYERS: Aggregators = (("last", {}), *(("aif", {"layer": layer}) for layer in range(1, 12)))
OF_MINI: Aggregators = (
    ("last", {}),
    ("mlp_last", {}),
    *(("aif", {"layer": layer, "reduction": r}) for layer in range(3) for r in (4, 8)),
    ("scalar_mix", {}),
    ("mean", {}),
    ("concat", {}),
    ("dwatt", {}),
)
TARGETS = ("de", "es", "fi", "zh")
N_TRAIN, N_TARGET = 640, 200


def run(encoder: str, aggregators: Aggregators, task_name: str, steps: int, *, shared: bool) -> list[float]:
    """Train and score all probes; gives their mean scores over the targets."""
    task, identity = TASKS[task_name], identify(encoder)
    train = select(task.load(None, "en", "train"), N_TRAIN, 1)
    targets = {code: select(task.load(None, code, "test"), N_TARGET, 0) for code in TARGETS}
    frozen = FrozenEncoder(load_identified(identity))
    scores = []
    for aggregator in aggregators:
        if not shared:
            frozen = FrozenEncoder(load_identified(identity), cache_gib=0.0)
        with tempfile.TemporaryDirectory() as folder:
            finetune(
                StartingPoint(encoder, frozen=frozen),
                TrainingRows(task.card, train),
                Recipe(aggregator, TrainingSettings(steps=steps, learning_rate=1e-3, max_length=96)),
                Path(folder) / "model",
            )
            model, tokenizer, _ = load_model(Path(folder) / "model")
        model.encoder = frozen
        given = [(task.card, code, examples) for code, examples in targets.items()]
        scorer = Scorer(tokenizer, given, max_length=96, precision="fp32")
        found = [result.score for result in scorer.score(model)]
        scores.append(sum(found) / len(found))
    return scores


def deep_encoder(folder: Path, n_layers: int = 12) -> str:
    """Write an encoder like the built-in one with more layers and random weights."""
    import torch
    from transformers import AutoConfig, AutoModel

    shutil.copytree(weights_folder(), folder)
    settings = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    settings |= {"num_hidden_layers": n_layers, "layer_types": n_layers * settings["layer_types"][:1]}
    (folder / "config.json").write_text(json.dumps(settings), encoding="utf-8")
    torch.manual_seed(0)
    AutoModel.from_config(AutoConfig.from_pretrained(folder)).save_pretrained(folder)
    return str(folder)


def compare(encoder: str, aggregators: Aggregators, task: str, steps: int) -> None:
    """Run both ways and print what they took."""
    wall, processor, scores = [], [], []
    for shared in (False, True):
        began = time.perf_counter(), time.process_time()
        scores.append(run(encoder, aggregators, task, steps, shared=shared))
        wall.append(time.perf_counter() - began[0])
        processor.append(time.process_time() - began[1])
    print(f"{task}, {len(aggregators)} aggregators, {steps} updates of 32, {len(TARGETS)} targets")
    for name, (alone, joint) in (("wall time", wall), ("processor time", processor)):
        print(
            f"{name}: each alone {alone:.0f} s, over one memory {joint:.0f} s: {alone / joint:.1f} times less"
        )
    differences = [abs(a - b) for a, b in zip(*scores, strict=True)]
    print(f"largest difference of mean scores: {100 * max(differences):.2f} points")


def main() -> None:
    which, task, steps = ([*sys.argv[1:], *("deep", "mini-pos", "100")[len(sys.argv) - 1 :]])[:3]
    set_threads(1)
    with tempfile.TemporaryDirectory() as folder:
        if which == "mini":
            compare("mini", OF_MINI, task, int(steps))
        else:
            compare(deep_encoder(Path(folder) / "deep"), OF_TWELVE_LAYERS, task, int(steps))


if __name__ == "__main__":
    main()
