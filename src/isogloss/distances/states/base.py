"""States of sentences by language, and what can be wrong with them."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from isogloss.distances.matrix import check_distinct
from isogloss.errors import DataError
from isogloss.languages import Language

States = Mapping[Language, NDArray[np.floating]]
"""For each language the states of its sentences, (layer, sentence, width), means over subwords."""


def check_states(states: States, metric: str) -> None:
    """Refuse states that cannot be compared.

    Raises
    ------
    DataError
        If shapes differ in more than the number of sentences, a language has none, or a state is not finite.
    LanguageError
        If there is no language.
    """
    check_distinct(tuple(states), metric)
    shapes = {language: array.shape for language, array in states.items()}
    first = next(iter(states))
    for language, shape in shapes.items():
        if len(shape) != 3 or shape[::2] != shapes[first][::2]:
            raise DataError(
                f"states of {language.id} have the shape {shape}, those of {first.id} {shapes[first]}",
                where=metric,
                allowed="one array a language, (layer, sentence, width), equal but for the sentences",
            )
        if not shape[1]:
            raise DataError(f"no sentence of {language.id}", where=metric, hint="leave the language out")
        if not np.isfinite(states[language]).all():
            raise DataError(f"states of {language.id} are not finite", where=metric)
