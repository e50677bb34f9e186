"""Files, CLDF folders and URIEL+ together with the distances of isogloss, wherever distances are named."""

from pathlib import Path

import pytest
from score_tables import cell

import isogloss as ig
from isogloss.distances import DistanceSpec, distance_matrices
from isogloss.errors import AnalysisError, FieldError, RegistryError
from isogloss.languages import resolve_all
from isogloss.scores.table import ScoreTable

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


def matrices(**options):
    return DistanceSpec(**options).matrices(LANGUAGES)


def test_every_source_takes_part_under_its_name(tmp_path: Path) -> None:
    found = matrices(
        distances="genetic",
        distance_files=written(tmp_path, "speech"),
        cldf=[atlas(tmp_path)],
        urielplus=True,
    )
    assert list(found)[:3] == ["genetic", "speech", "atlas"]
    assert "urielplus-syntactic" in found
    assert found["speech"].between(LANGUAGES[:1], LANGUAGES[1:]).tolist() == [[0.1, 0.2]]
    assert found["atlas"].shared[0].tolist() == [60, 60, 0]
    assert found.notes == ()


def test_the_users_own_are_added_to_the_built_in_ones_unless_these_are_left_out(tmp_path: Path) -> None:
    own = written(tmp_path, "speech")
    assert list(matrices(distance_files=own)) == [*matrices(), "speech"]
    assert list(matrices(distances="none", distance_files=own)) == ["speech"]
    assert list(distance_matrices(LANGUAGES, "genetic", distance_files=own)) == ["genetic", "speech"]


def test_a_source_named_among_the_distances_is_there_once(tmp_path: Path) -> None:
    assert list(matrices(distances="speech", distance_files=written(tmp_path, "speech"))) == ["speech"]


def test_a_distance_of_the_user_replaces_a_built_in_one_that_is_not_used(tmp_path: Path) -> None:
    own = written(tmp_path, "syntactic")
    assert matrices(distances="none", distance_files=own)["syntactic"].definition == "given"
    for names in ("syntactic", "all"):
        with pytest.raises(FieldError, match="two distances are called 'syntactic'"):
            matrices(distances=names, distance_files=own)


def test_a_matrix_may_not_bear_the_name_of_another() -> None:
    matrix = distance_matrices(LANGUAGES, ["genetic"])["genetic"]
    table = ScoreTable.of([cell(target, 0.5, source="de") for target in ("nl", "fr")])
    with pytest.raises(AnalysisError, match="two distances are called 'genetic'"):
        ig.correlate(table, distances=["genetic", matrix])


def test_an_unknown_name_is_looked_up_among_the_users_own_too(tmp_path: Path) -> None:
    with pytest.raises(RegistryError, match=r"no distance 'speach'\n.*did you mean 'speech'"):
        matrices(distances="speach", distance_files=written(tmp_path, "speech"))


WITHOUT_KNN = (
    "genetic distance: no definition 'knn' of the distance 'genetic'",
    "geographic distance: no definition 'knn' of the distance 'geographic'",
)


def test_of_all_those_without_the_definition_are_left_out_and_named() -> None:
    """The same everywhere: Python, study files and the command line use one spec."""
    for found in (matrices(definition="knn"), distance_matrices(LANGUAGES, definition="knn")):
        assert set(found) == {"featural", "inventory", "phonological", "syntactic"}
        assert found.notes == WITHOUT_KNN
    with pytest.raises(RegistryError, match="no definition 'knn' of the distance 'genetic'"):
        matrices(distances="genetic", definition="knn")


def test_every_wrong_option_is_named_at_once() -> None:
    with pytest.raises(FieldError) as caught:
        ig.correlate(ig.published_scores("pawsx-mbert"), alhpa=0.1, n_permutations=3, definition="unknown")
    message = str(caught.value)
    assert "unknown option 'alhpa'" in message
    assert "did you mean 'alpha'" in message
    assert "3 is out of range\n  where:   n_permutations\n  allowed: 99 or more\n  next: " in message
    assert "'unknown' is not a valid value\n  where:   definition\n  allowed: did you mean 'knn'? " in message
