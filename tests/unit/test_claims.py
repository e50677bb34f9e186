"""Claims on record, and claims beside our runs."""

import re

import numpy as np
import pytest
from score_tables import cell

from isogloss.cli.output.claims import print_joined
from isogloss.errors import DataError
from isogloss.evidence.claims.records import add_claims, claims_on_record, parse_claims, remove_claim
from isogloss.evidence.claims.replication import _family, _Gains, _interval, join_runs
from isogloss.scores.table import ScoreRow, ScoreTable

TARGETS = ("de", "en", "es", "fr", "ja", "ko", "zh")
GOOD = (
    "claims:\n- id: mine\n  text: mBERT gets 66.1% on XNLI.\n  value: 66.1\n  unit: '%'\n  source: arXiv:1\n"
)


def test_the_record_holds_the_reported_numbers_as_unverified():
    numbers = {r.id: r for r in claims_on_record() if isinstance(r.value, float)}
    assert {r.value for r in numbers.values()} == {65.40, 66.91, 81.94, 84.33, 62.17, 63.34, 70.28, 71.81}
    assert {r.verdict_there for r in numbers.values()} == {"unverified"}
    assert all(r.source == "arXiv:2205.08497" and r.would_test for r in claims_on_record())


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (("  source: arXiv:1\n", ""), "source: missing"),
        (("  unit: '%'\n", ""), "needs its unit"),
        (("value: 66.1", "value: 12.0"), "value: 12, but the text states 66.1"),
        (
            ("value: 66.1", "value: .nan"),
            "value: a number, or the lower and the upper end of a range, not nan",
        ),
        (("value: 66.1", "value: true"), "a range, not True"),
        (("value: 66.1", "value: [3, 1]"), r"a range, not \[3, 1\]"),
        (("value: 66.1", "value: high"), "a range, not 'high'"),
        (("id: mine", "id: 1"), "id: Input should be a valid string, not 1"),
        (("text: mBERT", "text: !!python/object/apply:os.system [ls]"), "invalid YAML"),
        (("source", "sourse"), "did you mean 'source'"),
        (("  text: mBERT gets 66.1% on XNLI.\n", ""), "text: missing"),
        (("claims:", "claim:"), "no claims in it"),
        (("- id", "- id: ["), "invalid YAML"),
    ],
)
def test_a_wrong_claim_is_one_clear_error(change, message):
    with pytest.raises(DataError, match=message):
        parse_claims(GOOD.replace(*change), "mine.yaml")


def test_a_claim_of_nested_copies_makes_no_endless_message():
    lines = ["a: &a [x, x, x, x, x, x, x, x, x]"]
    lines += [f"{b}: &{b} [{', '.join([f'*{a}'] * 9)}]" for a, b in ("ab", "bc", "cd", "de", "ef")]
    with pytest.raises(DataError, match="is not a mapping of fields") as error:
        parse_claims("\n".join([*lines, "claims: [*f, *f]"]), "mine.yaml")
    assert len(str(error.value)) < 1000


def test_one_id_twice_in_a_file_is_named(tmp_path):
    (tmp_path / "new.yaml").write_text(GOOD + GOOD.removeprefix("claims:\n"), encoding="utf-8")
    with pytest.raises(DataError, match="two claims of one id: mine"):
        add_claims(tmp_path / "new.yaml", tmp_path / "record")


def test_claims_are_added_once(tmp_path):
    (tmp_path / "new.yaml").write_text(GOOD, encoding="utf-8")
    added, target = add_claims(tmp_path / "new.yaml", tmp_path / "record")
    assert ([r.id for r in added], target.name) == (["mine"], "new.yaml")
    assert claims_on_record(tmp_path / "record")[-1].id == "mine"
    with pytest.raises(DataError, match="ids on record already: mine"):
        add_claims(tmp_path / "new.yaml", tmp_path / "record")
    with pytest.raises(DataError, match="no file"):
        add_claims(tmp_path / "none.yaml", tmp_path / "record")


def test_an_added_claim_can_be_removed(tmp_path):
    two = GOOD + GOOD.removeprefix("claims:\n").replace("id: mine", "id: other")
    (tmp_path / "new.yaml").write_text(two, encoding="utf-8")
    before = claims_on_record(tmp_path / "record")
    _, target = add_claims(tmp_path / "new.yaml", tmp_path / "record")
    remove_claim("mine", tmp_path / "record")
    assert [r.id for r in claims_on_record(tmp_path / "record")[len(before) :]] == ["other"]
    remove_claim("other", tmp_path / "record")
    assert not target.exists()
    assert claims_on_record(tmp_path / "record") == before
    with pytest.raises(DataError, match="no added claim 'other'"):
        remove_claim("other", tmp_path / "record")


