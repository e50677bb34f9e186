"""`isogloss claims` beside a fusion study of the built-in world that `isogloss run` has just made."""

import json

import pytest
import yaml
from click.testing import CliRunner

from isogloss.cli.main import cli
from isogloss.scores.table import ScoreTable

pytestmark = pytest.mark.slow  # four small trainings, each of which generates a whole split

TESTABLE = {"fusion-beats-last", "layers-complement", "enf-noenf"}
STUDY = {
    "name": "fused",
    "source": {
        "task": "mini-pos",
        "language": "en",
        "examples": 64,
        "training": {"steps": 60, "batch_size": 8, "learning_rate": 3e-3},
    },
    "targets": {"languages": ["de", "zh"], "examples": 24},
    "aggregator": ["last", {"aif": {"layer": 1}}],
    "seed": [1, 2],
    "training": {"max_length": 48},
    "validation": {"examples": 24},
    "analysis": {"distances": "none"},
    "execution": {"executor": "inline", "threads": 1},
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
    two = next(row for row in rows if row["claim"] == "best-layer-differs")
    assert (two["verdict"], "needs two tasks" in two["reason"]) == ("not tested", True)
    numbers = [row for row in rows if row["claim"].endswith(("-baseline", "-fused"))]
    assert len(numbers) == 8
    assert {row["verdict"] for row in numbers} == {"not tested"}
    assert all("needs bert-base-multilingual-cased" in row["reason"] for row in numbers)


def test_the_gain_is_that_of_the_report_and_the_mean_over_targets_and_seeds(out):
    """Recomputed from the score table in plain loops, and read from the report's data."""
    table = ScoreTable.read_parquet(out / "scores.parquet")
    score = {(row.aggregator, row.seed, row.target_language): 100 * row.score for row in table}
    gains = [score["D_1", s, t] - score["last", s, t] for s in (1, 2) for t in ("de", "zh")]
    (row,) = [r for r in json.loads(isogloss("claims", out, "--json")) if r["claim"] == "layers-complement"]
    assert row["ours"]["estimate"] == pytest.approx(sum(gains) / 4)
    (section,) = json.loads((out / "analysis.json").read_text(encoding="utf-8"))["layers"]
    (_, gain) = section["swept"]["sweep"]["headline"][0]
    ours = [row["ours"][name] / 100 for name in ("estimate", "low", "high")]
    assert ours == pytest.approx([gain[name] for name in ("estimate", "ci_low", "ci_high")])


def test_the_terminal_names_every_claim_with_its_verdict_and_reason(out):
    shown = isogloss("claims", out)
    listed = yaml.safe_load(isogloss("claims", "--list", "--yaml"))["claims"]
    assert all(f"{claim['id']}: " in shown for claim in listed)
    assert "95% intervals" in shown


def test_the_evidence_report_joins_papers_and_runs(out, tmp_path):
    (tmp_path / "papers").mkdir()
    (tmp_path / "papers" / "a.txt").write_text("A Paper\n\nmBERT reaches 65.4 on XNLI.\n", encoding="utf-8")
    isogloss(
        *("evidence", "Does fusing layers help?", "--papers", tmp_path / "papers"),
        *("--runs", out, "--out", tmp_path / "out"),
    )
    page = (tmp_path / "out" / "evidence.html").read_text(encoding="utf-8")
    section = page.partition('<section id="runs"')[2].partition("</section>")[0]
    assert section.count("<td>not tested</td>") == 13
    assert section.count("95%") == 1
