"""``isogloss distance``: how far apart languages are, in which sense, and how well that is known."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from isogloss.cli.options import needs_extra, trust_option

if TYPE_CHECKING:
    from isogloss.cli.output.distances import Request

NAME = "distance"

_FILE = click.Path(path_type=Path)


@click.command(NAME)
@click.argument("codes", nargs=-1, required=True, metavar="CODE...")
@click.option("--metric", "metrics", multiple=True, help="Only this metric; may be given more than once.")
@click.option(
    "--definition",
    type=click.Choice(["shared", "uriel", "knn"]),
    default="shared",
    show_default=True,
    help="shared: over what is known of both; uriel: as URIEL published; knn: imputed.",
)
@click.option("--to", metavar="all|CODE,...", help="From the one CODE to these languages, nearest first.")
@click.option("--top", type=click.IntRange(1), help="With --to: only so many.")
@click.option("--matrix", is_flag=True, help="A square table a metric.")
@click.option("--composite", metavar="METRIC,...", help="Add the mean rank over these metrics.")
@click.option("--explain", is_flag=True, help="Which facts differ, and which are unknown.")
@click.option("--distance-file", "files", multiple=True, type=_FILE, help="Your own distances, as CSV.")
@click.option("--cldf", multiple=True, type=_FILE, help="Folder of a CLDF data set: WALS, Grambank, ...")
@click.option("--urielplus", is_flag=True, help="Add what the installed package urielplus holds.")
@click.option("--corpus-a", type=_FILE, help="Text of the first of two languages.")
@click.option("--corpus-b", type=_FILE, help="Text of the second.")
@click.option("--tokenizer", type=_FILE, help="Folder of a tokenizer, for measures over subwords.")
@click.option("--encoder", metavar="NAME|FOLDER|HUB_ID", help="Compare this encoder's states of both texts.")
@click.option(
    "--format", "style", type=click.Choice(["table", "json", "csv"]), default="table", show_default=True
)
@trust_option
@needs_extra("train", when=lambda options: options["encoder"] or options["tokenizer"])
def distance(codes: tuple[str, ...], style: str, **options: Any) -> None:
    """Print distances between languages with what each rests on.

    CODE is anything that `isogloss language` understands. Without --metric all metrics are shown. A value
    that rests on too little is left blank (null in JSON), never 0.

    \b
    isogloss distance de nl
    isogloss distance en --to all --metric syntactic --top 20
    isogloss distance en de ja ko --metric syntactic --matrix --format csv
    isogloss distance de nl --definition uriel --explain
    isogloss distance en sw --corpus-a en.txt --corpus-b sw.txt --tokenizer FOLDER
    """  # noqa: D301 (a backspace keeps click from filling the examples)
    from isogloss.cli.output import distances

    options["metrics"] = tuple(dict.fromkeys(options["metrics"]))
    request = distances.Request(codes=codes, **options)
    _check(request)
    distances.check_text_options(request)
    if request.explain:
        distances.explain(request, style)
    elif request.to:
        distances.nearest(request, style)
    else:
        distances.compare(request, style)


def _check(request: Request) -> None:
    """Refuse options that do not go together."""
    n = len(request.codes)
    if request.to is not None and not request.to.strip(", "):
        raise click.UsageError("--to names no language; write all, or codes parted by commas")
    if request.to and n != 1:
        raise click.UsageError(f"--to starts from one language; {n} were given: {' '.join(request.codes)}")
    if not request.to and n < 2:
        raise click.UsageError(
            f"one language alone has no distance; name another after '{request.codes[0]}', or use --to all"
        )
    if request.top and not request.to:
        raise click.UsageError("--top goes with --to; name a language and --to all")
    if request.explain and n != 2:
        raise click.UsageError(f"--explain compares two languages; {n} were given")
    own = request.files or request.cldf or request.urielplus
    if request.explain and (request.matrix or request.composite or own):
        raise click.UsageError(
            "--explain looks into the distances of isogloss; leave out --matrix, --composite, "
            "--distance-file, --cldf and --urielplus"
        )
    if request.matrix and request.to:
        raise click.UsageError("--matrix and --to exclude each other")
    if (request.corpus_a is None) != (request.corpus_b is None):
        raise click.UsageError("text is compared in pairs: give both --corpus-a and --corpus-b")
    if request.corpus_a is not None and n != 2:
        raise click.UsageError(f"--corpus-a and --corpus-b belong to two languages; {n} were given")
    for name in ("tokenizer", "encoder"):
        if getattr(request, name) is not None and request.corpus_a is None:
            raise click.UsageError(f"--{name} reads text: give --corpus-a and --corpus-b")


COMMAND = distance
