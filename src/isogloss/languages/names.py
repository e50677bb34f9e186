"""English names of languages: which code a name stands for."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import Any, NamedTuple

from isogloss.errors import DataError, LanguageError
from isogloss.languages._glottocodes import names_of_glottolog
from isogloss.languages._iso639 import iso639, names_index, normalized
from isogloss.languages.rules import NAMES, NO_LANGUAGE, individual_of

_MOST_WORDS = 6
"""A name with a qualifier is looked up in all ways in which so many words can be divided."""

_EMPTY_QUALIFIERS = frozenset({"bahasa", "language", "modern", "standard"})


class Named(NamedTuple):
    """The code or tag that a name stands for, and the rule by which it does."""

    code: str
    rule: str


def named(text: str) -> Named | None:
    """Look a name up among those of ISO 639-3, CLDR and Glottolog, and their usual variants.

    A name may have a qualifier, before it or after it: a script (``"Chinese (Simplified)"``,
    ``"Serbian_Latin"``), one language of a macrolanguage (``"Kurdish (Kurmanji)"``), a region in parentheses
    (``"Portuguese (Brazil)"``), a code (``"Arabic (arz)"``). A code may take the place of the name in
    parentheses, and a word that is both is the code where it is that of the qualifier: ``"ko (Korean)"`` is
    not the language Ko in Korean script.

    Parameters
    ----------
    text : str

    Returns
    -------
    Named or None
        None where nothing is called so.

    Raises
    ------
    LanguageError
        If several languages are called so, or the name is known to denote none.
    """
    return _plain(text) or _qualified(text)


def bare(text: str) -> Named | None:
    """Look a word that is also a code up among names; None where nothing, or more than one, is called so."""
    key = normalized(text)
    try:
        return _plain(text) if key in NAMES else _of_iso639(text, key) or _of_cldr(text)
    except LanguageError:
        return None


def _plain(text: str) -> Named | None:
    """Look up a name without a qualifier."""
    key = normalized(text)
    if not key:
        return None
    if key in NAMES:
        code, reason, _ = NAMES[key]
        return Named(code, f"the name '{text}' is {code}: {reason}")
    if key in NO_LANGUAGE:
        raise LanguageError(f"'{text}' is not one language: {NO_LANGUAGE[key]}", hint="name one language")
    return _of_iso639(text, key) or _of_cldr(text) or _of_glottolog(text, key)


def _of_iso639(text: str, key: str) -> Named | None:
    tables = iso639()
    codes = {iso for iso in names_index().get(key, frozenset()) if iso not in tables.special}
    if not codes:
        return None
    iso = _chosen(text, codes)
    if iso is not None:
        return Named(iso, f"the name '{text}' is ISO 639-3 {iso}")
    cldr = _in_trie("language", text)
    if cldr is not None and tables.codes.get(cldr) in codes:
        return Named(cldr, f"of {len(codes)} languages called '{text}' CLDR means {cldr}")
    listed = ", ".join(sorted(f"{iso} ({tables.names[iso]})" for iso in codes))
    raise LanguageError(
        f"the name '{text}' denotes {len(codes)} languages", allowed=listed, hint="write one of these codes"
    )


def _chosen(text: str, codes: set[str]) -> str | None:
    """The code of several that a name means; None where that cannot be decided.

    The language of which it is the reference name to the letter; else the macrolanguage whose members the
    others are.
    """
    tables = iso639()
    meant = set(map(individual_of, codes))
    if len(meant) == 1:
        return meant.pop() if meant <= codes else min(codes)
    exact = [iso for iso in codes if tables.names[iso].casefold() == text.casefold()]
    over = [m for m in codes if all(tables.macrolanguage.get(iso) == m for iso in codes - {m})]
    return next(iter(exact or over), None)


def _of_cldr(text: str) -> Named | None:
    code = _in_trie("language", text)
    return None if code is None else Named(code, f"the name '{text}' is CLDR's for {code}")


def _of_glottolog(text: str, key: str) -> Named | None:
    try:
        iso = names_of_glottolog().get(key)
    except (DataError, LanguageError):  # the table is missing: other names are found without it
        return None
    if iso is None or iso not in iso639().names:
        return None
    return Named(iso, f"the name '{text}' is Glottolog's for ISO 639-3 {iso}")


def _qualified(text: str) -> Named | None:
    """Look up a name with a qualifier."""
    for name, qualifier, marked in _divided(text):
        base, code = _quietly(name), _code(name)
        if base is None and not marked:
            continue
        member = _member(code, qualifier) if code else None
        base = base or code
        if base is None:
            continue
        language, _, _ = base.code.partition("-")
        script = None if member else _in_trie("script", qualifier)
        if script is not None:
            return Named(f"{language}-{script}", f"'{qualifier}' names a script, {script}; {base.rule}")
        member = member or _member(base, qualifier)
        if member is not None:
            return Named(member.code, f"'{text}' is '{qualifier}': {member.rule}")
        if not marked:
            continue
        if normalized(qualifier) in _EMPTY_QUALIFIERS:
            return base
        joined = _quietly(f"{qualifier} {name}")
        if joined is not None:
            return joined
        region = _in_trie("territory", qualifier)
        if region is not None:
            return Named(f"{language}-{region}", f"'{qualifier}' names a region, {region}; {base.rule}")
        raise LanguageError(
            f"'{qualifier}' in '{text}' is neither a script, a region nor a language of {name}",
            hint=f"write '{name}' alone, or the code of the language that is meant",
        )
    return None


def _divided(text: str) -> Iterator[tuple[str, str, bool]]:
    """Ways to take a text as name and qualifier; `marked` where parentheses or a comma divide the two."""
    marked = re.fullmatch(r"(.+?)\s*[(\[]\s*([^()\[\]]+?)\s*[)\]]", text) or re.fullmatch(
        r"(.+?),\s*(.+)", text
    )
    if marked:
        yield marked[1], marked[2], True
    words = re.findall(r"[^\s()\[\],_/-]+", text)
    if len(words) <= _MOST_WORDS:
        for cut in range(1, len(words)):
            first, last = " ".join(words[:cut]), " ".join(words[cut:])
            yield first, last, False
            yield last, first, False


def _member(base: Named, qualifier: str) -> Named | None:
    """The language that `qualifier` names, if it is that of `base` or one of its macrolanguage."""
    tables = iso639()
    for found in filter(None, (_quietly(qualifier), _code(qualifier))):
        whole, part = (tables.codes.get(name.code.partition("-")[0], "") for name in (base, found))
        same = individual_of(part) in (whole, individual_of(whole))
        if part and (same or tables.macrolanguage.get(part) == whole):
            return found
    return None


def _code(text: str) -> Named | None:
    """The text as a code of ISO 639; None where it is none."""
    code = normalized(text)
    return Named(code, f"'{text}' is the code") if code in iso639().codes else None


def _quietly(name: str) -> Named | None:
    try:
        return _plain(name)
    except LanguageError:
        return None


def _in_trie(kind: str, name: str) -> str | None:
    """Code of a language, script or territory by the very name that CLDR has.

    The search of langcodes would also take similar names.
    """
    from language_data.names import get_trie_value, normalize_name

    trie, key = _trie(kind), normalize_name(name)
    if key in trie:
        return str(get_trie_value(trie, key))
    if kind == "script":
        return {"roman": "Latn", "romanized": "Latn", "romanised": "Latn"}.get(normalized(name))
    return None


@cache
def _trie(kind: str) -> Any:
    from language_data.names import load_trie
    from language_data.util import data_filename

    return load_trie(data_filename(f"trie/en/name_to_{kind}.marisa"))


@cache
def all_names() -> dict[str, str]:
    """English names in lower case to one ISO 639-3 code each; where sources differ, ISO's reference name."""
    from language_data.names import get_trie_value

    tables, trie = iso639(), _trie("language")
    of_cldr = {name: tables.codes.get(str(get_trie_value(trie, name)).partition("-")[0]) for name in trie}
    return (
        {name: iso for name, iso in of_cldr.items() if iso is not None}
        | {name: min(codes) for name, codes in names_index().items()}
        | {name.lower(): iso for iso, name in tables.names.items()}
    )


@cache
def groups() -> dict[str, str]:
    """Codes of ISO 639-5, and their names in lower case, to the name of the group of languages."""
    from langcodes.registry_parser import parse_registry

    found: dict[str, str] = {}
    for entry in parse_registry():
        if entry.get("Scope") == "collection":
            name = entry["Description"][-1]
            for key in (entry["Subtag"], normalized(name), normalized(name).removesuffix(" languages")):
                found.setdefault(key, name)
    return found
