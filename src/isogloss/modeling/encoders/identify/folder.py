"""A checkpoint folder in the layout of the hub, read without torch: configuration, tensor names, hashes."""

from __future__ import annotations

import hashlib
import json
import math
import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from isogloss.errors import CheckpointError
from isogloss.modeling.encoders._trust import CONFIG, read_json
from isogloss.modeling.encoders.base import EncoderIdentity, EncoderKind
from isogloss.modeling.encoders.identify.checks import (
    check_embeddings,
    check_layers,
    embedding_rows,
    longest_stack,
    refuse_other_kinds,
)
from isogloss.modeling.encoders.identify.tokenizer_files import (
    TOKENIZER_FILES,
    count_entries,
    require_sentencepiece,
    tokenizer_kind,
)
from isogloss.tasks.base import sha256_of

WEIGHTS, WEIGHTS_INDEX = "model.safetensors", "model.safetensors.index.json"
UNSAFE_WEIGHTS = (".bin", ".pt", ".pth", ".ckpt", ".h5", ".msgpack", ".pkl")
SAFETENSORS_ONLY = (
    "weights are loaded from safetensors only, because a pickle can run any code: `isogloss convert FOLDER "
    "--out DIR` converts them without running any (first, for a hub id: `hf download ID --local-dir FOLDER`)"
)
_MAX_HEADER_BYTES = 100_000_000
_HEAD = re.compile(
    r"^(?:cls|lm_head|head|decoder|classifier|qa_outputs|vocab_\w+|generator_\w+)\.|(?:^|\.)pooler\."
)

_NUMBERED_FROM_PADDING = {"camembert", "xmod", "longformer", "data2vec-text", "ibert"}
_NUMBERED_FROM_PADDING |= {"mpnet", "luke", "mluke", "lilt"}
"""Of RoBERTa's family, which numbers positions from pad_token_id + 1: that takes entries off the table."""


def folder_identity(spec: str, kind: EncoderKind, folder: Path) -> EncoderIdentity:
    """Identify and check a local folder.

    Raises
    ------
    CheckpointError
        If a file is absent, incomplete or corrupt, or if weights are not in safetensors.
    """
    config = read_config(folder / CONFIG)
    configured = read_architecture(spec, kind, config, where=str(folder / CONFIG))
    weights = weight_files(folder)
    shapes = {name: shape for path in weights for name, shape in read_header(path).items()}
    check_layers(shapes, configured.n_layers, where=str(folder))
    tokenizer = [folder / name for name in TOKENIZER_FILES if (folder / name).is_file()]
    if not tokenizer:
        raise no_tokenizer(str(folder))
    require_sentencepiece([path.name for path in tokenizer], where=str(folder))
    check_embeddings(count_entries(folder), embedding_rows(shapes), config, where=str(folder))
    files = [folder / CONFIG, *weights, *tokenizer]
    extra = [folder / name for name in ("tokenizer_config.json", "special_tokens_map.json", "merges.txt")]
    return replace(
        configured,
        path=folder,
        fingerprint=_hash_files([*files, *(path for path in extra if path.is_file())]),
        n_parameters=count_parameters(shapes),
        n_embeddings=embedding_rows(shapes),
        tokenizer=tokenizer_kind(folder),
    )


def describe_files(identity: EncoderIdentity) -> str:
    """Say what `folder_identity` or the hub's headers let be checked, with its numbers."""
    if identity.kind == "built-in":
        return "part of this package"
    if identity.path is None:
        return "safetensors headers on the hub; the tokenizer is checked when it is loaded"
    files = weight_files(identity.path)
    shapes = {name: shape for path in files for name, shape in read_header(path).items()}
    n_layers, n_entries = len(longest_stack(shapes)), count_entries(identity.path)
    layers = f"{n_layers} of {identity.n_layers} layers" if n_layers else "layers shared or without numbers"
    entries = f"{n_entries:,} entries" if n_entries is not None else "entries not known before it is loaded"
    size = sum(path.stat().st_size for path in files) / 2**20
    return f"{len(files)} of safetensors, {size:,.0f} MiB, whole; {layers}; tokenizer with {entries}"


def read_config(path: Path) -> dict[str, Any]:
    """Read ``config.json``.

    Raises
    ------
    CheckpointError
        If it is absent or no JSON object.
    """
    if not path.exists():
        raise CheckpointError(
            f"no {path.name} in the encoder's folder",
            where=str(path.parent),
            allowed="a folder with config.json, model.safetensors and the tokenizer's files",
            hint="name the folder that save_pretrained or `isogloss pretrain` wrote",
        )
    config = read_json(path)
    if "isogloss" in config:
        raise CheckpointError(
            "this folder is a fine-tuned model of isogloss, not an encoder",
            where=str(path.parent),
            hint="name the encoder it was trained from, or evaluate this folder as a model",
        )
    return config


