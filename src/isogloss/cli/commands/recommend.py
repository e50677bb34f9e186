"""``isogloss recommend``: which language to train on."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from isogloss.cli.options import needs_extra, table_options

NAME = "recommend"

_PATH = click.Path(path_type=Path)

_EXAMPLES = """\b
Examples:
  isogloss recommend sw --candidates en,fr,ar,yo,zu,hi
  isogloss recommend sw --scores scores.csv --explain
  isogloss recommend sw --encoder DIR --corpus sw.txt --corpora DIR
  isogloss recommend sw --study study.yaml
  isogloss recommend --evaluate scores.csv"""


@click.command(NAME, epilog=_EXAMPLES)
@click.argument("language", metavar="[TARGET]", required=False)
@click.option("--candidates", metavar="CODE,...", help="Choose among these languages.")
@click.option("--scores", "table", type=_PATH, help="Table of scores: yours, or a published one.")
@click.option("--evaluate", type=_PATH, metavar="FILE", help="How good would recommendations have been here?")
@click.option("--encoder", metavar="NAME|FOLDER|HUB_ID", help="Compare sentences in this encoder's states.")
@click.option("--corpus", type=_PATH, help="Text of the target, 25 sentences or more, one a line.")
@click.option("--corpora", type=_PATH, help="Folder of LANGUAGE.txt with text of the candidates.")
@click.option("--study", type=_PATH, help="Study file: train in each language of yours, then recommend.")
@click.option("--out", type=_PATH, help="With --study: output folder.  [default: out/NAME-recommend]")
@click.option("--data-dir", help="With --study: data directory.")
@click.option(
    "--set", "overrides", multiple=True, metavar="FIELD=VALUE", help="With --study: replace a field of it."
)
@click.option("--ranker", metavar="NAME", help="Ranker to use.  [default: follows from what is given]")
@click.option("--explain", is_flag=True, help="Reasons for every candidate.")
@click.option(
    "--json", "json_file", type=click.Path(path_type=Path, allow_dash=True), help="Write everything."
)
@table_options
@needs_extra("train", when=lambda options: options["encoder"] or options["study"])
def recommend(**options: Any) -> None:
    """Rank source languages for TARGET, a language without labelled data.

    Without scores the ranking is by linguistic distance, or by neighbours in an encoder's states. With a
    table of scores, or a study that trains in each of your languages, it comes with the expected score, what
    a worse choice costs, and how sure that is.
    """
    from isogloss.cli.output.recommendation import RecommendRequest, run

    run(RecommendRequest(**options))


COMMAND = recommend
