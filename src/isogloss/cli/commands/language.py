"""``isogloss language``: what each code means here."""

from __future__ import annotations

import click

from isogloss.cli.options import format_option, names

NAME = "language"


@click.command(NAME)
@click.argument("codes", nargs=-1, required=True, metavar="CODE...", callback=names)
@format_option
def language(codes: tuple[str, ...], style: str) -> None:
    """Resolve language codes and names, and print every rule that was applied.

    CODE is a BCP 47 tag, an ISO 639 code, a Glottocode, a WALS code (wals:mnx), a treebank of Universal
    Dependencies, a Wikipedia edition or an English name: zh, zh-TW, jw, mand1415, en_ewt, "Norwegian Bokmål".
    A word that is the code of one language and the name of another is read like the other words.
    """
    from isogloss.cli.output.languages import language_record, print_languages
    from isogloss.cli.output.tables import print_csv, print_json
    from isogloss.languages import read_together

    if not codes:
        raise click.UsageError("no code and no name")
    found = read_together(codes)
    languages = [found.languages[code] for code in codes if code in found.languages]
    if style == "table" and languages:
        print_languages(languages)
    elif style == "json":
        print_json([language_record(entry) for entry in languages])
    elif style == "csv":
        print_csv([language_record(entry, flat=True) for entry in languages])
    found.check()


COMMAND = language
