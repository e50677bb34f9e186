"""Every row of the real files is loaded or reported, with the counts that their description gives."""

import csv
from collections import Counter
from pathlib import Path

import pytest

from isogloss.tasks.base import SPLITS, TASKS, TaskData

PAWSX_NS = {
    "de": (68, 32),
    "en": (0, 0),
    "es": (38, 1),
    "fr": (8, 14),
    "ja": (20, 54),
    "ko": (35, 28),
    "zh": (16, 25),
}
"""Untranslated rows of dev and test."""
NS = "untranslated (NS)"


@pytest.fixture
def without_train(xtreme: Path, tmp_path: Path) -> Path:
    """PAWS-X as far as its languages are parallel: no training file."""
    (tmp_path / "pawsx").mkdir()
    for path in (xtreme / "pawsx").glob("*.tsv"):
        if not path.name.startswith("train-"):
            (tmp_path / "pawsx" / path.name).symlink_to(path)
    return tmp_path


def n_left_out(data: TaskData) -> int:
    return sum(data.dropped.values())


def loaded(task: str, xtreme: Path) -> dict[str, dict[str, TaskData]]:
    available = TASKS[task].available(xtreme)
    return {
        language: {split: TASKS[task].load(xtreme, language, split) for split in splits}
        for language, splits in available.items()
    }


def test_every_pawsx_row_is_loaded_or_reported_as_untranslated(without_train: Path):
    data = loaded("pawsx", without_train)
    assert set(data) == set(PAWSX_NS)
    for language, (n_dev, n_test) in PAWSX_NS.items():
        train, validation, test = (data[language][split] for split in SPLITS)
        assert train.dropped.get(NS, 0) + validation.dropped.get(NS, 0) == n_dev
        assert test.dropped.get(NS, 0) == n_test
        assert len(train.examples) + len(validation.examples) + n_dev == 2000
        assert len(test.examples) + n_test == 2000
        assert not {example.row for example in train.examples} & {
            example.row for example in validation.examples
        }


def test_english_training_rows_leave_the_whole_dev_file_to_validation(xtreme: Path):
    data = loaded("pawsx", xtreme)
    assert [language for language, splits in data.items() if "train" in splits] == ["en"]
    assert len(data["en"]["train"].examples) == 8456
    for language, (n_dev, n_test) in PAWSX_NS.items():
        for split, n_untranslated in (("validation", n_dev), ("test", n_test)):
            found = data[language][split]
            assert found.dropped.get(NS, 0) == n_untranslated
            assert len(found.examples) + n_untranslated == 2000


def test_pawsx_text_equals_what_csv_reads(xtreme: Path):
    for path in sorted((xtreme / "pawsx").glob("test-*.tsv")):
        with path.open(encoding="utf-8", newline="") as handle:
            rows = list(csv.reader(handle, delimiter="\t"))
        data = TASKS["pawsx"].load(xtreme, path.stem.removeprefix("test-"), "test")
        for example in data.examples:
            assert [example.text_a, example.text_b, str(example.label)] == rows[example.row]


def test_quoting_breaks_a_naive_split_in_the_share_that_the_description_states(xtreme: Path):
    shares = []
    for path in (xtreme / "pawsx").glob("*.tsv"):
        lines = path.read_bytes().decode().split("\r\n")[:-1]
        with path.open(encoding="utf-8", newline="") as handle:
            rows = list(csv.reader(handle, delimiter="\t"))
        shares.append(sum(line.split("\t") != row for line, row in zip(lines, rows, strict=True)) / len(rows))
    assert 0.12 < max(shares) < 0.14


def test_pawsx_validation_holds_the_same_rows_in_every_language(without_train: Path):
    for language in PAWSX_NS:
        rows = {
            example.row for example in TASKS["pawsx"].load(without_train, language, "validation").examples
        }
        assert rows <= set(range(4, 2000, 5))


def test_test_pairs_that_stand_in_dev_are_noted(xtreme: Path, without_train: Path):
    assert "14 of 1975 examples stand in validation too" in TASKS["pawsx"].load(xtreme, "zh", "test").notes
    notes = TASKS["pawsx"].load(without_train, "zh", "test").notes
    assert "11 of 1975 examples stand in train too" in notes
    assert "4 of 1975 examples stand in validation too" in notes


