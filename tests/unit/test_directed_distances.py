"""A directed dissimilarity is tested in the same way from a file and from Python."""

from __future__ import annotations

import csv
import itertools

import pytest
from test_analysis import CODES, falling, given

import isogloss as ig
from isogloss.distances.matrix import DissimilarityMatrix
from isogloss.distances.sources.files import read_distances


def test_a_matrix_in_python_gives_what_its_file_gives(tmp_path):
    path = tmp_path / "directed.csv"
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["source", "target", "distance"])
        for number, (a, b) in enumerate(itertools.permutations(CODES, 2)):
            writer.writerow([a, b, (number * 7 % 31 + 1) / 32])
    matrix = read_distances(path)["directed"]
    assert isinstance(matrix, DissimilarityMatrix)
    table = falling(given())
    in_python = ig.correlate(table, distances=[matrix], n_permutations=99).analyses[0].primary
    alone = ig.correlate(table, distances=matrix, n_permutations=99).analyses[0].primary
    from_file = (
        ig.correlate(table, distances=["none"], distance_files=[str(path)], n_permutations=99)
        .analyses[0]
        .primary
    )
    assert [record.distance for record in in_python] == ["directed"]
    assert in_python[0].estimate == pytest.approx(from_file[0].estimate)
    assert in_python[0].p_value == from_file[0].p_value == alone[0].p_value
