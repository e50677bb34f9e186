"""Code that a checkpoint names, and a copy of the checkpoint without any; imports no torch.

The transformers library follows many fields of a checkpoint's own files to Python modules, kernels, other
folders and hub repositories, and for some of them asks on standard input. So it never sees a checkpoint that
the caller does not trust: only links to weights and vocabularies, with configurations that have none
of these fields.
"""

from __future__ import annotations

import contextlib
import json
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from isogloss.errors import CheckpointError

CONFIG, TOKENIZER_CONFIG = "config.json", "tokenizer_config.json"
TRUST_HINT = (
    "read that code; --trust-remote-code (trust_remote_code=True in Python, trust_remote_code: true at the "
    "encoder of a study file) would run it"
)

_DATA_ENDINGS = (".safetensors", ".safetensors.index.json", ".txt", ".model", ".vocab", ".json", ".codes")
_PLACES = ("name_or_path", "_name_or_path", "tokenizer_file", "vocab_file", "merges_file")
"""Where the files once were: a folder of somebody's machine, or a hub id that would be asked for code."""
_LEADS_ELSEWHERE = frozenset(
    {
        *("auto_map", "trust_remote_code", "custom_pipelines", "custom_generate"),
        *("use_kernels", "kernel_config", "backbone", "use_timm_backbone", "use_pretrained_backbone"),
        *("configuration_files", "fast_tokenizer_files", "transformers_weights", "base_model_name_or_path"),
        *("local_files_only", "is_local", *_PLACES),
    }
)
_IMPLEMENTATIONS = frozenset(
    {
        *("attn_implementation", "_attn_implementation", "_attn_implementation_internal"),
        *("experts_implementation", "_experts_implementation", "_experts_implementation_internal"),
    }
)
_BUILT_IN_IMPLEMENTATIONS = ("eager", "sdpa")
"""Any other may be a kernel that the library fetches from the hub and runs."""


@dataclass(frozen=True)
class NamedCode:
    """A class that a file of a checkpoint names: ``evil.Model``, or ``owner/repository--evil.Model``."""

    file: str
    role: str
    reference: str

    def __str__(self) -> str:
        """Say which file names what, and where that lies."""
        repository, _, reference = self.reference.rpartition("--")
        place = f" of hub repository '{repository}'" if repository else ""
        return f"{self.file} names {reference} ({self.role}), in {reference.split('.')[0]}.py{place}"


def named_code(file: str, value: Any) -> tuple[NamedCode, ...]:
    """Every class that the fields ``auto_map`` of a configuration name, nested configurations included."""
    if isinstance(value, list):
        return tuple(code for item in value for code in named_code(file, item))
    if not isinstance(value, Mapping):
        return ()
    auto_map = value.get("auto_map")
    roles = auto_map.items() if isinstance(auto_map, Mapping) else [("AutoTokenizer", auto_map)]
    own = [
        NamedCode(file, str(role), reference)
        for role, stated in roles
        for reference in (stated if isinstance(stated, list | tuple) else [stated])
        if isinstance(reference, str)
    ]
    below = (code for key, item in value.items() if key != "auto_map" for code in named_code(file, item))
    return tuple(dict.fromkeys([*own, *below]))


def without_code(value: Any) -> Any:
    """A configuration without the fields that lead to code, other folders or other repositories."""
    return _filtered(value, _LEADS_ELSEWHERE)


def portable(config: Mapping[str, Any]) -> dict[str, Any]:
    """A configuration without paths of this machine, as it is saved with the weights."""
    kept: dict[str, Any] = _filtered(config, frozenset({*_PLACES, "trust_remote_code"}))
    return kept


def _filtered(value: Any, left_out: frozenset[str]) -> Any:
    if isinstance(value, Mapping):
        return {
            key: _filtered(item, left_out)
            for key, item in value.items()
            if key not in left_out
            and not (key in _IMPLEMENTATIONS and item not in (None, *_BUILT_IN_IMPLEMENTATIONS))
        }
    if isinstance(value, list | tuple):
        return [_filtered(item, left_out) for item in value]
    return value


def read_json(path: Path) -> dict[str, Any]:
    """Read a JSON object; empty without the file.

    Raises
    ------
    CheckpointError
        If it is something else.
    """
    try:
        value = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        raise CheckpointError(f"{path.name} cannot be read: {error}", where=str(path)) from None
    if not isinstance(value, dict):
        raise CheckpointError(f"{path.name} holds a {type(value).__name__}, not an object", where=str(path))
    return value


def check_trust(config: Mapping[str, Any], tokenizer_config: Mapping[str, Any], *, where: str) -> None:
    """Refuse a checkpoint that cannot be used without code of its own.

    It can be used without where the library itself has the type of the model and the class of the tokenizer.

    Raises
    ------
    CheckpointError
    """
    of_model, of_tokenizer = named_code(CONFIG, config), named_code(TOKENIZER_CONFIG, tokenizer_config)
    needed: list[NamedCode] = []
    if of_model and not _is_known_model(config.get("model_type")):
        needed.extend(of_model)
    if of_tokenizer and not _is_known_tokenizer(tokenizer_config.get("tokenizer_class")):
        needed.extend(of_tokenizer)
    if needed:
        raise CheckpointError(
            f"this checkpoint needs Python code of its own, which was not run: {'; '.join(map(str, needed))}",
            where=where,
            hint=TRUST_HINT,
        )


def _is_known_model(model_type: object) -> bool:
    from transformers.models.auto.configuration_auto import CONFIG_MAPPING_NAMES

    return model_type in CONFIG_MAPPING_NAMES


def _is_known_tokenizer(name: object) -> bool:
    """Whether the library has this class; without a name it takes the one that fits the model."""
    from transformers.models.auto.tokenization_auto import tokenizer_class_from_name

    if not isinstance(name, str):
        return name is None
    plain = name.removesuffix("Fast")
    return any(tokenizer_class_from_name(each) is not None for each in (plain, f"{plain}Fast"))


@contextlib.contextmanager
def folder_without_code(folder: Path) -> Iterator[Path]:
    """Make a folder that holds the data of a checkpoint and nothing that could run.

    Yields
    ------
    Path
        Gone after the block; weights that were mapped into memory stay readable.
    """
    with tempfile.TemporaryDirectory(prefix="isogloss-") as scratch:
        view = Path(scratch)
        for path in sorted(folder.iterdir()):
            if path.is_file() and is_data(path.name):
                _link(path.resolve(), view / path.name)
        for name in (CONFIG, TOKENIZER_CONFIG):
            settings = json.dumps(without_code(read_json(folder / name)), ensure_ascii=False)
            (view / name).write_text(settings, encoding="utf-8")
        yield view


def is_data(name: str) -> bool:
    """Whether a file of a checkpoint holds weights or vocabulary, by its name, and no settings or code."""
    lower = name.lower()
    is_setting = lower.endswith(".json") and ("config" in lower or "chat_template" in lower)
    return lower.endswith(_DATA_ENDINGS) and not is_setting


def _link(source: Path, target: Path) -> None:
    try:
        target.symlink_to(source)
    except OSError:  # a file system, or a Windows user, without symbolic links
        shutil.copyfile(source, target)
