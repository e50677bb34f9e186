"""``isogloss report``: analysis and report again, from the records."""

from __future__ import annotations

from pathlib import Path

import click

from isogloss.cli.options import PATH, listed, needs_extra
from isogloss.errors import FieldError

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
    help="What to write: html, latex, csv, json.",
)
@click.option("--figures", metavar="NAME,...", help="Each figure also as a file: svg, pdf, png.")
@click.option("--out", type=PATH, help="Write here.  [default: FOLDER]")
@click.option(
    "--screening",
    type=PATH,
    metavar="PROBES",
    help="Also compare the order of aggregators with that of a study in mode probe.",
)
@needs_extra("report")
def report(folder: Path, formats: str, figures: str | None, out: Path | None, screening: Path | None) -> None:
    """Analyse a study again from its records and write its report.

    FOLDER is the output folder of `isogloss run`; nothing is trained and torch is not loaded.
    """
    from isogloss.cli.output.answer import print_results, say, write_results
    from isogloss.report.export import check_formats
    from isogloss.study.outputs.folder import MANIFEST, StudyFolder
    from isogloss.study.outputs.output import check_folder

    wanted, drawn = listed(formats), listed(figures or "")
    check_formats(wanted, drawn)
    if not wanted and not drawn:
        raise FieldError("nothing to write", where="--format, --figures", hint="name a format")
    study = StudyFolder.open(folder)
    probes = None if screening is None else StudyFolder.open(screening)
    if probes is not None and (probes.manifest.study.mode != "probe" or study.manifest.study.mode == "probe"):
        raise FieldError(
            "--screening compares a fine-tuned study with one in mode probe",
            where=str(screening),
            allowed="FOLDER of mode finetune, PROBES of mode probe",
        )
    if out is not None:
        check_folder(out, "--out")
        if (out / MANIFEST).is_file() and out.resolve() != folder.resolve():
            raise FieldError(
                f"{out} holds another study", where="--out", hint="choose a folder without a study"
            )
    print_results(*write_results(study, wanted, drawn, out))
    if probes is None:
        return
    from isogloss.analysis.screening import screen

    for one in screen(probes.scores(), study.scores()):
        say(
            f"screening, {one.task} from {one.source_language}: Kendall's tau {one.tau:.2f} over "
            f"{len(one.probes)} aggregators; taking the probes' best, {one.probes[0][0]}, in place of "
            f"{one.tuned[0][0]} loses {100 * one.lost:.1f} points"
        )
        for side, order in (("probes", one.probes), ("fine-tuned", one.tuned)):
            say(f"  {side}: " + ", ".join(f"{name} {100 * score:.1f}" for name, score in order))


COMMAND = report
