"""Bad score tables: one clear error each, with the row."""

import numpy as np
import pytest

import isogloss as ig
from isogloss.distances.matrix import DistanceMatrix
from isogloss.errors import AnalysisError, DataError, RegistryError
from isogloss.languages import resolve_all

STAR = "source,target,score\nen,de,0.85\nen,es,0.84\nen,fr,0.86\nen,ja,0.7\nen,ko,0.68\n"


def run(tmp_path, text, name="scores.csv", **options):
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return ig.correlate(path, distances=["syntactic"], n_permutations=99, **options)


@pytest.mark.parametrize(
    ("text", "what", "where"),
    [
        (STAR.replace("0.86", "good"), "the score 'good' is not a number", "line 4, column 'score'"),
        (STAR + "en,de,0.5\n", "two scores of en -> de: 0.85 and 0.5", "line 2 and .*line 7"),
        (STAR.replace("0.84", "-0.1"), "the score -0.1 is out of range", "line 3"),
        (STAR.replace("0.84", "184"), "the score 184 is out of range", "line 3"),
        (STAR.replace("en,ja,0.7", "en,ja"), "2 fields where the header has 3", "line 5"),
        ("source,target,score\n", "a header and no row", "scores.csv"),
        ("", "the score table is empty", "scores.csv"),
        ("a,b\nx,1\ny,2\n", "no column of the target language could be guessed", "scores.csv"),
        ("target,score\nde,.8\nfr,.7\n", "no column of the source language could be guessed", "scores.csv"),
        ("source,target,x,y\nen,de,1,2\n", "2 columns could hold the score: x, y", "scores.csv"),
        ("source,target,score,score\nen,de,1,2\n", "two columns are called 'score'", "scores.csv"),
        ("source,target,score\nqqx,zzz9,.5\n", "the only row cannot be used", "line 2"),
    ],
)
def test_a_malformed_table_is_an_error_that_names_the_place(tmp_path, text, what, where):
    with pytest.raises(DataError, match=what) as caught:
        run(tmp_path, text)
    import re

    assert re.search(where, str(caught.value))


@pytest.mark.parametrize(
    ("text", "what"),
    [
        (
            STAR.replace("0.85", "0.7").replace("0.84", "0.7").replace("0.86", "0.7").replace("0.68", "0.7"),
            "'score' does not vary beyond row and column effects in 5 cells",
        ),
        (
            "source,target,score\nen,en,0.8\nde,de,0.7\nfr,fr,0.6\n",
            "defined for none of the 9 cells: 6 cells: no score in the table; 3 cells: not zero-shot",
        ),
        (
            "source,target,score\nen,de,0.8\nen,fr,0.7\n",
            "too few languages to test 'score': source en; target de, fr",
        ),
    ],
)
def test_a_table_that_leaves_nothing_to_test_is_an_error(tmp_path, text, what):
    with pytest.raises(AnalysisError, match=what):
        run(tmp_path, text)


def test_a_distance_without_a_number_is_an_error(tmp_path):
    (tmp_path / "scores.csv").write_text(STAR)
    languages = resolve_all(["en", "de", "es", "fr", "ja", "ko"])
    values, counts = np.full((6, 6), np.nan), np.zeros((6, 6), dtype=np.int64)
    empty = DistanceMatrix("empty", "given", languages, values, counts, counts, "a test")
    with pytest.raises(AnalysisError, match="no distance can be tested: empty: too few languages"):
        ig.correlate(tmp_path / "scores.csv", distances=[empty])


@pytest.mark.parametrize(
    ("options", "error", "what"),
    [
        ({"source": "sorce"}, DataError, "no column 'sorce'"),
        ({"seed_column": "seeds"}, DataError, "no column 'seeds'"),
        ({"by": ["size"]}, DataError, "no column 'size'"),
        ({"controls": ["sise"]}, AnalysisError, "no control 'sise'"),
        ({"baseline": "none"}, AnalysisError, "the table has no intermediate stage"),
        ({"effectiveness": ["sore"]}, AnalysisError, "unknown effectiveness measure: sore"),
        (
            {"controls": ["ceiling"], "effectiveness": ["gap"]},
            AnalysisError,
            "'ceiling' cannot be a control of 'gap'",
        ),
        ({"scale": "fraction", "score": "n"}, DataError, "out of range"),
    ],
)
def test_wrong_options_name_what_is_there(tmp_path, options, error, what):
    text = "\n".join(f"{line},{'n' if i == 0 else 100 + i}" for i, line in enumerate(STAR.splitlines()))
    with pytest.raises(error, match=what):
        run(tmp_path, text + "\nen,en,0.9,99\n", **options)


def test_missing_files_and_other_kinds(tmp_path):
    with pytest.raises(DataError, match="no such score table"):
        ig.correlate(tmp_path / "none.csv")
    (tmp_path / "scores.xlsx").write_bytes(b"x")
    with pytest.raises(DataError, match="not a whole Excel workbook"):
        ig.correlate(tmp_path / "scores.xlsx")
    with pytest.raises(DataError, match="no such score table"):
        ig.correlate(tmp_path / "scores.ods")
    (tmp_path / "scores.ods").write_bytes(b"x")
    with pytest.raises(DataError, match=r"cannot be read from 'scores.ods'"):
        ig.correlate(tmp_path / "scores.ods")
    (tmp_path / "scores.parquet").write_bytes(b"x")
    with pytest.raises(DataError, match="not a Parquet file"):
        ig.correlate(tmp_path / "scores.parquet")
    for encoding, name in (("mac-roman", "Français"), ("shift-jis", "日本語"), ("koi8-r", "русский")):
        (tmp_path / "old.csv").write_bytes(f"source,target,score\nen,{name},1\n".encode(encoding))
        with pytest.raises(DataError, match="not UTF-8") as error:
            ig.correlate(tmp_path / "old.csv")
        assert "old.csv, line 2" in str(error.value)
    with pytest.raises(RegistryError, match="no published table 'pawsx-bert'"):
        ig.published_scores("pawsx-bert")


def test_a_torn_gzip_file_is_named(tmp_path):
    import gzip

    whole = gzip.compress(b"source,target,score\n" + b"en,de,0.5\n" * 500)
    for name, content in (("torn.csv.gz", whole[:40]), ("plain.csv.gz", b"source,target,score\nen,de,0.5\n")):
        (tmp_path / name).write_bytes(content)
        with pytest.raises(DataError, match="not a whole gzip file") as error:
            ig.read_scores(tmp_path / name)
        assert name in str(error.value)
