"""``isogloss correlate``: transfer and linguistic distance, in scores from anywhere."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from isogloss.cli.options import analysis_options, needs_extra, spec_of, table_options
from isogloss.errors import FieldError

NAME = "correlate"


@click.command(NAME)
@click.argument("scores", type=click.Path(path_type=Path), required=False)
@table_options
@click.option(
    "--baseline",
    metavar="none|LANGUAGE",
    help="What a gain is over: the rows without intermediate stage, or the stage in this language.",
)
@analysis_options
@click.option(
    "--tokenizer", type=click.Path(path_type=Path), help="Of the encoder, for the control fertility."
)
@click.option(
    "--texts", type=click.Path(path_type=Path), help="Folder of LANGUAGE.txt, for the control fertility."
)
@click.option("--published", metavar="NAME", help="A built-in table of published scores instead of a file.")
@click.option("--dry-run", is_flag=True, help="Only print how the table is read.")
@click.option(
    "--sensitivity/--brief",
    default=False,
    show_default=True,
    help="Run and print the sensitivity analyses, or leave out all but those that --control asks for.",
)
@click.option(
    "--json",
    "json_file",
    type=click.Path(path_type=Path, allow_dash=True),
    help="Write everything, sensitivity analyses included.",
)
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
    from isogloss.cli.output.correlation import CorrelationPrinter
    from isogloss.cli.output.reading import print_reading
    from isogloss.cli.output.waiting import status_when_slow
    from isogloss.scores.published.base import PUBLISHED

    _check(scores, published, options)
    _check_dry_run(published, dry_run)
    options["table"] = options.pop("table_name")
    if dry_run:
        print_reading(scores, options)
        return
    is_needed = sensitivity or bool(options["controls"]) or json_file is not None
    spec = spec_of(AnalysisSpec, {**options, "sensitivity": is_needed})
    printer = CorrelationPrinter()
    if published is not None:
        click.echo(f"{published}: {PUBLISHED[published].citation}", err=str(json_file) == "-")
    with status_when_slow() as on_step:
        found = run(
            PUBLISHED[published].scores() if published is not None else scores or "",
            spec,
            language_facts=_fertility(options["tokenizer"], options["texts"]),
            on_step=on_step,
            on_answer=ignore if str(json_file) == "-" else printer.answer,
            **{name: options[name] for name in _OF_THE_TABLE if options[name]},
        )
    if json_file is not None:
        import json

        from isogloss.study.outputs.store import write_text

        text = json.dumps(found.to_dict(), indent=1, ensure_ascii=False, allow_nan=False)
        if str(json_file) == "-":
            click.echo(text)
            return
        write_text(json_file, text + "\n")
    printer.rest(found, sensitivity=sensitivity)


_OF_THE_TABLE = (
    "source",
    "intermediate",
    "target",
    "score",
    "seed_column",
    "by",
    "table",
    "editions",
    "scale",
    "baseline",
)


def _check(scores: Path | None, published: str | None, options: Mapping[str, Any]) -> None:
    """Refuse options that do not go together."""
    if (scores is None) == (published is None):
        raise FieldError(
            "no score table" if scores is None else "both a score table and --published",
            allowed=f"a file, or --published with one of: {', '.join(_published())}",
        )
    given = [
        options["tokenizer"] is not None,
        options["texts"] is not None,
        "fertility" in options["controls"],
    ]
    if any(given) and not all(given):
        raise FieldError(
            "the control fertility counts the subwords of a word in texts",
            where="--control fertility, --tokenizer, --texts",
            allowed="all three of these options, or none",
        )


def _check_dry_run(published: str | None, dry_run: bool) -> None:
    if dry_run and published is not None:
        raise FieldError("a published table is not read from a file", where="--dry-run", hint="leave one out")


def _fertility(tokenizer: Path | None, texts: Path | None) -> dict[str, dict[str, float]] | None:
    """Logarithm to base 2 of the subwords per word in each text, by language."""
    if tokenizer is None or texts is None:
        return None
    from dataclasses import replace
    from math import log2

    from isogloss.distances.text.base import Corpus
    from isogloss.distances.text.fertility import subwords_per_word
    from isogloss.languages import resolve
    from isogloss.modeling.tokenizer_file import subwords_of

    corpora = [Corpus.read(resolve(path.stem), path) for path in sorted(texts.glob("*.txt"))]
    if not corpora:
        raise FieldError(
            f"no text in '{texts}'", where="--texts", allowed="files named after languages: de.txt, fi.txt"
        )
    counted = [replace(corpus, subwords=subwords_of(tokenizer, corpus.lines)) for corpus in corpora]
    return {"fertility": {language: log2(value) for language, value in subwords_per_word(counted).items()}}


def _published() -> list[str]:
    from isogloss.scores.published.base import PUBLISHED

    return list(PUBLISHED)


COMMAND = correlate
