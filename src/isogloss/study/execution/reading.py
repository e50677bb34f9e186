"""Reads what a stage learns from and is scored on, and says where it came from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from isogloss.display import counted
from isogloss.errors import DataError
from isogloss.study.jobs import Job
from isogloss.study.outputs.record import DataRead
from isogloss.study.outputs.status import no_usable_example
from isogloss.study.stages import DataRef, FinetuneStage
from isogloss.tasks.base import Example, WordExample, in_random_order, select, without_overlap
from isogloss.tasks.held_out import hold_out
from isogloss.training.batches import count_updates
from isogloss.training.budget import n_to_hold_out

EVALUATION_SEED = 0
"""Chooses the rows of a limited evaluation or validation budget: the same in every run."""


@dataclass(frozen=True)
class TrainingData:
    """Data that a fine-tuning stage reads.

    Parameters
    ----------
    train : tuple of Example
    validation : sequence of Example
        To choose weights on, in the order in which a budget takes them.
    read : tuple of DataRead
        Where they come from.
    warnings : tuple of str
    """

    train: tuple[Example, ...]
    validation: Sequence[Example]
    read: tuple[DataRead, ...]
    warnings: tuple[str, ...]


def read_training(job: Job, stage: FinetuneStage) -> TrainingData:
    """Read the rows of a fine-tuning stage.

    Raises
    ------
    DataError
        If a split has no usable example.
    """
    train, read = read_examples(job, stage.train, stage.seed)
    warnings: tuple[str, ...] = ()
    if stage.train.examples is not None and len(train) != stage.train.examples:
        about = f"{stage.train.task} {stage.train.language}"
        warnings = (f"{about}: {len(train)} examples of a budget of {stage.train.examples}",)
    card = job.task(stage.train.task).card
    labels = {
        label for each in train for label in (each.labels if isinstance(each, WordExample) else (each.label,))
    }
    if len(labels) == 1:
        only = card.labels[labels.pop()]
        warnings = (*warnings, f"all training rows have the label '{only}': nothing else can be learnt")
    how = stage.validation_settings
    if how is None or how.split == "validation":
        found = [read_examples(job, reference, EVALUATION_SEED) for reference in stage.validation]
        rows = [example for examples, _ in found for example in examples]
        sources = (read, *(data for _, data in found))
        return TrainingData(train, in_random_order(rows, EVALUATION_SEED), sources, warnings)

    def n_seen(n_rows: int) -> int:
        return count_updates(n_rows, stage.training, card.epochs) * stage.training.batch_size

    wanted = n_to_hold_out(how, len(train), n_seen)
    cut = hold_out(train, wanted, EVALUATION_SEED)
    fewer = f" of {wanted} wanted" if len(cut.validation) < wanted else ""
    note = (
        f"{len(cut.validation)} validation rows{fewer} cut from the training rows: "
        f"{cut.n_groups_held_out} of {cut.n_groups} groups of rows that share a text"
    )
    held_out = {"n_examples": len(cut.validation), "dropped": {}, "notes": (note,)}
    return TrainingData(
        cut.train,
        in_random_order(cut.validation, EVALUATION_SEED),
        (read.model_copy(update={"n_examples": len(cut.train)}), read.model_copy(update=held_out)),
        warnings,
    )


def read_scored(job: Job, reference: DataRef) -> tuple[tuple[Example, ...], DataRead]:
    """Read the examples that a model is scored on.

    Raises
    ------
    DataError
        If there is none, or entities are scored and no example has one: their F1 is not defined.
    """
    examples, read = read_examples(job, reference, EVALUATION_SEED)
    card = job.task(reference.task).card
    words = (label for example in examples if isinstance(example, WordExample) for label in example.labels)
    if card.metric == "entity_f1" and all(card.labels[label] == "O" for label in words):
        raise DataError(
            f"no entity in {counted(len(examples), 'row')}: F1 over entities is not defined",
            where=f"{read.task}, language {read.language}, {read.split}",
            hint="score it on rows with entities, or leave the language out of the targets",
        )
    return examples, read


def read_examples(job: Job, reference: DataRef, seed: int) -> tuple[tuple[Example, ...], DataRead]:
    """Read the examples within a budget, and say where they come from.

    Raises
    ------
    DataError
        If there is none.
    """
    data_dir = Path(job.data_dir) if job.data_dir else None
    task = job.task(reference.task)
    data = task.load(data_dir, reference.language, reference.split)
    others = {split: task.load(data_dir, reference.language, split) for split in reference.overlap}
    data = without_overlap(data, others)
    examples = select(data, reference.examples, seed)
    if not examples:
        raise no_usable_example(data)
    return examples, DataRead(
        task=data.task,
        language=data.language,
        split=data.split,
        n_examples=len(examples),
        n_available=len(data.examples),
        dropped=dict(data.dropped),
        notes=tuple(data.notes),
        files=data.files,
    )
