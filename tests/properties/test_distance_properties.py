"""What holds for every distance of the registry, and fast code against naive code."""

import math
from collections.abc import Sequence
from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal

from isogloss.distances import DISTANCES, DistanceMatrix
from isogloss.distances import feature_records as _records
from isogloss.distances.metrics._angular import angular
from isogloss.distances.metrics._typological import columns
from isogloss.languages import Language, _uriel, recorded, resolve_all
from isogloss.languages.records import represented_macrolanguage

# The 49 languages of XTREME (NER and POS), and some of which little or nothing is on record.
XTREME = (
    "af ar az bg bn de el en es et eu fa fi fr gu he hi hu id it ja jv ka kk ko lt ml mr ms my nl pa pl pt "
    "qu ro ru sw ta te th tl tr uk ur vi wo yo zh"
)
LITTLE_ON_RECORD = "yi nn lv fil ltg"
CODES = f"{XTREME} {LITTLE_ON_RECORD}".split()
LANGUAGES = resolve_all(CODES)


TYPOLOGICAL = [
    ("syntactic", ("S_",)),
    ("phonological", ("P_",)),
    ("inventory", ("INV_",)),
    ("featural", ("S_", "P_", "INV_")),
]
DEFINED = [
    (metric, definition)
    for metric in DISTANCES
    for definition in ("shared", "uriel", "knn")
    if definition != "knn" or metric in dict(TYPOLOGICAL)  # elsewhere there is nothing to impute
]


def matrix(metric: str, definition: str, languages: Sequence[Language] = LANGUAGES) -> DistanceMatrix:
    return DISTANCES[metric](languages, definition)


@pytest.mark.parametrize(("metric", "definition"), DEFINED)
def test_symmetric_with_zero_diagonal_in_the_unit_interval(metric: str, definition: str) -> None:
    found = matrix(metric, definition)
    assert_array_equal(found.values, found.values.T)
    assert_array_equal(found.shared, found.shared.T)
    assert_array_equal(found.union, found.union.T)
    assert_array_equal(np.diag(found.values), 0)
    known = found.values[~np.isnan(found.values)]
    assert known.min() >= 0
    assert known.max() <= (20_038 if found.unit == "km" else 1)  # half the circumference
    assert np.all(found.shared <= found.union)
    assert found.languages == LANGUAGES


@pytest.mark.parametrize(("metric", "definition"), DEFINED)
def test_order_of_the_languages_is_irrelevant(metric: str, definition: str) -> None:
    order = list(range(len(LANGUAGES)))
    Random(3).shuffle(order)
    found, shuffled = matrix(metric, definition), matrix(metric, definition, [LANGUAGES[i] for i in order])
    assert_array_equal(shuffled.values, found.values[np.ix_(order, order)])
    assert_array_equal(shuffled.shared, found.shared[np.ix_(order, order)])
    assert sorted(shuffled.notes) == sorted(found.notes)


@pytest.mark.parametrize(("metric", "definition"), DEFINED)
def test_other_languages_in_the_matrix_are_irrelevant(metric: str, definition: str) -> None:
    some = [LANGUAGES[i] for i in (7, 20, 48, 2)]
    alone, among = matrix(metric, definition, some), matrix(metric, definition)
    assert_array_equal(alone.values, among.between(some, some))


@pytest.mark.parametrize("metric", list(DISTANCES))
def test_too_little_evidence_is_nan_and_never_a_number(metric: str) -> None:
    found = matrix(metric, "shared")
    off_diagonal = ~np.eye(len(LANGUAGES), dtype=bool)
    assert found.threshold >= 1
    too_little = (found.shared < found.threshold) & off_diagonal
    assert np.isnan(found.values[too_little]).all()
    assert not np.isnan(found.values[(found.shared >= found.threshold) & off_diagonal]).any()


@pytest.mark.parametrize(("metric", "prefixes"), TYPOLOGICAL)
def test_shared_agrees_with_two_loops(
    metric: str, prefixes: tuple[str, ...], any_languages: list[Language]
) -> None:
    some = list(dict.fromkeys((*LANGUAGES[::2], *any_languages[:30])))
    found = matrix(metric, "shared", some)
    facts, _ = _records.filled(some, columns(prefixes))
    for a in range(len(some)):
        for b in range(len(some)):
            pairs = [(int(x), int(y)) for x, y in zip(facts[a], facts[b], strict=True) if x >= 0 and y >= 0]
            assert found.shared[a, b] == len(pairs)
            assert found.union[a, b] == sum(x >= 0 or y >= 0 for x, y in zip(facts[a], facts[b], strict=True))
            norms = math.sqrt(sum(x * x for x, _ in pairs) * sum(y * y for _, y in pairs))
            if a == b:
                expected = 0.0
            elif len(pairs) < found.threshold or norms == 0:
                expected = math.nan
            else:
                expected = 2 / math.pi * math.acos(min(1.0, sum(x * y for x, y in pairs) / norms))
            assert_allclose(found.values[a, b], expected, atol=1e-6)


