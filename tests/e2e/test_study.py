"""A whole study as a user runs it: own files, scores, report, resuming."""

import json
import shutil
import signal
import subprocess
import sys
import tarfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from commands import isogloss
from isogloss.scores.table import COLUMNS, ScoreTable

LANGUAGES = ("en", "de", "fr", "es", "it")


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory, tiny_encoder: Path) -> Path:
    """Own files with a task that the words give away: label `yes` where the text says so."""
    folder = tmp_path_factory.mktemp("own")
    (folder / "reviews").mkdir()
    for language in LANGUAGES:
        for split, n_rows in (("train", 64), ("test", 32)):
            rows = [
                json.dumps({"body": f"{'visited' if i % 2 else 'Berlin'} {i}", "verdict": "yn"[i % 2]})
                for i in range(n_rows)
            ]
            (folder / "reviews" / f"{split}_{language}.jsonl").write_text("\n".join(rows), encoding="utf-8")
    pairs = [f"{a},{b},0.{i}{j}" for i, a in enumerate(LANGUAGES) for j, b in enumerate(LANGUAGES) if i < j]
    (folder / "speech.csv").write_text("\n".join(["a,b,value", *pairs]), encoding="utf-8")
    content = {
        "name": "own",
        "tasks": [
            {
                "name": "reviews",
                "path": "reviews/{split}_{language}.jsonl",
                "columns": {"text_a": "body", "label": "verdict"},
                "labels": ["y", "n"],
            }
        ],
        "source": {"task": "reviews", "language": "en", "training": {"steps": 40, "learning_rate": 3e-3}},
        "targets": "all",
        "encoder": str(tiny_encoder),
        "aggregator": ["last", {"aif": {"layer": 1}}],
        "selection": "none",
        "analysis": {
            "distances": ["genetic", "syntactic"],
            "distance_files": ["speech.csv"],
            "n_permutations": 99,
            "effectiveness": ["score"],
        },
        "execution": {"executor": "inline", "threads": 1},
    }
    path = folder / "own.yaml"
    path.write_text(yaml.safe_dump(content), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def out(study: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("out") / "own"
    done = isogloss("run", study, "--out", folder)
    assert done.returncode == 0, done.stderr
    assert "report: " in done.stdout
    return folder


def test_scores_are_one_tidy_table(out: Path) -> None:
    done = isogloss("scores", out, "--csv")
    assert done.stdout.splitlines()[0] == ",".join(COLUMNS)
    assert done.stdout == (out / "scores.csv").read_text(encoding="utf-8")
    table = ScoreTable.read_parquet(out / "scores.parquet")
    assert table.to_csv() == done.stdout
    assert {row.target_language for row in table} == set(LANGUAGES)
    assert {row.aggregator for row in table} == {"last", "D_1"}
    assert all(row.chance == 0.5 and row.n_examples == 32 for row in table)


def test_the_tiny_task_was_learnt(out: Path) -> None:
    scores = {row.target_language: row.score for row in ScoreTable.read_parquet(out / "scores.parquet")}
    assert scores["en"] > 0.9


def test_records_say_what_made_the_numbers(out: Path) -> None:
    records = [json.loads(path.read_text()) for path in out.glob("stages/*/record.json")]
    assert len(records) == 2 * (1 + len(LANGUAGES))
    for record in records:
        assert record["state"] == "done"
        assert record["versions"]["torch"]
        assert record["hardware"]["threads"] == 1
        assert record["data"][0]["files"][0]["sha256"]


def test_a_distance_of_ones_own_is_tested_beside_the_others(out: Path) -> None:
    manifest = json.loads((out / "study.json").read_text(encoding="utf-8"))
    assert manifest["distances"] == ["genetic", "syntactic", "speech"]
    assert "speech" in (out / "report.html").read_text(encoding="utf-8")


def test_nothing_is_computed_twice(study: Path, out: Path) -> None:
    before = {path: path.stat().st_mtime_ns for path in out.glob("stages/*/record.json")}
    done = isogloss("run", study, "--out", out)
    assert done.returncode == 0, done.stderr
    assert "12 done, 0 to run" in done.stdout
    assert {path: path.stat().st_mtime_ns for path in out.glob("stages/*/record.json")} == before


def test_report_comes_again_from_the_records(out: Path) -> None:
    before = (out / "report.html").read_text(encoding="utf-8")
    (out / "report.html").unlink()
    done = isogloss("report", out)
    assert done.returncode == 0, done.stderr
    assert (out / "report.html").read_text(encoding="utf-8") == before


@pytest.fixture
def heeded_sigint() -> Iterator[None]:
    """Tests that run in the background of a shell have SIGINT ignored, and would pass that on."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("heeded_sigint")
def test_ctrl_c_keeps_finished_stages_and_says_how_to_go_on(study: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    command = [sys.executable, "-m", "isogloss", "run", str(study), "--out", str(out)]
    shorter = ["--set", "seed=3", "--set", "source.training.steps=8"]
    with subprocess.Popen([*command, *shorter], stderr=subprocess.PIPE, text=True) as process:
        while process.poll() is None and not list(out.glob("stages/[0-9a-f]*/record.json")):
            time.sleep(0.05)
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=60)
    assert process.returncode == 130, errors
    assert "Run again to go on" in errors
    assert "Traceback" not in errors
    assert list(out.glob("stages/[0-9a-f]*/record.json"))
    assert not list(out.glob("jobs/*"))


def test_failed_stages_are_named_and_the_rest_is_complete(study: Path, tmp_path: Path) -> None:
    content = yaml.safe_load(study.read_text(encoding="utf-8"))
    content |= {"name": "diverging", "aggregator": "last", "seed": [1, 2]}
    content["data_dir"] = str(study.parent)
    content["tasks"][0]["path"] = str(study.parent / content["tasks"][0]["path"])
    content["analysis"]["distance_files"] = [str(study.parent / "speech.csv")]
    content["source"]["training"]["learning_rate"] = 1e30
    path = tmp_path / "diverging.yaml"
    path.write_text(yaml.safe_dump(content), encoding="utf-8")
    done = isogloss("run", path, "--out", tmp_path / "out")
    assert done.returncode == 3
    assert "Traceback" not in done.stderr
    assert "loss is nan" in done.stderr or "loss is inf" in done.stderr
    assert "update 2" in done.stderr
    assert "no cell has a score" in done.stdout
    assert list((tmp_path / "out" / "stages").glob("failed-*/error.json"))


@pytest.fixture
def copy(out: Path, tmp_path: Path) -> Path:
    """A copy of the finished study, to harm."""
    return Path(shutil.copytree(out, tmp_path / "copy"))


def files(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}


def test_an_archive_is_whole_without_the_store_that_it_came_from(copy: Path, tmp_path: Path) -> None:
    shared = tmp_path / "shared"
    (copy / "stages").rename(shared)
    manifest = json.loads((copy / "study.json").read_text(encoding="utf-8"))
    (copy / "study.json").write_text(json.dumps(manifest | {"store": str(shared)}), encoding="utf-8")
    before = isogloss("scores", copy, "--csv").stdout
    (copy / "figures").mkdir()
    (copy / "figures" / "scores-1.csv").write_text("x\n", encoding="utf-8")
    done = isogloss("store", "export", copy, tmp_path / "own.tar.gz")
    assert done.returncode == 0, done.stderr
    shared.rename(tmp_path / "elsewhere")
    with tarfile.open(tmp_path / "own.tar.gz") as archive:
        archive.extractall(tmp_path / "unpacked", filter="data")
    assert isogloss("scores", tmp_path / "unpacked" / "own", "--csv").stdout == before
    assert files(tmp_path / "unpacked" / "own" / "figures") == files(copy / "figures")
    there = files(copy)
    for command in ("report", "scores", "status"):
        done = isogloss(command, copy)
        assert done.returncode == 1
        assert "the store of this study does not exist" in done.stderr
    assert files(copy) == there


def test_a_report_without_scores_does_not_replace_one_with_scores(copy: Path, tmp_path: Path) -> None:
    shutil.rmtree(copy / "stages")
    there = files(copy)
    done = isogloss("report", copy)
    assert done.returncode == 1
    assert "there is a table of scores: it and the report stand" in done.stderr
    assert files(copy) == there


def test_a_report_elsewhere_leaves_the_folder_as_it_is(copy: Path, tmp_path: Path) -> None:
    (copy / "scores.parquet").unlink()
    there = files(copy)
    done = isogloss("report", copy, "--out", tmp_path / "report", "--format", "csv")
    assert done.returncode == 0, done.stderr
    assert files(copy) == there
    assert len(ScoreTable.read_parquet(tmp_path / "report" / "scores.parquet")) == 10
    other = Path(shutil.copytree(copy, tmp_path / "other"))
    done = isogloss("report", copy, "--out", other)
    assert done.returncode == 1
    assert "holds another study" in done.stderr
    assert files(other) == there


@pytest.mark.parametrize("content", ["{", None, '{"study": {"name": "own"}, "later": 1}'])
def test_a_study_whose_manifest_is_lost_goes_on(study: Path, copy: Path, content: str | None) -> None:
    (copy / "study.json").unlink()
    if content is not None:
        (copy / "study.json").write_text(content, encoding="utf-8")
        assert "run the study again into this folder" in isogloss("scores", copy).stderr
    done = isogloss("run", study, "--out", copy)
    assert done.returncode == 0, done.stderr
    assert "12 done, 0 to run" in done.stdout


def test_an_unreadable_manifest_of_another_study_is_not_replaced(study: Path, copy: Path) -> None:
    (copy / "study.json").write_text('{"study": {"name": "theirs"}, "later": 1}', encoding="utf-8")
    done = isogloss("run", study, "--out", copy)
    assert done.returncode == 1
    assert "holds the study 'theirs', not 'own'" in done.stderr


def test_a_stage_without_checksums_is_damaged(study: Path, copy: Path) -> None:
    next(copy.glob("stages/*/checksums.json")).unlink()
    done = isogloss("report", copy)
    assert done.returncode == 1
    assert "checksums.json is missing" in done.stderr
    done = isogloss("run", study, "--out", copy)
    assert done.returncode == 0, done.stderr
    assert "set aside" in done.stderr


def test_files_that_were_asked_for_once_are_kept_up_to_date(study: Path, copy: Path) -> None:
    done = isogloss("report", copy, "--format", "latex", "--figures", "svg")
    assert done.returncode == 0, done.stderr
    assert "older, and not written again: scores.csv" in done.stdout
    (copy / "tables.tex").write_text("old", encoding="utf-8")
    (figure,) = sorted(copy.glob("figures/*.svg"))[:1]
    figure.write_text("old", encoding="utf-8")
    done = isogloss("run", study, "--out", copy)
    assert done.returncode == 0, done.stderr
    assert "old" != (copy / "tables.tex").read_text(encoding="utf-8") != ""
    assert figure.read_text(encoding="utf-8") != "old"


def test_an_unfinished_study_says_so(study: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    done = isogloss("run", study, "--out", out, "--set", "source.training.steps=1", "--max-stages", "5")
    assert done.returncode == 0, done.stderr
    said = "Not finished: 4 of 10 cells have a score"
    assert said in " ".join(done.stdout.split())
    assert said in " ".join((out / "report.html").read_text(encoding="utf-8").split())


def test_faults_of_a_study_are_named_where_they_are(study: Path, tmp_path: Path) -> None:
    content = yaml.safe_load(study.read_text(encoding="utf-8"))
    content["aggregator"] = ["lats", "last", {"mean": {"layers": [9]}}]
    path = study.parent / "wrong.yaml"
    path.write_text(yaml.safe_dump(content), encoding="utf-8")
    done = isogloss("run", path, "--dry-run")
    assert done.returncode == 1
    assert "aggregator[2]" in done.stderr and "aggregator[1]" not in done.stderr
    content |= {"aggregator": "last", "analysis": {"effectiveness": "fusion_gain"}}
    path.write_text(yaml.safe_dump(content), encoding="utf-8")
    done = isogloss("run", path, "--dry-run")
    assert done.returncode == 1
    assert "'fusion_gain' compares an aggregator with 'last'" in done.stderr


def test_a_target_without_entities_has_no_score(tmp_path: Path, tiny_encoder: Path) -> None:
    for language in LANGUAGES:
        for split in ("train", "test"):
            tag = "O" if language in ("fr", "it") and split == "test" else "B-LOC"
            rows = [f"Berlin\t{tag}\nvisited\tO\n" for _ in range(8)]
            (tmp_path / f"{split}_{language}.conll").write_text("\n".join(rows), encoding="utf-8")
    content = {
        "name": "places",
        "tasks": [
            {
                "name": "places",
                "path": "{split}_{language}.conll",
                "head": "word",
                "labels": ["O", "B-LOC", "I-LOC"],
                "metric": "entity_f1",
            }
        ],
        "source": {"task": "places", "language": "en", "training": {"steps": 1}},
        "targets": "all",
        "encoder": str(tiny_encoder),
        "selection": "none",
        "analysis": {"distances": "none"},
        "execution": {"executor": "inline", "threads": 1},
    }
    (tmp_path / "places.yaml").write_text(yaml.safe_dump(content), encoding="utf-8")
    done = isogloss("run", tmp_path / "places.yaml", "--out", tmp_path / "out")
    assert done.returncode == 3, done.stderr
    assert "2 stages failed and 0 could not run" in done.stderr
    for language in ("fr", "it"):  # the two are scored in one job, whose first target is another one
        told = f"en > {language}: no entity in 8 rows: F1 over entities is not defined\n"
        assert told in done.stderr
    table = ScoreTable.read_parquet(tmp_path / "out" / "scores.parquet")
    assert {row.target_language for row in table} == {"en", "de", "es"}


def test_the_study_that_a_report_states_is_the_one_that_was_run(study: Path, tmp_path: Path) -> None:
    content = yaml.safe_load(study.read_text(encoding="utf-8"))
    content["source"]["training"] = {"steps": 2}
    content |= {"training": {"max_length": 40, "dropout": 0.0}, "aggregator": "last"}
    path = study.parent / "twice.yaml"
    path.write_text(yaml.safe_dump(content), encoding="utf-8")
    done = isogloss("run", path, "--out", tmp_path / "out")
    assert done.returncode == 0, done.stderr
    stated = json.loads((tmp_path / "out" / "analysis.json").read_text(encoding="utf-8"))["study_text"]
    (study.parent / "again.yaml").write_text(stated, encoding="utf-8")
    done = isogloss("run", study.parent / "again.yaml", "--out", tmp_path / "out", "--dry-run")
    assert "6 done, 0 to run" in done.stdout, done.stdout + done.stderr


def test_a_home_folder_that_the_shell_left_is_found(study: Path, tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    few = ("--set", "source.training.steps=1", "--set", "aggregator=last", "--max-stages", "2")
    done = isogloss("run", study, "--out", "~/mine", *few)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "mine" / "scores.parquet").is_file()
