"""Agreement of a claim with one finding: number, task, model, method, metric and language, each by itself."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from isogloss.evidence.amounts import amounts_of, is_amount
from isogloss.evidence.base import FACETS, UNNAMED, Facet, Finding, Ring
from isogloss.evidence.mentions import same_value
from isogloss.evidence.scope import NO_METHOD_OF_ITS_OWN, Scope

Check = Literal["agrees", "differs", "not stated", "not claimed"]

FACET_WEIGHTS: Mapping[Facet, float] = {
    "task": 3.0,
    "language": 3.0,
    "method": 2.0,
    "training_language": 2.0,
    "model": 1.5,
    "metric": 1.0,
}
_KNOWN_BY_DOCUMENT: tuple[Facet, ...] = ("method", "model")
RING_WEIGHTS: Mapping[Ring, float] = {"own": 1.0, "sentence": 0.95, "near": 0.75, "document": 0.5}
TERM_RING_WEIGHTS: Mapping[Ring, float] = {"own": 1.0, "sentence": 0.6, "near": 0.5, "document": 0.2}
TERM_WEIGHT = 1.5
MAX_TERM_WEIGHT = 4.0
UNCLAIMED_METHOD = 0.1
UNCLAIMED_TERM = 0.02
UNCLAIMED_AMOUNT = 0.05
UNCLAIMED_REMOVAL = 0.15
MIN_KNOWN = 0.6
"""A document that has fewer of the claim's words, by rarity, is about something else."""

ABOUT = 0.03
"""Relative tolerance of "about"."""


@dataclass(frozen=True)
class Agreement:
    """How a finding stands to a claim.

    Parameters
    ----------
    finding : Finding
    number : bool
        The numbers agree.
    checks : mapping of str to {"agrees", "differs", "not stated", "not claimed"}
        Number and facets, each by itself.
    closeness : float
        From 0 to 1: whether the finding is about the very thing that the claim is about, whatever its number.
    """

    finding: Finding
    number: bool
    checks: Mapping[str, Check]
    closeness: float


def compare(  # noqa: PLR0911 - one return for each reason
    claim: Finding, found: Finding, scope: Scope, idf: Mapping[str, float]
) -> Agreement | None:
    """Compare a claimed number with a finding; None where they are not about the same thing.

    They are not where their kinds differ, where one is a single value and the other the ends of many, where a
    facet differs, where the finding is about one language and the claim about none, where a claimed task,
    language, method or model is neither near the number nor known from the document, where a name is not
    near, or where an amount is claimed and another one stands there.
    """
    if not _of_one_kind(claim, found):
        return None
    checks: dict[str, Check] = {facet: _check(facet, claim, found) for facet in FACETS}
    if "differs" in checks.values() or _is_narrower(claim, found):
        return None
    for facet in ("task", "language", "training_language"):
        if checks[facet] == "not stated":
            return None
    for facet in _KNOWN_BY_DOCUMENT:
        if checks[facet] == "not stated" and not _in_document(facet, claim, scope):
            return None
    if not (_knows_words(claim, scope, idf) and _has_names(claim, found, scope)):
        return None
    if (
        _is_of_a_method_on_it(claim, found)
        or _differs_in_amounts(claim, found)
        or _is_another_baseline(claim, found, scope)
    ):
        return None
    agrees = numbers_agree(claim, found)
    checks["number"] = "agrees" if agrees else "differs"
    return Agreement(found, agrees, checks, _closeness(claim, found, idf))


def _of_one_kind(claim: Finding, found: Finding) -> bool:
    """Whether both are, say, scores; what values range over is compared with a range only."""
    if "spread" in (claim.qualifier, found.qualifier) and None in (claim.upper, found.upper):
        return False
    return claim.kind == found.kind and (claim.kind != "count" or claim.unit == found.unit)


