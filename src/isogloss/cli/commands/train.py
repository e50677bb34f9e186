"""``isogloss train``: one model from one task and language."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from isogloss.cli.options import PATH, data_option, device_option, needs_extra, threads_option, trust_option

NAME = "train"


@click.command(NAME)
@click.option("--task", required=True, help="Task, by registry name.")
@click.option("--source", required=True, metavar="LANGUAGE", help="Language of the training data.")
@click.option("--encoder", required=True, help="mini, a folder, or a hub id.")
@click.option("--revision", help="Branch, tag or commit of a hub id.")
@click.option("--aggregator", default="last", help="Aggregator over layers.")
@click.option("--layer", type=int, help="The lower layer of `aif`.")
@click.option(
    "--option", "options", multiple=True, metavar="NAME=VALUE", help="Another option of the aggregator."
)
@click.option("--out", type=PATH, required=True, help="Folder for the model; a new one.")
@data_option
@click.option("--examples", type=click.IntRange(1), help="Training examples.  [default: all]")
@click.option("--targets", help="Languages to score it on, separated by commas.  [default: the source]")
@click.option("--split", default="test", help="Split to score it on.")
@click.option("--seed", type=int, default=1)
@click.option(
    "--selection",
    default="source-validation",
    help="Which weights to keep: the best on source-validation, or `none`: the last.",
)
@click.option(
    "--validation",
    multiple=True,
    metavar="NAME=VALUE",
    help="A setting of the validation: split, examples, evaluations, patience.",
)
@click.option(
    "--set",
    "settings",
    multiple=True,
    metavar="NAME=VALUE",
    help="A setting of the training, such as steps=500.",
)
@threads_option
@trust_option
@device_option
@needs_extra("train")
def train(out: Path, **options: Any) -> None:
    """Train one model, score it, and write its folder: weights, tokenizer, config, model card.

    `isogloss predict` and `isogloss.load` read the folder. A grid of models is a study file: `isogloss run`.
    """
    from isogloss.cli.output.data import print_reading
    from isogloss.cli.output.forecast import announce
    from isogloss.cli.output.monitor import TerminalMonitor
    from isogloss.cli.output.tables import print_scores
    from isogloss.study.execution.single import plan_single, train_single
    from isogloss.study.file.yaml_text import parse_settings

    def stated(*names: str) -> dict[str, Any]:
        return {name: options[name] for name in names}

    layer = {} if options["layer"] is None else stated("layer")
    source, targets = options["source"], options["targets"]
    raw: dict[str, Any] = {
        "source": {"language": source, **stated("task", "examples")},
        "targets": {"languages": source if targets is None else targets.split(","), **stated("split")},
        "encoder": {"id": options["encoder"], **stated("revision", "trust_remote_code")},
        "aggregator": {
            "name": options["aggregator"],
            "options": parse_settings(options["options"], "--option") | layer,
        },
        "validation": parse_settings(options["validation"], "--validation"),
        "training": parse_settings(options["settings"], "--set"),
        "execution": stated("threads", "device"),
        **stated("seed", "selection", "data_dir"),
    }
    single = plan_single(raw, _ORIGINS, out)
    examples_read = single.read_data()
    print_reading(examples_read)
    clock = announce(single, examples_read, may_measure=True)
    with TerminalMonitor(single.status) as monitor:
        model = train_single(single, monitor, clock)
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
    ("execution", "threads"): "--threads",
    ("execution", "device"): "--device",
}


COMMAND = train