def fused(gain, *, seeds=(0, 1, 2), task="pawsx", encoder="mini", layers=(1, 2, 3), noise=0.0):
    """Rows of `last` and D_k; `gain(k, target)` in points, the same noise in `last` and D_k of a seed."""
    rng = np.random.default_rng(0)
    rows = []
    for seed in seeds:
        level = 0.7 + noise * rng.normal() / 100
        for target in TARGETS:
            base = cell(target, level, seed=seed, encoder=encoder)
            rows.append(base)
            for k in layers:
                score = level + gain(k, target) / 100 + noise * rng.normal() / 100
                rows.append(cell(target, score, seed=seed, encoder=encoder, aggregator=f"D_{k}"))
    return [ScoreRow(**{**_fields(row), "task": task}) for row in rows]


def _fields(row):
    return {name: getattr(row, name) for name in ScoreRow.__slots__}


def joined(rows):
    return {each.claim.id: each for each in join_runs(claims_on_record(), ScoreTable.of(rows))}


def test_a_gain_in_the_reported_range_is_reproduced_and_mbert_numbers_are_not_tested():
    found = joined(fused(lambda k, target: {1: 0.5, 2: 2.0, 3: 1.0}[k], noise=0.1))
    gain = found["fusion-beats-last"]
    assert gain.verdict == "reproduced"
    assert gain.ours.low < 2.0 < gain.ours.high
    assert found["layers-complement"].verdict == "reproduced"
    numbers = [each for each in found.values() if isinstance(each.claim.value, float)]
    assert {each.verdict for each in numbers} == {"not tested"}
    assert all("needs bert-base-multilingual-cased; these runs have mini" in each.reason for each in numbers)
    assert found["lower-cross-lingual"].reason == "no score table can test it"


def test_a_fused_layer_is_one_for_claims_whatever_its_variant():
    """``D_3_batch`` fuses layer 3, as in the report."""
    rows = [
        type(row)(**{**_fields(row), "aggregator": f"{row.aggregator}_batch"}) if row.layer else row
        for row in fused(lambda k, target: 3.0, noise=0.1)
    ]
    assert {row.layer for row in rows} == {None, 1, 2, 3}
    assert (
        joined(rows)["fusion-beats-last"].verdict
        == joined(fused(lambda k, target: 3.0, noise=0.1))["fusion-beats-last"].verdict
        != "not tested"
    )


def test_a_loss_contradicts_and_noise_decides_nothing():
    assert joined(fused(lambda k, target: -2.0, noise=0.1))["fusion-beats-last"].verdict == "contradicted"
    noisy = joined(fused(lambda k, target: 0.0, noise=3.0))
    assert noisy["layers-complement"].verdict == "undecided"


@pytest.mark.parametrize("n_seeds", [3, 10])
def test_without_a_gain_the_interval_misses_zero_as_often_as_it_says(n_seeds):
    """The best of twelve layers gains by chance; chosen on another seed it does not."""
    rng = np.random.default_rng(0)
    missed, naive, n_studies = 0, [], 600
    for _ in range(n_studies):
        values = rng.normal(size=(n_seeds, 12, 1))
        gains = _Gains("t", "e", tuple(f"D_{k}" for k in range(12)), ("de",), "en", values)
        interval = _interval(np.array([values[s, k, 0] for s, k in enumerate(gains.chosen())]))
        missed += not interval.low <= 0 <= interval.high
        naive.append(values.mean(axis=0).max())
    assert 0.02 < missed / n_studies < 0.09
    assert np.mean(naive) > 0.4


def test_interval_is_students():
    from scipy.stats import ttest_1samp

    rows = fused(lambda k, target: 1.5, layers=(1,), noise=0.5)
    ours = joined(rows)["layers-complement"].ours
    zero_shot = [t for t in TARGETS if t != "en"]
    by = {(r.aggregator, r.seed, r.target_language): r.score for r in rows}
    gains = [np.mean([100 * (by["D_1", s, t] - by["last", s, t]) for t in zero_shot]) for s in (0, 1, 2)]
    low, high = ttest_1samp(gains, 0).confidence_interval()
    assert (ours.low, ours.high) == pytest.approx((low, high))


