"""Words of claims and passages: sentences, stems, names of the field, languages, numbers."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any

EXCLUSIVE = ("lang:", "task:", "data:", "metric:", "split:")
"""Kinds of names of which a claim and a cell that differ are not about the same thing."""

_WEIGHTS = {"lang:": 2.0, "task:": 1.5, "data:": 1.5, "model:": 1.2, "metric:": 1.0, "split:": 1.0}
_WORD = re.compile(r"[^\W_]+(?:['’][a-z]+)?")
_SENTENCE_END = re.compile(r"(?:(?<=\D)[.!?][)\"”’\]]*\d{0,2}|[.!?][)\"”’\]]*)\s+(?=[A-Z\d\"“(\[])|\n+")
_ABBREVIATION = re.compile(
    r"(?:\b(?:et al|e\.g|i\.e|cf|vs|Figs?|Tab|Sec|Eq|resp|approx|etc|No|St)|\b[A-Z])\.$"
)
_NUMBER = re.compile(
    r"(?<![\w.,/±–-])(?P<sign>[+−-]\s?)?(?P<whole>\d{1,3}(?:,\d{3})+|\d+)(?P<fraction>\.\d+)?(?P<suffix>[kKMB]\b|st\b|nd\b|rd\b|th\b)?"
    r"\s?(?P<unit>%|percent\b|per cent\b|percentage points?\b|points?\b|pp\b)?(?![\w]|\.\d|-[a-z])"
)
_WORDS_FOR = ["two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"]
_COUNTED = re.compile(
    rf"(?:\b(the|all|these|those|both|our|other)\s+)?\b({'|'.join(_WORDS_FOR)})(?=\s+[a-z])", re.IGNORECASE
)
_GREEK = {letter: unicodedata.name(letter).split()[-1].lower() for letter in "αβγκλρτχ"}
_MULTIPLES = {"k": 1e3, "K": 1e3, "M": 1e6, "B": 1e9}
_DIFFERENCE_BEFORE = re.compile(
    r"\b(?:by|(?:gains?|improvements?|increase|drops?|difference|gap|decrease|reduction) of)\s+"
    r"(?:(?:about|only|up to|almost|over|more than|at least|around|an average of)\s+)?$", re.IGNORECASE
)  # fmt: skip
_DIFFERENCE_AFTER = re.compile(
    r"(?:\s+(?:absolute|F1|accuracy|EM|BLEU|percentage|points?))*\s+(?:better|worse|higher|lower|more|less|above|below"
    r"|over|behind|improvement|gain|drop|increase|decrease)\b", re.IGNORECASE
)  # fmt: skip
_BOUNDS = {
    ">": re.compile(
        r"(?:(?:more|greater|higher) than|over|above|at least|exceed\w*|no less than|≥|>)\s*$", re.IGNORECASE
    ),
    "<": re.compile(
        r"(?:(?:less|fewer|lower) than|under|below|at most|up to|no more than|≤|<)\s*$", re.IGNORECASE
    ),
    "~": re.compile(r"(?:about|around|approximately|roughly|nearly|almost|circa|~)\s*$", re.IGNORECASE),
}


@dataclass(frozen=True, slots=True)
class Number:
    """A number of a sentence.

    Parameters
    ----------
    start, end : int
        Span in the text, unit included.
    value : float
        As written: 84.3 for 84.3%.
    decimals : int
    kind : {"score", "difference", "count"}
    bound : {"", ">", "<", "~"}
        At least, at most, about.
    noun : str
        Stem of the noun that a count counts.
    """

    start: int
    end: int
    value: float
    decimals: int
    kind: str
    bound: str = ""
    noun: str = ""

    @property
    def is_bare(self) -> bool:
        """Whether it is whole, and counts nothing that is named."""
        return self.decimals == 0 and not self.noun and self.kind != "difference"


@dataclass(frozen=True, slots=True)
class Term:
    """A name or word: its canonical names (``lang:deu``) and stems, its weight, and where it begins."""

    names: frozenset[str]
    weight: float
    start: int

    @property
    def kind(self) -> str:
        """``lang:``, ``task:``, ``metric:``, ``split:``, ``model:``, ``setting:``, ``name:`` or ``word:``."""
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
def similar() -> dict[str, str]:
    """Names that a paper may use for one another, and data sets with their task."""
    return {**_vocabulary()["similar"], **_tasks()}


@cache
def _tasks() -> dict[str, str]:
    """Data sets with their task."""
    return {
        f"data:{name}": f"task:{task}"
        for task, names in _vocabulary()["data_of"].items()
        for name in names.split()
    }


@cache
def _spellings() -> dict[str, list[tuple[list[str], str]]]:
    """First token to the spellings that begin with it, longest first, with their canonical name."""
    index: dict[str, list[tuple[list[str], str]]] = {}
    from isogloss.languages import find

    for kind, entries in _vocabulary()["names"].items():
        named = ((find(n), n) for n in entries) if kind == "lang" else ()
        by_name = {found.id if found else n.lower(): [n] for found, n in named} or entries
        for name, spellings in by_name.items():
            for spelling in spellings:
                tokens = [w.lower() for w in _WORD.findall(spelling)]
                index.setdefault(tokens[0], []).append((tokens, f"{kind}:{name}"))
    return {first: sorted(found, key=lambda f: -len(f[0])) for first, found in index.items()}


@cache
def stem(word: str) -> str:
    """Stem of a word in lower case."""
    return str(_stemmer().stemWord(word))


@cache
def _stemmer() -> Any:
    import snowballstemmer

    return snowballstemmer.stemmer("english")


def normalise(text: str) -> str:
    """NFKC, plain hyphens and spaces."""
    return " ".join(re.sub(r"[‐‑]", "-", unicodedata.normalize("NFKC", text)).split())


def sentences(text: str) -> list[tuple[int, int]]:
    """Spans of the sentences of a text."""
    ends = (m for m in _SENTENCE_END.finditer(text))
    cuts = [m.end() for m in ends if not _ABBREVIATION.search(text[max(0, m.start() - 12) : m.start() + 1])]
    return [(a, b) for a, b in zip([0, *cuts], [*cuts, len(text)], strict=True) if text[a:b].strip()]


@cache
def language_of(word: str, *, codes: bool = False) -> str | None:
    """Id of the language that a capitalised name with a two-letter code, or a code if `codes`, stands for."""
    from isogloss.languages import find

    word = word.strip(" .:*†")
    if codes and re.fullmatch(r"[A-Za-z]{2,3}(?:[-_][A-Za-z]{2,5})?", word):
        language = find(word.lower()) or find(re.split("[-_]", word)[0].lower())
        return language.id if language else None
    word = word[:1].upper() + word[1:] if codes else word
    language = find(word) if len(word) > 3 and word[0].isupper() and word.isalpha() else None
    return language.id if language is not None and len(language.tag) == 2 else None


@lru_cache(maxsize=2**17)
def terms(text: str, *, codes: bool = False) -> tuple[Term, ...]:
    """Names and content words of a text, in order; short words are language codes if `codes`."""
    words = list(_WORD.finditer(text))
    lower = [_GREEK.get(w.group()) or _plain(re.sub(r"['’]s$", "", w.group().lower())) for w in words]
    found: list[Term] = []
    i = 0
    while i < len(words):
        spellings = (f for f in _spellings().get(lower[i], ()) if lower[i : i + len(f[0])] == f[0])
        tokens, name = next(spellings, ([], ""))
        is_short = len(tokens) == 1 and len(lower[i]) <= 3 and lower[i] != "f1"
        if name and not (is_short and not codes and words[i].group().islower()):
            weight = _WEIGHTS.get(name.partition(":")[0] + ":", 0.8)
            found.append(
                Term(
                    frozenset([name, *map(stem, tokens[:1] if len(tokens) == 1 else ())]),
                    weight,
                    words[i].start(),
                )
            )
            i += len(tokens)
            continue
        is_first = i == 0 or text[: words[i].start()].rstrip()[-1:] in (".", ":", "?")
        found += _term(words[i], lower[i], text, is_first=is_first, codes=codes)
        i += 1
    return tuple(found)


def _plain(word: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFKD", word) if not unicodedata.combining(c))


def _term(match: re.Match[str], lower: str, text: str, *, is_first: bool, codes: bool) -> list[Term]:
    word = re.sub(r"['’]s$", "", match.group())
    beside = text[max(0, match.start() - 3) : match.start()] + "|" + text[match.end() : match.end() + 3]
    is_code = codes or (re.fullmatch(r"[A-Z]{2}", word) and re.search(r"(?:→|->)\s?\||\|\s?(?:→|->)", beside))
    if language := language_of(word, codes=bool(is_code)):
        return [Term(frozenset([f"lang:{language}", stem(lower)]), 2.0, match.start())]
    is_acronym = word.isupper() and (len(word) > 1 or codes) and not word.isdigit()
    if (lower in word_list("stop") or (len(lower) == 1 and not word.isdigit())) and not is_acronym:
        return []
    has_shape = not (word.islower() or word.istitle()) or (word[0].isupper() and not is_first)
    return [
        Term(frozenset([stem(lower)]), 0.6 if word.isdigit() else 1.0 if has_shape else 0.5, match.start())
    ]


def words_of(found: Iterable[Term]) -> frozenset[str]:
    """All names of terms, and the tasks of data sets."""
    names = frozenset(name for term in found for name in term.names)
    return names | {_tasks()[name] for name in names if name in _tasks()}


@lru_cache(maxsize=2**17)
def words(text: str) -> frozenset[str]:
    """All names and stems of a text."""
    return words_of(terms(text))


def numbers(text: str) -> list[Number]:
    """Numbers that state a value; years, numbers of tables and layers, and parts of names are none."""
    text = re.sub(r"(?<=than )half\b|(?<=about )half\b|(?<=over )half\b", "50%", text)
    found = []
    for match in _NUMBER.finditer(text):
        before, after = text[max(0, match.start() - 40) : match.start()], text[match.end() : match.end() + 60]
        plain = not (match["fraction"] or match["unit"] or match["suffix"])
        is_year = (
            plain and re.fullmatch(r"(?:19|20)\d\d", match["whole"]) and not re.match(r"\s+[a-z]+s\b", after)
        )
        last = before.lower().rstrip(" (").rpartition(" ")[2].lstrip("(")
        if (
            is_year
            or (not match["unit"] and last in word_list("pointer"))
            or before.rstrip().endswith(("±", "et al. ("))
        ):
            continue
        unit, suffix, noun = match["unit"] or "", match["suffix"] or "", ""
        if not unit and not match["fraction"]:
            noun = _noun(after)
        is_signed = bool(match["sign"]) and bool(unit or match["fraction"])
        is_change = "point" in unit or unit == "pp" or is_signed or _DIFFERENCE_BEFORE.search(before)
        value = float(match["whole"].replace(",", "") + (match["fraction"] or "")) * _MULTIPLES.get(
            suffix, 1.0
        )
        is_whole = not unit and not match["fraction"] and (noun or value > 100)
        kind = "count" if suffix or is_whole else "score"
        kind = "difference" if is_change or _DIFFERENCE_AFTER.match(after) else kind
        bound = next((sign for sign, pattern in _BOUNDS.items() if pattern.search(before)), "")
        decimals = len(match["fraction"] or ".") - 1
        found.append(Number(match.start(), match.end(), value, decimals, kind, bound, noun))
    for match in (m for m in _COUNTED.finditer(text) if not m[1]):
        value, noun = _WORDS_FOR.index(match[2].lower()) + 2, _noun(text[match.end() : match.end() + 60])
        found += [Number(match.start(2), match.end(), value, 0, "count", "", noun)] if noun else []
    return sorted(found, key=lambda n: n.start)


def _noun(after: str) -> str:
    counted = re.match(r"\s+((?:[A-Za-z][\w-]*\s+){0,2}?[a-z][\w-]*s)\b|\s+([a-z][\w-]+)", after)
    word = (counted[1] or counted[2]).split()[-1].lower() if counted else ""
    is_noun = word.endswith("s") or word not in word_list("stop")
    return (
        stem(word)
        if is_noun and word not in {"is", "was", "as", "has", "points", "results", "scores", "accuracy"}
        else ""
    )


def value_of(cell: str) -> tuple[float, int] | None:
    """Number that a cell of a table begins with, and its decimals; None for a placeholder."""
    match = re.match(r"[~<>≥≤(* ]*([+−–-]?)\s?(\d[\d,]*)?(\.\d+)?", cell)
    if not match or not (match[2] or match[3]):
        return None
    value = float((match[2] or "0").replace(",", "") + (match[3] or ""))
    return value if match[1] in ("", "+") else -value, len(match[3] or ".") - 1


def agrees(claimed: Number, value: float, decimals: int) -> bool | None:
    """Whether a paper's value is the claimed one, as far as both are written; percent and shares compare.

    Returns
    -------
    bool or None
        None where the paper's value is too coarse to tell.
    """
    claim, d = claimed.value, claimed.decimals
    if value <= 1 < claim and decimals > 1:
        value, decimals = 100 * value, decimals - 2
    elif claim <= 1 < value and d > 1:
        claim, d = 100 * claim, d - 2
    if claimed.kind == "difference":
        claim, value = abs(claim), abs(value)
    if claimed.bound in (">", "<"):
        return value >= claim if claimed.bound == ">" else value <= claim
    if claimed.bound == "~":
        return abs(value - claim) <= max(0.03 * abs(claim), 0.5 * 10.0**-d)
    if abs(value - claim) < 1e-9:
        return True
    if decimals < d and abs(value - claim) <= 0.5 * 10.0**-decimals:
        return None
    return abs(value - claim) <= 0.5 * 10.0 ** -min(d, decimals) + 1e-9
