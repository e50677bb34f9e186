"""Single behaviours of the distances."""

import io
import subprocess
import sys
import zipfile
from pathlib import Path

import numpy as np
import pytest

from isogloss.distances import DISTANCES, distance_matrices
from isogloss.errors import DataError, LanguageError, RegistryError
from isogloss.languages import Language, _uriel, resolve, resolve_all


def between(metric: str, a: str, b: str, definition: str = "shared") -> float:
    return float(DISTANCES[metric](resolve_all([a, b]), definition).values[0, 1])


def test_several_metrics_at_once_in_the_order_asked_for() -> None:
    found = distance_matrices(resolve_all(["de", "nl"]), ["genetic", "syntactic"])
    assert list(found) == ["genetic", "syntactic"]
    assert found["syntactic"].metric == "syntactic"
    assert found["syntactic"].source == "URIEL, lang2vec 1.1.2"


def test_a_single_name_is_no_list_of_letters(tmp_path: Path) -> None:
    path = tmp_path / "mine.csv"
    path.write_text("a,b,value\nde,nl,0.5\n", encoding="utf-8")
    found = distance_matrices(["de", "nl"], "genetic", composite="mine", distance_files=path)
    assert list(found) == ["genetic", "mine", "composite"]
    assert distance_matrices("de", "genetic")["genetic"].ids == ("deu",)


def test_no_metric_is_an_empty_table() -> None:
    frame = distance_matrices(["de", "nl"], []).to_frame()
    assert list(frame.columns) == ["a", "b", "metric", "definition", "value", "shared", "union"]
    assert frame.empty


def test_a_language_that_the_matrix_lacks() -> None:
    matrix = distance_matrices(["de", "nl"], ["genetic"])["genetic"]
    assert matrix.index(resolve("Dutch")) == matrix.index("nld") == 1
    with pytest.raises(LanguageError, match=r"no language 'fra' in the matrix .*'genetic'\n.*deu, nld"):
        matrix.index(resolve("fr"))


def test_registry_lists_the_six() -> None:
    assert set(DISTANCES) >= {"featural", "genetic", "geographic", "inventory", "phonological", "syntactic"}


def test_unknown_metric() -> None:
    with pytest.raises(RegistryError, match=r"no distance 'syntatic'\n  allowed: did you mean 'syntactic'"):
        distance_matrices(resolve_all(["de", "nl"]), ["syntatic"])


@pytest.mark.parametrize("metric", list(DISTANCES))
def test_unknown_definition(metric: str) -> None:
    with pytest.raises(
        RegistryError, match=f"no definition 'sharde' of the distance '{metric}'.*\n.*'shared'"
    ):
        DISTANCES[metric](resolve_all(["de", "nl"]), "sharde")


@pytest.mark.parametrize("metric", list(DISTANCES))
def test_one_language_under_two_codes(metric: str) -> None:
    with pytest.raises(LanguageError, match=r"'zh' and 'cmn' are one language, Mandarin Chinese \(cmn\)"):
        DISTANCES[metric](resolve_all(["de", "zh", "cmn"]))


@pytest.mark.parametrize("metric", list(DISTANCES))
def test_no_language(metric: str) -> None:
    with pytest.raises(LanguageError, match=f"no languages to compute the distance '{metric}' of"):
        DISTANCES[metric]([])


@pytest.mark.parametrize("metric", list(DISTANCES))
def test_one_language_alone(metric: str) -> None:
    found = DISTANCES[metric](resolve_all(["de"]))
    assert found.values.tolist() == [[0.0]]


def test_genetic_shared_by_hand() -> None:
    # English has 9 nodes, German 6, in common are Indo-European, Germanic, Northwest and West Germanic.
    assert between("genetic", "en", "de") == pytest.approx(1 - 2 * 4 / (9 + 6 + 2))


def test_genetic_uriel_divides_by_the_depth_of_the_earlier_code() -> None:
    assert between("genetic", "en", "de", "uriel") == pytest.approx(1 - 4 / 7)  # deu < eng
    assert between("genetic", "de", "en", "uriel") == pytest.approx(1 - 4 / 7)
    assert "comes first in the alphabet" in DISTANCES["genetic"](resolve_all(["de", "en"]), "uriel").notes[0]


def test_isolate_is_unrelated_but_a_missing_classification_is_unknown() -> None:
    assert between("genetic", "eu", "en") == 1.0
    found = DISTANCES["genetic"](resolve_all(["nn", "en"]))
    assert np.isnan(found.values[0, 1])
    assert found.shared[0, 1] == 0
    assert found.notes == ("nno: no classification on record",)


def test_geographic_is_close_to_the_great_circle() -> None:
    (lat_a, lon_a), (lat_b, lon_b) = np.radians([resolve("de").coordinates, resolve("ja").coordinates])
    cosine = np.sin(lat_a) * np.sin(lat_b) + np.cos(lat_a) * np.cos(lat_b) * np.cos(lon_a - lon_b)
    assert between("geographic", "de", "ja") == pytest.approx(np.arccos(cosine) / np.pi, abs=0.01)


