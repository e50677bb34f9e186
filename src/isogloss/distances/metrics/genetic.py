"""Distance between two languages in the classification of the world's languages."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from isogloss.distances.feature_records import check, of_whole_records
from isogloss.distances.matrix import DistanceMatrix, Fact
from isogloss.languages import Language

NAME = "genetic"

DEFINITIONS = ("shared", "uriel")

ISOLATES = frozenset({"bsk", "elx", "eus", "hts", "kut", "sad", "sux", "tiw", "was", "zun"})
"""Languages whose empty path means a family of their own (Glottolog); elsewhere it means nothing on record.

Burushaski, Elamite, Basque, Hadza, Kutenai, Sandawe, Sumerian, Tiwi, Washo, Zuni.
"""


_TRIANGLE = (
    "uriel genetic is directed; as published, the value of the language whose ISO 639-3 code comes first in "
    "the alphabet stands for both directions"
)


def distance(languages: Sequence[Language], definition: str = "shared") -> DistanceMatrix:
    r"""Share of the family paths that two languages do not have in common.

    With :math:`n_a` nodes on the path of a (the language itself not counted) and :math:`s` of them shared:
    ``"shared"`` is :math:`1 - 2 s / (n_a + n_b + 2)`, symmetric, 1 across families; ``"uriel"`` is
    :math:`1 - s / (n_a + 1)`, which depends on the direction. One of its two triangles is used for both
    directions: a is the language whose ISO 639-3 code comes first in the alphabet.

    Parameters
    ----------
    languages : sequence of Language
    definition : str
        ``"shared"`` or ``"uriel"``.

    Returns
    -------
    DistanceMatrix
        `shared` is 1 where the classification of both is on record, else 0 and the value NaN.

    Raises
    ------
    LanguageError
        If a language occurs twice.
    RegistryError
        If the definition is unknown.
    """
    check(languages, definition, DEFINITIONS, NAME)
    known = np.array([_classified(language) for language in languages])
    paths = [language.family for language in languages]
    notes: tuple[str, ...] = ()
    values = path_distances(paths)
    if definition == "uriel":
        depth = np.array(list(map(len, paths)))
        ids = np.array([language.id for language in languages])
        earlier = np.where(ids[:, None] < ids[None], depth[:, None], depth[None])
        values, notes = 1 - _nodes_in_common(paths) / (earlier + 1), (_TRIANGLE,)
    return of_whole_records(NAME, definition, languages, values, known, what="classification", notes=notes)


def facts(a: Language, b: Language, definition: str = "shared") -> tuple[Fact, ...]:
    """Every node on the path of one of the two languages, from the root down."""
    check((a, b), definition, DEFINITIONS, NAME)
    if not _classified(a) or not _classified(b):
        return ()
    nodes = dict.fromkeys((*a.family, *b.family))
    return tuple(
        Fact(node, *("yes" if node in language.family else "no" for language in (a, b))) for node in nodes
    )


def _classified(language: Language) -> bool:
    return bool(language.family) or language.id in ISOLATES


def path_distances(paths: Sequence[tuple[str, ...]]) -> NDArray[np.float64]:
    """Share of two paths from the root that they do not have in common: the definition ``"shared"``."""
    depth = np.array(list(map(len, paths)))
    return np.asarray(1 - 2 * _nodes_in_common(paths) / (depth[:, None] + depth[None] + 2))


def _nodes_in_common(paths: Sequence[tuple[str, ...]]) -> NDArray[np.int8]:
    """Number of nodes on both of two paths: in a tree, the length of the common beginning."""
    n = len(paths)
    number: dict[tuple[str, ...], int] = {}
    beginnings = np.full((n, max(map(len, paths))), -1)
    for row, path in enumerate(paths):
        for level in range(len(path)):
            beginnings[row, level] = number.setdefault(path[: level + 1], len(number))
    in_common = np.zeros((n, n), dtype=np.int8)
    for nodes in beginnings.T:
        on_path = np.flatnonzero(nodes >= 0)
        in_common[np.ix_(on_path, on_path)] += nodes[on_path, None] == nodes[None, on_path]
    return in_common
