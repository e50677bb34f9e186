"""ACL Anthology, by the package acl-anthology: its repository is cloned into the cache and searched there."""

from __future__ import annotations

from pathlib import Path

from isogloss.evidence.connectors.base import Paper
from isogloss.evidence.retrieval import rank

NAME = "acl"


def search(query: str, limit: int, cache: Path, url: str = "") -> list[Paper]:
    """Search titles and abstracts by BM25."""
    from acl_anthology import Anthology

    address = url or "https://github.com/acl-org/acl-anthology.git"
    papers = list(Anthology.from_repo(address, path=cache / "acl", verbose=False).papers())
    texts = [f"{paper.title} {paper.abstract or ''}" for paper in papers]
    return [
        Paper(
            title=str(papers[i].title),
            abstract=str(papers[i].abstract or ""),
            authors=tuple(spec.name.as_first_last() for spec in papers[i].authors),
            year=int(papers[i].year),
            venue=str(papers[i].parent.title),
            doi=papers[i].doi or "",
            url=papers[i].web_url,
            pdf_url=pdf.url if (pdf := papers[i].pdf) else "",
        )
        for i, _ in rank(query, texts, limit)
    ]
