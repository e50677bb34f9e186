"""`isogloss language` and `isogloss distance` as a user types them."""

import csv
import io
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

import isogloss as ig
from isogloss.cli.main import cli
from isogloss.errors import IsoglossError

KEYS = [
    "source", "target", "metric", "definition",
    "value", "expected", "low", "high", "features", "of", "coverage",
]  # fmt: skip


def run(*arguments: str) -> Result:
    return CliRunner().invoke(cli, arguments, catch_exceptions=False)


def records(*arguments: str) -> list[dict]:
    return json.loads(run("distance", *arguments, "--format", "json").stdout)


def test_language_says_every_rule() -> None:
    codes = ["zh", "jw", "iw", "tl", "no", "nb", "sr-Latn", "mand1415", "Norwegian Bokmål", "alb"]
    text = run("language", *codes).stdout
    assert "zh: macrolanguage zho is cmn here" in text
    assert "jw: jw is jav: withdrawn in 2001" in text
    found = json.loads(run("language", *codes, "--format", "json").stdout)
    assert [entry["id"] for entry in found] == [
        "cmn",
        "jav",
        "heb",
        "tgl",
        "nob",
        "nob",
        "srp",
        "cmn",
        "nob",
        "als",
    ]
    assert found[0]["macroarea"] == "Eurasia"
    assert found[0]["glottocode"] == "mand1415"
    rows = list(csv.DictReader(io.StringIO(run("language", "de", "--format", "csv").stdout)))
    assert rows[0]["family"].startswith("Indo-European > Germanic")


def test_names_may_be_separated_by_commas() -> None:
    apart = records("nl", "de", "ja", "--metric", "syntactic", "--metric", "genetic")
    assert len(apart) == 6
    assert records("nl,de,", "ja", "--metric", "syntactic,genetic") == apart
    found = json.loads(run("language", "Norwegian, Bokmål", "nl,de", "--format", "json").stdout)
    assert [entry["id"] for entry in found] == ["nob", "nld", "deu"]  # a name with a comma is one name
    with pytest.raises(IsoglossError, match="no benchmark 'xnl'"):
        run("data", "--task", "pawsx,xnl")


def test_a_table_is_narrow_and_repeats_no_usual_definition() -> None:
    text = run("distance", "nl", "de", "yo").stdout
    assert "definition" not in text
    assert max(map(len, text.splitlines())) <= 97
    assert "knn" in run("distance", "nl", "de", "--metric", "syntactic", "--definition", "knn").stdout


def test_records_of_a_pair() -> None:
    found = records("de", "nl", "--metric", "syntactic", "--metric", "phonological")
    assert [list(entry) for entry in found] == [KEYS, KEYS]
    assert found[0]["value"] == pytest.approx(ig.distance("de", "nl", "syntactic"))
    assert (found[0]["source"], found[0]["target"], found[0]["definition"]) == ("de", "nl", "shared")
    assert found[1]["value"] is None
    assert found[1]["features"] == 0


def test_codes_are_those_that_were_typed() -> None:
    found = records("zh", "Norwegian Bokmål", "--metric", "genetic")
    assert (found[0]["source"], found[0]["target"]) == ("zh", "Norwegian Bokmål")


def test_table_gives_a_verdict_on_coverage() -> None:
    text = run("distance", "de", "nl").stdout
    assert {line.split()[2] for line in text.splitlines()[1:] if line.startswith("de")} >= {
        "syntactic", "genetic", "geographic", "inventory", "phonological", "featural", "great-circle",
    }  # fmt: skip
    assert "too little: 0 of 17" in text
    assert "km" in text


def test_nearest_languages_are_sorted_and_known() -> None:
    found = records("nearest", "en", "--metric", "syntactic", "--top", "20")
    keys = [entry["expected"] for entry in found]
    assert len(keys) == 20
    assert None not in keys
    assert keys == sorted(keys)
    assert all(entry["low"] <= entry["value"] <= entry["high"] for entry in found)
    assert [entry["rank"] for entry in found] == list(range(1, 21))
    assert {entry["ranked_by"] for entry in found} == {"expected"}
    (alone,) = records("en", found[7]["target"], "--metric", "syntactic")
    assert {key: found[7][key] for key in KEYS} == pytest.approx(alone)


def test_nearest_languages_by_what_is_complete_are_ranked_by_the_value() -> None:
    found = records("nearest", "de", "--metric", "genetic", "--metric", "syntactic", "--definition", "uriel")
    assert {entry["ranked_by"] for entry in found} == {"value"}
    for metric in ("genetic", "syntactic"):
        values = [entry["value"] for entry in found if entry["metric"] == metric]
        assert values == sorted(values)


def test_a_code_that_denotes_no_language_does_not_hide_the_others() -> None:
    for arguments in (["de", "xxq", "nl", "qqx"], ["nearest", "de", "--to", "nl,xxq,qqx"]):
        result = CliRunner().invoke(cli, ["distance", *arguments, "--metric", "genetic", "--format", "json"])
        assert [entry["target"] for entry in json.loads(result.stdout)] == ["nl"]
        assert isinstance(result.exception, IsoglossError)
        assert "xxq" in str(result.exception)
        assert "qqx" in str(result.exception)


