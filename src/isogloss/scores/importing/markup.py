r"""Tables of Markdown, LaTeX and HTML as grids of text."""

from __future__ import annotations

import io
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import cast

import pandas as pd

from isogloss.errors import DataError
from isogloss.scores.importing.grid import Grid, as_text, grid_of_frame, whole

_RULE = re.compile(r"\|?\s*:?-+:?\s*(?:[|+]\s*:?-+:?\s*)*\|?")
_HEADING = re.compile(r"(#{1,6})\s")
_NOT_TEXT = re.compile(
    r"\\(?:toprule|midrule|bottomrule|hline|Xhline\{[^{}]*\}|endhead|endfirsthead|endfoot|endlastfoot|centering|small|"
    r"footnotesize|scriptsize|tiny|noalign\{[^{}]*\}|addlinespace(?:\[[^\[\]]*\])?|specialrule(?:\{[^{}]*\}){3}|"
    r"(?:cmidrule|c(?:dash)?line)\s*(?:\[[^\[\]]*\])?(?:\([^()]*\))?\{[^{}]*\}(?:\[[^\[\]]*\])?|"
    r"arrayrulecolor\{[^{}]*\}|rowcolor(?:\[[^\[\]]*\])?\{[^{}]*\})"
)
_BEGIN = re.compile(r"\\begin\{(tabular[*xy]?|longtable|tabulary|array|tblr|xltabular)\}")
_MARK = re.compile(_BEGIN.pattern.replace("begin", "(begin|end)"))
_ROW_MARK = re.compile(r"(?P<end>\\\\|\\tabularnewline)(?:\*?\s*\[[\d.\w\s-]*\])?|\\.|[{}&]", re.DOTALL)
_ARGUMENT = re.compile(r"\s*(?:\[[^\[\]]*\])?\s*(?=\{)")
_WITH_WIDTH = ("tabular*", "tabularx", "tabulary", "xltabular")
_FLOAT = re.compile(r"\\(begin|end)\{(?:(?:sideways|wrap|margin|sub|long)?table|xltabular|minipage)\*?\}")
_CAPTION = re.compile(r"\\(?:sub)?caption\*?(?:of\*?\{table\})?\s*(?:\[[^\[\]]*\])?\{")
_SPAN = re.compile(r"\\(multicolumn|multirow)\s*(?:\[[^\[\]]*\])?\{([^{}]*)\}")


def markdown(name: str, text: str) -> list[Grid]:
    """Read the tables with pipes of a Markdown file.

    The line above a table is its title; where several have the same, the section that it is in comes first.
    """
    lines = re.sub(
        r"<!--.*?-->", lambda found: "\n" * found[0].count("\n"), text, flags=re.DOTALL
    ).splitlines()
    found: list[tuple[str, Grid]] = []
    above, number = _Above(), 0
    while number < len(lines):
        if not _begins_table(lines, number):
            above.read(lines[number].strip())
            number += 1
            continue
        end = next((i for i in range(number + 2, len(lines)) if "|" not in lines[i]), len(lines))
        kept = [number, *range(number + 2, end)]
        rows = [_pipes(lines[i]) for i in kept]
        grid = Grid.of(name, rows, [i + 1 for i in kept], n_header=1, title=above.title)
        found.append((above.section, grid))
        above.title, number = "", end
    times = Counter(grid.title for _, grid in found)
    return [
        replace(grid, title=f"{home} / {grid.title}") if home and times[grid.title] > 1 else grid
        for home, grid in found
    ]


def _begins_table(lines: Sequence[str], number: int) -> bool:
    """Whether a line of fields has the rule of a table below it."""
    rule = lines[number + 1].strip() if number + 1 < len(lines) else ""
    return "|" in lines[number] and "|" in rule and _RULE.fullmatch(rule) is not None


@dataclass
class _Above:
    """The line above that may be the title of a table, and the headings that it is under."""

    title: str = ""
    headings: list[tuple[int, str]] = field(default_factory=list)

    def read(self, line: str) -> None:
        self.title = line.lstrip("#").strip(" *:") or self.title
        if heading := _HEADING.match(line):
            level = len(heading[1])
            self.headings = [each for each in self.headings if each[0] < level] + [(level, self.title)]

    @property
    def section(self) -> str:
        """The innermost heading that is not the title itself."""
        return next((text for _, text in reversed(self.headings) if text != self.title), "")


