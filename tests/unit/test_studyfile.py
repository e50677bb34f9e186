"""Reading a study file."""

from pathlib import Path

import pytest

from isogloss.errors import StudyError
from isogloss.study.file.yaml_text import read_study

GOOD = """\
name: good
source: {task: mini-paws, language: en}
targets: [de, no]
encoder: mini
training:
  learning_rate: 5e-4
"""


def write(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "study.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def problems(path: Path, *overrides: str) -> list[str]:
    with pytest.raises(StudyError) as caught:
        read_study(path, overrides)
    return [str(problem) for problem in caught.value.problems]


@pytest.mark.parametrize(
    ("override", "message", "field"),
    [
        ("name=..", "not dots alone", "field name"),
        (
            "validation.examples=5",
            "looks at no validation rows",
            "--set validation.examples=5, field validation",
        ),
        ("encoder=[mini, mini]", '{"id":"mini"} is given twice', "field encoder"),
        ("seed=[]", "[] is too short", "field seed"),
    ],
)
def test_a_problem_names_its_field(tmp_path: Path, override: str, message: str, field: str) -> None:
    (found,) = problems(write(tmp_path, GOOD), "selection=none", override)
    assert message in found
    assert field in found


def test_labels_of_a_wrong_type_are_not_too_few_as_well(tmp_path: Path) -> None:
    task = "{name: own, path: '{language}.tsv', columns: {text_a: a, label: b}, labels: ['yes', true]}"
    (found,) = problems(write(tmp_path, GOOD), f"tasks=[{task}]")
    assert "field tasks[0].labels[1]" in found


def test_one_value_stands_for_a_list_of_one(tmp_path: Path) -> None:
    study = read_study(write(tmp_path, GOOD)).study
    assert [encoder.id for encoder in study.encoder] == ["mini"]
    assert study.targets.languages == ("de", "no")
    assert study.seed == (1,)


def test_norwegian_is_not_a_boolean_and_an_exponent_is_a_number(tmp_path: Path) -> None:
    study = read_study(write(tmp_path, GOOD)).study
    assert "no" in study.targets.languages
    assert study.training.learning_rate == 5e-4


def test_name_defaults_to_the_file(tmp_path: Path) -> None:
    path = tmp_path / "my-study.yaml"
    path.write_text(GOOD.replace("name: good\n", ""), encoding="utf-8")
    assert read_study(path).study.name == "my-study"


def test_every_problem_is_reported_with_its_line_and_the_closest_word(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        """\
name: bad
source:
  task: pawsx
  langage: en
targets: [de]
encoder: {id: mini, rev: 1}
seed: x
selection: orcle
training:
  steps: 1
  epochs: 2
""",
    )
    found = problems(path)
    assert len(found) == 6
    text = "\n".join(found)
    assert "unknown field 'langage'" in text
    assert f"{path}, line 4, field source.langage" in text
    assert "did you mean 'language'?" in text
    assert "did you mean 'revision'?" in text
    assert f"{path}, line 7, field seed" in text
    assert "did you mean 'oracle'?" in text
    assert "epochs or steps, not both" in text
    assert "field 'language' is missing" in text


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("name: a\nname: b\n", "'name' is given twice"),
        ("- a\n", "a study file is a mapping"),
        ("name: [a\n", "not valid YAML"),
    ],
)
def test_malformed_files(tmp_path: Path, text: str, message: str) -> None:
    assert message in problems(write(tmp_path, text))[0]


def test_missing_file_names_the_closest(tmp_path: Path) -> None:
    write(tmp_path, GOOD)
    assert "did you mean 'study.yaml'?" in problems(tmp_path / "studi.yaml")[0]


def test_latin1_bytes_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "study.yaml"
    path.write_bytes("name: café\n".encode("latin-1"))
    assert "byte 0xe9 is not UTF-8" in problems(path)[0]


def test_set_replaces_a_field_and_names_itself_in_errors(tmp_path: Path) -> None:
    path = write(tmp_path, GOOD)
    study = read_study(path, ["encoder=other", "training.steps=7", "seed=[1, 2]"]).study
    assert study.encoder[0].id == "other"
    assert study.training.steps == 7
    assert study.training.learning_rate == 5e-4
    assert study.seed == (1, 2)
    assert "--set training.stps=7, field training.stps" in problems(path, "training.stps=7")[0]
    assert "not of the form" in problems(path, "seed")[0]


