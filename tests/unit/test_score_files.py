"""Score tables from anywhere: layouts, columns, scales, spellings, replicates, what cannot be used."""

import math

import pandas as pd
import pytest

from isogloss.errors import DataError
from isogloss.scores.importing import Columns, read_scores

LONG = "source,target,accuracy\nen,de,0.85\nen,fr,0.86\nen,ja,0.7\n"


def written(tmp_path, text, name="scores.csv"):
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return path


def cells(reading):
    return {(row.source_language, row.target_language): row.score for row in reading.table}


def said(reading, words):
    return any(words in note for note in reading.notes)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.csv", LONG),
        ("a.tsv", LONG.replace(",", "\t")),
        ("a.csv", LONG.replace(",", ";").replace("0.", "0,")),
        ("a.csv", "\ufeff" + LONG.replace("\n", "\r\n")),
        ("a.csv", "train_lang,Test Lang,F1\nen,de,85%\nen,fr,86 %\nen,ja,70.0\n"),
    ],
)
def test_a_long_table_is_read_however_it_is_written(tmp_path, name, text):
    reading = read_scores(written(tmp_path, text, name))
    assert cells(reading) == pytest.approx({("en", "de"): 0.85, ("en", "fr"): 0.86, ("en", "ja"): 0.7})
    assert reading.unusable == ()


def test_guessed_columns_are_said_and_named_ones_are_taken(tmp_path):
    path = written(tmp_path, "a,b,c,accuracy\nen,de,0.8,0.1\nen,fr,0.7,0.2\n")
    reading = read_scores(path, Columns(source="a", target="b", score="c"))
    assert cells(reading) == {("en", "de"): 0.8, ("en", "fr"): 0.7}
    guessed = read_scores(written(tmp_path, LONG))
    assert said(guessed, "source = source (guessed), target = target (guessed), score = accuracy (guessed)")


def test_parquet_and_frames_read_like_text(tmp_path):
    frame = pd.DataFrame({"source": ["en", "en"], "target": ["de", "fr"], "score": [0.8, math.nan]})
    frame.to_parquet(tmp_path / "scores.parquet")
    for scores in (frame, tmp_path / "scores.parquet"):
        reading = read_scores(scores)
        assert cells(reading) == {("en", "de"): 0.8}
        assert [row.reason for row in reading.unusable] == ["no score"]
        assert "row 2" in reading.unusable[0].place


def test_a_matrix_is_recognised(tmp_path):
    text = "source,en,de,fr,avg\nen,90,80,81,83\nde,85,91,80,85\nsw,70,-,66,68\n"
    reading = read_scores(written(tmp_path, text))
    assert cells(reading)["de", "fr"] == 0.8
    assert ("sw", "de") not in cells(reading)
    assert len(reading.table) == 8
    assert said(reading, "a matrix: source languages in column 'source'")
    assert said(reading, "left out: avg (an average or other summary)")
    assert said(reading, "read as percent")


def test_a_text_in_a_matrix_is_an_error_that_names_the_cell(tmp_path):
    text = "source,en,de,fr\nen,90,80,81\nde,85,good,80\nsw,70,-,66\n"
    with pytest.raises(DataError, match="the score 'good' is not a number") as caught:
        read_scores(written(tmp_path, text))
    assert "line 3, column 'de'" in str(caught.value)


def test_a_matrix_of_two_targets(tmp_path):
    reading = read_scores(written(tmp_path, "source,de,en\nfr,80,81\nes,82,83\nfi,70,71\n"))
    assert cells(reading)["fi", "en"] == 0.71


def test_the_index_of_a_frame_is_read_where_it_says_something():
    long = pd.DataFrame({"source": ["en"] * 3, "target": ["de", "fr", "ja"], "score": [0.8, 0.7, 0.6]})
    expected = {("en", "de"): 0.8, ("en", "fr"): 0.7, ("en", "ja"): 0.6}
    wide = long.pivot(index="target", columns="source", values="score").assign(es=0.5, fi=0.4)
    assert expected.items() <= cells(read_scores(wide)).items()
    unnamed = wide.T.rename_axis(index=None, columns=None)
    assert expected.items() <= cells(read_scores(unnamed)).items()
    assert cells(read_scores(long.set_index(["source", "target"]))) == expected
    assert cells(read_scores(long[long.score > 0.65])) == dict(list(expected.items())[:2])


def test_counts_of_examples_are_read_with_parted_thousands(tmp_path):
    for n in ("2000", '"2,000"', "2.000", "2 000"):
        reading = read_scores(written(tmp_path, f"source,target,score,n_test\nen,de,0.8,{n}\nen,fr,.7,\n"))
        assert [row.n_examples for row in reading.table] == [2000, 0]


