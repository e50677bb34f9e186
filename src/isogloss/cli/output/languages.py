"""Languages in the terminal."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from isogloss.cli.output.tables import plain_table, terminal
from isogloss.languages import Language


def language_record(language: Language, *, flat: bool = False) -> dict[str, Any]:
    """A language as a record of JSON; `flat` for CSV, with lists in one field."""
    latitude, longitude = language.coordinates or (None, None)
    return {
        "input": language.input,
        "id": language.id,
        "name": language.name,
        "tag": language.tag,
        "glottocode": language.glottocode,
        "script": language.script,
        "macroarea": language.macroarea,
        "family": " > ".join(language.family) if flat else list(language.family),
        "latitude": latitude,
        "longitude": longitude,
        "rules": "; ".join(language.rules) if flat else list(language.rules),
    }


def print_languages(languages: Sequence[Language]) -> None:
    """One row per language, and below it what was done to get there."""
    columns = ("code", "id", "name", "script", "family", "macro-area", "place", "Glottocode")
    table = plain_table(*columns, whole=("id", "script", "place", "Glottocode"))
    for language in languages:
        table.add_row(
            language.input,
            language.id,
            language.name,
            language.script or "?",
            _family(language),
            language.macroarea or "?",
            _place(language.coordinates),
            language.glottocode or "?",
        )
    console = terminal()
    console.print(table)
    for language in languages:
        for rule in language.rules:
            console.print(f"{language.input}: {rule}")


def _family(language: Language) -> str:
    """First and last node of the path."""
    if not language.family:
        return "none on record"
    ends = dict.fromkeys((language.family[0], language.family[-1]))
    return " > ".join(ends) if len(language.family) < 3 else " > ... > ".join(ends)


def _place(coordinates: tuple[float, float] | None) -> str:
    if coordinates is None:
        return "?"
    latitude, longitude = coordinates
    north, east = "N" if latitude >= 0 else "S", "E" if longitude >= 0 else "W"
    return f"{abs(latitude):.0f}{north} {abs(longitude):.0f}{east}"