def test_a_shorthand_is_written_out_before_one_of_its_fields_is_set(tmp_path: Path) -> None:
    path = write(tmp_path, GOOD)
    study = read_study(path, ["targets.split=validation", "encoder.revision=abc"]).study
    assert (study.targets.languages, study.targets.split) == (("de", "no"), "validation")
    assert (study.encoder[0].id, study.encoder[0].revision) == ("mini", "abc")


def test_set_does_not_throw_away_a_list_or_a_value(tmp_path: Path) -> None:
    path = write(tmp_path, GOOD + "aggregator: [last]\nseed: 3\n")
    assert "'aggregator' is [\"last\"] in the file" in problems(path, "aggregator.name=aif")[0]
    assert "'seed' is 3 in the file, and has no fields to set" in problems(path, "seed.x=1")[0]


def test_names_are_checked_beside_types_and_fields(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        """\
source: {task: minipaws, language: [en, engg], example: 3}
targets: [de, xxy]
encoder: ./nowhere
aggregator: [last, {aif: {layr: 3}}]
seed: one
analysis: {distances: [genetc], effectiveness: [gane]}
execution: {executor: proces}
data_dir: nowhere
""",
    )
    text = "\n".join(problems(path))
    for expected in (
        "did you mean 'mini-paws'?",
        "no language 'engg'",
        "unknown field 'example'",
        "field targets.languages[1]",
        "no folder",
        "aggregator 'aif' has no option 'layr'",
        '"one" is not a whole number',
        "did you mean 'genetic'?",
        "did you mean 'gain'?",
        "did you mean 'processes'?",
        "no data directory",
    ):
        assert expected in text
    assert len(problems(path)) == 11
    assert all("line" in problem for problem in problems(path))


@pytest.mark.parametrize(
    ("field", "message"),
    [
        ("learning_rate: .inf", "number"),
        ("learning_rate: 1e999", "finite"),
        ("learning_rate: inf", "number"),
        ("steps: true", "whole number"),
        ('steps: "5"', "whole number"),
    ],
)
def test_what_looks_like_a_number_is_not_taken_for_one(tmp_path: Path, field: str, message: str) -> None:
    path = write(tmp_path, GOOD.replace("learning_rate: 5e-4", field))
    assert message in problems(path)[0]
    assert "line 6" in problems(path)[0]


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("seed: [1, 1]", "'1' is given twice"),
        ("seed: -1", "-1 is out of range"),
        ("seed: true", "whole number"),
        ("aggregator: [last, last]", "is given twice"),
        ("analysis: &a [*a]", "holds itself"),
        ("? [a, b]\n: c", "cannot name a field"),
        ('description: "a\x01b"', "control character"),
        ("description: a\tb: c\n\tx", "not valid YAML"),
    ],
)
def test_odd_lines_are_named(tmp_path: Path, line: str, message: str) -> None:
    text = "\n".join(problems(write(tmp_path, GOOD + line + "\n")))
    assert message in text
    assert "line 7" in text or "line 8" in text


def test_all_stands_alone(tmp_path: Path) -> None:
    path = write(tmp_path, GOOD.replace("[de, no]", "[all, de]"))
    assert "'all' stands for every language" in problems(path)[0]


def test_a_path_through_a_file_is_no_study(tmp_path: Path) -> None:
    assert "cannot be read: Not a directory" in problems(write(tmp_path, GOOD) / "x.yaml")[0]


def test_a_hidden_file_is_not_offered_in_place_of_a_study_file_that_is_absent(tmp_path):
    (tmp_path / ".hooks.yaml").write_text("a: 1", encoding="utf-8")
    with pytest.raises(StudyError) as caught:
        read_study(tmp_path / "studi.yaml")
    assert "no study file" in str(caught.value) and ".hooks" not in str(caught.value)
    (tmp_path / "study.yaml").write_text("a: 1", encoding="utf-8")
    with pytest.raises(StudyError, match=r"did you mean 'study\.yaml'"):
        read_study(tmp_path / "studi.yaml")
