r"""Typeset the papers of ``golden/evidence`` that are to be read as PDF, in one column or in two.

Their sources are text: ``#`` begins the title, ``##`` a heading, ``|`` a row of a table, and ``\-`` is a
place where a word may be cut at the end of a line.
"""

from datetime import UTC, datetime
from pathlib import Path

from fpdf import FPDF

_MARGIN = 25
_SOFT_HYPHEN = "\u00ad"


class _Columns(FPDF):
    """A page that is filled column by column."""

    def __init__(self, n_columns: int) -> None:
        super().__init__(format="A4")
        self.set_creation_date(datetime(2026, 1, 1, tzinfo=UTC))
        self.set_margin(_MARGIN)
        self.add_page()
        gutter = 8 * (n_columns - 1)
        self.column_width = (self.epw - gutter) / n_columns
        self._lefts = [_MARGIN + i * (self.column_width + 8) for i in range(n_columns)]

    def room_for(self, height: float) -> None:
        """Go to the next column if a block does not fit into this one; the last column is never left."""
        following = [left for left in self._lefts if left > self.l_margin + 1]
        if self.get_y() + height > self.h / 2 and following:
            self.set_left_margin(following[0])
            self.set_xy(following[0], self._top)

    def begin_columns(self) -> None:
        """Columns begin below what stands on the page so far."""
        self._top = self.get_y()


def render(source: Path, target: Path, n_columns: int = 1) -> None:
    """Typeset one paper; its title stands above all columns."""
    pdf = _Columns(n_columns)
    title, *rest = source.read_text(encoding="utf-8").replace("\\-", _SOFT_HYPHEN).split("\n\n")
    pdf.set_font("Times", "B", 16)
    pdf.multi_cell(0, 8, title.lstrip("# "), new_x="LMARGIN", new_y="NEXT")
    pdf.ln(3)
    pdf.begin_columns()
    for block in rest:
        _block(pdf, block.strip().splitlines())
    pdf.output(str(target))


def _block(pdf: _Columns, lines: list[str]) -> None:
    if lines[0].startswith("|"):
        pdf.room_for(6.0 * len(lines))
        _table(pdf, [[cell.strip() for cell in line.strip("|").split("|")] for line in lines])
        pdf.ln(3)
        return
    is_heading = lines[0].startswith("#")
    pdf.set_font("Times", "B" if is_heading else "", 12 if is_heading else 11)
    text, height = " ".join(lines).lstrip("# "), 8 if is_heading else 5.5
    n_lines = len(pdf.multi_cell(pdf.column_width, height, text, dry_run=True, output="LINES"))
    pdf.room_for(height * n_lines)
    pdf.multi_cell(
        pdf.column_width, height, text, align="L" if is_heading else "J", new_x="LMARGIN", new_y="NEXT"
    )
    pdf.ln(3)


def _table(pdf: _Columns, rows: list[list[str]]) -> None:
    width = min(45, pdf.column_width / len(rows[0]))
    for i, row in enumerate(rows):
        pdf.set_font("Times", "B" if i == 0 else "", 10)
        for cell in row:
            pdf.cell(width, 6, cell)
        pdf.ln(6)
