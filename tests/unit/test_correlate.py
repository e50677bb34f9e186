"""From a table to everything that is said about it."""

import json

import numpy as np
import pytest
from click.testing import CliRunner
from score_tables import cell, staged
from test_analysis import CODES, falling, given

import isogloss as ig
from isogloss.analysis.controls.base import CONTROLS, ControlCells
from isogloss.cli.main import cli
from isogloss.languages import resolve, resolve_all
from isogloss.scores.effectiveness import conditions
from isogloss.scores.published.base import PUBLISHED
from isogloss.scores.table import ScoreTable


def correlate(scores, **options):
    return ig.correlate(scores, **{"distances": [given()], "n_permutations": 99, **options})


def foreign(table, tmp_path, *, baseline=True):
    """The table as somebody else would keep it: no study columns, percent."""
    lines = ["inter,target,accuracy,seed"]
    for row in table:
        if row.intermediate_language is not None or baseline:
            lines.append(
                f"{row.intermediate_language or 'none'},{row.target_language},"
                f"{100 * row.score:.8f},{row.seed}"
            )
    path = tmp_path / "scores.csv"
    path.write_text("\n".join(lines) + "\n")
    return path


def test_a_foreign_table_of_gains_gives_what_the_study_gives(tmp_path):
    table = falling(given())
    own = correlate(table)
    other = correlate(foreign(table, tmp_path), intermediate="inter", source="en", baseline="none")
    (mine,), (theirs,) = own.analyses[0].primary, other.analyses[0].primary
    assert theirs.effectiveness == mine.effectiveness == "gain"
    assert theirs.estimate == pytest.approx(mine.estimate)
    assert (theirs.p_value, theirs.n_dyads) == (mine.p_value, mine.n_dyads)
    assert other.analyses[0].reliability["gain"].n_seeds == 2


def test_a_baseline_of_equal_budget_names_the_source(tmp_path):
    found = correlate(foreign(falling(given()), tmp_path), baseline="en")
    assert found.analyses[0].primary[0].effectiveness == "gain_equal_budget"
    assert any("taken to be that of the baseline of equal budget, en" in note for note in found.notes)


def test_without_baseline_rows_the_score_is_tested_and_that_is_said(tmp_path):
    path = foreign(falling(given()), tmp_path, baseline=False)
    found = correlate(path, baseline="none")
    assert found.analyses[0].primary[0].effectiveness == "score"
    assert any("no row is without an intermediate stage" in note for note in found.notes)
    assert any("the source language is not stated" in note for note in found.notes)


def test_json_has_the_documented_keys(tmp_path):
    found = correlate(falling(given()), controls=["script", "size"])
    data = json.loads(json.dumps(found.to_dict(), allow_nan=False))
    assert {"design", "n_sources", "n_targets", "n_dyads", "languages", "primary", "sensitivity"} <= set(data)
    keys = "effectiveness distance definition method estimate ci_low ci_high p_value p_family p_min n_dyads"
    for record in (*data["primary"], *data["sensitivity"]):
        assert {*keys.split(), "n_resamples", "min_detectable", "verdict"} <= set(record)
    assert set(data["languages"][0]) == {"input", "id", "rule"}
    assert {"partial", "partial_two_way", "mixed"} <= {r["method"] for r in data["sensitivity"]}
    assert data["version"] == ig.__version__
    assert data["controls"] == ["script", "size"]


def test_conditions_are_kept_apart_and_one_that_fails_is_listed(tmp_path):
    rng = np.random.default_rng(0)
    lines = ["model,source,target,score"]
    lines += [f"a,en,{t},{rng.uniform(0.5, 0.9)}" for t in ("de", "fr", "es", "ja", "ko")]
    lines += [f"b,en,{t},{rng.uniform(0.5, 0.9)}" for t in ("de", "fr", "es", "ja", "ko")]
    lines += ["c,en,de,0.5", "c,en,fr,0.6"]
    (tmp_path / "scores.csv").write_text("\n".join(lines))
    found = correlate(tmp_path / "scores.csv")
    assert [analysis.encoder for analysis in found.analyses] == ["a", "b"]
    assert "too few languages" in found.not_analysed[0].reason
    data = found.to_dict()
    assert len(data["primary"]) == 2
    assert len({record["condition"] for record in data["primary"]}) == 2
    assert data["n_dyads"] == 10
    assert set(found.to_frame()["condition"]) == {record["condition"] for record in data["primary"]}


