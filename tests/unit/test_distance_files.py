"""Distance matrices of the user's own."""

import gzip
import zipfile
from pathlib import Path

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from isogloss.distances import DistanceCatalog, distance_matrices
from isogloss.distances.matrix import DissimilarityMatrix, DistanceMatrix
from isogloss.distances.sources.files import read_distances
from isogloss.errors import DataError, FieldError, LanguageError
from isogloss.languages import resolve_all

SQUARE = ",de,nl,zh\nde,0,0.1,0.9\nnl,0.1,0,\nzh,0.9,,0\n"


PAIRS = (
    "a,b,metric,definition,value,features,of\n"
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


@pytest.mark.parametrize("header", ["source,de,ru,zh", "de,ru,zh"])
def test_some_languages_by_others(tmp_path: Path, header: str) -> None:
    matrix = read_distances(written(tmp_path, f"{header}\nen,0.2,0.4,0.9\nru,0.3,0,0.7\n"))["speech"]
    at = {label: row for row, label in enumerate(matrix.labels)}
    known = {("en", "de"): 0.2, ("en", "ru"): 0.4, ("ru", "zh"): 0.7, ("zh", "en"): 0.9}
    assert {pair: matrix.values[at[pair[0]], at[pair[1]]] for pair in known} == known
    assert np.isnan(matrix.values[at["de"], at["zh"]])
    assert "2 rows x 3 columns" in matrix.notes[0]


def test_of_some_languages_by_others_unknown_ones_are_left_out(tmp_path: Path) -> None:
    text = "source,de,fr,ja,ko,xqz\n" + "".join(f"{code},.1,.2,.3,.4,.5\n" for code in ("en", "ru"))
    matrix = read_distances(written(tmp_path, text))["speech"]
    assert set(matrix.labels) == {"en", "ru", "de", "fr", "ja", "ko"}
    assert any("xqz" in note for note in matrix.notes)
    with pytest.raises(DataError, match="cannot be told"):
        read_distances(written(tmp_path, "source,id,rank\nen,1,2\nru,3,4\n", "facts.csv"))


@pytest.mark.parametrize("between", ["-", "_", "→", " to "])
def test_both_languages_in_one_column(tmp_path: Path, between: str) -> None:
    rows = [("en", "de", 0.2), ("en", "zh", 0.9), ("ru", "de", 0.3)]
    text = "pair,year,distance\n" + "".join(f"{a}{between}{b},2020,{value}\n" for a, b, value in rows)
    matrix = read_distances(written(tmp_path, text))["speech"]
    at = {label: row for row, label in enumerate(matrix.labels)}
    assert [matrix.values[at[b], at[a]] for a, b, _ in rows] == [value for *_, value in rows]
    with pytest.raises(DataError, match="no header"):
        read_distances(written(tmp_path, text.partition("\n")[2], "bare.csv"))


def test_a_path_may_be_a_string(tmp_path: Path) -> None:
    assert set(read_distances(str(written(tmp_path, SQUARE)))) == {"speech"}


def test_pairs_with_counts_and_metric(tmp_path: Path) -> None:
    matrix = read_distances(written(tmp_path, PAIRS))["syntactic"]
    assert matrix.values[1, 0] == 0.25
    assert np.isnan(matrix.values[0, 2])
    assert (matrix.shared[0, 1], matrix.union[1, 0]) == (80, 90)
    assert matrix.shared[2, 0] == 3
    assert np.isnan(matrix.values[1, 2])
    assert matrix.shared[1, 2] == 0
    assert matrix.notes == ()


def test_a_known_direction_is_not_undone_by_an_unknown_one(tmp_path: Path) -> None:
    matrix = read_distances(written(tmp_path, "a,b,value\nde,nl,0.5\nnl,de,\n"))["speech"]
    assert matrix.values[0, 1] == matrix.values[1, 0] == 0.5


@pytest.mark.parametrize(
    "text",
    [
        SQUARE,
        # Names on one side.
        "de,nl,zh\n0,0.1,0.9\n0.1,0,\n0.9,,0\n",
        "de,0,0.1,0.9\nnl,0.1,0,NA\nzh,0.9,NA,0\n",
        # Halves, ragged or filled up; R's corner; rows in another order; other signs between the fields.
        ",de,nl,zh\nde,0,0.1,0.9\nnl,,0,\nzh,,,0\n",
        ",de,nl,zh\nde,0\nnl,0.1,0\nzh,0.9,-,0\n",
        ",de,nl,zh\nde\nnl,0.1\nzh,0.9,-\n",
        "de\nnl,0.1\nzh,0.9,-\n",
        "de,nl,zh\nde,0,0.1,0.9\nnl,0.1,0,NA\nzh,0.9,NA,0\n",
        ",de,nl,zh\nzh,0.9,,0\nde,0,0.1,0.9\nnl,0.1,0,\n",
        "lang;de;nl;zh\nde;0;0,1;0,9\nnl;0,1;0;\nzh;0,9;;0\n",
        "\tde\tnl\tzh\nde\t0\t0,1\t0,9\nnl\t0,1\t0\t\nzh\t0,9\t\t0\n",
        "3\nde  0 0.1 0.9\nnl  0.1 0 NA\nzh  0.9 NA 0\n",
        '# made by hand\n,de,nl,zh\nde,"0","0,1","0,9"\nnl,"0,1",0,\nzh,"0,9",,0\n',
        # One row per pair.
        "from,to,value\nde,nl,0.1\nde,zh,.9\n",
        "source,target,dist\nde,nl,0.1\nzh,de,9e-1\n",
        "lang1,lang2,levenshtein\nde,nl,0.1\nde,zh,0.9\n",
        "Sprache A;Sprache B;Abstand\nGerman;Dutch;0,1\nGerman;Chinese;0,9\n",
        "id,iso_1,name_1,iso_2,name_2,year,d\n1,de,German,nl,Dutch,2001,0.1\n2,de,German,zh,Chinese,2002,0.9\n",
        "de_or_so\tand\tn\tthis far\nde\tnl\t7\t0.1\nde\tzh\t9\t0.9\n",
    ],
)
def test_every_layout_gives_one_matrix(text: str, tmp_path: Path) -> None:
    matrix = read_distances(written(tmp_path, text))["speech"]
    assert isinstance(matrix, DistanceMatrix)
    found = matrix.on(resolve_all(["de", "nl", "zh"]))
    assert_array_equal(found.values, [[0, 0.1, 0.9], [0.1, 0, np.nan], [0.9, np.nan, 0]])


def test_several_columns_of_numbers_are_a_metric_each(tmp_path: Path) -> None:
    text = (
        "target,source,accuracy,size of source,lexical,sound,word overlap\n"
        "de,nl,.8,5,0.1,0.2,0.7\nde,zh,.7,6,0.9,0.8,0.1\nnl,zh,.7,6,0.7,0.6,0.1\nnl,de,.9,7,0.1,0.3,0.7\n"
        "zh,de,.9,7,0.9,0.7,0.1\nzh,nl,.5,5,0.7,0.5,0.1\n"
    )
    found = read_distances(written(tmp_path, text))
    assert set(found) == {"lexical", "sound"}
    assert isinstance(found["lexical"], DistanceMatrix)
    assert isinstance(found["sound"], DissimilarityMatrix)
    sound = found["sound"].on(resolve_all(["nl", "de"]))
    assert (sound.values[0, 1], sound.values[1, 0]) == (0.2, 0.3)  # from the source to the target
    assert any("'word overlap' looks like a similarity" in note for note in found["sound"].notes)


def test_directed_values_stay_directed_and_that_is_said(tmp_path: Path) -> None:
    text = ",de,nl,zh\nde,0,0.1,0.9\nnl,0.2,0,0.8\nzh,0.7,0.5,0\n"
    matrix = read_distances(written(tmp_path, text))["speech"]
    assert isinstance(matrix, DissimilarityMatrix)
    assert matrix.values.tolist() == [[0, 0.1, 0.9], [0.2, 0, 0.8], [0.7, 0.5, 0]]
    assert "directed dissimilarity" in matrix.notes[-1]
    assert "'nl' to 'zh' 0.8, back 0.5" in matrix.notes[-1]
    given = distance_matrices(["zh", "de"], ["speech"], distance_files=[tmp_path / "speech.csv"])["speech"]
    assert (given.values[0, 1], given.values[1, 0]) == (0.7, 0.9)


def test_one_pair_that_differs_among_many_is_a_slip(tmp_path: Path) -> None:
    text = ",de,nl,zh\nde,0,0.1,0.9\nnl,0.1,0,0.8\nzh,0.6,0.8,0\n"
    with pytest.raises(DataError, match=r"(?s)1 of 3 pairs have two distances: 'de' to 'zh' 0.9, back 0.6"):
        read_distances(written(tmp_path, text))


def test_rounding_is_no_direction(tmp_path: Path) -> None:
    text = "a,b,value\nde,nl,0.3333333333\nnl,de,0.33333333\nde,zh,1\n"
    assert isinstance(read_distances(written(tmp_path, text))["speech"], DistanceMatrix)


@pytest.mark.parametrize(
    "text",
    [
        ",de,nl\nde,1,0.8\nnl,0.8,1\n",
        "a,b,similarity\nde,nl,0.8\n",
        "lang1,lang2,cosine_sim\nde,nl,0.8\n",
        "a,b,value\nde,de,100\nde,nl,80\n",
    ],
)
def test_similarities_are_refused(text: str, tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"(?s)looks like a similarity.*write 1 - similarity"):
        read_distances(written(tmp_path, text))
    assert read_distances(written(tmp_path, "a,b,dissimilarity\nde,nl,0.8\n"))


def test_kilometres(tmp_path: Path) -> None:
    assert read_distances(written(tmp_path, "a,b,distance_km\nde,nl,300\n"))["speech"].unit == "km"
    assert read_distances(written(tmp_path, "a,b,d\nde,nl,300\n"))["speech"].unit == ""


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
        ("a,b,value\nde,nl,far\n", r"(?s)'far' is not a valid distance.*line 2, column 'value'"),
        ("a,b,value\nde,nl,-0.1\n", "'-0.1' is not a valid distance"),
        ("a,b,value\nde,nl,inf\n", "'inf' is not a valid distance"),
        ("a,b,value\nde,nl\n", r"(?s)2 fields, the header has 3.*line 2"),
        ("a,b,value,features,of\nde,nl,1,x,2\n", r"(?s)'x' is not a valid count.*column 'features'"),
        (f"a,b,value,features,of\nde,nl,1,{'9' * 5000},2\n", r"'9+\.\.\.' is not a valid count"),
        ("a,b,value\nde,de,0.3\nde,nl,1\n", "'de' is at distance 0.3 from itself"),
        (
            "a,b,value\nde,nl,0.3\nde,nl,0.4\nde,fr,1\nde,fr,2\n",
            r"(?s)two distances from 'de' to 'nl': 0.3 and 0.4; 2 such pairs.*line 2.*; .*line 3",
        ),
        (",de,nl\nde,0,0.3\nfr,0.3,0\n", "rows and columns name different languages: fr, nl"),
        (",de,nl\nde,,0.3\nfr,0.3,-\n", "rows and columns name different languages: fr, nl"),
        (",de,nl\nde,0,0,3\nnl,0,3,0\n", "4 fields, the header has 3"),
        ("a,b,value\nde,nl,-inf\n", "'-inf' is not a valid distance"),
        ("a,b,value\nde,nl,1e400\n", "'1e400' is not a valid distance"),
        ("a,b,value\nde,nl,1_0\n", "'1_0' is not a valid distance"),
        ("a,b,value\nde,nl,٣\n", "'٣' is not a valid distance"),
        ("a,b,value\nde,nl,0.5\nde,fr,1,2\n", r"(?s)4 fields, the header has 3.*line 3"),
        ('a,b,value\nde,nl,0.5\nde,fr,"1,2"\n', "'1,2' is not a valid distance"),
        ("a,b,value,features,of\nde,nl,1,5,3\n", r"(?s)5 shared facts of 3 in all.*line 2, columns"),
        ("a,b,value,value\nde,nl,0.1,0.2\n", "two columns are called 'value'"),
        (",de,nl\nde,0,x\nnl,0,0\n", r"(?s)'x' is not a valid distance.*line 2, column 'nl'"),
        ("a,b,value\nde,nl,x\nde,fr,y\n", r"(?s)'x' is not .*, nor is 1 other.*line 2.*; .*line 3"),
        ("lang,value\nde,1\nnl,2\n", r"(?s)the two columns of languages cannot be told.*lang, value.*call"),
        ("p,q,r,value\nde,nl,fr,1\nnl,fr,de,2\n", r"columns with names or codes of languages: 3"),
        ("de,nl,1\nde,fr,2\n", r"(?s)the table has no header.*a, b, value"),
        ("a,b,what\nde,nl,it\nde,fr,is\n", "'it' is not a valid distance, nor is 1 other"),
        (f"a,b,value\nde,nl,{'y' * 200_000}\n", r"(?s)a field of 200,000 characters.*line 2"),
        (f"a,b,value\nde,nl,{'y' * 120_000}\n", r"(?s)a field of 120,000 characters.*line 2"),
        (
            "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n",
            r"(?s)pointer of Git LFS.*git lfs pull",
        ),
        ("a,b,value\nde,nl,1\0\n", r"(?s)NUL character.*line 2"),
    ],
)
def test_malformed(text: str, message: str, tmp_path: Path) -> None:
    with pytest.raises(DataError, match=message):
        read_distances(written(tmp_path, text))


