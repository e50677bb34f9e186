"""Statistics of other programs on one small table: lme4, vegan and sna of R, and scikit-bio.

``statistics/make.py`` wrote the table and scikit-bio's values, ``statistics/make.R`` those of R.
"""

import csv
from pathlib import Path

import numpy as np
import pytest

from isogloss.statistics.effects import AdditiveEffects
from isogloss.statistics.permutations import language_permutations
from isogloss.statistics.reml import DyadCells, fit_reml
from isogloss.statistics.semipartial import double_semi_partialling
from isogloss.statistics.sensitivity.base import SENSITIVITY, Dyads

FOLDER = Path(__file__).parent / "statistics"


def values_of(name):
    with (FOLDER / name).open(encoding="utf-8") as handle:
        return {row["name"]: row["value"] for row in csv.DictReader(handle)}


@pytest.fixture(scope="module")
def r():
    return values_of("references.csv")


@pytest.fixture(scope="module")
def skbio():
    return values_of("skbio.csv")


@pytest.fixture(scope="module")
def table():
    with (FOLDER / "dyads.csv").open(encoding="utf-8") as handle:
        rows = list(csv.DictReader(handle))
    ids = sorted({row["source"] for row in rows})
    out = {name: np.full((len(ids), len(ids)), np.nan) for name in ("score", "near", "far")}
    for row in rows:
        for name, matrix in out.items():
            matrix[ids.index(row["source"]), ids.index(row["target"])] = float(row[name])
    return ids, out


def monte_carlo(p):
    """Three standard errors of the difference of two p-values from 9,999 permutations each."""
    return 3 * np.sqrt(2 * max(p * (1 - p), 1e-4) / 9999)


def dyads(table, distance):
    ids, of = table
    symmetric = (of["score"] + of["score"].T) / 2
    return Dyads(symmetric, of[distance], ids, ids)


@pytest.mark.parametrize("distance", ["near", "far"])
def test_the_mantel_test_equals_that_of_vegan_and_scikit_bio(table, r, skbio, distance):
    found = SENSITIVITY["pearson_qap"](dyads(table, distance), 9999, np.random.default_rng(0))
    assert found.estimate == pytest.approx(float(r[f"vegan_mantel_{distance}"]), abs=1e-9)
    assert found.estimate == pytest.approx(float(skbio[f"pearson_{distance}"]), abs=1e-9)
    for p in (float(r[f"vegan_mantel_p_two_sided_{distance}"]), float(skbio[f"pearson_p_{distance}"])):
        assert found.p_value == pytest.approx(p, abs=monte_carlo(p))


@pytest.mark.parametrize("distance", ["near", "far"])
def test_the_mantel_test_of_ranks_equals_that_of_scikit_bio(table, skbio, distance):
    found = SENSITIVITY["spearman_qap"](dyads(table, distance), 9999, np.random.default_rng(0))
    assert found.estimate == pytest.approx(float(skbio[f"spearman_{distance}"]), abs=1e-9)
    p = float(skbio[f"spearman_p_{distance}"])
    assert found.p_value == pytest.approx(p, abs=monte_carlo(p))


def test_the_mixed_model_equals_that_of_lme4(table, r):
    ids, of = table
    mask = np.isfinite(of["score"])
    cells = DyadCells.of(mask, ids, ids)
    x = of["near"][mask]
    fit = fit_reml(cells, of["score"][mask], np.column_stack([np.ones_like(x), x]))
    assert fit.coefficients[0] == pytest.approx(float(r["lme4_intercept"]), rel=1e-5)
    assert fit.coefficients[1] == pytest.approx(float(r["lme4_slope"]), rel=1e-5)
    assert np.sqrt(fit.residual * fit.covariance[1, 1]) == pytest.approx(float(r["lme4_slope_se"]), rel=1e-4)
    assert fit.criterion == pytest.approx(float(r["lme4_criterion"]), abs=1e-5)
    for ours, theirs in (
        *(("row", "source"), ("column", "target"), ("pair", "pair"), ("residual", "Residual")),
    ):
        assert fit.variances[ours] == pytest.approx(float(r[f"lme4_variance_{theirs}"]), rel=1e-3)


def test_the_sensitivity_method_reports_the_slope_of_the_mixed_model(table, r):
    ids, of = table
    found = SENSITIVITY["mixed"](Dyads(of["score"], of["near"], ids, ids), 999, np.random.default_rng(0))
    assert found.estimate == pytest.approx(float(r["lme4_slope"]), rel=1e-4)
    assert found.p_value < 0.01


@pytest.mark.parametrize(("tested", "other"), [("near", "far"), ("far", "near")])
def test_mrqap_equals_that_of_sna(table, r, tested, other):
    ids, of = table
    permutations = language_permutations(ids, ids, n_permutations=9999, rng=np.random.default_rng(0))
    found = double_semi_partialling(
        of["score"], of[tested], of[other][None], ids, ids, permutations, AdditiveEffects.mean
    )
    correlation = found.correlation[0]
    degrees = found.n - 3
    assert found.slope == pytest.approx(float(r[f"sna_slope_{tested}"]), rel=1e-8)
    assert correlation * np.sqrt(degrees / (1 - correlation**2)) == pytest.approx(
        float(r[f"sna_t_{tested}"]), rel=1e-8
    )
    dyad = Dyads(of["score"], of[tested], ids, ids, others={other: of[other]})
    result = SENSITIVITY["mrqap"](dyad, 9999, np.random.default_rng(0))
    p = float(r[f"sna_p_{tested}"])
    assert result.p_value == pytest.approx(p, abs=monte_carlo(p))
