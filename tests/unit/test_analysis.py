"""Scores meet distances: designs, exclusions, coverage, verdicts, errors."""

import dataclasses
import json

import numpy as np
import pytest
from score_tables import cell, staged, without

from isogloss.analysis import AnalysisSpec, analyse
from isogloss.analysis.power import errors_of, plan
from isogloss.analysis.spec import PowerSpec
from isogloss.distances.matrix import DistanceMatrix
from isogloss.errors import AnalysisError
from isogloss.languages import resolve, resolve_all
from isogloss.narrative.analysis import excluded_cells
from isogloss.scores.table import ScoreTable
from isogloss.statistics.detectable import Errors
from isogloss.study.outputs.relations import sections

CODES = ("de", "en", "es", "fi", "fr", "ja", "ko", "ru", "sw", "tr", "zh")
LANGUAGES = tuple(resolve(code) for code in CODES)


def given(name="lines", seed=0, unknown=(), values=None):
    """Distances between random places; NaN for the pairs of `unknown` codes."""
    places = np.random.default_rng(seed).random((len(CODES), 3))
    if values is None:
        values = np.linalg.norm(places[:, None] - places[None], axis=2)
    for code in unknown:
        values[CODES.index(code), :] = values[:, CODES.index(code)] = np.nan
    counts = np.ones(values.shape, dtype=np.int64)
    return DistanceMatrix(name, "given", LANGUAGES, values, counts, counts, "a test")


def falling(matrix, slope=-0.1, noise=0.005, level=0.8):
    """Scores that fall with the distance of intermediate and target, on top of target effects."""
    hard = dict(zip(CODES, np.linspace(0, 0.1, len(CODES)), strict=True))

    def score(intermediate, target, seed):
        if intermediate is None:
            return level - hard[target]
        rng = np.random.default_rng([CODES.index(intermediate), CODES.index(target), seed])
        distance = matrix.values[CODES.index(intermediate), CODES.index(target)]
        return level - hard[target] + slope * distance + noise * rng.normal()

    return staged(score)


def analysed(table, distances, *, measures, **options):
    """The analysis of a table with one condition."""
    (found,) = analyse(table, distances, AnalysisSpec(effectiveness=measures, **options)).require()
    return found


def star(scores):
    return ScoreTable.of(cell(target, score) for target, score in scores.items())


def test_a_relation_that_is_there_is_supported():
    matrix = given()
    found = analysed(falling(matrix), {"lines": matrix}, measures=["gain"], n_permutations=999)
    (record,) = found.primary
    assert record.verdict == "supported"
    assert record.estimate == pytest.approx(-0.1, abs=0.02)
    assert record.ci_low < -0.1 < record.ci_high < 0
    assert (found.design, found.encoder, found.aggregator) == ("intermediate x target", "mini", "last")
    assert record.n_dyads == found.n_dyads == 8 * 6 - 4
    finding, power, removed, mean = found.answer()
    assert finding.startswith(
        f"gain falls with lines distance: {100 * record.estimate:.1f} points per unit ("
    )
    assert f"interval {100 * record.ci_low:.1f} to {100 * record.ci_high:.1f}" in finding
    span = record.farthest - record.nearest
    assert f": {100 * span * record.estimate:.1f} points)" in finding
    assert "8 intermediate x 6 target languages, 44 cells" in power
    assert "average of every intermediate and of every target language" in removed
    values = found.values["gain"][np.isfinite(found.values["gain"])]
    assert mean.startswith(f"Mean gain: {100 * values.mean():.1f} points over 44 cells (95% interval ")
    assert mean.endswith(f"; {(values < 0).sum()} below zero, {(values > 0).sum()} above.")
    assert found.to_dict()["averages"]["gain"]["n_rows"] == 8


def test_a_relation_the_other_way_is_not_supported_and_said():
    matrix = given()
    found = analysed(falling(matrix, slope=0.1), {"lines": matrix}, measures=["score"], n_permutations=999)
    assert found.primary[0].verdict == "not supported"
    assert "points the other way" in found.primary[0].reason
    assert "points the other way (score was expected to fall with distance): score rises" in found.answer()[0]


def test_the_answer_says_what_points_against_it():
    matrix = given()
    turned = dataclasses.replace(matrix, metric="turned", values=1 - matrix.values)
    both = {"lines": matrix, "turned": turned}
    found = analysed(falling(matrix), both, measures=["gain"], n_permutations=999, sensitivity=False)
    assert found.answer()[0].endswith("; the other way with turned distance (p = 0.001).")


