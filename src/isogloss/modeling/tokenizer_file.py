"""Subwords of plain text, with a tokenizer alone; imports no torch."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from isogloss.errors import CheckpointError

if TYPE_CHECKING:
    from tokenizers import Tokenizer


def subwords_of(folder: Path, lines: Sequence[str]) -> tuple[str, ...]:
    """The subwords of all lines in their order, special ones left out.

    Parameters
    ----------
    folder : Path
        A folder with ``tokenizer.json``, as transformers and tokenizers write it, or that file.
    lines : sequence of str

    Raises
    ------
    CheckpointError
        If there is no such file, or it is not a tokenizer.
    """
    encoded = _read(folder).encode_batch(list(lines), add_special_tokens=False)
    return tuple(subword for line in encoded for subword in line.tokens)


def lengths_of(folder: Path, inputs: Sequence[tuple[str, ...]]) -> list[int]:
    """Subwords of each input, special ones included.

    Parameters
    ----------
    folder : Path
        As for `subwords_of`.
    inputs : sequence of tuple of str
        One or two sentences each.

    Raises
    ------
    CheckpointError
        If there is no such file, or it is not a tokenizer.
    """
    encoded = _read(folder).encode_batch([one if len(one) > 1 else one[0] for one in inputs])
    return [len(one.ids) for one in encoded]


def _read(folder: Path) -> Tokenizer:
    path = folder / "tokenizer.json" if folder.is_dir() else folder
    if not path.is_file():
        raise CheckpointError(
            f"no tokenizer: '{path.name}' is missing",
            where=str(path),
            allowed="a folder with tokenizer.json, as every fast tokenizer of transformers saves it",
            hint="save it there: AutoTokenizer.from_pretrained(ID).save_pretrained(FOLDER)",
        )
    return _parsed(path, path.stat().st_mtime_ns)


@lru_cache(maxsize=1)
def _parsed(path: Path, changed: int) -> Tokenizer:
    """Parse a file as it was when it last changed; the last one is kept, as every split asks for it again."""
    from tokenizers import Tokenizer

    try:
        tokenizer = Tokenizer.from_file(str(path))
    except Exception as error:  # tokenizers raises bare Exception
        raise CheckpointError(f"the tokenizer cannot be read: {error}", where=str(path)) from None
    tokenizer.no_truncation()
    tokenizer.no_padding()
    return tokenizer
