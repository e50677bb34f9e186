"""Fine-tuning compared with the transformers Trainer: same rows, same number of updates, alternating runs.

    python -m bench finetune --encoder FOLDER         # PAWS-X and UD POS in English
    python -m bench finetune --encoder random-bert    # 12 x 768, 120,000 subwords, random weights

Prints medians over the pairs: seconds of the updates alone, ratio to isogloss, peak memory of the process,
mean loss, and the share of the rate at which this machine multiplies matrices of these shapes (by real
subwords: padding counts as lost).
"""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from bench import contest

CONTESTANTS = ("isogloss", "tuned", "scripts")
RANDOM_BERT = "random-bert"


def main(arguments: list[str]) -> None:
    """Run the benchmark."""
    options = contest.parser(__doc__)
    options.add_argument("--tasks", nargs="+", default=["pawsx", "udpos"])
    options.add_argument("--updates", type=int, default=10)
    options.add_argument("--precision", default="bf16", choices=["bf16", "fp32"])
    options.add_argument("--contestants", nargs="+", default=CONTESTANTS, choices=CONTESTANTS)
    chosen = options.parse_args(arguments)
    with tempfile.TemporaryDirectory() as scratch:
        encoder = chosen.encoder
        if encoder == RANDOM_BERT:
            encoder = str(random_bert(Path(scratch) / RANDOM_BERT, chosen.data))
        for task in chosen.tasks:
            common = {
                "encoder": encoder,
                "data": chosen.data,
                "task": task,
                "updates": chosen.updates,
                "threads": chosen.threads,
                "precision": chosen.precision,
            }
            found = contest.run_in_turn("bench.finetune", chosen.contestants, common, chosen.pairs)
            _print(found, common, chosen.encoder)


def _print(found: Mapping[str, list[dict[str, float]]], common: Mapping[str, Any], encoder: str) -> None:
    from transformers import AutoConfig

    config = AutoConfig.from_pretrained(common["encoder"])
    rate = contest.gemm_gflops(
        config.hidden_size, config.intermediate_size, common["precision"], common["threads"]
    )
    weights = config.num_hidden_layers * (
        4 * config.hidden_size**2 + 2 * config.hidden_size * config.intermediate_size
    )
    ours = found["isogloss"]
    operations = 6 * weights * ours[0]["subwords"]
    print(
        f"\n{common['task']}, {encoder}, {common['updates']} updates of 32, "
        f"{contest.machine(common['threads'])}"
    )
    print(f"matrix products of these shapes, {common['precision']}: {rate:.0f} GFLOP/s")
    print(f"{'':12}{'seconds':>9}{'ratio':>7}{'peak MB':>9}{'ratio':>7}{'loss':>8}{'share of products':>19}")
    for name, runs in found.items():
        seconds, peak = contest.median(runs, "seconds"), contest.median(runs, "peak_mb")
        print(
            f"{name:12}{seconds:9.1f}{contest.ratio(runs, ours, 'seconds'):7.2f}{peak:9.0f}"
            f"{contest.ratio(runs, ours, 'peak_mb'):7.2f}{contest.median(runs, 'loss'):8.4f}"
            f"{operations / seconds / 1e9 / rate:19.2f}"
        )


def random_bert(folder: Path, data: Path) -> Path:
    """Write a BERT of multilingual BERT's size with random weights, and a tokenizer of the data's words."""
    from tokenizers import Tokenizer, models, pre_tokenizers, processors, trainers
    from transformers import BertConfig, BertModel, PreTrainedTokenizerFast

    lines = (data / "pawsx" / "train-en.tsv").read_text(encoding="utf-8").splitlines()
    special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
    tokenizer = Tokenizer(models.WordPiece(unk_token="[UNK]"))
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.train_from_iterator(lines, trainers.WordPieceTrainer(vocab_size=8000, special_tokens=special))
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]",
        pair="[CLS] $A [SEP] $B:1 [SEP]:1",
        special_tokens=[("[CLS]", 2), ("[SEP]", 3)],
    )
    names = ("pad_token", "unk_token", "cls_token", "sep_token", "mask_token")
    PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, **dict(zip(names, special, strict=True))
    ).save_pretrained(folder)
    BertModel(BertConfig(vocab_size=120_000)).save_pretrained(folder)
    return folder


def _examples(settings: Mapping[str, Any]) -> tuple[Any, Any]:
    from isogloss.tasks.base import TASKS, select

    task = TASKS[settings["task"]]
    rows = task.load(Path(settings["data"]), "en", "train")
    return task.card, select(rows, 32 * settings["updates"], 1)


def _isogloss(settings: dict[str, Any]) -> dict[str, float]:
    from isogloss.training.finetune import finetune
    from isogloss.training.settings import TrainingSettings
    from isogloss.training.specs import Recipe, StartingPoint, TrainingRows

    card, train = _examples(settings)
    with tempfile.TemporaryDirectory() as folder:
        report = finetune(
            StartingPoint(settings["encoder"]),
            TrainingRows(card, train),
            Recipe(
                ("last", {}), TrainingSettings(steps=settings["updates"], precision=settings["precision"])
            ),
            Path(folder) / "model",
        )
    losses = [loss for _, loss in report.losses]
    return {
        "seconds": report.seconds,
        "loss": sum(losses) / len(losses),
        "subwords": report.n_subwords,
    }


def _trainer(settings: dict[str, Any]) -> dict[str, float]:
    from bench.trainer import Contestant

    card, train = _examples(settings)
    contestant = Contestant(settings["encoder"], card, settings["contestant"], steps=settings["updates"])
    seconds, loss = contestant.train(train)
    return {"seconds": seconds, "loss": loss}


if __name__ == "__main__":
    contest.as_contestant({"isogloss": _isogloss, "tuned": _trainer, "scripts": _trainer})
