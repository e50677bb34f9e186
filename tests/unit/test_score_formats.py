"""Files of every kind: each published table in each of them is read back equal."""

import bz2
import gzip
import json
import lzma

import pandas as pd
import pyarrow as pa
import pytest
from score_tables import staged

from isogloss.errors import DataError, IsoglossError
from isogloss.scores.importing import Columns, describe, read_scores
from isogloss.scores.published.base import PUBLISHED


def as_csv(frame, path):
    frame.to_csv(path, index=False)


def as_semicolons(frame, path):
    frame.to_csv(path, index=False, sep=";", decimal=",", encoding="utf-16")


def as_tsv(frame, path):
    frame.to_csv(path, index=False, sep="\t", encoding="utf-8-sig")


def as_excel(frame, path):
    frame.to_excel(path, index=False)


def as_parquet(frame, path):
    frame.to_parquet(path)


def as_json(frame, path):
    path.write_text(frame.to_json(orient="records", double_precision=15), encoding="utf-8")


def as_json_lines(frame, path):
    path.write_text(frame.to_json(orient="records", lines=True, double_precision=15), encoding="utf-8")


def as_html(frame, path):
    path.write_text(
        frame.to_html(index=False, float_format=lambda value: repr(float(value))), encoding="utf-8"
    )


def as_latex(frame, path):
    escaped = [
        [str(value).replace("_", "\\_") for value in row] for row in [frame.columns, *frame.to_numpy()]
    ]
    body = " \\\\\n".join(" & ".join(row) for row in escaped)
    columns = "l" * frame.shape[1]
    path.write_text(
        f"\\begin{{tabular}}{{{columns}}}\n\\toprule\n{body} \\\\\n\\bottomrule\n\\end{{tabular}}\n",
        encoding="utf-8",
    )


def as_markdown(frame, path):
    rows = [
        frame.columns,
        ["---"] * frame.shape[1],
        *([str(value) for value in row] for row in frame.astype(object).to_numpy()),
    ]
    path.write_text("# Scores\n\n" + "\n".join(f"| {' | '.join(row)} |" for row in rows), encoding="utf-8")


WRITERS = {
    "scores.csv": as_csv,
    "semicolons.csv": as_semicolons,
    "scores.tsv": as_tsv,
    "scores.xlsx": as_excel,
    "scores.parquet": as_parquet,
    "scores.json": as_json,
    "scores.jsonl": as_json_lines,
    "scores.html": as_html,
    "scores.tex": as_latex,
    "scores.md": as_markdown,
}
COMPRESSORS = {
    ".gz": gzip.compress,
    ".bz2": bz2.compress,
    ".xz": lzma.compress,
    ".zst": lambda content: pa.compress(content, codec="zstd", asbytes=True),
}


def plain(table):
    """Every column, NaN and None alike."""
    return table.to_frame().assign(stage_id="").astype(object).where(lambda frame: frame.notna(), None)


@pytest.mark.parametrize("file", WRITERS)
@pytest.mark.parametrize("name", sorted(PUBLISHED))
def test_a_published_table_in_rows_is_read_back_equal(name, file, tmp_path):
    table = PUBLISHED[name].scores()
    staged = any(row.intermediate_language for row in table)
    unused = ["layer"] if staged else ["layer", "intermediate_language", "intermediate_task"]
    kept = table.to_frame().drop(columns=unused)
    WRITERS[file](kept.drop(columns=[] if table[0].chance == table[0].chance else "chance"), tmp_path / file)
    found = read_scores(tmp_path / file)
    assert found.unusable == ()
    pd.testing.assert_frame_equal(plain(found.table), plain(table), rtol=1e-15 if file != "x" else 0)


@pytest.mark.parametrize("file", WRITERS)
@pytest.mark.parametrize("down", ["models", "targets"])
def test_the_published_tables_as_a_matrix_are_read_back_equal(file, down, tmp_path):
    tables = [PUBLISHED[name].scores() for name in sorted(PUBLISHED) if name.startswith("xnli-xlmr")]
    frame = pd.concat(table.to_frame() for table in tables).assign(
        score=lambda rows: (100 * rows.score).round(6)
    )
    index, columns = ("encoder", "target_language") if down == "models" else ("target_language", "encoder")
    wide = frame.pivot(index=index, columns=columns, values="score").reset_index()
    WRITERS[file](wide, tmp_path / file)
    found = read_scores(tmp_path / file, Columns(source="en"))
    expected = {(row.encoder, row.target_id): row.score for table in tables for row in table}
    assert {(row.encoder, row.target_id): row.score for row in found.table} == pytest.approx(expected)


