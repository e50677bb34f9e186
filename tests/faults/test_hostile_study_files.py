"""Study files that are hostile or broken: one `StudyError` in moments, problems in the order of the file."""

import time
from pathlib import Path

import pytest
import yaml
from hypothesis import example, given, settings
from hypothesis import strategies as st

from isogloss.errors import IsoglossError, StudyError
from isogloss.study.file.resolution import resolve_study
from isogloss.study.file.yaml_text import read_study

GOOD = """\
source: {task: mini-paws, language: en}
targets: [de, fr, es]
encoder: mini
"""


def problems(folder: Path, text: str | bytes) -> list[str]:
    path = folder / "s.yaml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(StudyError) as caught:
        read_study(path)
    return [str(problem) for problem in caught.value.problems]


def bomb(levels: int) -> str:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, levels)]
    return "\n".join(lines) + "\n"


def test_aliases_that_multiply_are_refused_at_once(tmp_path: Path) -> None:
    before = time.process_time()
    text = "\n".join(problems(tmp_path, bomb(9) + GOOD))
    assert time.process_time() - before < 10  # without the limit it takes hours and all memory
    assert "more than 100,000 values, with aliases written out" in text
    assert "s.yaml, line" in text


def test_a_few_aliases_are_fine(tmp_path: Path) -> None:
    path = tmp_path / "s.yaml"
    path.write_text("source: {task: mini-paws, language: &l en}\ntargets: [*l, de]\nencoder: mini\n")
    assert read_study(path).study.targets.languages == ("en", "de")


@pytest.mark.parametrize(
    ("text", "message", "line"),
    [
        (GOOD + f"seed: {'9' * 5000}\n", "a whole number of 5,000 digits", 4),
        (GOOD + "seed: 99999999999\n", "allowed: a number below 4294967296", 4),
        (GOOD + "source: &x\n  a: *x\n", "holds itself", 4),
        (GOOD + "x: " + "[" * 5000 + "]" * 5000, "nested too deep", None),
        (GOOD + "x: " + "{a: " * 3000 + "1" + "}" * 3000, "nested too deep", None),
        (GOOD + 'name: "a\\0b"\n', "'\\x00' cannot stand in a file", 4),
        (GOOD + 'name: "\\ud800"\n', "'\\ud800' cannot stand in a file", 4),
        (GOOD + "name: !!python/object:os.system x\n", "has no meaning here", 4),
        (GOOD + "name: !include x.yaml\n", "the tag '!include' has no meaning here", 4),
        (GOOD + "---\nname: b\n", "not valid YAML", 4),
        (GOOD + f"name: {'a' * 5000}\n", "at most 100", 4),
        (GOOD + "training: {steps: 99999999999999999999}\n", "at most 9,007,199,254,740,992 in size", 4),
    ],
)
def test_each_is_one_problem_with_its_line(tmp_path: Path, text: str, message: str, line: int | None) -> None:
    found = "\n".join(problems(tmp_path, text))
    assert message in found
    assert line is None or f"line {line}" in found
    assert len(found) < 1500, "a message shows no endless value"


def test_a_byte_order_mark_is_no_text(tmp_path: Path) -> None:
    path = tmp_path / "s.yaml"
    path.write_text("\ufeff" + GOOD, encoding="utf-8")
    assert read_study(path).study.targets.languages == ("de", "fr", "es")


@pytest.mark.parametrize("text", ["~nobody-of-this-name/x", "a" * 5000, "./" + "b/" * 3000])
def test_paths_that_cannot_be_are_problems(tmp_path: Path, text: str) -> None:
    path = tmp_path / "s.yaml"
    path.write_text(yaml.safe_dump({**yaml.safe_load(GOOD), "data_dir": text, "encoder": text}))
    with pytest.raises(StudyError) as caught:
        resolve_study(read_study(path))
    assert "data_dir" in str(caught.value)


def test_problems_are_told_in_the_order_of_the_file(tmp_path: Path) -> None:
    text = """\
execution: {executor: proces}
seed: one
targets: [de, xxy]
extra: 1
source:
  langage: en
  task: minipaws
encoder: ./nowhere
analysis: {distances: [genetc], alpha: 7}
"""
    found = problems(tmp_path, text)
    lines = [int(problem.split("s.yaml, line ")[1].split(",")[0]) for problem in found]
    assert lines == sorted(lines)
    assert lines[:5] == [1, 2, 3, 4, 5]
    assert {6, 7, 8, 9} <= set(lines)


def test_names_are_told_in_the_order_of_the_file_too(tmp_path: Path) -> None:
    path = tmp_path / "s.yaml"
    path.write_text("targets: [de, xxy]\nencoder: nowhere/x\nsource: {task: minipaws, language: [en, qqz]}\n")
    with pytest.raises(StudyError) as caught:
        resolve_study(read_study(path))
    lines = [int(str(problem).split("s.yaml, line ")[1].split(",")[0]) for problem in caught.value.problems]
    assert lines == sorted(lines) and {1, 3} <= set(lines)


# Fuzz

FRAGMENTS = st.sampled_from(
    (
        *("source: ", "targets: ", "encoder: mini", "[de, fr]", "{task: mini-paws, language: en}", "seed: "),
        *("\n", "  ", "- ", ": ", "&a ", "*a", "!!int ", '"', "'", "|\n", "#", "{", "]", "1e999", "9" * 400),
        *("\\ud800", "\0", "\ufeff", "no", "null", "analysis: ", "data_dir: ~x", "é"),
        "tasks: [{name: x, path: 'a-{language}.tsv', labels: [a, b]}]",
    )
)


def survives(text: bytes, folder: Path) -> None:
    path = folder / "fuzzed.yaml"
    path.write_bytes(text)
    try:
        found = resolve_study(read_study(path))
    except IsoglossError as error:
        assert str(error)
    else:
        assert found.encoders


TEXTS = st.lists(FRAGMENTS, max_size=30).map(lambda parts: "".join(parts).encode(errors="replace"))


@given(text=TEXTS | st.binary(max_size=200))
@settings(max_examples=100)
@example(text=b"? [a]\n: b\nsource: x")
def test_any_text_is_a_study_or_one_error(tmp_path_factory: pytest.TempPathFactory, text: bytes) -> None:
    survives(text, tmp_path_factory.getbasetemp())


@pytest.mark.slow
@given(text=TEXTS | st.binary(max_size=200))
@settings(max_examples=10_000)
def test_ten_thousand_texts_are_a_study_or_one_error(
    tmp_path_factory: pytest.TempPathFactory, text: bytes
) -> None:
    survives(text, tmp_path_factory.getbasetemp())
