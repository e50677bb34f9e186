"""Text of the pages of a PDF, by pypdf. Scripts, attachments and links of the file are never looked at."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from isogloss.evidence.readers.base import UnreadableError


def pages_of(path: Path, max_pages: int) -> list[tuple[str, str]]:
    """Each page as running text, and with its layout kept by spaces (for tables).

    Raises
    ------
    UnreadableError
        If it is broken, locked, too long or without text.
    """
    from pypdf import PdfReader
    from pypdf.errors import DependencyError, PyPdfError

    try:
        reader = PdfReader(path)
        if reader.is_encrypted and not reader.decrypt(""):
            raise UnreadableError("encrypted: it needs a password")
        n_pages = len(reader.pages)
        if n_pages > max_pages:
            raise UnreadableError(f"{n_pages} pages, more than the limit of {max_pages}")
        pages = [(page.extract_text(), _layout(page)) for page in reader.pages]
    except DependencyError as error:
        raise UnreadableError(f"encrypted: {error}") from None
    except PyPdfError as error:
        raise UnreadableError(f"broken: {str(error) or type(error).__name__}") from None
    except RecursionError:
        raise UnreadableError("broken: its objects are nested too deep") from None
    if not any(running.strip() for running, _ in pages):
        raise UnreadableError(f"no text on its {n_pages} pages: a scan, or empty")
    return pages


def _layout(page: Any) -> str:
    try:
        return str(page.extract_text(extraction_mode="layout", layout_mode_space_vertically=False))
    except (KeyError, ValueError, TypeError, ZeroDivisionError, IndexError):
        return ""  # some fonts have no widths; the page then has running text and no tables
