"""Claims on record, and claims beside our runs."""

import dataclasses
import re

import numpy as np
import pytest
from rich.console import Console
from score_tables import cell

from isogloss.analysis.layer_sweep import SweepData, SweepSetting, analyse_layers
from isogloss.cli.output.claims import print_joined
from isogloss.errors import DataError
from isogloss.evidence.claims.records import add_claims, claims_on_record, parse_claims, remove_claim
from isogloss.evidence.claims.replication import join_runs
from isogloss.scores.table import ScoreTable
from isogloss.statistics.paired import ItemCounts

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
        (("  text: mBERT gets 66.1% on XNLI.\n", ""), r"line 2: claim 1 \('mine'\): text: missing"),
        (("unit: '%'", "unti: '%'"), r"line 5: claim 1 \('mine'\): unti: no such field"),
        (("value: 66.1", "value: 12.0"), "value: 12, but the text states 66.1"),
        (
            ("value: 66.1", "value: .nan"),
            "value: a number, or the lower and the upper end of a range, not '.nan'",
        ),
        (("value: 66.1", "value: true"), "a range, not True"),
        (("value: 66.1", "value: [3, 1]"), r"a range, not \[3, 1\]"),
        (("value: 66.1", "value: high"), "a range, not 'high'"),
        (("id: mine", "id: 1"), "id: 1 is not a text"),
        (("text: mBERT", "text: !!python/object/apply:os.system [ls]"), "invalid YAML"),
        (("source", "sourse"), "did you mean 'source'"),
        (("claims:", "claim:"), "no claims in it"),
        (("- id", "- id: ["), "invalid YAML"),
    ],
)
def test_a_wrong_claim_is_one_clear_error(change, message):
    with pytest.raises(DataError, match=message):
        parse_claims(GOOD.replace(*change), "mine.yaml")


def test_a_claim_may_name_no_source_and_no_unit():
    bare = GOOD.replace("  source: arXiv:1\n", "").replace("  unit: '%'\n", "")
    (record,) = parse_claims(bare, "mine.yaml")
    assert (record.source, record.reported()) == ("", "66.10")


def test_a_value_may_be_in_a_unit_of_thousands():
    text = GOOD.replace("mBERT gets 66.1% on XNLI", "It has roughly 66.1k documents").replace(
        "'%'", "k documents"
    )
    assert parse_claims(text, "mine.yaml")[0].reported() == "66.10 k documents"


def test_a_claim_of_nested_copies_makes_no_endless_message():
    lines = ["a: &a [x, x, x, x, x, x, x, x, x]"]
    lines += [f"{b}: &{b} [{', '.join([f'*{a}'] * 9)}]" for a, b in ("ab", "bc", "cd", "de", "ef")]
    with pytest.raises(DataError, match="more than 100,000 values") as error:
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


def swept(gain, *, seeds=(0, 1, 2), task="pawsx", noise=0.0, chosen=None, n=4000, names="D_{}"):
    """A sweep over ``last`` and D_1 to D_3; `gain(k, target)` in points.

    `noise` is the spread over seeds of each layer. Validation prefers the layer `chosen`, by default the one
    with the largest mean gain.
    """
    rng = np.random.default_rng(0)
    layers = (0, 1, 2, 3)
    targets = tuple(target for target in TARGETS if target != "en")
    moved = 0.7 + noise / 100 * rng.standard_normal((len(layers), len(seeds)))
    gains = {(k, target): gain(k, target) / 100 if k else 0.0 for k in layers for target in targets}
    ones = np.ones((len(layers), len(seeds), n), dtype=np.int64)
    counts = []
    for target in targets:
        easy = rng.random(n)
        shares = moved + np.array([[gains[k, target]] for k in layers])
        counts.append(ItemCounts(np.arange(n), (easy < shares[:, :, None]).astype(int), ones, ones[0, 0]))
    means = [float(np.mean([gains[k, target] for target in targets])) for k in layers]
    validation = np.array(means if chosen is None else [float(k == chosen) for k in layers])
    setting = SweepSetting(
        task=task,
        encoder="mini",
        source_language="en",
        metric="accuracy",
        split="test",
        aggregators=("last", *(names.format(k) for k in layers[1:])),
        seeds=tuple(seeds),
        targets=targets,
        zero_shot=(True,) * len(targets),
        parallel=False,
    )
    data = SweepData(setting, tuple(counts), np.repeat(validation[:, None], len(seeds), axis=1))
    return analyse_layers(data, n_resamples=200)


def joined(*sweeps, rows=()):
    return {each.claim.id: each for each in join_runs(claims_on_record(), ScoreTable.of(rows), sweeps)}


def test_a_gain_in_the_reported_range_is_reproduced_and_mbert_numbers_are_not_tested():
    rows = [cell(target, 0.7, seed=seed) for target in TARGETS for seed in (0, 1)]
    sweep = swept(lambda k, target: {1: 0.5, 2: 2.0, 3: 1.0}[k], noise=0.1)
    found = joined(sweep, rows=rows)
    gain = found["fusion-beats-last"]
    assert gain.verdict == "reproduced"
    assert gain.ours.low < 2.0 < gain.ours.high
    assert found["layers-complement"].verdict == "reproduced"
    numbers = [each for each in found.values() if isinstance(each.claim.value, float)]
    assert {each.verdict for each in numbers} == {"not tested"}
    assert all("needs bert-base-multilingual-cased; these runs have mini" in each.reason for each in numbers)
    assert found["lower-cross-lingual"].reason.startswith("it states no `test`")


