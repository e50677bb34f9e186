"""``isogloss correlate``: transfer and linguistic distance, in scores from anywhere."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import click

from isogloss.cli.options import needs_extra, table_options
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
@click.option("--effectiveness", multiple=True, metavar="MEASURE", help="score, gain, gap, relative, ...")
@click.option(
    "--distance", "distances", multiple=True, metavar="NAME", help="One distance, or all. [default: all]"
)
@click.option(
    "--definition", type=click.Choice(["shared", "uriel", "knn"]), default="shared", show_default=True
)
@click.option(
    "--distance-file", "files", multiple=True, type=click.Path(path_type=Path), help="CSV of your own."
)
@click.option("--cldf", multiple=True, type=click.Path(path_type=Path), help="Folder of a CLDF data set.")
@click.option("--urielplus", is_flag=True, help="What the installed package urielplus holds.")
@click.option(
    "--control", "controls", multiple=True, metavar="NAME", help="Built-in control or numeric column."
)
@click.option(
    "--tokenizer", type=click.Path(path_type=Path), help="Of the encoder, for the control fertility."
)
@click.option(
    "--texts", type=click.Path(path_type=Path), help="Folder of LANGUAGE.txt, for the control fertility."
)
@click.option("--published", metavar="NAME", help="A built-in table of published scores instead of a file.")
@click.option("--permutations", type=click.IntRange(99), default=9999, show_default=True)
@click.option("--seed", type=int, default=0, show_default=True)
@click.option("--alpha", type=click.FloatRange(0, 0.5, min_open=True), default=0.05, show_default=True)
@click.option("--brief", is_flag=True, help="Leave out the sensitivity table.")
@click.option(
    "--json", "json_file", type=click.Path(path_type=Path, allow_dash=True), help="Write everything."
)
@needs_extra("train", when=lambda options: options["tokenizer"])
def correlate(
    scores: Path | None,
    source: str | None,
    intermediate: str | None,
    target: str | None,
    score: str | None,
    seed_column: str | None,
    by: tuple[str, ...],
    scale: Literal["percent", "fraction"] | None,
    baseline: str | None,
    effectiveness: tuple[str, ...],
    distances: tuple[str, ...],
    definition: str,
    files: tuple[Path, ...],
    cldf: tuple[Path, ...],
    urielplus: bool,
    controls: tuple[str, ...],
    tokenizer: Path | None,
    texts: Path | None,
    published: str | None,
    permutations: int,
    seed: int,
    alpha: float,
    brief: bool,
    json_file: Path | None,
) -> None:
    """Test whether transfer changes with linguistic distance in the table SCORES.

    SCORES is CSV, TSV or Parquet: one row a score, or a matrix. Columns that are not named are guessed, and
    what was guessed is printed. Nothing is trained here.
    """
    if (scores is None) == (published is None):
        raise FieldError(
            "no score table" if scores is None else "both a score table and --published",
            allowed=f"a file, or --published with one of: {', '.join(_published())}",
        )
    if (tokenizer is None) != (texts is None) or ("fertility" in controls) != (tokenizer is not None):
        raise FieldError(
            "the control fertility counts the subwords of a word in texts",
            where="--control fertility, --tokenizer, --texts",
            allowed="all three of these options, or none",
        )
    from isogloss.analysis.correlate import correlate as run
    from isogloss.cli.output.correlation import print_correlation
    from isogloss.cli.output.waiting import told_when_slow
    from isogloss.scores.published.base import PUBLISHED

    with told_when_slow() as tell:
        found = run(
            PUBLISHED[published].scores() if published is not None else scores or "",
            source=source,
            intermediate=intermediate,
            target=target,
            score=score,
            seed_column=seed_column,
            by=by,
            scale=scale,
            baseline=baseline,
            effectiveness=effectiveness,
            distances=_names(distances, own=bool(files or cldf or urielplus)),
            distance_files=files,
            cldf=cldf,
            urielplus=urielplus,
            definition=definition,
            controls=controls,
            language_facts=_fertility(tokenizer, texts) if tokenizer and texts else None,
            n_permutations=permutations,
            seed=seed,
            alpha=alpha,
            tell=tell,
        )
    if published is not None:
        click.echo(f"{published}: {PUBLISHED[published].citation}")
    if json_file is not None:
        import json

        from isogloss.study.outputs.store import write_text

        text = json.dumps(found.to_dict(), indent=1, ensure_ascii=False, allow_nan=False)
        if str(json_file) == "-":
            click.echo(text)
            return
        write_text(json_file, text + "\n")
    print_correlation(found, sensitivity=not brief)


def _names(distances: tuple[str, ...], *, own: bool) -> tuple[str, ...]:
    """Names as given, several in one option parted by commas; all where nothing was said."""
    names = tuple(name for text in distances for name in text.split(",") if name)
    return names or (() if own else ("all",))


def _fertility(tokenizer: Path, texts: Path) -> dict[str, dict[str, float]]:
    """Logarithm to base 2 of the subwords per word in each text, by language."""
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