def _pipes(line: str) -> list[str]:
    bare = line.strip().removeprefix("|")
    fields = re.split(r"(?<!\\)\|", bare)
    if len(fields) > 1 and not fields[-1].strip():
        fields = fields[:-1]
    return [field.replace("\\|", "|").strip() for field in fields]


def latex(name: str, text: str) -> list[Grid]:
    """Read the tabular environments of a TeX file, with cells that span columns or rows."""
    text = flat_tables(without_comments(text))
    spans = []
    for begin in _BEGIN.finditer(text):
        end = text.find(f"\\end{{{begin[1]}}}", begin.end())
        if end < 0:
            raise DataError(
                f"\\begin{{{begin[1]}}} has no end",
                where=f"{name}, line {text.count(chr(10), 0, begin.start()) + 1}",
                hint="give the whole table",
            )
        spans.append((begin.end(), end))
    found = []
    for (start, end), title in zip(spans, _titles(text, spans), strict=True):
        rows, numbers = tabular(text, start, end)
        if rows:
            found.append(Grid.of(name, rows, numbers, title=" ".join(title.split())[:100]))
    return found


def without_comments(text: str) -> str:
    r"""TeX without comments; ``\%`` begins none, and ``\\%`` does."""
    return re.sub(r"(?<!\\)((?:\\\\)*)%.*", r"\1", text)


def flat_tables(text: str) -> str:
    """A TeX file in which a table in a cell of another is plain text; all other text stays in its place.

    A file whose tables do not begin and end in pairs is left as it is.
    """
    opened: list[re.Match[str]] = []
    inner: list[tuple[int, int]] = []
    for mark in _MARK.finditer(text):
        if mark[1] == "begin":
            opened.append(mark)
        elif not opened or opened[-1][2] != mark[2]:
            return text
        else:
            begin = opened.pop()
            inner += [(begin.start(), mark.end())] if len(opened) == 1 else []
    if opened:
        return text
    for start, end in inner:
        text = text[:start] + _flat(text[start:end]) + text[end:]
    return text


def _flat(table: str) -> str:
    """A table without its marks, ends of rows and of cells, as long as before."""
    for mark in _MARK.finditer(table):
        end = _after_arguments(table, mark.end()) if mark[1] == "begin" else mark.end()
        table = table[: mark.start()] + _blank(table[mark.start() : end]) + table[end:]
    return re.sub(r"\\\\(?:\[[^\[\]\n]*\])?|(?<!\\)&", lambda found: _blank(found[0]), table)


def _blank(text: str) -> str:
    return re.sub(r"[^\n]", " ", text)


def _after_arguments(text: str, start: int) -> int:
    """Where the rows of a table begin, of which the mark of its beginning ends at `start`."""
    name = text[text.rfind("{", 0, start) + 1 : start - 1]
    for _ in range(2 if name in _WITH_WIDTH else 1):
        if opening := _ARGUMENT.match(text, start):
            start = _braced(text, opening.end())[1]
    return start


@dataclass(eq=False)
class _Float:
    """A float of a TeX file, or the whole file: captions, numbers of tables, and floats, in their order."""

    around: _Float | None = None
    held: list[str | int | _Float] = field(default_factory=list)

    def caption_of(self, part: int | _Float) -> str:
        """The caption beside a table or float in this one; else the first here, or in the floats around."""
        at = self.held.index(part)
        beside = self.held[at + 1 : at + 2]
        if isinstance(self.held[0], str):  # captions stand above what they describe
            beside = self.held[at - 1 : at] + beside
        others = self.held if self.around is not None else []
        caption = next((each for each in beside + others if isinstance(each, str)), "")
        return caption or (self.around.caption_of(self) if self.around is not None else "")


def _titles(text: str, spans: Sequence[tuple[int, int]]) -> list[str]:
    """Caption of each table, from the innermost float around it that has one."""
    marks = [(each.start(), each[1], "") for each in _FLOAT.finditer(text)]
    marks += [(each.start(), "caption", _braced(text, each.end() - 1)[0]) for each in _CAPTION.finditer(text)]
    marks += [(start, "table", "") for start, _ in spans]
    home = _Float()
    homes: list[_Float] = []
    for _, kind, caption in sorted(marks):
        if kind == "begin":
            home.held.append(inner := _Float(home))
            home = inner
        elif kind == "end":
            home = home.around or home
        elif kind == "table":
            home.held.append(len(homes))
            homes.append(home)
        else:
            home.held.append(caption)
    return [home.caption_of(number) for number, home in enumerate(homes)]


