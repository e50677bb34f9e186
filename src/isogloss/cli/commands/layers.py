"""``isogloss layers``: what the layers of an encoder carry, or which of them a model draws on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from isogloss.cli.options import PATH, listed, needs_extra, on_machine, trust_option
from isogloss.errors import DataError, closest
from isogloss.languages import resolve
from isogloss.modeling.device import default_device

if TYPE_CHECKING:
    from isogloss.modeling.encoders.base import LoadedEncoder
    from isogloss.modeling.model import TransferModel
    from isogloss.tasks.base import Example, SentenceExample, Split

NAME = "layers"


@click.command(NAME)
@click.argument("encoder")
@click.option("--task", default="xnli", help="Task that the sentences come from.")
@click.option("--languages", required=True, help="The source first, separated by commas.")
@click.option("--split", type=click.Choice(["train", "validation", "test"]), default="test")
@click.option("--data-dir", type=PATH, help="Data directory.")
@click.option("--examples", type=click.IntRange(2), default=500, help="Per language.")
@trust_option
@needs_extra("train")
@on_machine
def layers(
    encoder: str,
    task: str,
    languages: str,
    split: Split,
    data_dir: Path | None,
    examples: int,
    trust_remote_code: bool,
) -> None:
    """Show what the layers of ENCODER carry, or which layers a trained model draws on.

    ENCODER is a name, folder or hub id, and the task has parallel rows: for every layer, how often the
    nearest sentence of another language is the translation, and how often its language is recognised. For
    a folder of `isogloss train`: the mean share of every layer, by language and part of the input.
    """
    from isogloss.inference.classifier import load
    from isogloss.inference.layers import parallel_sentences
    from isogloss.inference.prediction import meta_of
    from isogloss.modeling.encoders.identify import identify, load_identified
    from isogloss.tasks.base import TASKS, select

    known = TASKS[task]
    have = {code: resolve(code) for code, splits in known.available(data_dir).items() if split in splits}
    of_language = known.card.codes_by_language(have)
    codes = []
    for spelling in listed(languages):
        code = spelling if spelling in have else of_language.get(resolve(spelling).id)
        if code is None:
            raise DataError(
                f"{task} has no {split} data in '{spelling}'",
                where="--languages",
                allowed=closest(spelling, have),
            )
        codes.append(code)
    data = {code: known.load(data_dir, code, split) for code in codes}
    if _is_model(Path(encoder)):
        chosen = {code: select(own, examples, 0) for code, own in data.items()}
        model = load(encoder, trust_remote_code=trust_remote_code).to(default_device())
        head = meta_of(model).head
        if head != known.card.head:
            raise DataError(
                f"a model that labels one {head} at a time cannot read {task}",
                where="--task",
                hint="take the task that it was trained on",
            )
        _print_shares(model, encoder, chosen)
        return
    if not known.card.parallel_rows:
        raise DataError(f"rows of {task} are not parallel", where="--task", hint="take pawsx or xnli")
    sentences = parallel_sentences({code: own.examples for code, own in data.items()}, examples)
    loaded = load_identified(identify(encoder), trust_remote_code=trust_remote_code)
    loaded.module.to(default_device())
    _print_contents(loaded, encoder, sentences, codes[0])


def _is_model(folder: Path) -> bool:
    from isogloss.errors import CheckpointError
    from isogloss.modeling.model import read_meta

    try:
        read_meta(folder)
    except CheckpointError:
        return False
    return True


def _print_contents(
    loaded: LoadedEncoder, encoder: str, sentences: dict[str, list[SentenceExample]], source: str
) -> None:
    from isogloss.cli.output.tables import plain_table, terminal
    from isogloss.inference.layers import layer_contents

    found = layer_contents(loaded, sentences, source)
    n_rows = len(sentences[source])
    click.echo(f"{encoder}: retrieval of translations between {source} and ..., in percent")
    others = list(found[0].retrieval)
    columns = ("layer", *others, "mean", "language-ID accuracy")
    table = plain_table(*columns, right=columns)
    for one in found:
        values = [one.retrieval[other] for other in others]
        shown = [*values, sum(values) / len(values), one.identity]
        table.add_row(str(one.layer), *(f"{100 * value:.1f}" for value in shown))
    terminal().print(table)
    click.echo(
        f"{n_rows} sentences a language; chance: {100 / n_rows:.1f} for retrieval, "
        f"{100 / len(sentences):.1f} for language"
    )


def _print_shares(model: TransferModel, folder: str, data: Mapping[str, Sequence[Example]]) -> None:
    from isogloss.cli.output.tables import plain_table, terminal
    from isogloss.inference.layer_shares import N_PARTS
    from isogloss.inference.layers import layer_shares

    columns = ("language", "layer", "all", *(f"part {at + 1} of {N_PARTS}" for at in range(N_PARTS)))
    table = plain_table(*columns, right=columns)
    for code, examples in data.items():
        shares = layer_shares(model, examples)
        if shares is None:
            click.echo("this aggregator mixes layers without a share of each")
            return
        for layer, (share, parts) in enumerate(zip(shares.overall, shares.by_part, strict=True)):
            if share:
                shown = ("-" if value is None else f"{100 * value:.1f}" for value in (share, *parts))
                table.add_row(code, str(layer), *shown)
    click.echo(f"{folder}: mean share of each layer, in percent")
    terminal().print(table)


COMMAND = layers
