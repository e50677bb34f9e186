"""What the readers make of tables, macros and columns."""

import pytest

from isogloss.evidence.documents import read_document
from isogloss.evidence.findings import findings
from isogloss.evidence.readers._grid import Cell, make_table, spread
from isogloss.evidence.readers._pdf_layout import blocks_of_page
from isogloss.evidence.readers._tex_macros import expand
from isogloss.evidence.readers.base import Limits, UnreadableError
from isogloss.evidence.scope import Scope


def passages(tmp_path, name, text):
    (tmp_path / name).write_text(text, encoding="utf-8")
    return read_document(tmp_path / name, name, Limits()).passages


def table(tmp_path, name, text):
    (found,) = [passage for passage in passages(tmp_path, name, text) if passage.table]
    return found


def of_cell(passage, value):
    """Facets of the one cell with that value."""
    (found,) = [finding for finding in findings(passage) if finding.value == value]
    return {facet: sorted(each.values) for facet, each in found.facets.items()}


TEX = r"""
\begin{tabular}{llcc}
\toprule
\multirow{2}{*}{Encoder} & \multirow{2}{*}{Training} & \multicolumn{2}{c}{XNLI} \\
\cmidrule(lr){3-4}
 & & de & sw \\
\midrule
\multirow{2}{*}{mBERT} & vanilla & 70.1 & 49.7 \\
 & TwinHeads & 71.6$_{\pm 0.2}$ & \textbf{51.9} \\
\bottomrule
\end{tabular}
"""

HTML = """
<table><thead><tr><th rowspan=2>Input<th rowspan=2>Target<th colspan=2>POS</tr>
<tr><th>mBERT<th>XLM-R base</tr></thead>
<tr><th rowspan=2>romanised<td>Hindi<td>64.0<td>70.2</tr><tr><td>Amharic<td>49.3<td>58.8</tr></table>
"""


def test_headers_in_two_rows_become_one_and_spanned_labels_are_repeated(tmp_path):
    found = table(tmp_path, "a.tex", TEX)
    assert found.table.header == ("Encoder", "Training", "XNLI / de", "XNLI / sw")
    assert of_cell(found, 51.9) == {
        "model": ["mbert"], "method": ["twinheads"], "task": ["xnli"], "language": ["sw"],
    }  # fmt: skip
    found = table(tmp_path, "a.html", HTML)
    assert found.table.rows[1] == ("romanised", "Amharic", "49.3", "58.8")
    assert of_cell(found, 58.8) == {"model": ["xlm-r/base"], "task": ["pos"], "language": ["am"]}


def test_text_beside_blocks_and_after_unclosed_ones_is_kept(tmp_path):
    page = (
        "<title>T</title><div>Beside. <p>In <b>it</b>.</p> After.</div><ul><li>First.<li>Second.</ul>Loose."
    )
    found = [passage.text for passage in passages(tmp_path, "a.html", page)]
    assert found == ["Beside.", "In it.", "After.", "First.", "Second.", "Loose."]


def test_a_label_across_the_table_belongs_to_the_rows_below(tmp_path):
    rows = r"\multicolumn{3}{@{}l}{\emph{GateMix}} \\ XNLI & 74.7 & 73.4 \\ NER & 55.1 & 61.8 \\"
    found = table(
        tmp_path, "a.tex", rf"\begin{{tabular}}{{lll}} & mT5 & XLM-R \\ \hline {rows} \end{{tabular}}"
    )
    assert of_cell(found, 61.8) == {"method": ["gatemix"], "task": ["ner"], "model": ["xlm-r"]}


def test_a_lonely_label_is_a_group_only_where_labels_recur():
    header = ["", "mBERT", "XLM-R"]
    missing = make_table([header, ["XNLI", "", ""], ["NER", "61.0", "62.0"]])
    assert missing.rows == (("XNLI", "", ""), ("NER", "61.0", "62.0"))
    grouped = make_table([header, ["A", "", ""], ["NER", "1.0", "2.0"], ["B", "", ""], ["NER", "3.0", "4.0"]])
    assert grouped.rows == (("A", "NER", "1.0", "2.0"), ("B", "NER", "3.0", "4.0"))


def test_cells_spread_as_in_html():
    rows = [[Cell("a", rows=9), Cell("b", columns=2)], [Cell("c"), Cell("d")]]
    assert spread(rows) == [["a", "b", "b"], ["a", "c", "d"]]