def test_unknown_languages_are_left_out_and_listed(tmp_path: Path) -> None:
    text = "a,b,value\nde,nl,0.5\nde,Atlantean,0.5\nqaa,nl,0.5\n"
    matrix = read_distances(written(tmp_path, text))["speech"]
    assert matrix.ids == ("deu", "nld")
    assert matrix.notes == ("speech.csv: left out, since they denote no one language: 'Atlantean', 'qaa'",)
    with pytest.raises(LanguageError, match=r"(?s)2 codes or names denote no language.*Atlantean.*line 2"):
        read_distances(written(tmp_path, "a,b,value\nde,Atlantean,0.5\nde,qaa,0.5\n"))


def test_the_second_name_of_a_language_is_left_out(tmp_path: Path) -> None:
    matrix = read_distances(written(tmp_path, "a,b,value\nde,zh,0.5\nde,cmn,0.7\n"))["speech"]
    assert matrix.values[0, 1] == 0.5
    (note,) = matrix.notes
    assert "'cmn' is left out: it is the language that the file also calls 'zh'" in note


def test_names_are_read_by_what_stands_beside_them(tmp_path: Path) -> None:
    matrix = read_distances(written(tmp_path, "a,b,value\nMon,Dutch,0.5\nMon,Turkish,0.7\n"))["speech"]
    assert matrix.ids[0] == "mnw"
    assert "'Mon' has two readings" in matrix.notes[0]


