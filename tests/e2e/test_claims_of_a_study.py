"""`isogloss claims` beside a fusion study of the built-in world that `isogloss run` has just made."""

import json

import pytest
import yaml
from click.testing import CliRunner

from isogloss.cli.main import cli
from isogloss.scores import ScoreTable

pytestmark = pytest.mark.slow  # twelve small trainings, each on the whole of a generated split

TESTABLE = {"fusion-beats-last", "layers-complement", "best-layer-differs", "enf-noenf"}
STUDY = {
    "name": "fused",
    "source": {
        "task": ["mini-paws", "mini-pos"],
        "language": "en",
        "examples": 32,
        "training": {"steps": 4, "examples_per_update": 8, "learning_rate": 3e-3},
    },
    "targets": {"languages": ["de", "zh"], "examples": 24},
    "aggregator": ["last", {"aif": {"layer": 1}}, {"aif": {"layer": 2}}],
    "seed": [1, 2],
    "training": {"max_length": 48},
    "selection": "none",
    "analysis": {"distances": "none"},
    "execution": {"executor": "inline"},
}


def isogloss(*arguments):
    done = CliRunner().invoke(cli, [str(argument) for argument in arguments], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done.stdout


@pytest.fixture(scope="module")
def out(tmp_path_factory, tiny_encoder):
    folder = tmp_path_factory.mktemp("fused")
    path = folder / "fused.yaml"
    path.write_text(yaml.safe_dump({**STUDY, "encoder": str(tiny_encoder)}), encoding="utf-8")
    isogloss("run", path, "--out", folder / "out")
    return folder / "out"


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))


def test_testable_claims_get_a_verdict_with_an_interval_and_the_rest_none(out):
    rows = {row["claim"]: row for row in json.loads(isogloss("claims", out, "--json"))}
    tested = {claim for claim, row in rows.items() if row["verdict"] != "not tested"}
    assert tested == TESTABLE
    for claim in TESTABLE:
        ours = rows[claim]["ours"]
        assert ours["low"] <= ours["estimate"] <= ours["high"]
        assert ours["n_seeds"] == 2
    assert all(rows[claim]["reason"] for claim in rows)


def test_numbers_of_mbert_are_not_tested_without_mbert(out):
    rows = json.loads(isogloss("claims", out, "--json"))
    numbers = [row for row in rows if row["claim"].endswith(("-baseline", "-fused"))]
    assert len(numbers) == 8
    assert {row["verdict"] for row in numbers} == {"not tested"}
    assert all("needs bert-base-multilingual-cased" in row["reason"] for row in numbers)


def test_the_gain_is_the_mean_over_targets_of_the_layer_chosen_on_the_other_seed(out):
    """Recomputed from the score table in plain loops."""
    table = ScoreTable.read_parquet(out / "scores.parquet")
    score = {(row.task, row.aggregator, row.seed, row.target_language): row.score for row in table}
    expected = {}
    for task in ("mini-paws", "mini-pos"):
        gain = {
            (seed, layer): sum(
                100 * (score[task, layer, seed, target] - score[task, "last", seed, target]) / 2
                for target in ("de", "zh")
            )
            for seed in (1, 2)
            for layer in ("D_1", "D_2")
        }
        chosen = {seed: max(("D_1", "D_2"), key=lambda layer, s=seed: gain[3 - s, layer]) for seed in (1, 2)}
        expected[task] = sum(gain[seed, chosen[seed]] for seed in (1, 2)) / 2
    (row,) = [r for r in json.loads(isogloss("claims", out, "--json")) if r["claim"] == "layers-complement"]
    assert any(row["ours"]["estimate"] == pytest.approx(each) for each in expected.values())


def test_the_terminal_names_every_claim_with_its_verdict_and_reason(out):
    shown = isogloss("claims", out)
    listed = yaml.safe_load(isogloss("claims", "--list", "--yaml"))["claims"]
    assert all(f"{claim['id']}: " in shown for claim in listed)
    assert "95% intervals over seeds" in shown