@pytest.mark.parametrize("suffix", COMPRESSORS)
@pytest.mark.parametrize("file", WRITERS)
def test_a_compressed_file_is_read_and_a_torn_one_is_named(file, suffix, tmp_path):
    frame = pd.DataFrame({"source": "en", "target": ["de", "fr", "sw"], "score": [0.8, 0.7, 0.6]})
    WRITERS[file](frame, tmp_path / file)
    whole = COMPRESSORS[suffix]((tmp_path / file).read_bytes())
    packed = tmp_path / f"{file}{suffix}"
    packed.write_bytes(whole)
    assert [row.score for row in read_scores(packed).table] == [0.8, 0.7, 0.6]
    packed.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(DataError, match="not a whole") as error:
        read_scores(packed)
    assert packed.name in str(error.value)


def test_a_study_is_read_back_equal_from_its_folder_and_its_files(tmp_path):
    table = staged(lambda i, t, s: 0.5 + 0.01 * s + 0.001 * len(t), aggregator="D_3")
    (tmp_path / "scores.csv").write_text(table.to_csv(), encoding="utf-8")
    assert read_scores(tmp_path / "scores.csv").table == table
    assert read_scores(tmp_path).table == table
    table.write_parquet(tmp_path / "scores.parquet")
    assert read_scores(tmp_path / "scores.parquet").table == table
    assert read_scores(tmp_path).table == table


def test_a_folder_without_scores_says_what_to_do(tmp_path):
    with pytest.raises(DataError, match="the folder holds no score table") as error:
        read_scores(tmp_path)
    assert "isogloss scores FOLDER --csv" in str(error.value)


def test_several_sheets_are_asked_for(tmp_path):
    first = pd.DataFrame({"model": ["a"], "de": [80.0], "fr": [81.0], "sw": [60.0]})
    path = tmp_path / "book.xlsx"
    with pd.ExcelWriter(path) as book:
        first.to_excel(book, sheet_name="XNLI", index=False)
        first.assign(de=70.0).to_excel(book, sheet_name="PAWS-X", index=False)
        pd.DataFrame({"note": ["nothing"]}).to_excel(book, sheet_name="About", index=False)
    with pytest.raises(DataError, match="2 tables of scores") as error:
        read_scores(path, Columns(source="en"))
    assert "1 (XNLI), 2 (PAWS-X)" in str(error.value)
    for named in ("2", "paws"):
        found = read_scores(path, Columns(source="en", table=named))
        assert {row.target_language: row.score for row in found.table}["de"] == 0.7
    with pytest.raises(DataError, match="no table 'MLQA'"):
        read_scores(path, Columns(source="en", table="MLQA"))


def test_merged_cells_and_percent_formats_of_excel(tmp_path):
    import openpyxl

    book = openpyxl.Workbook()
    sheet = book.active
    for row in (
        ["", "XNLI", "", "NER", ""],
        ["model", "de", "fr", "de", "fr"],
        ["a", 0.81, 0.82, 0.71, 0.72],
    ):
        sheet.append(row)
    sheet.merge_cells("B1:C1")
    sheet.merge_cells("D1:E1")
    for column in "BCDE":
        sheet[f"{column}3"].number_format = "0.0%"
    book.save(tmp_path / "book.xlsx")
    found = read_scores(tmp_path / "book.xlsx", Columns(source="en"))
    assert {(row.task, row.target_language): round(row.score, 6) for row in found.table} == {
        ("XNLI", "de"): 0.81,
        ("XNLI", "fr"): 0.82,
        ("NER", "de"): 0.71,
        ("NER", "fr"): 0.72,
    }


@pytest.mark.parametrize("package", ["openpyxl", "lxml"])
def test_a_missing_package_is_named_with_the_command_that_installs_it(package, tmp_path, monkeypatch):
    import builtins

    original = builtins.__import__

    def without(name, *arguments, **keywords):
        if name.partition(".")[0] == package:
            raise ImportError(name)
        return original(name, *arguments, **keywords)

    frame = pd.DataFrame({"source": ["en"], "target": ["de"], "score": [0.5]})
    file = "scores.xlsx" if package == "openpyxl" else "scores.html"
    WRITERS[file](frame, tmp_path / file)
    monkeypatch.setattr(builtins, "__import__", without)
    for module in [name for name in __import__("sys").modules if name.partition(".")[0] == package]:
        monkeypatch.delitem(__import__("sys").modules, module)
    with pytest.raises(IsoglossError, match=f"needs the package {package}") as error:
        read_scores(tmp_path / file)
    assert "pip install 'isogloss[tables]'" in str(error.value)


