"""Designs that no analysis could use are recognised before anything is trained."""

from itertools import product

import pytest

from isogloss.analysis.design import why_untestable


def each_to_each(rows, columns=None):
    return [(a, b) for a, b in product(rows, columns or rows) if a != b]


@pytest.mark.parametrize(
    ("dyads", "reason"),
    [
        ([], "fewer than 3 languages"),
        (each_to_each("ab", "cd"), "fewer than 3 languages"),
        (each_to_each("a", "bc"), "fewer than 3 languages"),
        (each_to_each("abc"), "row and column effects are removed"),
        ([("a", "x"), ("b", "y"), ("c", "z")], "row and column effects are removed"),
        (each_to_each("a", "bcd"), ""),
        (each_to_each("ab", "cde"), ""),
        (each_to_each("abcd"), ""),
    ],
)
def test_what_leaves_nothing_to_test(dyads, reason):
    found = why_untestable(dyads)
    assert reason in found
    assert bool(found) == bool(reason)
