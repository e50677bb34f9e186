r"""LaTeX sources: paragraphs, headings and tables; nothing is compiled, included or run."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from itertools import accumulate
from pathlib import Path
from typing import Any

from isogloss.evidence.base import Block, Parsed
from isogloss.evidence.readers._grid import Cell, make_table, spread
from isogloss.evidence.readers._tex_macros import expand, group
from isogloss.evidence.readers.base import (
    CITED_AS_SUBJECT,
    CITED_IN_BRACKETS,
    Limits,
    UnreadableError,
    first_year,
    read_text_file,
    with_captions,
)

NAME = "tex"

_COMMENT = re.compile(r"(?<!\\)%.*")
_EDGE = re.compile(r"\\(begin|end)\{([a-zA-Z]+\*?)\}")
_FLOATS = frozenset(["table", "table*", "wraptable", "sidewaystable", "sidewaystable*"])
_TABULARS = frozenset(["tabular", "tabular*", "tabularx", "tabulary", "longtable", "array"])
_HIDDEN = frozenset(
    ["comment", "thebibliography", "tikzpicture", "algorithm", "algorithm*", "lstlisting", "verbatim"]
)
_SECTION = re.compile(r"\\(?:sub)*(?:section|paragraph)\*?\s*(?=\{)")
_PARAGRAPH_END = re.compile(rf"\n\s*\n|{_SECTION.pattern}|\Z")
_BODY_RULE = re.compile(r"\\(?:midrule|hline)(?![a-zA-Z])(?:\[[^\]]*\])?")
_OTHER_RULES = re.compile(
    r"\\(?:toprule|bottomrule|cline\{[^}]*\}|cmidrule(?:\([^)]*\))?\{[^}]*\}|addlinespace)(?:\[[^\]]*\])?"
)
_ROW_END = re.compile(r"\\\\\*?(?:\[[^\]]*\])?|\\tabularnewline")
_COLUMNS = r"\{(?:[^{}]|\{[^{}]*\})*\}"
_MULTICOLUMN = re.compile(rf"\s*\\multicolumn\{{(\d{{1,2}})\}}\s*{_COLUMNS}\s*(?=\{{)")
_MULTIROW = re.compile(r"\s*\\multirow(?:\[[^\]]*\])?\{(\d{1,2})\}(?:\[[^\]]*\])?\{[^}]*\}\s*(?=\{)")
_NO_MARKUP = re.compile(r"[\w\s.,;:()+/*=<>!?]*")
_GLUED = re.compile(r"(?<=\d)(?=\\[a-zA-Z]+\{)|(?<=\})(?=\d)")
_DROPPED = re.compile(
    r"\\(?:label|ref|autoref|cref|url|vspace|hspace|includegraphics|bibliography|"
    r"bibliographystyle|input|include|subfile|write\d*|immediate|maketitle|centering|footnotemark|cellcolor|"
    r"rowcolor|color)(?![a-zA-Z])\*?(?:\[[^\]]*\])*(?:\{[^}]*\})?"
)


_CITED_AS_SUBJECT = re.compile(
    r"\\(?:citet|citealt|textcite|newcite|citeauthor|Citet)(?![a-zA-Z])\*?(?:\[[^\]]*\])*\{[^}]*\}"
)
_CITED = re.compile(r"\\[a-zA-Z]*cite[a-zA-Z]*\*?(?:\[[^\]]*\])*\{[^}]*\}")


class TexReader:
    r"""The text between ``\\begin{document}`` and its end."""

    suffixes = (".tex",)
    bytes_to_trust = 300_000

    def parse(self, path: Path, limits: Limits) -> Parsed:
        """Read the source; commands that load other files are dropped."""
        text = "\n".join(_COMMENT.sub("", line) for line in read_text_file(path).split("\n"))
        source = _Source(expand(text))
        try:
            return Parsed(tuple(with_captions(_blocks(source))), _year(source.text))
        except RecursionError:
            raise UnreadableError("its groups are nested too deep") from None


@dataclass(frozen=True)
class _Source:
    text: str

    @cached_property
    def _ends(self) -> list[int]:
        return list(accumulate(len(line) + 1 for line in self.text.split("\n")))

    def line(self, offset: int) -> int:
        return bisect_right(self._ends, offset) + 1


def _blocks(source: _Source) -> list[Block]:
    text = source.text
    blocks: list[Block] = []
    title = re.search(r"\\title(?:\[[^\]]*\])?\s*(?=\{)", text)
    if title:
        blocks.append(Block("title", _plain(group(text, title.end())), None, source.line(title.start())))
    position = text.find(r"\begin{document}")
    position = position + len(r"\begin{document}") if position >= 0 else 0
    last = text.find(r"\end{document}")
    for start, end, name in _environments(text, _FLOATS | _TABULARS | _HIDDEN):
        if start < position or (0 <= last < end):
            continue
        blocks += _paragraphs(source, position, start)
        if name not in _HIDDEN:
            blocks += _table(text[start:end], source.line(start))
        position = end
    return blocks + _paragraphs(source, position, last if last >= 0 else len(text))


def _environments(text: str, names: Collection[str]) -> list[tuple[int, int, str]]:
    """Spans and names of the outermost environments among `names`; one that is never closed is none."""
    found: list[tuple[int, int, str]] = []
    opened: list[tuple[str, int]] = []
    for edge in _EDGE.finditer(text):
        if edge[2] not in names:
            continue
        if edge[1] == "begin":
            opened.append((edge[2], edge.start()))
        elif opened and opened[-1][0] == edge[2]:
            name, start = opened.pop()
            while found and found[-1][0] > start:
                found.pop()
            found.append((start, edge.end(), name))
    return found


def _paragraphs(source: _Source, start: int, end: int) -> list[Block]:
    text = source.text[start:end].replace(r"\begin{abstract}", r"\section{Abstract}")
    blocks: list[Block] = []
    position = 0
    for match in _PARAGRAPH_END.finditer(text):
        if match.start() < position:
            continue
        chunk = text[position : match.start()]
        plain = _plain(chunk) if chunk.strip() else ""
        if plain:
            lead = len(chunk) - len(chunk.lstrip())
            blocks.append(Block("paragraph", plain, None, source.line(start + position + lead)))
        position = match.end()
        if match.group().startswith("\\"):
            heading = group(text, match.end(), _MAX_HEADING)
            blocks.append(Block("heading", _plain(heading), None, source.line(start + match.start())))
            position = match.end() + len(heading) + 2
    return blocks


_MAX_HEADING = 300


def _table(text: str, line: int) -> list[Block]:
    at = re.search(r"\\caption(?:\[[^\]]*\])?\s*(?=\{)", text)
    caption = _plain(group(text, at.end())) if at else ""
    blocks = []
    for start, end, name in _environments(text, _TABULARS):
        begin, close = len(rf"\begin{{{name}}}"), len(rf"\end{{{name}}}")
        rows, n_header = _rows(_without_columns(text[start + begin : end - close]))
        table = make_table(spread(_without_placeholders(rows)), caption, n_header)
        if table is not None:
            blocks.append(Block("table", table.as_text(), None, line, table))
    if not blocks and caption:
        blocks.append(Block("paragraph", caption, None, line))
    return blocks


def _rows(body: str) -> tuple[list[list[Cell]], int]:
    """Rows of cells; the header's are those above the first rule that stands between rows."""
    parts = [
        [_cells(row) for row in _ROW_END.split(_OTHER_RULES.sub("", part)) if row.strip()]
        for part in _BODY_RULE.split(body)
    ]
    parts = [part for part in parts if part]
    return [row for part in parts for row in part], len(parts[0]) if len(parts) > 1 else 1


