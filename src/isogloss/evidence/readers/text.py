"""Text and Markdown, by way of HTML; code and tags other than those of tables are left out."""

from __future__ import annotations

import re
from pathlib import Path

from isogloss.evidence.documents import Block
from isogloss.evidence.readers.base import Limits, Reader, read_text
from isogloss.evidence.readers.html import page_blocks

NAME = "text"

_TAG = re.compile(
    r"</?(?!(?:table|caption|thead|tbody|tfoot|tr|td|th)\b)[a-zA-Z][^<>]{0,200}>|<!--.{0,9999}?-->",
    re.DOTALL | re.IGNORECASE,
)


def parse(path: Path, limits: Limits) -> list[Block]:
    """Read text as Markdown, with tables of pipes or of HTML."""
    from markdown_it import MarkdownIt

    markdown = MarkdownIt("commonmark", {"html": True}).enable("table").disable("code")
    return page_blocks(markdown.render(_TAG.sub("", read_text(path))))


READER = Reader((".md", ".markdown", ".txt", ".rst"), parse)
