"""Mentions of tasks, models, methods, metrics and languages in a text."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from itertools import pairwise
from typing import cast

from isogloss.evidence.base import CITED, Facet

_COINED = re.compile(r"\b(?:[A-Z][a-z]+(?:[A-Z][a-z0-9]*)+|[a-z]{1,2}[A-Z][A-Za-z]+)(?:-[A-Za-z0-9]+)?\b")
"""Names with a capital inside, as authors coin them: AltFuse, mRASP."""
_NO_METHOD = frozenset(
    {"MasakhaNews", "GoldP", "WordPiece", "SentencePiece", "GitHub", "HuggingFace", "PyTorch"}
)
_LAYER = re.compile(
    r"\bD[_ ]?\{?(\d{1,2})\}?(?!\w|\.\d)|\b[Ll]ayer[ -](\d{1,2})\b|\b(\d{1,2})(?:st|nd|rd|th) layer\b"
)
_TRAINED_BEFORE = re.compile(
    r"(?:\bfrom|\b(?:train|tun|learn)(?:e|ed|ing|s)?(?: (?!on\b|in\b)[\w-]+){1,6} on|"
    r"\btrain(?:ed|ing)?(?: data)? (?:on|in|with)|\bfine-?tun(?:ed|ing) (?:on|in|with)|"
    r"\bsource(?: language)?(?: is| was|:)?|\bintermediate (?:[\w-]+ ){0,4}(?:in|on)|\bstage in|"
    r"\btransfer from|\bwith|\bthan|\babove|\bdonor(?: is)?|\binstead of|\brather than)\s+(?:only )?$",
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
_AUTHOR = r"[A-Z][^\W\d_]+(?:[-'\u2019][^\W\d_]+)*"
_AUTHORS = rf"{_AUTHOR}(?:(?:, {_AUTHOR})*,? (?:and|&) {_AUTHOR}| et al\.?,?)?"
_SUBJECT = re.compile(rf"\b{_AUTHORS} \((?:19|20)\d\d[a-z]?\)|\[Cited work\]")
"""Work that is cited as the one that does something: Smith et al. (2020) report."""
_BRACKETED = re.compile(
    rf"(?<=[a-z\d\u2020]) (?:\((?:e\.g\.,? |see |cf\. )?{_AUTHORS},? (?:19|20)\d\d[a-z]?[^()]*\)|"
    r"\[cited\]|\[\d+(?:, ?\d+)*\])"
)
"""Work that is cited in brackets for what stands before it."""
_COMPARED = re.compile(
    r"\b(?:unlike|following|like|(?:compared|comparable) (?:with|to)|similar(?:ly)? to|"
    r"in (?:contrast|line) (?:to|with)|contrary to|as in|see)\s+$",
    re.IGNORECASE,
)
_NOT_WITH = re.compile(r"\b(?:without|no|w/o|removing)\s+(?:the |our )?$", re.IGNORECASE)
_REFERENCE_BEFORE = re.compile(
    r"\b(?:over|than|against|versus|vs\.?|beat(?:s|en)?|outperform\w*|surpass\w*|exceed\w*|trail\w*|behind|above|below|"
    r"ahead of|relative to|instead of)\s+(?:the |a |our )?$|"
    r"\bcompared (?:with|to)\s+(?:the |an? |our )?(?:[\w-]+ ){0,2}$",
    re.IGNORECASE,
)
_METRIC_OF_TASK = re.compile(r"\s*(?:(?:on|for|in|of)(?: the)? |\()")
_OURS = re.compile(r"\b(?:[Ww]e|[Oo]urs?|[Tt]his paper)\b")
_WORD_START = re.compile(r"(?<![\w-])\w")
_TAG_CELL = re.compile(r"^\(?([a-z]{2,3}|[A-Z]{2})(?:[-_][A-Za-z]{2,4})?\)?$")
_TAG_WORD = re.compile(r"(?<![\w-])([a-z]{2,3}|[A-Z]{2})(?:[-_](?:[A-Z]{2}|[A-Z][a-z]{3}))?(?![\w-])")
_PAIR = re.compile(r"^([a-z]{2,3})\s*(?:\u2192|->|\u21d2|=>)\s*([a-z]{2,3})$")
"""From a training language to a target: en → sw."""


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
    found += [mention for mention in _cited(text, found) if not _overlaps(mention, found)]
    found += _implied(found)
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


def is_reference(mention: Mention, text: str) -> bool:
    """Whether a method is what another one is compared with: "over the last layer"."""
    return mention.facet == "method" and bool(_REFERENCE_BEFORE.search(text[: mention.start]))


def mentions_of_header(text: str) -> list[Mention]:
    """Mentions in a header, where a language may stand as its tag: ``de``, ``XNLI (sw)``, ``en → ur``."""
    pair = _PAIR.match(text.strip())
    if pair and all(map(_language_of_tag, pair.groups())):
        source, target = (cast(str, _language_of_tag(tag)) for tag in pair.groups())
        return [Mention("training_language", source, 0, 0), Mention("language", target, 0, len(text))]
    cell = _TAG_CELL.match(text.strip())
    if cell and (cell[1].islower() or cell[1].lower() not in _ENGLISH):
        tag = _language_of_tag(cell[1])
        if tag:
            return [Mention("language", tag, 0, len(text))]
    if text.strip().lower() in _AVERAGES:
        return [Mention("language", "average", 0, len(text))]
    found = [_of_data(mention, text) for mention in mentions(text)]
    if not found or any(mention.facet == "language" for mention in found):
        return found
    tags = [
        Mention("language", tag, match.start(), match.end())
        for match in _TAG_WORD.finditer(text)
        if match[1].lower() not in _ENGLISH and (tag := _language_of_tag(match[1]))
    ]
    return sorted(found + [each for each in tags if not _overlaps(each, found)], key=lambda each: each.start)


def _of_data(mention: Mention, text: str) -> Mention:
    """In a header "English demonstrations" are what is trained on, not a target."""
    is_target = mention.facet == "language" and mention.value != "average"
    return (
        replace(mention, facet="training_language")
        if is_target and _OF_DATA.match(text[mention.end :])
        else mention
    )


_OF_DATA = re.compile(r" (?!(?:test|dev|development|set|avg|average|and|or|in|with|on)\b)[a-z]{3,}")
_AVERAGES = frozenset(
    {"all", "macro", "total", "macro avg", "average", "avg", "avg.", "mean", "\u00f8", "\u2300"}
)
_ENGLISH = frozenset(
    [
        "is",
        "no",
        "or",
        "it",
        "as",
        "to",
        "am",
        "be",
        "he",
        "my",
        "so",
        "et",
        "id",
        "la",
        "na",
        "mi",
        "per",
        "run",
        "pan",
        "ml",
        "mt",
        "qa",
        "st",
    ]
)
"""Words that are tags as well."""


@cache
def _language_of_tag(tag: str) -> str | None:
    """The vocabulary's language for an ISO 639-1 or 639-3 code."""
    known = _words()["language"]
    if tag.lower() in known and tag.lower() != "average":
        return tag.lower()
    return _three_letters().get(tag)