def test_code_without_a_place_is_at_no_distance() -> None:
    found = DISTANCES["geographic"]([resolve("de"), Language("mis", "no language", "mis")])
    assert np.isnan(found.values[0, 1])
    assert found.shared[0, 1] == 0
    assert found.notes == ("mis: no place on record",)


def test_place_of_a_language_without_facts_is_its_macrolanguages() -> None:
    found = DISTANCES["geographic"](resolve_all(["lv", "lt"]))
    assert found.notes == ("lvs: the place is that of URIEL's record of the macrolanguage lav",)


def test_shared_leaves_out_what_is_unknown_and_uriel_calls_it_absent() -> None:
    # Kazakh has 12 syntactic features on record.
    assert np.isnan(between("syntactic", "kk", "en"))
    assert 0 < between("syntactic", "kk", "en", "uriel") < 1
    assert 0 < between("syntactic", "kk", "en", "knn") < 1


def test_macrolanguage_record_stands_in_and_is_noted() -> None:
    found = DISTANCES["syntactic"](resolve_all(["et", "fi"]))
    assert found.shared[0, 1] > 60
    assert found.notes == ("ekk: 48 of 75 known features come from URIEL's record of the macrolanguage est",)


def test_macrolanguage_record_describes_no_other_member() -> None:
    found = DISTANCES["syntactic"](resolve_all(["nn", "en"]))  # URIEL has nor and nob, and nothing for nno
    assert found.shared[0, 1] == 0
    assert np.isnan(found.values[0, 1])
    assert found.notes == ()


def test_uriel_notes_vectors_of_ones() -> None:
    found = DISTANCES["inventory"](resolve_all(["lv", "en"]), "uriel")
    assert found.notes == ("lvs: no feature on record as present; as in URIEL a vector of ones stands in",)
    assert found.shared[0, 1] == 0
    assert found.threshold == 0


def test_knn_notes_what_is_imputed_and_keeps_the_counts() -> None:
    found = DISTANCES["syntactic"](resolve_all(["kk", "en"]), "knn")
    assert "kaz: 86 of 98 features are imputed" in found.notes
    assert found.shared[0, 1] == 12


def test_condensed_arrays_say_what_the_full_ones_say() -> None:
    for file in ("features", "feature_predictions"):
        full = np.concatenate(list(_uriel.blocks(file)))
        np.testing.assert_array_equal(_uriel.condensed(file), full.max(axis=-1))
    members = np.concatenate(list(_uriel.blocks("family_features")))[..., 0] > 0
    for row, path in enumerate(_uriel.condensed("family_features")):
        np.testing.assert_array_equal(path[path >= 0], np.flatnonzero(members[row]))


def test_rows_in_any_order_and_repeated() -> None:
    codes = ("zzj", "deu", "no such", "deu")
    rows = _uriel.typology("features", codes)
    position = _uriel.positions("features")
    for code, row in zip(codes, rows, strict=True):
        expected = _uriel.condensed("features")[position[code]] if code in position else _uriel.UNKNOWN
        np.testing.assert_array_equal(row, np.broadcast_to(expected, row.shape))


def test_arrays_are_those_that_numpy_reads() -> None:
    with np.load(_uriel.data_folder() / "geocoord_features.npz") as archive:
        np.testing.assert_array_equal(
            np.concatenate(list(_uriel.blocks("geocoord_features"))), archive["data"]
        )


@pytest.mark.parametrize("content", [b"", b"not a zip", "truncated"])
def test_damaged_array(content: bytes | str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    if content == "truncated":
        buffer = io.BytesIO()
        np.savez_compressed(buffer, data=np.zeros((40, 3, 1), np.float32), langs=np.array(["deu"]))
        content = buffer.getvalue()[:150]
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "features.npz").write_bytes(content)
    monkeypatch.setattr(_uriel, "data_folder", lambda: tmp_path / "data")
    with pytest.raises(
        DataError, match=r"(?s)URIEL's array cannot be read: .*features.npz.*reinstall the data"
    ):
        list(_uriel.blocks("features"))


def test_too_few_rows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    buffer = io.BytesIO()
    np.save(buffer, np.zeros((40, 3, 1), np.float32))
    (tmp_path / "data").mkdir()
    with zipfile.ZipFile(tmp_path / "data" / "features.npz", "w") as archive:
        archive.writestr("data.npy", buffer.getvalue()[:-8])
    monkeypatch.setattr(_uriel, "data_folder", lambda: tmp_path / "data")
    with pytest.raises(DataError, match="cannot be read"):
        list(_uriel.blocks("features"))


def test_a_script_of_the_same_name_does_not_hide_the_arrays(tmp_path: Path) -> None:
    (tmp_path / "lang2vec.py").write_text("")
    (tmp_path / "main.py").write_text(
        "from isogloss.languages import resolve\nprint(resolve('de').family[0])\n"
    )
    done = subprocess.run(
        [sys.executable, str(tmp_path / "main.py")], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "Indo-European" in done.stdout
