"""What the readers make of titles, tables, projects and columns."""

import pytest
from fpdf import FPDF

from isogloss.evidence.readers.base import READERS, Limits, table_blocks
from isogloss.evidence.reading import document_of, read_folder
from papers import MARKDOWN


def read(folder, name, text):
    (folder / name).write_text(text, encoding="utf-8")
    reader = next(r for r in READERS.values() if name[name.rindex(".") :] in r.suffixes)
    return document_of(reader.parse(folder / name, Limits()), id=name, source=name)


def tables(document):
    return [passage.table for passage in document.passages if passage.table]


def test_markdown_has_title_captions_and_no_references(tmp_path):
    document = read(tmp_path, "a.md", MARKDOWN)
    assert document.title == "Donor languages for tagging"
    first, second = tables(document)
    assert first.caption.startswith("Table 1: NER F1")
    assert first.header[:3] == ("Model", "German", "Basque")
    assert second.rows[1] == ("DE", "84.0", "94.0", "77.1")
    assert not any("Hungarian" in passage.text for passage in document.passages)


def test_a_sentence_that_mentions_a_table_leads_to_it(tmp_path):
    document = read(tmp_path, "a.md", MARKDOWN)
    assert "shows zero-shot mBERT after English" in next(p.lead for p in document.passages if p.table)


def test_spans_of_html_are_repeated_and_numbers_kept_as_written(tmp_path):
    page = (
        "<title>T</title><h1>A page</h1><p>Some <b>bold</b> text.</p>"
        "<table><caption>Table 1: Accuracy</caption><thead>"
        "<tr><th rowspan=2>Model</th><th colspan=2>XNLI</th></tr><tr><th>de</th><th>fr</th></tr></thead>"
        "<tr><td>mBERT</td><td>70.10</td><td>1,234</td></tr></table>"
    )
    document = read(tmp_path, "a.html", page)
    (table,) = tables(document)
    assert document.title == "A page"
    assert table.header == ("Model", "XNLI / de", "XNLI / fr")
    assert table.rows == (("mBERT", "70.10", "1,234"),)


def test_tables_of_html_may_hold_paragraphs_but_no_tables(tmp_path):
    cells = "<tr><th>Model</th><th>de</th></tr><tr><td><p>mBERT</p></td><td><p>70.1</p></td></tr>"
    page = f"<h1>A</h1><h1>B</h1><table><tr><td><table>{cells}</table></td></tr></table><p>Text.</p>"
    document = read(tmp_path, "a.html", page)
    (table,) = tables(document)
    assert (table.header, table.rows) == (("Model", "de"), (("mBERT", "70.1"),))
    assert [(p.section, p.text) for p in document.passages if not p.table] == [("B", "Text.")]


def test_a_table_with_a_table_in_a_cell_is_read_and_so_is_the_inner_one(tmp_path):
    inner = "<table><tr><th>seed</th><th>F1</th></tr><tr><td>1</td><td>77.7</td></tr></table>"
    page = (
        "<p>Text.</p><table><tr><th>Target</th><th>Accuracy</th><th>Note</th></tr>"
        f"<tr><td>German</td><td>85.2</td><td>{inner}</td></tr>"
        "<tr><td>Thai</td><td>43.1</td><td></td></tr></table>"
    )
    outer, own = tables(read(tmp_path, "a.html", page))
    assert outer.rows == (("German", "85.2", ""), ("Thai", "43.1", ""))
    assert own.rows == (("1", "77.7"),)


def test_lists_in_lists_and_tags_in_markdown_keep_their_words(tmp_path):
    text = (
        "# A\n\n- donors help\n  - Basque most\n\nThe <script> tag &amp; `code`.\n\n```\nleft 9.9 out\n```\n"
    )
    document = read(tmp_path, "a.md", text)
    assert [p.text for p in document.passages] == ["donors help", "Basque most", "The tag & code."]


TABLE = r"""
\begin{table}\begin{tabular}{llcc} \toprule
\multirow{2}{*}{Encoder} & Setting & \multicolumn{2}{c}{XNLI} \\ \cmidrule(lr){3-4} & & de & sw \\ \midrule
\multirow{2}{*}{mBERT} & plain & 70.1 & 49.7 \\ & \ours & 71.6 & \textbf{51.9} \\ \bottomrule
\end{tabular}\caption{Accuracy of \ours{} with \pct{5} of the data.}\label{tab:main}\end{table}
"""
MAIN = r"""\documentclass{article}\newcommand{\ours}{\textsc{TwinHeads}}\newcommand{\pct}[1]{#1\%}
\title{Twin heads for cross-lingual transfer}\begin{document}\begin{abstract}We add a head.\end{abstract}
\section{Results}\input{sections/results}
% 99.9 on XNLI
\end{document}"""


