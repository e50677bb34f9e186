"""``isogloss recommend``: which language to train on."""

from __future__ import annotations

from typing import Any

import click

from isogloss.cli.options import (
    PATH,
    data_option,
    json_option,
    needs_extra,
    override_option,
    table_options,
)

NAME = "recommend"

_EXAMPLES = """\b
Examples:
  isogloss recommend sw --candidates en,fr,ar,yo,zu,hi
  isogloss recommend sw --scores scores.csv --explain
  isogloss recommend sw --scores e5-udpos
  isogloss recommend sw --encoder DIR --corpus sw.txt --corpora DIR
  isogloss recommend sw --study study.yaml
  isogloss recommend --evaluate scores.csv"""


@click.command(NAME, epilog=_EXAMPLES)
@click.argument("language", metavar="[TARGET]", required=False)
@click.option("--candidates", metavar="CODE,...", help="Choose among these languages.")
@click.option("--scores", type=PATH, metavar="FILE|NAME", help="Table of scores: yours, or a published one.")
@click.option(
    "--evaluate", type=PATH, metavar="FILE|NAME", help="How good would recommendations have been here?"
)
@click.option("--encoder", metavar="NAME|FOLDER|HUB_ID", help="Compare sentences in this encoder's states.")
@click.option("--corpus", type=PATH, help="Text of the target, 25 sentences or more, one a line.")
@click.option("--corpora", type=PATH, help="Folder of LANGUAGE.txt with text of the candidates.")
@click.option("--study", type=PATH, help="Study file: train in each language of yours, then recommend.")
@click.option("--out", type=PATH, help="With --study: output folder.  [default: out/NAME-recommend]")
@data_option
@override_option
@click.option("--ranker", metavar="NAME", help="Ranker to use.  [default: follows from what is given]")
@click.option("--explain", is_flag=True, help="Reasons for every candidate.")
@json_option
@table_options
@needs_extra("train", when=lambda options: options["encoder"] or options["study"])
def recommend(**options: Any) -> None:
    """Rank source languages for TARGET, a language without labelled data.

    Without scores the ranking is by linguistic distance, or by neighbours in an encoder's states. With a
    table of scores, or a study that trains in each of your languages, it comes with the expected score, what
    a worse choice costs, and how sure that is. --out, --data-dir and --set are about the study.
    """
    from isogloss.cli.output.recommendation import run

    run(options)


COMMAND = recommend
