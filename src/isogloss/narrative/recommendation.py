"""A recommendation, and how good recommendations would have been, in words."""

from __future__ import annotations

import math
from collections.abc import Sequence

from isogloss.display import counted
from isogloss.distances import FACTS
from isogloss.errors import some_of
from isogloss.languages.base import Language
from isogloss.recommend.conformal import LEVEL, Coverage, fewest
from isogloss.recommend.evaluation import SIMPLE, Evaluated, Evaluation, Figures, LossDifference
from isogloss.recommend.pairs import METRICS
from isogloss.recommend.results import Bounds, Candidate, Recommendation

NAME = "recommendation"

N_LISTED = 12
"""Languages of a set are listed up to so many, else counted."""

RANKERS = {
    "random": "a source drawn at random",
    "rank_fusion": "rank fusion of genetic, geographic and syntactic distance",
    "source_mean": "the source that is best on average for other targets",
    "ridge": "a ridge regression on how good a donor a source is and how close",
    "neighbours": "nearest neighbours among an encoder's states of sentences",
}
"""Rankers in words; others by their name."""


PLAIN = ("random", "always", "nearest", "rank_fusion", "source_mean")
"""Rankers that others are compared with."""


def in_words(result: Recommendation | Evaluation) -> list[str]:
    """Say what a result says, one sentence or two an entry."""
    return _evaluation(result) if isinstance(result, Evaluation) else _recommendation(result)


def percent(value: float) -> str:
    """A share of 100 with one decimal; a dash where it is not defined."""
    return f"{round(value, 1) + 0.0:.1f}" if math.isfinite(value) else "-"  # no "-0.0"


def score(value: float) -> str:
    """A score in percent."""
    return percent(100 * value)


def ranker_in_words(name: str) -> str:
    """Describe a ranker: ``"the language nearest in syntactic distance"``."""
    plain, _, option = name.partition(":")
    if plain == "nearest":
        return f"the language nearest in {option} distance"
    return f"always {option}" if plain == "always" else RANKERS.get(plain, name)


def named(language: Language) -> str:
    """Name and code as the user typed it: ``"Swahili (sw)"``."""
    is_name = language.code.lower() == language.name.lower()
    return language.name if is_name else f"{language.name} ({language.code})"


def _recommendation(found: Recommendation) -> list[str]:
    lines = [_headline(found)]
    if found.bounds is not None:
        lines += _expectations(found, found.bounds)
    lines.append(_beside_english(found))
    lines.append(f"Why {found.first.language.input}: {'; '.join(reasons(found.first))}.")
    if found.first.unknown:
        lines.append(f"Not on record for {found.first.language.input}: {', '.join(found.first.unknown)}.")
    n_unknown = sum(bool(entry.unknown) for entry in found.candidates)
    if n_unknown:
        lines.append(_unknown(found, n_unknown))
    if found.evaluated is not None:
        lines += _track_record(found.evaluated, found.ranker)
    if found.observed:
        code, best = found.observed[0]
        n, own = len(found.observed), f"of {found.target.input} itself, set aside here"
        lines.append(f"The table holds {counted(n, 'score')} {own}: the best is {score(best)} from {code}.")
    return [*lines, *(f"{note[0].upper()}{note[1:]}." for note in found.notes)]


def _headline(found: Recommendation) -> str:
    first, target = named(found.first.language), named(found.target)
    tied = [entry.language.input for entry in found.candidates[1:] if entry.rating == found.first.rating]
    alike = f", rated like {some_of(tied, N_LISTED)}" if tied else ""
    how = f"by {ranker_in_words(found.ranker)}"
    if math.isnan(found.first.rating):
        return f"Cannot tell: none of the candidates for {target} can be rated {how}."
    choice = f"First choice for {target}: {first}{alike}, {how}"
    if found.verdict == "no scores":
        return (
            f"{choice}. Without a table of scores there is no expected score, and no bound of what a worse "
            "choice costs."
        )
    if found.verdict == "no bound":
        n = found.bounds.n_targets if found.bounds else 0
        return (
            f"{choice}. No bound: {n} target languages are too few for one that holds with {LEVEL:.0%} "
            f"probability; it takes {fewest()}."
        )
    if found.verdict == "cannot tell":
        return f"{choice}; but cannot tell whether it is better than a source drawn at random."
    if found.verdict == "worse than a random choice":
        return (
            f"Do not follow this ranking: its first choice for {target}, {first}, is worse than a random one."
        )
    return f"Train on {first} for {target}{alike}: {how}."


