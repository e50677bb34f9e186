"""``isogloss train``: one model from one task and language."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from isogloss.errors import FieldError

NAME = "train"


@click.command(NAME)
@click.option("--task", required=True, help="Task, by registry name.")
@click.option("--source", required=True, metavar="LANGUAGE", help="Language of the training data.")
@click.option("--encoder", required=True, help="mini, a folder, or a hub id.")
@click.option("--revision", help="Branch, tag or commit of a hub id.")
@click.option("--aggregator", default="last", show_default=True, help="Aggregator over layers.")
@click.option("--layer", type=int, help="The lower layer of `aif`.")
@click.option(
    "--option", "options", multiple=True, metavar="NAME=VALUE", help="Another option of the aggregator."
)
@click.option(
    "--out", type=click.Path(path_type=Path), required=True, help="Folder for the model; a new one."
)
@click.option("--data-dir", help="Data directory, in XTREME layout or the hubs'.")
@click.option("--examples", type=click.IntRange(1), help="Training examples.  [default: all]")
@click.option("--targets", help="Languages to score it on, separated by commas.  [default: the source]")
@click.option("--split", default="test", show_default=True, help="Split to score it on.")
@click.option("--seed", type=int, default=1, show_default=True)
@click.option(
    "--selection",
    default="source-validation",
    show_default=True,
    help="Which weights to keep: the best on source-validation, or `none`: the last.",
)
@click.option(
    "--validation",
    multiple=True,
    metavar="NAME=VALUE",
    help="A setting of the validation: split, examples, evaluations, patience.",
)
@click.option(
    "--set", "settings", multiple=True, metavar="NAME=VALUE", help="A setting of the training; see the docs."
)
@click.option("--threads", type=click.IntRange(1), help="Threads of the numerical library.")
@click.option("--device", default="auto", show_default=True, help="cpu, cuda, cuda:N or mps.")
def train(
    task: str,
    source: str,
    encoder: str,
    revision: str | None,
    aggregator: str,
    layer: int | None,
    options: tuple[str, ...],
    out: Path,
    data_dir: str | None,
    examples: int | None,
    targets: str | None,
    split: str,
    seed: int,
    selection: str,
    validation: tuple[str, ...],
    settings: tuple[str, ...],
    threads: int | None,
    device: str,
) -> None:
    """Train one model, score it, and write its folder: weights, tokenizer, config, model card.

    `isogloss predict` and `isogloss.load` read the folder. A grid of models is a study file: `isogloss run`.
    """
    from isogloss.cli.forecast import announce
    from isogloss.cli.monitor import TerminalMonitor
    from isogloss.cli.tables import print_scores
    from isogloss.study.precision import ChooseByTime
    from isogloss.study.run import require_device
    from isogloss.study.single import check_unused, plan_single, train_single
    from isogloss.study.status import Status, load_pending_data

    check_unused(out)
    stated = _parse(options, "--option") | ({} if layer is None else {"layer": layer})
    raw: dict[str, Any] = {
        "source": {"task": task, "language": source, "examples": examples},
        "targets": {"languages": targets.split(",") if targets else source, "split": split},
        "encoder": {"id": encoder, "revision": revision},
        "aggregator": {"name": aggregator, "options": stated},
        "seed": seed,
        "selection": selection,
        "validation": _parse(validation, "--validation"),
        "training": _parse(settings, "--set"),
        "data_dir": str(Path(data_dir).expanduser().resolve()) if data_dir else None,
        "execution": {"threads": threads, "device": device},
    }
    require_device(device)
    tasks_dir = Path.cwd()
    plan = plan_single(raw, _ORIGINS, ChooseByTime(tasks_dir, None, may_measure=True))
    status = Status(plan.stages, {})
    clock = announce(plan, status, tasks_dir, list(load_pending_data(plan, status)), may_measure=True)
    with TerminalMonitor(status) as monitor:
        model = train_single(plan, out, monitor, clock)
    print_scores(model.scores)
    for warning in model.warnings:
        click.echo(f"note: {warning}", err=True)
    click.echo(f"model: {model.folder}")


_ORIGINS: dict[tuple[str | int, ...], str] = {
    ("source", "task"): "--task",
    ("source", "language"): "--source",
    ("source", "examples"): "--examples",
    ("targets",): "--targets",
    ("targets", "languages"): "--targets",
    ("targets", "split"): "--split",
    ("encoder",): "--encoder",
    ("encoder", "revision"): "--revision",
    ("aggregator",): "--aggregator, --layer, --option",
    ("seed",): "--seed",
    ("selection",): "--selection",
    ("validation",): "--validation",
    ("training",): "--set",
    ("data_dir",): "--data-dir",
    ("execution", "device"): "--device",
}


def _parse(pairs: tuple[str, ...], option: str) -> dict[str, Any]:
    import yaml

    parsed = {}
    for pair in pairs:
        name, separator, value = pair.partition("=")
        if not separator or not name:
            raise FieldError(f"{option} {pair!r} is not of the form name=value", hint="e.g. reduction=2")
        parsed[name] = yaml.safe_load(value)
    return parsed


COMMAND = train