def read_architecture(
    spec: str, kind: EncoderKind, config: Mapping[str, Any], *, where: str
) -> EncoderIdentity:
    """Identity as far as ``config.json`` tells it: without parameters, fingerprint and places.

    Model families give layers, width and longest input different names.
    """
    refuse_other_kinds(config, where=where)
    n_layers = _first_int(config, ("num_hidden_layers", "n_layers", "num_layers"), where)
    width = _first_int(config, ("hidden_size", "dim", "d_model", "emb_dim"), where)
    positions = config.get("max_position_embeddings")
    name = str(config.get("model_type") or "unknown")
    if isinstance(positions, int) and ("roberta" in name or name in _NUMBERED_FROM_PADDING):
        # MPNet's code holds 1 for the padding's number, whatever the configuration says.
        padding = 1 if name == "mpnet" else int(config.get("pad_token_id") or 0)
        positions -= padding + 1
    longest = positions if isinstance(positions, int) else None
    return EncoderIdentity(spec, kind, None, None, "", n_layers, width, 0, longest, name)


def weight_files(folder: Path) -> tuple[Path, ...]:
    """The safetensors files of a folder, all shards of them.

    Raises
    ------
    CheckpointError
        If there are none, if only pickled weights are there, or if a shard is absent.
    """
    if (folder / WEIGHTS).is_file():
        return (folder / WEIGHTS,)
    if (folder / WEIGHTS_INDEX).is_file():
        index = read_json(folder / WEIGHTS_INDEX)
        shards = sorted(set(index["weight_map"].values()))
        absent = [name for name in shards if not (folder / name).is_file()]
        if absent:
            raise CheckpointError(f"shard {absent[0]} of the weights is absent", where=str(folder))
        return tuple(folder / name for name in shards)
    raise no_safetensors((path.name for path in sorted(folder.iterdir())), where=str(folder))


def no_safetensors(names: Any, *, where: str) -> CheckpointError:
    """The error for a checkpoint that has no ``model.safetensors``, given the names of its files."""
    unsafe = [name for name in names if name.endswith(UNSAFE_WEIGHTS)]
    if unsafe:
        return CheckpointError(
            f"only unsafe weights: {', '.join(unsafe)}", where=where, hint=SAFETENSORS_ONLY
        )
    return CheckpointError("no weights (model.safetensors)", where=where)


def no_tokenizer(where: str) -> CheckpointError:
    """The error for a checkpoint without a tokenizer."""
    return CheckpointError(
        "no tokenizer next to the encoder's weights",
        where=where,
        allowed=f"one of: {', '.join(TOKENIZER_FILES)}",
        hint="save the tokenizer into the same folder with its save_pretrained",
    )


def read_header(path: Path) -> dict[str, tuple[int, ...]]:
    """Tensor names and shapes of a safetensors file, checked against the file's length.

    Raises
    ------
    CheckpointError
        If the file is cut short or is not a safetensors file.

    References
    ----------
    The format: 8 bytes little-endian header length, a JSON header, then the data
    (https://huggingface.co/docs/safetensors, "Format").
    """
    size = path.stat().st_size
    with path.open("rb") as handle:
        length = int.from_bytes(handle.read(8), "little")
        if size < 8 or length > min(size - 8, _MAX_HEADER_BYTES):
            raise _corrupt(path, "its header is cut short or it is not a safetensors file")
        try:
            header = json.loads(handle.read(length))
            tensors = {name: entry for name, entry in header.items() if name != "__metadata__"}
            end = max((entry["data_offsets"][1] for entry in tensors.values()), default=0)
            shapes = {name: tuple(entry["shape"]) for name, entry in tensors.items()}
        except (ValueError, AttributeError, KeyError, TypeError, IndexError):
            raise _corrupt(path, "its header cannot be parsed") from None
    if 8 + length + end != size:
        raise _corrupt(path, f"{size} bytes, where its header announces {8 + length + end}")
    return shapes


def count_parameters(shapes: Mapping[str, tuple[int, ...]]) -> int:
    """Weights of the encoder itself, without heads that this project never uses."""
    return sum(math.prod(shape) for name, shape in shapes.items() if not _HEAD.search(name))


def is_head(name: str) -> bool:
    """Whether a tensor belongs to a head that this project never uses."""
    return bool(_HEAD.search(name))


def _first_int(config: Mapping[str, Any], names: tuple[str, ...], where: str) -> int:
    for name in names:
        if isinstance(config.get(name), int):
            return int(config[name])
    raise CheckpointError(f"config.json states none of {', '.join(names)}", where=where)


def _hash_files(paths: list[Path]) -> str:
    parts = (f"{path.name}\0{sha256_of(path)}\0" for path in paths)
    return hashlib.sha256("".join(parts).encode()).hexdigest()


def _corrupt(path: Path, why: str) -> CheckpointError:
    return CheckpointError(
        f"the weights file is corrupt: {why}", where=str(path), hint="copy or download the file again"
    )
