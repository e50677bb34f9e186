"""Distance between syntax, sound systems and phoneme inventories together of two languages."""

from functools import partial

from isogloss.distances.metrics._typological import facts_of, typological

NAME = "featural"

_PREFIXES = ("S_", "P_", "INV_")

THRESHOLD = 120
"""Fewest shared features: with so many, hidden-data distances correlate .85 with full ones (docs/methods)."""

distance = partial(typological, NAME, _PREFIXES, THRESHOLD)
"""Angular distance over URIEL's 284 typological features; see `_typological.typological`."""

facts = partial(facts_of, _PREFIXES)
"""Facts that the distance between two languages is computed from."""
