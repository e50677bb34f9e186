"""PDF files, always read in a process of their own; nothing in them is executed."""

from __future__ import annotations

from pathlib import Path

from isogloss.evidence.base import Block, Parsed
from isogloss.evidence.readers._pdf_layout import blocks_of_page
from isogloss.evidence.readers._pdf_text import pages_of
from isogloss.evidence.readers.base import Limits, first_year, with_captions

NAME = "pdf"


class PdfReader:
    """Title, headings, paragraphs and tables, page by page."""

    suffixes = (".pdf",)
    bytes_to_trust = 0

    def parse(self, path: Path, limits: Limits) -> Parsed:
        """Text by pypdf, its blocks by the length and the gaps of the lines."""
        pages = pages_of(path, limits.pages)
        blocks: list[Block] = []
        for number, (running, layout) in enumerate(pages, start=1):
            blocks += blocks_of_page(running, layout, number, is_first=number == 1)
        return Parsed(tuple(with_captions(blocks)), first_year(pages[0][0][:400]))


READER = PdfReader()
