"""``isogloss power``: what a design could detect, before GPU time is spent on it."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from isogloss.cli.options import PATH, json_option, power_options, spec_of
from isogloss.errors import FieldError

if TYPE_CHECKING:
    from isogloss.analysis.power import PlannedDesign

NAME = "power"

_XTREME = (
    "ar he vi id jv ms tl eu ml ta te af nl en de el bn hi mr ur fa fr it pt es bg ru ja ka ko th sw yo my "
    "zh kk tr et fi hu"
)
XTREME_LANGUAGES = _XTREME.split()
"""The 40 languages of XTREME (Hu et al. 2020, ICML)."""

PAWSX_TARGETS = ("de", "es", "fr", "ja", "ko", "zh")


@click.command(NAME)
@click.option("--design", required=True, metavar="ROWSxTARGETS", help="For example 40x6; 1x6 is a star.")
@click.option("--langs", help="Languages of the rows, separated by commas. [default: those of XTREME]")
@click.option("--targets", help="Target languages. [default: see below]")
@power_options
@click.option("--sd", type=float, help="Residual standard deviation in points. [default: 1]")
@click.option("--pilot", type=PATH, help="Score table to fit the residual deviation to.")
@json_option
def power(
    design: str,
    langs: str | None,
    targets: str | None,
    sd: float | None,
    pilot: Path | None,
    json_file: Path | None,
    **options: Any,
) -> None:
    """Print the smallest slope on each distance that a planned design would find.

    Without --targets: if --langs names as many languages as rows and targets together, the last ones; else
    the first ones, which then stand on both sides. Without --langs, the rows are languages of XTREME and the
    targets those of PAWS-X first. The residual deviation is what differs between cells beyond row effects,
    column effects and distance; all slopes are proportional to it.
    """
    from isogloss.analysis.power import errors_of, plan
    from isogloss.analysis.spec import PowerSpec
    from isogloss.cli.output.tables import write_json
    from isogloss.cli.output.waiting import status_when_slow
    from isogloss.languages import resolve_all, two_readings

    codes = _languages(design, langs, targets)
    both = resolve_all([*codes[0], *codes[1]])
    rows, columns = both[: len(codes[0])], both[len(codes[0]) :]
    spec = spec_of(PowerSpec, options)
    with status_when_slow() as on_step:
        on_step("distances")
        everyone = {language.id: language for language in both}
        matrices = spec.matrices(tuple(everyone.values()))
        errors = errors_of(sd, pilot)
        on_step("simulating tests")
        planned = plan(rows, columns, matrices, errors, spec)
    if json_file is not None and write_json(planned.to_dict(), json_file):
        return
    for note in (*two_readings(both), *matrices.notes):
        click.echo(note)
    _print(planned)


def _languages(design: str, langs: str | None, targets: str | None) -> tuple[Sequence[str], Sequence[str]]:
    """Codes of rows and targets."""
    shape = re.fullmatch(r"(\d+)\s*[x×]\s*(\d+)", design.strip())
    if shape is None or 0 in map(int, shape.groups()):
        raise FieldError(
            f"'{design}' is not a valid design",
            where="--design",
            allowed="ROWSxTARGETS, both 1 or more, for example 40x6",
            hint="write two numbers of languages",
        )
    n_rows, n_targets = map(int, shape.groups())
    pool = _split(langs) or XTREME_LANGUAGES
    if targets is not None:
        aims = _split(targets)
    elif langs is None:
        aims = [*PAWSX_TARGETS, *(code for code in XTREME_LANGUAGES if code not in (*PAWSX_TARGETS, "en"))]
        pool = ["en"] if n_rows == 1 else pool
    else:
        aims = pool[n_rows:] if len(pool) == n_rows + n_targets else pool
    for have, wanted, option in ((pool, n_rows, "--langs"), (aims, n_targets, "--targets")):
        if len(have) < wanted:
            raise FieldError(
                f"{len(have)} languages for a side of {wanted}", where=option, hint=f"name {wanted} languages"
            )
    return pool[:n_rows], aims[:n_targets]


def _split(codes: str | None) -> list[str]:
    return [code for code in re.split(r"[,\s]+", codes) if code] if codes else []


def _points(value: float, unit: str) -> str:
    return f"{100 * value:.1f} {unit}" if math.isfinite(value) else ""


def _print(planned: PlannedDesign) -> None:
    from isogloss.cli.output.tables import terminal, wide_tables

    console = terminal()
    console.print(
        f"Design: {len(planned.rows)} x {len(planned.columns)} languages; residual deviation "
        f"{100 * planned.errors.deviation:.2g} points, correlation of the two directions of a pair "
        f"{planned.errors.reciprocity:.2g}; each test at level {planned.level:.2g}."
    )
    columns = {
        "distance": [f"{test.distance} ({test.definition})" for test in planned.tests],
        "dyads": [str(test.n_dyads) for test in planned.tests],
        "smallest p": [f"{test.p_min:.2g}" for test in planned.tests],
        f"found with {planned.spec.power:.0%}": [
            _points(test.min_detectable, "points/unit") or "none could be" for test in planned.tests
        ],
        "over its range": [_points(test.min_detectable * test.range, "points") for test in planned.tests],
    }
    console.print(*wide_tables(list(columns), list(columns.values()), console.width, title=""))
    for test in planned.tests:
        if test.left_out:
            console.print(f"{test.distance} distance: without {', '.join(test.left_out)}")
    for test in planned.tests:
        if test.curve:
            points = ", ".join(f"{100 * slope:.1f}: {share:.0%}" for slope, share in test.curve)
            console.print(f"{test.distance}, power by slope in points per unit: {points}")
    for name, reason in planned.untested.items():
        console.print(f"{name} distance: {reason}")


COMMAND = power
