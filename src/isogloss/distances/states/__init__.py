"""Measures over an encoder's states of unlabelled text; the caller computes the states."""

from isogloss.distances.states.cosine import cosine_by_layer
from isogloss.distances.states.nearest_neighbours import vote_shares

__all__ = ["cosine_by_layer", "vote_shares"]