def test_a_matrix_with_targets_down_the_side(tmp_path):
    reading = read_scores(written(tmp_path, "target,en,de,fr\nja,70,71,72\nko,60,61,62\nzh,1,2,3\n"))
    assert cells(reading)["en", "ja"] == 0.7


def test_a_row_of_targets_by_model_needs_its_source(tmp_path):
    path = written(tmp_path, "model,en,de,fr,ja\nmBERT,94,85,87,73\nXLM-R,95,89,90,78\n")
    with pytest.raises(DataError, match="no column of the source language could be guessed"):
        read_scores(path)
    reading = read_scores(path, Columns(source="en"))
    assert {row.encoder for row in reading.table} == {"mBERT", "XLM-R"}


def test_glottocodes_names_and_two_spellings_of_one_language(tmp_path):
    text = "source,target,score\nstan1293,mand1415,.7\nstan1293,German,.8\nzh,German,.6\n"
    reading = read_scores(written(tmp_path, text))
    assert set(cells(reading)) == {("stan1293", "mand1415"), ("stan1293", "German"), ("mand1415", "German")}
    assert said(reading, "'zh' is the language that the table also calls 'mand1415'")


def test_two_varieties_that_are_one_language_here_do_not_stop_the_rest(tmp_path):
    text = "source,target,score\nen,npi,.7\nen,nep,.6\nen,de,.8\nfr,nep,.5\nfr,npi,.5\nen,fr,.9\n"
    reading = read_scores(written(tmp_path, text))
    assert cells(reading) == {("en", "npi"): 0.7, ("en", "de"): 0.8, ("fr", "npi"): 0.5, ("en", "fr"): 0.9}
    assert [row.place.rsplit(", ", 1)[1] for row in reading.unusable] == ["line 3", "line 5"]
    assert "'nep' is the language that the table also calls 'npi', which has other scores" in (
        reading.unusable[0].reason
    )


def test_codes_of_glottolog_that_no_longer_stand_for_one_language_are_listed(tmp_path):
    text = LONG.replace("en,", "stan1293,") + "stan1293,natu1249,0.5\nstan1293,oldi1244,0.4\n"
    reading = read_scores(written(tmp_path, text))
    assert len(reading.table) == 3
    first, second = (row.reason for row in reading.unusable)
    assert "'natu1249' is retired in ISO 639-3 and no one code takes its place" in first
    assert "the Glottocode 'oldi1244' has no ISO 639-3 code" in second


@pytest.mark.parametrize(
    "header",
    [
        ",task_name,digest,lang_train,lang_pred,model_id,model_type,score",
        "task_lang,transfer_lang,accuracy,f1_score,transfer_language,genetic,geographic",
        "train,test,score",
        "Source Language,Target Language,Test Accuracy",
    ],
)
def test_headers_of_published_tables_are_guessed(tmp_path, header):
    names = header.split(",")
    texts = {"lang_train": "en", "transfer_lang": "en", "train": "en", "Source Language": "en"}
    rows = [
        ",".join(
            {**texts, **dict.fromkeys(("lang_pred", "task_lang", "test", "Target Language"), code)}.get(
                name, f"0.{k}5" if name in ("score", "accuracy", "Test Accuracy") else f"x{k}"
            )
            for name in names
        )
        for k, code in enumerate(("de", "fr", "ja"), start=5)
    ]
    reading = read_scores(written(tmp_path, "\n".join([header, *rows])))
    assert cells(reading) == {("en", "de"): 0.55, ("en", "fr"): 0.65, ("en", "ja"): 0.75}


def test_a_column_of_numbers_is_not_taken_for_languages(tmp_path):
    reading = read_scores(written(tmp_path, "train,target,test\nen,de,0.8\nen,fr,0.7\n"))
    assert cells(reading) == {("en", "de"): 0.8, ("en", "fr"): 0.7}


def test_fractions_among_percent_are_pointed_at(tmp_path):
    reading = read_scores(written(tmp_path, LONG.replace("0.85", "85%").replace("0.7", "70")))
    assert said(reading, "1 of 3 scores are at most 1%, the first in ")
    assert said(reading, "line 3: are fractions mixed with percent?")
    assert not said(read_scores(written(tmp_path, LONG)), "mixed with percent")


def test_rows_that_cannot_be_used_are_listed_with_line_and_reason(tmp_path):
    text = LONG + "en,xq9,0.5\nen,ko,NA\n,ko,0.4\nen,de,0.85\n"
    reading = read_scores(written(tmp_path, text))
    found = {row.place.rsplit(", ", 1)[1]: row.reason for row in reading.unusable}
    assert "no language 'xq9'" in found["line 5"]
    assert found["line 6"] == "no score"
    assert found["line 7"] == "no source language"
    assert found["line 8"].startswith("says the same as") and found["line 8"].endswith("line 2")
    assert len(reading.table) == 3


