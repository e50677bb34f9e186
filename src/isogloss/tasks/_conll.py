"""From files with one word per line to sentences: two columns, CoNLL in its varieties, CoNLL-U."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path

from isogloss.display import counted
from isogloss.errors import DataError, closest
from isogloss.tasks._opening import lines_of, read_text
from isogloss.tasks._reading import Reading, WordRow

SEPARATORS: Mapping[str, re.Pattern[str]] = {
    "tab": re.compile(r"\t"),
    "space": re.compile(r" +"),
    "whitespace": re.compile(r"[ \t]+"),
}
"""Separators of columns. No-break and ideographic spaces are part of a word."""

DOCUMENT_MARKER = "-DOCSTART-"
_COMMENT = re.compile(r"#(?:\s|$|\S+\s*=)")
_TAG = re.compile(r"[BIOESLU](?:-\S+)?")
_GLOBAL_COLUMNS = re.compile(r"#\s*global\.columns\s*=\s*(.+)")


@dataclass(frozen=True)
class ConllColumns:
    """How the lines of a file are divided, and which columns hold words and labels.

    Parameters
    ----------
    words, labels : int or str
        Positions from 0, or names of a header, or of a line ``# global.columns = ...``.
    separator : {"tab", "space", "whitespace"}, optional
        By default a tab where lines have one, otherwise any white space.
    any_width : bool
        Lines may have further columns.
    header : bool
        The first line names the columns.
    comments : str, optional
        How lines begin that are not words. By default lines such as ``# id = 3`` in front of a sentence are
        comments, unless they end in one of `known`.
    known : collection of str
        Labels of the task.
    """

    words: int | str = 0
    labels: int | str = 1
    separator: str | None = None
    any_width: bool = False
    header: bool = False
    comments: str | None = None
    known: Collection[str] = ()


def read_word_lines(path: Path) -> Iterator[WordRow]:
    """Read one word per line, tab, its label; a blank line ends a sentence.

    No line is a comment: ``#`` is a word like others.

    Raises
    ------
    DataError
        For a word without label, a label without word, or a third column.
    """
    lines = lines_of(read_text(path))
    start = 0
    # Sentence by sentence, since files of treebanks have millions of lines.
    for stop in (*(at for at, line in enumerate(lines) if not line or line.isspace()), len(lines)):
        cells = [line.split("\t") for line in lines[start:stop]]
        for number, found in enumerate(cells, start + 1):
            if len(found) != 2 or not found[0].strip() or not found[1].strip():
                raise _wrong_line(f"{path}, line {number}", found, 0, 1, own=False)
        if cells:
            words, labels = zip(*cells, strict=True)
            yield WordRow(f"line {start + 1}", words, labels, range(start + 1, stop + 1))
        start = stop + 1


def read_conll(path: Path, columns: ConllColumns, reading: Reading) -> Iterator[WordRow]:
    """Read one word per line in any of the forms in use, without comments and document markers.

    Parameters
    ----------
    path : Path
    columns : ConllColumns
    reading : Reading
        Counts what was left out.

    Raises
    ------
    DataError
        For a column that is not there, a word without label, or a label without word.
    """
    lines = lines_of(read_text(path))
    has_tabs = any("\t" in line for line in lines if not line.startswith("#"))
    columns = replace(columns, separator=columns.separator or ("tab" if has_tabs else "whitespace"))
    numbered = enumerate(lines, start=1)
    if columns.header:
        columns = _at_positions(columns, _cells(lines[0], columns.separator), f"{path}, line 1")
        next(numbered)
    return _grouped(_entries(path, numbered, columns, reading))


def _at_positions(columns: ConllColumns, names: Sequence[str], where: str) -> ConllColumns:
    """Replace names of columns by their positions in a header."""
    wanted = [name for name in (columns.words, columns.labels) if isinstance(name, str)]
    missing = [name for name in wanted if name not in names]
    if missing:
        raise DataError(
            f"the header has no column {' and none '.join(map(repr, missing))}",
            where=where,
            allowed=closest(missing[0], names),
        )
    repeated = next((name for name in wanted if names.count(name) > 1), None)
    if repeated is not None:
        raise DataError(f"two columns are called '{repeated}'", where=where, hint="rename one of them")
    words, labels = (
        names.index(name) if isinstance(name, str) else name for name in (columns.words, columns.labels)
    )
    return replace(columns, words=words, labels=labels, any_width=True)


def _cells(line: str, separator: str | None) -> list[str]:
    if separator is None or separator == "tab":
        return line.split("\t")
    return SEPARATORS[separator].split(line.strip(" \t"))


def _is_comment(line: str, columns: ConllColumns, at_start: bool) -> bool:
    if columns.comments is not None:
        return bool(columns.comments) and line.startswith(columns.comments)
    if not at_start or not _COMMENT.match(line):
        return False
    if isinstance(columns.labels, str):
        return True
    cells = _cells(line, columns.separator)
    label = cells[columns.labels] if len(cells) > columns.labels else ""
    return label not in columns.known and not (len(cells) == 2 and _TAG.fullmatch(cells[1]))


def _grouped(words: Iterable[tuple[int, str, str] | None]) -> Iterator[WordRow]:
    """Sentences of line, word and label; None stands between sentences."""
    entries: list[tuple[int, str, str]] = []
    for entry in chain(words, [None]):
        if entry is not None:
            entries.append(entry)
        elif entries:
            lines, texts, labels = zip(*entries, strict=True)
            yield WordRow(f"line {lines[0]}", texts, labels, lines)
            entries = []


def _entries(
    path: Path,
    lines: Iterable[tuple[int, str]],
    columns: ConllColumns,
    reading: Reading,
) -> Iterator[tuple[int, str, str] | None]:
    """Line, word and label of every word; None where a sentence ends.

    A comment is left out, a document marker ends a sentence, and a line may name the columns.
    """
    stated, at_start = columns, True
    for number, line in lines:
        ends = not line.strip()
        names = _GLOBAL_COLUMNS.fullmatch(line.strip()) if "#" in line else None
        if names:
            columns = _at_positions(columns, _cells(names[1], "whitespace"), f"{path}, line {number}")
            continue
        if _is_comment(line, stated, at_start):
            reading.left_out["comment lines"] += 1
            continue
        if line.startswith(DOCUMENT_MARKER):
            reading.left_out[f"document markers ({DOCUMENT_MARKER})"] += 1
            ends = True
        at_start = ends
        if ends:
            yield None
            continue
        words, labels = columns.words, columns.labels
        if isinstance(words, str) or isinstance(labels, str):
            raise _no_names(columns, f"{path}, line {number}")
        cells = _cells(line, columns.separator)
        fits = max(words, labels) < len(cells) and (len(cells) == 2 or columns.any_width)
        if not fits or not cells[labels].strip() or not cells[words].strip():
            raise _wrong_line(f"{path}, line {number}", cells, words, labels, own=True)
        yield number, cells[words], cells[labels]


def _no_names(columns: ConllColumns, where: str) -> DataError:
    names = [repr(name) for name in (columns.words, columns.labels) if isinstance(name, str)]
    return DataError(
        f"the file does not name its columns, so that {' and '.join(names)} cannot be found",
        where=where,
        allowed="a header with header: true, or a line '# global.columns = ...' in front of the words",
        hint="name the columns by position, from 0",
    )


def _wrong_line(where: str, cells: Sequence[str], words: int, labels: int, *, own: bool) -> DataError:
    word = cells[words].strip() if len(cells) > words else ""
    label = cells[labels].strip() if len(cells) > labels else ""
    hint = "correct the line or remove it"
    if word and label:
        what = f"{len(cells)} columns instead of 2"
        if own:
            hint = "say which columns hold words and labels, for example columns: {words: 0, labels: 3}"
    elif word:
        what, where = f"the word '{word[:40]}' has no label", f"{where}, field 'label'"
        if len(cells) == 1 and len(word.split()) > 1:
            hint = "the columns seem to be separated by spaces: " + (
                "set separator: whitespace" if own else "put a tab between word and label"
            )
    else:
        what, where = f"the label '{label[:40]}' has no word", f"{where}, field 'word'"
    return DataError(what, where=where, allowed="word, tab, label; a blank line between sentences", hint=hint)


CONLLU = ("ID", "FORM", "LEMMA", "UPOS", "XPOS", "FEATS", "HEAD", "DEPREL", "DEPS", "MISC")
_WORD_ID = re.compile(r"[1-9]\d*")
_OTHER_ID = re.compile(r"\d+[-.]\d+")
"""A multiword range (``1-2``) or an empty node (``1.1``): no syntactic word, so it has no tag of its own."""


def read_conllu(path: Path, words: str = "FORM", labels: str = "UPOS") -> Iterator[WordRow]:
    """Read two columns of a CoNLL-U file, by default forms and universal tags.

    Parameters
    ----------
    path : Path
    words, labels : str
        Names of columns, as in `CONLLU`.

    Raises
    ------
    DataError
        For a line that is neither a comment nor ten columns with a proper id.

    References
    ----------
    https://universaldependencies.org/format.html
    """
    return _grouped(_entries_of_conllu(path, CONLLU.index(words), CONLLU.index(labels)))


def _entries_of_conllu(path: Path, word: int, label: int) -> Iterator[tuple[int, str, str] | None]:
    at_start = True
    for number, line in enumerate(lines_of(read_text(path)), start=1):
        if not line.strip():
            at_start = True
            yield None
            continue
        if line.startswith("#"):
            continue
        cells = line.split("\t")
        if len(cells) != len(CONLLU):
            by_spaces = len(cells) == 1 and len(line.split()) == len(CONLLU)
            raise DataError(
                f"{counted(len(cells), 'column')} instead of 10",
                where=f"{path}, line {number}",
                allowed=f"CoNLL-U, separated by tabs: {', '.join(CONLLU)}",
                hint="the columns seem to be separated by spaces" if by_spaces else None,
            )
        if _OTHER_ID.fullmatch(cells[0]):
            continue
        if not _WORD_ID.fullmatch(cells[0]):
            raise DataError(
                f"the id '{cells[0][:40]}' is not a number",
                where=f"{path}, line {number}, field 'ID'",
                allowed="1, 2, ...; 1-2 for a multiword range; 1.1 for an empty node",
            )
        if cells[0] == "1" and not at_start:
            raise DataError(
                "a sentence begins without a blank line before it",
                where=f"{path}, line {number}, field 'ID'",
                hint="put a blank line between the sentences",
            )
        at_start = False
        yield number, cells[word], cells[label]