def project(folder):
    (folder / "sections").mkdir(parents=True)
    (folder / "main.tex").write_text(MAIN, encoding="utf-8")
    (folder / "sections" / "results.tex").write_text(r"Table~\ref{tab:main} shows \ours. \subfile{../table}")
    (folder / "table.tex").write_text(r"\documentclass{subfiles}\begin{document}" + TABLE + r"\end{document}")
    (folder / "00README.txt").write_text("Build with latexmk.")
    return folder


def test_a_tex_project_is_one_document(tmp_path):
    project(tmp_path / "1234.56789")
    found = read_folder(tmp_path)
    (document,) = found.documents
    assert document.title == "Twin heads for cross-lingual transfer"
    (table,) = tables(document)
    assert table.caption == "Table 1: Accuracy of TwinHeads with 5% of the data."
    assert table.header == ("Encoder", "Setting", "XNLI / de", "XNLI / sw")
    assert table.rows == (("mBERT", "plain", "70.1", "49.7"), ("mBERT", "TwinHeads", "71.6", "51.9"))
    assert not any("99.9" in passage.text for passage in document.passages)
    assert all("part of the TeX project" in each.reason for each in found.skipped)
    assert len(found.skipped) == 3


def test_a_table_in_a_cell_of_tex_is_text_of_the_cell(tmp_path):
    cell = r"\begin{tabular}[c]{@{}c@{}}German\\ (de)\end{tabular}"
    table = (
        rf"\begin{{tabular}}{{lr}}Encoder & {cell} \\ \hline mBERT & 70.1 \\ XLM-R & 71.6 \\ \end{{tabular}}"
    )
    (tmp_path / "paper.tex").write_text(rf"\begin{{document}}\section{{Results}} {table} \end{{document}}")
    (document,) = read_folder(tmp_path).documents
    (found,) = tables(document)
    assert (found.header, found.rows) == (("Encoder", "German (de)"), (("mBERT", "70.1"), ("XLM-R", "71.6")))


def pdf(path, title="Twin heads for cross-lingual transfer"):
    """Two columns with a table across both, and one in the second column."""
    page = FPDF(format="A4")
    page.add_page()
    page.set_font("Times", "B", 16)
    page.text(30, 20, title)
    page.set_font("Times", size=10)
    for column, x in enumerate((20, 110)):
        for i in range(24):
            page.text(x, 90 + 5 * i, f"Line {i} of column {column} says some words, and then it is")
    rows = [("Model", "de", "fr", "sw", "th", "avg"), ("mBERT", "70.5", "73.1", "49.7", "55.0", "62.1"),
            ("XLM-R", "78.7", "80.2", "71.2", "74.0", "76.0")]  # fmt: skip
    for i, row in enumerate(rows):
        for j, cell in enumerate(row):
            page.text(25 + 30 * j, 40 + 5 * i, cell)
    page.text(
        25,
        62,
        "Table 1: XNLI accuracy of two encoders, zero-shot from English, on the test set of each target",
    )
    for i, row in enumerate([("", "EN", "DE"), ("EN", "96.8", "89.4"), ("DE", "84.0", "94.0")]):
        for j, cell in enumerate(row):
            page.text(115 + 20 * j, 225 + 5 * i, cell)
    page.text(110, 245, "Table 2: POS accuracy. Row = fine-tuning.")
    page.output(str(path))


def test_a_pdf_of_two_columns_is_read_column_by_column_with_its_tables(tmp_path):
    pdf(tmp_path / "a.pdf")
    (document,) = read_folder(tmp_path).documents
    assert document.title == "Twin heads for cross-lingual transfer"
    wide, narrow = sorted(tables(document), key=lambda t: t.caption)
    assert wide.header == ("Model", "de", "fr", "sw", "th", "avg")
    assert wide.rows[1] == ("XLM-R", "78.7", "80.2", "71.2", "74.0", "76.0")
    assert narrow.rows == (("EN", "96.8", "89.4"), ("DE", "84.0", "94.0"))
    text = " ".join(p.text for p in document.passages if p.table is None)
    assert text.index("Line 23 of column 0") < text.index("Line 0 of column 1")


