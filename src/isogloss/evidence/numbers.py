"""Numbers of claims, sentences and cells, and whether two of them agree."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from math import isfinite

from isogloss.evidence.terms import is_metric, stem, word_list

_DIGITS = r"(?P<whole>\d{1,3}(?:[,'’\u2009\u00a0 ]\d{3})+(?!\d)|\d+|(?=\.\d))(?P<fraction>\.\d+)?"
_NUMBER = re.compile(
    rf"(?<![\w.,/±–)\]”@§-])(?P<sign>[+−-]\s?)?{_DIGITS}"
    r"(?P<suffix>(?:[kKMB]|st|nd|rd|th|\s(?:[Tt]housand|[Mm]illion|[Bb]illion))\b)?"
    r"(?:\s?(?P<unit>%|percent\b|per cent\b|percentage points?\b|points?\b|pp\b|[GMT]B\b)|(?:m?s|h|x)\b)?"
    r"(?!\w|\.\d)"
)
_CELL = re.compile(
    r"[~<>≥≤(* ]*([+−–-]?)\s?(\d{1,3}(?:['’\u2009\u00a0 ]\d{3})+(?!\d)|\d[\d,]*)?(\.\d+)?\s?([kKMB](?!\w))?"
)
_VALUE = re.compile(r"[^A-Za-z(]*\d(?:[^A-Za-z]|[eE](?=[−-]?\d))*[kKMB]?[*†‡§]*|[–—-]+|[nN]/[aA]")
_WORDS_FOR = ["two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"]
_COUNTED = re.compile(
    rf"(?:\b(the|all|these|those|both|our|other)\s+)?\b({'|'.join(_WORDS_FOR)})(?=\s+[a-z])", re.IGNORECASE
)
_POWERS = {"k": 3, "K": 3, "M": 6, "B": 9, " thousand": 3, " million": 6, " billion": 9}
"""Powers of ten by the suffix of a number."""

_FAR = 3.0
"""Ratio of a value to a bound from which it is about something else."""

_BYTES = ("GB", "MB", "TB")
_ORDINALS = ("st", "nd", "rd", "th")
_DIFFERENCE = re.compile(
    r"\b(?:by|(?:gains?|improvements?|increase|drops?|difference|gap|decrease|reduction) of"
    r"|(?:los|gain|add|cost|drop|ris)(?:e?s|ed))\s+"
    r"(?:(?:about|only|up to|almost|over|more than|at least|around|an average of)\s+)?$", re.IGNORECASE
)  # fmt: skip
_BOUNDS = {
    sign: re.compile(rf"(?<!\w)(?:{words})\s*$", re.IGNORECASE)
    for sign, words in {
        ">": r"(?<!no )(?:more|greater|higher) than|(?<!averaged )over|above|at least|≥|>",
        "<": r"(?:less|fewer|lower) than|under|below|at most|no more than|≤|<",
        "~": r"about|around|approximately|roughly|nearly|almost|circa|~|∼",
    }.items()
}
_POINTS = re.compile(r"\s+(?:[\w-]+\s+){0,2}points?\b")
_NO_NOUN = frozenset({"is", "was", "as", "has", "points", "results", "scores"})


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
        Negative for a number in thousands or millions: -3 for 110k.
    kind : {"score", "difference", "count", "ordinal"}
    bound : {"", ">", "<", "~"}
        At least, at most, about.
    counted : str
        What a count counts, the noun last: "org entities".
    """

    start: int
    end: int
    value: float
    decimals: int
    kind: str
    bound: str = ""
    counted: str = ""

    @property
    def noun(self) -> str:
        """Stem of the noun that it counts; empty where it counts nothing."""
        return stem(self.counted.split()[-1]) if self.counted else ""

    @property
    def weight(self) -> float:
        """Its weight among the terms of a claim: the more digits, the less by chance."""
        return min(3.0, 0.6 * len(f"{abs(self.value) * 10.0**self.decimals:.0f}"))

    def agrees(self, value: float, decimals: int) -> bool | None:
        """Whether a paper's value is this one, as far as both are written; percent and shares compare.

        Returns
        -------
        bool or None
            None where the paper's value is too coarse to tell, or far from a bound.
        """
        own, d = self.value, self.decimals
        if value <= 1 < own and decimals > 1:
            value, decimals = 100 * value, decimals - 2
        elif own <= 1 < value and d > 1:
            own, d = 100 * own, d - 2
        if self.kind == "difference":
            own, value = abs(own), abs(value)
        if self.bound in (">", "<"):
            holds = value >= own if self.bound == ">" else value <= own
            is_far = own != 0 and not 1 <= _FAR * value / own <= _FAR**2
            return None if holds and is_far else holds  # 85,721 lemmas say nothing about "over 5000"
        gap = abs(value - own)
        if self.bound == "~":
            return gap <= max(0.03 * abs(own), 0.5 * 10.0**-d)
        if decimals < d and 1e-9 < gap <= 0.5 * 10.0**-decimals:
            return None
        return gap <= 0.5 * 10.0 ** -min(d, decimals) + 1e-9