def test_the_result_prints_and_shows_in_a_notebook():
    found = correlate(falling(given()))
    assert "gain falls with lines distance" in str(found)
    assert "<table" in found._repr_html_()
    frame = found.to_frame()
    assert frame.loc[0, "analysis"] == "primary"
    assert frame.loc[frame["method"] == "pearson", "q_value"].notna().all()


def test_q_values_are_those_of_benjamini_and_hochberg():
    records = correlate(falling(given()), distances=[given(), given("other", seed=4)]).analyses[0].sensitivity
    p = np.array([r.p_value for r in records if np.isfinite(r.p_value)])
    q = np.array([r.q_value for r in records if np.isfinite(r.p_value)])
    order = np.argsort(p)
    steps = p[order] * len(p) / np.arange(1, len(p) + 1)
    assert q[order] == pytest.approx(np.minimum.accumulate(steps[::-1])[::-1].clip(max=1))


@pytest.mark.parametrize("name", sorted(CONTROLS))
def test_every_control_gives_matrices_of_the_cells(name):
    table = staged(lambda i, t, s: 0.5)
    languages = resolve_all(CODES)
    found = CONTROLS[name](ControlCells(languages[:4], languages[3:], table, conditions(table)[0]))
    assert found
    assert all(matrix.shape == (4, len(CODES) - 3) for matrix in found.values())


def test_facts_of_languages_are_partialled_out_of_both_sides():
    """By hand: correlation of what regression on the facts of row and target language leaves."""
    table, distance = falling(given()), given()
    facts = dict(zip(CODES, np.random.default_rng(2).normal(size=len(CODES)), strict=True))
    found = correlate(table, controls=["fertility"], language_facts={"fertility": facts})
    (record,) = (r for r in found.analyses[0].sensitivity if r.method == "partial")
    analysis = found.analyses[0]
    (values,) = analysis.values.values()
    at = np.argwhere(np.isfinite(values))
    known = {resolve(code).id: fact for code, fact in facts.items()}
    rows, columns = [analysis.rows[i] for i, _ in at], [analysis.columns[j] for _, j in at]
    facts_of = [[known[x.id] for x in side] for side in (rows, columns)]
    design = np.column_stack([np.ones(len(at)), *facts_of])
    sides = np.column_stack(
        [
            [values[i, j] for i, j in at],
            [distance.between([a], [b])[0, 0] for a, b in zip(rows, columns, strict=True)],
        ]
    )
    left = sides - design @ np.linalg.lstsq(design, sides)[0]
    assert record.estimate == pytest.approx(np.corrcoef(left.T)[0, 1])


def test_sizes_of_pre_training_data_are_the_published_ones():
    table = staged(lambda i, t, s: 0.5)
    cells = ControlCells([resolve("en")], [resolve("sw"), resolve("io")], table, conditions(table)[0])
    found = CONTROLS["size_xlmr"](cells)
    assert np.exp(found["log pre-training size (XLM-R) of the intermediate language"]) == pytest.approx(300.8)
    target = found["log pre-training size (XLM-R) of the target language"][0]
    assert np.exp(target[0]) == pytest.approx(1.6)
    assert np.isnan(target[1])


def test_ceilings_are_the_scores_of_targets_trained_on_themselves():
    table = ScoreTable.of(
        cell(t, 0.5 + 0.1 * (s == t), source=s) for s in ("de", "fr") for t in ("de", "fr", "es")
    )
    languages = resolve_all(["de", "fr", "es"])
    found = CONTROLS["ceiling"](ControlCells(languages[:2], languages, table, conditions(table)[0]))
    np.testing.assert_allclose(found["in-language score of the target"], [[0.6, 0.6, np.nan]] * 2)


