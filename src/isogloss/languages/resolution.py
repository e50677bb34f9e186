"""From any spelling of a language to one `Language`."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING

from isogloss.errors import LanguageError
from isogloss.languages._glottocodes import codes_of_wals, from_glottocode, is_glottocode
from isogloss.languages._iso639 import iso639, names_index, normalized
from isogloss.languages.base import Language
from isogloss.languages.names import Named, bare, groups, named
from isogloss.languages.records import from_iso, script_of_region
from isogloss.languages.rules import (
    EDITIONS,
    TREEBANK_LANGUAGES,
    TREEBANKS,
    WIKIPEDIA,
    WITHDRAWN,
    Replacement,
)
from isogloss.languages.spelling import WALS_PREFIX, checked, stated_text, unknown

if TYPE_CHECKING:
    from langcodes import Language as Tag

_TREEBANK = re.compile(r"([a-z]{2,3})_([a-z]{3,})")
_TREEBANK_NAME = re.compile(r"UD_([A-Za-z_]+?)(?:-(\w+))?|([A-Z][A-Za-z_]+)-(\w*[A-Z]\w*[A-Z]\w*)")
_BARE_WORD = re.compile(r"[A-Za-z]{2,3}")

TWO_READINGS = "has two readings"
"""Part of every rule that says that a word could have meant another language."""

NO_OTHER_WORD = "no other word of the input decides"
"""Reason in such a rule where the usual reading is taken."""


def resolve(code: str | Language) -> Language:
    """Find the language that a code or name denotes.

    Parameters
    ----------
    code : str or Language
        BCP 47 tag, ISO 639-1, 639-2 (B or T) or 639-3 code, Glottocode, WALS code (``"wals:mnx"``),
        treebank of Universal Dependencies (``"en_ewt"``, ``"UD_English-EWT"``), code of a Wikipedia edition
        (``"zh-classical"``) or English name. A word that is the code of one language and the name of
        another is a code (``"ga"`` is Irish) unless it is written like a name, with a capital and at least
        two small letters (``"Mon"``); `read_together` also looks at the other words of the input.

    Returns
    -------
    Language
        With every rule that was applied on the way in `rules`.

    Raises
    ------
    LanguageError
        If no language has that code or name, or more than one has.
    """
    if isinstance(code, Language):
        return code
    found = _find(stated_text(code))
    if found is None:
        raise unknown(code)
    return found


def find(code: str) -> Language | None:
    """Find a language as `resolve` does; None where no language, or more than one, has that code or name.

    Much quicker than `resolve` where there is none, since no suggestion is looked for.
    """
    try:
        return _find(code)
    except LanguageError:
        return None


@cache
def _find(code: str) -> Language | None:
    options = readings(code)
    if not options:
        return None
    if "code" not in options or "name" not in options:
        return next(iter(options.values()))
    if not has_capital(code):
        return options["code"]
    return reading_with_rule(options, "name" if looks_like_name(code) else "code", NO_OTHER_WORD)


@cache
def readings(code: str) -> Mapping[str, Language]:
    """Every language that a text can mean, by the kind of the reading, the usual one first.

    Kinds are ``"code"``, ``"name"``, ``"wikipedia"`` and ``"wals"``; a reading that gives the language of an
    earlier one is left out.

    Raises
    ------
    LanguageError
        If the only reading of the text does not denote exactly one language.
    """
    text = checked(code)
    found = _of_one_kind(code, text) or _tag_or_name(code, text)
    distinct: dict[str, Language] = {}
    for kind, language in found.items():
        if language is not None and language not in distinct.values():
            distinct[kind] = language
    return distinct


def _of_one_kind(code: str, text: str) -> dict[str, Language | None]:
    """Read a text whose form allows one kind of reading only; empty for another form."""
    if is_glottocode(text):
        return {"code": _of_glottocode(code, text.lower())}
    if text.lower().startswith(WALS_PREFIX):
        return {"wals": of_wals(code, text.lower().removeprefix(WALS_PREFIX))}
    edition = WIKIPEDIA.get(text.lower().replace("_", "-"))
    return {} if edition is None else {"wikipedia": _of_edition(code, text, edition)}


def _tag_or_name(code: str, text: str) -> dict[str, Language | None]:
    """Read a text as a tag, and as a name where it cannot be a tag or is a bare word."""
    found: dict[str, Language | None] = {}
    refused: LanguageError | None = None
    if "-" not in text or normalized(text) not in names_index():  # "Lo-Toga" is not Lao of a place Toga
        try:
            found["code"] = _from_tag(code, text)
        except LanguageError as error:
            refused = error
    if found.get("code") is None and refused is None:
        if len(text) == 3 and text in groups():
            raise unknown(code)  # "oto" is a code of Otomian languages; written so, it is not the name Oto
        return {"name": _from_treebank(code, text) or _of_named(code, named(text))}
    if _BARE_WORD.fullmatch(text):
        with contextlib.suppress(LanguageError):
            found["name"] = _of_named(code, bare(text))
        if text.lower() in EDITIONS:
            found["wikipedia"] = _of_edition(code, text, EDITIONS[text.lower()])
    if refused is not None and not any(found.values()):
        raise refused
    return found


def has_capital(code: str) -> bool:
    """Whether a word begins with a capital that small letters follow."""
    return checked(code).istitle()


def looks_like_name(code: str) -> bool:
    """Whether a word is written as names are and codes of ISO 639-3 are not: ``"Mon"``."""
    return has_capital(code) and len(checked(code)) > 2


def reading_with_rule(options: Mapping[str, Language], kind: str, why: str) -> Language:
    """The reading `kind` of a word, with a rule that names the other readings and says why it was chosen."""
    taken = options[kind]
    words = {
        "code": "code",
        "name": "name",
        "wikipedia": "code of the Wikipedia edition",
        "wals": "WALS code",
    }
    listed = "; ".join(f"{words[key]} of {of.name} ({of.id})" for key, of in options.items() if key != kind)
    rule = (
        f"'{taken.input}' {TWO_READINGS}: read as the {words[kind]} of {taken.name} ({taken.id}), "
        f"since {why}; it is also the {listed}"
    )
    return replace(taken, rules=(*taken.rules, rule))


def _of_edition(code: str, text: str, edition: Replacement) -> Language:
    rule = f"{text} is {edition.individual}: {edition.reason}"
    return from_iso(code, edition.individual, (rule,), edition.script)


def _of_named(code: str, name: Named | None) -> Language | None:
    if name is None:
        return None
    found = _from_tag(code, name.code)
    if found is None:
        raise unknown(name.code)
    return replace(found, rules=(name.rule, *found.rules))


def of_wals(code: str, wals: str) -> Language | None:
    """Read a WALS code; None where qwanqwa has no such code, or not of one language."""
    iso = codes_of_wals().get(wals)
    if iso not in iso639().names:
        return None
    return from_iso(code, iso, (f"the WALS code {wals} is ISO 639-3 {iso}",))


def _of_glottocode(code: str, glottocode: str) -> Language:
    iso = from_glottocode(glottocode)
    rules: tuple[str, ...] = (f"Glottocode {glottocode} is ISO 639-3 {iso}",)
    current = iso if iso in iso639().names else _replacement(iso, code)
    if current != iso:
        rules += (f"{iso} is retired in ISO 639-3 in favour of {current}",)
    return from_iso(code, current, rules)


def _from_tag(code: str, text: str) -> Language | None:
    """Read `text` as a BCP 47 tag or a treebank code; None if its first subtag is not a language code."""
    from langcodes import Language as Tag
    from langcodes.tag_parser import LanguageTagError

    text, rules = _without_treebank(text)
    try:
        tag = Tag.get(text, normalize=False)
    except LanguageTagError:
        return None
    primary = "und" if re.match(r"und\b", text, re.IGNORECASE) else (tag.language or "").lower()
    if "-" in primary and not primary.startswith("x-"):
        return _from_grandfathered(code, primary)
    iso = _individual_or_macro(primary, code)
    if iso is None:
        return None
    for extended in tag.extlangs or ():
        if not _is_extended(primary, extended):
            raise LanguageError(
                f"'{extended}' in '{code}' is not a language of the macrolanguage '{primary}'",
                hint=f"write '{primary}' or the language's own code",
            )
        rules += (f"extended language subtag: {primary}-{extended} is {extended}",)
        primary, iso = extended, extended
    if primary in WITHDRAWN:
        rules += (f"{primary} is {iso}: {WITHDRAWN[primary].reason}",)
    elif primary in iso639().retired and primary not in iso639().names:
        rules += (f"{primary} is retired in ISO 639-3 in favour of {iso}",)
    script, rules_of_script = _script_of(tag, primary, iso)
    rules += rules_of_script
    dropped = ", ".join(filter(None, (tag.territory, *(tag.variants or ()))))
    if dropped:
        rules += (f"{dropped}: varieties are not distinguished",)
    return from_iso(code, iso, rules, script)


def _script_of(tag: Tag, primary: str, iso: str) -> tuple[str | None, tuple[str, ...]]:
    """Script that a tag names or implies, and the rule that says so; None for the usual script."""
    if tag.script:
        return tag.script, (f"script subtag {tag.script}: the usual script is overridden",)
    if primary in WITHDRAWN and WITHDRAWN[primary].script:
        return WITHDRAWN[primary].script, ()
    return script_of_region(primary, iso, tag.territory) if tag.territory else (None, ())


def _without_treebank(text: str) -> tuple[str, tuple[str, ...]]:
    """The tag of a treebank code, and the rule; the text itself where it is not a treebank code."""
    if text in TREEBANKS:
        return TREEBANKS[text], (f"the treebank {text} is {TREEBANKS[text]}",)
    treebank = _TREEBANK.fullmatch(text)
    if treebank and not _is_extended(treebank[1], treebank[2]) and treebank[2].title() not in _scripts():
        return treebank[1], (f"'{treebank[2]}' names a treebank, not a language",)
    return text, ()


def _from_grandfathered(code: str, tag: str) -> Language | None:
    from langcodes.data_dicts import LANGUAGE_REPLACEMENTS

    modern = LANGUAGE_REPLACEMENTS.get(tag)
    if modern is None:
        return None
    found = resolve(modern)
    return replace(found, input=code, rules=(f"irregular tag {tag} is {modern}", *found.rules))


def _individual_or_macro(primary: str, code: str) -> str | None:
    """ISO 639-3 code of a language subtag, withdrawn and retired ones replaced; None if there is none."""
    tables = iso639()
    if primary in WITHDRAWN:
        return WITHDRAWN[primary].individual
    iso = tables.codes.get(primary)
    if iso in tables.special:
        raise LanguageError(
            f"'{code}' denotes no language ({tables.names[iso]})", hint="name the language of the data"
        )
    if iso is not None:
        return iso
    if primary in tables.retired:
        return _replacement(primary, code)
    return None


def _replacement(retired: str, code: str) -> str:
    change_to, remedy = iso639().retired[retired]
    if not change_to:
        raise LanguageError(
            f"'{code}' is retired in ISO 639-3 and no one code takes its place",
            allowed=remedy or None,
            hint="write the code of the language that is meant",
        )
    return change_to if change_to in iso639().names else _replacement(change_to, code)


def _is_extended(macro: str, individual: str) -> bool:
    tables = iso639()
    return tables.macrolanguage.get(individual) == tables.codes.get(macro, macro)


@cache
def _scripts() -> frozenset[str]:
    from langcodes.data_dicts import ALL_SCRIPTS

    return frozenset(ALL_SCRIPTS)


def _from_treebank(code: str, text: str) -> Language | None:
    """Read `text` as the name of a treebank: ``"UD_Ancient_Greek-PROIEL"``."""
    match = _TREEBANK_NAME.fullmatch(text)
    if match is None:
        return None
    name, treebank = (match[1] or match[3]).replace("_", " ").strip(), match[2] or match[4] or ""
    key = normalized(name)
    meant = (
        Named(TREEBANK_LANGUAGES[key].individual, f"{name} of Universal Dependencies")
        if key in TREEBANK_LANGUAGES
        else named(name)
    )
    found = _of_named(code, meant)
    if found is None:
        return None
    rules = (f"'{treebank}' names a treebank, not a language",) if treebank else ()
    exact = TREEBANKS.get(f"{found.tag if found.tag != 'nb' else 'no'}_{treebank.lower()}")
    if exact is not None:
        found, rules = resolve(exact), (f"the treebank {text} is {exact}",)
    return replace(found, input=code, rules=(*rules, *found.rules))
