"""Mentions of tasks, models, methods, metrics and languages in a text."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from itertools import pairwise
from typing import cast

from isogloss.evidence.base import Facet

_COINED = re.compile(r"\b(?:[A-Z][a-z]+(?:[A-Z][a-z0-9]*)+|[a-z]{1,2}[A-Z][A-Za-z]+)(?:-[A-Za-z0-9]+)?\b")
"""Names with a capital inside, as authors coin them: AltFuse, mRASP."""
_NO_METHOD = frozenset(
    {"MasakhaNews", "GoldP", "WordPiece", "SentencePiece", "GitHub", "HuggingFace", "PyTorch"}
)
_LAYER = re.compile(
    r"\bD[_ ]?\{?(\d{1,2})\}?(?!\w|\.\d)|\b[Ll]ayer[ -](\d{1,2})\b|\b(\d{1,2})(?:st|nd|rd|th) layer\b"
)
_TRAINED_BEFORE = re.compile(
    r"(?:\bfrom|\btrain(?:ed|ing)?(?: data)? (?:on|in|with)|\bfine-?tun(?:ed|ing) (?:on|in|with)|"
    r"\bsource(?: language)?(?: is| was|:)?|\bintermediate (?:[\w-]+ ){0,4}(?:in|on)|\bstage in|"
    r"\btransfer from|\bwith|\bthan|\babove|\bdonor(?: is)?)\s+(?:only )?$",
    re.IGNORECASE,
)
_TRAINED_AFTER = re.compile(
    r"^(?:\s+as (?:a |the )?(?:donor|source)|"
    r"\s+(?:intermediate )?(?:stage|donor|source|training|data|texts?))\b",
    re.IGNORECASE,
)
_STAGE_BEFORE = re.compile(
    r"\b(?:intermediate (?:task |stage |training )?|stage )(?:of |on )?$|\bafter (?:training on |\w+ )?$",
    re.IGNORECASE,
)
_STAGE_AFTER = re.compile(
    r"^ (?:intermediate )?(?:stage|detour)\b|^ as an? (?:intermediate|auxiliary|detour|first|stage)",
    re.IGNORECASE,
)
_IN_VOCABULARY: tuple[Facet, ...] = ("task", "model", "method", "metric", "language")
_WORD_START = re.compile(r"(?<![\w-])\w")
_TAG_CELL = re.compile(r"^\(?([a-z]{2,3})\)?$")


@dataclass(frozen=True, slots=True)
class Mention:
    """One mention of a value of a facet."""

    facet: Facet
    value: str
    start: int
    end: int


def mentions(text: str) -> list[Mention]:
    """All mentions in the order of the text, none inside another.

    A language is a training language where the words around it say so ("trained in Finnish", "a Finnish
    stage", "from
    English"), else a target. A name with a capital inside that is no known task or model is a method, and
    so is a layer that is fused.
    """
    known = _known_mentions(text)
    found = _of_stages([_with_role(mention, text) for mention in known])
    found += [mention for mention in _methods(text) if not _overlaps(mention, known)]
    return sorted(found, key=lambda mention: mention.start)


def _known_mentions(text: str) -> list[Mention]:
    """Spellings of the vocabulary; at each word the longest that begins there."""
    found: list[Mention] = []
    end = 0
    for start in _WORD_START.finditer(text):
        if start.start() < end:
            continue
        best: Mention | None = None
        for facet, value, spelling in _vocabulary().get(start.group().lower(), ()):
            match = spelling.match(text, start.start())
            if match and (best is None or match.end() > best.end):
                best = Mention(facet, value, match.start(), match.end())
        if best:
            found.append(best)
            end = best.end
    return found


def language_of_cell(text: str) -> str | None:
    """The language that a cell's language tag denotes, if the cell holds nothing else: ``de``, ``(sw)``."""
    match = _TAG_CELL.match(text.strip())
    return match[1] if match and match[1] in _words()["language"] else None


def same_value(facet: Facet, one: str, other: str) -> bool:
    """Whether what is claimed (`one`) covers what was found: a model without its size covers every size."""
    if facet == "method":
        return one == other or {one, other} == {"baseline", "last layer"}
    if facet == "model":
        return one == other or other.startswith(f"{one}/")
    if facet == "metric":
        return one == other or {one, other} <= {"f1", "entity f1"}
    return one == other


def _methods(text: str) -> list[Mention]:
    coined = [
        Mention("method", match.group().lower(), match.start(), match.end())
        for match in _COINED.finditer(text)
        if match.group() not in _NO_METHOD
    ]
    layers = [
        Mention("method", f"layer {match[1] or match[2] or match[3]}", match.start(), match.end())
        for match in _LAYER.finditer(text)
    ]
    return coined + layers


def _overlaps(mention: Mention, others: list[Mention]) -> bool:
    return any(mention.start < other.end and other.start < mention.end for other in others)


def _of_stages(found: list[Mention]) -> list[Mention]:
    """A language right before the task of an intermediate stage is the one that it is trained in."""
    out = list(found)
    for i, (mention, following) in enumerate(pairwise(found)):
        is_stage = following.facet == "method" and following.value.startswith("intermediate ")
        if mention.facet == "language" and is_stage and following.start - mention.end <= 1:
            out[i] = replace(mention, facet="training_language")
    return out


def _with_role(mention: Mention, text: str) -> Mention:
    """Tell languages trained on and tasks of an intermediate stage from those that are evaluated."""
    before, after = text[max(0, mention.start - 60) : mention.start], text[mention.end : mention.end + 30]
    if mention.facet == "task" and (_STAGE_BEFORE.search(before) or _STAGE_AFTER.search(after)):
        return replace(mention, facet="method", value=f"intermediate {mention.value}")
    if mention.facet == "language" and mention.value != "average":
        trained = _TRAINED_BEFORE.search(before) or _TRAINED_AFTER.search(after)
        if trained:
            return replace(mention, facet="training_language")
    return mention


@cache
def _vocabulary() -> dict[str, list[tuple[Facet, str, re.Pattern[str]]]]:
    """First letter to facet, value and spelling."""
    found: dict[str, list[tuple[Facet, str, re.Pattern[str]]]] = {}
    for facet in _IN_VOCABULARY:
        for value, spellings in _words()[facet].items():
            for spelling in spellings:
                flags = re.NOFLAG if any(map(str.isupper, spelling)) else re.IGNORECASE
                entry = (facet, value, re.compile(rf"(?:{spelling})(?!\w)", flags))
                found.setdefault(spelling[0].lower(), []).append(entry)
    return found


@cache
def _words() -> dict[str, dict[str, list[str]]]:
    import yaml

    text = files("isogloss.evidence").joinpath("vocabulary.yaml").read_text(encoding="utf-8")
    return cast(dict[str, dict[str, list[str]]], yaml.safe_load(text))


def values_of(found: Sequence[Mention]) -> dict[Facet, frozenset[str]]:
    """The values that are mentioned, per facet."""
    seen: dict[Facet, set[str]] = {}
    for mention in found:
        seen.setdefault(mention.facet, set()).add(mention.value)
    return {facet: frozenset(values) for facet, values in seen.items()}


def known_values(facet: Facet) -> frozenset[str]:
    """All values of a facet that the vocabulary knows."""
    return frozenset(_words()[facet])