def test_the_baseline_row_and_cells_that_are_not_zero_shot_take_no_part():
    matrix = given()
    table = falling(matrix)
    poisoned = ScoreTable.of(
        row
        if row.zero_shot and row.intermediate_language != "en"
        else type(row)(**{**fields(row), "score": 0.1})
        for row in table
    )
    before, after = (
        analysed(t, {"lines": matrix}, measures=["score"], n_permutations=99).primary
        for t in (table, poisoned)
    )
    assert list(map(repr, before)) == list(
        map(repr, after)
    )  # as text: from Python 3.13 on no NaN equals itself


def fields(row):
    return {name: getattr(row, name) for name in row.__slots__}


def test_equivalent_measures_are_tested_once():
    matrix = given()
    measures = ["gain", "score", "gain_equal_budget", "gap", "relative"]
    found = analysed(falling(matrix), {"lines": matrix}, measures=measures, n_permutations=99)
    assert [(e.effectiveness, e.tested_as, e.factor) for e in found.equivalent] == [
        ("score", "gain", 1.0),
        ("gain_equal_budget", "gain", 1.0),
        ("gap", "gain", -1.0),
    ]
    assert [record.effectiveness for record in found.primary] == ["gain", "relative"]
    assert list(found.values) == measures


def test_in_a_star_score_and_gap_are_one_and_gain_is_not():
    matrix = given()
    table = without(falling(matrix), lambda row: row.intermediate_language in (None, "fi"))
    found = analysed(table, {"lines": matrix}, measures=["score", "gap", "gain"], n_permutations=999)
    assert found.design == "star"
    assert [(e.effectiveness, e.tested_as, e.factor) for e in found.equivalent] == [("gap", "score", -1.0)]
    assert [record.effectiveness for record in found.primary] == ["score", "gain"]
    assert all(record.exact and record.n_resamples == 720 for record in found.primary)


def test_a_star_of_sources():
    matrix = given()
    scores = {"en": 0.95, "de": 0.8, "es": 0.82, "fr": 0.84, "ja": 0.7, "ko": 0.66, "zh": 0.72}
    found = analysed(star(scores), {"lines": matrix}, measures=["score"])
    (record,) = found.primary
    distances = [matrix.values[CODES.index("en"), CODES.index(code)] for code in scores if code != "en"]
    slope, _ = np.polyfit(distances, [score for code, score in scores.items() if code != "en"], 1)
    assert record.estimate == pytest.approx(slope)
    assert record.p_min == pytest.approx(1 / 720)
    assert found.to_dict()["n_sources"] == 1
    assert "one source language; the answer is about differences between target" in found.answer()[2]
    assert found.answer()[3].startswith("Mean score: ")


def test_scores_at_chance_leave_nothing_to_explain():
    rng = np.random.default_rng(0)
    table = staged(lambda i, t, s: 0.55 + 0.004 * rng.normal(), chance=0.55)
    found = analysed(table, {"lines": given()}, measures=["gain"], n_permutations=99)
    assert {record.verdict for record in found.primary} == {"nothing to explain"}
    assert found.answer()[0].startswith("Nothing to explain: 44 of 44 cells")
    assert "carry no information on transfer" in found.answer()[0]
    assert "probability" not in found.answer()[1]


def test_scores_exactly_at_chance_leave_nothing_to_explain():
    found = analysed(staged(lambda i, t, s: 0.55, chance=0.55), {"lines": given()}, measures=["gain"])
    (record,) = found.primary
    assert record.verdict == "nothing to explain"
    assert np.isnan(record.p_value)
    assert found.to_dict()["primary"][0]["p_value"] is None
    assert found.answer()[0].startswith("Nothing to explain")


def test_constant_scores_above_chance_are_an_error():
    with pytest.raises(
        AnalysisError, match="'score' does not vary beyond row and column effects in 44 cells"
    ):
        analysed(staged(lambda i, t, s: 0.8), {"lines": given()}, measures=["score"])


def test_noise_in_a_small_design_is_underpowered():
    rng = np.random.default_rng(3)
    table = star({code: 0.7 + 0.05 * rng.normal() for code in ("en", "de", "es", "fr", "ja", "ko", "zh")})
    found = analysed(table, {"lines": given(seed=5)}, measures=["score"])
    assert found.primary[0].verdict == "underpowered"
    assert found.answer()[0].startswith("Too little data to tell whether score changes with distance")


