"""The Python interface: its names, its errors, and results that print, draw and become frames."""

import ast
import inspect
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure

import isogloss as ig
from commands import isogloss
from isogloss.display import PLOTS, Result
from isogloss.errors import DataError, FieldError, IsoglossError, StudyError

PACKAGE = Path(ig.__file__).parent


def test_dir_lists_the_public_names_and_nothing_else():
    assert [name for name in dir(ig) if not name.startswith("__")] == sorted(ig.__all__)
    for name in ig.__all__:
        assert callable(getattr(ig, name))
        assert inspect.getdoc(getattr(ig, name))


def test_the_stub_lists_the_same_names_from_the_same_modules():
    stub = ast.parse((PACKAGE / "__init__.pyi").read_text())
    stated = {
        alias.asname: node.module
        for node in stub.body
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }
    assert stated == ig._HOMES


def test_a_function_stays_one_when_the_room_of_its_name_is_imported():
    code = (
        "import isogloss as ig, inspect, isogloss.report.export, isogloss.recommend.answer\n"
        "assert inspect.isfunction(ig.report) and inspect.isfunction(ig.recommend)\n"
        "assert inspect.isfunction(ig.distance)\n"
        "from isogloss.report import figures\n"
        "assert 'torch' not in __import__('sys').modules\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_an_unknown_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="no attribute 'runn'"):
        _ = ig.runn


RESULTS = {
    "Correlation": lambda: ig.correlate(ig.published_scores("pawsx-mbert"), distances=["syntactic"]),
    "DistanceMatrix": lambda: ig.distance_matrix(["de", "nl", "ja"]),
    "ScoreTable": lambda: ig.published_scores("xnli-mbert"),
    "PlannedDesign": lambda: ig.power(["en", "de", "fr"], ["fi", "ja", "zh"], distances=["syntactic"]),
    "Recommendations": lambda: ig.recommend("nl", candidates=["de", "fr", "ja"]),
}


def test_every_picture_has_a_result_here():
    assert set(RESULTS) == set(PLOTS)


@pytest.mark.parametrize("name", list(PLOTS))
def test_a_result_prints_draws_and_becomes_a_frame(name, tmp_path):
    result = RESULTS[name]()
    assert isinstance(result, Result)
    assert type(result).__name__ == name
    assert len(result.to_frame())
    assert len(str(result).splitlines()) > 1
    assert "<t" in result._repr_html_()
    figure = result.plot()
    assert isinstance(figure, Figure)
    figure.savefig(tmp_path / "picture.pdf")
    axes = Figure().add_subplot()
    assert result.plot(axes) is axes.figure
    with pytest.raises(AttributeError):
        result.anything = 1


def test_a_picture_of_several_measures_is_about_the_first_in_its_own_unit():
    row = SimpleNamespace(effectiveness="relative", distance="genetic", estimate=-0.4, verdict="supported")
    row.ci_low, row.ci_high = -float("inf"), -0.1
    other = SimpleNamespace(**vars(row) | {"effectiveness": "gain"})
    analysis = SimpleNamespace(values={"relative": None, "gain": None}, primary=(row, other), condition="c")
    axes = Figure().add_subplot()
    PLOTS["Correlation"](SimpleNamespace(analyses=[analysis]), axes)
    bar, point, _ = axes.lines
    assert list(point.get_xdata()) == [-0.4]
    assert list(bar.get_xdata()) == pytest.approx([-0.432, -0.1])
    assert "points" not in axes.get_xlabel()


def test_a_notebook_shows_kilometres_without_an_exponent():
    page = ig.distance_matrix(["de", "ja"], "great-circle")._repr_html_()
    assert "9113" in page and "e+0" not in page


def test_distance_matrix_is_what_distance_gives():
    matrix = ig.distance_matrix(["de", "nl"])
    assert matrix.values[0, 1] == ig.distance("de", "nl")
    assert ig.distance("de", "deu") == 0


def test_power_refuses_two_sources_of_the_deviation_and_none_that_is_positive():
    with pytest.raises(FieldError, match="both sd and pilot"):
        ig.power(["en"], ["de", "fr", "es"], sd=1, pilot="scores.csv")
    with pytest.raises(FieldError, match="deviation of -1"):
        ig.power(["en"], ["de", "fr", "es"], sd=-1)


def test_power_is_what_the_command_prints():
    frame = ig.power(["en", "de", "fr"], ["fi", "ja", "zh"], distances=["syntactic"]).to_frame()
    printed = isogloss(
        *("power", "--design", "3x3", "--langs", "en,de,fr,fi,ja,zh", "--distance", "syntactic")
    ).stdout
    assert f"{100 * frame['min_detectable'][0]:.1f} points/unit" in printed


def test_arguments_of_train_are_checked_like_a_study_file(tmp_path):
    with pytest.raises(StudyError) as caught:
        ig.train("mini-nlii", "en", "mini", tmp_path / "m", training={"learning_rat": 1}, seed="one")
    text = str(caught.value)
    assert "3 problems" in text
    assert "mini-nli" in text
    assert "learning_rate" in text
    assert not (tmp_path / "m").exists()


def test_run_checks_the_study_before_anything(tmp_path):
    study = tmp_path / "s.yaml"
    study.write_text("name: s\nsource: {task: mini-nli, language: en}\ntargets: [de]\nencoder: mini\n")
    with pytest.raises(IsoglossError, match="learning_rat"):
        ig.run(study, tmp_path / "out", settings={"training.learning_rat": 1})
    assert not (tmp_path / "out").exists()


@pytest.fixture(scope="module")
def folders(tmp_path_factory):
    """One model of sentence pairs and one of words, trained for two updates."""
    root = tmp_path_factory.mktemp("models")
    settings = {"steps": 2, "precision": "fp32"}
    models = {
        head: ig.train(
            *(task, "en", "mini", root / head),
            targets={"languages": ["en", "de"], "examples": 20},
            examples=np.int64(100),
            selection="none",
            training=settings,
            progress=False,
        )
        for head, task in (("sentence", "mini-nli"), ("word", "mini-ner"))
    }
    for model in models.values():
        assert len(model.to_frame()) == 2
        assert isinstance(model.plot(), Figure)
    assert len(ig.predict(models["sentence"], [("a cat", "a dog")])) == 1
    return {head: model.folder for head, model in models.items()}


def test_a_loaded_model_labels_texts(folders):
    pairs = [("a cat", "a dog"), ("a dog", "a dog"), ("no", "yes")]
    found = ig.load(folders["sentence"]).predict(pairs)
    assert len(found) == 3
    assert set(found.labels) <= set(found.classes)
    frame = found.to_frame()
    assert list(frame["text_a"]) == ["a cat", "a dog", "no"]
    assert frame.filter(like="p(").sum(axis=1).tolist() == pytest.approx([1, 1, 1])
    assert ig.predict(folders["sentence"], pairs).labels == found.labels
    words = ig.predict(folders["word"], [["a", "cat"], ["dog"]])
    assert [len(labels) for labels in words.labels] == [2, 1]
    assert list(words.to_frame()["word"]) == ["a", "cat", "dog"]
    arrays = pd.Series([np.array(["a", "cat"]), np.array(["dog"])])  # as pandas reads lists of Parquet
    assert ig.predict(folders["word"], arrays).labels == words.labels


@pytest.mark.parametrize(
    ("head", "inputs", "told"),
    [
        ("sentence", "a cat", "a single text instead of a list"),
        ("sentence", pd.DataFrame({"ab": ["x"], "cd": ["y"]}), "type DataFrame instead of a list"),
        ("sentence", ["a cat"], "input 0 is 'a cat'"),
        ("sentence", [("a", "b"), ("a", "")], "input 1 is"),
        ("sentence", [("a", "b", "c"), ("a",)], "input 0 is .*; input 1 is"),
        ("sentence", [], "no input to label"),
        ("word", {"ab": ["x"], "cd": ["y"]}, "type dict instead of a list"),
        ("word", ["a cat"], "input 0 is 'a cat'"),
        ("word", [["a", 3], []], "input 0 is .*; input 1 is"),
        ("word", [["a", " "]] * 9, "and 4 more"),
    ],
)
def test_inputs_of_another_kind_are_all_named(folders, head, inputs, told):
    with pytest.raises(DataError, match=told) as caught:
        ig.predict(folders[head], inputs)
    assert caught.value.allowed.startswith("a list of")


def test_what_python_has_is_taken(tmp_path):
    """Arrays, sets, generators, numbers of numpy, languages; and what cannot be is one error."""
    rows, targets = np.array(["en", "de", "fr"]), (code for code in ("fi", "ja", "zh"))
    found = ig.power(rows, targets, sd=np.float32(2), distances=np.array(["syntactic"]))
    assert [test.distance for test in found.tests] == ["syntactic"]
    assert len(ig.power([ig.resolve("en")], ["fi", "ja", "zh", "hi"], distances="syntactic").rows) == 1
    with pytest.raises(ig.IsoglossError, match="no language on one side"):
        ig.power([], ["fi", "ja", "zh", "hi"])
    scores = {"target": ["de", "fr", "ja", "zh", "fi"], "score": [0.9, 0.8, 0.5, 0.6, 0.7]}
    frame = pd.DataFrame({"source": "en", **scores})
    given = ig.correlate(frame, distances={"syntactic"}, n_permutations=np.int64(99))
    assert given.analyses[0].leading[0].distance == "syntactic"
    with pytest.raises(ig.IsoglossError, match="unknown scale 'Percent'"):
        ig.correlate(frame, scale="Percent")
    facts = {"wealth": dict.fromkeys(frame["target"], 1.0)}
    with pytest.raises(ig.IsoglossError, match="no control asks for wealth"):
        ig.correlate(frame, language_facts=facts)
    with pytest.raises(ig.IsoglossError, match="'x' is not a number"):
        ig.correlate(frame, controls=["wealth"], language_facts={"wealth": {"de": "x"}})
    with pytest.raises(ig.IsoglossError, match="settings, seed"):
        ig.run("none.yaml", tmp_path, settings={"seed": object()})
