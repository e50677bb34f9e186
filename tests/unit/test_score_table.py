"""The score table: language ids and layer, exports that no spreadsheet runs, order of languages."""

import csv
import io

import pandas as pd
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st
from score_tables import cell

import isogloss as ig
from isogloss.scores.effectiveness import conditions, effectiveness
from isogloss.scores.table import ADDED, COLUMNS, ScoreTable, csv_text, without_guard


def test_ids_and_layer_stand_beside_the_spelling():
    row = cell("German", 0.5, source="stan1293", intermediate="zh", aggregator="D_3_batch")
    assert (row.source_id, row.intermediate_id, row.target_id, row.layer) == ("eng", "cmn", "deu", 3)
    plain = cell("qqx9", 0.5)
    assert (plain.intermediate_id, plain.target_id, plain.layer) == ("", "", None)


def test_a_parquet_file_of_an_earlier_version_is_read(tmp_path):
    table = ScoreTable.of(cell(target, 0.5, aggregator="D_2") for target in ("de", "fr"))
    table.write_parquet(tmp_path / "now.parquet")
    assert ScoreTable.read_parquet(tmp_path / "now.parquet") == table
    earlier = pq.read_table(tmp_path / "now.parquet").drop_columns(list(ADDED))
    pq.write_table(earlier, tmp_path / "earlier.parquet")
    assert ScoreTable.read_parquet(tmp_path / "earlier.parquet") == table
    assert list(table.to_frame().columns) == list(COLUMNS)
    assert pd.read_csv(io.StringIO(table.to_csv())).layer.tolist() == [2, 2]


TEXTS = st.text(st.sampled_from("'=+-@\t\ra,\" ü"), max_size=6)


@given(st.lists(TEXTS, min_size=1, max_size=4))
def test_no_text_of_an_export_is_a_formula_and_every_one_comes_back(texts):
    rows = list(csv.reader(io.StringIO(csv_text(texts, [texts]), newline="")))
    assert not [field for row in rows for field in row if field[:1] in tuple("=+-@\t\r")]
    assert [[without_guard(field) for field in row] for row in rows] == [texts, texts]


def test_numbers_are_not_guarded():
    assert csv_text(["a"], [[-0.5], [None]]) == 'a\n-0.5\n""\n'


def test_a_spelling_changes_neither_order_nor_draws():
    codes = ["de", "es", "fr", "fi", "ja", "ko", "ru", "sw", "tr", "zh"]
    names = {"de": "German", "fi": "stan1291", "zh": "Chinese", "sw": "swh", "es": "Spanish", "ja": "jpn"}
    names["fi"] = "Finnish"
    scores = {code: 0.5 + (37 * i % 11) / 30 for i, code in enumerate(codes)}
    plain, spelled = (
        ScoreTable.of(cell(spell.get(code, code), score) for code, score in scores.items())
        for spell in ({}, names)
    )
    orders = [list(effectiveness(table, "score", conditions(table)[0]).columns) for table in (plain, spelled)]
    assert [names.get(code, code) for code in orders[0]] == orders[1]
    answers = [
        [(r.method, r.estimate, r.p_value, r.ci_low, r.ci_high) for r in (*a.primary, *a.sensitivity)]
        for table in (plain, spelled)
        for a in ig.correlate(table, distances=["syntactic", "geographic"], n_permutations=99).analyses
    ]
    assert repr(answers[0]) == repr(answers[1])


@pytest.mark.parametrize("extra", ["", "fr,fr,0.9\n"])
def test_a_control_that_leaves_no_cell_is_said_not_raised(tmp_path, extra):
    path = tmp_path / "t.csv"
    path.write_text(
        "source,target,score\nen,de,0.5\nen,fr,0.6\nen,es,0.7\nen,ru,0.8\n" + extra, encoding="utf-8"
    )
    found = ig.correlate(path, distances=["geographic"], controls=["ceiling"], n_permutations=99)
    reasons = {idle.method: idle.reason for idle in found.analyses[0].not_applicable}
    assert "too few languages are on record" in reasons["partial"]


def test_layers_are_in_the_order_of_their_numbers():
    names = ["D_10", "last", "D_2", "D_1_r8", "D_1"]
    table = ScoreTable.of(cell("de", 0.5, aggregator=name) for name in names)
    assert [row.aggregator for row in table] == ["D_1", "D_1_r8", "D_2", "D_10", "last"]