@pytest.mark.parametrize("name", [name for name in sorted(PUBLISHED) if not name.startswith("e5-")])
def test_printed_tables_are_stars_from_english_with_a_source(name):
    assert len(PUBLISHED[name].citation) > 20
    for row in ig.published_scores(name):
        assert (row.source_language, row.split, row.metric) == ("en", "test", "accuracy")
        assert 0.2 < row.score < 1
        assert (row.n_examples, row.stage_id) == ({"pawsx": 2000, "xnli": 5010}[row.task], "published")


def test_six_targets_are_enumerated_and_what_they_can_carry_is_said():
    found = ig.correlate(ig.published_scores("pawsx-mbert"), distances=["syntactic", "genetic"])
    analysis = found.analyses[0]
    assert analysis.design == "star"
    for record in analysis.primary:
        assert (record.exact, record.n_resamples, record.n_dyads) == (True, 720, 6)
    syntactic = next(record for record in analysis.primary if record.distance == "syntactic")
    assert syntactic.p_min == pytest.approx(1 / 720)
    assert "6 languages do not show a weaker one reliably" in analysis.answer()[1]


@pytest.mark.parametrize(("name", "is_said"), [("pawsx-mbert", True), ("xnli-xlmr-base", False)])
def test_a_slope_found_with_luck_is_said_to_be_overstated(name, is_said):
    analysis = ig.correlate(ig.published_scores(name), sensitivity=False).analyses[0]
    leading = analysis.leading[0]
    assert leading.verdict == "supported"
    assert (abs(leading.estimate) < leading.min_detectable) == is_said
    assert ("its size is probably overstated" in analysis.answer()[1]) == is_said


def test_what_is_not_analysed_is_said_everywhere(tmp_path):
    rng = np.random.default_rng(0)
    lines = ["model,source,target,score"]
    lines += [f"a,en,{t},{rng.uniform(0.5, 0.9)}" for t in ("de", "fr", "es", "ja", "ko")]
    lines += ["b,en,de,0.5", "b,en,fr,0.6", "a,en,xxqq,0.5"]
    (tmp_path / "scores.csv").write_text("\n".join(lines))
    found = correlate(tmp_path / "scores.csv", effectiveness=["score", "gain"], distances=["syntactic"])
    assert found.keys == ("a",)
    assert str(found).startswith("a:\n")
    assert "gain: not tested" in str(found)
    assert "1 row could not be used; the first: " in str(found)
    assert repr(found) == str(found)
    assert "<h4>a</h4>" in found._repr_html_()
    assert "not analysed: b" in found._repr_html_()
    assert set(found.to_frame()["condition"]) == {str(found.analyses[0].condition)}


def test_scores_without_information_print_no_numbers():
    found = correlate(
        ScoreTable.of([cell(t, 1.0, intermediate=None) for t in ("de", "fr", "es", "ja", "ko")])
    )
    assert "nan" not in str(found)


def test_slopes_of_logits_on_kilometres_are_not_printed_as_zero(tmp_path):
    places = {"en": 0, "de": 900, "fr": 700, "es": 1500, "ru": 2500, "tr": 3000, "zh": 8000}
    pairs = [f"{a},{b},{abs(places[a] - places[b])}" for a in places for b in places if a < b]
    (tmp_path / "km.csv").write_text("\n".join(["a,b,km", *pairs]) + "\n")
    scores = [f"en,{code},{85 - place / 400}" for code, place in places.items()]
    (tmp_path / "scores.csv").write_text("\n".join(["source,target,score", *scores]) + "\n")
    given_km = ["--distance", "none", "--distance-file", str(tmp_path / "km.csv"), "--sensitivity"]
    done = CliRunner().invoke(cli, ["correlate", str(tmp_path / "scores.csv"), *given_km])
    (line,) = [line for line in done.output.splitlines() if line.startswith("primary test on logits")]
    assert " -0.00013 " in line
