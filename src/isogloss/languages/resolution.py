"""From any spelling of a language to one `Language`."""

from __future__ import annotations

import contextlib
import difflib
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import replace
from functools import cache

from isogloss.errors import LanguageError
from isogloss.languages import _uriel
from isogloss.languages._glottocodes import codes_of_wals, from_glottocode, is_glottocode
from isogloss.languages._iso639 import iso639, names_index, normalized
from isogloss.languages.base import Language
from isogloss.languages.names import Named, bare, groups, named
from isogloss.languages.rules import (
    EDITIONS,
    MACROLANGUAGES,
    NO_LANGUAGE,
    NOTES,
    REPRESENTED,
    TREEBANK_LANGUAGES,
    TREEBANKS,
    WIKIPEDIA,
    WITHDRAWN,
    Replacement,
)

_TREEBANK = re.compile(r"([a-z]{2,3})_([a-z]{3,})")
_TREEBANK_NAME = re.compile(r"UD_([A-Za-z_]+?)(?:-(\w+))?|([A-Z][A-Za-z_]+)-(\w*[A-Z]\w*[A-Z]\w*)")
_BARE_WORD = re.compile(r"[A-Za-z]{2,3}")
_WALS = "wals:"
_LONGEST = 100
"""Most characters of a code or name; the longest reference name of ISO 639-3 has 58."""

_NOT_WRITTEN = frozenset({"Cc", "Cs", "Co", "Cn"})
"""Unicode categories of what no code or name holds: controls, lone surrogates, private use, unassigned."""

TWO_READINGS = "has two readings"
"""Part of every rule that says that a word could have meant another language."""

NO_OTHER_WORD = "no other word of the input decides"
"""Reason in such a rule where the usual reading is taken."""


