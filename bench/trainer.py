"""The transformers Trainer as its example scripts set it, and tuned: what the benchmarks compare with.

``scripts`` is set like run_xnli.py and run_ner.py of transformers: fp32, AdamW as it comes, sentences padded
to the length limit, words to the longest of the batch. ``tuned`` has what helps it on a processor: padding to
the longest, batches of like length, bf16, fused AdamW; in evaluation the whole model in bf16.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Sequence
from typing import Any

from isogloss.tasks.base import Example, SentenceExample, TaskCard


def features(
    tokenizer: Any, examples: Sequence[Example], max_length: int, *, pad: bool
) -> list[dict[str, Any]]:
    """Encode as the example scripts do: labels at the first subword of each word."""
    rows = []
    for example in examples:
        if isinstance(example, SentenceExample):
            found = tokenizer(
                example.text_a,
                example.text_b,
                truncation=True,
                max_length=max_length,
                padding="max_length" if pad else False,
            )
            rows.append({**found, "labels": example.label})
            continue
        found = tokenizer(
            list(example.words), is_split_into_words=True, truncation=True, max_length=max_length
        )
        before, labels = None, []
        for word in found.word_ids():
            labels.append(-100 if word is None or word == before else example.labels[word])
            before = word
        rows.append({**found, "labels": labels})
    return rows


class Contestant:
    """A model of transformers with its Trainer.

    Parameters
    ----------
    encoder : str
        Folder or hub id, or a folder that `save` wrote.
    card : TaskCard
    kind : {"scripts", "tuned"}
    steps : int
    max_length : int
    """

    def __init__(
        self, encoder: str, card: TaskCard, kind: str, *, steps: int = 1, max_length: int = 128
    ) -> None:
        import torch
        from transformers import (
            AutoModelForSequenceClassification,
            AutoModelForTokenClassification,
            AutoTokenizer,
            set_seed,
        )

        self.card, self.kind, self.steps, self.max_length = card, kind, steps, max_length
        self.tokenizer = AutoTokenizer.from_pretrained(encoder)
        heads = {"sentence": AutoModelForSequenceClassification, "word": AutoModelForTokenClassification}
        set_seed(1)
        self.model = heads[card.head].from_pretrained(
            encoder, num_labels=len(card.labels), dtype=torch.float32, ignore_mismatched_sizes=True
        )

    def train(self, examples: Sequence[Example]) -> tuple[float, float]:
        """Train; gives seconds of the training itself and the mean loss."""
        pad = self.kind == "scripts" and self.card.head == "sentence"
        trainer = self._trainer(features(self.tokenizer, examples, self.max_length, pad=pad))
        start = time.perf_counter()
        loss = trainer.train().training_loss
        return time.perf_counter() - start, loss

    def predict(self, examples: Sequence[Example]) -> Any:
        """Predict one language; gives the classes."""
        pad = self.kind == "scripts" and self.card.head == "sentence"
        rows = features(self.tokenizer, examples, self.max_length, pad=pad)
        return self._trainer(None).predict(rows).predictions

    def save(self, folder: str) -> None:
        """Write model and tokenizer."""
        self.model.save_pretrained(folder)
        self.tokenizer.save_pretrained(folder)

    def _trainer(self, rows: list[dict[str, Any]] | None) -> Any:
        from transformers import (
            DataCollatorForTokenClassification,
            DataCollatorWithPadding,
            Trainer,
            TrainingArguments,
        )

        tuned: dict[str, Any] = {}
        if self.kind == "tuned":
            tuned = {"optim": "adamw_torch_fused", "train_sampling_strategy": "group_by_length"}
            tuned |= {"bf16": True} if rows is not None else {"bf16_full_eval": True}
        arguments = TrainingArguments(
            output_dir=tempfile.gettempdir(),
            use_cpu=True,
            per_device_train_batch_size=32,
            per_device_eval_batch_size=32,
            max_steps=self.steps,
            learning_rate=2e-5,
            warmup_steps=0.1,
            weight_decay=0.01,
            report_to=[],
            save_strategy="no",
            logging_strategy="no",
            disable_tqdm=True,
            seed=1,
            **tuned,
        )
        words = self.card.head == "word"
        collator = (DataCollatorForTokenClassification if words else DataCollatorWithPadding)(self.tokenizer)
        return Trainer(
            model=self.model,
            args=arguments,
            train_dataset=rows,
            data_collator=collator,
            preprocess_logits_for_metrics=lambda logits, _: logits.argmax(-1),
        )