def _braced(text: str, start: int) -> tuple[str, int]:
    """Content of the braces that open at `start`, and where they end."""
    depth = 0
    for at in range(start, len(text)):
        if text[at] in "{}" and text[at - 1] != "\\":
            depth += 1 if text[at] == "{" else -1
            if depth == 0:
                return text[start + 1 : at], at + 1
    return text[start + 1 :], len(text)


def tabular(text: str, start: int, end: int) -> tuple[list[list[str]], list[int]]:
    """Rows of one environment, of which the mark of its beginning ends at `start`; spans are filled."""
    start = _after_arguments(text, start)
    rows: list[list[str]] = []
    numbers: list[int] = []
    pending: dict[int, tuple[int, str]] = {}
    for at, cells in _rows(text, start, end):
        bare = [_NOT_TEXT.sub("", cell) for cell in cells]
        if len(bare) == 1 and not bare[0].strip():
            continue
        row: list[str] = []
        for part in bare:
            span, depth, content = _spanned(part)
            for _ in range(span):
                column = len(row)
                left, above = pending.pop(column, (0, ""))
                row.append(content or above)
                if depth > 1:  # a label of its own ends the one that spans from above
                    pending[column] = (depth - 1, content)
                elif left > 1 and not content:
                    pending[column] = (left - 1, above)
        if any(field.strip() for field in row):
            rows.append(row)
            numbers.append(text.count("\n", 0, at + len(cells[0]) - len(cells[0].lstrip())) + 1)
    return rows, numbers


def _rows(text: str, start: int, end: int) -> Iterator[tuple[int, list[str]]]:
    r"""Begin and cells of each row: of ``&`` and ``\\``, those outside braces count."""
    depth, cells, first, begin = 0, list[str](), start, start
    for mark in _ROW_MARK.finditer(text, start, end + 1):  # the last one may run into that of the end
        if mark[0] in "{}":
            depth = max(0, depth + (1 if mark[0] == "{" else -1))
        elif depth == 0 and mark[0] == "&":
            cells.append(text[begin : mark.start()])
            begin = mark.end()
        elif depth == 0 and mark["end"]:
            yield first, [*cells, text[begin : mark.start()]]
            cells, first, begin = [], mark.end(), mark.end()
    yield first, [*cells, text[begin:end]]


def _spanned(part: str) -> tuple[int, int, str]:
    """Columns and rows that a cell spans, and what it says."""
    span, depth, content = 1, 1, " ".join(part.split())
    for _ in range(3):
        found = _SPAN.match(content)
        if found is None:
            break
        count = int(found[2]) if re.fullmatch(r"\d{1,3}", found[2].strip()) else 1
        opening = content.find("{", found.end())
        _, at = _braced(content, opening) if opening >= 0 else ("", found.end())
        opening = content.find("{", at)
        inner, at = _braced(content, opening) if opening >= 0 else ("", at)
        content = f"{inner}{content[at:]}".strip()
        span, depth = (count, depth) if found[1] == "multicolumn" else (span, count)
    if content.startswith("\\makecell") or content.startswith("\\shortstack"):
        content = content.replace("\\\\", " ")
    return max(1, span), depth, content


def html(name: str, text: str) -> list[Grid]:
    """Read the tables of an HTML page with pandas, which fills spans.

    Raises
    ------
    MissingExtraError
        If lxml is not installed.
    DataError
        If the page has no table.
    """
    text = re.sub(r"<su[pb]\b[^>]*>(.*?)</su[pb]\s*>", r"^{\1}", text, flags=re.IGNORECASE | re.DOTALL)
    text = re.sub(r"<br\s*/?>", " ", text, flags=re.IGNORECASE)
    with whole(name, "no table can be read from the page", ("tables", "reading tables of HTML", "lxml")):
        frames = pd.read_html(
            io.StringIO(text), flavor="lxml", keep_default_na=False, thousands=cast(str, None)
        )
    return [_of_html(name, frame, number) for number, frame in enumerate(frames, start=1)]


def _of_html(name: str, frame: pd.DataFrame, number: int) -> Grid:
    has_header = frame.columns.nlevels > 1 or not "".join(map(as_text, frame.columns)).isdigit()
    named = frame.rename(columns=lambda label: re.sub(r"^Unnamed: .*$", "", as_text(label)))
    grid = grid_of_frame(f"{name}, table {number}", named)
    if has_header:
        return grid
    return replace(grid, rows=grid.rows[1:].reset_index(drop=True), numbers=grid.numbers[1:], n_header=None)
