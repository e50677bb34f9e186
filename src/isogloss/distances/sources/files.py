"""The user's own distance matrices, from tables of text."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from isogloss.data_files import as_path
from isogloss.distances.matrix import DissimilarityMatrix, DistanceMatrix, PairMatrix
from isogloss.distances.sources.layouts import ALLOWED, Entry, Stated, read_layout
from isogloss.distances.sources.text_files import Line, delimiter_of, divided, plain_stem, read_text
from isogloss.errors import DataError, IsoglossError, some_of
from isogloss.languages import Language, read_together, refusal

_MOST_LISTED = 5
_UNIT = re.compile(r"(?:^|[\W_])(km)\W*$", re.IGNORECASE)
_SIMILARITY = re.compile(r"(?<!dis)similar|proximity|overlap|(?:^|[\W_])sim(?:$|[\W_])", re.IGNORECASE)

_OTHER_KINDS = {
    "JSON": r"\s*[\[{]\s*[\[{\"\d]",
    "NEXUS": r"(?i)\s*#nexus\b",
    "Markdown": r"\s*\|.*\n\s*\|\s*:?-+",
    "LaTeX": r"\s*\\begin\b",
    "HTML": r"(?i)\s*<(!doctype|html|table)\b",
}
"""Files that people take for tables of text, by how they begin."""

_Places = dict[tuple[str, str], Entry]


def read_distances(path: Path | str) -> dict[str, PairMatrix]:
    """Read the distances of a text table: CSV, TSV, or divided by semicolons or white space.

    The layout is recognised by the content.

    *Pairs*, one row each: two columns of languages under any header (``a`` and ``b``, ``from`` and ``to``,
    ``lang1`` and ``lang2`` ...) and one of distances; ``metric``, ``features`` and ``of`` are read as
    ``isogloss distance --format csv`` writes them. Several numeric columns, none of which is called
    ``value`` or ``distance``, are a metric each, called like the column; columns of scores, and of facts
    about one of the two languages, are not. Both languages may stand in one column, as ``en-de``.

    *Square*: the languages in the first row, the first column or both; whole, or the half above or below the
    diagonal. Or some languages by others, such as sources by targets.

    Except for such columns, and for the column ``metric``, the metric is called like the file. An empty field
    (or ``NA``, ``-``) is an unknown distance, and so is a pair that is not in the file. Where most pairs that
    have both directions differ by direction, the result is a `DissimilarityMatrix` from the language of the
    row (of the first column, in pairs) to the other. Languages that
    are not known are left out, and so is the second name of one language.

    Parameters
    ----------
    path : Path
        UTF-8, or UTF-16 with its mark; also packed by gzip, bzip2, xz or ZIP.

    Returns
    -------
    dict of str to PairMatrix
        By metric, of the definition ``"given"``; `notes` say how the file was read and what was left out.
        Where the file has no counts, `shared` and `union` are 1 for a known pair and 0 for an unknown one.

    Raises
    ------
    DataError
        If the file is missing or no such table; a value is not a number, negative or infinite; more facts are
        shared than there are; a pair has two values; few pairs differ by direction; a language is not at
        distance 0 from itself, or the values look like similarities.
    LanguageError
        If fewer than two languages are known.
    """
    path = as_path(path, "path")
    text = read_text(path, "the distance file")
    for kind, beginning in _OTHER_KINDS.items():
        if re.match(beginning, text):
            raise DataError(
                f"the distance file is {kind}, not a table of text", where=str(path), hint="write it as CSV"
            )
    rows = _rows(text, path)
    if len(rows) < 2:
        raise DataError("the distance file holds no distance", where=str(path), allowed=ALLOWED)
    tables, notes = read_layout(path, rows)
    by_column = len({table.column for table in tables.values()} - {""}) > 1
    found: dict[str, PairMatrix] = {}
    refused: dict[str, IsoglossError] = {}
    for metric, table in tables.items():
        try:
            found[metric] = _matrix(path, metric, table, notes)
        except DataError as error:
            if not by_column:
                raise
            refused[metric] = error
    if not found:
        raise next(iter(refused.values()))
    if refused:
        listed = ", ".join(f"'{metric}' ({error.what})" for metric, error in refused.items())
        note = f"{path.name}: columns that are not distances are left out: {listed}"
        return {name: replace(matrix, notes=(*matrix.notes, note)) for name, matrix in found.items()}
    return found


def _rows(text: str, path: Path) -> list[Line]:
    rows = divided(text, path, delimiter=delimiter_of(text))
    while rows and rows[0].fields[0].startswith("#"):
        del rows[0]
    if rows and all(len(row.fields) == 1 for row in rows):
        return [Line(row.number, tuple(row.fields[0].split())) for row in rows]
    return rows


def _matrix(path: Path, metric: str, table: Stated, notes: Sequence[str]) -> PairMatrix:
    name = table.column if table.column not in ("", "value") else metric
    if _SIMILARITY.search(name) or _SIMILARITY.search(plain_stem(path)):
        raise _similarity(f"'{name}'", path)
    languages, more = _languages(path, table.codes)
    stated = _stated(table.entries, languages)
    _check_diagonal(stated, path)
    directed, told = _directed(path, stated)
    row = {code: number for number, code in enumerate(languages)}
    values, counts = _arrays(stated, row, directed=directed)
    if not directed:
        np.fill_diagonal(values, 0.0)
    stated_unit = _UNIT.search(name)
    unit = stated_unit[1].lower() if stated_unit else ""
    kind = DissimilarityMatrix if directed else DistanceMatrix
    known, all_notes = (values, counts[0], counts[1], str(path)), (*notes, *more, *told)
    return kind(metric, "given", tuple(languages.values()), *known, notes=all_notes, unit=unit)


def _similarity(what: str, path: Path) -> DataError:
    return DataError(
        f"{what} looks like a similarity: near languages would come out as far ones",
        where=str(path),
        allowed="distances: 0 for a language and itself, more for languages farther apart",
        hint="write 1 - similarity (or the largest value less the similarity), and call it a distance",
    )


def _languages(path: Path, codes: Mapping[str, str]) -> tuple[dict[str, Language], tuple[str, ...]]:
    """The languages by their spelling in the file, and notes; `codes` says where each is first named."""
    found = read_together(codes)
    if len(found.languages) < 2 and found.problems:
        where = "; ".join(codes[code] for code in list(found.problems)[:_MOST_LISTED])
        raise refusal(found.problems).at(where)
    languages: dict[str, Language] = {}
    notes = list(found.notes)
    first: dict[str, str] = {}
    for code, language in found.languages.items():
        if first.setdefault(language.id, code) == code:
            languages[code] = language
        else:
            notes.append(
                f"{path.name}: '{code}' is left out: it is the language that the file also calls "
                f"'{first[language.id]}', {language.name} ({language.id})"
            )
    if found.problems:
        listed = ", ".join(f"'{code}'" for code in found.problems)
        notes.append(f"{path.name}: left out, since they denote no one language: {listed}")
    return languages, tuple(notes)


def _stated(entries: Iterable[Entry], languages: Mapping[str, Language]) -> _Places:
    """Entries by pair of languages that are known; of a known and an unknown value the known one."""
    found: _Places = {}
    clashes: list[tuple[Entry, Entry]] = []
    for entry in entries:
        if entry.a not in languages or entry.b not in languages:
            continue
        first = found.setdefault((entry.a, entry.b), entry)
        if math.isnan(first.value) and not math.isnan(entry.value):
            found[entry.a, entry.b] = entry
        elif not math.isnan(entry.value) and not _same(first.value, entry.value):
            clashes.append((first, entry))
    if clashes:
        first, entry = clashes[0]
        more = f"; {len(clashes)} such pairs" if len(clashes) > 1 else ""
        raise DataError(
            f"two distances from '{entry.a}' to '{entry.b}': {first.value:g} and {entry.value:g}{more}",
            where=f"{first.where}; {entry.where}",
            allowed="one value for each pair",
            hint="keep one of the rows",
        )
    negative = [entry for entry in found.values() if entry.value < 0 or math.isinf(entry.value)]
    if negative:
        raise DataError(
            f"'{negative[0].value:g}' is not a valid distance",
            where=negative[0].where,
            allowed="a number from 0 up; empty for unknown",
        )
    return found


def _same(a: float, b: float) -> bool:
    return math.isclose(a, b, rel_tol=1e-6, abs_tol=1e-9)


def _check_diagonal(stated: _Places, path: Path) -> None:
    """Refuse similarities, and distances of languages from themselves in a symmetric table."""
    known = [entry for entry in stated.values() if not math.isnan(entry.value)]
    own = [entry for entry in known if entry.a == entry.b]
    largest = max((entry.value for entry in known if entry.a != entry.b), default=0.0)
    if min((entry.value for entry in own), default=0.0) >= largest > 0:
        raise _similarity(
            f"the value of '{own[0].a}' and itself, {own[0].value:g}, is the largest: this", path
        )
    wrong = [entry for entry in own if entry.value > 0]
    if wrong:
        told = [f"'{entry.a}' is at distance {entry.value:g} from itself" for entry in wrong]
        raise DataError(
            some_of(told, _MOST_LISTED),
            where="; ".join(entry.where for entry in wrong[:_MOST_LISTED]),
            allowed="0, or empty",
        )


def _directed(path: Path, stated: _Places) -> tuple[bool, tuple[str, ...]]:
    """Whether the two directions of most pairs differ, with a note that says so.

    Raises
    ------
    DataError
        If some pairs differ, but not most: that is a slip rather than a direction.
    """
    both = [
        (entry, stated[b, a])
        for (a, b), entry in stated.items()
        if a < b and (b, a) in stated and not math.isnan(entry.value + stated[b, a].value)
    ]
    differing = [(one, two) for one, two in both if not _same(one.value, two.value)]
    if not differing:
        return False, ()
    one, two = max(differing, key=lambda pair: abs(pair[0].value - pair[1].value))
    told = f"'{one.a}' to '{one.b}' {one.value:g}, back {two.value:g}"
    if 2 * len(differing) < len(both):
        raise DataError(
            f"{len(differing)} of {len(both)} pairs have two distances: {told}",
            where="; ".join(f"{one.where}; {two.where}" for one, two in differing[:_MOST_LISTED]),
            allowed="one value for both directions; or directed values, which differ for most pairs",
            hint="take their mean, or write one direction only",
        )
    return True, (
        f"{path.name}: a directed dissimilarity, from the language of the row: {len(differing)} of "
        f"{len(both)} pairs differ by direction, the most {told}",
    )


def _arrays(
    stated: _Places, row: Mapping[str, int], *, directed: bool
) -> tuple[NDArray[np.float64], NDArray[np.int32]]:
    """Values of shape (language, language), and counts of shape (2, language, language)."""
    n = len(row)
    values, counts = np.full((n, n), np.nan), np.zeros((2, n, n), dtype=np.int32)
    for (a, b), entry in stated.items():
        known = int(not math.isnan(entry.value))
        for one, two in ((a, b),) if directed else ((a, b), (b, a)):
            if known or math.isnan(values[row[one], row[two]]):
                values[row[one], row[two]] = entry.value
                counts[:, row[one], row[two]] = entry.counts or (known, known)
    return values, counts