def test_a_file_in_windows_1252_is_read_and_said(tmp_path):
    (tmp_path / "old.csv").write_bytes("lang,score\nNorwegian Bokmål,.8\nDeutsch,.7\n".encode("cp1252"))
    found = read_scores(tmp_path / "old.csv", Columns(source="en"))
    assert [row.target_id for row in found.table] == ["deu", "nob"]
    assert any("read as Windows-1252; line 2 is then 'Norwegian Bokmål,.8'" in note for note in found.notes)


def test_json_of_columns_and_of_mappings(tmp_path):
    path = tmp_path / "scores.json"
    for loaded in (
        {"source": ["en", "en"], "target": ["de", "fr"], "score": [0.8, 0.7]},
        [{"source": "en", "target": "de", "score": 0.8}, {"source": "en", "target": "fr", "score": 0.7}],
    ):
        path.write_text(json.dumps(loaded), encoding="utf-8")
        assert [row.score for row in read_scores(path).table] == [0.8, 0.7]
    path.write_text(json.dumps({"en": {"de": 0.8, "fr": 0.7}, "fr": {"de": 0.6}}), encoding="utf-8")
    assert len(read_scores(path).table) == 3
    assert dict(describe(read_scores(path)))["scores"] == "3 in 3 cells"


@pytest.mark.parametrize("file", ["scores.csv", "scores.html", "scores.tex", "scores.xlsx"])
def test_a_pivoted_frame_with_its_names_is_read(file, tmp_path):
    frame = pd.DataFrame(
        {
            "model": ["a"] * 6 + ["b"] * 6,
            "seed": [1, 1, 1, 2, 2, 2] * 2,
            "target": ["de", "fr", "sw"] * 4,
            "score": [0.81, 0.71, 0.61, 0.82, 0.72, 0.62, 0.91, 0.81, 0.71, 0.92, 0.82, 0.72],
        }
    )
    wide = frame.pivot(index="model", columns=["target", "seed"], values="score")
    path = tmp_path / file
    if file.endswith("xlsx"):
        wide.to_excel(path)
    elif file.endswith("csv"):
        wide.to_csv(path)
    elif file.endswith("html"):
        path.write_text(wide.to_html(), encoding="utf-8")
    else:
        path.write_text(wide.to_latex(float_format="%.2f"), encoding="utf-8")
    expected = {tuple(row[:3]): row[3] for row in frame.itertuples(index=False, name=None)}
    for scores in (path, wide):
        found = read_scores(scores, Columns(source="en"))
        assert {(row.encoder, row.seed, row.target_language): row.score for row in found.table} == expected


def test_a_layer_that_is_in_the_name_is_not_added_again(tmp_path):
    (tmp_path / "t.csv").write_text("source,de,fr,layer\nen,0.1,0.2,0\nsw,0.3,0.4,0\n", encoding="utf-8")
    once = read_scores(tmp_path / "t.csv").table
    (tmp_path / "again.csv").write_text(once.to_csv(), encoding="utf-8")
    assert plain(read_scores(tmp_path / "again.csv").table).equals(plain(once))
    assert {(row.aggregator, row.layer) for row in once} == {("last layer 0", 0)}


def test_columns_without_a_name_are_told_apart(tmp_path):
    """As pandas writes an index of several levels without names."""
    path = tmp_path / "t.csv"
    path.write_text(",,acc\nen,de,0.8\nen,fr,0.7\nsw,de,0.6\nsw,fr,0.4\n", encoding="utf-8")
    rows = {(row.source_language, row.target_language): row.score for row in read_scores(path).table}
    assert rows == {("en", "de"): 0.8, ("en", "fr"): 0.7, ("sw", "de"): 0.6, ("sw", "fr"): 0.4}
    path.write_text(",,de,fr\nmBERT,en,0.8,0.7\nmBERT,sw,0.6,0.5\nXLM-R,en,0.9,0.8\n", encoding="utf-8")
    models = {(row.task, row.source_language) for row in read_scores(path).table}
    assert models == {("column 1 mBERT", "en"), ("column 1 mBERT", "sw"), ("column 1 XLM-R", "en")}