def rows_of_pdf(page, top, rows, x=30):
    for i, row in enumerate(rows):
        for j, cell in enumerate(row):
            page.text(x + 25 * j, top + 5 * i, cell)


def test_parts_of_a_table_have_captions_of_their_own_from_a_pdf(tmp_path):
    page = FPDF(format="A4")
    page.add_page()
    page.set_font("Times", size=10)
    for i in range(8):
        page.text(
            20, 200 + 5 * i, f"Line {i} of the text says some words, and some more words, and then it is"
        )
    data = [("Set", "HL", "Ours"), ("low", "35.2", "36.6"), ("high", "83.3", "84.3"), ("all", "55.8", "57.0")]
    rows_of_pdf(page, 40, [*data, ("low", "53.1", "55.7"), ("high", "76.8", "77.3"), ("all", "63.3", "64.9")])
    page.text(35, 78, "(a) Accuracy of POS probing.")
    rows_of_pdf(page, 84, [*data, ("low", "25.7", "29.9"), ("high", "32.8", "37.2"), ("all", "28.7", "33.0")])
    page.text(35, 122, "(b) Macro F1 of NER probing.")
    page.text(20, 130, "Table 3: Probes of two models, on the languages of two sets.")
    page.output(str(tmp_path / "a.pdf"))
    (document,) = read_folder(tmp_path).documents
    first, second = tables(document)
    assert first.caption.endswith("two sets. (a) Accuracy of POS probing.")
    assert second.caption.endswith("two sets. (b) Macro F1 of NER probing.")
    assert [first.row_label(i) for i in range(6)] == ["low", "high", "all"] * 2
    assert (first.rows[3][1:], second.rows[5][1:]) == (("53.1", "55.7"), ("28.7", "33.0"))


def test_a_label_in_the_middle_of_its_rows_is_written_into_each(tmp_path):
    page = FPDF(format="A4")
    page.add_page()
    page.set_font("Times", size=10)
    rows = [("Script", "Lang.", "HL", "Ours"), ("", "de", "87.1", "86.8"), ("Shared", "en", "79.5", "81.1"),
            ("", "es", "83.1", "84.8"), ("", "ru", "79.0", "78.6"), ("Diverse", "ko", "63.7", "65.8"),
            ("", "el", "66.6", "69.0")]  # fmt: skip
    rows_of_pdf(page, 40, rows)
    page.text(20, 80, "Table 6: Accuracy of POS probes for each language of two sets.")
    page.output(str(tmp_path / "a.pdf"))
    (document,) = read_folder(tmp_path).documents
    (found,) = tables(document)
    assert [row[:2] for row in found.rows] == [
        *(("Shared", code) for code in ("de", "en", "es")),
        *(("Diverse", code) for code in ("ru", "ko", "el")),
    ]


def test_columns_as_near_as_words_are_columns(tmp_path):
    page = FPDF(format="A4")
    page.add_page()
    page.set_font("Times", size=10)
    for i, row in enumerate(
        ["Model en fr es de el", "LaBSE 85.4 80.2 80.5 78.8 78.6", "mBERT 82.1 74.4 74.9 71.2 67.9"]
    ):
        for j, word in enumerate(row.split()):
            page.text(20 + (13 + 8 * j if j else 0), 40 + 5 * i, word)
    for j, word in enumerate(["mBERT+T", "82.8", "75.2", "74.4", "72.0", "69.3"]):
        page.text(20 + (13 + 8 * j if j else 0), 55, word)
    page.text(20, 63, "Table 4: Accuracy in five languages.")
    page.output(str(tmp_path / "a.pdf"))
    (table,) = tables(read_folder(tmp_path).documents[0])
    assert table.header == ("Model", "en", "fr", "es", "de", "el")
    assert table.rows[2] == ("mBERT+T", "82.8", "75.2", "74.4", "72.0", "69.3")


