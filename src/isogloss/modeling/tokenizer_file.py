"""Subwords of plain text, with a tokenizer alone; imports no torch."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from isogloss.errors import CheckpointError, is_out_of_memory, no_memory_for
from isogloss.modeling.encoders.mini import weights_folder

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


def subword_frequencies(texts: Sequence[str]) -> dict[str, float]:
    """Share that each subword of the built-in tokenizer has of a text.

    Parameters
    ----------
    texts : sequence of str

    Returns
    -------
    dict of str to float
        Sums to 1 with the share of what the vocabulary does not know, which is left out: two unknown pieces
        are not the same piece.

    Raises
    ------
    CheckpointError
        If the package was installed without the built-in encoder.
    """
    tokenizer = _read(weights_folder())
    encoded = tokenizer.encode_batch(list(texts), add_special_tokens=False)
    counts = Counter(subword for each in encoded for subword in each.tokens)
    total = counts.total()
    special = {added.content for added in tokenizer.get_added_tokens_decoder().values()}
    return {subword: count / total for subword, count in counts.items() if subword not in special}


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
        if is_out_of_memory(error):
            raise no_memory_for(str(path)) from error
        raise CheckpointError(f"the tokenizer cannot be read: {error}", where=str(path)) from None
    tokenizer.no_truncation()
    tokenizer.no_padding()
    return tokenizer
