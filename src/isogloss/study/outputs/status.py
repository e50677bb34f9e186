"""Which stages of a plan are done, which must run, and how they go into jobs."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from isogloss.errors import DataError, IsoglossError, StudyError
from isogloss.study.outputs.store import Store
from isogloss.study.plan import Plan
from isogloss.study.stages import EvaluateStage, FinetuneStage, Stage, data_of
from isogloss.tasks.base import TaskData, left_out


@dataclass(frozen=True)
class Status:
    """What is left to do.

    Parameters
    ----------
    pending : mapping of stage id to Stage
        In an order in which they can run. Holds finished fine-tuning stages whose weights were
        dropped and are needed again.
    damaged : mapping of stage id to str
        Finished stages that fail their checksums, and how.
    later : mapping of stage id to Stage
        Stages that are left to another run.
    """

    pending: Mapping[str, Stage]
    damaged: Mapping[str, str]
    later: Mapping[str, Stage] = field(default_factory=dict)

    def only(self, chosen: Collection[str]) -> Status:
        """The same with some of the pending stages, and the others left to another run."""
        return Status(
            {key: stage for key, stage in self.pending.items() if key in chosen},
            self.damaged,
            {**self.later, **{key: stage for key, stage in self.pending.items() if key not in chosen}},
        )

    def first(self, n_stages: int) -> Status:
        """The first `n_stages` pending stages: a stage comes after what it starts from."""
        return self.only(set(list(self.pending)[:n_stages]))

    def failed(self, store: Store) -> Status:
        """The pending stages that failed before, what they start from, and what starts from them."""
        chosen: set[str] = set()
        for stage_id, stage in self.pending.items():  # parents first
            if stage.parent in chosen or store.has_failed(stage_id):
                chosen.add(stage_id)
        for stage_id in reversed(list(self.pending)):
            parent = self.pending[stage_id].parent
            if stage_id in chosen and parent is not None and parent in self.pending:
                chosen.add(parent)
        return self.only(chosen)


def status_of(plan: Plan, store: Store) -> Status:
    """Compare a plan with the store; weights are hashed only where something pending needs them.

    Evaluations that are not finished are to run, trainings that those need, and whatever is damaged.
    """
    damaged: dict[str, str] = {}
    needed: set[str] = set()
    for stage_id, stage in plan.stages.items():
        if _is_usable(stage_id, store, damaged, with_model=False):
            continue
        if not isinstance(stage, EvaluateStage) and stage_id not in damaged:
            continue
        needed.add(stage_id)
        parent: str | None = stage.parent
        while parent and parent not in needed and not _is_usable(parent, store, damaged, with_model=True):
            needed.add(parent)
            parent = plan.stages[parent].parent
    return Status({key: stage for key, stage in plan.stages.items() if key in needed}, damaged)


def _is_usable(stage_id: str, store: Store, damaged: dict[str, str], *, with_model: bool) -> bool:
    """Whether a stage is finished and whole; one that is not whole is noted in `damaged`."""
    if stage_id in damaged or not store.folder(stage_id).is_dir():
        return False
    if with_model and store.is_done(stage_id) and not store.has_model(stage_id):
        return False
    fault = store.verify(stage_id, with_model=with_model)
    if fault is not None:
        damaged[stage_id] = fault
    return fault is None


def load_pending_data(plan: Plan, status: Status) -> list[TaskData]:
    """Read every split that a pending stage reads, so that bad files are found before a model is loaded.

    Raises
    ------
    StudyError
        With one problem per bad file, once all were read; a file that holds two splits is reported once.
    """
    found: list[TaskData] = []
    problems: list[IsoglossError] = []
    references = {
        (one.task, one.language, one.split): one
        for stage in status.pending.values()
        for one in data_of(stage)
    }
    for reference in references.values():
        task = plan.resolved.tasks[reference.task]
        try:
            data = task.load(plan.resolved.data_dir, reference.language, reference.split)
        except IsoglossError as error:
            problems.append(error)
            continue
        found.append(data)
        if not data.examples:
            problems.append(no_usable_example(data))
    if problems:
        raise StudyError(list({str(problem): problem for problem in problems}.values()))
    return found


def no_usable_example(data: TaskData) -> DataError:
    """Describe a split of which nothing is left."""
    return DataError(
        f"no usable example of {data.task} in {data.language}, {data.split}",
        where=", ".join(file.path for file in data.files) or None,
        hint=", ".join(left_out(data.dropped)) or None,
    )


@dataclass(frozen=True)
class StageGroup:
    """Stages that run as one job, and the stage whose model they start from."""

    name: str
    stages: tuple[Stage, ...]
    parent: str | None

    @property
    def trainings(self) -> tuple[FinetuneStage, ...]:
        """The stages that train."""
        return tuple(stage for stage in self.stages if isinstance(stage, FinetuneStage))

    @property
    def evaluations(self) -> tuple[EvaluateStage, ...]:
        """The stages that score."""
        return tuple(stage for stage in self.stages if isinstance(stage, EvaluateStage))

    @property
    def kind(self) -> str:
        """``finetune``, ``evaluate`` or ``probe``."""
        return self.name.partition("-")[0]

    @property
    def parent_group(self) -> str | None:
        """Name of the group that trains the model it starts from, whether or not that is still to run."""
        return None if self.parent is None else f"finetune-{self.parent}"


def group_stages(pending: Mapping[str, Stage]) -> list[StageGroup]:
    """One group per fine-tuning stage; the evaluations of one model together.

    Probes of one encoder on the same data are one group with their evaluations: the encoder runs once for
    all.
    """
    groups: list[StageGroup] = []
    evaluations: dict[str, list[Stage]] = {}
    probes: dict[str, list[Stage]] = {}
    for stage_id, stage in pending.items():
        if isinstance(stage, FinetuneStage) and stage.mode == "probe":
            probes.setdefault(stage.shared_with_probes, []).append(stage)
        elif isinstance(stage, FinetuneStage):
            groups.append(StageGroup(f"finetune-{stage_id}", (stage,), stage.parent))
        else:
            evaluations.setdefault(stage.parent, []).append(stage)
    for key, stages in probes.items():
        scored = [one for stage in stages for one in evaluations.pop(stage.stage_id, [])]
        groups.append(StageGroup(f"probe-{key}", (*stages, *scored), None))
    groups += [
        StageGroup(f"evaluate-{parent}", tuple(stages), parent) for parent, stages in evaluations.items()
    ]
    return groups
