"""Folders of files to documents; one document per TeX project."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from textwrap import wrap

from isogloss.errors import DataError
from isogloss.evidence.documents import Block, Collection, Document, Passage, Skipped, Table
from isogloss.evidence.readers._apart import read_apart
from isogloss.evidence.readers.base import READERS, Limits, UnreadableError
from isogloss.evidence.readers.tex import INCLUDE
from isogloss.evidence.terms import normalise, sentences

MAX_CHARACTERS = 2_000
"""A longer paragraph is cut between words."""

LIMITS = Limits()
_SHARED = 0.1
"""Least share of the sequences of five words that files of one title have in common if they are versions."""

_IN_PROCESS_BYTES = 50_000
_REFERENCES = re.compile(r"[\d.\sA-Z]*(?:references?|bibliography|citation|cite)\b.{0,20}", re.IGNORECASE)
_SETTINGS = re.compile(
    r"hyper-?parameter|training details|model parameters|implementation details|reproducib", re.IGNORECASE
)
_MAIN = re.compile(r"\\documentclass(?!\s*(?:\[[^\]]*\]\s*)?\{(?:subfiles|standalone)\})")
_GRAPHICS = re.compile(r"\\includegraphics\*?(?:\[[^\]]*\])?\{([^{}]{1,200})\}")


def is_settings(passage: Passage) -> bool:
    """Whether a passage states hyperparameters rather than results."""
    return bool(
        _SETTINGS.search(passage.section) or (passage.table and _SETTINGS.search(passage.table.caption))
    )


def read_folder(
    folder: Path, limits: Limits = LIMITS, progress: Callable[[str], None] = lambda _: None
) -> Collection:
    """Read every paper of a folder and its subfolders; `progress` is called with the name of each file.

    Raises
    ------
    DataError
        If there is no such folder, or no file in it can be read.
    """
    readers = _papers(folder)
    parts = _parts_of_projects(list(readers), folder)

    def read(path: Path) -> Document | Skipped:
        name = path.relative_to(folder).as_posix()
        if path in parts:
            return Skipped(name, parts[path])
        progress(name)
        try:
            return document_of(read_file(path, limits, readers[path]), id=name, source=str(path))
        except UnreadableError as error:
            return Skipped(name, str(error))
        except OSError as error:
            return Skipped(name, f"it cannot be opened: {error.strerror}")

    with ThreadPoolExecutor(4) as pool:
        documents, skipped = _distinct(list(pool.map(read, readers)))
    if not documents:
        listed = "\n".join(f"  {each.source}: {each.reason}" for each in skipped)
        raise DataError(
            f"none of the {len(readers)} papers could be read:\n{listed}",
            where=str(folder),
            hint="put papers there that hold text",
        )
    return Collection(tuple(documents), tuple(skipped))


def _papers(folder: Path) -> dict[Path, str]:
    """Files of a folder that some reader reads, with its name; raises DataError if there are none."""
    if not folder.is_dir():
        raise DataError(
            f"no folder of papers '{folder}'",
            hint="name a folder with PDF, TeX, HTML, Markdown or text files",
        )
    readers = {suffix: name for name, reader in READERS.items() for suffix in reader.suffixes}
    found = sorted(p for p in folder.rglob("*") if p.is_file() or (p.is_symlink() and not p.exists()))
    shown = [p for p in found if not any(part.startswith(".") for part in p.relative_to(folder).parts)]
    papers = {p: readers[p.suffix.lower()] for p in shown if p.suffix.lower() in readers}
    if not papers:
        raise DataError(
            f"no paper in '{folder}': it {f'holds {len(found)} other files' if found else 'is empty'}",
            allowed=f"files that end in {', '.join(sorted(readers))}",
            hint="put papers there, or search for some with --search",
        )
    return papers


def read_file(path: Path, limits: Limits, reader: str) -> list[Block]:
    """Blocks of a file; anything but a small text is read in a process of its own. Raises UnreadableError."""
    size = path.stat().st_size
    if size > limits.megabytes * 1e6:
        raise UnreadableError(f"{size / 1e6:.0f} MB, more than the limit of {limits.megabytes:g} MB")
    if size == 0:
        raise UnreadableError("empty")
    if reader == "text" and size <= _IN_PROCESS_BYTES:
        return READERS[reader].parse(path, limits)
    return read_apart(reader, path, limits)


def _parts_of_projects(papers: Sequence[Path], top: Path) -> dict[Path, str]:
    """Files that belong to the document of a TeX file, with the reason why they are none of their own."""
    sources = _tex_sources(papers)
    mains = [path for path, text in sources.items() if _MAIN.search(text)]
    graphics = {Path(name).stem for text in sources.values() for name in _GRAPHICS.findall(text)}

    def is_part(path: Path, main: Path) -> bool:
        if path in sources:
            return True
        is_pdf = path.suffix.lower() == ".pdf"
        return path.stem in {main.stem, *graphics} if is_pdf else main.parent != top

    found = {
        path: main.relative_to(top).as_posix()
        for main in mains for path in papers
        if path not in mains and path.is_relative_to(main.parent) and is_part(path, main)
    }  # fmt: skip
    included = {
        Path(part).stem for text in sources.values() for m in INCLUDE.finditer(text) for part in m.groups("")
    }
    return {
        path: f"part of the TeX project {main}"
        if path.stem in included or path not in sources
        else f"the TeX project {main} does not include it"
        for path, main in found.items()
    }


def _tex_sources(papers: Sequence[Path]) -> dict[Path, str]:
    tex = (path for path in papers if path.suffix.lower() == ".tex" and path.is_file())
    return {path: path.read_bytes()[:2_000_000].decode("utf-8", errors="replace") for path in tex}


def _distinct(found: Sequence[Document | Skipped]) -> tuple[list[Document], list[Skipped]]:
    """Documents without copies, and the rest; of files with one title, a TeX file counts before others."""
    kept: dict[str, Document] = {}
    titled: dict[str, list[str]] = {}
    skipped = [each for each in found if isinstance(each, Skipped)]
    documents = (each for each in found if isinstance(each, Document))
    for document in sorted(documents, key=lambda d: (not d.id.endswith(".tex"), d.id)):
        text = " ".join(passage.text for passage in document.passages)
        is_title = len(document.title.split()) > 3
        alike = titled.setdefault(re.sub(r"\W+", "", document.title.lower()), []) if is_title else []
        kind = Path(document.id).suffix
        one = (other for other in alike if Path(kept[other].id).suffix != kind or _overlap(text, other))
        same = text if text in kept else next(one, None)
        if same is not None:
            skipped.append(Skipped(document.id, f"the same paper as {kept[same].id}"))
        else:
            kept[text] = document
            alike.append(text)
    return sorted(kept.values(), key=lambda d: d.id), skipped


def _overlap(one: str, other: str) -> bool:
    """Whether two texts have sequences of words in common, as two versions of one paper do."""
    words = (re.findall(r"\w+", text.lower()) for text in (one, other))
    a, b = ({*zip(*(found[i:] for i in range(5)), strict=False)} for found in words)
    return len(a & b) >= _SHARED * min(len(a), len(b))


def document_of(
    blocks: Sequence[Block], *, id: str, source: str, title: str = "", full_text: bool = True
) -> Document:
    """Make a document of the blocks of a reader; raises UnreadableError if they hold no text."""
    titles = [normalise(block.text) for block in blocks if block.kind == "title"]
    passages = tuple(_passages(id, blocks))
    if not passages:
        raise UnreadableError("no text in it")
    return Document(
        id, title or (titles[0] if titles else Path(id).stem), source, passages, full_text=full_text
    )


def _passages(document: str, blocks: Sequence[Block]) -> Iterator[Passage]:
    section, before, n, in_references = "", "", 0, False
    mentions = _mentions(blocks)
    for block in blocks:
        if block.kind in {"title", "heading"}:
            section, before = (normalise(block.text).rstrip(":") if block.kind == "heading" else ""), ""
            in_references = bool(_REFERENCES.fullmatch(section))
        elif block.kind == "reference" or (in_references and not (block.table and block.table.caption)):
            continue  # tables with captions belong to what follows the references
        elif block.table is not None:
            n, table = n + 1, _normalised(block.table)
            number = re.match(r"\W*tab(?:le|\.)\s*(\w+)", table.caption, re.IGNORECASE)
            said = mentions.get(number[1], [])[:3] if number else []
            lead = " ".join([section, "" if table.caption else before[-400:], *said]).strip()
            yield Passage(f"{document}#{n}", document, table.as_text(), block.page, section, lead, table)
        else:
            before = normalise(block.text)
            for text in wrap(before, MAX_CHARACTERS, break_on_hyphens=False):
                n += 1
                yield Passage(f"{document}#{n}", document, text, block.page, section)


def _mentions(blocks: Sequence[Block]) -> dict[str, list[str]]:
    """Sentences that mention a table, by its number."""
    found: dict[str, list[str]] = {}
    for text in (
        normalise(block.text) for block in blocks if block.kind == "paragraph" and "Tab" in block.text
    ):
        for a, b in sentences(text):
            for number in set(re.findall(r"\bTab(?:le|\.)s?\s*(\w+)", text[a:b])):
                found.setdefault(number, []).append(text[a:b].strip()[:400])
    return found


def _normalised(table: Table) -> Table:
    """The table with plain spelling."""
    rows = tuple(tuple(map(normalise, row)) for row in table.rows)
    header = tuple(map(normalise, table.header))
    return replace(table, caption=normalise(table.caption), header=header, rows=rows)
