"""Numbers that make one quantity ("1 to 3 points"), and numbers that share what one of them says."""

from __future__ import annotations

import re
from dataclasses import replace

from isogloss.evidence.base import Number, Qualifier

_IT_IS = re.compile(r"\bit (?:is|was)(?: only| even| just| about)?\s*$")
_PREPOSITION = re.compile(r"\s+(for|in|on|with|from|over)\b")
_LISTED = re.compile(r"[^.;:]{1,60}?(?:,|,? and)\s+")
_RANGING = re.compile(
    r"\b(?:rang(?:e|es|ed|ing)|var(?:y|ies|ied|ying)|spans?|spanned|spread\w*)\s+from\s*$", re.IGNORECASE
)
_SPREAD = re.compile(
    rf"{_RANGING.pattern}|\b(?:rang\w+|var(?:y|ies|ied)|lies?|lay)\s+between\s*$", re.IGNORECASE
)


def with_ranges(text: str, found: list[Number]) -> list[Number]:
    """Join the two ends of "1 to 3 points" and "between 1 and 3 points" where they make one quantity."""
    joined: list[Number] = []
    for number in found:
        last = joined[-1] if joined else None
        between = text[last.end : number.start] if last else ""
        opened = bool(last) and (
            re.search(r"\b(?:from|to)\s*$", text[: last.start if last else 0]) is None
            or is_ranging(text[: last.start if last else 0])
        )
        if (
            last
            and opened
            and last.upper is None
            and last.unit in {"", number.unit}
            and re.fullmatch(r"\s*(?:to|-|–|and)\s*", between)
        ):
            is_between = re.search(r"\bbetween\s*$", text[: last.start]) is not None
            if (between.strip() == "and") == is_between and number.value > last.value:
                decimals = max(last.decimals, number.decimals)
                joined[-1] = replace(
                    number, start=last.start, value=last.value, decimals=decimals,
                    sign=number.sign or last.sign, upper=number.value,
                    qualifier="spread" if _SPREAD.search(text[: last.start]) else "",
                )  # fmt: skip
                continue
        joined.append(number)
    return _open_ranges(text, joined)


def is_ranging(before: str) -> bool:
    """Whether "from" opens a range ("gains range from"), not a change."""
    return _RANGING.search(before) is not None


def _open_ranges(text: str, found: list[Number]) -> list[Number]:
    """The first end of "by 1 to 3 points" is a bare whole number, which is no quantity by itself."""
    out = []
    for upper in found:
        number = upper
        match = re.search(r"(?<![\w.])(\d+(?:\.\d+)?)\s*(?:to|-|–)\s*$", text[: number.start])
        starts = match is not None and all(not n.start <= match.start(1) < n.end for n in found)
        is_from = (
            match is not None
            and re.search(r"\bfrom\s*$", text[: match.start()]) is not None
            and not is_ranging(text[: match.start()])
        )
        if match and starts and not is_from and number.upper is None and float(match[1]) < number.value:
            lower = float(match[1])
            spread: Qualifier = "spread" if _SPREAD.search(text[: match.start()]) else ""
            number = replace(number, start=match.start(1), value=lower, qualifier=spread, upper=number.value)
        out.append(number)
    return out


def with_shared_kinds(text: str, found: list[Number]) -> list[Number]:
    """Both of "5.0 and 2.7 points" are points; both of "a gain of 8.8 here, there it is 0.9" gains."""
    out = list(found)
    shared = False
    for i in range(len(out) - 2, -1, -1):
        here, following = out[i], out[i + 1]
        glue = text[here.end : following.start]
        listed = re.fullmatch(r"\s*,?\s*(?:and|or)\s*", glue) or (shared and re.fullmatch(r"\s*,\s*", glue))
        shared = bool(listed) and here.unit == "" and here.kind == "level" and following.kind == "difference"
        if shared:
            out[i] = replace(here, kind="difference", sign=following.sign, unit=following.unit)
    for i in range(1, len(out)):
        before, here = out[i - 1], out[i]
        if before.kind == "correlation" and here.kind == "level" and here.decimals and abs(here.value) <= 1:
            out[i] = replace(here, kind="correlation", sign=0)
        elif before.kind == "difference" and here.kind == "level" and _IT_IS.search(text[: here.start]):
            out[i] = replace(here, kind="difference", sign=before.sign)
        elif before.kind == "difference" and here.kind == "level" and _is_elliptic(text, before, here):
            out[i] = replace(here, kind="difference", sign=before.sign, unit=before.unit)
    return out


def _is_elliptic(text: str, before: Number, here: Number) -> bool:
    """Whether "0.3 for B" goes on a list that "1.5 points for A" began."""
    one, other = _PREPOSITION.match(text[before.end : here.start]), _PREPOSITION.match(text[here.end :])
    glue = text[before.end : here.start]
    return bool(one and other and one[1] == other[1] and here.unit == "" and _LISTED.fullmatch(glue))
