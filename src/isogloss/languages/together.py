"""The codes and names of one input, read together: the other words decide how each is meant."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from isogloss.errors import LanguageError
from isogloss.languages._glottocodes import codes_of_wals
from isogloss.languages._iso639 import normalized
from isogloss.languages.base import Language
from isogloss.languages.names import groups
from isogloss.languages.resolution import (
    NO_OTHER_WORD,
    TWO_READINGS,
    has_capital,
    looks_like_name,
    of_wals,
    reading_with_rule,
    readings,
)
from isogloss.languages.rules import WIKIPEDIA
from isogloss.languages.spelling import checked, stated_text, unknown

_N_LISTED = 30
"""So many problems are listed one by one."""

_SHARE_IN_WALS = 0.8

_OF_WIKIPEDIA_ALONE = frozenset(WIKIPEDIA.keys() - {"bh", "eml"}) | {"zh-min-nan", "zh-yue"}
"""Codes that nobody but Wikipedia uses."""


@dataclass(frozen=True)
class Together:
    """The languages of one input.

    Parameters
    ----------
    languages : mapping of str to Language
        By the text as it is spelled there, in the order of the input.
    problems : mapping of str to LanguageError
        The texts that denote no language, or no one language.
    """

    languages: Mapping[str, Language]
    problems: Mapping[str, LanguageError] = field(default_factory=dict)

    @property
    def notes(self) -> tuple[str, ...]:
        """Decisions on words that can mean two languages."""
        return two_readings(self.languages.values())

    def check(self) -> Together:
        """Refuse an input with problems, naming all of them.

        Raises
        ------
        LanguageError
        """
        if self.problems:
            raise refusal(self.problems)
        return self


def resolve_all(codes: str | Language | Iterable[str | Language]) -> tuple[Language, ...]:
    """Resolve several codes or names of one input, in their order, see `read_together`; languages stay.

    Raises
    ------
    LanguageError
        If any of them denotes no language; all of these are named.
    """
    entries = [codes] if isinstance(codes, str | Language) else list(codes)
    words = [stated_text(entry) for entry in entries if not isinstance(entry, Language)]
    found = read_together(words).check().languages
    return tuple(entry if isinstance(entry, Language) else found[entry] for entry in entries)


def read_together(codes: Iterable[str]) -> Together:
    """Read the codes and names of one input.

    A word that is the code of one language and the name of another (*Mon*, *Ga*) is compared with the words
    that are written like it (in capitals, in small letters, with one capital) and have one reading only: it
    is a code if most of these are codes, a name if most are names. Two small letters are always a code (*en*
    beside *german*). Where there are no such words, it is read as `resolve` reads it. *als* is Alemannic if
    other codes of the input are codes of Wikipedia only, and three letters are a WALS code if other codes are
    codes of WALS only.

    Parameters
    ----------
    codes : iterable of str

    Returns
    -------
    Together
        With the languages of all texts that denote one, and the problems of the others.
    """
    options: dict[str, Mapping[str, Language]] = {}
    problems: dict[str, LanguageError] = {}
    for code in dict.fromkeys(codes):
        try:
            options[code] = readings(code)
            if not options[code]:
                problems[code] = unknown(code)
        except LanguageError as error:
            problems[code] = error
    in_wals = _codes_of_wals_alone(options)
    for code in in_wals:
        options[code] = {"wals": in_wals[code]}
        del problems[code]
    context = _Conventions({code: found for code, found in options.items() if found})
    languages = {code: context.choose(code, found) for code, found in options.items() if found}
    return Together(languages, problems)


def _codes_of_wals_alone(options: Mapping[str, Mapping[str, Language]]) -> dict[str, Language]:
    """Codes that only WALS has, in an input whose codes of three letters are those of WALS.

    That is, nearly all of them: qwanqwa does not know quite all of WALS.
    """
    words = [code for code in options if len(checked(code)) == 3 and checked(code).islower()]
    unread = [code for code in words if not options[code]]
    if len(words) < 2 or all(checked(code) in groups() for code in unread):
        return {}
    known = [code for code in words if checked(code) in codes_of_wals()]
    if len(known) < _SHARE_IN_WALS * len(words):
        return {}
    found = {code: of_wals(code, checked(code)) for code in unread}
    return {code: language for code, language in found.items() if language is not None}


def refusal(problems: Mapping[str, LanguageError]) -> LanguageError:
    """All problems of an input in one error."""
    listed = list(problems.values())
    if len(listed) == 1:
        return listed[0]
    lines = [
        f"  {error.what}" + (f" ({error.allowed})" if error.allowed else "") for error in listed[:_N_LISTED]
    ]
    if len(listed) > _N_LISTED:
        lines.append(f"  and {len(listed) - _N_LISTED:,} more")
    return LanguageError(
        "\n".join([f"{len(listed)} codes or names denote no language", *lines]),
        hint="write a BCP 47 tag, an ISO 639 code, a Glottocode or an English name",
    )


def two_readings(languages: Iterable[Language]) -> tuple[str, ...]:
    """The rules of languages whose code or name could have meant another."""
    return tuple(dict.fromkeys(rule for of in languages for rule in of.rules if TWO_READINGS in rule))


class _Conventions:
    """Kinds of the unambiguous words of an input, by the way they are written."""

    def __init__(self, options: Mapping[str, Mapping[str, Language]]) -> None:
        only = [(code, *next(iter(found.items()))) for code, found in options.items() if len(found) == 1]
        self.votes = Counter(
            (_style(code), kind)
            for code, kind, language in only
            if kind == "name" or normalized(language.name) != normalized(checked(code))  # "Ewe" is both
        )
        of_wikipedia = (c for c in options if checked(c).lower().replace("_", "-") in _OF_WIKIPEDIA_ALONE)
        self.wikipedia = next(of_wikipedia, None)
        self.wals = next((code for code, kind, _ in only if kind == "wals"), None)

    def choose(self, code: str, options: Mapping[str, Language]) -> Language:
        """The reading of one word."""
        if self.wikipedia and "wikipedia" in options and len(options) > 1:
            return reading_with_rule(
                options, "wikipedia", f"'{self.wikipedia}' in the same input is a code of Wikipedia"
            )
        if self.wals and "code" in options:
            of = of_wals(code, checked(code).lower())
            if of is not None and of != options["code"]:
                options = {**options, "wals": of}
                return reading_with_rule(
                    options, "wals", f"'{self.wals}' in the same input is a code of WALS only"
                )
        if len(options) > 1:
            options = {kind: of for kind, of in options.items() if kind != "wikipedia"}
        return next(iter(options.values())) if len(options) == 1 else self._code_or_name(code, options)

    def _code_or_name(self, code: str, options: Mapping[str, Language]) -> Language:
        """The reading of a word that is a code and a name, as most words that are written like it."""
        style = _style(code)
        n_names, n_codes = (self.votes[style, kind] for kind in ("name", "code"))
        mixed = any(kind == "name" for _, kind in self.votes)
        if n_names > n_codes and style == "small" and len(checked(code)) == 2:
            kind, why = "code", "two small letters are seldom a name"
        elif n_names == n_codes:
            kind, why = "name" if looks_like_name(code) else "code", NO_OTHER_WORD
        else:
            kind, mixed = ("name", True) if n_names > n_codes else ("code", n_names > 0)
            most = max(n_names, n_codes)
            why = f"{most} other {'words' if most > 1 else 'word'} written like it can only be {kind}s"
        if kind == "code" and not (mixed or has_capital(code)):
            return options["code"]
        return reading_with_rule(options, kind, why)


def _style(code: str) -> str:
    """How a word is written."""
    first = checked(code).replace("_", " ").split()[0]
    return "small" if first.islower() else "large" if first.isupper() else "capital"
