"""Contract of a connector."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from isogloss.registry import Registry


@dataclass(frozen=True)
class Paper:
    """A paper as an index describes it; a field is empty where the index does not say."""

    title: str
    abstract: str = ""
    authors: tuple[str, ...] = ()
    year: int | None = None
    venue: str = ""
    doi: str = ""
    arxiv: str = ""
    url: str = ""
    pdf_url: str = ""

    @property
    def keys(self) -> frozenset[str]:
        """DOI, arXiv id without version, and title without signs: papers that share one are the same."""
        doi = re.sub(r"^https?://(?:dx\.)?doi\.org/", "", self.doi.lower())
        arxiv = re.sub(r"v\d+$", "", self.arxiv.lower()) or doi.partition("10.48550/arxiv.")[2]
        found = (doi and f"doi:{doi}", arxiv and f"arXiv:{arxiv}", re.sub(r"\W+", "", self.title.lower()))
        return frozenset(key for key in found if key)

    @property
    def id(self) -> str:
        """The best of its keys."""
        return next(
            (k for prefix in ("arXiv:", "doi:") for k in self.keys if k.startswith(prefix)), self.title
        )


class Connector(Protocol):
    """A file in ``evidence/connectors/`` defines ``NAME`` and the function ``search``."""

    def __call__(self, query: str, limit: int, cache: Path, url: str = "") -> Sequence[Paper]:
        """Search an index, at another address of the service if `url`; the caller reports any exception."""


CONNECTORS: Registry[Connector] = Registry("connector", "isogloss.evidence.connectors", "search")
