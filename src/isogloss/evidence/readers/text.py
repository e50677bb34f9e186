"""Text and Markdown: paragraphs, headings, tables of pipes or of aligned columns; fenced code is left out."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

from isogloss.evidence.documents import Block
from isogloss.evidence.numbers import is_value
from isogloss.evidence.readers.base import Limits, read_text, table_blocks, with_captions

NAME = "text"

_HEADING = re.compile(r"#{1,6}\s+(.*?)\s*#*")
_UNDERLINE = re.compile(r"(=+|-+)\s*")
_RULE_ROW = re.compile(r"[\s|:+-]+")
_LINK = re.compile(r"!?\[((?:[^\[\]]|\[[^\[\]]*\])*)\]\([^()\s]*(?:\([^()]*\)[^()\s]*)*\)")
_MARKS = re.compile(r"\*{1,3}|(?<!\w)_{1,3}(?=\w)|(?<=\w)_{1,3}(?!\w)|`+|</?[a-zA-Z][^<>]{0,200}>")
_ITEM = re.compile(r"^\s*(?:[-*+]|\d{1,2}[.)])\s+")


class TextReader:
    """The title is the first heading, or a first line that is not a sentence."""

    suffixes = (".md", ".markdown", ".txt", ".rst")

    def parse(self, path: Path, limits: Limits) -> list[Block]:
        """Read the file."""
        blocks: list[Block] = []
        chunk: list[str] = []
        text = re.sub(r"<!--.*?-->", "", read_text(path), flags=re.DOTALL)
        for line in [*re.sub(r"(?ms)^\s*(```|~~~).*?^\s*\1", "", text).splitlines(), ""]:
            heading = _HEADING.fullmatch(line.strip())
            is_rule = len(chunk) == 1 and "|" not in chunk[0] and len(line) > 2 and _UNDERLINE.fullmatch(line)
            begins = (
                not line.strip()
                or heading
                or _ITEM.match(line)
                or (chunk and _is_row(line) > _is_row(chunk[-1]))
            )
            if is_rule:
                blocks.append(Block("heading", plain(chunk.pop())))
            elif begins:
                blocks += _chunk(chunk)
                chunk = []
            if heading:
                blocks.append(Block("heading", plain(heading[1])))
            elif line.strip() and not is_rule:
                chunk.append(line)
        is_heading = bool(blocks) and blocks[0].kind == "heading"
        is_short = len(blocks) > 1 and len(blocks[0].text) < 250 and not blocks[0].text.endswith(".")
        if is_heading or (is_short and blocks[0].table is None):
            blocks[0] = replace(blocks[0], kind="title")
        return with_captions(blocks)


def _is_row(line: str) -> bool:
    return line.lstrip().startswith("|") or " | " in line or line.count("|") > 1 or "-|-" in line


def _chunk(lines: list[str]) -> list[Block]:
    if len(lines) > 1 and all("|" in line for line in lines):
        n_header = next((i for i, line in enumerate(lines) if _RULE_ROW.fullmatch(line)), None)
        kept = [line.strip().strip("|").split("|") for line in lines if not _RULE_ROW.fullmatch(line)]
        return table_blocks([[plain(cell) for cell in row] for row in kept], n_header=n_header or None)
    columns = [re.split(r"\t|\s{2,}", line.strip()) for line in lines]
    if len(lines) > 1 and len({len(row) for row in columns[1:]}) == 1 and len(columns[-1]) > 1:
        grid = [[""] * (len(columns[1]) - len(columns[0])) + columns[0], *columns[1:]]
        if any(is_value(cell) for row in grid for cell in row[1:]) and (found := table_blocks(grid)):
            return found
    text = plain(_ITEM.sub("", " ".join(line.strip() for line in lines)))
    return [Block("paragraph", text)] if text else []


def plain(text: str) -> str:
    """Markdown without its marks and addresses."""
    text = _MARKS.sub("", _LINK.sub(r"\1", _LINK.sub(r"\1", text)))
    return " ".join(re.sub(r"\\([\\`*_{}\[\]()#+.!|-])", r"\1", text).split())


READER = TextReader()
