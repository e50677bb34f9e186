"""Overlap of languages of the world by construction: subwords, and the order of their frames."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import combinations
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from isogloss.errors import DataError
from isogloss.world.generator import sentences
from isogloss.world.grammar import Grammar, Proposition, Sentence
from isogloss.world.grammar_file import GRAMMARS
from isogloss.world.roster import FRAMES, REFERENTS, Frame

N_SENTENCES = 500
_YEAR = 1950
_PERSON, *_PERSONS = (id_ for id_, who in REFERENTS.items() if who.gender == "f")
_PLACES = [id_ for id_, who in REFERENTS.items() if who.kind == "place"]


class RankCorrelation(NamedTuple):
    """Spearman's coefficient of an overlap with a distance over pairs of languages."""

    overlap: str
    distance: str
    rho: float
    n_pairs: int


def sample_text(language: str) -> list[str]:
    """Sentences that say the same in every language, all frames among them."""
    return [sentence.text for _, sentence in sentences(language, "train", N_SENTENCES, frames="all")]


def common_subwords(frequencies: Sequence[Mapping[str, float]]) -> NDArray[np.float64]:
    """Share of running text that two languages have in common: the sum of the smaller frequencies.

    Parameters
    ----------
    frequencies : sequence of mapping of str to float
        For each language, subword to its share of the text.

    Returns
    -------
    ndarray of float, shape (language, language)
        0 without a common subword, 1 for equal frequencies.
    """
    vocabulary = {subword: i for i, subword in enumerate(sorted(set().union(*frequencies)))}
    shares = np.zeros((len(frequencies), len(vocabulary)))
    for row, each in zip(shares, frequencies, strict=True):
        row[[vocabulary[subword] for subword in each]] = list(each.values())
    return np.array([np.minimum(row, shares).sum(axis=1) for row in shares])


def common_order(languages: Sequence[str]) -> NDArray[np.float64]:
    """Agreement in the order in which patterns name the roles of a frame and its predicate.

    For every frame and every two of its elements (the roles `a`, `b` and `c`, the predicate) each language
    has the share of its patterns in which one comes before the other. Two languages agree by 1 minus the mean
    absolute difference of these shares.

    Parameters
    ----------
    languages : sequence of str
        Names of grammars.

    Returns
    -------
    ndarray of float, shape (language, language)
        1 on the diagonal.

    Raises
    ------
    DataError
        If a pattern has neither verb nor auxiliary nor adjective.
    """
    profiles = np.array([order_profile(GRAMMARS[language]) for language in languages])
    return 1.0 - np.array([np.abs(row - profiles).mean(axis=1) for row in profiles])


def order_profile(grammar: Grammar) -> list[float]:
    """Share of patterns in which the one comes before the other, by frame and pair of elements."""
    profile: list[float] = []
    for frame in FRAMES.values():
        said = _proposition(frame)
        places = [
            _positions(grammar.say(said, each), said, grammar) for each in grammar.realisations[frame.id]
        ]
        for one, other in combinations(range(len(places[0])), 2):
            profile.append(float(np.mean([before(each[one], each[other]) for each in places])))
    return profile


def before(one: Sequence[int], other: Sequence[int]) -> float:
    """Share of the pairs of positions in which the first comes first."""
    return float(np.mean([i < j for i in one for j in other]))


def rank_correlations(
    overlaps: Mapping[str, NDArray[np.float64]], distances: Mapping[str, NDArray[np.float64]]
) -> list[RankCorrelation]:
    """Correlate every overlap with every distance over the pairs of languages for which both are known.

    No p-value: pairs share languages and are not independent.

    Parameters
    ----------
    overlaps, distances : mapping of str to ndarray of float, shape (language, language)
        Symmetric; unknown is NaN.

    Returns
    -------
    list of RankCorrelation
        NaN where fewer than three pairs are known or one of the two does not vary.
    """
    return [
        RankCorrelation(overlap, distance, *_spearman(overlaps[overlap], distances[distance]))
        for overlap in overlaps
        for distance in distances
    ]


def _spearman(one: NDArray[np.float64], other: NDArray[np.float64]) -> tuple[float, int]:
    from scipy.stats import spearmanr

    upper = np.triu_indices(len(one), k=1)
    x, y = one[upper], other[upper]
    known = np.isfinite(x) & np.isfinite(y)
    n_pairs = int(known.sum())
    if n_pairs < 3 or np.ptp(x[known]) == 0 or np.ptp(y[known]) == 0:
        return float("nan"), n_pairs
    return float(spearmanr(x[known], y[known]).statistic), n_pairs


def _proposition(frame: Frame) -> Proposition:
    """Any proposition of the frame; the order of its words does not depend on the names."""
    a, b, *_ = _PERSONS if frame.kind == "person" else _PLACES
    return Proposition(frame.id, a, b, _PERSON if frame.protagonist else None, _YEAR)


def _positions(sentence: Sentence, said: Proposition, grammar: Grammar) -> list[list[int]]:
    """Positions of the words of each role and of the predicate: verbs, or else auxiliaries, or adjectives."""
    roles = [role for role in (said.a, said.b, said.c) if role]
    places = [[i for i, word in enumerate(sentence.words) if word.referent == role] for role in roles]
    for upos in ("VERB", "AUX", "ADJ"):
        predicate = [i for i, word in enumerate(sentence.words) if word.upos == upos]
        if predicate:
            return [*places, predicate]
    raise DataError(
        f"no verb, auxiliary or adjective in '{sentence.text}'",
        where=f"grammar '{grammar.language}', frame '{said.frame}'",
        hint="tag its predicate",
    )