def test_one_seed_has_no_interval():
    found = joined(fused(lambda k, target: 2.0, seeds=(0,)))
    assert found["fusion-beats-last"].verdict == "not tested"
    assert "two seeds" in found["fusion-beats-last"].reason


def test_best_layer_differs_needs_two_tasks():
    one = fused(lambda k, target: {1: 3.0, 2: 0.0, 3: 0.0}[k], noise=0.1)
    assert "two tasks" in joined(one)["best-layer-differs"].reason
    other = fused(lambda k, target: {1: 0.0, 2: 0.0, 3: 3.0}[k], task="xnli", noise=0.1)
    found = joined(one + other)["best-layer-differs"]
    assert found.verdict == "reproduced"
    assert found.ours.estimate == pytest.approx(6.0, abs=0.5)
    same = fused(lambda k, target: {1: 3.0, 2: 0.0, 3: 0.0}[k], task="xnli", noise=0.1)
    assert joined(one + same)["best-layer-differs"].verdict == "contradicted"


def test_seeds_that_agree_exactly_say_nothing_of_the_spread():
    found = joined(fused(lambda k, target: 0.0))
    assert {found[each].verdict for each in ("fusion-beats-last", "layers-complement", "enf-noenf")} == {
        "not tested"
    }
    assert "differ between seeds; on pawsx all seeds give the very same" in found["enf-noenf"].reason
    named = joined(fused(lambda k, target: 0.0, encoder="bert-base-multilingual-cased"))["paws-x-baseline"]
    assert (named.verdict, "differ between seeds" in named.reason) == ("not tested", True)


@pytest.mark.parametrize("columns", ["80", "100"])
def test_no_verdict_is_cut_in_a_terminal(columns, monkeypatch, capsys):
    monkeypatch.setenv("COLUMNS", columns)
    found = join_runs(claims_on_record(), ScoreTable.of(fused(lambda k, target: -20.0, noise=0.1)))
    print_joined(found)
    shown = capsys.readouterr().out
    assert "\N{HORIZONTAL ELLIPSIS}" not in shown
    assert re.search(r" contradicted *$", shown, re.MULTILINE)


def test_one_fused_layer_cannot_show_that_the_best_one_differs():
    rows = [row for task in ("pawsx", "xnli") for row in fused(lambda k, t: 1.0, task=task, layers=(1,))]
    assert joined(rows)["best-layer-differs"].verdict == "not tested"


def test_families_are_compared():
    indo_european = {"de", "es", "fr", "en"}
    found = joined(fused(lambda k, target: 3.0 if target in indo_european else 0.0, noise=0.1))["enf-noenf"]
    assert found.verdict == "reproduced"
    assert found.ours.estimate == pytest.approx(3.0, abs=0.3)
    assert "3 enf, 3 noenf" in found.scope


def test_several_tasks_do_not_show_a_family_effect_by_chance():
    """One of four tasks is enough for the verdict, so the four intervals have to hold together."""
    rng = np.random.default_rng(0)
    targets, n_studies = ("de", "fr", "ja", "zh"), 300
    found = []
    for _ in range(n_studies):
        tasks = [
            _Gains(task, "e", ("D_1",), targets, "en", rng.normal(size=(3, 1, len(targets))))
            for task in ("pawsx", "xnli", "panx", "udpos")
        ]
        claim = next(each for each in claims_on_record() if each.id == "enf-noenf")
        found.append(_family(claim, tasks).verdict)
    assert set(found) <= {"reproduced", "undecided"}
    assert found.count("reproduced") / n_studies < 0.08


@pytest.mark.parametrize(("score", "verdict"), [(81.9, "reproduced"), (84.9, "contradicted")])
def test_a_score_of_the_named_encoder_is_compared(score, verdict):
    rows = [
        cell(t, (score + 0.05 * s) / 100, seed=s, encoder="google-bert/bert-base-multilingual-cased")
        for s in (-1, 0, 1)
        for t in TARGETS
    ]
    found = joined(rows)["paws-x-baseline"]
    assert found.verdict == verdict
    assert found.difference.estimate == pytest.approx(score - 81.94)
    assert "these runs have last" in joined(rows)["paws-x-fused"].reason
