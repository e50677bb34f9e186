"""Reading the files of a sentence-pair benchmark, whatever their layout."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from isogloss.data_files import suffix_of
from isogloss.tasks._reading import SentenceRow, sentence_rows
from isogloss.tasks._tables import read_delimited, read_json_lines, read_parquet


def read_sentences(
    path: Path, fields: tuple[str, str, str], class_names: Sequence[str]
) -> Iterator[SentenceRow]:
    """Read tab-separated text without a header, Parquet or JSON lines.

    Parameters
    ----------
    path : Path
    fields : (str, str, str)
        Names of the first text, the second text and the label.
    class_names : sequence of str
        What an integer label stands for in Parquet and JSON lines.
    """
    if suffix_of(path) == ".tsv":
        cells = read_delimited(path, "\t", fields)
    elif suffix_of(path) == ".parquet":
        cells = read_parquet(path, fields)
    else:
        cells = read_json_lines(path)
    return sentence_rows(cells, path, fields, class_names)