def numbers_agree(claim: Finding, found: Finding) -> bool:
    """Whether two numbers are the same as far as they are written: 84.3 is 84.33, and 84.33 lies in 84 to 85.

    A difference that rises is not one that falls; where one does not say, the size alone counts. A share
    and a percentage are brought to one unit.
    """
    if claim.kind == "difference" and claim.sign * found.sign < 0:
        return False
    low, high, value, decimals = claim.value, claim.upper, found.value, found.decimals
    own_decimals = claim.decimals
    if claim.kind == "level":
        low, high, own_decimals = _as_percent(low, high, own_decimals, value)
        value, _, decimals = _as_percent(value, None, decimals, low)
    if high is not None:
        return _range_agrees(claim, found, (low, high, own_decimals), (value, decimals))
    if found.upper is not None:
        return value <= low <= found.upper
    if claim.qualifier in {"at least", "at most"}:
        return value >= low if claim.qualifier == "at least" else value <= low
    tolerance = _half(min(own_decimals, decimals)) if own_decimals != decimals else 1e-9
    if "about" in (claim.qualifier, found.qualifier):
        tolerance = max(tolerance, ABOUT * abs(value), _half(own_decimals))
    return abs(low - value) <= tolerance * (1 + 1e-9)


def _range_agrees(
    claim: Finding, found: Finding, ends: tuple[float, float, int], there: tuple[float, int]
) -> bool:
    """Whether what was found lies in a claimed range; the ends of a spread have to be the same."""
    (low, high, own_decimals), (value, decimals) = ends, there
    top = found.upper if found.upper is not None else value
    if "spread" in (claim.qualifier, found.qualifier):
        tolerance = _half(min(own_decimals, decimals)) * (1 + 1e-9)
        return max(abs(low - value), abs(high - top)) <= tolerance
    return low - _half(own_decimals) <= value and top <= high + _half(own_decimals)


def _as_percent(
    value: float, upper: float | None, decimals: int, other: float
) -> tuple[float, float | None, int]:
    """A share with two decimals or more beside a value above 1 is meant as a percentage."""
    if 0 < value <= 1 < abs(other) and decimals >= 2:
        return 100 * value, None if upper is None else 100 * upper, decimals - 2
    return value, upper, decimals


def _half(decimals: int) -> float:
    return 0.5 * 10.0**-decimals


def _check(facet: Facet, claim: Finding, found: Finding) -> Check:
    claimed, there = claim.facets.get(facet), found.facets.get(facet)
    if claimed is None or claimed.values <= {"average"}:
        return "not claimed"
    if there is None:
        return "not stated"
    if any(same_value(facet, one, other) for one in claimed.values for other in there.values):
        return "agrees"
    if facet == "method" and there.ring == "document":
        return "not stated"
    return "differs"


def _is_narrower(claim: Finding, found: Finding) -> bool:
    """Whether the finding is about one language where the claim names none."""
    claimed, there = claim.facets.get("language"), found.facets.get("language")
    if claimed is not None and not claimed.values <= {"average"}:
        return False
    return there is not None and not there.values <= {"average"}


def _in_document(facet: Facet, claim: Finding, scope: Scope) -> bool:
    """Whether the whole document is about the claimed model or method, and no other."""
    there = scope.values.get(facet, frozenset()) - NO_METHOD_OF_ITS_OWN
    claimed = claim.facets[facet].values
    return bool(there) and all(any(same_value(facet, one, other) for one in claimed) for other in there)


def _is_of_a_method_on_it(claim: Finding, found: Finding) -> bool:
    """Whether a model alone is claimed and the finding is of a method that is built on it."""
    method, model = found.facets.get("method"), found.facets.get("model")
    if "method" in claim.facets or "model" not in claim.facets or method is None or model is None:
        return False
    is_named = method.ring in {"own", "sentence"} and not method.values & (NO_METHOD_OF_ITS_OWN | {UNNAMED})
    return is_named and model.ring in {"near", "document"}


def _is_another_baseline(claim: Finding, found: Finding, scope: Scope) -> bool:
    """Whether the last layer is claimed and the document has baselines but no last layer."""
    claimed, there = (each.facets.get("method") for each in (claim, found))
    is_claimed = claimed is not None and claimed.values == {"last layer"}
    is_baseline = there is not None and there.values == {"baseline"}
    return is_claimed and is_baseline and "last layer" not in scope.values.get("method", ())