def test_a_table_without_any_name_or_text_is_one_error(tmp_path):
    (tmp_path / "t.md").write_text("|  |\n|---|\n|  |\n", encoding="utf-8")
    with pytest.raises(DataError, match="0 columns could hold the score"):
        read_scores(tmp_path / "t.md")


def test_where_no_table_of_a_page_can_be_read_the_reasons_of_all_are_told_and_the_help_of_most(tmp_path):
    path = tmp_path / "page.md"
    path.write_text(
        "| Peer | GPU |\n| --- | --- |\n| a | 0 |\n\n"
        "| Model | en | de | fr |\n| --- | --- | --- | --- |\n| a | 81.7 | 78.6 | 80.1 |\n\n"
        "| Model | en | ja | ko |\n| --- | --- | --- | --- |\n| a | 71.7 | 68.6 | 70.1 |\n",
        encoding="utf-8",
    )
    with pytest.raises(DataError) as caught:
        read_scores(path, Columns())
    assert caught.value.what.startswith("none of the 3 tables can be read; 1: ")
    assert "; 2, 3: no column of the source language could be guessed" in caught.value.what
    assert "--source en" in caught.value.hint


def test_the_tables_of_a_page_that_are_not_read_are_told_by_their_reason_and_long_titles_are_cut(tmp_path):
    path = tmp_path / "page.md"
    no = "| Peer | GPU |\n| --- | --- |\n| a | 0 |\n\n"
    path.write_text(
        f"{no}{no}Some scores{' of ours' * 40}:\n\n"
        "| Model | de | fr | es |\n| --- | --- | --- | --- |\n| a | 81.7 | 78.6 | 80.1 |\n",
        encoding="utf-8",
    )
    notes = read_scores(path, Columns(source="en")).notes
    (read,) = [note for note in notes if note.endswith("of 3 is read")]
    assert read.startswith("table 3 (Some scores of ours") and len(read) < 110
    assert "tables 1, 2 are not read: no column of the target language could be guessed" in notes


def test_tables_of_one_title_are_told_apart_by_their_sections(tmp_path):
    path = tmp_path / "page.md"
    table = "| Model | de | fr | es |\n| --- | --- | --- | --- |\n| a | {} | 78.6 | 80.1 |\n\n"
    path.write_text(
        "# Results\n\n## Gemma\n\n### Layer 13\n\n" + table.format(81.7)
        + "### Layer 15\n\n" + table.format(71.7)
        + "## Qwen\n\n### Layer 15\n\n" + table.format(61.7),
        encoding="utf-8",
    )  # fmt: skip
    with pytest.raises(DataError, match="3 tables of scores") as caught:
        read_scores(path, Columns(source="en"))
    assert caught.value.allowed == "1 (Layer 13), 2 (Gemma / Layer 15), 3 (Qwen / Layer 15)"
    found = read_scores(path, Columns(source="en", table="qwen / layer 15"))
    assert found.table[0].score == pytest.approx(0.617)


def test_tables_of_a_tex_file_are_called_by_their_captions(tmp_path):
    """Whether it stands above or below its table, in a float of several tables, in the table, or in none."""

    def table(caption, score, *, form="{above}{body}"):
        rows = f"source & de & fr \\\\\nen & {score} & 71.2 \\\\\nde & 75.1 & 70.0 \\\\\n"
        body = f"\\begin{{tabular}}{{lrr}}\n{rows}\\end{{tabular}}\n"
        given = {"above": f"\\caption{{{caption}}}\n", "body": body, "rows": rows}
        return form.format(**given)

    below = "{body}{above}"
    long = "\\begin{{longtable}}{{lrr}}\n{above}\\\\\n{rows}\\end{{longtable}}\n"
    sub = "\\begin{{subtable}}{{4cm}}\n{above}{body}\\end{{subtable}}\n"

    def in_float(*parts, name="table*"):
        return f"\\begin{{{name}}}\n{''.join(parts)}\\end{{{name}}}\n"

    text = "".join([
        in_float(table("A", 61)),
        in_float(table("B", 62, form=below)),
        in_float(table("C", 63), table("no", 64, form="{body}")),
        in_float(table("D", 65, form=below), table("E", 66, form=below), name="sidewaystable"),
        table("F", 67, form=long),
        in_float("\\caption{G}\n", table("H", 68, form=sub), table("no", 69, form="{body}")),
        table("no", 70, form="{body}"),
    ])  # fmt: skip
    path = tmp_path / "tables.tex"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(DataError) as error:
        read_scores(path)
    titles = [f"{n} ({title})" for n, title in enumerate("ABCCDEFHG", start=1)]
    assert error.value.allowed == ", ".join([*titles, "10"])
    found = {
        (row.source_language, row.target_language): row.score
        for row in read_scores(path, Columns(table="5")).table
    }
    assert found["en", "de"] == 0.65


