"""Words of claims and passages: sentences, stems, names of the field, languages."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any

from isogloss.languages import find

LONGEST = 8
"""Most words of a name."""

_WEIGHTS = {"lang": 2.0, "task": 1.5, "data": 1.5, "model": 1.2, "metric": 1.0, "split": 1.0}
_WORD = re.compile(r"[^\W_]+(?:_\d+)?(?:['’][a-z]+)?")
_SENTENCE_END = re.compile(r"(?:(?<=\D)[.!?][)\"”’\]]*\d{0,2}|[.!?][)\"”’\]]*)\s+(?=[A-Z\d\"“(\[])|\n+")
_ABBREVIATION = re.compile(
    r"(?:\b(?:et al|e\.g|i\.e|cf|vs|Figs?|Tab|Sec|Eq|resp|approx|etc|No|St)|\b[A-Z])\.$"
)
_PLAIN = str.maketrans({"‐": "-", "‑": "-", **dict.fromkeys("\u200b\u2060\ufeff\u00ad")})
_PAIRED = re.compile(r"(?:→|->)\s?\||\|\s?(?:→|->)|[A-Z]{2}[-–]\||\|[-–][A-Z]{2}")
"""Neighbours of a code in a pair such as "EN-ES"; the bar is where the code is."""


@dataclass(frozen=True, slots=True)
class Term:
    """A name or word: its canonical names (``lang:deu``) and stems, its weight, and where it begins."""

    names: frozenset[str]
    weight: float
    start: int

    @property
    def kind(self) -> str:
        """Kind in the vocabulary, such as ``task:``; ``lang:``, ``name:`` or ``word:``."""
        named = (name.partition(":")[0] + ":" for name in self.names if ":" in name)
        return next(named, "name:" if self.weight >= 1 else "word:")

    def among(self, words: Iterable[str]) -> bool:
        """Whether one of its names is among words."""
        return not self.names.isdisjoint(words)


@cache
def _vocabulary() -> dict[str, Any]:
    import yaml

    text = files("isogloss.evidence").joinpath("vocabulary.yaml").read_text(encoding="utf-8")
    return dict(yaml.safe_load(text))


@cache
def word_list(name: str) -> frozenset[str]:
    """Words of a list of ``vocabulary.yaml``: stop, negation, up, down, pointer."""
    return frozenset(_vocabulary()[name].split())


@cache
def _tasks() -> dict[str, str]:
    """Data sets with their task."""
    return {
        f"data:{d}": f"task:{task}" for task, names in _vocabulary()["data_of"].items() for d in names.split()
    }


@cache
def similar() -> dict[str, str]:
    """Names that a paper may use for one another, and data sets with their task."""
    return {**_vocabulary()["similar"], **_tasks()}


@cache
def _spellings() -> dict[str, list[tuple[list[str], str]]]:
    """First token to the spellings that begin with it, longest first, with their canonical name."""
    index: dict[str, list[tuple[list[str], str]]] = {}
    for kind, entries in _vocabulary()["names"].items():
        for name, spelling in ((name, s) for name, spellings in entries.items() for s in spellings):
            tokens = [w.lower() for w in _WORD.findall(spelling)]
            index.setdefault(tokens[0], []).append((tokens, f"{kind}:{name}"))
    return {first: sorted(found, key=lambda f: -len(f[0])) for first, found in index.items()}


def is_metric(word: str) -> bool:
    """Whether a word in lower case is the name of a metric; errors can be counted."""
    found = (name for tokens, name in _spellings().get(word, ()) if tokens == [word])
    return any(name.startswith("metric:") and name != "metric:error" for name in found)


@cache
def stem(word: str) -> str:
    """Stem of a word in lower case; *reproduction* has that of *reproduce*."""
    return re.sub("duct$", "duc", str(_stemmer().stemWord(word)))


@cache
def _stemmer() -> Any:
    import snowballstemmer

    return snowballstemmer.stemmer("english")


def normalise(text: str) -> str:
    """NFKC, plain hyphens and spaces, nothing without width: a zero-width space divides no number."""
    return " ".join(unicodedata.normalize("NFKC", text).translate(_PLAIN).split())


def sentences(text: str) -> list[tuple[int, int]]:
    """Spans of the sentences of a text."""
    ends = (m for m in _SENTENCE_END.finditer(text))
    cuts = [m.end() for m in ends if not _ABBREVIATION.search(text[max(0, m.start() - 12) : m.start() + 1])]
    return [(a, b) for a, b in zip([0, *cuts], [*cuts, len(text)], strict=True) if text[a:b].strip()]


@cache
def language_of(word: str, *, codes: bool = False) -> str | None:
    """Id of the language that a capitalised name with a two-letter code, or a code if `codes`, stands for."""
    word = word.strip(" .:*†")
    if codes and re.fullmatch(r"[A-Za-z]{2,3}(?:[-_][A-Za-z]{2,5})?", word):
        language = find(word.lower()) or find(re.split("[-_]", word)[0].lower())
        return language.id if language else None
    word = word[:1].upper() + word[1:] if codes else word
    language = (
        find(word) if len(word) > 2 and word[0].isupper() and not word.isupper() and word.isalpha() else None
    )
    return language.id if language is not None and len(language.tag) == 2 else None


@lru_cache(maxsize=2**17)
def terms(text: str, *, codes: bool = False) -> tuple[Term, ...]:
    """Names and content words of a text, in order; short words are language codes if `codes`."""
    matches = list(_WORD.finditer(text))
    lower = [_plain(m.group()) for m in matches]
    found: list[Term] = []
    end = 0
    for i, match in enumerate(matches):
        if i < end:
            continue
        own, n = _named(text, match, lower[i : i + LONGEST], codes=codes)
        found += own
        end = i + n
    return tuple(found)


def _named(
    text: str, match: re.Match[str], lower: Sequence[str], *, codes: bool
) -> tuple[Sequence[Term], int]:
    """Term that begins at a word, and how many words it takes."""
    start = match.start()
    if (
        lower[0] in word_list("of_languages")
        and (compound := _compound(text[start : start + 60])) is not None
    ):
        return [Term(frozenset([compound[0]]), _WEIGHTS["lang"], start)], compound[1]
    spellings = (f for f in _spellings().get(lower[0], ()) if list(lower[: len(f[0])]) == f[0])
    tokens, name = next(spellings, ([lower[0]], ""))
    is_short = len(tokens) == 1 and len(lower[0]) <= 3 and lower[0] != "f1"
    if not name or (is_short and not codes and match.group().islower()):
        return _term(match, lower[0], text, codes=codes), 1
    names = [name, *(map(stem, tokens) if len(tokens) == 1 else ())]
    return [Term(frozenset(names), _WEIGHTS.get(name.partition(":")[0], 0.8), start)], len(tokens)


def _compound(text: str) -> tuple[str, int] | None:
    """The language of several words that a text begins with, and their number: "Old English"."""
    for n in (3, 2):
        words = re.findall(r"[A-Z][\w’'-]+", " ".join(text.split()[:n]))
        if len(words) == n and (language := find(" ".join(words))) is not None:
            return f"lang:{language.id}", n
    return None


def _plain(word: str) -> str:
    """A word in lower case, without accents and possessive."""
    bare = unicodedata.normalize("NFKD", re.sub(r"['’]s$|_", "", word.lower()))
    return "".join(c for c in bare if not unicodedata.combining(c))


def _term(match: re.Match[str], lower: str, text: str, *, codes: bool) -> list[Term]:
    """Term of a word that is not a name in the vocabulary; none for a stop word."""
    word, start = re.sub(r"['’]s$", "", match.group()), match.start()
    beside = text[max(0, start - 3) : start] + "|" + text[match.end() : match.end() + 3]
    is_paired = re.fullmatch(r"[A-Z]{2}", word) and _PAIRED.search(beside)
    is_code = codes or is_paired
    if language := language_of(word, codes=bool(is_code)):
        return [Term(frozenset([f"lang:{language}", stem(lower)]), _WEIGHTS["lang"], start)]
    is_acronym = word.isupper() and (len(word) > 1 or codes) and not word.isdigit()
    if (lower in word_list("stop") or (len(lower) == 1 and not word.isdigit())) and not is_acronym:
        return []
    is_plain = word.islower() or (word.istitle() and not start)
    weight = 0.6 if word.isdigit() else 0.5 if is_plain else 1.0
    return [Term(frozenset([stem(lower)]), weight, start)]


def words_of(found: Iterable[Term]) -> frozenset[str]:
    """All names of terms, and the tasks of data sets."""
    names = frozenset(name for term in found for name in term.names)
    return names | {_tasks()[name] for name in names if name in _tasks()}


@lru_cache(maxsize=2**17)
def words(text: str) -> frozenset[str]:
    """All names and stems of a text."""
    return words_of(terms(text))