@cache
def _three_letters() -> dict[str, str]:
    """ISO 639-3 code to the tag that the vocabulary has; macrolanguages by the codes that corpora use."""
    from isogloss.errors import LanguageError
    from isogloss.languages import resolve

    found = {
        "zho": "zh",
        "ara": "ar",
        "swa": "sw",
        "est": "et",
        "lav": "lv",
        "msa": "ms",
        "nor": "no",
        "fas": "fa",
    }
    for tag in _words()["language"]:
        try:
            found.setdefault(resolve(tag).id, tag)
        except LanguageError:
            continue
    return found


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
        Mention("method", _coined(text, match), match.start(), match.end())
        for match in _COINED.finditer(text)
        if match.group() not in _NO_METHOD
    ]
    layers = [
        Mention("method", f"layer {match[1] or match[2] or match[3]}", match.start(), match.end())
        for match in _LAYER.finditer(text)
    ]
    return coined + layers


def _coined(text: str, match: re.Match[str]) -> str:
    """The method's name; without the method there is a baseline."""
    return "baseline" if _NOT_WITH.search(text[: match.start()]) else match.group().lower()


def _cited(text: str, found: Sequence[Mention]) -> list[Mention]:
    """Work that is cited, where the sentence tells what it did, and not what "we" did."""
    subjects = [match for match in _SUBJECT.finditer(text) if not _COMPARED.search(text[: match.start()])]
    bracketed = [
        match
        for match in _BRACKETED.finditer(text)
        if not any(mention.end == match.start() for mention in found)
        and not any(mention.facet == "method" for mention in found)
        and not _OURS.search(text)
    ]
    return [Mention("method", CITED, match.start(), match.end()) for match in (*subjects, *bracketed)]


def _implied(found: Sequence[Mention]) -> list[Mention]:
    """Attachment scores are of dependency parsing, where no task is named."""
    if any(mention.facet == "task" for mention in found):
        return []
    return [replace(m, facet="task", value="dependency-parsing") for m in found if m.value in {"las", "uas"}]


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


def pairs_of(text: str) -> Iterator[tuple[Facet, str, Facet, str]]:
    """Which metric is of which task: "F1 on WikiAnn and accuracy on UD POS", "XNLI (accuracy)"; both ways."""
    for one, other in pairwise(mentions(text)):
        is_pair = {one.facet, other.facet} == {"task", "metric"}
        if is_pair and _METRIC_OF_TASK.fullmatch(text[one.end : other.start]):
            yield one.facet, one.value, other.facet, other.value
            yield other.facet, other.value, one.facet, one.value


def known_values(facet: Facet) -> frozenset[str]:
    """All values of a facet that the vocabulary knows."""
    return frozenset(_words()[facet])
