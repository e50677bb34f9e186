"""Files that memory is too small for are not called broken."""

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from isogloss.cli import main as command_line
from isogloss.errors import NotEnoughMemoryError, is_out_of_memory
from isogloss.evidence.readers._apart import read_apart
from isogloss.evidence.readers.base import Limits, UnreadableError
from isogloss.scores.importing.files import read_grids
from isogloss.scores.table import ScoreTable
from isogloss.tasks._tables import parquet_metadata


@pytest.mark.parametrize(
    "told",
    [
        MemoryError(),
        pa.ArrowMemoryError("malloc of size 64 failed"),
        OSError(12, "Cannot allocate memory"),
        RuntimeError("CUDA error: out of memory"),
        "terminate called after throwing an instance of 'std::bad_alloc'",
        "ImportError: x.so: failed to map segment from shared object",
        "OpenBLAS error: Memory allocation still failed after 10 retries, giving up.",
        "lxml.etree.XMLSyntaxError: unknown error",
        "SystemError: error return without exception set",
    ],
)
def test_what_libraries_say_when_memory_runs_out(told):
    assert is_out_of_memory(told)


@pytest.mark.parametrize(
    "told", [OSError(28, "No space left on device"), ValueError("bad"), "XMLSyntaxError"]
)
def test_other_failures_are_not_taken_for_it(told):
    assert not is_out_of_memory(told)


def test_a_page_that_memory_is_too_small_for(tmp_path):
    """Under each limit other libraries fail, on import or later, with words of their own."""
    page = tmp_path / "page.html"
    page.write_text("<h1>Title</h1><table><tr><td>a</td><td>1.5</td></tr></table>", encoding="utf-8")
    told = {}
    for megabytes in (60, 140, 240):
        try:
            read_apart("html", page, Limits(memory_megabytes=megabytes))
        except UnreadableError as error:
            told[megabytes] = str(error)
    assert 60 in told
    assert all(reason.startswith(f"it needs more than {n} MB of memory") for n, reason in told.items())


def no_memory(*arguments, **options):
    raise pa.ArrowMemoryError("malloc of size 4096 failed")


def test_tables_are_named_and_not_called_broken(tmp_path, monkeypatch):
    parquet, excel, page = tmp_path / "a.parquet", tmp_path / "a.xlsx", tmp_path / "a.html"
    pq.write_table(pa.table({"source": ["en"], "target": ["de"], "score": [0.5]}), parquet)
    excel.write_bytes(b"PK")
    page.write_text("<table><tr><td>1</td></tr></table>", encoding="utf-8")
    monkeypatch.setattr("openpyxl.load_workbook", no_memory)
    monkeypatch.setattr(pd, "read_html", no_memory)
    monkeypatch.setattr(pq, "read_table", no_memory)
    monkeypatch.setattr(pq, "ParquetFile", no_memory)
    readers = {read_grids: (parquet, excel, page), ScoreTable.read_parquet: (parquet,)}
    readers[parquet_metadata] = (parquet,)
    for read, paths in readers.items():
        for path in paths:
            with pytest.raises(NotEnoughMemoryError, match=path.name):
                read(path)


def test_a_command_that_runs_out_of_memory_gives_one_message(monkeypatch, capsys):
    monkeypatch.setattr(command_line, "cli", no_memory)
    with pytest.raises(SystemExit) as left:
        command_line.main()
    assert left.value.code == 1
    assert capsys.readouterr().err == (
        "isogloss: error: there is not enough memory\n  next:    free memory, or give less data at a time\n"
    )
