"""Explicit choices that turn a code or name of benchmarks into one individual language: ``rules.csv``.

Every row that is used for a language is written into `Language.rules`, with its reason.
"""

from __future__ import annotations

import csv
from pathlib import Path
from typing import NamedTuple


class Replacement(NamedTuple):
    """The language that a code or name stands for, and why; `script` where it implies one."""

    individual: str
    reason: str
    script: str | None = None


with Path(__file__).with_suffix(".csv").open(encoding="utf-8", newline="") as _file:
    _ROWS = list(csv.DictReader(_file))


def _of(kind: str) -> dict[str, Replacement]:
    return {
        row["written"]: Replacement(row["language"], row["reason"], row["script"] or None)
        for row in _ROWS
        if row["kind"] == kind
    }


MACROLANGUAGES = _of("macrolanguage")
"""Macrolanguages (ISO 639-3) with a written standard that data under the macrolanguage's code follow.

Macrolanguages that are not listed have no such standard and stand for themselves.
"""

REPRESENTED: dict[str, str] = {choice.individual: macro for macro, choice in MACROLANGUAGES.items()}
"""Individual language to the macrolanguage whose code stands for it."""

WITHDRAWN = _of("withdrawn")
"""Codes that BCP 47 or ISO 639 gave up and old data sets still use (IANA subtag registry; CLDR aliases)."""

WIKIPEDIA = _of("wikipedia")
"""Codes of Wikipedia's editions, and so of WikiAnn, that are not BCP 47 tags of the language meant."""

EDITIONS = _of("edition")
"""Codes that Wikipedia uses in another sense than ISO 639-3.

Read so where the data are Wikipedia's (WikiAnn), or where codes that only Wikipedia has occur with
them.
"""

TREEBANKS: dict[str, str] = {code: choice.individual for code, choice in _of("treebank").items()}
"""Treebanks of Universal Dependencies that say more than the code before them: language or script."""

TREEBANK_LANGUAGES = _of("treebank language")
"""Names that Universal Dependencies gives to one language and others to several, or to another."""

NAMES = _of("name")
"""English names that ISO 639-3, CLDR and Glottolog do not have, or have for something else, in lower case."""

NO_LANGUAGE: dict[str, str] = {text: choice.reason for text, choice in _of("no language").items()}
"""Codes and names in use that denote no one language of ISO 639-3, and what they are."""

NOTES: dict[str, str] = {iso: choice.reason for iso, choice in _of("note").items()}
"""Remarks on some languages, added to the rules whenever one of them is the result."""


def individual_of(iso: str) -> str:
    """The individual language that a macrolanguage's code stands for; any other code as it is."""
    return MACROLANGUAGES[iso].individual if iso in MACROLANGUAGES else iso
