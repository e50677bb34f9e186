"""A claim taken apart: its names with their roles, its numbers, and the two sides of a comparison."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from isogloss.evidence.numbers import Number, numbers
from isogloss.evidence.terms import EXCLUSIVE, Term, terms, word_list

_VERB = r"gets?|gives?|(?:reach|achiev|obtain|scor|yield|attain|transfer|perform|outperform)\w*"
_STOP_AT = rf"(?=,|\.\s|;|\.?$|\s(?:to|and|on|is|are|was|were|than|the|with|has|{_VERB})\s)"
_SOURCE = re.compile(
    r"(?<!pre-)(?<!pre)\b(?:train|(?:fine-?)?tun)(?:ed|ing)\s+(?:(?:only|solely|just|exclusively)\s+)?"
    r"(?:on|in|with|using)\s+(.{2,60}?)"
    rf"{_STOP_AT}|\bfrom\s+(.{{2,40}}?){_STOP_AT}|(\b[\w-]{{2,20}})(?:-trained|\s+as\s+(?:the\s+)?(?:source|training))",
    re.IGNORECASE,
)
_TARGET = re.compile(rf"\bfrom\s+.{{2,40}}?\s+to\s+(.{{2,40}}?){_STOP_AT}", re.IGNORECASE)
_RELATION = re.compile(
    r"\b(?P<verb>outperform\w*|beats?|exceed\w*|surpass\w*|underperform\w*)(?P<by>\s+by)?\b"
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
    """Terms of a claim, its numbers, and positions of the terms trained on and evaluated on."""

    text: str
    terms: tuple[Term, ...]
    numbers: tuple[Number, ...]
    source: frozenset[int] = frozenset()
    target: frozenset[int] = frozenset()
    comparison: Comparison | None = None

    def about(self, *chosen: Sequence[Term]) -> Parts:
        """The same claim with other terms."""
        return replace(self, terms=tuple(term for each in chosen for term in each))


def take_apart(text: str) -> Parts:
    """Find names, roles, numbers and comparison of a claim."""
    found = numbers(text)
    kept = tuple(t for t in terms(text) if not any(n.start <= t.start < n.end for n in found))
    source = _inside(_SOURCE, text, kept)
    target = _inside(_TARGET, text, kept) - source
    if source and not target:
        target = frozenset(t.start for t in kept if t.kind == "lang:" and t.start not in source)
    return Parts(text, kept, tuple(found), source, target, compare(text, kept))


def _inside(pattern: re.Pattern[str], text: str, found: Sequence[Term]) -> frozenset[int]:
    spans = [m.span(i) for m in pattern.finditer(text) for i in range(1, pattern.groups + 1)]
    return frozenset(t.start for t in found if any(a <= t.start < b for a, b in spans))


def compare(text: str, found: Sequence[Term]) -> Comparison | None:
    """Find the two sides of a comparison; None where a text makes none."""
    match = _RELATION.search(text)
    if match is None:
        return None
    word = next(w for w in (match["verb"], match["word"], match["over"], match["rank"]) if w).lower()
    is_down = word in word_list("down") or word.startswith("underperform")
    is_denied = re.search(r"\b(?:not|never|n't|cannot)\b", text[max(0, match.start() - 25) : match.start()])
    sign = (-1 if is_down else 1) * (-1 if match["by"] else 1) * (-1 if is_denied else 1)
    middle, rest = (match["middle"] or "").split(), text[match.end() :].lstrip()
    first = rest.partition(" ")[0]
    is_parallel = bool(middle) and middle[0] == first  # "to X than to Y"
    cut = _AFTER_SIDE.search(rest, len(first) + 1 if is_parallel else 0)
    end = len(text) - len(rest) + (cut.start() if cut else len(rest))
    relation = word_list("up") | word_list("down")
    own = [t for t in found if text[t.start :].split(" ", 1)[0].lower().strip(".,") not in relation]
    opening = _OPENING.match(text)
    start = opening.end() if opening and opening.end() < match.start() else 0
    left, right = (
        [t for t in own if start <= t.start < match.start()],
        [t for t in own if match.end() <= t.start < end],
    )
    between, shared = (
        [t for t in own if match.start() <= t.start < match.end()],
        [t for t in own if t.start >= end or t.start < start],
    )
    if between and is_parallel:
        left, between = between, left
    for mine, other in ((left, right), (right, left)):
        kinds, names = {t.kind for t in other}, {name for t in other for name in t.names}
        for term in [t for t in mine if t.kind in EXCLUSIVE and t.kind not in kinds]:
            if any(t is not term and t.names.isdisjoint(names) for t in mine):
                mine.remove(
                    term
                )  # what only one side says of a kind holds for both, if the sides still differ
                shared.append(term)
    if not left or not right:
        return None
    is_quality = match["word"] is None or word in _QUALITIES
    return Comparison(tuple(left), tuple(right), tuple(shared + between), sign, is_quality)


def own_terms(side: Sequence[Term], other: Sequence[Term]) -> list[Term]:
    """Terms that tell a side of a comparison from the other."""
    names = frozenset(name for term in other for name in term.names)
    return [t for t in side if t.kind not in ("task:", "metric:", "split:") and t.names.isdisjoint(names)]
