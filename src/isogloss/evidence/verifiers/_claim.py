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
    r"|(?!rather|other)\w+er(?=\s+than\b))\b"
    r"(?P<middle>[^.;]{0,80}?)\s*\b(?:than|compared (?:to|with)|(?<=or) to)\b"
    r"|\b(?P<over>improv\w+|gains?)\b[^.;]{0,50}?\bover\b|\b(?P<rank>above|below|behind)\b",
    re.IGNORECASE,
)
_AFTER_SIDE = re.compile(
    r"[,;]|(?<!trained)(?<!tuned)\s(?=(?:on|in|for|at|by|when|across|with|under|both|is|are|to)\s)",
    re.IGNORECASE,
)


_OPENING = re.compile(r"(?:In|On|For|With|When|Under|At|By|After|Across)\s[^,]{2,80},\s")
_NEXT_CLAUSE = re.compile(r"[,;]\s+(?:but|and|which|so|while|although|though|because)\b")
_QUALITIES = frozenset({"better", "worse", "stronger", "weaker", "superior", "inferior"})


@dataclass(frozen=True)
class Comparison:
    """Two sides, what both are about, and 1 if the left side is said to be higher (or better), else -1."""

    left: tuple[Term, ...]
    right: tuple[Term, ...]
    shared: tuple[Term, ...]
    sign: int
    is_quality: bool = False


@dataclass(frozen=True)
class Parts:
    """Terms of a claim, its numbers, and positions of the terms trained on and evaluated on.

    `pair` are the languages of "Chinese to English", in this order.
    """

    text: str
    terms: tuple[Term, ...]
    numbers: tuple[Number, ...]
    source: frozenset[int] = frozenset()
    target: frozenset[int] = frozenset()
    comparison: Comparison | None = None
    pair: tuple[Term, Term] | None = None


def take_apart(text: str) -> Parts:
    """Find names, roles, numbers and comparison of a claim."""
    found = numbers(text)
    found = [n for n in found if n.kind != "ordinal"] or found  # "the 5th layer" names a layer
    kept = tuple(t for t in terms(text) if not any(n.start <= t.start < n.end for n in found))
    places = [*(t.start for t in kept), *(number.start for number in found)]
    source = _inside(_SOURCE, text, places)
    target = _inside(_TARGET, text, places) - source
    if source and not target:
        target = frozenset(t.start for t in kept if t.kind == "lang:" and t.start not in source)
    languages = {t.start: t for t in kept if t.kind == "lang:"}
    ends = ((languages.get(m.start(1)), languages.get(m.start(2))) for m in _PAIR.finditer(text))
    pair = next(((first, second) for first, second in ends if first and second), None)
    return Parts(text, kept, tuple(found), source, target, compare(text, kept), pair)


def _inside(pattern: re.Pattern[str], text: str, places: Sequence[int]) -> frozenset[int]:
    spans = [m.span(i) for m in pattern.finditer(text) for i in range(1, pattern.groups + 1)]
    return frozenset(place for place in places if any(a <= place < b for a, b in spans))


def compare(text: str, found: Sequence[Term]) -> Comparison | None:
    """Find the two sides of a comparison; None where a text makes none."""
    match = _RELATION.search(text)
    if match is None:
        return None
    end = _NEXT_CLAUSE.search(text, match.end())
    text = text[: end.start()] if end else text
    left, right, shared = _sides(text, match, [term for term in found if term.start < len(text)])
    if not left or not right:
        return None
    sign, is_quality = _direction(match, text[max(0, match.start() - 25) : match.start()])
    return Comparison(tuple(left), tuple(right), tuple(shared), sign, is_quality)


def _sides(
    text: str, match: re.Match[str], found: Sequence[Term]
) -> tuple[list[Term], list[Term], list[Term]]:
    """Terms on the left and the right of a relation, and those that hold for both."""
    rest = text[match.end() :].lstrip()
    first, middle = rest.partition(" ")[0], (match["middle"] or "").split()
    is_parallel = middle[:1] == [first]  # "to X than to Y"
    cut = _AFTER_SIDE.search(rest, len(first) + 1 if is_parallel else 0)
    opening = _OPENING.match(text)
    start = opening.end() if opening and opening.end() < match.start() else 0
    edges = (start, match.start(), match.end(), len(text) - len(rest) + (cut.start() if cut else len(rest)))
    parts: list[list[Term]] = [[], [], [], [], []]
    relation = word_list("up") | word_list("down")
    for term in found:
        if text[term.start :].split(" ", 1)[0].lower().strip(".,") not in relation:
            parts[sum(term.start >= edge for edge in edges)].append(term)
    before, left, between, right, after = parts
    if match["verb"]:
        between = []  # words of the relation itself
    if between and is_parallel:
        left, between = between, left
    shared = [*before, *after, *between]
    return left, right, shared


def _direction(match: re.Match[str], before: str) -> tuple[int, bool]:
    """Sign of a relation, and whether it says better or worse rather than higher or lower."""
    word = next(w for w in (match["verb"], match["word"], match["over"], match["rank"]) if w).lower()
    is_down = word.split()[0] in word_list("down") or word.startswith("under")
    is_denied = bool(re.search(r"\b(?:not|never|n't|cannot)\b", before))
    n_turned = is_down + bool(match["by"]) + is_denied
    return (-1) ** n_turned, match["word"] is None or word in _QUALITIES


def own_terms(side: Sequence[Term], other: Sequence[Term]) -> list[Term]:
    """Terms that tell a side of a comparison from the other."""
    names = frozenset(name for term in other for name in term.names)
    return [t for t in side if t.kind not in ("task:", "metric:", "split:") and t.names.isdisjoint(names)]
