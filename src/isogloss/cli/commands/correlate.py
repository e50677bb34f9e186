"""``isogloss correlate``: transfer and linguistic distance, in scores from anywhere."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from isogloss.cli.options import (
    PATH,
    TABLE_FIELDS,
    analysis_options,
    columns_of,
    json_option,
    needs_extra,
    spec_of,
    table_options,
)
from isogloss.errors import FieldError

NAME = "correlate"


@click.command(NAME)
@click.argument("scores", type=PATH, required=False)
@table_options
@click.option(
    "--baseline",
    metavar="none|LANGUAGE",
    help="What a gain is over: the rows without intermediate stage, or the stage in this language.",
)
@analysis_options
@click.option("--tokenizer", type=PATH, help="Of the encoder, for the control fertility.")
@click.option("--texts", type=PATH, help="Folder of LANGUAGE.txt, for the control fertility.")
@click.option("--published", metavar="NAME", help="A built-in table of published scores instead of a file.")
@click.option("--dry-run", is_flag=True, help="Only print how the table is read.")
@click.option(
    "--sensitivity/--brief",
    default=False,
    help="Print the sensitivity analyses, or none but those that --control asks for; --json has them all.",
)
@json_option
@needs_extra("train", when=lambda options: options["tokenizer"])
def correlate(
    scores: Path | None,
    published: str | None,
    dry_run: bool,
    sensitivity: bool,
    json_file: Path | None,
    **options: Any,
) -> None:
    """Test whether transfer changes with linguistic distance in the table SCORES.

    SCORES is a table in any common shape: one row per score, or a matrix; CSV, TSV, Markdown, LaTeX, HTML,
    Excel, Parquet or JSON, also compressed; or the output folder of a study. Columns that are not named are
    guessed, and the guess is printed: --dry-run prints it alone. The distances of --distance-file, --cldf and
    --urielplus are added to the built-in ones. Nothing is trained here.
    """
    from isogloss.analysis.correlate import correlate as run
    from isogloss.analysis.spec import AnalysisSpec, ignore
    from isogloss.cli.output.correlation import print_answer, print_rest
    from isogloss.cli.output.tables import write_json
    from isogloss.cli.output.waiting import status_when_slow
    from isogloss.scores.published.base import PUBLISHED

    _check(scores, published, options)
    if dry_run and json_file is not None:
        raise FieldError("--dry-run writes nothing", where="--json", hint="leave one of them out")
    if dry_run:
        _print_guess(scores or "", published, options)
        return
    is_needed = sensitivity or bool(options["controls"]) or json_file is not None
    spec = spec_of(AnalysisSpec, {**options, "sensitivity": is_needed})
    if published is not None:
        click.echo(f"{published}: {PUBLISHED[published].citation}", err=str(json_file) == "-")
    answered: list[bool] = []
    with status_when_slow() as on_step:
        found = run(
            PUBLISHED[published].scores() if published is not None else scores or "",
            spec,
            language_facts=_fertility(options["tokenizer"], options["texts"]),
            on_step=on_step,
            on_answer=ignore
            if str(json_file) == "-"
            else lambda analysis, names: answered.append(print_answer(analysis, names)),
            **{name: value for name in (*TABLE_FIELDS, "baseline") if (value := options[name])},
        )
    if json_file is not None and write_json(found.to_dict(), json_file):
        return
    print_rest(found, sensitivity=sensitivity, answered=any(answered))


def _print_guess(scores: Path | str, published: str | None, options: Mapping[str, Any]) -> None:
    """Print how the table is read, and nothing else."""
    from isogloss.scores.importing import describe, read_scores

    if published is not None:
        raise FieldError("a published table is not read from a file", where="--dry-run", hint="leave one out")
    how = {"scale": options["scale"], "numeric": options["controls"]}
    lines = describe(read_scores(scores, columns_of(options), **how))
    width = max(len(what) for what, _ in lines)
    for what, told in lines:
        click.echo(f"{what:{width}}  {told}")


def _check(scores: Path | None, published: str | None, options: Mapping[str, Any]) -> None:
    """Refuse options that do not go together."""
    from isogloss.scores.published.base import PUBLISHED

    if (scores is None) == (published is None):
        raise FieldError(
            "no score table" if scores is None else "both a score table and --published",
            allowed=f"a file, or --published with one of: {', '.join(PUBLISHED)}",
        )
    given = {options["tokenizer"] is None, options["texts"] is None, "fertility" not in options["controls"]}
    if len(given) > 1:
        raise FieldError(
            "the control fertility counts the subwords of a word in texts",
            where="--control fertility, --tokenizer, --texts",
            allowed="all three of these options, or none",
        )


def _fertility(tokenizer: Path | None, texts: Path | None) -> dict[str, dict[str, float]] | None:
    """Logarithm to base 2 of the subwords per word in each text, by language."""
    if tokenizer is None or texts is None:
        return None
    from math import log2

    from isogloss.cli.output.text_distances import texts_by_language, with_subwords
    from isogloss.distances.text.base import Corpus
    from isogloss.distances.text.fertility import subwords_per_word

    corpora = [Corpus.read(language, path) for language, path in texts_by_language(texts, "--texts").items()]
    shares = subwords_per_word(with_subwords(corpora, tokenizer))
    return {"fertility": {language: log2(value) for language, value in shares.items()}}


COMMAND = correlate
