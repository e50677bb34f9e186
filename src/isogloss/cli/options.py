"""Options that several commands share; each is called like the field of the settings that it sets."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar, cast

import click
from click.core import ParameterSource

from isogloss.extras import require
from isogloss.modeling.device import choose_device, set_threads

if TYPE_CHECKING:
    from isogloss.identity import Frozen
    from isogloss.scores.importing import Columns

Command = TypeVar("Command", bound=Callable[..., Any])
Settings = TypeVar("Settings", bound="Frozen")


class _Path(click.Path):
    """A path in which ~ is the home folder, also where the shell left it."""

    def convert(self, value: Any, parameter: click.Parameter | None, context: click.Context | None) -> Path:
        """Take the path as it is, without looking at the disk."""
        return Path(str(super().convert(value, parameter, context))).expanduser()


INTERRUPTED = 130
"""Exit code that a shell gives a program ended by Ctrl-C."""

PATH = _Path(path_type=Path)


def names(context: click.Context, parameter: click.Parameter, value: tuple[str, ...]) -> tuple[str, ...]:
    """Names, several in one option or argument separated by commas; "Norwegian, Bokmål" is one name."""
    return tuple(name for text in value for name in re.split(r",(?!\s)", text) if name)


def listed(text: str) -> tuple[str, ...]:
    """Names in a text, separated by commas, each once."""
    return tuple(dict.fromkeys(part.strip() for part in text.split(",") if part.strip()))


def is_typed(name: str) -> bool:
    """Whether an option of the present command was typed, even if as its default."""
    return click.get_current_context().get_parameter_source(name) is ParameterSource.COMMANDLINE


def several(
    option: str, name: str, help: str, *, metavar: str | None = "NAME"
) -> Callable[[Command], Command]:
    """Option that takes names, separated by commas or given again."""
    return click.option(option, name, multiple=True, metavar=metavar, callback=names, help=help)


def all_of(*options: Callable[[Any], Any]) -> Callable[[Command], Command]:
    """Make one decorator of several, in the order in which help lists them."""

    def decorate(command: Command) -> Command:
        for option in reversed(options):
            command = option(command)
        return command

    return decorate


def precision_option(default: str) -> Callable[[Command], Command]:
    """Option ``--precision``."""
    return click.option("--precision", type=click.Choice(["auto", "fp32", "bf16"]), default=default)


def _absolute(context: click.Context, parameter: click.Parameter, value: str | None) -> str | None:
    """The whole path; an empty one is a shell variable that is not set, and is passed on to be refused."""
    return str(Path(value).expanduser().resolve()) if value else value


definition_option = click.option(
    "--definition",
    type=click.Choice(["shared", "uriel", "knn"]),
    default="shared",
    help="shared: over what is known of both; uriel: as URIEL published; knn: imputed.",
)
OWN_DISTANCES = (
    click.option(
        "--distance-file",
        "distance_files",
        multiple=True,
        type=PATH,
        help="Add your own distances.",
    ),
    click.option("--cldf", multiple=True, type=PATH, help="Add the distance over a CLDF data set (folder)."),
    click.option("--urielplus", is_flag=True, help="Add the distances of the installed package urielplus."),
)
_DISTANCES = (
    several(
        "--distance",
        "distances",
        "Some distances, all, or none of the built-in ones. [default: all]",
        metavar="NAME,...",
    ),
    definition_option,
    *OWN_DISTANCES,
)

_ALPHA = click.option(
    "--alpha",
    type=click.FloatRange(0, 0.5, min_open=True),
    default=0.05,
    help="Family-wise level of the tests.",
)
_SEED = click.option("--seed", type=click.IntRange(0), default=0, help="Of the random numbers.")

analysis_options: Callable[[Command], Command] = all_of(
    several(
        "--effectiveness",
        "effectiveness",
        "score, gain, gain_equal_budget, gap, relative, fusion_gain. [default: score, or the gain]",
        metavar="MEASURE,...",
    ),
    *_DISTANCES,
    several(
        "--control",
        "controls",
        "script, size, size_mbert, size_xlmr, ceiling, fertility, or a column.",
    ),
    click.option(
        "--permutations",
        "n_permutations",
        type=click.IntRange(99),
        default=9999,
        help="Of languages, where there are too many to enumerate.",
    ),
    _SEED,
    _ALPHA,
)
"""The fields of `isogloss.analysis.AnalysisSpec`."""

power_options: Callable[[Command], Command] = all_of(
    *_DISTANCES,
    click.option("--power", type=click.FloatRange(0.05, 0.99), default=0.8),
    _ALPHA,
    _SEED,
)
"""The fields of `isogloss.analysis.PowerSpec`."""

table_options: Callable[[Command], Command] = all_of(
    click.option(
        "--source",
        metavar="COLUMN",
        help="Column of the source language, or the only source language; in a matrix also rows or columns.",
    ),
    click.option("--intermediate", metavar="COLUMN", help="Column of the intermediate language."),
    click.option("--target", metavar="COLUMN", help="Column of the target language."),
    click.option("--score", metavar="COLUMN", help="Column of the score."),
    click.option("--seed-column", metavar="COLUMN", help="Column that numbers replicates."),
    click.option(
        "--by", multiple=True, metavar="COLUMN", help="Analyse each value of this column separately."
    ),
    click.option("--table", metavar="NUMBER|TITLE", help="Which table of a file that holds several."),
    click.option(
        "--editions",
        metavar="first|mean|NAMES",
        help="Several treebanks or editions of one language: the first, their mean, or those of these names.",
    ),
    click.option(
        "--scale", type=click.Choice(["percent", "fraction"]), help="Of the scores; else recognised."
    ),
)
"""How a table of scores is read."""

threads_option = click.option("--threads", type=click.IntRange(1), help="Threads of the numerical library.")
device_option = click.option("--device", default="auto", help="cpu, cuda, cuda:N or mps.")
data_option = click.option(
    "--data-dir", callback=_absolute, help="Data directory, in XTREME layout or the hubs'."
)
override_option = click.option(
    "--set", "overrides", multiple=True, metavar="FIELD=VALUE", help="Replace a field of the study file."
)
format_option = click.option(
    "--format", "style", type=click.Choice(["table", "json", "csv"]), default="table"
)
json_option = click.option(
    "--json", "json_file", type=click.Path(path_type=Path, allow_dash=True), help="Write everything."
)
TABLE_FIELDS = (
    *("source", "intermediate", "target", "score", "seed_column"),
    *("by", "table", "editions", "scale"),
)
"""The options of `table_options`, as `isogloss.correlate` names them."""

trust_option = click.option(
    "--trust-remote-code",
    is_flag=True,
    help="Run Python code that comes with the encoder or lies in the model's folder.",
)


def columns_of(options: Mapping[str, Any]) -> Columns:
    """Roles of a table's columns from the `table_options` of a command."""
    from isogloss.scores.importing import Columns

    named = {name: options[name] for name in TABLE_FIELDS if name not in ("seed_column", "scale")}
    return Columns(**named, seed=options["seed_column"])


