"""``isogloss run``: a study file in, an answer out."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from isogloss.cli.options import trust_option

if TYPE_CHECKING:
    from isogloss.study.outputs.status import Status
    from isogloss.study.plan import Plan
    from isogloss.tasks.base import TaskData

NAME = "run"
SOME_STAGES_FAILED = 3
INTERRUPTED = 130
"""What a shell reports of a program ended by Ctrl-C."""


@click.command(NAME)
@click.argument("study", type=click.Path(path_type=Path))
@click.option("--out", type=click.Path(path_type=Path), help="Output folder.  [default: out/NAME]")
@click.option("--data-dir", help="Data directory, in XTREME layout or the hubs'.")
@click.option(
    "--set", "overrides", multiple=True, metavar="FIELD=VALUE", help="Replace a field of the study file."
)
@click.option(
    "--dry-run", is_flag=True, help="Show stages and an estimate of time; train nothing, write nothing."
)
@click.option(
    "--measure", is_flag=True, help="Time some updates and predictions for the estimate, also for a dry run."
)
@click.option(
    "--store", type=click.Path(path_type=Path), help="Keep stages here, to share them between studies."
)
@click.option("--workers", type=click.IntRange(1), help="Stages at work at the same time.")
@click.option("--threads", type=click.IntRange(1), help="Threads in each worker.")
@trust_option
@click.option("--device", help="cpu, cuda, cuda:N or mps.  [default: CUDA where there is one]")
def run(
    study: Path,
    out: Path | None,
    data_dir: str | None,
    overrides: tuple[str, ...],
    dry_run: bool,
    measure: bool,
    store: Path | None,
    workers: int | None,
    threads: int | None,
    trust_remote_code: bool,
    device: str | None,
) -> None:
    """Run a study file, or resume it where an earlier run stopped."""
    from isogloss.cli.output.answer import report_study
    from isogloss.cli.output.forecast import announce, report_time
    from isogloss.cli.output.monitor import TerminalMonitor, planning
    from isogloss.study.execution.run import require_device, run_plan
    from isogloss.study.file.yaml_text import read_study
    from isogloss.study.forecast.precision import ChooseByTime
    from isogloss.study.outputs.folder import StudyFolder, check_claim, check_folder, locked, precision_of
    from isogloss.study.outputs.status import status_of
    from isogloss.study.outputs.store import Store
    from isogloss.study.plan import make_plan

    stated = {"workers": workers, "threads": threads, "device": device}
    execution = [f"execution.{name}={value}" for name, value in stated.items() if value is not None]
    # An empty --data-dir is a shell variable that is not set: it is passed on and refused.
    absolute = str(Path(data_dir).expanduser().resolve()) if data_dir else data_dir
    file = read_study(study, [*overrides, *execution], data_dir=absolute, trust_remote_code=trust_remote_code)
    root = out or Path("out") / file.study.name
    check_claim(root, file.study.name)
    if store is not None:
        check_folder(store, "--store")
    require_device(file.study.execution.device)
    tasks_dir = file.path.resolve().parent
    choose = ChooseByTime(tasks_dir, precision_of(root), may_measure=measure or not dry_run)
    with planning():
        plan = make_plan(file, choose)
        status = status_of(plan, Store(store or root / "stages"))
    data = _show_plan(plan, status)
    clock = announce(plan, status, tasks_dir, data, may_measure=not dry_run, must_measure=measure)
    if dry_run:
        return
    with locked(root):
        folder = StudyFolder.claim(root, plan, store)
        try:
            with TerminalMonitor(status) as monitor:
                result = run_plan(plan, status, folder, tasks_dir, monitor, clock)
        except KeyboardInterrupt:
            click.echo("isogloss: stopped; finished stages are kept. Run again to go on.", err=True)
            sys.exit(INTERRUPTED)
        report_study(folder)
        report_time(clock)
    if result.failed:
        click.echo(
            f"isogloss: {len(result.failed)} jobs failed and {result.n_skipped} stages could not run without "
            "them; the rest is complete. Run again to retry.",
            err=True,
        )
        sys.exit(SOME_STAGES_FAILED)


def _show_plan(plan: Plan, status: Status) -> list[TaskData]:
    """Stages, how many are done, what sharing saves; the data that pending stages read."""
    from isogloss.cli.output.monitor import planning
    from isogloss.study.outputs.status import load_pending_data

    n_trained = sum(stage.kind == "finetune" for stage in plan.stages.values())
    n_stages = len(plan.stages)
    n_shared = plan.n_unshared - n_stages
    click.echo(
        f"{plan.resolved.study.name}: {n_stages} stages "
        f"({n_trained} fine-tuning, {n_stages - n_trained} evaluation), "
        f"{n_stages - len(status.pending)} done, {len(status.pending)} to run; sharing saves {n_shared}"
    )
    if plan.precision is not None and status.pending:
        click.echo(f"precision: {plan.precision.precision} ({plan.precision.reason})")
    with planning("reading data"):
        data = list(load_pending_data(plan, status))
    for own in data:
        for reason, count in own.dropped.items():
            click.echo(f"  {own.task} {own.language} {own.split}: {count} rows left out: {reason}", err=True)
    return data


COMMAND = run