def raw(file: str) -> tuple[np.ndarray, dict[str, int], list[str]]:
    with np.load(_uriel.data_folder() / f"{file}.npz") as arrays:
        rows = {str(code): row for row, code in enumerate(arrays["langs"])}
        return arrays["data"], rows, [str(name) for name in arrays["feats"]]


def angle(x: np.ndarray, y: np.ndarray) -> float:
    x, y = (vector if vector.any() else np.ones_like(vector) for vector in (x, y))
    return 2 / math.pi * math.acos(min(1.0, float(x @ y) / math.sqrt(float(x @ x) * float(y @ y))))


@pytest.fixture(scope="module")
def any_languages() -> list[Language]:
    """Random languages that represent no macrolanguage, so that their own record is used."""
    candidates = [x for x in recorded() if represented_macrolanguage(x.id) is None]
    return Random(5).sample(candidates, 60)


def test_uriel_from_the_raw_arrays_of_random_languages(any_languages: list[Language]) -> None:
    data, rows, names = raw("features")
    facts = data[[rows[x.id] for x in any_languages]].max(axis=-1).astype(float)
    facts[facts < 0] = 0
    facts[:, names.index("P_UVULARS")] = 0
    left_out = {"S_VOX", "S_XVO", "S_XOV", "S_OXV", "S_OVX"}
    for metric, prefixes in TYPOLOGICAL:
        vectors = facts[:, [name.startswith(prefixes) and name not in left_out for name in names]]
        expected = [[angle(x, y) if x is not y else 0.0 for y in vectors] for x in vectors]
        assert_allclose(matrix(metric, "uriel", any_languages).values, expected, atol=1e-6)


def test_uriel_genetic_and_geographic_from_the_raw_arrays(any_languages: list[Language]) -> None:
    data, rows, _ = raw("family_features")
    paths = {x.id: data[rows[x.id], :, 0] > 0 for x in any_languages}
    found = matrix("genetic", "uriel", any_languages)
    for a, b in zip(*np.triu_indices(len(any_languages), 1), strict=True):
        first, second = sorted((any_languages[a].id, any_languages[b].id))
        if paths[first].any() and paths[second].any():
            expected = 1 - (paths[first] & paths[second]).sum() / (paths[first].sum() + 1)
            assert found.values[a, b] == pytest.approx(expected)
    data, rows, _ = raw("geocoord_features")
    points = data[[rows[x.id] for x in any_languages], :, 0].astype(float)
    largest = np.abs(points[:, None] - points[None]).max(axis=-1)
    known = matrix("geographic", "uriel", any_languages).values
    short = (known - largest)[~np.isnan(known)]
    assert short.min() > -1e-6  # the largest difference never exceeds the distance
    assert short.max() < 0.06
    assert np.quantile(short, 0.9) < 2e-3


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 600), st.integers(1, 12), st.integers(0, 2**32 - 1))
def test_angular_in_blocks_agrees_with_one_pair_at_a_time(n: int, width: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    vectors = rng.integers(0, 2, (n, width)).astype(np.int8)
    used = rng.random((n, width)) < 0.7
    values, shared, _ = angular(vectors, used)
    for a, b in rng.integers(0, n, (10, 2)):
        both = used[a] & used[b]
        x, y = vectors[a, both].astype(float), vectors[b, both].astype(float)
        assert shared[a, b] == both.sum()
        if x.any() and y.any():
            cosine = min(1.0, float(x @ y) / math.sqrt(float((x @ x) * (y @ y))))
            assert values[a, b] == pytest.approx(2 / math.pi * math.acos(cosine), abs=1e-6)
        else:
            assert math.isnan(values[a, b])


def test_most_languages_of_xtreme_have_a_syntactic_distance_to_english() -> None:
    found = matrix("syntactic", "shared")
    to_english = found.values[CODES.index("en"), : len(XTREME.split())]
    assert (~np.isnan(to_english)).sum() >= 45
    assert np.isnan(found.values[CODES.index("en"), CODES.index("yi")])
