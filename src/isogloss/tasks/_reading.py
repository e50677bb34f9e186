"""From files to rows of text: delimited, JSON lines, Parquet, one word a line, CoNLL-U."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from isogloss.errors import DataError, closest

Cells = tuple[str, Mapping[str, Any]]
"""Where a row stands (``"line 7"``) and its values by field name."""


@dataclass(frozen=True, slots=True)
class SentenceRow:
    """One row of a sentence task as text; `place` says where it stands in its file."""

    place: str
    text_a: str
    text_b: str | None
    label: str


@dataclass(frozen=True, slots=True)
class WordRow:
    """One sentence of a word task as text; `lines` holds the line of each word where there are lines."""

    place: str
    words: Sequence[str]
    labels: Sequence[str]
    lines: Sequence[int] = ()

    def place_of(self, position: int) -> str:
        """Where the word at `position` stands."""
        return f"line {self.lines[position]}" if self.lines else f"{self.place}, word {position + 1}"


Row = SentenceRow | WordRow


def read_text(path: Path) -> str:
    """Read a UTF-8 file; a byte order mark is not part of the text.

    Raises
    ------
    DataError
        If the file cannot be read, is empty, or is not UTF-8.
    """
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise DataError(f"the file cannot be read: {error.strerror}", where=str(path)) from error
    if not raw.strip():
        raise DataError(f"the file is empty ({len(raw)} bytes)", where=str(path), hint="download it again")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise DataError(
            f"byte 0x{raw[error.start]:02x} is not UTF-8",
            where=f"{path}, line {line}, byte offset {error.start}",
            allowed="text in UTF-8",
            hint=f"convert it, for example: iconv -f LATIN1 -t UTF-8 {path.name}",
        ) from error


def read_delimited(
    path: Path, delimiter: str, names: Sequence[str] | None = None, *, header: bool = False
) -> Iterator[Cells]:
    """Read a file that Python's `csv` or a spreadsheet wrote.

    Parameters
    ----------
    path : Path
    delimiter : str
    names : sequence of str, optional
        Field names of a file without a header; by default the positions: ``"0"``, ``"1"``.
    header : bool
        The first line holds the field names.

    Raises
    ------
    DataError
        For a wrong number of columns or broken quoting.
    """
    text = io.StringIO(read_text(path).rstrip("\r\n"), newline="")
    reader = csv.reader(text, delimiter=delimiter, strict=True)
    before = 0
    try:
        for cells in reader:
            place, n_lines, before = f"line {before + 1}", reader.line_num - before, reader.line_num
            # A quote that is never closed swallows the lines after it; only a comma-separated file may hold
            # line ends within a field.
            if n_lines > 1 and delimiter != ",":
                raise _broken_quoting(
                    "a field that begins with a quote is not closed on its line", path, place
                )
            if header and names is None:
                names = _header(cells, f"{path}, {place}")
                continue
            names = names or [str(position) for position in range(len(cells))]
            if len(cells) != len(names):
                raise _wrong_columns(path, place, cells, names)
            yield place, dict(zip(names, cells, strict=True))
    except csv.Error as error:
        raise _broken_quoting(f"broken quoting: {error}", path, f"line {before + 1}") from error


def _header(names: list[str], where: str) -> list[str]:
    """Column names, of which no two may be alike."""
    repeated = next((name for at, name in enumerate(names) if name in names[:at]), None)
    if repeated is not None:
        raise DataError(f"two columns are called '{repeated}'", where=where, hint="rename one of them")
    return names


def _broken_quoting(what: str, path: Path, place: str) -> DataError:
    return DataError(
        what,
        where=f"{path}, {place}",
        allowed="quotes as Python's csv writes them",
        hint='put the whole field in quotes and double the quotes within: "a ""b"" c"',
    )


def _wrong_columns(path: Path, place: str, cells: Sequence[str], names: Sequence[str]) -> DataError:
    n_columns = f"{len(cells)} column{'' if len(cells) == 1 else 's'}"
    if len(cells) < len(names):
        what = f"{n_columns} instead of {len(names)}: no field '{names[len(cells)]}'"
    else:
        what = f"{n_columns} instead of {len(names)}: nothing is known of '{cells[len(names)][:40]}'"
    return DataError(
        what,
        where=f"{path}, {place}",
        allowed=f"the fields {', '.join(names)}",
        hint="correct the line or remove it",
    )


def read_json_lines(path: Path) -> Iterator[Cells]:
    """Read one JSON object a line.

    Raises
    ------
    DataError
        For a line that is no JSON object.
    """
    for number, line in enumerate(read_text(path).rstrip().split("\n"), start=1):
        try:
            value = json.loads(line)
        except json.JSONDecodeError as error:
            raise DataError(
                f"not JSON: {error.msg}",
                where=f"{path}, line {number}, column {error.colno}",
                allowed="one object a line",
            ) from error
        if not isinstance(value, dict):
            raise DataError(
                f"a JSON {type(value).__name__}, not an object",
                where=f"{path}, line {number}",
                allowed="one object a line",
            )
        yield f"line {number}", value


def read_parquet(path: Path) -> Iterator[Cells]:
    """Read a Parquet file; class indices become names where the file itself holds the names.

    Raises
    ------
    DataError
        If it is no Parquet file or has no rows.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        table = pq.read_table(path)
    except (pa.ArrowInvalid, OSError) as error:
        reason = str(error).splitlines()[0]
        raise DataError(
            f"not a readable Parquet file: {reason}", where=str(path), hint="download it again"
        ) from error
    if not table.num_rows:
        raise DataError("the file has no rows", where=str(path), hint="download it again")
    names = _class_names(table.schema.metadata or {})
    for number, values in enumerate(table.to_pylist()):
        yield f"row {number}", {field: _named(value, names.get(field, ())) for field, value in values.items()}