def _expectations(found: Recommendation, bounds: Bounds) -> list[str]:
    code = found.first.language.input
    of_score = _interval(max(bounds.score_low, 0.0), min(bounds.score_high, 1.0), bounds.exist)
    of_gain = _interval(bounds.gain_low, bounds.gain_high, bounds.exist)
    high = bounds.loss_percent_high
    most = f"; at most {percent(high)} percent with {LEVEL:.0%} probability" if math.isfinite(high) else ""
    lines = [
        f"Expected score with {code}: {score(found.first.expected_score)}{of_score}; above a source drawn at "
        f"random by {score(bounds.gain)} points{of_gain}.",
        f"Expected loss against the best candidate: {percent(bounds.loss_percent)} percent of its score, "
        f"{percent(bounds.loss_points)} points{most}.",
    ]
    members = [entry.language.input for entry in found.candidates if entry.in_set]
    if members:
        n = sum(entry.in_set is not None for entry in found.candidates)
        which = "all" if len(members) == n else f"{len(members)} of"
        lines.append(
            f"The best source is among {which} {n} candidates with {LEVEL:.0%} probability: "
            f"{some_of(members, N_LISTED)}."
        )
    return lines


def _interval(low: float, high: float, exists: bool) -> str:
    return f" ({LEVEL:.0%} interval {score(low)} to {score(high)})" if exists else ""


def _beside_english(found: Recommendation) -> str:
    english = found.candidate("eng")
    if found.target.id == "eng":
        return "English is the target, so it is not compared."
    if english is None:
        return "English is not among the candidates."
    if english.place == 1:
        return "English is the first choice itself."
    line = f"English has place {english.place} of {len(found.candidates)}"
    if math.isfinite(english.expected_score):
        behind = found.first.expected_score - english.expected_score
        line += f", expected score {score(english.expected_score)}: {score(behind)} points below "
        line += found.first.language.input
    return line + "."


def reasons(entry: Candidate) -> list[str]:
    """Say why a candidate has its place: how close, how good a donor, how much text in pre-training."""
    found = []
    for close in entry.closeness:
        if close.metric == "featural" or math.isnan(close.value):  # featural is the other typological ones
            continue
        if close.metric == "genetic" and close.value == 1:
            found.append("no relative")
            continue
        features = "" if close.metric in ("genetic", "geographic") else f" over {close.shared} features"
        found.append(f"{close.metric} distance {close.value:.2f}{features}, place {close.place}")
    if entry.donor is not None:
        side = "above" if entry.donor.points >= 0 else "below"
        found.append(
            f"for {counted(entry.donor.n_targets, 'other target')} {percent(abs(entry.donor.points))} points "
            f"{side} the mean source, place {entry.donor.place} of {entry.donor.n_sources}"
        )
    size = entry.pretraining_gib
    found.append("no text in CC-100" if math.isnan(size) else f"{size:g} GiB of text in CC-100")
    return found


def explained(entry: Candidate, target: Language) -> list[str]:
    """Reasons for one candidate, and which facts agree with the target."""
    lines = [f"{entry.place}. {named(entry.language)}: {'; '.join(reasons(entry))}."]
    if entry.unknown:
        lines.append(f"   Not on record: {', '.join(entry.unknown)}.")
    for metric in METRICS:
        if metric not in FACTS or metric in ("geographic", "featural"):
            continue
        every = FACTS[metric](entry.language, target)
        facts = [fact for fact in every if fact.a is not None and fact.b is not None]
        if not facts:
            continue
        agree = [fact.name for fact in facts if fact.a == fact.b]
        told = f": {some_of(agree, N_LISTED)}" if metric == "genetic" and agree else ""
        what = "branches of the family tree" if metric == "genetic" else f"{metric} features"
        lines.append(f"   {len(agree)} of {len(facts)} {what} agree{told}.")
    return lines


