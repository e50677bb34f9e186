"""Files to documents, documents to passages."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from isogloss.errors import DataError
from isogloss.evidence.base import Block, Collection, Document, Parsed, Passage, Place, Skipped, Table
from isogloss.evidence.readers._apart import read_apart
from isogloss.evidence.readers.base import READERS, Limits, Reader, UnreadableError
from isogloss.evidence.words import normalise, sentences

MAX_WORDS = 180
"""A longer paragraph is cut between sentences, so that a passage can be read at a glance."""

MAX_CHARACTERS = 2_000
"""A longer sentence is cut as well, so that nothing takes long on text without full stops."""

_STRETCH = re.compile(rf"\S(?:.{{0,{MAX_CHARACTERS - 2}}}\S)?(?=\s|\Z)|\S{{1,{MAX_CHARACTERS}}}")

LIMITS = Limits()


def read_folder(
    folder: Path, limits: Limits = LIMITS, progress: Callable[[str], None] = lambda _: None
) -> Collection:
    """Read every paper of a folder and its subfolders.

    Parameters
    ----------
    folder : Path
    limits : Limits
    progress : callable
        Called with the name of each file before it is read.

    Raises
    ------
    DataError
        If there is no such folder, or no file in it can be read.
    """
    if not folder.is_dir():
        raise DataError(
            f"no folder of papers '{folder}'",
            hint="name a folder with PDF, TeX, HTML or text files",
        )
    readers = _by_suffix()
    files = sorted(
        path
        for path in folder.rglob("*")
        if (path.is_file() or _leads_nowhere(path)) and not _is_hidden(path, folder)
    )
    papers = [path for path in files if path.suffix.lower() in readers]
    if not papers:
        other = f"; it holds {len(files)} other files" if files else "; it is empty"
        raise DataError(
            f"no paper in '{folder}'{other}",
            allowed=f"files that end in {', '.join(sorted(readers))}",
            hint="put papers there, or search for some with --search",
        )
    documents: list[Document] = []
    skipped: list[Skipped] = []
    seen: dict[str, str] = {}
    for path in papers:
        name = path.relative_to(folder).as_posix()
        progress(name)
        try:
            document = read_document(path, name, limits, readers[path.suffix.lower()])
        except (UnreadableError, OSError) as error:
            skipped.append(Skipped(name, _why(error)))
            continue
        if document.sha256 in seen:
            skipped.append(Skipped(name, f"the same file as {seen[document.sha256]}"))
            continue
        seen[document.sha256] = name
        documents.append(document)
    if not documents:
        listed = "\n".join(f"  {each.source}: {each.reason}" for each in skipped)
        raise DataError(f"none of the {len(papers)} papers could be read:\n{listed}", where=str(folder))
    return Collection(tuple(documents), tuple(skipped))


def read_document(path: Path, id: str, limits: Limits, reader: Reader | None = None) -> Document:
    """Read one paper.

    Raises
    ------
    UnreadableError
        If it cannot be read within the limits.
    """
    megabytes = path.stat().st_size / 1e6
    if megabytes > limits.megabytes:
        raise UnreadableError(f"{megabytes:.0f} MB, more than the limit of {limits.megabytes:g} MB")
    if megabytes == 0:
        raise UnreadableError("empty")
    reader = reader or _by_suffix()[path.suffix.lower()]
    parsed = parse(reader, path, limits)
    return document_of(parsed, id=id, source=str(path), sha256=hashlib.sha256(path.read_bytes()).hexdigest())


def parse(reader: Reader, path: Path, limits: Limits) -> Parsed:
    """Blocks of a file; read in a process of its own if it is large enough to be a trap.

    Raises
    ------
    UnreadableError
        If it cannot be read within the limits.
    """
    if path.stat().st_size <= reader.bytes_to_trust:
        return reader.parse(path, limits)
    name = next(name for name in READERS if READERS[name] is reader)
    return read_apart(name, path, limits)


def document_of(
    parsed: Parsed,
    *,
    id: str,
    source: str,
    sha256: str,
    title: str = "",
    authors: Sequence[str] = (),
    venue: str = "",
    year: int | None = None,
    full_text: bool = True,
) -> Document:
    """Make a document of the blocks of a reader; what is known from elsewhere goes before what was read.

    Raises
    ------
    UnreadableError
        If it holds no text.
    """
    titles = [normalise(block.text) for block in parsed.blocks if block.kind == "title"]
    passages = tuple(_passages(id, parsed.blocks))
    if not passages:
        raise UnreadableError("no text in it")
    return Document(
        id=id,
        title=title or (titles[0] if titles else Path(id).stem),
        source=source,
        year=year or parsed.year,
        passages=passages,
        authors=tuple(authors),
        venue=venue,
        sha256=sha256,
        full_text=full_text,
    )


def _passages(document: str, blocks: Sequence[Block]) -> Iterator[Passage]:
    section = ""
    n = 0
    for block in blocks:
        if block.kind in {"title", "heading"}:
            section = normalise(block.text) if block.kind == "heading" else ""
            continue
        place = Place(block.page, block.line, section)
        if block.table is not None:
            table = _normalised(block.table)
            n += 1
            yield Passage(f"{document}#{n}", document, table.as_text(), place, table)
            continue
        for text in _pieces(normalise(block.text)):
            n += 1
            yield Passage(f"{document}#{n}", document, text, place)


def _normalised(table: Table) -> Table:
    return Table(
        normalise(table.caption),
        tuple(normalise(cell) for cell in table.header),
        tuple(tuple(normalise(cell) for cell in row) for row in table.rows),
    )


def _pieces(text: str) -> Iterator[str]:
    """Cut a long paragraph between sentences."""
    start = end = 0
    for first, last in _stretches(text):
        if end > start and len(text[start:last].split()) > MAX_WORDS:
            yield text[start:end].strip()
            start = first
        end = last
    if text[start:].strip():
        yield text[start:].strip()


def _stretches(text: str) -> Iterator[tuple[int, int]]:
    """Sentences; one that no reader would call a sentence is cut between words."""
    for start, end in sentences(text):
        if end - start <= MAX_CHARACTERS:
            yield start, end
            continue
        for match in _STRETCH.finditer(text, start, end):
            yield match.span()


def _by_suffix() -> dict[str, Reader]:
    return {suffix: reader for reader in READERS.values() for suffix in reader.suffixes}


def _why(error: UnreadableError | OSError) -> str:
    return f"it cannot be opened: {error.strerror}" if isinstance(error, OSError) else str(error)


def _leads_nowhere(path: Path) -> bool:
    """Whether it is a link to nothing, or to itself."""
    return path.is_symlink() and not path.exists()


def _is_hidden(path: Path, folder: Path) -> bool:
    return any(part.startswith(".") for part in path.relative_to(folder).parts)
