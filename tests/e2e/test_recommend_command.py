"""`isogloss recommend` as a user types it."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from commands import in_turn, isogloss
from isogloss.tasks.base import TASKS

LABELLED = ("en", "de", "fr", "es", "nl")
CODES = (*LABELLED, "sv", "it", "pl", "ru", "hi", "fi", "tr")
FIGURES = ("loss_percent", "loss_points", "ci_low", "ci_high", "top1", "top3", "ndcg3", "ndcg10", "n_targets")


def words(done):
    """What was printed, without line breaks."""
    return " ".join(done.stdout.split())


@pytest.fixture(scope="module")
def scores(tmp_path_factory):
    """A table of the user's own, in percent, with a column of two models."""
    rng = np.random.default_rng(5)
    rows = ["trained on,tested on,model,F1"]
    donor = dict(zip(CODES, rng.normal(0, 4, len(CODES)), strict=True))
    for model in ("small", "large"):
        rows += [
            f"{s},{t},{model},{60 + donor[s] - 2 * abs(i - j) + rng.normal():.2f}"
            for i, s in enumerate(CODES)
            for j, t in enumerate(CODES)
        ]
    path = tmp_path_factory.mktemp("scores") / "scores.csv"
    path.write_text("\n".join(rows), encoding="utf-8")
    return path


def test_without_scores(tmp_path):
    done = isogloss("recommend", "sw", "--candidates", "en,fr,ar,yo,zu,hi", "--json", tmp_path / "out.json")
    assert done.returncode == 0, done.stderr
    assert "First choice for Swahili" in words(done)
    assert "Without a table of scores" in words(done)
    assert all(len(line) <= 100 for line in done.stdout.splitlines())
    data = json.loads((tmp_path / "out.json").read_text())
    assert data["recommended"] == "zu"
    assert data["verdict"] == "no scores"
    assert len(data["ranking"]) == 6


def test_with_a_table_and_reasons(scores):
    done = isogloss(
        *("recommend", "no", "--scores", scores, "--source", "trained on", "--target", "tested on"),
        *("--score", "F1", "--explain"),
    )
    assert done.returncode == 0, done.stderr
    assert "90% interval" in words(done)
    assert "The best source is among" in words(done)
    assert "English has place" in words(done) or "English is the first choice" in words(done)
    assert "branches of the family tree agree" in words(done)
    assert "large" in done.stdout
    assert "small" in done.stdout


def test_evaluate(scores, tmp_path):
    done = isogloss(
        *("recommend", "--evaluate", scores, "--source", "trained on", "--target", "tested on", "--score"),
        *("F1", "--json", tmp_path / "out.json"),
    )
    assert done.returncode == 0, done.stderr
    assert "mean of 2 conditions" in words(done)
    data = json.loads((tmp_path / "out.json").read_text())
    assert {"table", "protocol", "default", "coverage", "rankers", "conditions"} <= set(data)
    assert data["table"] == "scores.csv"
    assert len(data["conditions"]) == 2
    for at, entry in enumerate(data["rankers"]):
        assert set(entry) == {"name", *FIGURES}
        parts = [condition["rankers"][at] for condition in data["conditions"]]
        assert entry["loss_percent"] == pytest.approx(np.mean([part["loss_percent"] for part in parts]))


def test_a_matrix_compressed(tmp_path):
    import gzip

    rng = np.random.default_rng(0)
    lines = [",".join(["source", *CODES])]
    lines += [",".join([code, *(f"{value:.3f}" for value in rng.random(len(CODES)))]) for code in CODES]
    with gzip.open(tmp_path / "matrix.csv.gz", "wt", encoding="utf-8") as handle:
        handle.write("\n".join(lines))
    done = isogloss("recommend", "--evaluate", "matrix.csv.gz", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "not shown to be better" in words(done)


def test_torch_is_not_imported_where_nothing_is_trained(scores, tmp_path):
    columns = ["--source", "trained on", "--target", "tested on", "--score", "F1"]
    commands = [
        ["recommend", "sw", "--candidates", "en,fr,ar,yo,zu,hi"],
        ["recommend", "no", "--scores", str(scores), *columns, "--explain"],
        ["recommend", "--evaluate", str(scores), *columns],
        ["recommend"],
    ]
    done, imported = in_turn([(arguments, tmp_path) for arguments in commands])
    assert [one.returncode for one in done] == [0, 0, 0, 2]
    assert imported == []


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("sw",), "no candidates to choose from"),
        (("sw", "--candidates", "en,swh"), "the candidate 'swh' is the target"),
        (("sw", "--candidates", "en,fr", "--ranker", "ridge"), "needs a table of scores"),
        (("sw", "--candidates", "en,fr", "--ranker", "neighbours"), "needs sentences"),
        (("sw", "--scores", "one.csv"), "1 source language: en"),
        (("sw", "--scores", "none.csv"), "no such score table"),
        (("--evaluate", "one.csv"), "1 source language: en"),
        (("sw", "--study", "none.yaml"), "no study file"),
    ],
)
def test_bad_input_is_one_clear_error(tmp_path, arguments, told):
    (tmp_path / "one.csv").write_text(
        "source,target,score\nen,de,0.5\nen,fr,0.6\nen,es,0.7\n", encoding="utf-8"
    )
    done = isogloss("recommend", *arguments, cwd=tmp_path)
    assert done.returncode == 1
    assert told in done.stderr
    assert done.stderr.count("error:") == 1
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ((), "name the target language"),
        (("sw", "--evaluate", "a.csv"), "leave out 'sw'"),
        (("sw", "--scores", "a.csv", "--study", "b.yaml"), "give one of them"),
        (("sw", "--encoder", "mini"), "give --corpora and --corpus too"),
        (("sw", "--candidates", "en,fr", "--out", "x"), "go with --study"),
        (("sw", "--candidates", "en,fr", "--score", "F1"), "says how a table is read"),
        (("sw", "--candidates", " , "), "is empty"),
    ],
)
def test_options_that_do_not_go_together(arguments, told):
    done = isogloss("recommend", *arguments)
    assert done.returncode == 2
    assert told in " ".join(done.stderr.split())


