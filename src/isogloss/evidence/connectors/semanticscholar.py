"""Semantic Scholar, by the package semanticscholar."""

from __future__ import annotations

from pathlib import Path

from isogloss.evidence.connectors.base import Paper

NAME = "semanticscholar"

_FIELDS = ["title", "abstract", "authors", "year", "venue", "externalIds", "url", "openAccessPdf"]


def search(query: str, limit: int, cache: Path, url: str = "") -> list[Paper]:
    """Search by relevance; the first page."""
    from semanticscholar import SemanticScholar

    client = SemanticScholar(api_url=url or None, retry=False)
    return [
        Paper(
            title=found.title or "",
            abstract=found.abstract or "",
            authors=tuple(author.name for author in found.authors or ()),
            year=found.year,
            venue=found.venue or "",
            doi=(found.externalIds or {}).get("DOI", ""),
            arxiv=(found.externalIds or {}).get("ArXiv", ""),
            url=found.url or "",
            pdf_url=(found.openAccessPdf or {}).get("url") or "",
        )
        for found in client.search_paper(query, limit=limit, fields=_FIELDS).items
    ]