def numbers(text: str) -> list[Number]:
    """Numbers that state a value; years, numbers of tables and layers, and parts of names are none."""
    text = re.sub(r"(?<=than )half\b|(?<=about )half\b|(?<=over )half\b", "50%", text)
    found = [_number(match, text) for match in _NUMBER.finditer(text) if not _is_name(match, text)]
    for match in (m for m in _COUNTED.finditer(text) if not m[1]):
        before, after = (
            text[max(0, match.start(2) - 40) : match.start(2)],
            text[match.end() : match.end() + 60],
        )
        kind, noun = ("difference", "") if _POINTS.match(after) else ("count", _noun(after))
        value = _WORDS_FOR.index(match[2].lower()) + 2
        if noun or kind == "difference":
            found.append(Number(match.start(2), match.end(), value, 0, kind, _bound(before), noun))
    return sorted((n for n in found if isfinite(n.value)), key=lambda n: n.start)


def _is_name(match: re.Match[str], text: str) -> bool:
    """Whether digits are a year, the number of a table or a version, or a spread."""
    before = text[max(0, match.start() - 40) : match.start()].rstrip()
    if match["unit"] or match["suffix"]:
        return before.endswith("±")
    is_year = not match["fraction"] and re.fullmatch(r"(?:19|20)\d\d", match["whole"])
    last = before.rstrip(" (").rpartition(" ")[2].lstrip("(")
    is_version = (
        match["fraction"] and len(match["whole"]) == 1 and re.search(r"[a-z][A-Z]|[A-Z]{2}[a-z]", last)
    )
    return bool(is_year or is_version or last.lower() in word_list("pointer") or before.endswith("±"))


def _number(match: re.Match[str], text: str) -> Number:
    before, after = text[max(0, match.start() - 40) : match.start()], text[match.end() : match.end() + 60]
    part = match.groupdict("")
    suffix = part["suffix"].lower() if " " in part["suffix"] else part["suffix"]
    power = _POWERS.get(suffix, 0)
    value = float(re.sub(r"\D", "", part["whole"]) + part["fraction"]) * 10.0**power
    is_whole = bool(part["suffix"]) or not part["fraction"]
    is_bytes, is_signed = part["unit"] in _BYTES, part["sign"] and (part["unit"] or part["fraction"])
    noun = part["unit"] if is_bytes else _noun(after) if is_whole and not part["unit"] else ""
    is_points = _POINTS.match(after) or part["unit"].startswith(("percentage", "point", "pp"))
    if is_points or is_signed or (not noun and _DIFFERENCE.search(before)):
        kind = "difference"
    elif suffix in _ORDINALS:
        kind = "ordinal"
    else:
        kind = "count" if suffix or noun or (value > 100 and is_whole and not part["unit"]) else "score"
    decimals = max(0, len(part["fraction"]) - 1) - power
    return Number(match.start(), match.end(), value, decimals, kind, _bound(before), noun)


def _bound(before: str) -> str:
    return next((sign for sign, bound in _BOUNDS.items() if bound.search(before)), "")


def _noun(after: str) -> str:
    """The words behind a number up to the noun: of up to three the first plural, or else the last."""
    following = re.match(r"[-\s]+((?:[A-Za-z][\w-]*\s*){1,3})", after)
    phrase: list[str] = []
    for word in following[1].lower().split() if following else ():
        if (word in word_list("stop") and not word.endswith("s")) or is_metric(word):
            break
        phrase.append(word)
    end = next((i for i, word in enumerate(phrase) if word.endswith("s")), len(phrase) - 1)
    return " ".join(phrase[: end + 1]) if phrase and phrase[end] not in _NO_NOUN else ""


def are_stated(wanted: Iterable[Number], text: str) -> bool:
    """Whether a sentence or row states every number, whatever it says of them."""
    there = numbers(text.replace("|", " , "))
    return all(any(number.agrees(each.value, each.decimals) for each in there) for number in wanted)


def value_of(cell: str) -> tuple[float, int] | None:
    """Number that a cell of a table begins with, and its decimals; None for a placeholder."""
    match = _CELL.match(cell)
    if not match or not (match[2] or match[3]):
        return None
    power = _POWERS.get(match[4] or "", 0)
    value = float(re.sub(r"\D", "", match[2] or "0") + (match[3] or "")) * 10.0**power
    decimals = len(match[3] or ".") - 1 - power
    return (value if match[1] in ("", "+") else -value, decimals) if isfinite(value) else None


def is_value(cell: str) -> bool:
    """Whether a cell holds a number or a placeholder for one."""
    return 0 < len(cell) < 40 and _VALUE.fullmatch(cell) is not None
