"""Effectiveness measures by hand."""

from dataclasses import replace

import numpy as np
import pytest
from score_tables import cell, staged, without

from isogloss.errors import AnalysisError
from isogloss.scores.effectiveness import MEASURES, Condition, conditions, effectiveness
from isogloss.scores.table import ScoreTable


def varied(intermediate, target, seed):
    """Scores without a pattern, the same in every run."""
    letters = f"{intermediate}{target}{seed}"
    return 0.6 + sum(ord(letter) * (i + 3) ** 2 for i, letter in enumerate(letters)) % 37 / 100


def only(table):
    (condition,) = conditions(table)
    return condition


def by_name(matrix, row, column, values=None):
    values = matrix.values if values is None else values
    return values[..., matrix.rows.index(row), matrix.columns.index(column)]


def look_up(table, target, intermediate, seed, aggregator="last"):
    (row,) = [
        r
        for r in table
        if (r.target_language, r.intermediate_language, r.seed, r.aggregator)
        == (target, intermediate, seed, aggregator)
    ]
    return row.score


EXPECTED = {
    "score": lambda t, i, c, s: look_up(t, c, i, s),
    "gain": lambda t, i, c, s: look_up(t, c, i, s) - look_up(t, c, None, s),
    "gain_equal_budget": lambda t, i, c, s: look_up(t, c, i, s) - look_up(t, c, "en", s),
    "gap": lambda t, i, c, s: look_up(t, "en", i, s) - look_up(t, c, i, s),
    "relative": lambda t, i, c, s: (look_up(t, c, i, s) - 0.5) / (look_up(t, "en", i, s) - 0.5),
}


@pytest.mark.parametrize("measure", EXPECTED)
def test_measures_of_an_intermediate_stage(measure):
    table = staged(varied)
    matrix = effectiveness(table, measure, only(table))
    assert matrix.seeds == (0, 1)
    assert matrix.cube.shape == (2, len(matrix.rows), len(matrix.columns))
    for row in matrix.rows:
        for column in matrix.columns:
            if row == "en" or column in (row, "en"):
                assert np.isnan(by_name(matrix, row, column))
                continue
            seeds = [EXPECTED[measure](table, row, column, seed) for seed in (0, 1)]
            np.testing.assert_allclose(by_name(matrix, row, column, matrix.cube), seeds)
            assert by_name(matrix, row, column) == pytest.approx(np.mean(seeds))


def test_every_measure_has_a_test():
    assert set(MEASURES) == {*EXPECTED, "fusion_gain"}


def test_excluded_cells_say_why():
    table = staged(varied)
    reasons = {
        (cell.row, cell.column): cell.reason for cell in effectiveness(table, "gain", only(table)).excluded
    }
    assert reasons["de", "de"] == "not zero-shot: the target is the intermediate language"
    assert reasons["de", "en"] == "not zero-shot: the target is the source language"
    assert reasons["en", "de"].startswith("baseline of equal budget")
    assert len(reasons) == 7 + 8 + 4  # the baseline row; every other row's en; de es fr ja on themselves


def test_fusion_gain_is_over_the_last_layer():
    table = ScoreTable.of([*staged(varied), *staged(lambda i, t, s: varied(t, i, s), aggregator="D_3")])
    assert [condition.aggregator for condition in conditions(table)] == ["D_3", "last"]
    matrix = effectiveness(table, "fusion_gain", conditions(table)[0])
    assert by_name(matrix, "fi", "ko", matrix.cube)[1] == pytest.approx(
        look_up(table, "ko", "fi", 1, "D_3") - look_up(table, "ko", "fi", 1)
    )


def test_rows_are_sources_where_there_is_no_stage():
    table = ScoreTable.of(cell(t, 0.7, source=s) for s in ("de", "en") for t in ("de", "en", "fr"))
    condition = only(table)
    assert (condition.margin, condition.source_language) == ("source", None)
    matrix = effectiveness(table, "gap", condition)
    assert matrix.rows == ("de", "en")
    assert by_name(matrix, "de", "fr") == 0.0
    assert np.isnan(by_name(matrix, "de", "de"))


