"""A claim taken apart: its names with their roles, its numbers, and the two sides of a comparison."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from isogloss.evidence.numbers import Number, numbers
from isogloss.evidence.terms import Term, terms, word_list

_VERB = r"gets?|gives?|(?:reach|achiev|obtain|scor|yield|attain|transfer|perform|outperform)\w*"
_STOP_AT = rf"(?=,|\.\s|;|\.?$|\s(?:to|and|on|is|are|was|were|than|the|with|has|{_VERB})\s)"
_SOURCE = re.compile(
    r"(?<!pre-)(?<!pre)\b(?:train|(?:fine-?)?tun)(?:ed|ing)\s+(?:(?:only|solely|just|exclusively)\s+)?"
    r"(?:on|in|with|using)\s+(.{2,60}?)"
    rf"{_STOP_AT}|\bfrom\s+(.{{2,40}}?){_STOP_AT}"
    r"|(\b[\w-]{2,20})(?:-trained|\s+as\s+(?:the\s+)?(?:source|training))",
    re.IGNORECASE,
)
_TARGET = re.compile(rf"\bfrom\s+.{{2,40}}?\s+to\s+(.{{2,40}}?){_STOP_AT}", re.IGNORECASE)
_PAIR = re.compile(r"([A-Z]\w+)(?:-to-| (?:in)?to |[-–→])([A-Z]\w+)")
_RELATION = re.compile(
    r"\b(?P<verb>out-?perform\w*|beats?|exceed\w*|surpass\w*|under-?perform\w*|overt(?:akes?|ook)"
    r"|leads(?! to\b)|edges out|trails"
    r"|lags behind|improv\w+ (?:up)?on|(?:is|are|was|were|comes?|came) (?:[\w.]+ ){0,5}?ahead of"
    r"|falls (?:behind|short of)|loses to)(?P<by>\s+by)?\b"
    r"|\b(?P<word>better|worse|higher|lower|more|less|stronger|weaker|larger|smaller|greater|superior|inferior"
    r"|fewer|easier|harder|faster|slower|longer|shorter|(?!rather|other)\w+er(?=\s+than\b))\b"
    r"(?P<middle>[^.;]{0,80}?)\s*\b(?:than|compared (?:to|with)|(?<=or) to)\b"
    r"|\b(?P<over>improv\w+|gains?)\b[^.;]{0,50}?\bover\b|\b(?P<rank>above|below|behind)\b",
    re.IGNORECASE,
)
_AFTER_SIDE = re.compile(
    r"[,;]|(?<!trained)(?<!tuned)\s(?=(?:on|in|for|at|by|when|across|with|under|both|is|are|to)\s)",
    re.IGNORECASE,
)


_OPENING = re.compile(r"(?:In|On|For|With|When|Under|At|By|After|Across)\s[^,]{2,80},\s")
_PREPOSITIONS = frozenset(
    ["at", "by", "for", "from", "in", "into", "of", "on", "to", "when", "with", "without"]
)
_QUALITIES = frozenset({"better", "worse", "stronger", "weaker", "superior", "inferior"})


@dataclass(frozen=True)
class Comparison:
    """Two sides, what both are about, and 1 if the left side is said to be higher (or better), else -1.

    `is_quality` says that it is better or worse, rather than higher or lower.
    """

    left: tuple[Term, ...]
    right: tuple[Term, ...]
    shared: tuple[Term, ...]
    sign: int
    is_quality: bool


@dataclass(frozen=True)
class Parts:
    """Terms of a claim, its numbers, and positions of the terms trained on and evaluated on.

    `pair` are the languages of "Chinese to English", in this order.
    """

    text: str
    terms: tuple[Term, ...]
    numbers: tuple[Number, ...]
    source: frozenset[int]
    target: frozenset[int]
    comparison: Comparison | None
    pair: tuple[Term, Term] | None


def take_apart(text: str) -> Parts:
    """Find names, roles, numbers and comparison of a claim."""
    found = numbers(text)
    found = [n for n in found if n.kind != "ordinal"] or found  # "the 5th layer" names a layer
    kept = tuple(t for t in terms(text) if not any(n.start <= t.start < n.end for n in found))
    source = _inside(_SOURCE, text, kept)
    target = _inside(_TARGET, text, kept) - source
    languages = {t.start: t for t in kept if t.kind == "lang:"}
    if source and not target:
        target = frozenset(languages) - source
    ends = ((languages.get(m.start(1)), languages.get(m.start(2))) for m in _PAIR.finditer(text))
    pair = next(((first, second) for first, second in ends if first and second), None)
    return Parts(text, kept, tuple(found), source, target, compare(text, kept), pair)


def _inside(pattern: re.Pattern[str], text: str, found: Sequence[Term]) -> frozenset[int]:
    spans = [m.span(i) for m in pattern.finditer(text) for i in range(1, pattern.groups + 1)]
    return frozenset(t.start for t in found if any(a <= t.start < b for a, b in spans))


def compare(text: str, found: Sequence[Term]) -> Comparison | None:
    """Find the two sides of a comparison; None where a text makes none.

    What stands before a comma at the beginning and after the right side holds for both, and so does what is
    compared ("better results on X than"), but for "better on X than on Y".
    """
    match = _RELATION.search(text)
    if match is None:
        return None
    rest = text[match.end() :].lstrip()
    first, middle = rest.partition(" ")[0].lower(), f" {match['middle'] or ''} "
    at = middle.rfind(f" {first} ") if first in _PREPOSITIONS else -1
    cut = re.search("[,;]", rest) if at >= 0 else _AFTER_SIDE.search(rest)
    opening = _OPENING.match(text, 0, match.start())
    end = len(text) - len(rest) + (cut.start() if cut else len(rest))
    second = match.start("middle") + at if at >= 0 else match.end()
    edges = (opening.end() if opening else 0, match.start(), second, match.end(), end)
    parts: list[list[Term]] = [[], [], [], [], [], []]
    relation = word_list("up") | word_list("down")
    for term in found:
        if text[term.start :].split(" ", 1)[0].lower().strip(".,") not in relation:
            parts[sum(term.start >= edge for edge in edges)].append(term)
    before, left, between, parallel, right, after = parts
    shared = [*before, *after, *(() if match["verb"] else between)]
    if parallel:
        shared, left = [*shared, *left], parallel
    if not left or not right:
        return None
    return Comparison(tuple(left), tuple(right), tuple(shared), *_direction(match, text))


def _direction(match: re.Match[str], text: str) -> tuple[int, bool]:
    """Sign of a relation, and whether it says better or worse."""
    word = next(w for w in (match["verb"], match["word"], match["over"], match["rank"]) if w).lower()
    is_down = word.split()[0] in word_list("down") or word.startswith("under")
    is_denied = re.search(r"\b(?:not|never|n't|cannot)\b", text[max(0, match.start() - 25) : match.start()])
    sign = -1 if (is_down + bool(match["by"]) + bool(is_denied)) % 2 else 1
    return sign, match["word"] is None or word in _QUALITIES