def test_long_labels_between_rows_head_the_rows_below(tmp_path):
    page = FPDF(format="A4")
    page.add_page()
    page.set_font("Times", size=10)
    rows_of_pdf(page, 40, [("", "de", "da", "it", "no", "sv")])
    page.text(30, 45, "Fine-tuned on the English training set alone, for transfer to others")
    rows_of_pdf(page, 50, [("XLM", "86.4", "80.3", "80.9", "79.3", "77.8")])
    page.text(30, 55, "Fine-tuned on the translated training sets, one for each language")
    rows_of_pdf(page, 60, [("XLM", "87.1", "82.2", "81.0", "80.5", "79.4")])
    page.text(20, 68, "Table 1: Accuracy in five languages.")
    page.output(str(tmp_path / "a.pdf"))
    (first,) = tables(read_folder(tmp_path).documents[0])
    assert [first.row_label(i)[:18] for i in range(2)] == ["Fine-tuned on the "] * 2
    assert first.row_label(0) != first.row_label(1)
    assert first.header == ("", "de", "da", "it", "no", "sv")


def test_a_header_that_is_repeated_without_its_last_column_begins_a_table():
    grid = [["mBERT", "de", "da", "it", "Avg."], ["base", "33.0", "73.9", "75.0", "61.0"],
            ["XLM15", "de", "da", "it", ""], ["base", "33.3", "26.3", "27.3", "32.1"]]  # fmt: skip
    first, second = (block.table for block in table_blocks(grid, "Table 3: F1"))
    assert (first.header[0], second.header[0]) == ("mBERT", "XLM15")
    assert second.rows == (("base", "33.3", "26.3", "27.3", "32.1"),)


def test_boxes_of_tex_cells_and_labels_that_span_too_far_do_no_harm(tmp_path):
    box = r"\newcommand{\best}[1]{{\setlength{\fboxsep}{0pt}\colorbox{blue}{\textbf{#1}}}}"
    rows = [r"\multirow{9}{*}{BWE} & es & 33.3 & \best{34.0} \\", r"& ca & 37.0 & 37.8 \\",
            r"\multirow{2}{*}{MT} & es & \best{46.5} & 46.0 \\", r"& ca & 51.5 & 49.7 \\"]  # fmt: skip
    table = r"\begin{tabular}{llcc} & & Bi & Cnn \\ " + "".join(rows) + r"\end{tabular}"
    text = rf"{box}\begin{{document}}\section{{R}}\begin{{table}}{table}\caption{{F1.}}\end{{table}}"
    (tmp_path / "paper.tex").write_text(rf"{text}\end{{document}}")
    (found,) = tables(read_folder(tmp_path).documents[0])
    assert found.rows == (
        ("BWE", "es", "33.3", "34.0"),
        ("BWE", "ca", "37.0", "37.8"),
        ("MT", "es", "46.5", "46.0"),
        ("MT", "ca", "51.5", "49.7"),
    )


def test_a_macro_that_ends_with_a_space_closes_no_group(tmp_path):
    macro = r"\newcommand{\pct}{\,\%\ }"
    head = r"Text & \multicolumn{1}{c}{of 100\pct} & \multicolumn{1}{c}{of 90\pct} \\"
    table = rf"\begin{{tabular}}{{lrr}} {head} A & 8.94 & 0.54 \\ B & 2.58 & 3.68 \\ \end{{tabular}}"
    (tmp_path / "paper.tex").write_text(
        rf"{macro}\begin{{document}}\section{{R}}\begin{{table}}{table}\caption{{Cover.}}\end{{table}}\end{{document}}"
    )
    (found,) = tables(read_folder(tmp_path).documents[0])
    assert found.header == ("Text", "of 100 %", "of 90 %")
    assert found.rows == (("A", "8.94", "0.54"), ("B", "2.58", "3.68"))


def test_the_pdf_of_a_tex_paper_is_no_second_paper(tmp_path):
    project(tmp_path / "1234.56789")
    pdf(tmp_path / "1234.56789" / "paper.pdf")
    found = read_folder(tmp_path)
    assert [document.id for document in found.documents] == ["1234.56789/main.tex"]
    assert "the same paper as 1234.56789/main.tex" in {each.reason for each in found.skipped}


