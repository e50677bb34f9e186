"""Which designs can be tested, against brute force over random symmetric distances."""

from itertools import permutations, product

import numpy as np
import pytest

from isogloss.analysis.design import LEAST, free_directions, missing_columns
from isogloss.statistics.effects import AdditiveEffects
from isogloss.study.file.design import fault_of_design


def each_to_each(n: int) -> list[tuple[str, str]]:
    return [(a, b) for a, b in product("abcdefghij"[:n], repeat=2) if a != b]


DESIGNS = {
    "three each to each": (each_to_each(3), 0),
    "four each to each": (each_to_each(4), 2),
    "one source, two targets": ([("a", "x"), ("a", "y")], 1),
    "one source, three targets": ([("a", t) for t in "xyz"], 2),
    "two by two": (list(product("ab", "xy")), 1),
    "two by three": (list(product("ab", "xyz")), 2),
    "two of four": ([(a, b) for a, b in product("ab", "abxy") if a != b], 1),
    "nothing": ([("a", "a")], 0),
}


@pytest.mark.parametrize("name", DESIGNS)
def test_directions_are_the_rank_of_many_random_distances(name: str):
    pairs, expected = DESIGNS[name]
    assert free_directions(pairs) == expected
    used = [pair for pair in pairs if pair[0] != pair[1]]
    if not used:
        return
    rows, columns = (sorted({pair[side] for pair in used}) for side in (0, 1))
    mask = np.zeros((len(rows), len(columns)), dtype=bool)
    for row, column in used:
        mask[rows.index(row), columns.index(column)] = True
    rng = np.random.default_rng(3)
    names = sorted({*rows, *columns})
    residuals = []
    for _ in range(40):
        distance = rng.random((len(names), len(names)))
        distance += distance.T
        at = np.ix_([names.index(row) for row in rows], [names.index(column) for column in columns])
        residuals.append(AdditiveEffects.two_way(mask).residuals(distance[at]).ravel())
    assert np.linalg.matrix_rank(np.array(residuals), tol=1e-8) == expected


def test_with_one_direction_every_permutation_correlates_fully():
    """Which is why two are the least: p is 1 whatever the scores are."""
    rng = np.random.default_rng(1)
    mask = np.ones((2, 2), dtype=bool)
    effects = AdditiveEffects.two_way(mask)
    scores, distance = effects.residuals(rng.random((2, 2))), rng.random((2, 2))
    for order in permutations(range(2)):
        left = effects.residuals(distance[list(order)])
        assert abs(np.sum(left * scores)) == pytest.approx(np.linalg.norm(left) * np.linalg.norm(scores))


def test_large_designs_are_enough_without_looking_at_all_of_them():
    pairs = {(f"r{i}", f"c{j}") for i, j in product(range(80), range(100))}
    assert free_directions(pairs) >= LEAST


@pytest.mark.parametrize(
    ("pairs", "more"), [(each_to_each(3), 1), (list(product("ab", "xy")), 1), ([("a", "x")], 2)]
)
def test_what_is_missing_is_enough_and_no_less(pairs: list[tuple[str, str]], more: int):
    assert missing_columns(pairs) == more


def test_a_study_of_three_languages_each_to_each_is_refused_with_what_would_do():
    fault = fault_of_design("abc", None, "abc")
    assert fault is not None
    assert "6 zero-shot pairs (3 x 3 languages)" in fault.what and "cannot vary" in fault.what
    assert "4 languages each to each" in str(fault.allowed) and "add 1 target language" in str(fault.hint)
    assert fault_of_design("abcd", None, "abcd") is None
    assert fault_of_design("a", None, "axyz") is None
    assert fault_of_design("e", "ab", "abxyze") is None
    assert fault_of_design("e", "ab", "abxe") is not None
    assert fault_of_design("ex", "ab", "abxy") is not None  # each source by itself has too few
    assert fault_of_design("ez", "ab", "abxyvz") is None