def test_a_slope_that_was_not_found_in_a_star_could_have_been():
    """Where permuted scores come near no distance, a slope of that distance would yet stand out."""
    codes = ("en", "de", "es", "fr", "ja", "ko", "zh")
    noise = dict(zip(codes, 0.005 * np.random.default_rng(8).normal(size=7), strict=True))
    distances = {str(seed): given(str(seed), seed=seed) for seed in range(6)}
    found = analysed(star({code: 0.7 + noise[code] for code in codes}), distances, measures=["score"])
    for record in found.primary:
        assert record.verdict == "underpowered" and np.isfinite(record.min_detectable)
        slope = 1.5 * record.min_detectable
        away = distances[record.distance].values[CODES.index("en")]
        table = star({code: 0.7 + noise[code] - slope * away[CODES.index(code)] for code in codes})
        again = analysed(table, distances, measures=["score"])
        (own,) = (each for each in again.primary if each.distance == record.distance)
        assert own.verdict == "supported"


def test_a_language_without_distances_is_left_out_of_that_distance_alone():
    matrix, gappy = given(), given("gappy", seed=1, unknown=["sw"])
    distances = {"lines": matrix, "gappy": gappy}
    found = analysed(falling(matrix), distances, measures=["gain"], n_permutations=999)
    assert [(e.distance, e.languages, e.n_dyads) for e in found.left_out] == [("gappy", ("sw",), 38)]
    assert {record.distance: record.n_dyads for record in found.primary} == {"lines": 44, "gappy": 38}
    assert all(record.p_family >= min(1, 2 * record.p_value) - 1e-12 for record in found.primary)


def test_a_distance_that_leaves_one_row_is_not_tested_like_a_star():
    whole = given()
    table = without(falling(whole), lambda row: row.intermediate_language in (None, "fi", "sw"))
    distances = {"whole": whole, "gappy": given("gappy", unknown=("sw",))}
    found = analysed(table, distances, measures=["gain"], n_permutations=99)
    assert [record.distance for record in found.primary] == ["lines"]
    (untested,) = found.untested
    assert untested.reason.startswith("too few languages to remove row and column effects: 1 x 6")
    assert untested.reason.endswith("without sw, for which too little is on record")
    assert not found.left_out
    rows, columns = resolve_all(["fi", "sw"]), resolve_all(["de", "es", "fr", "ja", "ko", "zh"])
    planned = plan(rows, columns, distances, Errors(0.01), PowerSpec(n_simulations=50, n_permutations=99))
    assert [test.distance for test in planned.tests] == ["lines"]
    assert planned.untested["gappy"].endswith("too few to remove row and column effects")


def rows_of(sources, targets, aggregator="last"):
    """Scores by chance of several sources on several targets."""
    rng = np.random.default_rng(3)
    return [
        cell(target, 0.7 + 0.05 * rng.normal(), source=source, aggregator=aggregator)
        for source in sources
        for target in targets
        if source != target
    ]


def test_a_measure_that_cannot_be_tested_does_not_silence_the_others():
    spec = {"n_permutations": 99, "sensitivity": False}
    rows = [*rows_of(["en", "fi"], CODES), *rows_of(["sw"], ["de", "es"]), cell("sw", 0.9, source="sw")]
    found = analysed(ScoreTable.of(rows), {"lines": given()}, measures=["gap", "score"], **spec)
    (untested,) = found.untested
    assert untested.reason == "too few languages to test 'gap': source sw; target de, es"
    assert [record.effectiveness for record in found.primary] == ["score"]
    table = ScoreTable.of(rows_of(["en", "fi"], CODES) + rows_of(["en", "fi"], CODES, "D_2"))
    measures = ("score", "fusion_gain")
    analyses = analyse(table, {"lines": given()}, AnalysisSpec(effectiveness=measures, **spec))
    assert not analyses.not_analysed
    assert "does not vary beyond row and column effects" in analyses.done[0].untested[0].reason


def test_cells_of_a_later_measure_are_kept_where_the_first_has_none():
    table = ScoreTable.of([*rows_of(["en", "fi", "sw"], CODES), cell("sw", 0.9, source="sw")])
    found = analysed(table, {"lines": given()}, measures=["gap", "score"], n_permutations=99)
    assert "Design: 1 source x 10 target languages, 10 cells" in found.answer()[1]
    assert found.design == "star" and len(found.rows) == 3
    assert [np.isfinite(found.values[name]).sum() for name in ("gap", "score")] == [10, 30]
    relations = [section.relations[0] for section in sections(found, [given()])]
    assert [len(relation.dyads) for relation in relations] == [10, 30]