def test_a_table_of_millions_of_cells_is_refused():
    with pytest.raises(UnreadableError, match="more than 100,000 cells"):
        spread([[Cell("x", columns=100, rows=100)] * 20] * 100)


@pytest.mark.parametrize("corner", ["source \\ target", "source / target", "Source → target"])
def test_the_corner_says_which_side_was_trained_on(tmp_path, corner):
    found = table(tmp_path, "a.md", f"# T\n\n| {corner} | cs | lt |\n|--|--|--|\n| pl | 86,9 | 74,8 |\n")
    expected = ("pl", "lt") if "→" not in corner else ("lt", "pl")
    facets = of_cell(found, 74.8)
    assert (facets["training_language"], facets["language"]) == ([expected[0]], [expected[1]])


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        (r"\newcommand{\ours}{AltFuse}\ours{} wins", "AltFuse{} wins"),
        (r"\def\ours{AltFuse}\ours wins", "AltFuse wins"),
        (r"\newcommand{\ours}{AltFuse\xspace}\ours wins", "AltFuse wins"),
        (r"\newcommand\sd[1]{$\pm$#1}84.3\sd{0.2}", r"84.3$\pm$0.2"),
        (r"\newcommand{\a}{\b}\newcommand{\b}{x}\a", "x"),
        (r"\newcommand{\ours}{A}\oursize", r"\oursize"),
    ],
)
def test_macros_of_the_author_are_written_out(source, expected):
    assert expand(source) == expected


def test_lines_keep_their_numbers_when_macros_are_written_out(tmp_path):
    text = "\\newcommand{\\ours}{%\n  AltFuse%\n}\n\\begin{document}\nIt is \\ours.\n\\end{document}\n"
    (found,) = passages(tmp_path, "a.tex", text)
    assert (found.text, found.place.line) == ("It is AltFuse.", 5)


def test_a_row_beside_one_of_the_papers_method_is_not_of_that_method(tmp_path):
    rows = r"fine-tuning & 70.1 \\ TwinHeads & 71.6 \\"
    text = rf"\title{{TwinHeads}} \begin{{tabular}}{{ll}} & XNLI \\ \hline {rows} \end{{tabular}}"
    (tmp_path / "a.tex").write_text(text, encoding="utf-8")
    document = read_document(tmp_path / "a.tex", "a", Limits())
    (found,) = document.passages
    scope = Scope.of(document.title, document.passages)
    methods = {f.value: set(f.facets["method"].values) if "method" in f.facets else set()
               for f in findings(found, scope)}  # fmt: skip
    assert methods == {70.1: {"unnamed"}, 71.6: {"twinheads"}}


def test_what_stands_beside_a_number_is_not_part_of_it(tmp_path):
    rows = r"A & \cellcolor{blue!20}84.3 & 61\std{2} \\ B & 80.1 & 62\std{3} \\"
    found = table(
        tmp_path, "a.tex", rf"\begin{{tabular}}{{lll}} & XNLI & NER \\ \hline {rows} \end{{tabular}}"
    )
    assert 84.3 in {finding.value for finding in findings(found)}
    assert 612.0 not in {finding.value for finding in findings(found)}


def test_a_table_in_one_of_two_columns_is_a_table():
    left = [f"line {i} of a paragraph in the left column of it" for i in range(12)]
    words = ["words of the right column go on here"] * 4
    right = [
        *words,
        "Target       plain    fused",
        "Indonesian   53.0     58.6",
        "Turkish      68.8     68.1",
        *words,
    ]
    layout = "\n".join(f"{a:60}{b}" for a, b in zip(left, right, strict=False))
    running = "\n".join([*left, *(" ".join(line.split()) for line in right)])
    (found,) = [block.table for block in blocks_of_page(running, layout, 2, is_first=False) if block.table]
    assert found.header == ("Target", "plain", "fused")
    assert found.rows == (("Indonesian", "53.0", "58.6"), ("Turkish", "68.8", "68.1"))


def test_columns_of_a_wide_table_are_no_columns_of_the_page():
    rows = [f"Language{i}    5{i}.0     5{i}.6" for i in range(10)]
    layout = "\n".join(["Target       plain    fused", *rows])
    (found,) = [block.table for block in blocks_of_page(layout, layout, 1, is_first=False) if block.table]
    assert len(found.header) == 3
    assert len(found.rows) == 10