def test_nearest_of_some() -> None:
    found = records("nearest", "en", "--to", "ja,de", "--metric", "genetic", "--metric", "geographic")
    assert [(entry["metric"], entry["target"]) for entry in found] == [
        ("genetic", "de"), ("genetic", "ja"), ("geographic", "de"), ("geographic", "ja"),
    ]  # fmt: skip


def test_matrix_as_csv_is_read_back_as_a_distance_file(tmp_path: Path) -> None:
    text = run("distance", "en", "de", "ja", "--metric", "syntactic", "--matrix", "--format", "csv").stdout
    (tmp_path / "mine.csv").write_text(text, encoding="utf-8")
    found = records("ja", "en", "--distance-file", str(tmp_path / "mine.csv"), "--metric", "mine")
    assert found[0]["value"] == pytest.approx(ig.distance("en", "ja"))
    assert found[0]["definition"] == "given"


def test_urielplus_stands_beside_the_others_and_takes_part_in_a_composite() -> None:
    options = ["--urielplus", "--metric", "urielplus-syntactic", "--composite", "genetic,urielplus-syntactic"]
    found = records("de", "nl", *options)
    assert [entry["metric"] for entry in found] == ["urielplus-syntactic", "composite"]
    assert found[0]["features"] > 60
    assert found[1]["features"] == 2


def test_distance_file_takes_part_in_a_composite(tmp_path: Path) -> None:
    (tmp_path / "mine.csv").write_text(",en,de,ja\nen,0,1,2\nde,1,0,5\nja,2,5,0\n", encoding="utf-8")
    options = ["--distance-file", str(tmp_path / "mine.csv"), "--composite", "mine"]
    found = records("en", "de", "ja", *options, "--metric", "mine")
    assert [entry["value"] for entry in found if entry["metric"] == "composite"] == pytest.approx(
        [1 / 6, 3 / 6, 5 / 6]
    )


def test_explain_names_what_differs_and_what_is_unknown() -> None:
    text = run("distance", "explain", "de", "nl", "--metric", "syntactic").stdout
    assert "S_CASE_SUFFIX" in text
    assert "unknown for nl (16)" in text
    facts = json.loads(
        run("distance", "explain", "de", "nl", "--metric", "syntactic", "--format", "json").stdout
    )
    known = [fact for fact in facts if fact["of_source"] and fact["of_target"]]
    assert len(facts) == 98
    assert len(known) == records("de", "nl", "--metric", "syntactic")[0]["features"]
    knn = run("distance", "explain", "de", "kk", "--metric", "syntactic", "--definition", "knn").stdout
    assert "yes*" in knn
    assert "what the definition puts in its place" in knn


@pytest.mark.parametrize("definition", ["shared", "uriel", "knn"])
def test_explain_of_every_definition_without_naming_metrics(definition: str) -> None:
    result = run("distance", "explain", "de", "nl", "--definition", definition)
    explained = {line.split(":")[0] for line in result.stdout.splitlines() if "facts agree" in line}
    typological = {"featural", "inventory", "phonological", "syntactic"}
    assert explained == typological | ({"genetic", "geographic"} if definition != "knn" else set())
    assert ("left out: no definition 'knn' of the distance 'genetic'" in result.stderr) == (
        definition == "knn"
    )


def test_explain_says_whose_record_was_used() -> None:
    result = run("distance", "explain", "et", "fi", "--metric", "syntactic")
    assert "ekk: 48 of 75 known features come from URIEL's record of the macrolanguage est" in result.stderr


def test_help_shows_the_examples_line_by_line() -> None:
    text = run("distance", "--help").stdout
    assert "    isogloss distance de nl\n    isogloss distance en de ja ko --metric" in text
    for name in ("value", "low, high", "expected", "features, of", "coverage"):
        assert f"    {name}  " in text
    for name in ("nearest", "explain", "texts"):
        assert f"  {name}  " in text


def test_titles_stand_on_one_line() -> None:
    square = run("distance", "en", "de", "--metric", "syntactic", "--matrix").stdout.splitlines()
    assert square[0] == "syntactic (shared), distance; - is too little on record"
    nearest = run("distance", "nearest", "en", "--to", "de,kk", "--metric", "syntactic").stdout.splitlines()
    assert nearest[0] == (
        "syntactic (shared) distance from English, by the best estimate of the distance over all features; "
        "1 with too little on record"
    )


def test_nearest_says_what_was_done_to_those_listed_and_only_once() -> None:
    result = run(
        "distance", "nearest", "en", "--to", "lv,ltg,de", "--metric", "syntactic", "--definition", "uriel"
    )
    assert result.stderr.splitlines() == [
        "ltg: no feature on record as present; as in URIEL a vector of ones stands in",
        "lvs: nothing on record, URIEL's record of the macrolanguage lav is used",
    ]
    knn = run("distance", "nearest", "eng", "--top", "1", "--definition", "knn").stderr
    assert knn.count("no definition 'knn' of the distance 'genetic'") == 1


