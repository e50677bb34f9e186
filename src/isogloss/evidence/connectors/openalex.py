"""OpenAlex, by the package pyalex; a key may be given in ``OPENALEX_API_KEY``."""

from __future__ import annotations

import os
from pathlib import Path

from isogloss.evidence.connectors.base import Paper

NAME = "openalex"


def search(query: str, limit: int, cache: Path, url: str = "") -> list[Paper]:
    """Search titles, abstracts and full texts."""
    import pyalex

    class Works(pyalex.Works):  # type: ignore[misc]
        """Works at another address; the library knows one only."""

        @property
        def url(self) -> str:
            return str(super().url).replace("https://api.openalex.org", url or "https://api.openalex.org")

    pyalex.config.api_key = os.environ.get("OPENALEX_API_KEY")
    return [
        Paper(
            title=work["display_name"] or "",
            abstract=work["abstract"] or "",
            authors=tuple(each["author"]["display_name"] for each in work.get("authorships") or ()),
            year=work.get("publication_year"),
            venue=((work.get("primary_location") or {}).get("source") or {}).get("display_name") or "",
            doi=work.get("doi") or "",
            url=(work.get("primary_location") or {}).get("landing_page_url") or work["id"],
            pdf_url=(work.get("best_oa_location") or {}).get("pdf_url") or "",
        )
        for work in Works().search(query).get(per_page=limit)
    ]