def test_packed_files(tmp_path: Path) -> None:
    (tmp_path / "speech.csv.gz").write_bytes(gzip.compress(SQUARE.encode()))
    with zipfile.ZipFile(tmp_path / "speech.zip", "w") as archive:
        archive.writestr("any.csv", SQUARE)
    (tmp_path / "utf16.csv").write_bytes(SQUARE.encode("utf-16"))
    for name in ("speech.csv.gz", "speech.zip", "utf16.csv"):
        (matrix,) = read_distances(tmp_path / name).values()
        assert matrix.values[0, 1] == 0.1
    assert list(read_distances(tmp_path / "speech.csv.gz")) == ["speech"]
    (tmp_path / "broken.csv.gz").write_bytes(b"\x1f\x8b nothing")
    with pytest.raises(DataError, match=r"(?s)cannot be unpacked|cannot be read"):
        read_distances(tmp_path / "broken.csv.gz")


def test_missing_and_undecodable_files(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"(?s)cannot be read: No such file.*nowhere.csv"):
        read_distances(tmp_path / "nowhere.csv")
    path = tmp_path / "latin.csv"
    path.write_bytes(",de,nl\nde,0,é\n".encode("latin-1"))
    with pytest.raises(DataError, match="is not UTF-8"):
        read_distances(path)
    with pytest.raises(DataError, match="Is a directory"):
        read_distances(tmp_path)