def _has_names(claim: Finding, found: Finding, scope: Scope) -> bool:
    """Whether every name that the claim states and no vocabulary knows stands near, or in the title."""
    near = frozenset().union(*(found.terms.get(ring, frozenset()) for ring in ("own", "sentence", "near")))
    return claim.names <= near | scope.title


def _differs_in_amounts(claim: Finding, found: Finding) -> bool:
    """Whether a claimed amount ("with 50 examples", "at 30%") is another one in the finding's own clause."""
    sentence, near = (found.terms.get(ring, frozenset()) for ring in ("sentence", "near"))
    own = found.terms.get("own", frozenset())
    for claimed, there in zip(amounts_of(_words_of(claim)), amounts_of(own), strict=True):
        if any(amount not in own | sentence | near for amount in claimed) and there - claimed:
            return True
    return False


def _knows_words(claim: Finding, scope: Scope, idf: Mapping[str, float]) -> bool:
    """Whether the document has the claim's words at all, by their rarity."""
    wanted = {term.removeprefix("no:") for term in _words_of(claim) if not is_amount(term)}
    known = {term.removeprefix("no:") for term in scope.terms}
    total = sum(idf.get(term, _MAX_IDF) for term in wanted)
    return total == 0 or sum(idf.get(term, _MAX_IDF) for term in wanted & known) >= MIN_KNOWN * total


def _words_of(claim: Finding) -> set[str]:
    """The claim's words beside its facets; which way a change goes is compared with the number."""
    said = {"up", "down"} | (_OF_CORRELATION if claim.kind == "correlation" else set())
    return {term for term in claim.terms["sentence"] if term not in said}


def _closeness(claim: Finding, found: Finding, idf: Mapping[str, float]) -> float:
    total = gained = 0.0
    for facet, weight in FACET_WEIGHTS.items():
        claimed, there = claim.facets.get(facet), found.facets.get(facet)
        if claimed is None or claimed.values <= {"average"}:
            continue
        total += weight
        if there is not None and any(
            same_value(facet, one, other) for one in claimed.values for other in there.values
        ):
            gained += weight * RING_WEIGHTS[there.ring]
    wanted = _words_of(claim)
    if wanted:
        weight = min(MAX_TERM_WEIGHT, TERM_WEIGHT * len(wanted))
        total += weight
        gained += weight * term_coverage(wanted, found, idf)
    if total == 0:
        return 0.0
    return max(0.0, gained / total - _unclaimed(claim, found, wanted))


def term_coverage(wanted: Iterable[str], found: Finding, idf: Mapping[str, float]) -> float:
    """Share of the claim's words near the number, by rarity; one that is denied there counts against."""
    total = gained = 0.0
    for term in wanted:
        weight = idf.get(term.removeprefix("no:"), _MAX_IDF)
        total += weight
        opposite = term.removeprefix("no:") if term.startswith("no:") else f"no:{term}"
        for ring, ring_weight in TERM_RING_WEIGHTS.items():
            here = found.terms.get(ring, frozenset())
            if term in here:
                gained += weight * ring_weight
                break
            if ring == "own" and opposite in here:
                gained -= 0.5 * weight
                break
    return max(0.0, gained / total) if total else 1.0


_OF_CORRELATION = frozenset({"correl", "coeffici", "predict", "relat"})
_MAX_IDF = math.log(1000.0)


def _unclaimed(claim: Finding, found: Finding, wanted: set[str]) -> float:
    """What the finding says of itself that the claim does not: another method, other conditions."""
    penalty = 0.0
    method = found.facets.get("method")
    is_named = method is not None and method.ring in {"own", "sentence"} and UNNAMED not in method.values
    if "method" not in claim.facets and is_named:
        penalty += UNCLAIMED_METHOD
    if "training_language" not in claim.facets and "training_language" in found.facets:
        penalty += UNCLAIMED_METHOD / 2
    own = found.terms.get("own", frozenset())
    if any(term.startswith("no:") for term in own) and not any(term.startswith("no:") for term in wanted):
        penalty += UNCLAIMED_REMOVAL
    extra = own - wanted - {"up", "down"}
    n_amounts = sum(map(len, amounts_of(extra)))
    return penalty + UNCLAIMED_TERM * min(5, len(extra) - n_amounts) + UNCLAIMED_AMOUNT * min(2, n_amounts)