@pytest.mark.parametrize(
    ("grid", "expected"),
    [
        ([["", "a", "b"], ["g", "", ""], ["x", "1.0", "2.0"]], [(("", "a", "b"), (("g: x", "1.0", "2.0"),))]),
        (
            [["", "a", "", "b"], ["x", "1.0", "y", "2.0"], ["z", "3.0", "w", "4.0"]],
            [(("", "a"), (("x", "1.0"), ("z", "3.0"))), (("", "b"), (("y", "2.0"), ("w", "4.0")))],
        ),
        ([["k", "4", "8"], ["x", "1.5", "2.5"]], [(("k", "4", "8"), (("x", "1.5", "2.5"),))]),
        (
            [["", "UAS / LAS"], ["x", "76.5 / 54.4"], ["y", "82.1/70.3"]],
            [(("", "UAS", "LAS"), (("x", "76.5", "54.4"), ("y", "82.1", "70.3")))],
        ),
        (
            [
                ["", "BPE", "A", ""],
                ["", "", "fr", "ru"],
                ["x", "80k", "1.0", "2.0"],
                ["y", "-", "3.0", "4.0"],
            ],
            [(("", "BPE", "A / fr", "ru"), (("x", "80k", "1.0", "2.0"), ("y", "-", "3.0", "4.0")))],
        ),
        (
            [["", "M", "M"], ["", "100", "1000"], ["x", "1.5", "2.5"], ["y", "3.5", "4.5"]],
            [(("", "M / 100", "M / 1000"), (("x", "1.5", "2.5"), ("y", "3.5", "4.5")))],
        ),
        ([["only one row", "1"]], []),
    ],
)
def test_grids_become_tables(grid, expected):
    assert [(block.table.header, block.table.rows) for block in table_blocks(grid)] == expected


def test_a_header_that_is_repeated_begins_a_table():
    rows = [["Train", "a", "b"], ["x", "1.0", "2.0"], ["Train", "a", "b"], ["x", "3.0", "4.0"]]
    above, below = table_blocks(rows, "Table 3: Accuracy.")
    assert (above.table.rows, below.table.rows) == ((("x", "1.0", "2.0"),), (("x", "3.0", "4.0"),))


def test_sizes_head_columns_of_decimal_numbers():
    rows = [["Model", "1K", "10K"], ["MASS", "5.34", "15.16"], ["BMASS", "4.06", "14.32"]]
    (block,) = table_blocks(rows)
    assert block.table.header == ("Model", "1K", "10K")


def test_tables_of_both_columns_of_a_page_are_not_mixed(tmp_path):
    page = FPDF(format="A4")
    page.add_page()
    page.set_font("Times", size=9)
    columns = (20, 24, "Left", 64), (108, 92, "Right", 63)  # the right table begins in the left column
    for x, first, name, top in columns:
        rows = [("", "de", "en"), (name, "62.7", "43.2"), (f"{name} too", "46.6", "77.6")]
        for i, row in enumerate(rows):
            for j, cell in enumerate(row):
                page.text(first + (22 if name == "Left" else 35) * j, top + 4 * i, cell)
        page.text(x, 80, f"Table {1 + (x > 20)}: Scores of the parsers in this column of a page.")
        for i in range(9):
            page.text(x, 90 + 4 * i, f"Line {i} of a column says some words, and then some more wo")
    page.output(str(tmp_path / "a.pdf"))
    left, right = tables(read_folder(tmp_path).documents[0])
    assert [row[0] for row in left.rows] == ["Left", "Left too"]
    assert [row[0] for row in right.rows] == ["Right", "Right too"]
    assert (left.caption[:7], right.caption[:7]) == ("Table 1", "Table 2")


def test_a_table_is_wider_than_its_short_caption(tmp_path):
    page = FPDF(format="A4")
    page.add_page()
    page.set_font("Times", size=10)
    page.text(
        20,
        30,
        "The first line of a paragraph that is as wide as the page says many words, and then some more.",
    )
    page.text(20, 40, "Table 1: Hindi.")
    rows_of_pdf(
        page, 48, [("Model", "chrF", "FLORES"), ("base", "51.6", "61.7"), ("soup", "54.1", "61.8")], x=70
    )
    page.output(str(tmp_path / "a.pdf"))
    (table,) = tables(read_folder(tmp_path).documents[0])
    assert table.header == ("Model", "chrF", "FLORES")


def test_a_caption_names_the_two_values_of_each_cell():
    (block,) = table_blocks(
        [["Model", "de", "th"], ["mBERT", "70.6 / 54.0", "42.7 / 33.5"]], "F1 / EM on XQuAD"
    )
    assert block.table.header == ("Model", "de F1", "de EM", "th F1", "th EM")
    assert block.table.rows == (("mBERT", "70.6", "54.0", "42.7", "33.5"),)


