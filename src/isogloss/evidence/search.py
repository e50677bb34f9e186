"""From a question to documents: connectors, abstracts, and open full texts."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

from isogloss.evidence.base import Block, Collection, Document, Parsed, Skipped
from isogloss.evidence.connectors.base import CONNECTORS, Client, NetworkError, Paper
from isogloss.evidence.documents import LIMITS, document_of, parse
from isogloss.evidence.readers.base import READERS, Limits, UnreadableError

N_PAPERS = 20
"""Papers that are asked of each index."""


def search_papers(
    question: str,
    names: Sequence[str],
    cache: Path,
    *,
    limit: int = N_PAPERS,
    limits: Limits = LIMITS,
    urls: Mapping[str, str] | None = None,
    progress: Callable[[str], None] = lambda _: None,
) -> Collection:
    """Search indexes for a question; an open full text is read, else the abstract.

    Parameters
    ----------
    question : str
    names : sequence of str
        Registry names of connectors.
    cache : Path
        Answers and full texts are kept here, so that a second run asks nothing.
    limit : int
        Papers of each index.
    urls : mapping of str to str, optional
        Other addresses of the services, by name.

    Raises
    ------
    RegistryError
        If there is no such connector.
    NetworkError
        If no index could be reached. One of several that could not is reported as skipped.
    """
    connectors = {name: CONNECTORS[name] for name in dict.fromkeys(names)}
    papers: dict[str, Paper] = {}
    skipped: list[Skipped] = []
    errors: list[NetworkError] = []
    for name, connector in connectors.items():
        progress(f"searching {name}")
        client = Client(cache / name, connector.seconds_between)
        try:
            found = connector.search(question, limit, client, (urls or {}).get(name, connector.url))
        except NetworkError as error:
            errors.append(error)
            skipped.append(Skipped(name, str(error.what)))
            continue
        for paper in found:
            known = papers.get(_key(paper))
            papers[_key(paper)] = paper if known is None else _merged(known, paper)
    if len(errors) == len(connectors):
        raise errors[0]
    documents = []
    files = Client(cache / "files", 3.0)
    for paper in papers.values():
        progress(paper.title)
        try:
            documents.append(_document(paper, files, limits, skipped))
        except UnreadableError as error:
            skipped.append(Skipped(paper.id, str(error)))
    return Collection(tuple(documents), tuple(skipped))


def _key(paper: Paper) -> str:
    """One key for a paper that several indexes hold: its title without signs."""
    return re.sub(r"\W+", "", paper.title.lower()) or paper.id


def _merged(one: Paper, other: Paper) -> Paper:
    longer, shorter = (one, other) if len(one.abstract) >= len(other.abstract) else (other, one)
    return Paper(
        id=one.id,
        title=one.title,
        abstract=longer.abstract,
        authors=one.authors or other.authors,
        year=one.year or other.year,
        venue=one.venue or other.venue,
        url=one.url or other.url,
        pdf_url=longer.pdf_url or shorter.pdf_url,
    )


def _document(paper: Paper, client: Client, limits: Limits, skipped: list[Skipped]) -> Document:
    document = partial(
        document_of,
        id=paper.id,
        source=paper.url,
        title=paper.title,
        authors=paper.authors,
        venue=paper.venue,
        year=paper.year,
    )
    if urlsplit(paper.pdf_url).scheme in {"http", "https"}:
        try:
            content = client.content(paper.pdf_url)
            parsed = _read_pdf(content, client, limits)
            return document(parsed, sha256=hashlib.sha256(content).hexdigest())
        except (NetworkError, UnreadableError) as error:
            skipped.append(Skipped(f"full text of {paper.id}", str(getattr(error, "what", error))))
    if not paper.abstract:
        raise UnreadableError("neither abstract nor open full text")
    parsed = Parsed((Block("heading", "Abstract"), Block("paragraph", paper.abstract)), paper.year)
    return document(parsed, sha256=hashlib.sha256(paper.abstract.encode()).hexdigest(), full_text=False)


def _read_pdf(content: bytes, client: Client, limits: Limits) -> Parsed:
    if not content.startswith(b"%PDF"):
        raise UnreadableError("the address leads to no PDF")
    path = client.cache / f"{hashlib.sha256(content).hexdigest()}.pdf"
    path.write_bytes(content)
    return parse(READERS["pdf"], path, limits)
