"""From any spelling of a language to one `Language`."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable
from dataclasses import replace
from functools import cache

from isogloss.errors import LanguageError
from isogloss.languages import _uriel
from isogloss.languages._glottocodes import from_glottocode, is_glottocode
from isogloss.languages._iso639 import iso639, names_index, normalized
from isogloss.languages.base import Language
from isogloss.languages.rules import MACROLANGUAGES, NOTES, REPRESENTED, WIKIPEDIA, WITHDRAWN

_TREEBANK = re.compile(r"([a-z]{2,3})_([a-z]{3,})")
_TREEBANK_NAME = re.compile(r"(?:UD_)?([A-Z][A-Za-z_]+)-([A-Z][A-Za-z]+)")


def resolve(code: str) -> Language:
    """Find the language that a code or name denotes.

    Parameters
    ----------
    code : str
        BCP 47 tag, ISO 639-1, 639-2 (B or T) or 639-3 code, Glottocode, treebank of Universal
        Dependencies (``"en_ewt"``, ``"UD_English-EWT"``), code of a Wikipedia edition (``"zh-classical"``) or
        English name. Codes come before names: ``"ga"`` is Irish, not the language Ga.

    Returns
    -------
    Language
        With every rule that was applied on the way in `rules`.

    Raises
    ------
    LanguageError
        If nothing bears that code or name, or more than one language does.
    """
    return _resolve(code)


def find(code: str) -> Language | None:
    """Find a language as `resolve` does; None where nothing, or more than one, bears that code or name.

    Much quicker than `resolve` where there is none, since no suggestion is looked for.
    """
    try:
        return _find(code)
    except LanguageError:
        return None


def resolve_all(codes: Iterable[str]) -> tuple[Language, ...]:
    """Resolve several codes, in their order.

    Raises
    ------
    LanguageError
        For the first code that denotes no language.
    """
    return tuple(resolve(code) for code in codes)


@cache
def recorded() -> tuple[Language, ...]:
    """Every language that URIEL has a record of, in the order of its arrays.

    A record of a macrolanguage that an individual language stands for here (``zho`` for ``cmn``, ``hbs`` for
    ``srp``) is no language of its own; nor are the two codes for no language (``mis``, ``und``). Codes that
    ISO 639-3 has retired since are kept as they are.
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
        raise _unknown(code)
    return found


@cache
def _find(code: str) -> Language | None:
    text = code.strip()
    if not text:
        raise LanguageError(
            f"an empty language code: {code!r}", hint="write a code such as 'de' or a name such as 'German'"
        )
    if is_glottocode(text):
        return _of_glottocode(code, text.lower())
    edition = WIKIPEDIA.get(text.lower().replace("_", "-"))
    if edition is not None:
        return _language(
            code, edition.individual, (f"{text} is {edition.individual}: {edition.reason}",), edition.script
        )
    return _from_tag(code, text) or _from_name(code, text) or _from_treebank(code, text)


def _of_glottocode(code: str, glottocode: str) -> Language:
    iso = from_glottocode(glottocode)
    rules: tuple[str, ...] = (f"Glottocode {glottocode} is ISO 639-3 {iso}",)
    current = iso if iso in iso639().names else _replacement(iso, code)
    if current != iso:
        rules += (f"{iso} is retired in ISO 639-3 in favour of {current}",)
    return _language(code, current, rules)


def _from_tag(code: str, text: str) -> Language | None:
    """Read `text` as a BCP 47 tag or a treebank code; None if its first subtag is no language code."""
    from langcodes import Language as Tag
    from langcodes.tag_parser import LanguageTagError

    rules: tuple[str, ...] = ()
    treebank = _TREEBANK.fullmatch(text)
    if treebank and not _is_extended(treebank[1], treebank[2]) and treebank[2].title() not in _scripts():
        rules, text = (f"'{treebank[2]}' names a treebank, not a language",), treebank[1]
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
                f"'{extended}' in '{code}' is no language of the macrolanguage '{primary}'",
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
    if tag.territory or tag.variants:
        dropped = ", ".join([tag.territory] * bool(tag.territory) + list(tag.variants or ()))
        rules += (f"{dropped}: varieties are not told apart",)
    return _language(code, iso, rules, script)


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


def _from_name(code: str, text: str) -> Language | None:
    """Look `text` up among the English names of ISO 639-3, then among those of CLDR."""
    candidates = names_index().get(normalized(text), frozenset())
    languages = {_language(code, iso, ()) for iso in candidates if iso not in iso639().special}
    if len(languages) > 1:
        listed = ", ".join(sorted(f"{language.id} ({language.name})" for language in languages))
        raise LanguageError(
            f"the name '{text}' denotes {len(languages)} languages",
            allowed=listed,
            hint="write one of these codes",
        )
    if languages:
        found = languages.pop()
        iso = found.id if found.id in candidates else min(candidates)
        return _language(code, iso, (f"the name '{text}' is ISO 639-3 {iso}",))
    cldr = _cldr_name(text)
    if cldr is None:
        return None
    found = resolve(cldr)
    return replace(found, input=code, rules=(f"the name '{text}' is CLDR's for {cldr}", *found.rules))


def _from_treebank(code: str, text: str) -> Language | None:
    """Read `text` as the name of a treebank: ``"UD_Ancient_Greek-PROIEL"``."""
    treebank = _TREEBANK_NAME.fullmatch(text)
    found = _from_name(code, treebank[1].replace("_", " ")) if treebank else None
    if treebank is None or found is None:
        return None
    return replace(found, rules=(f"'{treebank[2]}' names a treebank, not a language", *found.rules))


def _cldr_name(name: str) -> str | None:
    """Code of a name that CLDR has exactly; langcodes' own search would also take similar ones."""
    from language_data.names import get_trie_value, load_trie, normalize_name  # type: ignore[import-untyped]
    from language_data.util import data_filename  # type: ignore[import-untyped]

    trie = load_trie(data_filename("trie/en/name_to_language.marisa"))
    key = normalize_name(name)
    return str(get_trie_value(trie, key)) if key in trie else None


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


def _unknown(code: str) -> LanguageError:
    return LanguageError(
        f"no language '{code}'",
        allowed=f"nearest: {', '.join(_nearest(code))}",
        hint="write a BCP 47 tag, an ISO 639 code, a Glottocode or an English name",
    )


def _nearest(code: str) -> list[str]:
    """The three nearest codes (for up to three letters) or names."""
    tables = iso639()
    text = code.strip().lower()
    primary = re.split(r"[-_]", text)[0]
    if (len(text) > 3 and len(primary) > 3) or not primary:
        by_name = {name.lower(): f"{name} ({iso})" for iso, name in tables.names.items()}
        return [by_name[name] for name in difflib.get_close_matches(text, by_name, n=3, cutoff=0.0)]
    same_length = [known for known in tables.codes if len(known) == len(primary)] or list(tables.codes)
    nearest = difflib.get_close_matches(primary, same_length, n=3, cutoff=0.0)
    return [f"{known} ({tables.names[tables.codes[known]]})" for known in nearest]