def test_mathematics_in_markdown_is_text_and_prices_stay(tmp_path):
    text = "# T\n\nIt costs $5 and $7, and $F _ { 0 . 5 }$ is $4 3 . 5 \\%$.\n\n"
    document = read(tmp_path, "a.md", text + "| A | B |\n|---|---|\n| $1.5 | $2.5 |\n")
    assert document.passages[0].text == "It costs $5 and $7, and F _ 0.5 is 43.5%."
    assert tables(document)[0].header == ("A", "B")


def test_an_html_table_in_markdown_is_a_table(tmp_path):
    rows = "<tr><td>Model</td><td>de</td></tr><tr><td>A<b>B</b></td><td>71.5</td></tr>"
    (table,) = tables(read(tmp_path, "a.md", f"# Tagging\n\n<table>{rows}</table>\n\nAnd <UNK> text.\n"))
    assert (table.header, table.rows) == (("Model", "de"), (("AB", "71.5"),))


def test_lines_notes_and_loose_text_of_a_page_are_read_as_they_look(tmp_path):
    page = (
        "<h1>A page about parsers</h1><div>mBERT gets 88.8.</div>"
        "<p>Results:<br>mBERT Korean 71.1<br>XLM-R Korean 76.4,<br>which is more.</p>"
        "<section>Bare <b>text</b> 66.6.<pre>kept 33.3</pre></section><dl><dt>UAS</dt><dd>44.4</dd></dl>"
        "<p>The 5<sup>th</sup> run of 12<sup>3</sup>.</p>"
        "<table><tr><th>Model</th><th>de</th></tr><tr><td>mBERT</td><td>65<sup>1</sup></td></tr></table>"
    )
    document = read(tmp_path, "a.html", page)
    assert [p.text for p in document.passages if not p.table] == [
        *("mBERT gets 88.8.", "Results:", "mBERT Korean 71.1", "XLM-R Korean 76.4, which is more."),
        *("Bare text 66.6.", "kept 33.3", "UAS", "44.4", "The 5th run of 12."),
    ]
    assert tables(document)[0].rows == (("mBERT", "65"),)


def test_a_page_that_tables_lay_out_keeps_its_text(tmp_path):
    page = "<table><tr><td><table><tr><td>mBERT reaches 88.8 on parsing.</td></tr></table></td></tr></table>"
    assert "mBERT reaches 88.8 on parsing." in read(tmp_path, "a.html", page).passages[0].text


def test_cells_below_a_label_of_two_rows_are_as_written(tmp_path):
    page = (
        "<p>Text.</p><table><tr><th rowspan=2>Model</th><th colspan=2>NER</th></tr>"
        "<tr><th>German</th><th>p</th></tr><tr><td>A</td><td>78.10</td><td>0.00001</td></tr>"
        "<tr><td rowspan=2>B</td><td>61</td><td>0.050</td></tr><tr><td>5</td><td>1e3</td></tr></table>"
    )
    (table,) = tables(read(tmp_path, "a.html", page))
    assert table.rows == (("A", "78.10", "0.00001"), ("B", "61", "0.050"), ("B", "5", "1e3"))


def test_files_that_tex_includes_are_read_however_they_are_named(tmp_path):
    for name, text in (("sections", "One 88.8."), ("tables/imp", "Two 77.7."), ("other", "Three 55.5.")):
        (tmp_path / f"{name}.tex").parent.mkdir(exist_ok=True)
        (tmp_path / f"{name}.tex").write_text(text)
    table = r"\begin{tblr}{ll} m & de \\ A & 66.6 \\ \end{tblr} 64{.}2"
    (tmp_path / "tables" / "res.tbl").write_text(table)
    (tmp_path / "figure.pgf").write_text("99.9 " * 10**6)
    body = r"\input sections \input{tables/res.tbl} \import{tables/}{imp} \input{figure.pgf}"
    (tmp_path / "main.tex").write_text(rf"\documentclass{{article}}\begin{{document}}{body}\end{{document}}")
    found = read_folder(tmp_path)
    (document,) = found.documents
    text = " ".join(passage.text for passage in document.passages)
    assert all(number in text for number in ("88.8", "77.7", "66.6", "64.2")) and "99.9" not in text
    assert tables(document)[0].rows == (("A", "66.6"),)
    assert {each.source: each.reason for each in found.skipped} == {
        "sections.tex": "part of the TeX project main.tex",
        "tables/imp.tex": "part of the TeX project main.tex",
        "other.tex": "the TeX project main.tex does not include it",
    }


