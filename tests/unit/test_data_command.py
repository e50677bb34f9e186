"""`isogloss data`: sources, and what a folder holds."""

from pathlib import Path

from click.testing import CliRunner, Result

from isogloss.cli.commands.data import data as command
from isogloss.errors import FieldError
from isogloss.tasks.base import TASKS
from isogloss.tasks.sources import SOURCES


def run(*arguments: str) -> Result:
    return CliRunner().invoke(command, list(arguments))


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def test_every_benchmark_has_an_address_and_its_layouts():
    shown = run().stdout
    for name, source in SOURCES.items():
        assert source.home in shown
        assert f"https://huggingface.co/datasets/{TASKS[name].card.dataset}\n" in shown
    assert "x-final/<language>" in shown and "XNLI-1.0" in shown and "UD_<Language>" in shown
    assert "not checked" in shown


def test_a_folder_is_counted_and_what_was_read_otherwise_is_said(tmp_path: Path):
    write(tmp_path / "panx/test-de.tsv", "de:Bonn\tB-LOC\n\nde:ja\tO\n")
    write(tmp_path / "pawsx/test-en.tsv", "a\tb\t1\nNS\tb\t0\n")
    found = run("--data-dir", str(tmp_path))
    assert found.exit_code == 0
    assert "  de: test 2" in found.stdout and "  en: test 1" in found.stdout
    assert "'de:' in front of a word was taken off (2 times)" in found.stderr
    assert "1 row left out: untranslated (NS)" in found.stderr
    assert "  de: test\n" in run("--data-dir", str(tmp_path), "--no-rows", "--task", "panx").stdout


def test_files_that_cannot_be_read_are_named_and_an_empty_folder_is_a_failure(tmp_path: Path):
    assert run("--data-dir", str(tmp_path)).exit_code == 1
    write(tmp_path / "panx/test-de.tsv", "Bonn\tB-TOWN\n")
    write(tmp_path / "panx/test-fr.tsv", "Paris\tB-LOC\n")
    found = run("--data-dir", str(tmp_path), "--task", "panx")
    assert found.exit_code == 1
    assert "de: test: cannot be read" in found.stdout and "fr: test 1" in found.stdout
    assert "unknown label 'B-TOWN'" in found.stderr
    assert isinstance(run("--task", "pawx").exception, FieldError)
