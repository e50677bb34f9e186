"""The four code tables of ISO 639, read from the files of python-iso639 without importing it.

Importing that package takes half a second; its tables, the ones that the ISO 639-3 registration authority
publishes, are read in a few hundredths.
"""

from __future__ import annotations

import csv
import importlib.util
import re
import unicodedata
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

from isogloss.errors import DataError


@dataclass(frozen=True)
class Iso639:
    """ISO 639 as dictionaries.

    Parameters
    ----------
    names : dict of str to str
        ISO 639-3 code to reference name.
    part1 : dict of str to str
        ISO 639-3 code to ISO 639-1 code, where there is one.
    codes : dict of str to str
        Every ISO 639-1, 639-2/B, 639-2/T and 639-3 code to its ISO 639-3 code.
    macrolanguage : dict of str to str
        Individual language to its macrolanguage.
    retired : dict of str to tuple
        Retired code to (replacement or "", remedy in words).
    retired_names : dict of str to str
        Retired code to the name it had.
    special : frozenset of str
        Codes that denote no language: ``mis``, ``mul``, ``und``, ``zxx``.
    """

    names: dict[str, str]
    part1: dict[str, str]
    codes: dict[str, str]
    macrolanguage: dict[str, str]
    retired: dict[str, tuple[str, str]]
    retired_names: dict[str, str]
    special: frozenset[str]

    @cached_property
    def macrolanguages(self) -> frozenset[str]:
        """Codes of all macrolanguages."""
        return frozenset(self.macrolanguage.values())


def _rows(name: str) -> list[dict[str, str]]:
    spec = importlib.util.find_spec("iso639")
    folder = Path(spec.origin).parent / "_data" if spec is not None and spec.origin else Path("iso639/_data")
    try:
        with (folder / name).open(encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    except OSError as error:
        raise DataError(
            f"the ISO 639-3 table cannot be read: {error.strerror}",
            where=str(folder / name),
            hint="reinstall the package python-iso639",
        ) from error


@cache
def iso639() -> Iso639:
    """Read the tables once."""
    table = _rows("iso-639-3.tab")
    retirements = _rows("iso-639-3_Retirements.tab")
    codes = {row["Part1"]: row["Id"] for row in table if row["Part1"]}
    for column in ("Part2b", "Part2t", "Id"):
        codes |= {row[column]: row["Id"] for row in table if row[column]}
    return Iso639(
        names={row["Id"]: row["Ref_Name"] for row in table},
        part1={row["Id"]: row["Part1"] for row in table if row["Part1"]},
        codes=codes,
        macrolanguage={row["I_Id"]: row["M_Id"] for row in _rows("iso-639-3-macrolanguages.tab")},
        retired={row["Id"]: (row["Change_To"], row["Ret_Remedy"]) for row in retirements},
        retired_names={row["Id"]: row["Ref_Name"] for row in retirements},
        special=frozenset(row["Id"] for row in table if row["Scope"] == "S"),
    )


@cache
def names_index() -> dict[str, frozenset[str]]:
    """Normalised English name to the ISO 639-3 codes that have it (see `normalized`)."""
    found: dict[str, set[str]] = {}
    for row in _rows("iso-639-3_Name_Index.tab"):
        for name in (row["Print_Name"], row["Inverted_Name"]):
            for form in (name, re.sub(r"\(.*?\)", "", name)):
                found.setdefault(normalized(form), set()).add(row["Id"])
    return {name: frozenset(codes) for name, codes in found.items()}


def normalized(name: str) -> str:
    """Lower case, without diacritics and punctuation: ``"Norwegian Bokmål"`` to ``"norwegian bokmal"``."""
    decomposed = unicodedata.normalize("NFKD", name.casefold().replace("ø", "o"))
    return " ".join(re.sub(r"[^\w\s]|_", " ", decomposed.encode("ascii", "ignore").decode()).split())
