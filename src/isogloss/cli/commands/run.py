"""``isogloss run``: a study file in, an answer out."""

from __future__ import annotations

import json
import shlex
import sys
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from isogloss.cli.options import (
    INTERRUPTED,
    PATH,
    data_option,
    needs_extra,
    override_option,
    trust_option,
)
from isogloss.errors import FieldError

if TYPE_CHECKING:
    from isogloss.study.execution.preparation import Prepared
    from isogloss.study.execution.run import RunResult
    from isogloss.study.file.yaml_text import StudyFile
    from isogloss.study.forecast.estimate import TimeLeft
    from isogloss.tasks.base import TaskData

NAME = "run"
SOME_STAGES_FAILED = 3


_FIELDS = {
    "jobs": "execution.jobs",
    "threads": "execution.threads",
    "executor": "execution.executor",
    "device": "execution.device",
    "address": "ray.address",
}
"""Options, and the field of the study file that each replaces."""


def _read(typed: Mapping[str, Any]) -> StudyFile:
    """Read the study file with what was typed in the place of its fields."""
    from isogloss.study.file.yaml_text import read_study

    fields = [f"{field}={typed[name]}" for name, field in _FIELDS.items() if typed[name] is not None]
    fields += [f"execution.track={json.dumps(typed['track'])}"] if typed["track"] else []
    return read_study(
        typed["study"],
        [*typed["overrides"], *fields],
        data_dir=typed["data_dir"],
        trust_remote_code=typed["trust_remote_code"],
    )


def _check(typed: Mapping[str, Any], executor: str) -> None:
    """Refuse options that would be ignored.

    Raises
    ------
    FieldError
    """
    if typed["address"] is not None and executor != "ray":
        raise FieldError(
            f"executor {executor} has no address",
            where="--address",
            hint="add --executor ray, or leave it out",
        )
    if executor == "inline" and typed["jobs"] not in (None, 1):
        raise FieldError(
            f"executor inline runs one job at a time, not {typed['jobs']}",
            where="--jobs",
            hint="choose --executor processes, or leave --jobs out",
        )
    if not typed["cancel"]:
        return
    if executor != "slurm":
        raise FieldError(
            f"executor {executor} has no jobs that outlive the run",
            where="--cancel",
            hint="add --executor slurm to cancel jobs in Slurm; stop other runs with Ctrl-C",
        )
    stated = [_option(name) for name in ("dry_run", "measure", "only_failed", "max_stages") if typed[name]]
    if stated:
        raise FieldError(
            f"--cancel runs nothing and cancels all jobs, so it does not go with {', '.join(stated)}",
            where="--cancel",
            hint="leave out one of them",
        )


def _again(typed: Mapping[str, Any]) -> str:
    """Command line that runs what failed once more."""
    words = ["isogloss", "run", str(typed["study"])]
    for name in ("out", "data_dir", "store", *_FIELDS):
        words += [_option(name), str(typed[name])] if typed[name] is not None else []
    for option, name in (("--set", "overrides"), ("--track", "track")):
        words += [word for value in typed[name] for word in (option, value)]
    words += ["--trust-remote-code"] if typed["trust_remote_code"] else []
    return shlex.join([*words, "--only-failed"])


def _option(name: str) -> str:
    return f"--{name.replace('_', '-')}"


