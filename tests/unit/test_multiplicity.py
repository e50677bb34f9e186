"""Several tests at once."""

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from isogloss.narrative.overview import overview, overview_rows
from isogloss.statistics.multiplicity import holm


def test_holm_as_worked_by_hand() -> None:
    assert holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.03, 0.06, 0.06, 0.02])
    assert holm([0.5, 0.9]) == pytest.approx([1.0, 1.0])
    assert holm([]).shape == (0,)


def test_holm_keeps_its_level_over_dependent_tests() -> None:
    rng = np.random.default_rng(3)
    uniform = rng.random((4000, 1)) * np.ones((1, 3))
    p_values = np.hstack([uniform, rng.random((4000, 3))])
    n_wrong = sum((holm(row) <= 0.05).any() for row in p_values)
    assert n_wrong <= 4000 * 0.05 + 3 * np.sqrt(4000 * 0.05 * 0.95)
    assert n_wrong >= 4000 * 0.02


def an_analysis(p_family: float, *, informative: bool = True) -> Any:
    verdict = "supported" if p_family <= 0.05 else "underpowered"
    record = SimpleNamespace(effectiveness="fusion_gain", p_family=p_family, verdict=verdict)
    information = SimpleNamespace(informative=informative)
    return SimpleNamespace(leading=(record,), information=information, alpha=0.05, n_dyads=9)


KEYS = ("A", "B", "C", "D", "E")


def test_few_analyses_are_read_one_by_one() -> None:
    assert overview([an_analysis(0.01)] * 4, KEYS[:4]) == ""


def test_what_is_supported_alone_need_not_be_among_many() -> None:
    said = overview([an_analysis(p) for p in (0.02, 0.5, 0.6, 0.03, 0.9)], KEYS)
    assert said.startswith(
        "5 analyses: 2 support a relation of fusion gain with distance taken alone (A; D)."
    )
    assert "(Holm) none does" in said
    said = overview([an_analysis(p) for p in (0.001, 0.5, 0.6, 0.03, 0.9)], KEYS)
    assert "(Holm) 1 does (A)." in said


def test_a_long_list_of_names_is_left_to_the_table() -> None:
    said = overview([an_analysis(p) for p in (0.001, 0.001, 0.001, 0.001, 0.02)], KEYS)
    assert "5 support a relation of fusion gain with distance taken alone. " in said
    assert "(Holm) 5 do." in said
    rows = overview_rows([an_analysis(p) for p in (0.001, 0.001, 0.001, 0.001, 0.02)], KEYS)
    assert [row.key for row in rows] == list(KEYS)
    assert [row.p_adjusted for row in rows] == pytest.approx([0.005, 0.005, 0.005, 0.005, 0.02])


def test_analyses_without_information_are_no_tests() -> None:
    given = [an_analysis(0.03), *[an_analysis(0.9, informative=False)] * 4]
    said = overview(given, KEYS)
    assert said.startswith("5 analyses, 4 of them with nothing to explain: 1 supports")
    assert "all 1 adjusted" in said and "1 does (A)" in said
    nothing = overview([an_analysis(0.9, informative=False)] * 5, KEYS)
    assert nothing == "5 analyses, 5 of them with nothing to explain."
    none = overview([an_analysis(0.4)] * 5, KEYS)
    assert none == "5 analyses: none supports a relation of fusion gain with distance."


def test_a_relation_that_points_the_other_way_lends_no_p_value() -> None:
    mixed = an_analysis(0.04)
    wrong_way = SimpleNamespace(effectiveness="fusion_gain", p_family=0.0001, verdict="not supported")
    mixed.leading = (wrong_way, *mixed.leading)
    said = overview([mixed, *[an_analysis(0.5)] * 4], KEYS)
    assert "1 supports" in said and "(A)" in said and "(Holm) none does" in said
