"""Distances over the vectors of URIEL+: of an installation of our own making, and of the package itself."""

import importlib.util
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from isogloss.distances import distance_matrices
from isogloss.distances.sources.urielplus import Vectors
from isogloss.errors import DataError
from isogloss.languages import _cache, resolve_all

FEATURES = [f"S_{n}" for n in range(40)] + [f"M_{n}" for n in range(35)] + ["INV_1"]


def installed_as(spec: SimpleNamespace | None, monkeypatch: pytest.MonkeyPatch) -> None:
    real = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: spec if name == "urielplus" else real(name))


@pytest.fixture
def installation(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A package folder; its languages bear Glottocodes, as after `integrate_databases`."""
    spec = SimpleNamespace(origin=str(tmp_path / "urielplus" / "__init__.py"))
    installed_as(spec, monkeypatch)
    monkeypatch.setattr(_cache, "folder", lambda: tmp_path / "cache")
    (tmp_path / "urielplus" / "database" / "original_uriel").mkdir(parents=True)
    return tmp_path / "urielplus" / "database"


def vectors_file(path: Path) -> None:
    """German and Dutch agree on 30 of 40 features of syntax; Mandarin is known under its macrolanguage."""
    data = np.full((3, len(FEATURES), 2), -1.0)
    data[0, :40, 0] = 1
    data[1, :30, 1] = 1
    data[1, 30:40, 1] = 0
    data[0, 40:60, 0] = 1  # too few features of morphology are shared
    data[1, 40:60, 0] = 1
    data[2, :40, 1] = 1
    data[2, 0] = [np.nan, 0]
    np.savez(
        path,
        feats=np.array(FEATURES),
        langs=np.array(["stan1295", "dutc1256", "zho"]),
        data=data,
        sources=np.array(["WALS", "GRAMBANK"]),
    )


def test_vectors_of_a_user(installation: Path) -> None:
    vectors_file(installation / "features.npz")
    found = distance_matrices(
        ["de", "nl", "zh"], ["urielplus-syntactic", "urielplus-morphological"], urielplus=True
    )
    syntactic = found["urielplus-syntactic"]
    assert syntactic.values[0, 1] == pytest.approx(2 / np.pi * np.arccos(30 / np.sqrt(40 * 30)))
    assert syntactic.values[0, 2] == pytest.approx(2 / np.pi * np.arccos(39 / np.sqrt(40 * 39)))
    assert (syntactic.shared[0, 1], syntactic.union[0, 1]) == (40, 40)
    assert "(GRAMBANK, WALS)" in syntactic.source
    assert syntactic.notes == (
        "cmn: 40 of 40 known features come from URIEL+'s record of the macrolanguage zho",
    )
    assert np.isnan(found["urielplus-morphological"].values[0, 1])
    assert found["urielplus-morphological"].shared[0, 1] == 20


def test_groups_without_a_feature_are_no_metrics(installation: Path) -> None:
    vectors_file(installation / "original_uriel" / "features.npz")  # never used: the package's own copy
    assert Vectors.read().metrics == (
        "urielplus-featural", "urielplus-inventory", "urielplus-morphological", "urielplus-syntactic",
    )  # fmt: skip


def test_missing_package(monkeypatch: pytest.MonkeyPatch) -> None:
    installed_as(None, monkeypatch)
    with pytest.raises(DataError, match=r"(?s)urielplus is not installed.*isogloss\[urielplus\]"):
        Vectors.read()


@pytest.mark.parametrize("content", [b"", b"no archive"])
def test_damaged_vectors(content: bytes, installation: Path) -> None:
    (installation / "features.npz").write_bytes(content)
    with pytest.raises(DataError, match=r"(?s)vectors of URIEL\+ cannot be read.*features.npz.*reset"):
        Vectors.read()


def test_the_package_computes_the_same() -> None:
    from urielplus.urielplus import URIELPlus

    codes = ["deu", "nld", "fin", "jpn", "tur", "eus"]
    theirs = URIELPlus()
    ours = distance_matrices(resolve_all(codes), urielplus=True)
    for group in ("syntactic", "phonological", "inventory", "featural"):
        matrix = ours[f"urielplus-{group}"]
        expected = theirs.new_distance(group, codes)
        known = ~np.isnan(matrix.values)
        assert known.sum() > len(codes) ** 2 / 2
        np.testing.assert_allclose(matrix.values[known], expected[known], atol=5.1e-5)  # four decimals