def on_machine(command: Command) -> Command:
    """Add --threads and --device, and use them before the command runs; below `needs_extra`."""

    @functools.wraps(command)
    def prepared(*, threads: int | None, device: str, **options: Any) -> Any:
        set_threads(threads)
        choose_device(device)
        return command(**options)

    return threads_option(device_option(cast(Command, prepared)))


def spec_of(kind: type[Settings], options: Mapping[str, Any]) -> Settings:
    """Make settings of those options that are called like their fields; an option without value is left out.

    Raises
    ------
    FieldError
        If a value is not allowed.
    """
    from isogloss.identity import settings_of

    given = {name: options[name] for name in kind.model_fields if options.get(name) not in (None, ())}
    return settings_of(kind, given)


def needs_extra(
    extra: str, when: Callable[[Mapping[str, Any]], object] = lambda options: True
) -> Callable[[Command], Command]:
    """Refuse a command before it does anything where the packages of an extra are not installed.

    Put it below the options, next to the function or above `on_machine`.

    Parameters
    ----------
    extra : str
        Name in `isogloss.extras.EXTRAS`.
    when : callable
        Takes the options of the call and returns whether they need the extra. By default they always do.
    """

    def decorate(command: Command) -> Command:
        @functools.wraps(command)
        def checked(**options: Any) -> Any:
            if when(options):
                require(extra, click.get_current_context().command_path)
            return command(**options)

        return cast(Command, checked)

    return decorate
