"""Data files of every kind are opened in one way: endings, byte order marks, pointers of Git LFS."""

from __future__ import annotations

import bz2
import csv
import gzip
import lzma

import pytest

from isogloss.data_files import allow_long_fields, encoding_of, open_bytes, suffix_of
from isogloss.distances.sources.files import read_distances
from isogloss.errors import DataError
from isogloss.scores.importing import read_scores
from isogloss.tasks._opening import read_text

POINTER = "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 3\n"


@pytest.mark.parametrize(
    ("ending", "compress"),
    [("", bytes), (".gz", gzip.compress), (".bz2", bz2.compress), (".xz", lzma.compress)],
)
def test_compressed_files_are_unpacked(tmp_path, ending, compress):
    path = tmp_path / f"Scores.TSV{ending}"
    path.write_bytes(compress(b"en\tde\n"))
    with open_bytes(path) as file:
        assert file.read() == b"en\tde\n"
    assert suffix_of(path) == ".tsv"


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-32"])
def test_byte_order_marks_name_the_encoding(encoding):
    assert encoding_of("Haus".encode(encoding)) == encoding
    assert encoding_of("\ufeffHaus".encode("utf-32-be")) == "utf-32"
    assert encoding_of(b"Haus") == "utf-8"


@pytest.mark.parametrize("read", [read_scores, read_distances, read_text])
@pytest.mark.parametrize("ending", ["", ".gz"])
def test_pointers_of_git_lfs_are_refused_by_every_reader(tmp_path, read, ending):
    path = tmp_path / f"table.csv{ending}"
    path.write_bytes(gzip.compress(POINTER.encode()) if ending else POINTER.encode())
    with pytest.raises(DataError, match=r"(?s)is a pointer of Git LFS.*table.csv.*git lfs pull"):
        read(path)


def test_long_fields_are_read_whatever_the_limit_was():
    before = csv.field_size_limit(10)
    try:
        allow_long_fields()
        assert next(csv.reader(["a" * 200_000])) == ["a" * 200_000]
    finally:
        csv.field_size_limit(before)


def test_a_long_field_of_a_distance_file_is_named_whatever_the_limit_was(tmp_path):
    """The limit of `csv` belongs to the process: another reader may or may not have raised it."""
    path = tmp_path / "speech.csv"
    path.write_text("a,b,speech\nen,de," + "x" * 200_000 + "\n")
    before = csv.field_size_limit(131_072)
    try:
        with pytest.raises(DataError, match=r"(?s)a field of 200,000 characters.*line 2"):
            read_distances(path)
    finally:
        csv.field_size_limit(before)


def test_a_task_file_in_another_encoding_is_named(tmp_path):
    path = tmp_path / "en.tsv"
    path.write_bytes("Häuser\tA\n".encode("utf-32"))
    with pytest.raises(DataError, match=r"(?s)the file is in UTF-32.*iconv -f UTF-32 -t UTF-8"):
        read_text(path)
