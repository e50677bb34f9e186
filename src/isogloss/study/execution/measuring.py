"""Times the real training and the real evaluation of one encoder: a few updates, a sample of rows."""

from __future__ import annotations

import math
import time
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from isogloss.errors import StoreError
from isogloss.inference.evaluation import TargetEvaluation, evaluate
from isogloss.modeling.device import default_device
from isogloss.modeling.encoders.identify import identify, load_identified
from isogloss.modeling.encoding import encode
from isogloss.modeling.frozen import FrozenEncoder
from isogloss.modeling.model import load_model
from isogloss.study.execution.reading import EVALUATION_SEED, read_examples
from isogloss.study.forecast.lengths import n_characters
from isogloss.study.forecast.speed import Speed
from isogloss.study.jobs import Job
from isogloss.study.outputs.store import MODEL, Store
from isogloss.study.stages import EvaluateStage, FinetuneStage
from isogloss.tasks.base import Example, in_random_order
from isogloss.training.finetune import finetune
from isogloss.training.report import FinetuneReport
from isogloss.training.specs import Recipe, Running, StartingPoint, TrainingRows

TRAINING_SECONDS = 1.5
EVALUATION_SECONDS = 0.8
"""How long is timed, in about."""

WARM_UP_UPDATES = 2
FEWEST_UPDATES, MOST_UPDATES = 4, 200
FEWEST_ROWS = 64
MOST_TRAINING_ROWS = 4000
"""Enough for the vocabulary of a stage, on which the time of an update may depend."""


class Measuring:
    """One measurement in a worker process.

    Parameters
    ----------
    job : Job
        With a training and an evaluation, of which a few updates and a sample of rows are timed.

    Raises
    ------
    StoreError
        If the job has other stages.
    """

    def __init__(self, job: Job) -> None:
        stage, scored = job.stages
        if not isinstance(stage, FinetuneStage) or not isinstance(scored, EvaluateStage):
            raise StoreError("a measurement needs a fine-tuning stage and an evaluation stage")
        self.job, self.stage, self.scored = job, stage, scored
        self.card = job.task(stage.train.task).card
        self.store = Store(Path(job.store))
        # What a process sets up once does not count towards the time of a row.
        read_examples(job, stage.train, stage.seed)
        began = time.perf_counter()
        train, data = read_examples(job, stage.train, stage.seed)
        # Generated rows are made as they are needed, files are read whole.
        self.read_row = (time.perf_counter() - began) / (data.n_available if data.files else len(train))
        target, _ = read_examples(job, scored.data, EVALUATION_SEED)
        self.frozen = frozen_encoder(stage) if stage.mode == "probe" else None
        # A probe computes the states of a row once: two updates of rows are known after the warm-up.
        n_rows = MOST_TRAINING_ROWS
        if self.frozen is not None:
            n_rows = WARM_UP_UPDATES * stage.training.batch_size
        self.train = tuple(in_random_order(train, 0)[:n_rows])
        self.target = tuple(in_random_order(target, 0))

    def speed(self, start: float) -> Speed:
        """Measure the rest of a `Speed`, of which the start of the process is known."""
        began, processor_began = time.perf_counter(), time.process_time()
        warm_up, _ = self._train(WARM_UP_UPDATES, "warm-up")
        per_update = warm_up.seconds / WARM_UP_UPDATES
        n_updates = min(MOST_UPDATES, max(FEWEST_UPDATES, math.ceil(TRAINING_SECONDS / per_update)))
        report, overhead = self._train(n_updates, "timed")
        train_subword = report.seconds / report.n_subwords
        encode_seconds, n_subwords, n_characters = self._encode()
        encode_subword = encode_seconds / n_subwords
        some = self.target[: max(1, FEWEST_ROWS // 8)]
        few, few_seconds = self._evaluate(some)
        wanted = EVALUATION_SECONDS / (train_subword / 3 * few.n_subwords / len(some))
        many, many_seconds = self._evaluate(self.target[: max(FEWEST_ROWS, int(wanted))])
        processor_share = (time.process_time() - processor_began) / (time.perf_counter() - began)
        n_more = many.n_subwords - few.n_subwords
        evaluate_subword = max(many_seconds - few_seconds, 1e-9) / n_more if n_more > 0 else train_subword / 3
        return Speed(
            start=start,
            read_row=self.read_row,
            train_overhead=max(0.0, overhead - encode_seconds),
            encode_subword=encode_subword,
            train_subword=train_subword,
            evaluate_overhead=max(0.0, few_seconds - few.n_subwords * evaluate_subword),
            evaluate_subword=evaluate_subword,
            target_overhead=self._write(many),
            characters_per_subword=n_characters / n_subwords,
            processor_share=processor_share if default_device().type == "cpu" else 1.0,
        )

    def _train(self, n_updates: int, name: str) -> tuple[FinetuneReport, float]:
        """Report of a short training, and its seconds outside the updates."""
        began = time.perf_counter()
        stage = self.stage
        with self.store.writing(name) as folder:
            report = finetune(
                StartingPoint(
                    stage.encoder,
                    revision=stage.revision,
                    trust_remote_code=stage.trust_remote_code,
                    frozen=self.frozen,
                ),
                TrainingRows(self.card, self.train),
                Recipe(
                    (stage.aggregator, stage.aggregator_options),
                    stage.training.model_copy(update={"steps": n_updates, "epochs": None}),
                    seed=stage.seed,
                ),
                folder / MODEL,
                Running(
                    max_subwords_per_batch=self.job.max_subwords_per_batch, stage=f"measuring {stage.label}"
                ),
            )
        return report, time.perf_counter() - began - report.seconds

    def _encode(self) -> tuple[float, int, int]:
        """Seconds, subwords and characters of tokenising the training rows."""
        _, tokenizer, _ = load_model(self.store.model("timed"), trust_remote_code=self.job.trust_remote_code)
        began = time.perf_counter()
        max_length = self.stage.training.max_length
        inputs = encode(self.train, tokenizer, self.card.head, max_length=max_length, windows=False).inputs
        seconds = time.perf_counter() - began
        return seconds, sum(map(len, inputs)), sum(map(n_characters, self.train))

    def _evaluate(self, examples: tuple[Example, ...]) -> tuple[TargetEvaluation, float]:
        began = time.perf_counter()
        (result,) = evaluate(
            self.store.model("timed"),
            [(self.card, self.scored.data.language, examples)],
            max_length=self.scored.max_length,
            max_subwords_per_batch=self.job.max_subwords_per_batch,
            precision=self.scored.precision,
            trust_remote_code=self.job.trust_remote_code,
        )
        return result, time.perf_counter() - began

    def _write(self, result: TargetEvaluation) -> float:
        """Seconds of writing the results of a target."""
        began = time.perf_counter()
        with self.store.writing("target") as folder:
            pq.write_table(pa.table(dict(result.predictions)), folder / "predictions.parquet")
        return time.perf_counter() - began


def frozen_encoder(stage: FinetuneStage) -> FrozenEncoder:
    """The encoder of probes, in memory."""
    loaded = load_identified(
        identify(stage.encoder, stage.revision),
        trust_remote_code=stage.trust_remote_code,
        dropout=stage.training.dropout,
    )
    loaded.module.to(default_device())
    return FrozenEncoder(loaded)
