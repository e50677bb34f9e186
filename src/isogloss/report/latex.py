"""Tables of a report as LaTeX, for the packages booktabs and longtable."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

from isogloss.narrative.numbers import interval, p_value, percent, slope
from isogloss.report.summary import Summary
from isogloss.study.outputs.matrices import MatrixRow, ScoreMatrix
from isogloss.study.outputs.relations import Section

_SIGNS = {
    "\\": r"\textbackslash{}",
    "{": r"\{",
    "}": r"\}",
    "$": r"\$",
    "&": r"\&",
    "#": r"\#",
    "%": r"\%",
    "_": r"\_",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
    "|": r"\textbar{}",
    '"': r"\textquotedbl{}",
    "'": r"\textquotesingle{}",
    "`": r"\textasciigrave{}",
    "[": "{[}",
    "]": "{]}",
    "\N{MINUS SIGN}": "$-$",
    "\N{EN DASH}": "--",
    "\N{INFINITY}": r"$\infty$",
    "\N{RIGHTWARDS ARROW}": r"$\rightarrow$",
    "\N{MULTIPLICATION SIGN}": r"$\times$",
}
_LATIN = 0x180
"""pdfTeX knows the letters below; others are written by their number."""


def escape(text: str) -> str:
    """Text as LaTeX prints it, whatever it holds."""
    out = []
    for character in unicodedata.normalize("NFC", text):
        if character in _SIGNS:
            out.append(_SIGNS[character])
        elif unicodedata.category(character)[0] in "CZ":
            out.append(" ")
        elif ord(character) < 0x80 or (ord(character) < _LATIN and character.isalpha()):
            out.append(character)
        else:
            out.append(f"U+{ord(character):04X}")
    return "".join(out)


def tables(summary: Summary) -> str:
    r"""Every table that a paper would take, one after the other: ``\input{tables}`` shows them."""
    parts = [
        "% Tables of an isogloss report. In the preamble:",
        r"% \usepackage{booktabs,longtable,textcomp} \usepackage[T1]{fontenc}",
        *(_verdicts(section) for section in summary.sections if section.primary),
        *(_scores(matrix) for matrix in summary.matrices if matrix.columns),
    ]
    return "\n".join(parts) + "\n"


def _table(columns: str, caption: str, head: Sequence[str], body: Sequence[Sequence[str]]) -> str:
    header = " & ".join(head) + r" \\"
    return "\n".join(
        [
            rf"\begin{{longtable}}{{@{{}}{columns}@{{}}}}",
            rf"\caption{{{caption}}}\\",
            r"\toprule",
            header,
            r"\midrule",
            r"\endhead",
            r"\bottomrule",
            r"\endfoot",
            *(" & ".join(row) + r" \\" for row in body),
            r"\end{longtable}",
            "",
        ]
    )


def _verdicts(section: Section) -> str:
    caption = (
        f"{section.title}: slope in {section.unit} per unit of distance, row and column effects removed, "
        f"with {section.confidence}% interval; p by permuting whole languages, family-wise over distances."
    )
    head = ("Distance", "Slope", "Interval", "p", "Family-wise p", "Pairs", "Verdict")
    body = [
        [
            escape(part)
            for part in (
                row.distance,
                slope(row.estimate, section.scale),
                interval(row.ci_low, row.ci_high, section.scale),
                p_value(row.p_value),
                p_value(row.p_family),
                str(row.n_dyads),
                row.verdict,
            )
        ]
        for row in section.primary
    ]
    return _table("lrrrrrl", escape(caption), head, body)


def _scores(matrix: ScoreMatrix) -> str:
    caption = (
        f"{matrix.metric.replace('_', ' ')} in percent on the {matrix.split} split of {matrix.task} "
        f"({matrix.encoder}, {matrix.aggregator}); rows: {matrix.row_role}. In parentheses: not zero-shot, "
        "and kept out of the mean."
    )
    head = ("", "mean", *(escape(column) for column in matrix.columns))
    body = [[escape(row.label), escape(percent(row.mean_zero_shot)), *_cells(row)] for row in matrix.rows]
    chance = ["best constant", "", *(escape(percent(value)) for value in matrix.chance)]
    return _table("lr" + "r" * len(matrix.columns), escape(caption), head, [*body, chance])


def _cells(row: MatrixRow) -> list[str]:
    texts = (escape(percent(cell.mean)) for cell in row.cells)
    return [text if cell.zero_shot else f"({text})" for text, cell in zip(texts, row.cells, strict=True)]