def resolve(code: str) -> Language:
    """Find the language that a code or name denotes.

    Parameters
    ----------
    code : str
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
    return _resolve(code)


def find(code: str) -> Language | None:
    """Find a language as `resolve` does; None where no language, or more than one, has that code or name.

    Much quicker than `resolve` where there is none, since no suggestion is looked for.
    """
    try:
        return _find(code)
    except LanguageError:
        return None


def of_wikipedia(code: str) -> Language:
    """Find the language of a Wikipedia edition, and so of WikiAnn: ``"als"`` is Alemannic there.

    Raises
    ------
    LanguageError
        As `resolve`.
    """
    edition = EDITIONS.get(checked(code).lower())
    return resolve(code) if edition is None else _of_edition(code, checked(code), edition)


def checked(code: str) -> str:
    """Text of a code or name without surrounding white space and invisible marks.

    Raises
    ------
    LanguageError
        If nothing is left, or what is left cannot be a code or name: control characters, over 100 characters.
    """
    if not isinstance(code, str):
        raise LanguageError(
            f"a language is named by a text, not by {code!r}", hint="write a code such as 'de'"
        )
    text = code
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


@cache
def recorded() -> tuple[Language, ...]:
    """Every language that URIEL has a record of, in the order of its arrays.

    A record of a macrolanguage that an individual language stands for here (``zho`` for ``cmn``, ``hbs`` for
    ``srp``) is not a language of its own; nor are the two codes for no language (``mis``, ``und``). Codes
    that ISO 639-3 has retired since are kept as they are.
    """
    return tuple(recorded_language(code) for code in recorded_codes())


@cache
def recorded_codes() -> tuple[str, ...]:
    """ISO 639-3 codes of `recorded`."""
    no_language = iso639().special | MACROLANGUAGES.keys() | WITHDRAWN.keys()
    return tuple(code for code in _uriel.labels("features", "langs") if code not in no_language)


def recorded_language(code: str) -> Language:
    """The language of one of `recorded_codes`."""
    return _language(code, code, ()) if code in iso639().names else _retired(code)


@cache
def _resolve(code: str) -> Language:
    found = _find(code)
    if found is None:
        raise unknown(code)
    return found


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
    if is_glottocode(text):
        return {"code": _of_glottocode(code, text.lower())}
    if text.lower().startswith(_WALS):
        found_in_wals = of_wals(code, text.lower().removeprefix(_WALS))
        return {} if found_in_wals is None else {"wals": found_in_wals}
    edition = WIKIPEDIA.get(text.lower().replace("_", "-"))
    if edition is not None:
        return {"wikipedia": _of_edition(code, text, edition)}
    found: dict[str, Language | None] = {}
    refused: LanguageError | None = None
    if "-" not in text or normalized(text) not in names_index():  # "Lo-Toga" is not Lao of a place Toga
        try:
            found["code"] = _from_tag(code, text)
        except LanguageError as error:
            refused = error
    if _BARE_WORD.fullmatch(text) and (found.get("code") or refused):
        with contextlib.suppress(LanguageError):
            found["name"] = _of_named(code, bare(text))
        if text.lower() in EDITIONS:
            found["wikipedia"] = _of_edition(code, text, EDITIONS[text.lower()])
    elif found.get("code") is None and refused is None:
        found["name"] = _from_treebank(code, text) or _of_named(code, named(text))
    distinct: dict[str, Language] = {}
    for kind, language in found.items():
        if language is not None and language not in distinct.values():
            distinct[kind] = language
    if not distinct and refused is not None:
        raise refused
    return distinct


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
    return _language(code, edition.individual, (rule,), edition.script)


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
    return (
        None
        if iso not in iso639().names
        else _language(code, iso, (f"the WALS code {wals} is ISO 639-3 {iso}",))
    )


def _of_glottocode(code: str, glottocode: str) -> Language:
    iso = from_glottocode(glottocode)
    rules: tuple[str, ...] = (f"Glottocode {glottocode} is ISO 639-3 {iso}",)
    current = iso if iso in iso639().names else _replacement(iso, code)
    if current != iso:
        rules += (f"{iso} is retired in ISO 639-3 in favour of {current}",)
    return _language(code, current, rules)


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
    iso, script = _individual_or_macro(primary, code), tag.script
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
        script = script or WITHDRAWN[primary].script
    elif primary in iso639().retired and primary not in iso639().names:
        rules += (f"{primary} is retired in ISO 639-3 in favour of {iso}",)
    if tag.script:
        rules += (f"script subtag {tag.script}: the usual script is overridden",)
    if tag.territory and not script:
        script, more = _script_of_region(primary, iso, tag.territory)
        rules += more
    if tag.territory or tag.variants:
        dropped = ", ".join([tag.territory] * bool(tag.territory) + list(tag.variants or ()))
        rules += (f"{dropped}: varieties are not distinguished",)
    return _language(code, iso, rules, script)


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
        Named(TREEBANK_LANGUAGES[key], f"{name} of Universal Dependencies")
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


def _language(code: str, iso: str, rules: tuple[str, ...], script: str | None = None) -> Language:
    """The language of an ISO 639-3 code, after the rule for macrolanguages."""
    tables = iso639()
    if iso in WITHDRAWN:  # Serbo-Croatian, by its name or Glottocode
        iso, reason, implied = WITHDRAWN[iso]
        rules, script = (*rules, f"that is {iso} here: {reason}"), script or implied
    macro = iso if iso in MACROLANGUAGES else None
    if macro is not None:
        iso, reason = MACROLANGUAGES[macro]
        rules += (f"macrolanguage {macro} is {iso} here: {reason}",)
    elif iso in tables.macrolanguages:
        rules += (f"{iso} is a macrolanguage without a rule: it stands for itself",)
    if iso in NOTES:
        rules += (NOTES[iso],)
    tag = _tag(iso)
    return Language(
        id=iso,
        name=tables.names[iso],
        tag=tag,
        family=_uriel.family(iso) or _uriel.family(represented_macrolanguage(iso) or iso),
        script=script or _usual_script(iso, tag),
        coordinates=_uriel.coordinates(iso),
        input=code,
        rules=rules,
    )


def _retired(iso: str) -> Language:
    """A language that URIEL knows by a code that ISO 639-3 has retired since."""
    name = iso639().retired_names.get(iso, iso)
    rule = f"{iso} is retired in ISO 639-3; this is URIEL's record of it"
    return Language(
        iso,
        name,
        iso,
        family=_uriel.family(iso),
        coordinates=_uriel.coordinates(iso),
        input=iso,
        rules=(rule,),
    )


def represented_macrolanguage(iso: str) -> str | None:
    """The macrolanguage whose code stands for `iso` here: ``"zho"`` for ``"cmn"``, None for ``"yue"``."""
    return REPRESENTED.get(iso)


def _tag(iso: str) -> str:
    part1 = iso639().part1
    return part1.get(iso) or part1.get(represented_macrolanguage(iso) or "") or iso


def _usual_script(iso: str, tag: str) -> str | None:
    """CLDR's likely script: the registry's default, else the script subtag of the likely full tag."""
    from langcodes.data_dicts import DEFAULT_SCRIPTS, LIKELY_SUBTAGS

    for known in (iso, tag):
        if known in DEFAULT_SCRIPTS:
            return str(DEFAULT_SCRIPTS[known])
        if known in LIKELY_SUBTAGS:
            return str(LIKELY_SUBTAGS[known].split("-")[1])
    return None


def _script_of_region(primary: str, iso: str, region: str) -> tuple[str | None, tuple[str, ...]]:
    """CLDR's likely script of a language in a region, with its rule: Hant for zh in TW, Latn for sr in ME."""
    from langcodes.data_dicts import LIKELY_SUBTAGS

    individual = MACROLANGUAGES[iso].individual if iso in MACROLANGUAGES else iso
    for known in (primary, iso, _tag(individual)):
        likely = LIKELY_SUBTAGS.get(f"{known}-{region.upper()}")
        if likely is not None:
            script = str(likely.split("-")[1])
            return script, (f"{region}: the usual script there is {script}",)
    return None, ()


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
            allowed=f"in WALS {primary} is {iso639().names.get(of, of)}: {_WALS}{primary}",
            hint="write an ISO 639 code, or the WALS code with its prefix",
        )
    if re.fullmatch(r"q[a-t][a-z]", primary):
        return LanguageError(
            f"no language '{code}': codes from qaa to qtz are for private use, and nobody else knows what "
            "they mean",
            hint="name the language of the data",
        )
    return LanguageError(
        f"no language '{code}'",
        allowed=f"nearest: {', '.join(_nearest(code))}",
        hint="write a BCP 47 tag, an ISO 639 code, a Glottocode or an English name",
    )


def _nearest(code: str) -> list[str]:
    """The three nearest codes (for up to three letters) or names."""
    tables = iso639()
    text = code.strip().lower().removeprefix("ud_")
    primary = re.split(r"[-_]", text)[0]
    if (len(text) > 3 and len(primary) > 3) or not primary:
        by_name = {name.lower(): f"{name} ({iso})" for iso, name in tables.names.items()}
        return [by_name[name] for name in difflib.get_close_matches(text, by_name, n=3, cutoff=0.0)]
    same_length = [known for known in tables.codes if len(known) == len(primary)] or list(tables.codes)
    nearest = difflib.get_close_matches(primary, same_length, n=3, cutoff=0.0)
    return [f"{known} ({tables.names[tables.codes[known]]})" for known in nearest]
