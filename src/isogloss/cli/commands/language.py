"""``isogloss language``: what each code means here."""

from __future__ import annotations

import click

NAME = "language"


@click.command(NAME)
@click.argument("codes", nargs=-1, required=True, metavar="CODE...")
@click.option(
    "--format", "style", type=click.Choice(["table", "json", "csv"]), default="table", show_default=True
)
def language(codes: tuple[str, ...], style: str) -> None:
    """Say what each language code or name means here, and every rule that was applied.

    CODE is a BCP 47 tag, an ISO 639 code, a Glottocode, a treebank of Universal Dependencies, a Wikipedia
    edition or an English name: zh, jw, mand1415, en_ewt, "Norwegian Bokmål".
    """
    from isogloss.cli.output.languages import language_record, print_languages
    from isogloss.cli.output.tables import print_csv, print_json
    from isogloss.languages import resolve_all

    languages = resolve_all(codes)
    if style == "table":
        print_languages(languages)
    elif style == "json":
        print_json([language_record(entry) for entry in languages])
    else:
        print_csv([language_record(entry, flat=True) for entry in languages])


COMMAND = language
