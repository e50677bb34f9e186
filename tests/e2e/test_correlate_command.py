"""`isogloss correlate` and `isogloss power` as a user types them, which need no torch."""

import json

import pytest

from commands import in_turn, isogloss


def test_a_published_table(tmp_path):
    done = isogloss(
        "correlate", "--published", "pawsx-mbert", "--distance", "syntactic", "--json", tmp_path / "out.json"
    )
    assert done.returncode == 0, done.stderr
    assert "smallest attainable p = 0.0014" in done.stdout
    assert "Sensitivity" not in done.stdout
    assert all(len(line) <= 100 for line in done.stdout.splitlines())
    data = json.loads((tmp_path / "out.json").read_text())
    assert (data["design"], data["n_targets"]) == ("star", 6)


def test_a_table_of_the_users_own(tmp_path):
    rows = ["trained,tested,f1,size"]
    codes = ("de", "en", "es", "fi", "fr", "ja", "tr")
    rows += [
        f"{a},{b},{70 - 3 * abs(i - j) + (i * j) % 4},{i + j}"
        for i, a in enumerate(codes)
        for j, b in enumerate(codes)
    ]
    (tmp_path / "scores.csv").write_text("\n".join([*rows, "de,xx9,50,1"]))
    done = isogloss(
        *("correlate", "scores.csv", "--source", "trained", "--target", "tested", "--distance"),
        *("geographic,genetic", "--control", "size", "--permutations", "199"),
        cwd=tmp_path,
    )
    assert done.returncode == 0, done.stderr
    assert "score = f1 (guessed)" in done.stdout
    assert "scores.csv, line 51: target: no language 'xx9'" in done.stdout
    assert "geographic" in done.stdout


def matrix_of_scores(codes):
    """A long table of all pairs, whose scores fall with the distance of places in the list."""
    rows = [
        f"{a},{b},{0.7 - 0.03 * abs(i - j) + 0.01 * ((i * j) % 4)}"
        for i, a in enumerate(codes)
        for j, b in enumerate(codes)
    ]
    return "\n".join(["source,target,score", *rows]) + "\n"


def test_a_distance_of_the_users_own(tmp_path):
    """In other spellings than the scores; a pair that is missing costs its language, and that is said."""
    codes = ("de", "en", "es", "fi", "fr", "ja", "tr")
    (tmp_path / "scores.csv").write_text(matrix_of_scores(codes))
    names = ("German", "eng", "stan1288", "fin", "fra", "jpn", "tur")
    lines = ["," + ",".join(names)]
    lines += [
        ",".join([a, *("" if {i, j} == {0, 6} else str(abs(i - j) / 10) for j in range(7))])
        for i, a in enumerate(names)
    ]
    (tmp_path / "mine.csv").write_text("\n".join(lines) + "\n")
    command = ("correlate", "scores.csv", "--distance-file", "mine.csv", "--json", "out.json")
    done = isogloss(*command, "--distance", "none", "--permutations", "199", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "mine distance: tested without de, for which too little is on record; 30 dyads" in done.stdout
    (record,) = json.loads((tmp_path / "out.json").read_text())["primary"]
    assert (record["distance"], record["n_dyads"], record["verdict"]) == ("mine", 30, "supported")
    assert record["estimate"] == pytest.approx(-0.3, abs=0.05)
    done = isogloss(*command, "--distance", "genetic", "--permutations", "199", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    primary = json.loads((tmp_path / "out.json").read_text())["primary"]
    assert [record["distance"] for record in primary] == ["genetic", "mine"]


def test_fertility_as_a_control(tmp_path):
    from tokenizers import Regex, Tokenizer, models, pre_tokenizers

    letters = Tokenizer(models.WordLevel({"?": 0}, unk_token="?"))
    letters.pre_tokenizer = pre_tokenizers.Sequence(
        [pre_tokenizers.WhitespaceSplit(), pre_tokenizers.Split(Regex("."), "isolated")]
    )
    (tmp_path / "texts").mkdir()
    letters.save(str(tmp_path / "tokenizer.json"))
    codes = ("de", "en", "es", "fi", "fr", "ja", "tr")
    for n, code in enumerate(codes, start=1):
        (tmp_path / "texts" / f"{code}.txt").write_text(("a" * n + " ") * 2000)
    (tmp_path / "scores.csv").write_text(matrix_of_scores(codes))
    command = ("correlate", "scores.csv", "--distance", "geographic", "--permutations", "199")
    options = ("--control", "fertility", "--tokenizer", ".", "--texts", "texts", "--json", "out.json")
    done = isogloss(*command, *options, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert in_turn([([*command, *options], tmp_path)])[1] == []
    found = {r["method"]: r for r in json.loads((tmp_path / "out.json").read_text())["sensitivity"]}
    said = "with fertility of the source language, fertility of the target language; without jpn"
    assert found["partial"]["reason"] == said  # Japanese shows no words
    assert found["partial"]["n_dyads"] == 30
    done = isogloss(*command, "--control", "fertility", cwd=tmp_path)
    assert done.returncode == 1
    assert "--tokenizer, --texts" in done.stderr


def test_torch_is_not_imported(tmp_path):
    commands = [
        ["correlate", "--published", "pawsx-mbert", "--distance", "syntactic", "--json", "out.json"],
        ["correlate", "none.csv"],
        ["power", "--design", "8x6", "--distance", "geographic"],
    ]
    done, imported = in_turn([(arguments, tmp_path) for arguments in commands])
    assert [one.returncode for one in done] == [0, 1, 0]
    assert imported == []


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("correlate",), "no score table"),
        (("correlate", "none.csv"), "no such score table"),
        (("power", "--design", "6 by 6"), "'6 by 6' is not a valid design"),
        (("power", "--design", "90x6"), "40 languages for a side of 90"),
    ],
)
def test_errors_end_with_one_message_and_exit_code_1(tmp_path, arguments, said):
    done = isogloss(*arguments, cwd=tmp_path)
    assert done.returncode == 1
    assert done.stderr.startswith("isogloss: error: ")
    assert said in done.stderr


