"""Published transfer scores: a naive p-value and one that permutes languages."""

import csv

import numpy as np
import pytest

from isogloss.distances import distance_matrices
from isogloss.languages import resolve
from isogloss.statistics.primary import permutation_slope
from isogloss.statistics.sensitivity.base import SENSITIVITY, Dyads

GLOTTOCODES = {
    "stan1318": "arb",
    "bulg1262": "bul",
    "stan1295": "deu",
    "mode1248": "ell",
    "stan1293": "eng",
    "stan1288": "spa",
    "stan1290": "fra",
    "hind1269": "hin",
    "russ1263": "rus",
    "swah1253": "swh",
    "thai1261": "tha",
    "nucl1301": "tur",
    "urdu1245": "urd",
    "viet1252": "vie",
    "mand1415": "cmn",
}
"""Of Glottolog, for the 15 languages of XNLI."""


@pytest.fixture(scope="module")
def xnli(shared_data):
    """The 15 x 15 matrix; its source says that rows of `transfer_lang` are the source languages."""
    with (shared_data / "published" / "langrank_xnli.csv").open(encoding="utf-8") as handle:
        scores = {
            (row["transfer_lang"], row["task_lang"]): float(row["accuracy"]) for row in csv.DictReader(handle)
        }
    codes = sorted(GLOTTOCODES)
    assert len(scores) == 225
    return np.array([[scores[a, b] for b in codes] for a in codes]), [GLOTTOCODES[code] for code in codes]


def test_the_naive_p_value_of_the_genetic_distance_is_far_below_the_permutation_p_value(xnli):
    values, ids = xnli
    genetic = distance_matrices([resolve(code) for code in ids], ["genetic"], "uriel")["genetic"].values
    dyads = Dyads(values, genetic, ids, ids)
    naive, permuted = (
        SENSITIVITY[name](dyads, 9999, np.random.default_rng(0)) for name in ("pearson", "pearson_qap")
    )
    assert naive.estimate == pytest.approx(permuted.estimate)
    assert naive.p_value == pytest.approx(0.0002, abs=5e-5)
    assert permuted.p_value == pytest.approx(0.055, abs=0.01)
    assert naive.n == permuted.n == 210


def test_the_primary_analysis_of_all_six_distances(xnli):
    values, ids = xnli
    names = ("featural", "genetic", "geographic", "inventory", "phonological", "syntactic")
    matrices = distance_matrices([resolve(code) for code in ids], names, "uriel")
    family = permutation_slope(
        values, np.stack([matrices[name].values for name in names]), ids, ids, rng=np.random.default_rng(0)
    )
    results = dict(zip(names, family.results, strict=True))
    for result in results.values():
        assert result.n == 210
        assert result.p_value <= result.p_family
    # What is left of target difficulty tells: the relation that the raw correlation hides behind it.
    for name in ("featural", "genetic", "geographic", "syntactic"):
        assert results[name].estimate < results[name].ci_high < 0
        assert results[name].p_family <= 0.05
    for name in ("inventory", "phonological"):
        assert results[name].p_family > 0.05
