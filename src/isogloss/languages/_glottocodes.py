"""Glottocodes, Glottolog's names and WALS codes, read from the database of qwanqwa without importing it.

qwanqwa carries Glottolog's languoids in a JSON file of 45 MB unpacked, of which the section of identifiers,
or that of names, is decoded, once; the tables are kept in the cache folder.
"""

from __future__ import annotations

import difflib
import gzip
import importlib.util
import json
import re
import zlib
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from isogloss.errors import DataError, LanguageError
from isogloss.languages import _cache
from isogloss.languages._iso639 import iso639, normalized

_SHAPE = re.compile(r"[a-z0-9]{4}[0-9]{4}")


def is_glottocode(code: str) -> bool:
    """Whether `code` has the shape of a Glottocode: four letters or digits and four digits."""
    return _SHAPE.fullmatch(code.lower()) is not None


def from_glottocode(code: str) -> str:
    """ISO 639-3 code of a Glottocode.

    Raises
    ------
    LanguageError
        If there is no such Glottocode, or it has no ISO 639-3 code.
    """
    table = _iso_codes()
    iso = table.get(code.lower())
    if iso is None:
        languages = [known for known, of in table.items() if of]
        nearest = difflib.get_close_matches(code.lower(), languages, n=3, cutoff=0.0)
        raise LanguageError(
            f"no languoid with the Glottocode '{code}'",
            allowed="nearest: " + ", ".join(f"{near} ({_name(table[near])})" for near in nearest),
            hint="look it up at glottolog.org; known are the Glottocodes that qwanqwa carries",
        )
    if not iso or "qaa" <= iso <= "qtz":  # codes for private use: no language of ISO 639-3
        raise LanguageError(
            f"the Glottocode '{code}' has no ISO 639-3 code: it is that of a family, a dialect or a language "
            "that ISO 639-3 does not list",
            allowed="Glottocodes of languages with an ISO 639-3 code",
            hint="name one language of the family, or the language of the dialect; see glottolog.org",
        )
    return iso


def _name(iso: str) -> str:
    tables = iso639()
    return tables.names.get(iso) or tables.retired_names.get(iso) or iso


def to_glottocode(iso: str) -> str | None:
    """Glottocode of an ISO 639-3 code; None where Glottolog has no one languoid for it."""
    return _glottocodes().get(iso)


@cache
def _iso_codes() -> dict[str, str]:
    """Glottocode to ISO 639-3 code, which is empty for families and dialects."""
    return {str(glottocode): str(iso) for glottocode, iso in _kept("glottocodes", _identifiers)}


@cache
def _glottocodes() -> dict[str, str]:
    return {iso: glottocode for glottocode, iso in _iso_codes().items() if iso}


@cache
def names_of_glottolog() -> dict[str, str]:
    """Normalised name of a language in Glottolog to its ISO 639-3 code; names of several are left out."""
    found: dict[str, set[str]] = {}
    for iso, name, _ in _named():
        found.setdefault(normalized(str(name)), set()).add(str(iso))
    return {name: codes.pop() for name, codes in found.items() if len(codes) == 1}


@cache
def codes_of_wals() -> dict[str, str]:
    """WALS code to ISO 639-3 code; of varieties that share a Glottocode qwanqwa keeps one code."""
    return {str(wals): str(iso) for iso, _, wals in _named() if wals}


def _named() -> NDArray[np.str_]:
    return _kept("glottolog-names", _names)


def _kept(name: str, build: Callable[[Path], NDArray[np.str_]]) -> NDArray[np.str_]:
    path = _database()
    try:
        with path.open("rb") as file:
            file.seek(-8, 2)  # checksum and length of the content close a gzip file
            version = file.read().hex()
        return _cache.kept(f"{name}-{version}-1", lambda: build(path))
    except (OSError, EOFError, ValueError, KeyError, zlib.error) as error:
        raise DataError(
            f"the table of Glottocodes cannot be read: {error}",
            where=str(path),
            hint="reinstall it: pip install --force-reinstall --no-deps qwanqwa",
        ) from error


def _identifiers(path: Path) -> NDArray[np.str_]:
    """Pairs of Glottocode and ISO 639-3 code, shape (languoid, 2)."""
    found = [languoid["identifiers"] for languoid in _section(path, "identities").values()]
    return np.array([(i["glottocode"], i.get("iso_639_3") or "") for i in found if i.get("glottocode")])


def _names(path: Path) -> NDArray[np.str_]:
    """ISO 639-3 code, name and WALS code (or "") of each language that has the first, shape (language, 3)."""
    languages = [entity for entity in _section(path, "entities").values() if entity.get("iso_639_3")]
    return np.array([(of["iso_639_3"], of.get("name") or "", _wals(of)) for of in languages])


def _wals(entity: Mapping[str, Any]) -> str:
    sources = entity.get("external_resources") or ()
    return next((str(source["code"]) for source in sources if source.get("label") == "WALS"), "")


def _section(path: Path, name: str) -> dict[str, Any]:
    text = gzip.decompress(path.read_bytes()).decode()
    section, _ = json.JSONDecoder().raw_decode(text, text.index("{", text.index(f'"{name}"')))
    return dict(section)


def _database() -> Path:
    spec = importlib.util.find_spec("qq")
    if spec is None or spec.origin is None:
        raise LanguageError(
            "Glottocodes cannot be resolved: the package qwanqwa, which carries them, is not installed",
            allowed="ISO 639 codes, BCP 47 tags and English names",
            hint="pip install qwanqwa",
        )
    return Path(spec.origin).parent / "data" / "db.json.gz"