def test_gain_and_layer_are_those_of_the_sweep():
    """The layer of source validation, not the one that is best on the targets; its gain and its interval."""
    sweep = swept(lambda k, target: {1: 0.5, 2: 2.0, 3: 1.0}[k], noise=0.3, chosen=3)
    ours = joined(sweep)["layers-complement"].ours
    gain = sweep.headline[0][1]
    assert sweep.chosen == "D_3"
    assert (ours.estimate, ours.low, ours.high) == pytest.approx(
        (100 * gain.estimate, 100 * gain.ci_low, 100 * gain.ci_high)
    )


def test_a_fused_layer_is_one_for_claims_whatever_its_variant():
    """``D_3_batch`` fuses layer 3, as in the report."""
    plain, variant = (swept(lambda k, t: 3.0, noise=0.1, names=names) for names in ("D_{}", "D_{}_batch"))
    verdicts = [joined(sweep)["fusion-beats-last"].verdict for sweep in (plain, variant)]
    assert verdicts[0] == verdicts[1] != "not tested"


def test_a_loss_contradicts_and_noise_decides_nothing():
    assert joined(swept(lambda k, t: -2.0, noise=0.1))["fusion-beats-last"].verdict == "contradicted"
    noisy = joined(swept(lambda k, t: 0.0, noise=3.0))
    assert noisy["layers-complement"].verdict == "undecided"


def test_a_table_without_a_sweep_tests_no_claim_about_layers():
    rows = [cell(t, 0.7, seed=s, aggregator=a) for t in TARGETS for s in (0, 1) for a in ("last", "D_1")]
    found = joined(rows=rows)["fusion-beats-last"]
    assert (found.verdict, "needs test scores of fused layers" in found.reason) == ("not tested", True)


def test_a_layer_that_nothing_chose_is_not_tested_and_the_reason_says_how_to_choose():
    sweep = dataclasses.replace(swept(lambda k, t: 2.0, noise=0.1), chosen=None, no_choice="no validation")
    found = joined(sweep)["fusion-beats-last"]
    assert (found.verdict, "no validation" in found.reason) == ("not tested", True)


def test_one_seed_has_no_interval():
    found = joined(swept(lambda k, target: 2.0, seeds=(0,)))
    assert found["fusion-beats-last"].verdict == "not tested"
    assert "two seeds" in found["fusion-beats-last"].reason


def test_best_layer_differs_needs_two_tasks():
    one = swept(lambda k, target: {1: 3.0, 2: 0.0, 3: 0.0}[k], noise=0.1)
    assert "two tasks" in joined(one)["best-layer-differs"].reason
    other = swept(lambda k, target: {1: 0.0, 2: 0.0, 3: 3.0}[k], task="xnli", noise=0.1)
    found = joined(one, other)["best-layer-differs"]
    assert found.verdict == "reproduced"
    assert found.ours.estimate == pytest.approx(6.0, abs=0.5)
    same = swept(lambda k, target: {1: 3.0, 2: 0.0, 3: 0.0}[k], task="xnli", noise=0.1)
    assert joined(one, same)["best-layer-differs"].verdict == "contradicted"


def test_seeds_that_agree_exactly_say_nothing_of_the_spread():
    found = joined(swept(lambda k, target: 0.0))
    assert {found[each].verdict for each in ("fusion-beats-last", "layers-complement", "enf-noenf")} == {
        "not tested"
    }
    assert "differ between seeds; all seeds give the very same (on pawsx)" in found["enf-noenf"].reason
    encoder = "bert-base-multilingual-cased"
    rows = [cell(target, 0.7, seed=seed, encoder=encoder) for target in TARGETS for seed in (0, 1)]
    named = joined(rows=rows)["paws-x-baseline"]
    assert (named.verdict, "differ between seeds" in named.reason) == ("not tested", True)


@pytest.mark.parametrize("columns", [80, 100])
def test_no_verdict_is_cut_in_a_terminal(columns, monkeypatch, capsys):
    monkeypatch.setattr("isogloss.cli.output.claims.terminal", lambda: Console(width=columns))
    print_joined(list(joined(swept(lambda k, target: -20.0, noise=0.1)).values()))
    shown = capsys.readouterr().out
    assert "\N{HORIZONTAL ELLIPSIS}" not in shown
    assert re.search(r" contradicted *$", shown, re.MULTILINE)


def test_families_are_compared():
    indo_european = {"de", "es", "fr", "en"}
    found = joined(swept(lambda k, target: 3.0 if target in indo_european else 0.0, noise=0.1))["enf-noenf"]
    assert found.verdict == "reproduced"
    assert found.ours.estimate == pytest.approx(3.0, abs=0.5)
    assert found.ours.low > 0
    assert "3 enf, 3 noenf" in found.scope


def test_intervals_of_several_tasks_are_wider_since_they_hold_together():
    """One of four tasks is enough for a verdict on families."""
    sweeps = [swept(lambda k, t: 0.0, noise=0.5, task=task) for task in ("pawsx", "xnli", "panx", "udpos")]
    alone, together = (joined(*some)["enf-noenf"].ours for some in (sweeps[:1], sweeps))
    assert together.high - together.low > 1.2 * (alone.high - alone.low)


@pytest.mark.parametrize(("score", "verdict"), [(81.9, "reproduced"), (84.9, "contradicted")])
def test_a_score_of_the_named_encoder_is_compared(score, verdict):
    rows = [
        cell(t, (score + 0.05 * s) / 100, seed=s, encoder="google-bert/bert-base-multilingual-cased")
        for s in (-1, 0, 1)
        for t in TARGETS
    ]
    found = joined(rows=rows)["paws-x-baseline"]
    assert found.verdict == verdict
    assert found.difference.estimate == pytest.approx(score - 81.94)
    assert "these runs have last" in joined(rows=rows)["paws-x-fused"].reason
