"""In a world where labels mean nothing, the primary analysis rejects as often as its level says."""

import numpy as np
import pytest
from scipy.stats import binom

from isogloss.distances import distance_matrices
from isogloss.errors import AnalysisError
from isogloss.languages import resolve
from isogloss.statistics.primary import permutation_slope
from relabelling import relabelled_p_values

ROWS = ("nld", "swe", "spa", "ita", "rus", "fin", "tur")
COLUMNS = ("deu", "fra", "spa", "jpn", "kor", "cmn")
POOL = tuple(dict.fromkeys([*ROWS, *COLUMNS, "eng", "ind", "pol", "hin", "heb"]))
METRICS = ("genetic", "syntactic", "geographic")
N_SENTENCES = 400


@pytest.fixture(scope="module")
def pool():
    matrices = distance_matrices(tuple(resolve(code) for code in POOL), METRICS)
    return np.stack([matrix.values for matrix in matrices.values()])


def mini_like_scores(pool, rng, *, slope):
    """Accuracies of 400 sentences that fall with syntactic distance, with target and intermediate effects."""
    at = [[POOL.index(code) for code in margin] for margin in (ROWS, COLUMNS)]
    expected = 0.9 + rng.normal(0, 0.05, len(COLUMNS)) + rng.normal(0, 0.02, (len(ROWS), 1))
    expected = np.clip(expected + slope * pool[1][np.ix_(*at)], 0.5, 0.98)
    scores = rng.binomial(N_SENTENCES, expected) / N_SENTENCES
    own = np.array(ROWS)[:, None] == np.array(COLUMNS)
    return np.where(own, np.nan, scores)


@pytest.mark.parametrize("slope", [0.0, -0.6])
def test_random_labels_are_rejected_at_the_nominal_rate(pool, slope):
    """Also on scores with a true relation: under wrong labels it is not a relation."""
    rng = np.random.default_rng(7)
    values = mini_like_scores(pool, rng, slope=slope)
    p_values = relabelled_p_values(
        values, pool, ROWS, COLUMNS, n_relabellings=300, n_permutations=199, rng=rng
    )
    low, high = binom.interval(0.99, 300, 0.05)
    assert low <= (p_values <= 0.05).sum() <= high


def test_the_true_labels_are_found(pool):
    """The same test with the right labels finds the relation: the test is not blind."""
    rng = np.random.default_rng(7)
    values = mini_like_scores(pool, rng, slope=-0.6)
    at = [[POOL.index(code) for code in margin] for margin in (ROWS, COLUMNS)]
    true = pool[:, np.array(at[0])[:, None], np.array(at[1])]
    family = permutation_slope(values, true, ROWS, COLUMNS, n_permutations=999, rng=rng)
    assert family.results[1].p_family <= 0.05
    assert family.results[1].estimate < 0


def test_a_language_on_both_margins_keeps_one_label():
    """With a pool of exactly the design, relabelling permutes; the identity gives the test itself."""
    rng = np.random.default_rng(0)
    n = 5
    codes = tuple("abcde")
    points = rng.random((n, 2))
    distance = np.linalg.norm(points[:, None] - points[None], axis=-1)
    values = np.where(np.eye(n, dtype=bool), np.nan, rng.random((n, n)))

    class Identity:
        def permutation(self, size):
            return np.arange(size)

    p_values = relabelled_p_values(
        values, distance[None], codes, codes, n_relabellings=1, n_permutations=120, rng=Identity()
    )
    family = permutation_slope(
        values, distance[None], codes, codes, n_permutations=120, rng=np.random.default_rng(0)
    )
    assert p_values[0] == family.results[0].p_family


def test_constant_distances_test_nothing_and_bad_pools_are_refused():
    rng = np.random.default_rng(0)
    values, flat = rng.random((3, 3)), np.ones((1, 6, 6))
    design = (("a", "b", "c"), ("d", "e", "f"))
    assert relabelled_p_values(values, flat, *design, n_relabellings=2, rng=rng).tolist() == [1.0, 1.0]
    with pytest.raises(AnalysisError, match="5 languages to draw labels from, but 6 in the design"):
        relabelled_p_values(values, flat[:, :5, :5], *design, n_relabellings=2, rng=rng)
    with pytest.raises(AnalysisError, match="a distance of the pool is missing"):
        relabelled_p_values(values, np.where(flat, np.nan, 0), *design, n_relabellings=2, rng=rng)
