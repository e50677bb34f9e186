"""One model from one task and language: a study of a single cell whose model is kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from isogloss.errors import FieldError, TrainingError
from isogloss.scores.table import ScoreTable
from isogloss.study.execution.preparation import Prepared, require_device
from isogloss.study.execution.run import run_plan
from isogloss.study.file.yaml_text import validated
from isogloss.study.file.yaml_values import FieldPath
from isogloss.study.forecast.estimate import TimeLeft
from isogloss.study.forecast.precision import choose_by_time
from isogloss.study.monitor import RunMonitor
from isogloss.study.outputs.folder import StudyFolder
from isogloss.study.outputs.output import check_unused, move_folder, new_folder
from isogloss.study.outputs.status import Status
from isogloss.study.outputs.store import RECORD
from isogloss.study.plan import Plan, make_plan
from isogloss.study.stages import FinetuneStage, PrecisionChoice
from isogloss.writing import write_json


@dataclass(frozen=True)
class SingleModel:
    """A trained model's folder, its scores, and what the records say a reader must know."""

    folder: Path
    scores: ScoreTable
    warnings: tuple[str, ...]


def plan_single(raw: Mapping[str, Any], origins: Mapping[FieldPath, str], out: Path) -> Prepared:
    """Check where one model shall go and make its plan.

    Parameters
    ----------
    raw : mapping
        Fields of a study with one source language, encoder, aggregator and seed, and without an analysis.
    origins : mapping of field path to str
        Where each field was stated, for messages.
    out : Path
        A folder that does not exist yet, or is empty.

    Raises
    ------
    StudyError
        With every problem.
    FieldError
        If it is not one model, `out` is in use, or this machine does not have the device.
    StoreError
        If no folder can be at `out`.
    """
    check_unused(out)
    execution = raw.get("execution", {})
    fixed: dict[str, Any] = {"name": "model", "analysis": {"distances": "none"}}
    if isinstance(execution, Mapping):  # else refused with the other problems
        fixed["execution"] = {**execution, "keep_models": "all"}
    file = validated({**raw, **fixed}, Path("model"), origins)
    require_device(file.study.execution.device)
    plan = make_plan(file, _precision_of_one)
    _require_one_model(plan)
    return Prepared(out, None, plan, Status(plan.stages, {}))


def _precision_of_one(plan: Plan) -> PrecisionChoice:
    """Choose the precision, which may take a measurement: several models are refused before it."""
    _require_one_model(plan)
    return choose_by_time(plan, earlier=None, may_measure=True)


def _require_one_model(plan: Plan) -> None:
    models = [stage.label for stage in plan.stages.values() if isinstance(stage, FinetuneStage)]
    if len(models) != 1:
        raise FieldError(
            f"{len(models)} models: {', '.join(models)}",
            allowed="one source language, encoder, aggregator and seed",
            hint="a study file trains several: isogloss run",
        )


def train_single(single: Prepared, monitor: RunMonitor, clock: TimeLeft | None = None) -> SingleModel:
    """Train the model, score it on its targets, and leave its folder, with card and record, at its place.

    Parameters
    ----------
    single : Prepared
        By `plan_single`; its data was read.
    monitor : RunMonitor
    clock : TimeLeft, optional
        As in `isogloss.study.execution.run.run_plan`.

    Raises
    ------
    FieldError
        If the place is in use.
    TrainingError
        If training or scoring fails.
    StoreError
        If the folder cannot be written.
    """
    with new_folder(single.root) as place, replace(single, root=place.with_name("study")).claimed() as folder:
        result = run_plan(single, folder, monitor, clock)
        if result.failed:
            raise TrainingError(result.failed[0])
        return _hand_over(single.plan, folder, place, single.root)


def _hand_over(plan: Plan, folder: StudyFolder, place: Path, out: Path) -> SingleModel:
    """Move the model with its card and record to `place`, which becomes `out`."""
    from isogloss.modeling.card import write_card

    (trained,) = (stage for stage in plan.stages.values() if isinstance(stage, FinetuneStage))
    records = folder.records()
    record, table = records[trained.stage_id], folder.table(records)
    model = folder.store.model(trained.stage_id)
    report = record.training
    if report is None:
        raise TrainingError(f"the record of {trained.label} says nothing of its training", where=str(out))
    write_card(
        model,
        plan.resolved.tasks[trained.train.task].card,
        trained.train.language,
        label=plan.resolved.aggregators[0].config.label(),
        training={
            **{name: value for name, value in trained.training.model_dump().items() if value is not None},
            "seed": trained.seed,
            "selection": trained.selection,
            "examples": report.n_examples,
            "updates": report.n_updates,
            **({"validation examples": report.n_validation_examples} if report.validation else {}),
            "update whose weights were kept": report.kept_update,
            "processor": record.hardware.processor,
        },
        versions=record.versions,
        scores=[(row, records[row.stage_id].macro_f1) for row in table],
    )
    write_json(model / RECORD, record.model_dump(mode="json"))
    move_folder(model, place)
    return SingleModel(out, table, tuple(warning for one in records.values() for warning in one.warnings))
