"""Papers found in several indexes at once, read whole where a PDF is open."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import fields, replace
from pathlib import Path
from urllib.parse import urlsplit

from isogloss.errors import NetworkError
from isogloss.evidence.connectors.base import CONNECTORS, Paper
from isogloss.evidence.documents import Block, Collection, Document, Skipped
from isogloss.evidence.readers.base import Limits, UnreadableError
from isogloss.evidence.reading import document_of, read_file

CACHE_DAYS = 30
_SECONDS = 30


def search_papers(
    question: str,
    names: Sequence[str],
    cache: Path,
    *,
    limit: int = 20,
    urls: Mapping[str, str] | None = None,
) -> Collection:
    """Search indexes for a question; papers with the same DOI, arXiv id or title are merged.

    Parameters
    ----------
    question : str
    names : sequence of str
        Registry names of connectors.
    cache : Path
        Folder for answers and full texts, which are kept for 30 days.
    limit : int
        Papers of each index.
    urls : mapping of str to str, optional
        Other addresses of the services, by name.

    Raises
    ------
    RegistryError
        If there is no such connector.
    NetworkError
        If no index answered, or nothing was found. One of several that did not answer is reported as skipped.
    """
    import requests_cache

    connectors = {name: CONNECTORS[name] for name in dict.fromkeys(names)}
    papers: list[Paper] = []
    skipped: list[Skipped] = []
    cache.mkdir(parents=True, exist_ok=True)
    kept = {"expire_after": 86_400 * CACHE_DAYS, "allowable_codes": (200,)}
    with requests_cache.enabled(str(cache / "answers"), **kept):
        for name, search in connectors.items():
            try:
                papers += search(question, limit, cache, (urls or {}).get(name, ""))
            except Exception as error:  # each client library has errors of its own
                text = " ".join(str(error).split()) or "no message"
                skipped.append(Skipped(name, f"no usable answer: {type(error).__name__}: {text[:200]}"))
        read = [_document(paper, cache, skipped) for paper in merged(papers)]
    if not (found := tuple(document for document in read if document is not None)):
        reasons = "; ".join(f"{each.source}: {each.reason}" for each in skipped)
        raise NetworkError(
            f"no paper from {', '.join(connectors)}: {reasons or 'no hits'}",
            hint="try other words or indexes, or read papers of your own with --papers",
        )
    return Collection(found, tuple(skipped))


def merged(papers: Sequence[Paper]) -> list[Paper]:
    """Papers without doubles; a field that one index leaves empty is taken from another."""
    kept: list[Paper] = []
    for paper in papers:
        same = next((i for i, other in enumerate(kept) if other.keys & paper.keys), None)
        if same is None:
            kept.append(paper)
        else:
            values = {f.name: getattr(kept[same], f.name) or getattr(paper, f.name) for f in fields(Paper)}
            kept[same] = replace(kept[same], **values)
    return kept


def _document(paper: Paper, cache: Path, skipped: list[Skipped]) -> Document | None:
    blocks = [Block("heading", "Abstract"), Block("paragraph", paper.abstract)] if paper.abstract else []
    full_text = False
    if urlsplit(paper.pdf_url).scheme in {"http", "https"}:
        try:
            blocks, full_text = _full_text(paper.pdf_url, cache), True
        except (OSError, UnreadableError) as error:
            skipped.append(Skipped(f"full text of {paper.id}", " ".join(str(error).split())[:200]))
    try:
        document = document_of(blocks, id=paper.id, source=paper.url, title=paper.title, full_text=full_text)
    except UnreadableError:
        skipped.append(Skipped(paper.id, "neither abstract nor open full text"))
        return None
    return replace(document, year=paper.year, authors=paper.authors, venue=paper.venue)


def _full_text(url: str, cache: Path) -> list[Block]:
    import requests

    answer = requests.get(url, timeout=_SECONDS)
    answer.raise_for_status()
    if not answer.content.startswith(b"%PDF"):
        raise UnreadableError("the address does not lead to a PDF")
    path = cache / f"{hashlib.sha256(url.encode()).hexdigest()}.pdf"
    path.write_bytes(answer.content)
    return read_file(path, Limits(), "pdf")