def test_every_xnli_row_is_loaded_and_no_premise_is_divided(xtreme: Path):
    available = TASKS["xnli"].available(xtreme)
    assert len(available) == 15
    for language in ("en", "th", "zh"):
        train, validation, test = (TASKS["xnli"].load(xtreme, language, split) for split in SPLITS)
        assert len(train.examples) + len(validation.examples) == 2490
        assert len(test.examples) == 5010
        assert Counter(example.label for example in test.examples) == {0: 1670, 1: 1670, 2: 1670}
        assert not {e.row // 3 for e in train.examples} & {e.row // 3 for e in validation.examples}


def test_panx_evaluates_on_dev_where_the_test_file_has_no_labels(xtreme: Path):
    data = TASKS["panx"].load(xtreme, "sw", "test")
    assert [file.path for file in data.files] == ["panx/dev-sw.tsv"]
    assert len(data.examples) == 1000
    assert "test is all rows of the validation file" in data.notes
    train, validation = (TASKS["panx"].load(xtreme, "sw", split) for split in ("train", "validation"))
    assert (len(train.examples), len(validation.examples)) == (900, 100)


def test_invalid_bio_of_the_character_level_languages_is_noted(xtreme: Path):
    notes = TASKS["panx"].load(xtreme, "zh", "test").notes
    assert any(note.startswith("476 I- tags continue no entity") for note in notes)


@pytest.mark.parametrize(("language", "percent"), [("bn", 72), ("tl", 66), ("ms", 58), ("ur", 51), ("en", 3)])
def test_share_of_panx_dev_sentences_that_stand_in_train(xtreme: Path, language: str, percent: int):
    """`percent` is the published share in the whole train files, which lie here cut, except in English."""
    task = TASKS["panx"]
    train = task.load(xtreme, language, "train").examples + task.load(xtreme, language, "validation").examples
    dev = task.load(xtreme, language, "test").examples
    known = {example.words for example in train}
    share = 100 * sum(example.words in known for example in dev) / len(dev)
    if language == "en":
        assert share == pytest.approx(percent, abs=0.5)
    else:
        assert 0.4 * percent < share < percent


def test_udpos_languages_without_files_have_no_such_split(xtreme: Path):
    available = TASKS["udpos"].available(xtreme)
    assert len(available) == 38
    assert {code for code, splits in available.items() if "train" not in splits} == {
        "de",
        "es",
        "hi",
        "pl",
        "ro",
        "th",
        "tl",
        "yo",
    }
    assert available["de"] == ("test",)
    assert all("test" in splits for splits in available.values())


@pytest.mark.parametrize("language", ["kk", "mr", "tl", "ru", "it"])
def test_udpos_words_are_those_of_the_file_and_a_hash_is_a_word(xtreme: Path, language: str):
    task = TASKS["udpos"]
    for split in task.available(xtreme)[language]:
        data = task.load(xtreme, language, split)
        text = (xtreme / data.files[0].path).read_text(encoding="utf-8")
        words = [line.split("\t")[0] for line in text.split("\n") if line]
        if data.files[0].rows == len(data.examples):
            assert [word for example in data.examples for word in example.words] == words
    if language == "it":
        assert "#" in {word[0] for example in data.examples for word in example.words}


@pytest.mark.slow
@pytest.mark.parametrize("task", ["pawsx", "xnli", "panx", "udpos"])
def test_every_row_of_every_file_is_loaded_once_or_reported(xtreme: Path, task: str):
    rows: dict[str, list[int]] = {}
    dropped: Counter[str] = Counter()
    n_rows: dict[str, int] = {}
    for by_split in loaded(task, xtreme).values():
        for data in by_split.values():
            file = data.files[0]
            rows.setdefault(file.path, []).extend(example.row for example in data.examples)
            dropped[file.path] += n_left_out(data)
            n_rows[file.path] = file.rows
    for path, n in n_rows.items():
        assert len(rows[path]) == len(set(rows[path])) == n - dropped[path]
    on_disk = {f"{task}/{path.name}" for path in (xtreme / task).glob("*.tsv")}
    unlabelled = {"panx/test-en.tsv", "panx/test-sw.tsv"}
    assert set(n_rows) == on_disk - unlabelled


def test_available_is_what_loads(xtreme: Path):
    for task in ("pawsx", "panx", "udpos"):
        for language in ("de", "kk", "sw", "yo", "en"):
            there = TASKS[task].available(xtreme).get(language, ())
            for split in SPLITS:
                if split in there:
                    assert TASKS[task].fingerprint(xtreme, language, split)
                else:
                    with pytest.raises(ValueError, match=rf"'{language}'"):
                        TASKS[task].load(xtreme, language, split)
