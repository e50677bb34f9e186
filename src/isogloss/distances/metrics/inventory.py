"""Distance between the phoneme inventories of two languages."""

from functools import partial

from isogloss.distances.metrics._typological import facts_of, typological

NAME = "inventory"

_PREFIXES = ("INV_",)

THRESHOLD = 90
"""Fewest shared features: with so many, hidden-data distances correlate .85 with full ones (docs/methods)."""

distance = partial(typological, NAME, _PREFIXES, THRESHOLD)
"""Angular distance over URIEL's 158 features of phoneme inventories; see `_typological.typological`."""

facts = partial(facts_of, _PREFIXES)
"""Facts that the distance between two languages is computed from."""
