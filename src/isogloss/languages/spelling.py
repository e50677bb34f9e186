"""Texts that should be a code or name of a language, and the error for one that is not."""

from __future__ import annotations

import difflib
import heapq
import re
import unicodedata
from collections import Counter
from functools import cache

from isogloss.errors import LanguageError
from isogloss.languages._glottocodes import codes_of_wals
from isogloss.languages._iso639 import iso639, normalized
from isogloss.languages.names import all_names, groups
from isogloss.languages.rules import NO_LANGUAGE

WALS_PREFIX = "wals:"
_LONGEST = 100
"""Most characters of a code or name; the longest reference name of ISO 639-3 has 58."""

_N_COMPARED = 200
"""So many names, which share the most pairs of letters with a text, are compared letter by letter."""

_NOT_WRITTEN = frozenset({"Cc", "Cs", "Co", "Cn"})
"""Unicode categories of what no code or name holds: controls, lone surrogates, private use, unassigned."""


def stated_text(code: object) -> str:
    """Take a code or name as a caller in Python gives it.

    Raises
    ------
    LanguageError
        If it is not a text.
    """
    if not isinstance(code, str):
        raise LanguageError(
            f"a language is named by a text, not by {code!r}", hint="write a code such as 'de'"
        )
    return code


def checked(code: str) -> str:
    """Text of a code or name without surrounding white space and invisible marks.

    Raises
    ------
    LanguageError
        If nothing is left, or what is left cannot be a code or name: control characters, over 100 characters.
    """
    text = stated_text(code)
    while text and (text[0].isspace() or unicodedata.category(text[0]) == "Cf"):
        text = text[1:]
    while text and (text[-1].isspace() or unicodedata.category(text[-1]) == "Cf"):
        text = text[:-1]
    if not text:
        raise LanguageError(
            f"an empty language code: {code[:_LONGEST]!a}",
            hint="write a code such as 'de' or a name such as 'German'",
        )
    if len(text) > _LONGEST:
        raise LanguageError(
            f"a text of {len(text):,} characters is not a language: {text[:30]!a} ...",
            allowed=f"codes and names of at most {_LONGEST} characters",
        )
    if any(unicodedata.category(sign) in _NOT_WRITTEN for sign in text):
        raise LanguageError(
            f"no language {text!a}: it holds characters that cannot be written",
            allowed="letters, digits, spaces and punctuation",
        )
    return text


def unknown(code: str) -> LanguageError:
    """The error for a code or name that no language has: the reason, or similar codes or names."""
    text = checked(code)
    primary = re.split(r"[-_]", text.lower())[0]
    for key in (primary, normalized(text)):
        if key in NO_LANGUAGE:
            return LanguageError(
                f"'{code}' is not one language: {NO_LANGUAGE[key]}", hint="name one language"
            )
        if key in groups():
            return LanguageError(
                f"'{code}' denotes a group of languages ({groups()[key]})", hint="name one language of it"
            )
    if primary in codes_of_wals():
        of = codes_of_wals()[primary]
        return LanguageError(
            f"no language '{code}'",
            allowed=f"in WALS {primary} is {iso639().names.get(of, of)}: {WALS_PREFIX}{primary}",
            hint="write an ISO 639 code, or the WALS code with its prefix",
        )
    if re.fullmatch(r"q[a-t][a-z]", primary):
        return LanguageError(
            f"no language '{code}': codes from qaa to qtz are for private use, and nobody else knows what "
            "they mean",
            hint="name the language of the data",
        )
    near = _nearest(code) if re.search("[A-Za-z]", text) else ()  # names of other scripts resemble nothing
    return LanguageError(
        f"no language '{code}'",
        allowed=f"nearest: {', '.join(near)}" if near else None,
        hint="write a BCP 47 tag, an ISO 639 code, a Glottocode or an English name",
    )


def _nearest(code: str) -> list[str]:
    """The three nearest codes (for up to three letters) or names; first names with the text as a word."""
    tables = iso639()
    text = code.strip().lower().removeprefix("ud_")
    primary = re.split(r"[-_]", text)[0]
    if (len(text) > 3 and len(primary) > 3) or not primary:
        known = all_names()
        as_word = sorted((name for name in known if text in name.split()), key=lambda name: len(name.split()))
        near = Counter(
            name for pair in sorted(_pairs_of_letters(text)) for name in _names_by_pair().get(pair, ())
        )
        some = heapq.nlargest(_N_COMPARED, near, key=lambda name: near[name] / (len(name) + len(text)))
        alike = difflib.get_close_matches(text, some or list(known)[:_N_COMPARED], n=9, cutoff=0.0)
        found = dict.fromkeys(known[name] for name in (*as_word, *alike))
        return [f"{tables.names[iso]} ({iso})" for iso in found][:3]
    same_length = [known for known in tables.codes if len(known) == len(primary)] or list(tables.codes)
    nearest = difflib.get_close_matches(primary, same_length, n=3, cutoff=0.0)
    return [f"{known} ({tables.names[tables.codes[known]]})" for known in nearest]


def _pairs_of_letters(text: str) -> set[str]:
    return {text[i : i + 2] for i in range(len(text) - 1)}


@cache
def _names_by_pair() -> dict[str, list[str]]:
    """Names of languages by each pair of letters in them: to compare a text with all of them is slow."""
    found: dict[str, list[str]] = {}
    for name in all_names():
        for pair in sorted(_pairs_of_letters(name)):
            found.setdefault(pair, []).append(name)
    return found
