"""``isogloss distance``: how far apart languages are, in which sense, and how well that is known."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import click

from isogloss.cli.options import (
    OWN_DISTANCES,
    PATH,
    Command,
    all_of,
    definition_option,
    format_option,
    names,
    needs_extra,
    several,
    trust_option,
)

NAME = "distance"

_DEFAULT = "pairs"

_LEGEND = """\b
Columns:
  definition      left out of a table of shared values alone
  value           distance over the features known for both languages
                  (definition shared; uriel: as URIEL published; knn: imputed)
  low, high       90% interval of the distance over all features of the metric
  expected        best estimate of it; nearest lists are ranked by it (JSON, CSV)
  features, of    features known for both languages, features of the metric
  coverage        enough: at most half of the uncertainty is left; rough: more;
                  too little: no value (null in JSON, empty in CSV, never 0)
A distance that does not rest on features (genetic, geographic) has no interval."""

_EXAMPLES = """\b
Examples:
  isogloss distance de nl
  isogloss distance en de ja ko --metric syntactic --matrix --format csv
  isogloss distance nearest en --metric syntactic --top 20
  isogloss distance nearest en --to de,fr
  isogloss distance explain de nl --metric syntactic
  isogloss distance texts en=en.txt sw=sw.txt --tokenizer FOLDER"""

_METRIC: Callable[[Command], Command] = several("--metric", "metrics", "Only this metric, or these.")
_choice_options: Callable[[Command], Command] = all_of(
    _METRIC,
    definition_option,
    click.option(
        "--composite", metavar="METRIC,...", help="Mean rank over these metrics; with --metric beside others."
    ),
    *OWN_DISTANCES,
)


class _WithDefault(click.Group):
    """A group whose subcommand may be left out before codes of languages; --to and --top mean `nearest`."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        if not args or (args[0] not in self.commands and args[0] not in ctx.help_option_names):
            options = {each.partition("=")[0] for each in args}
            args = ["nearest" if options & {"--to", "--top"} else _DEFAULT, *args]
        return super().parse_args(ctx, args)

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the options of the subcommand that may be left out, then the subcommands."""
        default = self.commands[_DEFAULT]
        default.format_options(click.Context(default, parent=ctx, info_name=_DEFAULT), formatter)
        self.format_commands(ctx, formatter)

    def collect_usage_pieces(self, ctx: click.Context) -> list[str]:
        return ["[OPTIONS] CODE CODE..."]


@click.group(NAME, cls=_WithDefault, epilog=f"{_LEGEND}\n\n{_EXAMPLES}")
def distance() -> None:
    """Print language distances with their 90% intervals and feature coverage.

    CODE is anything that `isogloss language` understands. Without --metric all metrics are shown.
    """


@distance.command(
    _DEFAULT, epilog=_LEGEND, short_help="All distances between languages; the word may be left out."
)
@click.argument("codes", nargs=-1, required=True, metavar="CODE CODE...", callback=names)
@_choice_options
@click.option("--matrix", is_flag=True, help="One square table per metric.")
@format_option
def pairs(codes: tuple[str, ...], matrix: bool, style: str, **choice: Any) -> None:
    """Print all distances between languages; the word pairs may be left out."""
    from isogloss.cli.output.distances import Choice, compare

    if codes[:1] and codes[0] in distance.commands:
        raise click.UsageError(f"options come behind the word {codes[0]}: isogloss distance {codes[0]} ...")
    if len(codes) < 2:
        raise click.UsageError(
            f"distance needs at least two languages; name another after '{codes[0]}', "
            f"or list those near to it: isogloss distance nearest {codes[0]}"
        )
    compare(codes, Choice.of(choice), style, square=matrix)


@distance.command("nearest", epilog=_LEGEND, short_help="The languages nearest to one.")
@click.argument("code")
@_choice_options
@click.option("--to", default="all", metavar="all|CODE,...", help="Rank these languages alone.")
@click.option("--top", type=click.IntRange(1), default=10, help="Languages listed per metric.")
@format_option
def nearest(code: str, to: str, top: int, style: str, **choice: Any) -> None:
    """Print the languages nearest to one.

    The metrics that rest on features rank by the best estimate of the distance over all features, so that few
    features do not put a language first by chance. The definitions uriel and knn, and the other metrics, rank
    by the value.
    """
    from isogloss.cli.output.distances import Choice
    from isogloss.cli.output.nearest import nearest

    if not to.strip(", "):
        raise click.UsageError("--to is empty: give 'all' or a comma-separated list of codes")
    nearest(code, to, top, Choice.of(choice), style)


@distance.command("explain", short_help="What differs between two languages, and what is unknown.")
@click.argument("codes", nargs=2, metavar="CODE CODE")
@_METRIC
@definition_option
@format_option
def explain(codes: tuple[str, str], metrics: tuple[str, ...], definition: str, style: str) -> None:
    """Print what differs between two languages, and what is unknown."""
    from isogloss.cli.output.explained import explain

    explain(codes, tuple(dict.fromkeys(metrics)), definition, style)


@distance.command("texts", short_help="Distances between texts of different languages.")
@click.argument("texts", nargs=-1, required=True, metavar="CODE=FILE CODE=FILE...")
@_METRIC
@click.option("--tokenizer", type=PATH, help="Folder of a tokenizer, for measures over subwords.")
@click.option("--encoder", metavar="NAME|FOLDER|HUB_ID", help="Compare this encoder's states of the texts.")
@format_option
@trust_option
@needs_extra("train", when=lambda options: options["encoder"] or options["tokenizer"])
def texts(texts: tuple[str, ...], metrics: tuple[str, ...], style: str, **options: Any) -> None:
    """Print distances and dissimilarities between texts of different languages.

    FILE is plain text in UTF-8. Here, features and of are the running words (or subwords, letters) of the
    smaller and of the larger text.
    """
    from isogloss.cli.output.text_distances import compare_texts

    compare_texts(texts, tuple(dict.fromkeys(metrics)), style, **options)


COMMAND = distance