def _class_names(metadata: Mapping[bytes, bytes]) -> dict[str, Sequence[str]]:
    """Class names by field, as the ``datasets`` library leaves them in a Parquet file's metadata."""
    features = json.loads(metadata.get(b"huggingface", b"{}")).get("info", {}).get("features", {})
    names = {}
    for field, feature in features.items():
        inner = feature.get("feature", feature) if isinstance(feature, dict) else {}
        if isinstance(inner, dict) and "names" in inner:
            names[field] = inner["names"]
    return names


def _named(value: Any, names: Sequence[str]) -> Any:
    if isinstance(value, list):
        return [_named(item, names) for item in value]
    is_index = isinstance(value, int) and not isinstance(value, bool) and 0 <= value < len(names)
    return names[value] if is_index else value


def sentence_rows(
    cells: Iterable[Cells],
    path: Path,
    *,
    text_a: str,
    text_b: str | None,
    label: str,
    class_names: Sequence[str] = (),
) -> Iterator[SentenceRow]:
    """Pick the fields of a sentence task; an integer label is an index into `class_names`.

    Raises
    ------
    DataError
        If a field is missing or is no text.
    """
    for place, values in cells:
        where = f"{path}, {place}"
        second = None if text_b is None else _text(values, text_b, where)
        name = label_text(_named(_value(values, label, where), class_names))
        yield SentenceRow(place, _text(values, text_a, where), second, name)


def word_rows(
    cells: Iterable[Cells], path: Path, words: str, labels: str, class_names: Sequence[str] = ()
) -> Iterator[WordRow]:
    """Pick the fields of a word task; an integer label is an index into `class_names`.

    Raises
    ------
    DataError
        If a field is missing, is no list, or the two lists differ in length.
    """
    for place, values in cells:
        where = f"{path}, {place}"
        texts, tags = _value(values, words, where), _value(values, labels, where)
        for field, value in ((words, texts), (labels, tags)):
            if not isinstance(value, list):
                raise DataError(
                    f"{field} = {str(value)[:40]!r} is no list",
                    where=f"{where}, field '{field}'",
                    allowed="one item a word",
                )
        if len(texts) != len(tags):
            raise DataError(
                f"{len(texts)} words but {len(tags)} labels",
                where=f"{where}, fields '{words}' and '{labels}'",
                allowed="one label a word",
                hint="correct the row or remove it",
            )
        for position, text in enumerate(texts, start=1):
            if not isinstance(text, str):
                raise DataError(
                    f"word {position} is {label_text(text)[:40]}, which is no text",
                    where=f"{where}, field '{words}'",
                    allowed="a string",
                )
        yield WordRow(place, texts, [label_text(_named(tag, class_names)) for tag in tags])


