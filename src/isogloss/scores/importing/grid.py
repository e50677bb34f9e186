"""A table before anything is understood: rows of text, each with its place."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from isogloss.errors import DataError, is_out_of_memory, no_memory_for
from isogloss.extras import MissingExtraError

_A_TABLE = "a header, and a row with a language and a score"


@dataclass(frozen=True, eq=False)
class Grid:
    """Rows of text of one width.

    Parameters
    ----------
    name : str
        File, and sheet or table where it has several, for messages.
    rows : data frame of str
        Columns by position.
    numbers : ndarray of int
        Line or row of each row in the file.
    unit : str
        ``"line"`` or ``"row"``.
    n_header : int, optional
        Rows at the top that are the header, where the format says so.
    title : str
        Caption, heading or sheet.
    notes : tuple of str
        What was done to read the file.
    levels : tuple of str
        Names of the rows of the header, where the format has them.
    """

    name: str
    rows: pd.DataFrame
    numbers: NDArray[np.int64]
    unit: str = "line"
    n_header: int | None = None
    title: str = ""
    notes: tuple[str, ...] = ()
    levels: tuple[str, ...] = ()

    @classmethod
    def of(cls, name: str, rows: Sequence[Sequence[str]], numbers: Sequence[int], **more: Any) -> Grid:
        """Make a grid of rows of any width; missing fields are empty."""
        width = max(map(len, rows), default=0)
        whole = [[*row, *[""] * (width - len(row))] for row in rows]
        frame = pd.DataFrame(whole, columns=range(width), dtype="str")
        return cls(name, frame, np.asarray(numbers, dtype=np.int64), **more)

    def place(self, row: int) -> str:
        """Place of a row: ``"scores.csv, line 3"``."""
        return f"{self.name}, {self.unit} {self.numbers[row]}"


def empty(name: str, what: str = "the score table is empty") -> DataError:
    """The error about a file without a row."""
    return DataError(what, where=name, allowed=_A_TABLE, hint="check the file")


@contextmanager
def whole(
    name: str, what: str, needs: tuple[str, str, str], hint: str = "save the table as CSV"
) -> Iterator[None]:
    """Explain what the library that reads a file raises.

    Parameters
    ----------
    name : str
        File.
    what : str
        What is wrong with a file that the library cannot read.
    needs : tuple of str
        Extra, purpose and name of the library, for the message where it is not installed.
    hint : str

    Raises
    ------
    DataError, MissingExtraError, NotEnoughMemoryError
    """
    extra, purpose, library = needs
    try:
        yield
    except ImportError:
        raise MissingExtraError(extra, purpose, (library,)) from None
    except Exception as error:  # pandas, openpyxl, lxml and pyarrow share no base class of errors
        if is_out_of_memory(error):
            raise no_memory_for(name) from error
        raise DataError(f"{what}: {error}"[:300], where=name, hint=hint) from error


def as_text(value: Any) -> str:
    """Text of a value; nothing for None and NaN."""
    if value is None or value is pd.NA or value is pd.NaT or (isinstance(value, float) and math.isnan(value)):
        return ""
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return str(value).strip()


def grid_of_frame(name: str, frame: pd.DataFrame) -> Grid:
    """Take a data frame; an index that has a name or holds texts is a column like the others."""
    index = frame.index
    labelled = index.nlevels > 1 or index.name is not None or index.dtype.kind not in "iuf"
    beside = [index.get_level_values(level) for level in range(index.nlevels)] if labelled else []
    names = [as_text(name) for name in index.names] if labelled else []
    n_levels = frame.columns.nlevels
    header = [
        [*(names if level == n_levels - 1 else [""] * len(names)), *map(as_text, labels)]
        for level, labels in enumerate(frame.columns.get_level_values(level) for level in range(n_levels))
    ]
    columns = [*beside, *(frame.iloc[:, position] for position in range(frame.shape[1]))]
    body = pd.DataFrame({i: _texts(column) for i, column in enumerate(columns)})
    rows = pd.concat([pd.DataFrame(header, columns=body.columns, dtype="str"), body], ignore_index=True)
    numbers = np.concatenate([np.zeros(n_levels, dtype=np.int64), np.arange(1, len(frame) + 1)])
    levels = tuple(as_text(name) for name in frame.columns.names)
    return Grid(name, rows, numbers, "row", n_levels, levels=levels)


def _texts(values: Any) -> pd.Series:
    return pd.Series([as_text(value) for value in values.tolist()], dtype="str")
