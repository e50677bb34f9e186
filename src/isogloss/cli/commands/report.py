"""``isogloss report``: analysis and report again, from the records."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from isogloss.cli.options import PATH, listed, needs_extra
from isogloss.errors import FieldError

if TYPE_CHECKING:
    from isogloss.study.outputs.folder import StudyFolder

NAME = "report"

_EXAMPLES = """\b
Examples:
  isogloss report out/mini
  isogloss report out/mini --format html,latex,csv,json --figures svg,pdf,png"""


@click.command(NAME, epilog=_EXAMPLES)
@click.argument("folder", type=PATH)
@click.option(
    "--format",
    "formats",
    metavar="NAME,...",
    default="html,csv,json",
    show_default=True,
    help="What to write: html, latex, csv, json.",
)
@click.option("--figures", metavar="NAME,...", default="", help="Each figure also as a file: svg, pdf, png.")
@click.option("--out", type=PATH, help="Write here.  [default: FOLDER]")
@click.option(
    "--screening",
    type=PATH,
    metavar="PROBES",
    help="Also compare the order of aggregators with that of a study in mode probe.",
)
@needs_extra("report")
def report(folder: Path, formats: str, figures: str, out: Path | None, screening: Path | None) -> None:
    """Analyse a study again from its records and write its report.

    FOLDER is the output folder of `isogloss run`; nothing is trained and torch is not loaded.
    """
    from isogloss.cli.output.answer import report_study
    from isogloss.report.export import check_formats
    from isogloss.study.outputs.folder import StudyFolder
    from isogloss.study.outputs.output import check_folder

    wanted, drawn = listed(formats), listed(figures)
    check_formats(wanted, drawn)
    if not wanted and not drawn:
        raise FieldError("nothing to write", where="--format, --figures", hint="name a format")
    study = StudyFolder.open(folder)
    probes = None if screening is None else _probes_for(study, screening)
    if out is not None:
        check_folder(out, "--out")
    report_study(study, wanted, drawn, out)
    if probes is not None:
        _print_screening(study, probes)


def _probes_for(study: StudyFolder, where: Path) -> StudyFolder:
    """Open the study in mode probe whose order of aggregators is compared."""
    from isogloss.study.outputs.folder import StudyFolder

    probes = StudyFolder.open(where)
    if probes.manifest.study.mode != "probe" or study.manifest.study.mode == "probe":
        raise FieldError(
            "--screening compares a fine-tuned study with one in mode probe",
            where=str(where),
            allowed="FOLDER of mode finetune, PROBES of mode probe",
        )
    return probes


def _print_screening(study: StudyFolder, probes: StudyFolder) -> None:
    from isogloss.analysis.screening import screen
    from isogloss.cli.output.answer import say

    for one in screen(probes.scores(), study.scores()):
        say(
            f"screening, {one.task} from {one.source_language}: Kendall's tau {one.tau:.2f} over "
            f"{len(one.probes)} aggregators; taking the probes' best, {one.probes[0][0]}, in place of "
            f"{one.tuned[0][0]} loses {100 * one.lost:.1f} points"
        )
        for side, order in (("probes", one.probes), ("fine-tuned", one.tuned)):
            say(f"  {side}: " + ", ".join(f"{name} {100 * score:.1f}" for name, score in order))


COMMAND = report