def test_papers_of_one_title_are_one_only_with_the_same_text(tmp_path):
    words = [f"word{i} is said here" for i in range(40)]
    for name, text in (("2019", words), ("2020", [f"{each} now" for each in words[::-1]]), ("copy", words)):
        (tmp_path / f"{name}.md").write_text("# Findings of the shared task\n\n" + ". ".join(text))
    found = read_folder(tmp_path)
    assert [document.id for document in found.documents] == ["2019.md", "2020.md"]
    assert [each.reason for each in found.skipped] == ["the same paper as 2019.md"]


def test_what_has_no_width_divides_no_number(tmp_path):
    document = read(tmp_path, "a.html", "<p>XLM-R reaches 77.&#8203;7 UAS, a pro&shy;per parser.</p>")
    assert document.passages[0].text == "XLM-R reaches 77.7 UAS, a proper parser."


ARXIV_PAGE = r"""<html><head><title>Twin heads</title></head><body>
<article><h1>Twin heads</h1>
<h2><span class="ltx_tag">1 </span>Results</h2><p class="ltx_p">Ours gains
<math alttext="2.5\pm 0.3" class="ltx_Math"><mrow><mn>2.5</mn><mo>±</mo><mn>0.3</mn></mrow></math> points<span
class="ltx_note"><sup>1</sup><span class="ltx_note_outer"><span class="ltx_note_content"><sup>1</sup><span
class="ltx_tag ltx_tag_note">1</span>Over seeds.</span></span></span> in German.</p>
<table class="ltx_equation ltx_eqn_table"><tr><td><math alttext="y=2x"><mi>y</mi></math></td>
<td>(1)</td></tr>
<tr><td>where</td><td>(2)</td></tr></table>
<section><h2>References</h2><ul><li>Kim. 2019. Heads.</li></ul></section>
<figure class="ltx_table"><figcaption><span class="ltx_tag">Table 1: </span>
<math alttext="F_{1}"><mi>F</mi></math>
of NER.</figcaption><table class="ltx_tabular"><thead><tr><th>Model</th><th><table><tr><td>German</td></tr>
<tr><td>(test)</td></tr></table></th></tr></thead><tbody><tr><td>Ours</td><td>
<math alttext="\mathbf{81.2}"><mn>81.2</mn></math></td></tr><tr><td>Theirs</td><td>
<math alttext="79.0"><mn>79.0</mn></math></td></tr></tbody>
</table></figure></article></body></html>"""


def test_a_page_of_arxiv_keeps_its_mathematics_its_notes_apart_and_the_tables_of_its_appendix(tmp_path):
    document = read(tmp_path, "twin.html", ARXIV_PAGE)
    texts = [p.text for p in document.passages if p.table is None]
    assert texts[0] == "Ours gains 2.5±0.3 points in German."
    assert "Over seeds." in texts and not any("Kim" in text for text in texts)
    (table,) = tables(document)
    assert table.caption == "Table 1: F_1 of NER."
    assert (table.header, table.rows) == (("Model", "German (test)"), (("Ours", "81.2"), ("Theirs", "79.0")))


def test_formulas_of_a_page_are_read_once_however_they_are_written(tmp_path):
    page = r"""<h1>Twin heads</h1>
    <p>Ours has \(81.2 \pm 0.3\) and theirs <span class="katex"><span
    class="katex-mathml"><math><semantics><mn>79.0</mn><annotation encoding="application/x-tex">
79.0</annotation>
    </semantics></math></span><span class="katex-html" aria-hidden="true">79.0</span></span>, that is <span
    style="display: none;"><math alttext="2.2"><mn>2.2</mn></math></span> less.</p><p hidden>Not shown.</p>"""
    texts = [p.text for p in read(tmp_path, "twin.html", page).passages]
    assert [" ".join(text.split()) for text in texts] == [
        "Ours has 81.2 ±0.3 and theirs 79.0, that is 2.2 less."
    ]


@pytest.mark.parametrize("head", ["| Model | Head | F1 |  | EM |  |\n", "|  |  |  |  |  |  |\n"])
def test_rows_of_heads_of_markdown_stand_for_the_columns_they_span(tmp_path, head):
    above = "" if "Model" in head else "| Model | Head | F1 |  | EM |  |\n"
    text = f"# Twin heads\n\n{head}|---|---|---|---|---|---|\n{above}| | | dev | test | dev | test |\n"
    body = "| Ours | | | | | |\n| twin | 2 | 81.2 | 80.1 | 70.3 | 69.0 |\n"
    (table,) = tables(read(tmp_path, "twin.md", text + body))
    assert table.header[2:] == ("F1 / dev", "F1 / test", "EM / dev", "EM / test")
    assert table.rows[0][0] == "Ours: twin" and table.rows[0][2:] == ("81.2", "80.1", "70.3", "69.0")


