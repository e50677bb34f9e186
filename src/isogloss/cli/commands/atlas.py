"""``isogloss atlas``: scores on a map."""

from __future__ import annotations

from pathlib import Path

import click

from isogloss.cli.options import PATH, listed, needs_extra
from isogloss.errors import DataError, FieldError

NAME = "atlas"

_EXAMPLES = """\b
Examples:
  isogloss atlas --scores scores.csv --source en --out atlas.html
  isogloss atlas --published xnli-mbert
  isogloss atlas out/mini --predict nl,sv,fi"""


@click.command(NAME, epilog=_EXAMPLES)
@click.argument("folder", type=PATH, required=False)
@click.option("--scores", "table", type=PATH, help="Table of scores, as isogloss correlate reads it.")
@click.option("--published", metavar="NAME", help="A published table.")
@click.option("--source", metavar="CODE", help="Source language to show first.  [default: most scores]")
@click.option("--predict", metavar="CODE,...", help="Languages without scores to predict, or none.")
@click.option("--out", type=PATH, default=Path("atlas.html"), help="File of the map.")
@needs_extra("report")
def atlas(
    folder: Path | None,
    table: Path | None,
    published: str | None,
    source: str | None,
    predict: str | None,
    out: Path,
) -> None:
    """Put scores on a map of the world: one HTML file that needs no network.

    Languages without scores are shown as predictions with their interval. A line is drawn only between
    neighbouring languages with scores on either side of a threshold that the reader sets.
    """
    from isogloss.atlas.results import atlas as lay_out
    from isogloss.cli.output.answer import say
    from isogloss.display import counted
    from isogloss.report.atlas import render_atlas
    from isogloss.scores.importing import Columns, read_scores
    from isogloss.scores.published.base import PUBLISHED
    from isogloss.study.outputs.folder import StudyFolder
    from isogloss.writing import write_text

    inputs = {"FOLDER": folder, "--scores": table, "--published": published}
    given = [name for name, value in inputs.items() if value]
    if len(given) != 1:
        raise FieldError(
            f"{' and '.join(given)} together" if given else "no scores",
            allowed="one of: the output folder of a study; --scores FILE; "
            f"--published {', '.join(PUBLISHED)}",
        )
    codes = None if predict is None else listed(predict)
    if codes is not None and "none" in codes and len(codes) > 1:
        raise FieldError("none stands alone", where="--predict", hint="leave it or the languages out")
    languages = () if codes == ("none",) else codes
    notes: tuple[str, ...] = ()
    if folder is not None:
        study = StudyFolder.open(folder)
        title, scores = study.manifest.study.name, study.scores()
    elif table is not None:
        try:
            reading = read_scores(table)
        except DataError:
            if source is None:
                raise
            reading = read_scores(table, Columns(source=source))  # of this source alone
        lost = [f"{row.place}: {row.reason}" for row in reading.unusable]
        title, scores, notes = table.name, reading.table, (*reading.notes, *lost)
    else:
        title = published or ""
        scores, notes = PUBLISHED[title].scores(), (PUBLISHED[title].citation,)
    found = lay_out(scores, title=title, source=source, languages=languages, notes=notes)
    write_text(out, render_atlas(found))
    say(*found.notes)
    say(
        f"{counted(found.n_measured, 'language')} measured from {found.source_codes[found.chosen]}, "
        f"{found.n_expected} predicted; predictions by {found.method}"
    )
    click.echo(f"atlas: {out}")


COMMAND = atlas
