"""Languages by their ISO 639-3 codes, with what CLDR and URIEL have on record."""

from __future__ import annotations

from functools import cache

from isogloss.languages import _uriel
from isogloss.languages._iso639 import iso639
from isogloss.languages.base import Language
from isogloss.languages.rules import MACROLANGUAGES, NOTES, REPRESENTED, WITHDRAWN, individual_of


def from_iso(code: str, iso: str, rules: tuple[str, ...], script: str | None = None) -> Language:
    """Make the language of an ISO 639-3 code, after the rule for macrolanguages.

    Parameters
    ----------
    code : str
        As the user or the data set spells it.
    iso : str
        ISO 639-3 code.
    rules : tuple of str
        Rules that were applied to get from `code` to `iso`.
    script : str, optional
        ISO 15924 code, where `code` names one; by default the usual script.
    """
    tables = iso639()
    if iso in WITHDRAWN:  # Serbo-Croatian, by its name or Glottocode
        iso, reason, implied = WITHDRAWN[iso]
        rules, script = (*rules, f"that is {iso} here: {reason}"), script or implied
    if iso in MACROLANGUAGES:
        macro, (iso, reason, _) = iso, MACROLANGUAGES[iso]
        rules += (f"macrolanguage {macro} is {iso} here: {reason}",)
    elif iso in tables.macrolanguages:
        rules += (f"{iso} is a macrolanguage without a rule: it stands for itself",)
    if iso in NOTES:
        rules += (NOTES[iso],)
    tag = tag_of(iso)
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


def tag_of(iso: str) -> str:
    """Shortest BCP 47 tag of an ISO 639-3 code."""
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


def script_of_region(primary: str, iso: str, region: str) -> tuple[str | None, tuple[str, ...]]:
    """CLDR's likely script of a language in a region, with its rule: Hant for zh in TW, Latn for sr in ME."""
    from langcodes.data_dicts import LIKELY_SUBTAGS

    for known in (primary, iso, tag_of(individual_of(iso))):
        likely = LIKELY_SUBTAGS.get(f"{known}-{region.upper()}")
        if likely is not None:
            script = str(likely.split("-")[1])
            return script, (f"{region}: the usual script there is {script}",)
    return None, ()


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
    return from_iso(code, code, ()) if code in iso639().names else _retired(code)
