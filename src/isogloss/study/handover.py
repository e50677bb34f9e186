"""From a plan to the jobs that workers are given."""

from __future__ import annotations

import os
from pathlib import Path

from isogloss.study.file.schema import ExecutionSettings
from isogloss.study.jobs import Job
from isogloss.study.plan import Plan
from isogloss.study.stages import FinetuneStage, Stage


def make_job(plan: Plan, stages: tuple[Stage, ...], store: Path, halvings: int = 0) -> Job:
    """Tell a worker what to do and where.

    Parameters
    ----------
    plan : Plan
    stages : tuple of Stage
    store : Path
        Folder of the stage store.
    halvings : int
        How often the micro-batch is to be halved, because memory did not do.
    """
    resolved = plan.resolved
    execution = resolved.study.execution
    trained = [stage if isinstance(stage, FinetuneStage) else plan.stages[stage.parent] for stage in stages]
    return Job(
        stages=stages,
        store=str(store.resolve()),
        data_dir=str(resolved.data_dir) if resolved.data_dir else None,
        tasks=resolved.study.tasks,
        tasks_dir=str(resolved.folder),
        threads=threads_per_worker(execution),
        device=execution.device,
        max_subwords_per_batch=execution.max_subwords_per_batch,
        trust_remote_code=any(one.trust_remote_code for one in trained if isinstance(one, FinetuneStage)),
        halvings=halvings,
        checkpoint_seconds=60 * execution.checkpoint_minutes,
        precision_reason=plan.precision.reason if plan.precision else None,
    )


def threads_per_worker(execution: ExecutionSettings) -> int:
    """Threads of the numerical library in each worker: as stated, else the cores shared out."""
    return execution.threads or max(1, (os.cpu_count() or 1) // execution.jobs)
