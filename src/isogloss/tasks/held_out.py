"""Validation rows cut from training rows, without a text in both."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from isogloss.errors import DataError
from isogloss.tasks.base import Example, texts_of

NAME = None
"""No task."""


@dataclass(frozen=True)
class HeldOut:
    """Rows in two parts that share no text.

    Parameters
    ----------
    train, validation : tuple of Example
        In the order that the rows were given in.
    n_groups, n_groups_held_out : int
        Groups of rows that share texts, in all and among the validation rows.
    """

    train: tuple[Example, ...]
    validation: tuple[Example, ...]
    n_groups: int
    n_groups_held_out: int


def hold_out(examples: Sequence[Example], n: int, seed: int) -> HeldOut:
    """Cut validation rows from training rows; rows that share a text stay together.

    Two rows belong to one group if a text of the one is a text of the other, directly or through further rows
    (connected components). A text is a sentence, or the whole sentence of a word task. Texts with the same
    characters in another order are the same text, so that a sentence and its permutations (PAWS, Zhang et al.
    2019, makes paraphrase candidates by swapping words) are never on both sides; case, white space and the
    Unicode normal form do not distinguish texts either. Groups are drawn in random order, and one that is
    larger than what is still missing is passed over.

    Parameters
    ----------
    examples : sequence of Example
    n : int
        Validation rows wanted; there are fewer if the groups do not add up to it.
    seed : int
        Of the order in which groups are drawn.

    Raises
    ------
    DataError
        If nothing would be left to train on, or every group is larger than `n`.
    """
    if n >= len(examples):
        raise DataError(
            f"{n} validation rows cut from {len(examples)} training rows leave nothing to train on",
            where="validation.examples",
            allowed=f"fewer than {len(examples)}",
        )
    _, group_of, sizes = np.unique(_groups(examples), return_inverse=True, return_counts=True)
    taken = np.zeros(len(sizes), dtype=bool)
    missing = n
    for group in np.random.default_rng([seed, 3]).permutation(len(sizes)):
        if sizes[group] <= missing:
            taken[group] = True
            missing -= int(sizes[group])
        if not missing:
            break
    if not taken.any():
        raise DataError(
            f"{n} validation rows cannot be cut from {len(examples)} training rows: rows that share a text "
            f"stay together, and the smallest group of such rows has {sizes.min()}",
            where="validation.examples",
            allowed=f"at least {sizes.min()}" if sizes.min() < len(examples) else None,
            hint="set validation.split to validation, or selection to none",
        )
    held_out = taken[group_of]
    return HeldOut(
        tuple(example for example, out in zip(examples, held_out, strict=True) if not out),
        tuple(example for example, out in zip(examples, held_out, strict=True) if out),
        len(sizes),
        int(taken.sum()),
    )


def _groups(examples: Sequence[Example]) -> NDArray[np.int32]:
    """Number of each row's group: the connected component of the rows and their texts."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    texts: dict[str, int] = {}
    links = [
        (row, texts.setdefault(_characters(text), len(examples) + len(texts)))
        for row, example in enumerate(examples)
        for text in texts_of(example)
    ]
    n_nodes = len(examples) + len(texts)
    graph = coo_array((np.ones(len(links)), np.transpose(links)), shape=(n_nodes, n_nodes))
    groups: NDArray[np.int32] = connected_components(graph, directed=False)[1][: len(examples)]
    return groups


def _characters(text: str) -> str:
    """The characters of a text in a fixed order, which is the same for all permutations of its words."""
    return "".join(sorted("".join(unicodedata.normalize("NFKC", text).casefold().split())))
