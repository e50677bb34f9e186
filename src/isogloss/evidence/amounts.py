"""Amounts as conditions: at 50% sparsity, with 1,000 examples, k = 50; in one spelling each."""

from __future__ import annotations

import re
from collections.abc import Iterable

_SMALL = ("two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
_WORDS = {word: str(i) for i, word in enumerate(_SMALL, start=2)}
_ONE = re.compile(
    r"(?<=\bthan )one\b|(?<=\bfrom )one\b(?! of)|(?<=\bon )one\b(?! of)|\bone(?= language\b)|^\W*one(?=\W*$)",
    re.IGNORECASE,
)
"""Where "one" is a number."""

_SHARES = {
    "half of": 50, "a quarter of": 25, "one quarter of": 25, "three quarters of": 75, "three-quarters of": 75,
    "a fifth of": 20, "one fifth of": 20, "a tenth of": 10, "one tenth of": 10,
}  # fmt: skip
_SHARE = re.compile(rf"\b(?:{'|'.join(_SHARES)})\b", re.IGNORECASE)
_WORD = re.compile(rf"\b(?:{'|'.join(_WORDS)})\b", re.IGNORECASE)
_PERCENT = re.compile(r"(?<=\d)\s?(?:%|percent\b|per cent\b)")
_THOUSANDS = re.compile(r"(?<![\w.,])\d{1,3}(?:,\d{3})+(?![\d.])")
_SHORT = re.compile(r"(?<![\w.,])(\d+)\s?([kKM])(?![\w])")
_FACTOR = {"k": 1_000, "K": 1_000, "M": 1_000_000}
_REFERENCE = re.compile(
    r"\b(?:tables?|figures?|figs?\.|sections?|sec\.|eqs?\.|equations?|appendix|pages?|pp\.)\s*\d[\d.]*|\[\d+\]",
    re.IGNORECASE,
)
_YEAR = re.compile(r"(?<![\w,.])(?:19|20)\d\d(?!\d|%|[.,]\d|\s+[a-z]+s\b)")
_DECIMAL = re.compile(r"[+-]?\d*[.,]\d+%?")
_WHOLE = re.compile(r"(?<![\w.,])(\d+)(%?)(?!\w|[.,]\d)")
_MARK = "#"
_SETTING = re.compile(
    r"\b(thresholds?|temperatures?|weights?|probabilit(?:y|ies)|dropout|margins?|rates?|alpha|beta|lambda|\u03bb|\u03b1|\u03b2|\u03c4)"
    r"(?: of| is| at| to)?(?: ?= ?| )(0?\.\d+|\d\.\d+)(?!\d|%)",
    re.IGNORECASE,
)
"""Decimals that are a setting: a threshold of 0.9."""


def amounts_spelled(text: str) -> str:
    """Every amount of a text as one word with a mark before it: 1k, 1,000 and 1000 are ``#1000``.

    Years, decimals and numbers of tables and sections are none.
    """
    text = _REFERENCE.sub(" ", text)
    text = _SETTING.sub(lambda match: f"{match[1]} {_setting(match[2])}", text)
    text = _YEAR.sub(" ", _PERCENT.sub("%", text))
    text = _SHARE.sub(lambda match: f"{_SHARES[match.group().lower()]}% of", text)
    text = _ONE.sub("1", text)
    text = _WORD.sub(lambda match: _WORDS[match.group().lower()], text)
    text = _THOUSANDS.sub(lambda match: match.group().replace(",", ""), text)
    text = _SHORT.sub(lambda match: str(int(match[1]) * _FACTOR[match[2]]), text)
    text = _WHOLE.sub(rf"{_MARK}\1\2", text)
    return _DECIMAL.sub(" ", text)


def _setting(digits: str) -> str:
    """A decimal as a word that no later rule takes apart: hundredths of thousandths."""
    return f"{_MARK}d{round(float(digits) * 100_000)}"


def bare_setting(label: str) -> list[str]:
    """A label that is nothing but a decimal is a setting."""
    return [_setting(label.strip())] if re.fullmatch(r"\s*\d?\.\d+\s*", label) else []


def is_setting_before(text: str) -> bool:
    """Whether a text ends in what a setting is of: "a threshold of"."""
    return bool(_SETTING.search(f"{text}0.5")) and text[-1:] in {" ", "="}


def is_amount(term: str) -> bool:
    """Whether a term is an amount."""
    return term.startswith(_MARK)


def amounts_of(terms: Iterable[str]) -> tuple[frozenset[str], frozenset[str]]:
    """The amounts among terms: shares in percent, and numbers of things."""
    marked = frozenset(term for term in terms if is_amount(term))
    shares = frozenset(term for term in marked if term.endswith("%"))
    return shares, marked - shares