def _unknown(found: Recommendation, n_unknown: int) -> str:
    one = n_unknown == 1
    how = {
        "rank_fusion": f"{'has' if one else 'have'} the last rank in that distance",
        "ridge": f"{'counts' if one else 'count'} like the mean candidate in what is unknown",
    }.get(found.ranker.partition(":")[0], "comes last" if one else "come last")
    lack = f"{'lacks' if one else 'lack'} something that the ranker uses"
    return f"{n_unknown} of {len(found.candidates)} candidates {lack}, and {how}."


def _track_record(found: Evaluated, ranker: str) -> list[str]:
    """How the same ranker did on the languages of the table, compared with the simple ones."""
    own = found.of(ranker)
    others = "; ".join(
        f"{name} {percent(found.of(name).loss_percent)}"
        for name in ("random", *SIMPLE)
        if name != ranker and math.isfinite(found.of(name).loss_percent)
    )
    lines = [
        f"On the {own.n_targets} target languages of this table, each left out in turn, the first choice of "
        f"{ranker} lost {percent(own.loss_percent)} percent (95% interval {percent(own.ci_low)} to "
        f"{percent(own.ci_high)}); {others}."
    ]
    lines += _comparison(found, ranker)
    if found.coverage.n_targets:
        lines.append(coverage_in_words(found.coverage))
    return lines


def _comparison(found: Evaluated, ranker: str) -> list[str]:
    own = [entry for entry in found.differences if entry.name == ranker and math.isfinite(entry.difference)]
    told = {
        "loses less than": [entry for entry in own if entry.is_better],
        "is not shown to be better on this table than": [entry for entry in own if not entry.is_better],
    }
    return [f"{ranker} {verb} {_told(entries)}." for verb, entries in told.items() if entries]


def _told(differences: Sequence[LossDifference]) -> str:
    return ", ".join(
        f"{entry.against} ({round(entry.difference, 1) + 0.0:+.1f} percent, 95% interval "
        f"{percent(entry.ci_low)} to {percent(entry.ci_high)})"
        for entry in differences
    )


def coverage_in_words(found: Coverage) -> str:
    """How often the bounds held for languages that were not seen."""
    low, high = found.band
    n = found.n_targets
    return (
        f"Of {n} languages that neither model nor bounds had seen, the {LEVEL:.0%} intervals held for "
        f"{found.interval / n:.0%}, the sets (on average {found.set_size:.1f} of {found.n_candidates:.1f} "
        f"candidates) for {found.best / n:.0%}; chance alone gives {low:.0%} to {high:.0%}."
    )


def _evaluation(found: Evaluation) -> list[str]:
    whole = found.whole
    best = _best(whole)
    least = f"the best ranker here, {best.name}, loses {percent(best.loss_percent)}"
    own = whole.of(found.default)
    n = len(found.conditions)
    lines = [
        f"{found.table}: {whole.n_sources} source and {whole.n_targets} target languages"
        + (f", mean of {n} conditions." if n > 1 else "."),
        f"The ranker {found.default} loses {percent(own.loss_percent)} percent of the best source's score "
        f"(95% interval {percent(own.ci_low)} to {percent(own.ci_high)}); "
        + ("no ranker loses less here." if best.loss_percent >= own.loss_percent else f"{least}."),
    ]
    for entry in whole.figures:
        if entry.name.partition(":")[0] not in PLAIN:
            lines += _comparison(whole, entry.name)
    if whole.coverage.n_targets:
        lines.append(coverage_in_words(whole.coverage))
    else:
        lines.append(
            f"No bound could be tried: one that holds with {LEVEL:.0%} probability takes {fewest()} target "
            "languages and the one that it is tried on."
        )
    if n > 1:
        lines += [_one_condition(entry, found.default) for entry in found.conditions]
    lines += [f"Not evaluated: {entry.condition}: {entry.reason}." for entry in found.not_evaluated]
    return lines


def _best(found: Evaluated) -> Figures:
    return min(
        (entry for entry in found.figures if math.isfinite(entry.loss_percent)),
        key=lambda entry: entry.loss_percent,
    )


def _one_condition(found: Evaluated, default: str) -> str:
    best = _best(found)
    return (
        f"{found.condition}: {default} loses {percent(found.of(default).loss_percent)} percent; "
        f"least: {best.name}, {percent(best.loss_percent)}."
    )
