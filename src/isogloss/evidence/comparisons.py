"""Comparisons without a number: "A outperforms B", "A carries more X than B"."""

from __future__ import annotations

import re
from dataclasses import dataclass

from isogloss.evidence.words import is_negated, terms

_VERB = re.compile(
    r"\b(?:(?P<up>outperform\w*|beats?|surpass\w*|exceeds?|dominates?)|"
    r"(?P<down>underperform\w*|trails?|lags? behind))\s+",
    re.IGNORECASE,
)
_THAN = re.compile(r"\bthan\b", re.IGNORECASE)
_COMPARATIVE = re.compile(r"\b(more|less|fewer|better|worse|[a-z]{2,}er)\b", re.IGNORECASE)
_NO_COMPARATIVE = frozenset(
    [
        "other",
        "rather",
        "number",
        "layer",
        "layers",
        "transfer",
        "encoder",
        "parameter",
        "paper",
        "whether",
        "however",
        "never",
        "order",
        "tagger",
        "after",
        "under",
        "over",
        "further",
        "either",
        "together",
        "later",
        "together",
        "cluster",
        "parser",
        "per",
        "transformer",
        "decoder",
    ]
)
_FALLING = frozenset(["less", "fewer", "worse", "lower", "smaller", "weaker", "poorer", "slower", "shorter"])
_PLAIN = frozenset(["more", "less", "fewer", "better", "worse"])
_GENERAL = frozenset(
    [
        "more",
        "less",
        "fewer",
        "better",
        "worse",
        "higher",
        "lower",
        "larger",
        "smaller",
        "greater",
        "stronger",
        "weaker",
        "bigger",
    ]
)
_MORE_OF = re.compile(
    r"^\W*(?P<word>more|fewer|less)\s+(?P<what>(?:[\w-]+\s+){1,4}?)(?P<verb>(?:is|are|was|were|get|gets|[a-z]+ed)\b.*)$",
    re.IGNORECASE,
)
"""More heads are pruned in the lower layers (than in the upper ones)."""
_CLAUSE = re.compile(r";|,?\s*\bwhereas\b|,?\s*\bwhile\b|,?\s*\bbut\b|:\s", re.IGNORECASE)

_MIN_SHARE = 0.1
_MIN_DIMENSION = 0.75
_MIN_OPEN = 0.75
_OPEN = 0.8
"""Weight of a comparison whose other side is left open: "upper layers carry more structural information"."""


@dataclass(frozen=True)
class Comparison:
    """Two sides and which is more.

    Parameters
    ----------
    left, right : str
        Text of the two sides; `right` is empty where the text leaves it open.
    dimension : frozenset of str
        Stems of that in which they are compared.
    direction : {-1, 1}
        1 where the left side is more.
    start, end : int
        Span of the clause.
    """

    left: str
    right: str
    dimension: frozenset[str]
    direction: int
    start: int
    end: int


def comparisons(text: str) -> list[Comparison]:
    """Comparisons of one sentence, clause by clause."""
    found = []
    start = 0
    cuts = [*((m.start(), m.end()) for m in _CLAUSE.finditer(text)), (len(text), len(text))]
    for cut, following in cuts:
        comparison = _comparison(text[start:cut], start)
        if comparison is not None:
            found.append(comparison)
        start = following
    return found


def agreement(claim: Comparison, found: Comparison) -> tuple[float, int]:
    """How much two comparisons are about the same, and whether they say the same.

    The sides are told apart by the words that stand on one side only: in "geographic distance predicts
    accuracy better than phonological distance" by *geographic* and *phonological*.

    Returns
    -------
    float
        From 0 to 1: share of the claim's words that the other has; 0 where the sides cannot be matched.
    int
        1 where they agree, -1 where one says the opposite of the other.
    """
    left, right = _stems(claim.left), _stems(claim.right)
    there_left, there_right = _stems(found.left), _stems(found.right)
    if claim.dimension and len(claim.dimension & found.dimension) < _MIN_DIMENSION * len(claim.dimension):
        return 0.0, 0
    if not (right and there_right):
        share = _share(left, there_left)
        return (_OPEN * share if share >= _MIN_OPEN else 0.0), claim.direction * found.direction
    first, second = left - right, right - left
    if first and second:
        there_first, there_second = there_left - there_right, there_right - there_left
    else:
        first, second, there_first, there_second = left, right, there_left, there_right
    straight = _share(first, there_first) * _share(second, there_second)
    swapped = _share(first, there_second) * _share(second, there_first)
    if max(straight, swapped) < _MIN_SHARE:
        return 0.0, 0
    wanted = left | right | claim.dimension
    there = there_left | there_right | found.dimension
    turned = -1 if swapped > straight else 1
    return len(wanted & there) / len(wanted), claim.direction * found.direction * turned


def _comparison(clause: str, offset: int) -> Comparison | None:
    verb = _VERB.search(clause)
    if verb and clause[verb.end() :].strip():
        sign = (1 if verb["up"] else -1) * (-1 if _is_denied(clause[: verb.end()]) else 1)
        return Comparison(
            clause[: verb.start()].strip(),
            clause[verb.end() :].strip(),
            frozenset(),
            sign,
            offset,
            offset + len(clause),
        )
    than = _THAN.search(clause)
    end = than.start() if than else len(clause)
    if than and (more := _MORE_OF.match(clause[:end])):
        sign = (-1 if more["word"].lower() in _FALLING else 1) * (-1 if _is_denied(more["verb"]) else 1)
        what = frozenset(terms(more["what"]))
        return Comparison(
            more["verb"], clause[than.end() :].strip(), what, sign, offset, offset + len(clause)
        )
    words = [m for m in _COMPARATIVE.finditer(clause, 0, end) if m[1].lower() not in _NO_COMPARATIVE]
    general = [m for m in words if m[1].lower() in _PLAIN]
    chosen = general or (words if than else [])
    if not chosen:
        return None
    word = chosen[-1]
    name = word[1].lower()
    left, between = clause[: word.start()].strip(), clause[word.end() : end]
    right = clause[than.end() :].strip() if than else ""
    dimension = frozenset(terms(between)) | (frozenset() if name in _GENERAL else frozenset(terms(name)))
    if not left or not (right or dimension):
        return None
    sign = (-1 if name in _FALLING else 1) * (-1 if _is_denied(left) else 1)
    return Comparison(left, right, dimension, sign, offset, offset + len(clause))


def _is_denied(text: str) -> bool:
    """Whether the comparison is denied; "without X" only says what is compared."""
    return is_negated(re.sub(r"\bwithout\b", " ", text, flags=re.IGNORECASE))


def _share(wanted: frozenset[str], there: frozenset[str]) -> float:
    return len(wanted & there) / len(wanted) if wanted else 0.0


def _stems(text: str) -> frozenset[str]:
    return frozenset(term.removeprefix("no:") for term in terms(text))