def test_two_files_may_not_give_one_metric(tmp_path: Path) -> None:
    paths = [written(tmp_path, PAIRS, "one.csv"), written(tmp_path, PAIRS, "two.csv")]
    with pytest.raises(FieldError, match=r"(?s)two distances are called 'syntactic'.*two.csv; .*one.csv"):
        DistanceCatalog.read(paths, taken=())


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ('{"en": {"de": 0.4}}', "JSON"),
        ("[[0, 1], [1, 0]]", "JSON"),
        ("#NEXUS\nBEGIN DISTANCES;\n", "NEXUS"),
        ("| | en | de |\n|--|--|--|\n| en | 0 | 1 |\n", "Markdown"),
        ("\\begin{tabular}{ll}\n\\end{tabular}\n", "LaTeX"),
        ("<table><tr></tr></table>\n", "HTML"),
    ],
)
def test_another_kind_of_file_is_named(text: str, kind: str, tmp_path: Path) -> None:
    (tmp_path / "own.csv").write_text(text, encoding="utf-8")
    with pytest.raises(DataError, match=f"the distance file is {kind}, not a table of text"):
        read_distances(tmp_path / "own.csv")


def test_columns_of_numbers_that_are_left_out_are_named(tmp_path: Path) -> None:
    rows = "lang1,lang2,syntactic,size\neng,deu,0.42,5\neng,fra,0.46,5\ndeu,fra,0.5,7\n"
    (tmp_path / "own.csv").write_text(rows, encoding="utf-8")
    (found,) = read_distances(tmp_path / "own.csv").values()
    assert "own.csv: left out, scores or facts about one of the two languages: 'size'" in found.notes


@pytest.mark.parametrize(
    "text", ['a,b,distance (km)\nen,de,"1,030"\nen,fr,400\n', ";en;de\nen;0;1,030\nde;;0\n"]
)
def test_a_comma_that_may_divide_thousands_is_refused(text: str, tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"'1,030' can be 1030 or 1\.030") as caught:
        read_distances(written(tmp_path, text))
    assert "line 2" in str(caught.value)
    decimal = text.replace("400", '"0,5"').replace("de;;0", "de;;0,0")
    assert next(iter(read_distances(written(tmp_path, decimal)).values())).values[0, 1] == 1.03


def test_pairs_as_pandas_writes_an_unnamed_series(tmp_path: Path) -> None:
    text = ",level_0,level_1,0\n0,en,de,0.3\n1,en,fr,0.4\n"
    assert_array_equal(read_distances(written(tmp_path, text))["speech"].values[0], [0, 0.3, 0.4])
