"""``isogloss predict``: labels and probabilities for rows without labels."""

from __future__ import annotations

import contextlib
from collections import Counter
from functools import partial
from pathlib import Path

import click

from isogloss.cli.options import PATH, needs_extra, on_machine, precision_option, trust_option
from isogloss.data_files import COMPRESSED
from isogloss.errors import FieldError
from isogloss.modeling.device import default_device, resolve_precision

NAME = "predict"


@click.command(NAME)
@click.argument("model", type=PATH)
@click.option(
    "--input",
    "source",
    type=PATH,
    required=True,
    help=".tsv, .csv or .jsonl, also compressed; - for standard input.",
)
@click.option(
    "--format",
    "file_format",
    type=click.Choice(["tsv", "csv", "jsonl"]),
    help="Format of the input.  [default: what its ending says; of standard input tsv]",
)
@click.option("--header", is_flag=True, help="The first line names the columns.")
@click.option(
    "--columns",
    metavar="NAME,NAME",
    help="Columns or fields to read, by name or position from 0.  [default: there are no others]",
)
@click.option("--out", type=PATH, help="File to write, separated by tabs.  [default: standard output]")
@precision_option("fp32")
@trust_option
@needs_extra("train")
@on_machine
def predict(
    model: Path,
    source: Path,
    file_format: str | None,
    header: bool,
    columns: str | None,
    out: Path | None,
    precision: str,
    trust_remote_code: bool,
) -> None:
    """Label the rows of a file, of any size, with a model of `isogloss train`.

    MODEL is its folder. A sentence task reads one sentence or pair a row and writes row, text, label and the
    probability of every label; a word task reads one word per line with a blank line between sentences and
    writes word, label and probability. The input holds no labels, or columns other than the text that
    --columns leaves out.
    """
    from isogloss.display import counted
    from isogloss.inference.classifier import load
    from isogloss.inference.inputs import read_inputs
    from isogloss.inference.prediction import meta_of, predict_stream, write_predictions
    from isogloss.study.outputs.output import new_file

    if out is not None and out.resolve() == source.resolve():
        raise FieldError(f"{out} is the input too", where="--out", hint="choose another file")
    if out is not None and out.suffix.lower() in _OTHER_FORMATS:
        raise FieldError(
            f"labels are written as tab-separated text, which a {out.suffix} file is not",
            where="--out",
            hint="choose a name that ends in .tsv",
        )
    loaded = load(model, trust_remote_code=trust_remote_code)
    meta = meta_of(loaded)
    loaded.to(default_device())
    counts: Counter[str] = Counter()
    read = partial(
        read_inputs,
        source,
        meta,
        header=header,
        file_format=file_format,
        columns=columns.split(",") if columns else (),
    )
    if source.is_file():  # a pipe can be read once only
        for _ in read():
            pass  # a row that is refused would cost the labels of all rows before it
    predictions = predict_stream(loaded, read(), precision=resolve_precision(precision), counts=counts)
    with contextlib.nullcontext() if out is None else new_file(out) as handle:
        for line in write_predictions(predictions, meta.labels, meta.head):
            click.echo(line, file=handle)
    notes = (
        f", {counts['truncated']:,} of them cut to {meta.max_length} subwords" if counts["truncated"] else ""
    )
    click.echo(
        f"{counted(counts['inputs'], 'row' if meta.n_texts else 'sentence')} labelled{notes}", err=True
    )


_OTHER_FORMATS = (*COMPRESSED, ".csv", ".json", ".jsonl", ".parquet", ".xlsx")
"""Endings that would say of the output what is not so."""

COMMAND = predict
