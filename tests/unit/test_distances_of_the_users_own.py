"""Files, CLDF folders and URIEL+ beside the distances of isogloss, where distances are tested."""

from pathlib import Path

import pytest
from score_tables import cell

from isogloss.analysis.correlate import distances_between
from isogloss.analysis.spec import AnalysisSettings
from isogloss.distances import distances
from isogloss.errors import AnalysisError, FieldError, RegistryError
from isogloss.languages import resolve_all
from isogloss.scores.table import ScoreTable
from isogloss.study.outputs.results import _distances

LANGUAGES = resolve_all(["de", "nl", "fr"])
PAIRS = "a,b,metric,value\nde,nl,{0},0.1\nde,fr,{0},0.2\nnl,fr,{0},0.3\n"


def written(tmp_path: Path, metric: str) -> Path:
    path = tmp_path / f"{metric}.csv"
    path.write_text(PAIRS.format(metric), encoding="utf-8")
    return path


def atlas(tmp_path: Path) -> Path:
    folder = tmp_path / "atlas"
    folder.mkdir()
    (folder / "languages.csv").write_text("ID,ISO639P3code\ng,deu\nd,nld\n", encoding="utf-8")
    rows = [f"{code}{p},{code},P{p},{p % n}" for code, n in (("g", 2), ("d", 3)) for p in range(60)]
    (folder / "values.csv").write_text(
        "\n".join(["ID,Language_ID,Parameter_ID,Value", *rows]), encoding="utf-8"
    )
    return folder


def test_every_source_takes_part_under_its_name(tmp_path: Path) -> None:
    found, notes = distances_between(
        LANGUAGES,
        ["genetic"],
        "shared",
        distance_files=[written(tmp_path, "speech")],
        cldf=[atlas(tmp_path)],
        urielplus=True,
    )
    assert list(found)[:3] == ["genetic", "speech", "atlas"]
    assert "urielplus-syntactic" in found
    assert found["speech"].between(LANGUAGES[:1], LANGUAGES[1:]).tolist() == [[0.1, 0.2]]
    assert found["atlas"].shared[0].tolist() == [60, 60, 0]
    assert notes == ()


def test_a_source_named_among_the_distances_is_there_once(tmp_path: Path) -> None:
    found, _ = distances_between(
        LANGUAGES, ["speech"], "shared", distance_files=[written(tmp_path, "speech")]
    )
    assert list(found) == ["speech"]


def test_what_isogloss_has_written_can_stand_in_for_its_own_distance_but_not_beside_it(
    tmp_path: Path,
) -> None:
    own = written(tmp_path, "syntactic")
    found, _ = distances_between(LANGUAGES, [], "shared", distance_files=[own])
    assert found["syntactic"].definition == "given"
    for names in (["syntactic"], ["all"]):
        with pytest.raises(FieldError, match="two distances are called 'syntactic'"):
            distances_between(LANGUAGES, names, "shared", distance_files=[own])


def test_a_matrix_may_not_bear_the_name_of_another(tmp_path: Path) -> None:
    matrix = distances(LANGUAGES, ["genetic"])["genetic"]
    with pytest.raises(AnalysisError, match="two distances are called 'genetic'"):
        distances_between(LANGUAGES, ["genetic", matrix], "shared")


def test_an_unknown_name_is_looked_up_among_the_users_own_too(tmp_path: Path) -> None:
    with pytest.raises(RegistryError, match=r"no distance 'speach'\n.*did you mean 'speech'"):
        distances_between(LANGUAGES, ["speach"], "shared", distance_files=[written(tmp_path, "speech")])


def test_of_all_those_without_the_definition_are_left_out_and_named() -> None:
    found, notes = distances_between(LANGUAGES, ["all"], "knn")
    assert set(found) == {"featural", "inventory", "phonological", "syntactic"}
    assert notes == (
        "genetic distance: no definition 'knn' of the distance 'genetic'",
        "geographic distance: no definition 'knn' of the distance 'geographic'",
    )


def test_a_report_reads_what_the_study_names(tmp_path: Path) -> None:
    settings = AnalysisSettings(
        distance_files=[str(written(tmp_path, "speech"))], cldf=[str(atlas(tmp_path))], urielplus=True
    )
    table = ScoreTable.of([cell(target, 0.5, source="de") for target in ("nl", "fr")])
    metrics = ("genetic", "speech", "atlas", "urielplus-syntactic")
    found = _distances(table, metrics, settings)
    assert tuple(found) == metrics
    assert found["speech"].values[0, 1] > 0