def test_power_of_a_planned_design(tmp_path):
    done = isogloss("power", "--design", "8x6", "--distance", "geographic", "--json", tmp_path / "plan.json")
    assert done.returncode == 0, done.stderr
    assert "found with 80%" in done.stdout
    plan = json.loads((tmp_path / "plan.json").read_text())
    (test,) = plan["tests"]
    _, powers = zip(*test["curve"], strict=True)
    assert list(powers) == sorted(powers)
    assert dict(test["curve"])[test["min_detectable"]] == pytest.approx(0.8, abs=0.02)
    done = isogloss(
        *("power", "--design", "3x2", "--langs", "de,fr,fi,ja,ko", "--distance", "geographic", "--sd", "2")
    )
    assert done.returncode == 0, done.stderr
    assert "residual deviation 2 points" in done.stdout


def test_power_counts_the_distances_that_can_be_tested(tmp_path):
    """Sign languages: only their places are on record, so that one test is at the whole level."""
    design = ("power", "--design", "1x4", "--langs", "en", "--targets", "ase,bfi,fsl,tlh")
    done = isogloss(*design, "--json", tmp_path / "plan.json")
    assert done.returncode == 0, done.stderr
    plan = json.loads((tmp_path / "plan.json").read_text())
    assert [test["distance"] for test in plan["tests"]] == ["geographic"]
    assert plan["level"] == 0.05


def test_power_knows_what_ties_leave(tmp_path):
    """Five of seven languages are equally far from English by family: 5! of 7! orders change nothing."""
    design = ("power", "--design", "1x7", "--langs", "en", "--targets", "de,fr,ja,zh,ko,fi,tr")
    for distance, least in (("genetic", 120 / 5040), ("syntactic", 1 / 1000)):
        done = isogloss(*design, "--distance", distance, "--json", tmp_path / "plan.json")
        assert done.returncode == 0, done.stderr
        (test,) = json.loads((tmp_path / "plan.json").read_text())["tests"]
        assert test["p_min"] == pytest.approx(least, rel=0.5)


def test_a_pilot_of_equal_scores_has_no_deviation(tmp_path):
    rows = [f"{a},{b},0.7" for a in ("en", "de", "fr", "es") for b in ("ja", "ko", "zh", "fi")]
    (tmp_path / "pilot.csv").write_text("\n".join(["source,target,score", *rows]))
    done = isogloss("power", "--design", "8x6", "--pilot", "pilot.csv", cwd=tmp_path)
    assert done.returncode == 1
    assert "scores that do not vary enough" in done.stderr
    done = isogloss("correlate", "pilot.csv", "--json", "", cwd=tmp_path)
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
