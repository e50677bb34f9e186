"""arXiv, by the package arxiv."""

from __future__ import annotations

import re
from pathlib import Path

from isogloss.evidence.connectors.base import Paper

NAME = "arxiv"


def search(query: str, limit: int, cache: Path, url: str = "") -> list[Paper]:
    """Search titles and abstracts for all words of the query."""
    import arxiv

    client = arxiv.Client(page_size=limit, num_retries=1)
    client.query_url_format = f"{url}?{{}}" if url else client.query_url_format
    words = " AND ".join(f"all:{word}" for word in re.findall(r"[\w-]{3,}", query))
    return [
        Paper(
            title=found.title,
            abstract=found.summary,
            authors=tuple(author.name for author in found.authors),
            year=found.published.year,
            venue="arXiv",
            doi=found.doi or "",
            arxiv=found.get_short_id(),
            url=found.entry_id,
            pdf_url=found.pdf_url or "",
        )
        for found in client.results(arxiv.Search(words, max_results=limit))
    ]