def test_the_answer_is_about_the_first_measure_that_can_be_tested():
    table = ScoreTable.of([*rows_of(["en", "fi", "sw"], CODES), cell("sw", 0.9, source="sw")])
    without_sw = {"lines": given(unknown=("sw",))}
    found = analysed(table, without_sw, measures=["gap", "score"], n_permutations=99, sensitivity=False)
    assert found.leading[0].effectiveness == next(iter(found.values)) == "score"
    assert "change of score with distance" in found.answer()[0] or "whether score" in found.answer()[0]
    kept_out = excluded_cells(found)
    assert any("kept out of tests: no score of the source language 'en'" in line for line in kept_out)


def test_a_language_that_the_matrix_does_not_hold_is_left_out():
    matrix = given()
    keep = [i for i, code in enumerate(CODES) if code != "sw"]
    smaller = DistanceMatrix(
        *("small", "given", tuple(LANGUAGES[i] for i in keep), matrix.values[np.ix_(keep, keep)]),
        *(matrix.shared[np.ix_(keep, keep)], matrix.union[np.ix_(keep, keep)], "a test"),
    )
    found = analysed(falling(matrix), {"small": smaller}, measures=["gain"], n_permutations=99)
    assert found.left_out[0].languages == ("sw",)


def test_a_distance_that_says_nothing_is_listed_and_the_others_are_tested():
    matrix, empty = given(), given("empty", unknown=CODES)
    flat = given("flat", values=1.0 - np.eye(len(CODES)))
    distances = {"empty": empty, "lines": matrix, "flat": flat}
    found = analysed(falling(matrix), distances, measures=["gain"], n_permutations=99)
    assert [record.distance for record in found.primary] == ["lines"]
    assert {e.distance: e.reason.split(":")[0] for e in found.untested} == {
        "empty": "too few languages",
        "flat": "it does not vary beyond row and column effects over these languages",
    }


def test_without_any_usable_distance_there_is_an_error():
    with pytest.raises(AnalysisError, match="no distance can be tested: empty: too few languages"):
        analysed(falling(given()), {"empty": given("empty", unknown=CODES)}, measures=["gain"])


def test_too_few_languages_are_an_error_that_lists_them():
    table = ScoreTable.of(cell(t, s) for t, s in (("en", 0.9), ("de", 0.8), ("fr", 0.7)))
    with pytest.raises(AnalysisError, match=r"too few languages to test 'score': source en; target de, fr"):
        analysed(table, {"lines": given()}, measures=["score"])


def test_two_codes_of_one_language_are_an_error():
    targets = {"en": 0.9, "de": 0.8, "zh": 0.7, "cmn": 0.7, "fr": 0.8}
    with pytest.raises(AnalysisError, match="'cmn' and 'zh' both denote"):
        analysed(star(targets), {"lines": given()}, measures=["score"])


def test_a_target_that_is_the_source_in_another_spelling_is_left_out():
    table = ScoreTable.of(
        cell(target, score, source="zho")
        for target, score in {"zh": 0.95, "de": 0.8, "fr": 0.82, "ja": 0.9, "ko": 0.86}.items()
    )
    found = analysed(table, {"lines": given()}, measures=["score"])
    assert [language.input for language in found.columns] == ["de", "fr", "ja", "ko"]
    assert any("the target is the source language" in cell.reason for cell in found.excluded)


def test_conditions_are_analysed_apart_and_the_last_layer_has_no_fusion_gain():
    matrix = given()
    table = falling(matrix)
    fused = [type(row)(**{**fields(row), "aggregator": "D_2", "score": row.score**2}) for row in table]
    both = ScoreTable.of([*table, *fused])
    spec = AnalysisSpec(effectiveness=["fusion_gain", "score"], n_permutations=99)
    found = analyse(both, {"lines": matrix}, spec)
    assert found.not_analysed == ()
    assert [(a.aggregator, list(a.values)) for a in found.done] == [
        ("D_2", ["fusion_gain", "score"]),
        ("last", ["score"]),
    ]
    with pytest.raises(AnalysisError, match="nothing to analyse"):
        analyse(table, {"lines": matrix}, AnalysisSpec(effectiveness=["fusion_gain"]))


def with_a_condition_that_is_too_small():
    """The table of `falling`, and two targets of another encoder."""
    table = falling(given())
    small = [cell(target, 0.6, intermediate="de", encoder="small") for target in ("fr", "ja")]
    return ScoreTable.of([*table, *small])