@click.command(NAME)
@click.argument("study", type=PATH)
@click.option("--out", type=PATH, help="Output folder.  [default: out/NAME]")
@data_option
@override_option
@click.option(
    "--dry-run", is_flag=True, help="Show stages and an estimate of time; train nothing, write nothing."
)
@click.option(
    "--measure", is_flag=True, help="Time some updates and predictions for the estimate, also for a dry run."
)
@click.option("--store", type=PATH, help="Keep stages here, to share them between studies.")
@click.option("--jobs", type=click.IntRange(1), help="Stages at work at the same time.")
@click.option("--threads", type=click.IntRange(1), help="Threads of each job.")
@click.option("--executor", help="Where jobs run: processes, inline, slurm or ray.  [default: processes]")
@click.option(
    "--address",
    metavar="HOST:PORT",
    help="Of a Ray cluster, or `auto`, with executor ray.  [default: this machine]",
)
@click.option("--only-failed", is_flag=True, help="Run what failed before, and what waited for it.")
@click.option("--max-stages", type=click.IntRange(1), help="Run so many stages, and leave the rest.")
@click.option("--cancel", is_flag=True, help="Cancel the study's jobs in Slurm, and run nothing.")
@click.option(
    "--progress",
    type=click.Choice(["auto", "json"]),
    default="auto",
    help="Bars on a terminal and lines elsewhere, or one JSON object per line.",
)
@click.option(
    "--track",
    multiple=True,
    metavar="TRACKER",
    help="Keep curves and scores for tensorboard or wandb too; may be repeated.",
)
@trust_option
@click.option("--device", help="cpu, cuda, cuda:N or mps.  [default: CUDA where there is one]")
@needs_extra("train")
def run(**typed: Any) -> None:
    """Run a study file, or resume it where an earlier run stopped."""
    from isogloss.cli.output.forecast import announce, report_time
    from isogloss.cli.output.monitor import planning
    from isogloss.study.execution.preparation import prepare
    from isogloss.study.executor import EXECUTORS
    from isogloss.study.outputs.status import group_stages

    file = replace(_read(typed), may_plan_unread=typed["dry_run"] and not typed["measure"])
    executor = file.study.execution.executor
    _check(typed, executor)
    root = typed["out"] or Path("out") / file.study.name
    placement = file.study.placement(root)
    if typed["cancel"]:
        from isogloss.study.execution.executors.slurm import cancel_all

        n_cancelled = cancel_all(placement)
        click.echo(f"{n_cancelled} jobs of {placement.study} cancelled; finished stages are kept")
        return
    with planning():
        prepared = prepare(file, root, typed["store"], is_dry=typed["dry_run"], must_measure=typed["measure"])
    data = _show_plan(prepared)
    prepared = _chosen(typed, prepared)
    unread = _unread(prepared)
    if unread:
        click.echo(
            f"encoder {', '.join(unread)}: not in the cache, and the hub cannot be reached\n"
            "  unknown: whether it exists and can be used, its layers, which stages are done, and the time\n"
            "  next:    isogloss prefetch STUDY where there is a network, or --set encoder=FOLDER"
        )
        clock = None
    else:
        may_measure = not (typed["dry_run"] or EXECUTORS[executor].remote)
        clock = announce(prepared, data, may_measure=may_measure, must_measure=typed["measure"])
    if typed["dry_run"]:
        jobs = {group.name: group.parent_group for group in group_stages(prepared.status.pending)}
        if text := EXECUTORS[executor].preview(placement, jobs, None if clock is None else clock.total):
            click.echo(text)
        return
    result = _run(prepared, typed["progress"], clock)
    report_time(clock)
    if result.failed:
        _tell_failures(result, typed)
        sys.exit(SOME_STAGES_FAILED)


def _run(prepared: Prepared, progress: str, clock: TimeLeft | None) -> RunResult:
    """Run the stages, and print what they came to."""
    from isogloss.cli.output.answer import print_results, write_results
    from isogloss.cli.output.monitor import JsonMonitor, TerminalMonitor
    from isogloss.study.execution.run import run_plan

    with prepared.claimed() as folder:
        try:
            with (JsonMonitor if progress == "json" else TerminalMonitor)(prepared.status) as monitor:
                result = run_plan(prepared, folder, monitor, clock)
        except KeyboardInterrupt:
            click.echo("isogloss: stopped; finished stages are kept. Run again to go on.", err=True)
            sys.exit(INTERRUPTED)
        print_results(*write_results(folder))
    return result


def _chosen(typed: Mapping[str, Any], prepared: Prepared) -> Prepared:
    """The same with the stages of this run."""
    status = prepared.status
    if typed["only_failed"]:
        status = status.failed(prepared.store)
    if typed["max_stages"] is not None:
        status = status.first(typed["max_stages"])
    if status.later:
        click.echo(f"this run: {len(status.pending)} stages; {len(status.later)} are left to another")
    return replace(prepared, status=status)


def _tell_failures(result: RunResult, typed: Mapping[str, Any]) -> None:
    failures = "".join(f"  {failure.splitlines()[0]}\n" for failure in result.failed)
    click.echo(
        f"isogloss: {len(result.failed)} stages failed and {result.n_skipped} could not run without "
        f"them; the rest is complete:\n{failures}to run them again:\n  {_again(typed)}",
        err=True,
    )


def _unread(prepared: Prepared) -> list[str]:
    """Encoders that are known by their names alone."""
    return [one.name for one in prepared.plan.resolved.encoders if not one.identity.is_known]


def _show_plan(prepared: Prepared) -> list[TaskData]:
    """Stages, how many are done, what sharing saves; the data that pending stages read."""
    from isogloss.cli.output.data import print_budgets, print_reading
    from isogloss.cli.output.monitor import planning

    plan, status = prepared.plan, prepared.status
    n_trained = sum(stage.kind == "finetune" for stage in plan.stages.values())
    n_stages = len(plan.stages)
    n_shared = plan.n_unshared - n_stages
    n_done = n_stages - len(status.pending)
    done = "" if _unread(prepared) else f", {n_done} done, {len(status.pending)} to run"
    click.echo(
        f"{plan.resolved.study.name}: {n_stages} stages "
        f"({n_trained} fine-tuning, {n_stages - n_trained} evaluation){done}; sharing saves {n_shared}"
    )
    if plan.precision is not None and status.pending:
        click.echo(f"precision: {plan.precision.precision} ({plan.precision.reason})")
    with planning("reading data"):
        data = prepared.read_data()
    print_reading(data)
    print_budgets(status.pending.values(), data)
    return data


COMMAND = run