def _without_columns(body: str) -> str:
    """Drop the arguments that declare the columns."""
    body = re.sub(r"^\s*(?:\[[^\]]*\])?", "", body)
    while body.lstrip().startswith("{"):
        body = body.lstrip()
        body = body[len(group(body, 0)) + 2 :]
    return body


def _cells(row: str) -> list[Cell]:
    cells: list[Cell] = []
    for text in re.split(r"(?<!\\)&", row):
        inside, columns, rows = text, 1, 1
        if spanning := _MULTICOLUMN.match(inside):
            inside, columns = group(inside, spanning.end()), max(1, int(spanning[1]))
        if spanning := _MULTIROW.match(inside):
            inside, rows = group(inside, spanning.end()), max(1, int(spanning[1]))
        cells.append(Cell(_plain(_GLUED.sub(" ", inside)), columns, rows))
    return cells


def _without_placeholders(rows: Sequence[Sequence[Cell]]) -> list[list[Cell]]:
    """Drop the empty cells that LaTeX wants below one that spans several rows."""
    left: dict[int, int] = {}
    out: list[list[Cell]] = []
    for row in rows:
        kept: list[Cell] = []
        column = 0
        for cell in row:
            below = left.get(column, 0) > 0
            left[column] = left[column] - 1 if below else cell.rows - 1
            if not (below and not cell.text):
                kept.append(cell)
            column += cell.columns
        out.append(kept)
    return out


def _plain(text: str) -> str:
    if _NO_MARKUP.fullmatch(text):
        return re.sub(r"\s+", " ", text).strip()
    text = _CITED_AS_SUBJECT.sub(f"{CITED_AS_SUBJECT} ", text.replace("~", " ").replace(r"\-", ""))
    text = _DROPPED.sub("", _CITED.sub(f" {CITED_IN_BRACKETS}", text))
    text = re.sub(r"\\begin\{[a-zA-Z*]+\}(?:\[[^\]]*\])?|\\end\{[a-zA-Z*]+\}", " ", text)
    plain = _converter().latex_to_text(text, tolerant_parsing=True)
    return re.sub(r"\s+", " ", str(plain)).strip()


@cache
def _converter() -> Any:
    from pylatexenc.latex2text import LatexNodes2Text

    return LatexNodes2Text(math_mode="text", strict_latex_spaces=True)


def _year(source: str) -> int | None:
    date = re.search(r"\\date\{([^}]*)\}", source)
    return first_year(date[1]) if date else None


READER = TexReader()