def test_a_table_in_a_cell_of_tex_is_text_of_the_cell(tmp_path):
    """As generators of tables write a header of two lines; braces around the first cell are no argument."""
    head = [
        f"\\begin{{tabular}}[c]{{@{{}}c@{{}}}}{name}\\\\ ({code})\n\\end{{tabular}}"
        for name, code in (("German", "de"), ("French", "fr"))
    ]
    lines = [
        "\\begin{tabularx}{\\textwidth}{lXX}",
        f"{{Source}} & {' & '.join(head)} \\\\",
        "en & 61.0 & 71.2 \\\\",
        "de & 75.1 & no \\\\",
        "\\end{tabularx}",
    ]
    path = tmp_path / "table.tex"
    path.write_text("\n".join(lines), encoding="utf-8")
    with pytest.raises(DataError) as error:
        read_scores(path)
    assert error.value.where == f"{path}, line 6, column 'French (fr)'"
    path.write_text("\n".join(lines).replace("no", "70.0"), encoding="utf-8")
    found = read_scores(path)
    scores = {(row.source_id, row.target_id): round(row.score, 4) for row in found.table}
    assert scores == {
        ("deu", "deu"): 0.751, ("deu", "fra"): 0.70, ("eng", "deu"): 0.61, ("eng", "fra"): 0.712
    }  # fmt: skip
    assert "column 'Source', guessed by its name" in str(found)


@pytest.mark.parametrize(
    ("corner", "score"),
    [
        (r"\backslashbox{\textbf{Target}}{Source}", 0.75),
        (r"\diagbox[width=4em]{Eval}{Train}", 0.75),
        (r"\diagbox{Train}{Eval}", 0.61),
    ],
)
def test_the_corner_of_a_tex_matrix_says_its_direction(corner, score, tmp_path):
    rows = [
        rf"{corner} & en & de & fr \\ \hline",
        r"en & 80 & 61 & 62 \\",
        r"de & 75 & 81 & 63 \\",
        r"fr & 74 & 64 & 82 \\",
    ]
    path = tmp_path / "table.tex"
    path.write_text(r"\begin{tabular}{l|rrr}" + "\n".join(rows) + r"\end{tabular}", encoding="utf-8")
    (found,) = (
        row for row in read_scores(path).table if (row.source_language, row.target_language) == ("en", "de")
    )
    assert found.score == pytest.approx(score)


def test_comments_of_tex_end_rows_or_stand_behind_percents(tmp_path):
    rows = [
        r"source & de & fr \\% header",
        r"en & 61.5\% & 62\% \\%",
        r"% es & 1 & 2 \\",
        r"de & 81\% & 63\% \\ % last",
    ]
    path = tmp_path / "table.tex"
    path.write_text("\n".join([r"\begin{tabular}{lrr}", *rows, r"\end{tabular}"]), encoding="utf-8")
    found = {(row.source_language, row.target_language): row.score for row in read_scores(path).table}
    assert found.keys() == {("en", "de"), ("en", "fr"), ("de", "de"), ("de", "fr")}
    assert found["en", "de"] == pytest.approx(0.615)


def test_a_formula_without_a_saved_value_is_named(tmp_path):
    openpyxl = pytest.importorskip("openpyxl")
    book = openpyxl.Workbook()
    for row in (["source", "de", "fr"], ["en", 80, 81], ["hi", "=B2-10", 71]):
        book.active.append(row)
    book.save(tmp_path / "t.xlsx")
    with pytest.raises(DataError, match="the formula '=B2-10' has no value") as error:
        read_scores(tmp_path / "t.xlsx")
    assert error.value.where.endswith("sheet 'Sheet', cell B3")