def test_a_missing_baseline_is_an_error_that_names_it():
    table = without(staged(varied), lambda row: row.intermediate_language is not None)
    with pytest.raises(AnalysisError, match=r"'gain' is defined for none .* without the intermediate stage"):
        effectiveness(table, "gain", only(table))


def test_a_gain_without_any_stage_is_an_error():
    table = ScoreTable.of(cell(t, 0.7) for t in ("en", "de", "fr"))
    with pytest.raises(AnalysisError, match="no intermediate stage to gain from"):
        effectiveness(table, "gain", only(table))


def test_a_baseline_that_lacks_one_seed_leaves_the_other():
    table = without(
        staged(varied),
        lambda row: not (row.intermediate_language is None and row.target_language == "ko" and row.seed == 1),
    )
    matrix = effectiveness(table, "gain", only(table))
    assert by_name(matrix, "fi", "ko", matrix.n_seeds) == 1
    assert by_name(matrix, "fi", "zh", matrix.n_seeds) == 2
    assert by_name(matrix, "fi", "ko") == pytest.approx(EXPECTED["gain"](table, "fi", "ko", 0))


def test_relative_needs_a_source_above_chance():
    table = staged(lambda i, t, s: 0.5 if (i, t) == ("fi", "en") else 0.7)
    matrix = effectiveness(table, "relative", only(table))
    assert np.isnan(by_name(matrix, "fi", "ko"))
    assert by_name(matrix, "ru", "ko") == pytest.approx(1.0)
    assert any("does not score above chance" in cell.reason for cell in matrix.excluded)


def test_relative_needs_a_known_chance_level():
    rows = [replace(row, chance=float("nan")) for row in staged(varied)]
    with pytest.raises(AnalysisError, match=r"the chance level of .* is unknown"):
        effectiveness(ScoreTable.of(rows), "relative", only(ScoreTable.of(rows)))


def test_an_unknown_measure_gets_the_closest_word():
    with pytest.raises(AnalysisError, match="did you mean 'gain'"):
        effectiveness(staged(varied), "gian", only(staged(varied)))


def test_a_condition_that_the_table_does_not_hold():
    missing = Condition("xnli", "mini", "last", None, "xnli", None, "test", "accuracy")
    with pytest.raises(AnalysisError, match="no cell of: xnli, mini, last, test"):
        effectiveness(staged(varied), "score", missing)


def test_the_source_language_is_found_in_the_spelling_of_the_scored_task():
    """A model of one task scored on another, which writes eng, deu and fra."""
    scores = {"eng": 0.9, "deu": 0.8, "fra": 0.7}
    rows = [
        replace(cell(target, score), task="own", source_task="pawsx", zero_shot=target != "eng")
        for target, score in scores.items()
    ]
    table = ScoreTable.of([*rows, *(cell(target, 0.6) for target in ("en", "de", "fr"))])
    assert [condition.task for condition in conditions(table)] == ["own", "pawsx"]
    own = conditions(table)[0]
    assert str(own) == "pawsx -> own, mini, last, test"
    matrix = effectiveness(table, "gap", own)
    assert by_name(matrix, "en", "deu") == pytest.approx(0.1)
    assert by_name(matrix, "en", "fra") == pytest.approx(0.2)


def test_equal_gains_are_equal_whatever_scores_they_come_from():
    base = {"de": 0.7, "es": 0.6, "fr": 0.5, "ja": 0.4, "ko": 0.3}
    table = staged(
        lambda intermediate, target, seed: round(base[target] + (0.1 if intermediate else 0.0), 1),
        intermediates=("fi", "sw"), targets=tuple(base),
    )  # fmt: skip
    gains = effectiveness(table, "gain", only(table)).values
    assert set(gains.ravel().tolist()) == {0.1}
