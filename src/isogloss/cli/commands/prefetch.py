"""``isogloss prefetch``: bring everything that a study reads to this machine."""

from __future__ import annotations

from pathlib import Path

import click

from isogloss.cli.options import PATH, data_option, override_option, trust_option

NAME = "prefetch"


@click.command(NAME)
@click.argument("study", type=PATH)
@data_option
@override_option
@trust_option
def prefetch(study: Path, data_dir: str | None, overrides: tuple[str, ...], trust_remote_code: bool) -> None:
    """Download the encoders of a study and read its data, for machines without a network.

    Encoders come to the cache of the hub (`HF_HOME`): put that on a file system that the compute nodes share.
    """
    from isogloss.cli.output.monitor import planning
    from isogloss.display import counted
    from isogloss.study.file.yaml_text import read_study
    from isogloss.study.outputs.status import Status, load_pending_data
    from isogloss.study.plan import make_plan

    file = read_study(study, overrides, data_dir=data_dir, trust_remote_code=trust_remote_code)
    with planning("reading encoders and data"):
        plan = make_plan(file)
        data = load_pending_data(plan, Status(plan.stages, {}))
    for encoder in plan.resolved.encoders:
        click.echo(f"encoder {encoder.name}: {encoder.identity.path or 'built in'}")
    n_files = len({file.path for own in data for file in own.files})
    click.echo(f"data: {counted(len(data), 'split')}, {counted(n_files, 'file')}")


COMMAND = prefetch
