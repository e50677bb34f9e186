"""Distance between the sound systems of two languages."""

from functools import partial

from isogloss.distances.metrics._typological import facts_of, typological

NAME = "phonological"

_PREFIXES = ("P_",)

THRESHOLD = 17
"""Fewest shared features: with so many, hidden-data distances correlate .85 with full ones (docs/methods)."""

distance = partial(typological, NAME, _PREFIXES, THRESHOLD)
"""Angular distance over URIEL's 28 features of phonology; see `_typological.typological`."""

facts = partial(facts_of, _PREFIXES)
"""Facts that the distance between two languages is computed from."""
