"""Sentences, words and their stems."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from typing import Any

from isogloss.evidence.amounts import amounts_spelled, is_amount

_ABBREVIATIONS = r"(?:e\.g|i\.e|et al|cf|vs|Fig|Figs|Tab|Eq|Eqs|Sec|approx|resp|avg|acc|No|Dr|St)"
_LONGEST_ABBREVIATION = 10
_SENTENCE_END = re.compile(r"(?<=[.!?])[\"'\u201d\u2019)\]]?\s+(?=[\"'\u201c(\[]?[A-Z0-9+\u2212-])")
_ABBREVIATED = re.compile(rf"\b{_ABBREVIATIONS}\.\s*$")
_WORD = re.compile(r"#?[^\W_]+(?:[-'\u2019][^\W_]+)*%?|%")
_NEGATION = frozenset({"without", "no", "not", "never", "neither", "nor", "cannot", "n't", "hardly"})
_REMOVAL = frozenset({"removing", "omitting", "excluding", "ablating", "disabling"})
"""What is removed is not there, but nothing is denied."""
_FAILING = frozenset({"fail", "fails", "failed"})
_REACH_OF_NEGATION = 3
_LOWER_PART = re.compile(r"\blower(?=(?:-level)? (?:layers?|blocks?|half|part)\b)", re.IGNORECASE)
"""Where "lower" says where, not how much."""
_LEFT_OUT = re.compile(r"\b(?:leaving out|w/o)(?=\s)|^[-\u2013](?=\s+[a-zA-Z])", re.IGNORECASE)

_SYNONYMS = {
    "improve": "up", "increas": "up", "rais": "up", "rise": "up", "gain": "up", "grow": "up", "grew": "up",
    "boost": "up", "beat": "up", "surpass": "up", "outperform": "up", "exceed": "up",
    "benefit": "up", "rose": "up", "help": "up", "profit": "up", "improv": "up",
    "drop": "down", "fall": "down", "fell": "down", "decreas": "down", "lose": "down", "loss": "down",
    "lost": "down", "cost": "down", "hurt": "down", "lower": "down", "reduc": "down", "declin": "down",
    "harm": "down", "degrad": "down", "wors": "down", "suffer": "down", "shrink": "down",
    "underperform": "down", "trail": "down", "predictor": "predict",
    "pick": "choos", "select": "choos", "chosen": "choos", "retain": "keep", "preserv": "keep",
    "kept": "keep",
    "maintain": "keep",
}  # fmt: skip


@cache
def stop_words() -> frozenset[str]:
    """Words that say nothing about which number is meant."""
    import yaml

    text = files("isogloss.evidence").joinpath("vocabulary.yaml").read_text(encoding="utf-8")
    return frozenset(yaml.safe_load(text)["stop words"].split())


def normalise(text: str) -> str:
    """One form for ligatures, dashes and white space; words hyphenated at a line's end are joined."""
    text = unicodedata.normalize("NFKC", text)
    text = re.sub(r"(?<=[a-z])[\u00ad-]\n(?=[a-z])", "", text)
    text = text.replace("\u00ad", "").replace("\u2212", "-").replace("\u2010", "-").replace("\u2011", "-")
    text = re.sub(r"[\x00-\x08\x0b-\x1f\x7f]", " ", text)
    return re.sub(r"\s+", " ", text).strip()


def sentences(text: str) -> Iterator[tuple[int, int]]:
    """Spans of the sentences of `text`."""
    start = 0
    for match in _SENTENCE_END.finditer(text):
        if _ABBREVIATED.search(text[max(start, match.start() - _LONGEST_ABBREVIATION) : match.start()] + " "):
            continue
        yield start, match.start()
        start = match.end()
    if text[start:].strip():
        yield start, len(text)


def spans_of_words(text: str) -> Iterator[tuple[str, int, int]]:
    """Words with their spans."""
    for match in _WORD.finditer(text):
        yield match.group(), match.start(), match.end()


@cache
def stem(word: str) -> str:
    """Snowball's English stem; words for a rise and for a fall each have one stem."""
    root = str(_stemmer().stemWord(word.lower()))
    return _SYNONYMS.get(root, root)


@cache
def _stemmer() -> Any:
    import snowballstemmer

    return snowballstemmer.stemmer("english")


def terms(text: str) -> list[str]:
    """Stems of the words that carry meaning; a word that is negated or removed has ``no:`` before it.

    Amounts are words too, in one spelling: `amounts_spelled`.
    """
    found: list[str] = []
    reach = 0
    text = _LOWER_PART.sub("low", _LEFT_OUT.sub("without", text))
    for word, _, _ in spans_of_words(amounts_spelled(text)):
        lower = word.lower()
        if lower in _NEGATION or lower in _REMOVAL or lower.endswith("n't"):
            reach = _REACH_OF_NEGATION
            continue
        if lower not in stop_words() and len(lower) > 1:
            for part in lower.split("-"):
                if part and part not in stop_words() and not part[0].isdigit():
                    found.append(("no:" if reach and not is_amount(part) else "") + stem(part))
        reach = max(0, reach - 1)
    return found


def index_terms(text: str) -> list[str]:
    """Stems of all words, for retrieval."""
    return [stem(part) for word, _, _ in spans_of_words(text) for part in word.lower().split("-") if part]


def is_negated(text: str) -> bool:
    """Whether a sentence denies something: an odd number of negations."""
    words = [word.lower() for word, _, _ in spans_of_words(text)]
    n = sum(word in _NEGATION - {"nor"} or word.endswith("n't") or word in _FAILING for word in words)
    return n % 2 == 1
