"""Text and Markdown: paragraphs, headings, tables of pipes or of aligned columns; fenced code is left out."""

from __future__ import annotations

import re
from collections.abc import Sequence
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
        text = re.sub(r"<!--.*?-->", "", read_text(path), flags=re.DOTALL)
        blocks = _blocks(re.sub(r"(?ms)^\s*(```|~~~).*?^\s*\1", "", text).splitlines())
        if blocks and (blocks[0].kind == "heading" or (len(blocks) > 1 and _is_title(blocks[0]))):
            blocks[0] = replace(blocks[0], kind="title")
        return with_captions(blocks)


def _is_title(block: Block) -> bool:
    return block.table is None and len(block.text) < 250 and not block.text.endswith(".")


def _blocks(lines: Sequence[str]) -> list[Block]:
    blocks: list[Block] = []
    chunk: list[str] = []
    for line in [*lines, ""]:
        if len(chunk) == 1 and "|" not in chunk[0] and len(line) > 2 and _UNDERLINE.fullmatch(line):
            blocks.append(Block("heading", plain(chunk.pop())))
        elif heading := _HEADING.fullmatch(line.strip()):
            blocks += [*_chunk(chunk), Block("heading", plain(heading[1]))]
            chunk = []
        elif not line.strip():
            blocks += _chunk(chunk)
            chunk = []
        elif _ITEM.match(line) or (chunk and _is_row(line) > _is_row(chunk[-1])):
            blocks += _chunk(chunk)
            chunk = [line]
        else:
            chunk.append(line)
    return blocks


def _is_row(line: str) -> bool:
    return line.lstrip().startswith("|") or " | " in line or line.count("|") > 1 or "-|-" in line


def _chunk(lines: Sequence[str]) -> list[Block]:
    """A table, or a paragraph of lines that make none."""
    if len(lines) > 1 and all("|" in line for line in lines):
        return _piped(lines)
    if len(lines) > 1 and (table := _aligned(lines)):
        return table
    text = plain(_ITEM.sub("", " ".join(line.strip() for line in lines)))
    return [Block("paragraph", text)] if text else []


def _piped(lines: Sequence[str]) -> list[Block]:
    """A table with pipes between its cells; a line of dashes follows its header."""
    n_header = next((i for i, line in enumerate(lines) if _RULE_ROW.fullmatch(line)), None)
    rows = (line.strip().strip("|").split("|") for line in lines if not _RULE_ROW.fullmatch(line))
    return table_blocks([[plain(cell) for cell in row] for row in rows], n_header=n_header or None)


def _aligned(lines: Sequence[str]) -> list[Block]:
    """A table of columns with tabs or two spaces between them, where one of them holds numbers."""
    head, *rows = (re.split(r"\t|\s{2,}", line.strip()) for line in lines)
    width = len(rows[0])
    if width < 2 or any(len(row) != width for row in rows):
        return []
    grid = [[""] * (width - len(head)) + head, *rows]
    return table_blocks(grid) if any(is_value(cell) for row in grid for cell in row[1:]) else []


def plain(text: str) -> str:
    """Markdown without its marks and addresses."""
    text = _MARKS.sub("", _LINK.sub(r"\1", _LINK.sub(r"\1", text)))
    return " ".join(re.sub(r"\\([\\`*_{}\[\]()#+.!|-])", r"\1", text).split())


READER = TextReader()