def test_breaks_and_formulas_in_cells_of_markdown_keep_words_and_numbers_apart(tmp_path):
    cell = '<math alttext="81.2"><semantics><mn>81.2</mn><annotation>81.2</annotation></semantics></math>'
    rows = f"| XLM-R<br>base | {cell} |\n| mBERT | 79.0<sup>2</sup> |\n"
    text = f"# Twin heads\n\n| Model | F1 |\n|---|---|\n{rows}"
    (table,) = tables(read(tmp_path, "twin.md", text))
    assert table.rows == (("XLM-R base", "81.2"), ("mBERT", "79.0"))


def test_tables_side_by_side_have_the_same_head_over_their_labels():
    head = ["Subject", "Text", "Words/h"]
    rows = [
        [f"FR-{i // 2}", "AB"[i % 2], f"{520 + i}.37", f"IT-{i // 2}", "AB"[i % 2], f"{389 + i}.41"]
        for i in range(4)
    ]
    found = [block.table for block in table_blocks([[*head, *head], *rows], "Table 2: Speed.")]
    assert [table.rows[3] for table in found] == [("FR-1", "B", "523.37"), ("IT-1", "B", "392.41")]


HEADS = ["German", "Swahili"]
VALUES = {"mBERT": ["70.6", "54.0", "42.7", "33.5"], "XLM-R": ["77.2", "61.5", "59.1", "44.8"]}


def in_markdown(empty):
    heads = ["| | German | | Swahili | |", "| Model | F1 | EM | F1 | EM |"]
    rows = [f"| {model} | {' | '.join(values)} |" for model, values in VALUES.items()]
    first = ["| | | | | |"] if empty else [heads.pop(0)]
    return "\n".join(["# Heads", "", "Table 1: XQuAD.", "", *first, "|---|---|---|---|---|", *heads, *rows])


def in_html(number):
    spans = "".join(f"<th colspan='2'>{head}</th>" for head in HEADS)
    rows = "".join(
        f"<tr><th>{model}</th>{''.join(f'<td>{number(value)}</td>' for value in values)}</tr>"
        for model, values in VALUES.items()
    )
    heads = f"<tr><th></th>{spans}</tr><tr><th>Model</th>{'<th>F1</th><th>EM</th>' * 2}</tr>"
    caption = "<figcaption>Table 1: XQuAD.</figcaption>"
    return (
        f"<h1>Heads</h1><figure>{caption}<table><thead>{heads}</thead><tbody>{rows}</tbody></table></figure>"
    )


def in_tex(number):
    spans = " & ".join(rf"\multicolumn{{2}}{{c}}{{{head}}}" for head in HEADS)
    rows = r" \\ ".join(f"{m} & {' & '.join(map(number, values))}" for m, values in VALUES.items())
    body = rf"\toprule & {spans} \\ \cmidrule(lr){{2-3}} Model & F1 & EM & F1 & EM \\ \midrule {rows} \\"
    table = rf"\caption{{XQuAD.}}\begin{{tabular}}{{lrrrr}}{body} \bottomrule\end{{tabular}}"
    return rf"\title{{Heads}}\begin{{document}}\begin{{table}}{table}\end{{table}}\end{{document}}"


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.md", in_markdown(empty=False)),
        ("a.md", in_markdown(empty=True)),
        ("a.html", in_html(str)),
        ("a.html", in_html(lambda v: f'<math alttext="\\mathbf{{{v}}}"><mn>{v}</mn></math>')),
        ("a.html", in_html(lambda v: rf"\(\underline{{{v}}}\)")),
        ("a.tex", in_tex(str)),
        ("a.tex", in_tex(lambda v: f"$\\mathbf{{{v}}}$")),
    ],
)
def test_a_table_is_the_same_in_every_format(tmp_path, name, text):
    (table,) = tables(read(tmp_path, name, text))
    assert table.header == ("Model", "German / F1", "German / EM", "Swahili / F1", "Swahili / EM")
    assert table.rows == tuple((model, *values) for model, values in VALUES.items())
    assert table.caption.endswith("XQuAD.")