def test_seeds_are_replicates(tmp_path):
    text = "source,target,score,seed\nen,de,.8,a\nen,de,.9,b\n"
    reading = read_scores(written(tmp_path, text))
    assert [(row.seed, row.score) for row in reading.table] == [(0, 0.8), (1, 0.9)]
    assert said(reading, "2 replicates by column 'seed'")


def test_an_intermediate_column_and_its_baseline_rows(tmp_path):
    text = "inter,target,score\nnone,de,.7\n,fr,.7\nfi,de,.8\nno,de,.81\n"
    reading = read_scores(written(tmp_path, text))
    assert [row.intermediate_language for row in reading.table] == [None, None, "fi", "no"]
    assert [row.source_language for row in reading.table] == [""] * 4


def test_nan_is_a_baseline_where_no_task_says_otherwise(tmp_path):
    """Pandas writes an empty field as nan, which is the code of Min Nan too."""
    header = "task,intermediate_language,intermediate_task,source,target,score\n"
    told = "pos,nan,nan,en,de,.7\npos,NaN,,en,fr,.7\npos,nan,ner,en,fi,.8\npos,fi,ner,en,de,.81\n"
    reading = read_scores(written(tmp_path, header + told))
    assert [row.intermediate_language for row in reading.table] == [None, None, "fi", "nan"]
    assert not said(reading, "no intermediate stage")
    reading = read_scores(written(tmp_path, "inter,target,score\nnan,de,.7\n<NA>,fr,.7\nfi,de,.8\n"))
    assert [row.intermediate_language for row in reading.table] == [None, None, "fi"]
    assert said(reading, "read 'nan' in 2 rows as no intermediate stage")
    reading = read_scores(written(tmp_path, "inter,target,score\nMin Nan Chinese,de,.7\n-,de,.7\n"))
    assert [row.intermediate_language for row in reading.table] == [None, "Min Nan Chinese"]


def test_a_column_that_tells_whole_matrices_apart_is_said(tmp_path):
    rows = [
        f"en,{t},{s / 100 + n / 1e6},{n}"
        for n in (100, 1000)
        for t, s in (("de", 80), ("fr", 81), ("ja", 70))
    ]
    reading = read_scores(written(tmp_path, "source,target,score,size\n" + "\n".join(rows)))
    assert {row.task for row in reading.table} == {"size 100", "size 1000"}
    assert said(reading, "each of its 2 values is analysed by itself (--seed-column size if")
    by = read_scores(written(tmp_path, "source,target,score,size\n" + "\n".join(rows)), Columns(by=("size",)))
    assert by.table.to_csv() == reading.table.to_csv()
    seeds = read_scores(
        written(tmp_path, "source,target,score,size\n" + "\n".join(rows)), Columns(seed="size")
    )
    assert {row.seed for row in seeds.table} == {100, 1000}


def test_numeric_columns_are_read_where_they_are_asked_for(tmp_path):
    text = "source,target,score,size\nen,de,.8,10\nen,fr,.7,NA\n"
    reading = read_scores(written(tmp_path, text), numeric=["size", "elsewhere"])
    assert reading.columns == {"size": {("en", "de"): 10.0}}
    thousands = 'source,target,score,size\nen,de,.8,500\nen,fr,.7,"10,000"\n'
    with pytest.raises(DataError, match=r"(?s)'10,000' can be 10000 or 10\.000.*line 3, column 'size'"):
        read_scores(written(tmp_path, thousands), numeric=["size"])


def test_columns_that_look_swapped_are_noticed(tmp_path):
    codes = ("de", "en", "es", "fr", "ja", "ko")
    rows = [f"{a},{b},{0.5 + 0.05 * i}" for i, a in enumerate(codes) for b in codes]
    assert said(read_scores(written(tmp_path, "source,target,score\n" + "\n".join(rows))), "columns swapped?")
    swapped = read_scores(written(tmp_path, "target,source,score\n" + "\n".join(rows)))
    assert not said(swapped, "columns swapped?")


def test_the_table_of_a_study_comes_back(tmp_path):
    from score_tables import staged

    table = staged(lambda i, t, s: 0.5 + 0.01 * s + 0.001 * len(t))
    reading = read_scores(written(tmp_path, table.to_csv()))
    for row, before in zip(reading.table, table, strict=True):
        for name in ("seed", "intermediate_language", "target_language", "score", "chance", "zero_shot"):
            assert getattr(row, name) == getattr(before, name)