def test_a_condition_that_is_too_small_does_not_stop_the_others():
    spec = AnalysisSpec(effectiveness=["score"], n_permutations=99)
    found = analyse(with_a_condition_that_is_too_small(), {"lines": given()}, spec)
    assert [analysis.encoder for analysis in found.done] == ["mini"]
    (entry,) = found.not_analysed
    assert "small" in entry.condition
    assert "too few languages to test 'score'" in entry.reason
    alone = analysed(falling(given()), {"lines": given()}, measures=["score"], n_permutations=99)
    assert found.done[0].to_dict() == alone.to_dict()


def test_conditions_that_are_not_analysed_are_told_apart():
    """Two metrics of one model are called alike in full."""
    small = [cell(target, 0.6, intermediate="de") for target in ("fr", "ja")]
    table = ScoreTable.of([*small, *(dataclasses.replace(row, metric="macro_f1") for row in small)])
    found = analyse(table, {"lines": given()}, AnalysisSpec(effectiveness=["score"]))
    assert sorted(entry.condition for entry in found.not_analysed) == ["accuracy", "macro_f1"]


def test_a_pilot_with_a_condition_that_is_too_small_is_used(tmp_path):
    (tmp_path / "whole.csv").write_text(falling(given()).to_csv())
    (tmp_path / "both.csv").write_text(with_a_condition_that_is_too_small().to_csv())
    assert errors_of(pilot=tmp_path / "both.csv") == errors_of(pilot=tmp_path / "whole.csv")


def test_where_nothing_can_be_analysed_every_reason_is_said():
    two = [cell(t, s) for t, s in (("en", 0.9), ("de", 0.8), ("fr", 0.7))]
    constant = [cell(t, 0.8, encoder="flat") for t in ("en", "de", "fr", "es", "ja", "ko")]
    found = analyse(ScoreTable.of([*two, *constant]), {"lines": given()}, AnalysisSpec())
    assert found.done == ()
    with pytest.raises(AnalysisError, match=r"none of 2 conditions .* does not vary .* too few languages"):
        found.require()


def test_unknown_measures_are_refused_before_anything_is_computed():
    with pytest.raises(AnalysisError, match=r"unknown effectiveness measure: gian\n.*did you mean 'gain'"):
        analyse(falling(given()), {"lines": given()}, AnalysisSpec(effectiveness=["gian"]))


def test_json_has_every_key_and_no_number_that_json_lacks():
    matrix = given()
    found = analysed(falling(matrix), {"lines": matrix}, measures=["gain"], n_permutations=99)
    data = json.loads(json.dumps(found.to_dict(), allow_nan=False))
    wanted = "effectiveness distance definition method estimate ci_low ci_high p_value p_family p_min n_dyads"
    for record in (*data["primary"], *data["sensitivity"]):
        assert {*wanted.split(), "n_resamples", "min_detectable", "verdict"} <= set(record)
    assert {record["method"] for record in data["sensitivity"]} == {
        *("pearson", "pearson_qap", "spearman", "spearman_qap", "kendall", "kendall_qap", "mixed", "logit"),
        *("within_target_spearman", "leave_one_language_out", "leave_one_family_out", "run_bootstrap"),
        "run_robust",
    }
    assert {entry["method"] for entry in data["not_applicable"]} == {
        *("bca", "mrqap", "mrqap_two_way", "partial", "partial_two_way", "without_floor_and_ceiling"),
        "distance_uncertainty",
    }
    assert {"design", "n_sources", "n_targets", "n_dyads", "languages"} <= set(data)
    assert {"input": "zh", "id": "cmn"}.items() <= next(
        x for x in data["languages"] if x["input"] == "zh"
    ).items()


def test_the_same_seed_gives_the_same_result_and_row_order_does_not_matter():
    matrix = given()
    table = falling(matrix)
    settings = {"measures": ["gain"], "n_permutations": 199, "seed": 4}
    one = analysed(table, {"lines": matrix}, **settings)
    other = analysed(ScoreTable.of(reversed(list(table))), {"lines": matrix}, **settings)
    assert one.to_dict() == other.to_dict()


def test_a_measure_without_a_value_does_not_silence_the_others():
    table = staged(lambda intermediate, target, seed: 0.5)
    analysis = analysed(table, {"lines": given()}, measures=["gain", "relative"], n_permutations=99)
    assert not analysis.information.informative
    assert "carry no information" in analysis.answer()[0]
    (untested,) = [entry for entry in analysis.untested if entry.effectiveness == "relative"]
    assert "does not score above chance" in untested.reason
    with pytest.raises(AnalysisError, match="does not score above chance"):
        analysed(table, {"lines": given()}, measures=["relative"], n_permutations=99)
