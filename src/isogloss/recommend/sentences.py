"""From an encoder's states of sentences, which the caller computes, to votes for source languages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from isogloss.distances.states import States, check_states, vote_shares
from isogloss.errors import DataError
from isogloss.languages.base import Language

FEWEST = 25
"""Sentences of a language from which on it takes part: as many suffice in NN-Rank's ablation."""

MOST = 1000
"""Sentences of a language that are used."""


def votes_between(
    states: States, sources: Sequence[Language], targets: Sequence[Language]
) -> NDArray[np.float64]:
    """Share of the nearest sentences of each target that each source holds.

    Parameters
    ----------
    states : mapping of Language to ndarray, shape (layer, sentence, width)
    sources, targets : sequence of Language

    Returns
    -------
    ndarray of float, shape (source, target)
        NaN where a language has fewer than `FEWEST` sentences, or none; a target votes among all others.

    Raises
    ------
    DataError
        If the arrays do not fit each other, or are not finite.
    """
    check_states(states, "neighbours")
    enough = {language: array[:, :MOST] for language, array in states.items() if array.shape[1] >= FEWEST}
    votes = np.full((len(sources), len(targets)), np.nan)
    for column, target in enumerate(targets):
        rivals = [row for row, source in enumerate(sources) if source in enough and source != target]
        if target in enough and len(rivals) >= 2:
            votes[rivals, column] = vote_shares(enough[target], [enough[sources[row]] for row in rivals])
    return votes


def check_target(states: Mapping[Language, NDArray[np.floating]], target: Language) -> None:
    """Refuse a target with too few sentences to vote.

    Raises
    ------
    DataError
    """
    n = states[target].shape[1] if target in states else 0
    if n < FEWEST:
        raise DataError(
            f"{n} sentences of the target {target.name} ({target.input})",
            allowed=f"{FEWEST} or more, one a line",
            hint="add sentences; they need no labels",
        )
