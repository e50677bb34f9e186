from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from isogloss.cli.main import cli
from isogloss.errors import DataError, FieldError
from isogloss.tasks._reading import sentence_rows
from isogloss.tasks._tables import read_records
from isogloss.tasks.base import SPLITS, TASKS, Example, SentenceExample
from isogloss.tasks.pawsx import FIELDS
from isogloss.world.design import RowsOnDemand
from isogloss.world.export import FOLDERS, export_world, to_text
from isogloss.world.grammar_file import GRAMMARS

SIZE = 40


@pytest.fixture(scope="module")
def exported(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("world") / "xtreme"
    export_world(out, SIZE)
    return out


def as_text(example: Example, labels: tuple[str, ...]) -> tuple[object, ...]:
    """An example with its labels' names: PAN-X has more labels than mini-ner, in another order."""
    if isinstance(example, SentenceExample):
        return (example.row, example.text_a, example.text_b, labels[example.label])
    return (example.row, example.words, tuple(labels[label] for label in example.labels))


@pytest.mark.parametrize("folder", FOLDERS)
def test_files_load_back_row_for_row(exported: Path, folder: str) -> None:
    real, mini = TASKS[folder], TASKS[FOLDERS[folder]]
    available = real.available(exported)
    assert set(available) == set(real.card.languages) & set(GRAMMARS)
    for language, splits in available.items():
        assert splits == SPLITS
        for split in SPLITS:
            data = real.load(exported, language, split)
            assert not data.dropped
            written = mini.examples(language, split, SIZE)  # type: ignore[attr-defined]
            assert [as_text(each, real.card.labels) for each in data.examples] == [
                as_text(each, mini.card.labels) for each in written
            ]


def test_every_language_of_the_world_has_its_files(exported: Path) -> None:
    for folder in FOLDERS:
        names = {path.name for path in (exported / folder).iterdir()}
        assert names == {
            f"{split}-{language}.tsv" for split in ("train", "dev", "test") for language in GRAMMARS
        }


def test_quoting_and_line_ends_are_those_of_the_real_files(tmp_path: Path) -> None:
    example = SentenceExample(0, 'He said "yes" .', "He said no .", 1)
    text = to_text("pawsx", ("0", "1"), [example])
    assert text == '"He said ""yes"" ."\tHe said no .\t1\r\n'
    path = tmp_path / "dev-en.tsv"
    path.write_bytes(text.encode())
    assert [row.text_a for row in sentence_rows(read_records(path, FIELDS), path, FIELDS)] == [example.text_a]


def test_word_files_end_as_the_real_ones(exported: Path, xtreme: Path) -> None:
    for folder in ("panx", "udpos"):
        real = (xtreme / folder / "dev-de.tsv").read_bytes()
        ours = (exported / folder / "dev-de.tsv").read_bytes()
        assert (b"\r" in ours) == (b"\r" in real) is False
        assert ours.endswith(b"\n\n") == real.endswith(b"\n\n")
        assert real.endswith(b"\n") and ours.endswith(b"\n")


@pytest.fixture
def in_english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        "isogloss.world.export.export_world", lambda out, size: export_world(out, size, ["en"])
    )


def export(out: Path, size: int = 3) -> Result:
    return CliRunner().invoke(cli, ["world", "export", "--out", str(out), "--size", str(size)])


def test_nothing_is_written_over(exported: Path, tmp_path: Path) -> None:
    before = sorted(exported.rglob("*"))
    file = tmp_path / "file"
    file.touch()
    for out in (exported, file):
        with pytest.raises(FieldError, match="exists and is not an empty folder"):
            raise export(out).exception or AssertionError
    assert sorted(exported.rglob("*")) == before


def test_a_failed_export_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, in_english: None
) -> None:
    monkeypatch.setattr("isogloss.world.design._MAX_REJECTED", 3)
    monkeypatch.setattr("isogloss.world.task.rows_on_demand", RowsOnDemand)  # not those that are cached
    with pytest.raises(DataError, match="more than the world holds"):
        raise export(tmp_path / "out", 900).exception or AssertionError
    assert not list(tmp_path.iterdir())


def test_empty_folder_and_missing_parents_are_filled(tmp_path: Path, in_english: None) -> None:
    (tmp_path / "empty").mkdir()
    for out in (tmp_path / "empty", tmp_path / "new" / "deep"):
        assert export(out).exit_code == 0
        assert sorted(path.name for path in out.iterdir()) == sorted(FOLDERS)
        assert not [path for path in out.parent.iterdir() if path.name.startswith(".")]


def test_command(tmp_path: Path, in_english: None) -> None:
    told = export(tmp_path / "files")
    assert told.exit_code == 0 and told.output.startswith("12 files of 3 rows (36 in all): ")
    assert export(Path("x"), 0).exit_code == 2
