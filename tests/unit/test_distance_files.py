"""Distance matrices of the user's own."""

from pathlib import Path

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from isogloss.distances.sources.files import merged, read_distances
from isogloss.errors import DataError, LanguageError
from isogloss.languages import resolve_all

SQUARE = ",de,nl,zh\nde,0,0.1,0.9\nnl,0.1,0,\nzh,0.9,,0\n"


PAIRS = (
    "a,b,metric,definition,value,shared,union\n"
    "de,nl,syntactic,shared,0.25,80,90\n"
    "de,fr,syntactic,shared,,3,90\n"
)


def written(tmp_path: Path, text: str, name: str = "speech.csv") -> Path:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return path


def test_square_table_takes_the_name_of_the_file(tmp_path: Path) -> None:
    found = read_distances(written(tmp_path, SQUARE))
    assert list(found) == ["speech"]
    matrix = found["speech"]
    assert matrix.definition == "given"
    assert matrix.ids == ("deu", "nld", "cmn")
    assert matrix.labels == ("de", "nl", "zh")
    assert_array_equal(matrix.values, [[0, 0.1, 0.9], [0.1, 0, np.nan], [0.9, np.nan, 0]])
    assert matrix.shared[0, 1] == 1
    assert matrix.shared[1, 2] == 0


def test_pairs_with_counts_and_metric(tmp_path: Path) -> None:
    matrix = read_distances(written(tmp_path, PAIRS))["syntactic"]
    assert matrix.values[1, 0] == 0.25
    assert np.isnan(matrix.values[0, 2])
    assert (matrix.shared[0, 1], matrix.union[1, 0]) == (80, 90)
    assert matrix.shared[2, 0] == 3
    assert np.isnan(matrix.values[1, 2])
    assert matrix.shared[1, 2] == 0


def test_a_known_direction_is_not_undone_by_an_unknown_one(tmp_path: Path) -> None:
    matrix = read_distances(written(tmp_path, "a,b,value\nde,nl,0.5\nnl,de,\n"))["speech"]
    assert matrix.values[0, 1] == matrix.values[1, 0] == 0.5


def test_upper_half_of_a_square_table_is_enough(tmp_path: Path) -> None:
    matrix = read_distances(written(tmp_path, ",de,nl\nde,0,0.5\nnl,,0\n"))["speech"]
    assert matrix.values.tolist() == [[0, 0.5], [0.5, 0]]


def test_other_languages_are_unknown_and_noted(tmp_path: Path) -> None:
    matrix = read_distances(written(tmp_path, SQUARE))["speech"].on(resolve_all(["en", "cmn", "de"]))
    assert matrix.values[2, 1] == 0.9
    assert np.isnan(matrix.values[0, 1:]).all()
    assert matrix.values[0, 0] == 0
    assert len(matrix.notes) == 1
    assert matrix.notes[0].startswith("eng: not in ")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "the distance file holds no distance"),
        (",de,nl\n", "the distance file holds no distance"),
        ("a,b,value\nde,nl,far\n", r"(?s)'far' is no distance.*line 2, column 'value'"),
        ("a,b,value\nde,nl,-0.1\n", "'-0.1' is no distance"),
        ("a,b,value\nde,nl,inf\n", "'inf' is no distance"),
        ("a,b,value\nde,nl\n", r"(?s)2 fields, the header has 3.*line 2"),
        ("a,b,value,shared,union\nde,nl,1,x,2\n", r"(?s)'x' is no count.*column 'shared'"),
        ("a,b,value\nde,de,0.3\n", "'de' is at distance 0.3 from itself"),
        (
            "a,b,value\nde,nl,0.3\nnl,de,0.4\n",
            r"(?s)two distances between 'nl' and 'de': 0.3 and 0.4.*line 2.*; .*line 3",
        ),
        (",de,nl\nde,0,0.3\nfr,0.3,0\n", "rows and columns name different languages: fr, nl"),
        (",de,nl\nde,0,0,3\nnl,0,3,0\n", "4 fields, the header has 3"),
        ("a,b,value\nde,nl,-inf\n", "'-inf' is no distance"),
        ("a,b,value\nde,nl,1e400\n", "'1e400' is no distance"),
        ("a,b,value\nde,nl,1_0\n", "'1_0' is no distance"),
        ("a,b,value\nde,nl,٣\n", "'٣' is no distance"),
        ("a,b,value,shared,union\nde,nl,1,5,3\n", r"(?s)5 shared facts of 3 in all.*line 2, columns"),
        ("a;b;value\nde;nl;0,1\n", r"(?s)parted by ';'.*line 1"),
        ("a\tb\tvalue\nde\tnl\t0.1\n", r"(?s)parted by '\\t'.*line 1"),
        ("a,b,value,value\nde,nl,0.1,0.2\n", "two columns are called 'value'"),
        ("a,b,distance\nde,nl,0.1\n", r"(?s)without a column 'value': a, b, distance.*line 1"),
        (",de,nl\nde,0,x\nnl,0,0\n", r"(?s)'x' is no distance.*line 2, column 'nl'"),
    ],
)
def test_malformed(text: str, message: str, tmp_path: Path) -> None:
    with pytest.raises(DataError, match=message):
        read_distances(written(tmp_path, text))


def test_unknown_and_repeated_languages_say_where(tmp_path: Path) -> None:
    with pytest.raises(LanguageError, match=r"(?s)no language 'qaa'.*line 3, column 'b'"):
        read_distances(written(tmp_path, "a,b,value\nde,nl,0.5\nde,qaa,0.5\n"))
    with pytest.raises(LanguageError, match=r"(?s)'zh' and 'cmn' are one language.*line 3"):
        read_distances(written(tmp_path, "a,b,value\nde,zh,0.5\nde,cmn,0.5\n"))


def test_missing_and_undecodable_files(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"(?s)cannot be read: No such file.*nowhere.csv"):
        read_distances(tmp_path / "nowhere.csv")
    path = tmp_path / "latin.csv"
    path.write_bytes(",de,nl\nde,0,é\n".encode("latin-1"))
    with pytest.raises(DataError, match="is not UTF-8"):
        read_distances(path)


def test_two_files_may_not_give_one_metric(tmp_path: Path) -> None:
    paths = [written(tmp_path, PAIRS, "one.csv"), written(tmp_path, PAIRS, "two.csv")]
    with pytest.raises(DataError, match=r"(?s)two files give the distance 'syntactic'.*one.csv; .*two.csv"):
        merged(paths)