def _value(values: Mapping[str, Any], field: str, where: str) -> Any:
    if field not in values:
        raise DataError(f"no field '{field}'", where=where, allowed=closest(field, values))
    return values[field]


def _text(values: Mapping[str, Any], field: str, where: str) -> str:
    value = _value(values, field, where)
    if not isinstance(value, str):
        raise DataError(
            f"{field} = {str(value)[:40]!r} is no text", where=f"{where}, field '{field}'", allowed="a string"
        )
    return value


def label_text(value: Any) -> str:
    """Write a label as text: JSON's own spelling for what is no string."""
    return value if isinstance(value, str) else json.dumps(value, default=str)


def read_word_lines(
    path: Path, words: int = 0, labels: int = 1, skip_header: bool = False
) -> Iterator[WordRow]:
    """Read one word a line, tab, its label; a blank line ends a sentence.

    No line is a comment: ``#`` is a word like others.

    Parameters
    ----------
    path : Path
    words, labels : int
        Positions of the two columns; a file of more than two columns may have others.
    skip_header : bool
        The first line names the columns.

    Raises
    ------
    DataError
        For a word without label, a label without word, or a third column where two are expected.
    """
    n_columns = max(words, labels) + 1
    texts: list[str] = []
    tags: list[str] = []
    first = 0
    for number, line in enumerate(read_text(path).split("\n"), start=1):
        if number == 1 and skip_header:
            continue
        if not line or line.isspace():
            if texts:
                yield WordRow(f"line {first}", texts, tags, range(first, number))
                texts, tags = [], []
            continue
        cells = line.rstrip("\r").split("\t")
        if (
            len(cells) < n_columns
            or (n_columns == 2 and len(cells) > 2)
            or not cells[labels]
            or not cells[words].strip()
        ):
            raise _wrong_word_line(f"{path}, line {number}", cells, words, labels)
        if not texts:
            first = number
        texts.append(cells[words])
        tags.append(cells[labels])
    if texts:
        yield WordRow(f"line {first}", texts, tags, range(first, first + len(texts)))


def _wrong_word_line(where: str, cells: Sequence[str], words: int, labels: int) -> DataError:
    word = cells[words] if len(cells) > words else ""
    label = cells[labels] if len(cells) > labels else ""
    if word.strip() and not label:
        what, where = f"the word '{word[:40]}' has no label", f"{where}, field 'label'"
    elif not word.strip():
        what, where = f"the label '{label[:40]}' has no word", f"{where}, field 'word'"
    else:
        what = f"{len(cells)} columns instead of 2"
    return DataError(
        what,
        where=where,
        allowed="word, tab, label; a blank line between sentences",
        hint="correct the line or remove it",
    )


_WORD_ID = re.compile(r"[1-9]\d*")
_OTHER_ID = re.compile(r"\d+[-.]\d+")
"""A multiword range (``1-2``) or an empty node (``1.1``): no syntactic word, so it has no tag of its own."""


def read_conllu(path: Path) -> Iterator[WordRow]:
    """Read forms and universal tags of a CoNLL-U file.

    Raises
    ------
    DataError
        For a line that is neither a comment nor ten columns with a proper id.

    References
    ----------
    https://universaldependencies.org/format.html
    """
    texts: list[str] = []
    tags: list[str] = []
    lines: list[int] = []
    for number, line in enumerate([*read_text(path).split("\n"), ""], start=1):
        if not line.strip():
            if texts:
                yield WordRow(f"line {lines[0]}", texts, tags, lines)
                texts, tags, lines = [], [], []
            continue
        if line.startswith("#"):
            continue
        cells = line.rstrip("\r").split("\t")
        if len(cells) != 10:
            raise DataError(
                f"{len(cells)} columns instead of 10",
                where=f"{path}, line {number}",
                allowed="CoNLL-U: ID, FORM, LEMMA, UPOS, XPOS, FEATS, HEAD, DEPREL, DEPS, MISC",
            )
        if _OTHER_ID.fullmatch(cells[0]):
            continue
        if not _WORD_ID.fullmatch(cells[0]):
            raise DataError(
                f"the id '{cells[0][:40]}' is no number",
                where=f"{path}, line {number}, field 'ID'",
                allowed="1, 2, ...; 1-2 for a multiword range; 1.1 for an empty node",
            )
        texts.append(cells[1])
        tags.append(cells[3])
        lines.append(number)
