"""Text and Markdown, by way of HTML; code and tags other than those of tables and formulas are left out."""

from __future__ import annotations

import re
from pathlib import Path

from isogloss.evidence.documents import Block
from isogloss.evidence.readers.base import Limits, Reader, read_text
from isogloss.evidence.readers.html import page_blocks
from isogloss.evidence.readers.tex import with_formulas

NAME = "text"

_TAG = re.compile(
    r"</?(?!(?:table|caption|thead|tbody|tfoot|tr|td|th|br|sup|math|annotation)\b)[a-zA-Z][^<>]{0,200}>"
    r"|<!--.{0,9999}?-->",
    re.DOTALL | re.IGNORECASE,
)
_CODE = re.compile(r"<pre>.*?</pre>", re.DOTALL)


def parse(path: Path, limits: Limits) -> list[Block]:
    """Read text as Markdown, with tables of pipes or of HTML."""
    from markdown_it import MarkdownIt

    text = with_formulas(_TAG.sub("", read_text(path)))
    markdown = MarkdownIt("commonmark", {"html": True}).enable("table").disable("code")
    return page_blocks(_CODE.sub("", markdown.render(text)))


READER = Reader((".md", ".markdown", ".txt", ".rst"), parse)
