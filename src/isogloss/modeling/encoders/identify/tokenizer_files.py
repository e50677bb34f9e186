"""The tokenizer's files, read without torch and without the library that will load them."""

from __future__ import annotations

import json
from collections.abc import Collection
from functools import lru_cache
from pathlib import Path
from typing import Any

from isogloss.errors import CheckpointError
from isogloss.extras import is_installed
from isogloss.modeling.encoders._trust import TOKENIZER_CONFIG, read_json

TOKENIZER = "tokenizer.json"
SENTENCEPIECE_FILES = (
    "sentencepiece.bpe.model",
    "sentencepiece.model",
    "spm.model",
    "spiece.model",
    "tokenizer.model",
)
TOKENIZER_FILES = (TOKENIZER, "vocab.txt", "vocab.json", *SENTENCEPIECE_FILES)


def sentencepiece_file(folder: Path) -> Path | None:
    """The sentencepiece model of a folder."""
    return next((folder / name for name in SENTENCEPIECE_FILES if (folder / name).is_file()), None)


def require_sentencepiece(names: Collection[str], *, where: str) -> None:
    """Refuse a checkpoint whose tokenizer is a sentencepiece model where that library is not installed.

    Parameters
    ----------
    names : collection of str
        Of the checkpoint's files.
    where : str

    Raises
    ------
    CheckpointError
    """
    found = [name for name in TOKENIZER_FILES if name in names]
    if not found or found[0] not in SENTENCEPIECE_FILES:
        return
    modules = {"sentencepiece": "sentencepiece", "protobuf": "google.protobuf"}
    absent = [package for package, module in modules.items() if not is_installed(module)]
    if absent:
        raise CheckpointError(
            f"{found[0]} cannot be read without the package {' and '.join(absent)}",
            where=where,
            hint=f"pip install {' '.join(absent)}, which are in the extra `train`; or save the tokenizer as "
            f"{TOKENIZER} where they are installed",
        )


def count_entries(folder: Path) -> int | None:
    """One more than the highest number of a subword; None without a ``tokenizer.json`` or ``vocab.txt``.

    Raises
    ------
    CheckpointError
        If the file cannot be read.
    """
    path = folder / TOKENIZER
    if not path.is_file():
        lines = folder / "vocab.txt"
        return len(lines.read_text(encoding="utf-8").splitlines()) if lines.is_file() else None
    highest, _ = _summary(path, path.stat().st_size, path.stat().st_mtime_ns)
    added = read_json(folder / "added_tokens.json").values()
    decoded = read_json(folder / TOKENIZER_CONFIG).get("added_tokens_decoder") or {}
    return max([highest, *map(int, added), *map(int, decoded)]) + 1


def tokenizer_kind(folder: Path) -> str:
    """Name the kind of tokenizer: ``"WordPiece"``, ``"Unigram"``, ``"byte-level BPE"``, ``"Metaspace BPE"``.

    Raises
    ------
    CheckpointError
        If ``tokenizer.json`` cannot be read.
    """
    path = folder / TOKENIZER
    if path.is_file():
        return _summary(path, path.stat().st_size, path.stat().st_mtime_ns)[1]
    found = next((name for name in TOKENIZER_FILES if (folder / name).is_file()), None)
    return f"sentencepiece model ({found})" if found in SENTENCEPIECE_FILES else f"vocabulary file ({found})"


def kind_of(described: dict[str, Any]) -> str:
    """Name the kind of a tokenizer as ``tokenizer.json`` describes it."""
    model = described["model"]
    name = str(model.get("type") or ("Unigram" if isinstance(model["vocab"], list) else "WordPiece"))
    if name != "BPE":
        return name
    around = json.dumps([described.get(part) for part in ("normalizer", "pre_tokenizer", "decoder")])
    if '"ByteLevel"' in around:
        return "byte-level BPE"
    return "Metaspace BPE" if "Metaspace" in around or "\\u2581" in around else "BPE"


@lru_cache(maxsize=8)
def _summary(path: Path, size: int, mtime_ns: int) -> tuple[int, str]:
    """Highest number and kind; size and time of change are there to know a changed file."""
    try:
        described = json.loads(path.read_text(encoding="utf-8"))
        vocabulary = described["model"]["vocab"]
        numbers = [len(vocabulary) - 1] if isinstance(vocabulary, list) else list(vocabulary.values())
        numbers += [added["id"] for added in described.get("added_tokens") or ()]
        return max(map(int, numbers), default=-1), kind_of(described)
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise CheckpointError(
            f"the tokenizer cannot be read: {type(error).__name__}: {error}",
            where=str(path),
            hint="save it anew with the tokenizer's save_pretrained",
        ) from None