def test_a_metric_named_twice_is_shown_once() -> None:
    assert len(records("de", "nl", "--metric", "syntactic", "--metric", "syntactic")) == 1


def test_text_of_two_languages(tmp_path: Path) -> None:
    for name, line in (("a", "the water is in the house"), ("b", "maji yako katika nyumba")):
        (tmp_path / name).write_text(f"{line}\n" * 900, encoding="utf-8")
    found = records("texts", f"en={tmp_path / 'a'}", f"sw={tmp_path / 'b'}",
                    "--metric", "word-overlap", "--metric", "type-token-ratio")  # fmt: skip
    assert [(entry["source"], entry["target"], entry["metric"]) for entry in found] == [
        ("en", "sw", "word-overlap"), ("en", "sw", "type-token-ratio"), ("sw", "en", "type-token-ratio"),
    ]  # fmt: skip
    assert found[0]["value"] == 1


def test_nothing_on_record_is_said_plainly_where_a_definition_has_a_value() -> None:
    assert records("nn", "ltg", "--metric", "syntactic", "--definition", "uriel")[0]["features"] == 0
    for definition in ("shared", "knn"):
        found = records("nn", "ltg", "--metric", "syntactic", "--definition", definition)
        assert found[0]["value"] is None
    assert (
        "none: nothing is on record of both"
        in run("distance", "nn", "ltg", "--metric", "syntactic", "--definition", "uriel").stdout
    )


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["de"], "distance needs at least two languages"),
        (["nearest", "de", "nl"], "unexpected extra argument"),
        (["nearest", "de", "--to", " , "], "--to is empty"),
        (["nearest", "de", "--to", "German"], "--to names no language but German"),
        (["explain", "de", "nl", "fr"], "unexpected extra argument"),
        (["explain", "de", "nl", "--metric", "composite"], "nothing to explain of 'composite'"),
        (["de", "nl", "--matrix", "--format", "csv"], "choose it with --metric"),
        (["texts", "en=x"], "give at least two"),
        (["texts", "en", "de=x"], "not CODE=FILE: 'en'"),
        (["texts", "en=x", "de=y", "--metric", "syntactic"], "no measure over texts 'syntactic'"),
        (["texts", "en=x", "de=y", "--metric", "cosine"], "give --encoder"),
    ],
)
def test_options_that_do_not_go_together_are_a_usage_error(arguments: list[str], message: str) -> None:
    result = run("distance", *arguments)
    assert result.exit_code == 2
    assert message in " ".join(result.stderr.split())


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["xqz", "de"], r"(?s)no language 'xqz'.*nearest: \w+ \(.*\), \w+ \(.*\), \w+ \("),
        (["zh", "cmn"], "'zh' and 'cmn' are one language"),
        (["de", "nl", "--metric", "syntatic"], "did you mean 'syntactic'"),
        (["de", "nl", "--metric", "genetic", "--definition", "knn"], "no definition 'knn'"),
    ],
)
def test_bad_input_is_one_clear_error(arguments: list[str], message: str) -> None:
    with pytest.raises(IsoglossError, match=message):
        run("distance", *arguments)


def test_python_interface() -> None:
    found = ig.distance_matrices(["de", "nl", "zh"], metrics=["syntactic", "genetic"])
    assert list(found) == ["syntactic", "genetic"]
    assert found["syntactic"].to_frame().loc["de", "nl"] == ig.distance("de", "nl", "syntactic")
    frame = found.to_frame()
    assert list(frame.columns) == KEYS
    assert len(frame) == 6
    assert ig.resolve("zh").id == "cmn"
    assert list(ig.distance_matrices(["de", "nl"])) == [
        "featural", "genetic", "geographic", "inventory", "phonological", "syntactic",
    ]  # fmt: skip


def test_neither_torch_nor_pandas_is_loaded() -> None:
    code = (
        "import sys; from isogloss.cli.main import cli; cli(['distance', 'de', 'nl'], standalone_mode=False);"
        "sys.exit(bool({'torch', 'transformers', 'pandas', 'scipy'} & set(sys.modules)))"
    )
    subprocess.run([sys.executable, "-c", code], check=True, capture_output=True)


def test_a_composite_is_one_metric() -> None:
    found = records("de", "fr", "--composite", "syntactic,genetic", "--metric", "composite,syntactic")
    assert [each["metric"] for each in found] == ["syntactic", "composite"]
    assert [each["of"] for each in found if each["metric"] == "composite"] == [2]
    assert "--composite is empty" in run("distance", "de", "fr", "--composite", "").output


def test_ties_behind_the_last_neighbour_are_said() -> None:
    done = run("distance", "nearest", "eu", "--metric", "genetic", "--top", "3")
    assert re.search(r"genetic distance: [\d,]+ more languages as near as the last one here", done.output)


def test_a_code_beside_names_is_noted_for_texts(tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / f"{name}.txt").write_text("some words of a text\n" * 30, encoding="utf-8")
    texts = [f"german={tmp_path / 'a.txt'}", f"en={tmp_path / 'b.txt'}"]
    assert "read as the code of English" in run("distance", "texts", *texts, "--metric", "script").output
