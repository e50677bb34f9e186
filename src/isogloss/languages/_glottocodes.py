"""Glottocodes, from the table that the package urielplus carries."""

from __future__ import annotations

import csv
import importlib.util
import re
from functools import cache
from pathlib import Path

from isogloss.errors import DataError, LanguageError

_SHAPE = re.compile(r"[a-z0-9]{4}[0-9]{4}")


def is_glottocode(code: str) -> bool:
    """Whether `code` has the shape of a Glottocode: four letters or digits and four digits."""
    return _SHAPE.fullmatch(code.lower()) is not None


def from_glottocode(code: str) -> str:
    """ISO 639-3 code of a Glottocode.

    Raises
    ------
    LanguageError
        If the table is not installed or does not hold the code.
    """
    table = _table()
    if code.lower() not in table:
        raise LanguageError(
            f"no language with the Glottocode '{code}'",
            allowed=f"the {len(table)} Glottocodes of languages that have an ISO 639-3 code in URIEL",
            hint="families and dialects have Glottocodes too; look the language up at glottolog.org",
        )
    return table[code.lower()]


@cache
def _table() -> dict[str, str]:
    spec = importlib.util.find_spec("urielplus")
    if spec is None or not spec.submodule_search_locations:
        raise LanguageError(
            "Glottocodes cannot be resolved: the table of Glottocodes is not installed",
            allowed="ISO 639 codes, BCP 47 tags and English names",
            hint="pip install urielplus",
        )
    path = (
        Path(next(iter(spec.submodule_search_locations))) / "database/urielplus_csvs/uriel_glottocode_map.csv"
    )
    try:
        with path.open(encoding="utf-8", newline="") as file:
            found = [
                (row["glottocode"], row["iso_code"]) for row in csv.DictReader(file) if row["glottocode"]
            ]
    except (OSError, KeyError) as error:
        raise DataError(
            f"the table of Glottocodes cannot be read: {error}",
            where=str(path),
            hint="pip install -U urielplus",
        ) from error
    return dict(found)