@pytest.fixture(scope="module")
def folders(tmp_path_factory) -> Path:
    """Five folders of TSV with labels, a sixth with text alone, and a study file that names no language."""
    root = tmp_path_factory.mktemp("engineer")
    task = TASKS["mini-paws"]
    for language in (*LABELLED, "it"):
        folder = root / "data" / language
        folder.mkdir(parents=True)
        for split, n in (("train", 24), ("test", 24)):
            rows = task.load(None, language, split).examples[:n]
            if language == "it":
                text = "\n".join(sentence for row in rows for sentence in (row.text_a, row.text_b))
                (folder / "unlabelled.txt").write_text(text, encoding="utf-8")
                continue
            lines = [f"{row.text_a}\t{row.text_b}\t{('no', 'yes')[int(row.label)]}" for row in rows]
            (folder / f"{split}.tsv").write_text("\n".join(["first\tsecond\tsame", *lines]), encoding="utf-8")
    (root / "study.yaml").write_text(
        """
tasks:
- name: pairs
  path: data/{language}/{split}.tsv
  columns: {text_a: first, text_b: second, label: same}
  labels: ["no", "yes"]
source: {task: pairs, language: all, training: {steps: 2}}
targets: it
encoder: mini
selection: none
execution: {executor: inline, threads: 1}
""",
        encoding="utf-8",
    )
    return root


def test_five_folders_and_a_sixth_language_to_serve(folders):
    done = isogloss("recommend", "it", "--study", "study.yaml", cwd=folders)
    assert done.returncode == 0, done.stderr
    assert "trains in each of de, en, es, fr, nl and scores on" in done.stderr
    assert "First choice for Italian (it)" in words(done)
    assert "5 target languages are too few" in words(done)
    assert "Expected loss against the best candidate" in words(done)
    assert "English" in words(done)
    again = isogloss("recommend", "it", "--study", "study.yaml", cwd=folders)
    assert "30 stages, 0 to run" in again.stderr
    assert again.stdout == done.stdout
    manifest = json.loads((folders / "out/study-recommend/study.json").read_text(encoding="utf-8"))
    assert manifest["precision"]["reason"] in {  # as `isogloss run` chooses it
        "too little work to time the precisions first",
        "the device computes in fp32 only",
    }


def test_a_broken_file_of_a_study_is_refused_before_anything_is_trained(folders, tmp_path):
    shutil.copytree(folders / "data", tmp_path / "data")
    shutil.copy(folders / "study.yaml", tmp_path)
    for name in ("nl/train.tsv", "fr/test.tsv"):
        with (tmp_path / "data" / name).open("a", encoding="utf-8") as handle:
            handle.write("one\ttwo\tperhaps\n")
    done = isogloss("recommend", "it", "--study", "study.yaml", cwd=tmp_path)
    assert done.returncode == 1
    assert "2 problems" in done.stderr
    assert not (tmp_path / "out").exists()


def test_a_study_with_one_labelled_language_is_refused_before_it_runs(folders):
    done = isogloss("recommend", "it", "--study", "study.yaml", "--candidates", "en", cwd=folders)
    assert done.returncode == 1
    assert "1 source languages with labelled data to choose from: en" in done.stderr


def test_sentences_in_an_encoder(folders, tmp_path):
    task = TASKS["mini-paws"]
    for language in LABELLED:
        lines = [row.text_a for row in task.load(None, language, "train").examples[:30]]
        (tmp_path / f"{language}.txt").write_text("\n".join(lines), encoding="utf-8")
    done = isogloss(
        *("recommend", "it", "--encoder", "mini", "--corpus", folders / "data/it/unlabelled.txt"),
        *("--corpora", tmp_path, "--json", "-"),
    )
    assert done.returncode == 0, done.stderr
    data = json.loads(done.stdout)
    assert data["ranker"] == "neighbours"
    assert {entry["language"] for entry in data["ranking"]} == set(LABELLED)
    assert sum(entry["rating"] for entry in data["ranking"]) == pytest.approx(1)
    missing = isogloss(
        *("recommend", "it", "--encoder", "mini", "--corpus", folders / "data/it/unlabelled.txt"),
        *("--corpora", tmp_path, "--candidates", "en,yo"),
    )
    assert missing.returncode == 1
    assert "no text of yo" in missing.stderr
