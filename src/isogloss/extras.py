"""Optional packages: which extra holds them, and one error that names the command to install it."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from importlib.util import find_spec

from isogloss.errors import IsoglossError

_MODULES = {
    "report": "matplotlib pyarrow",
    "tables": "lxml openpyxl",
    "train": "torch transformers tokenizers safetensors sentencepiece google.protobuf matplotlib pyarrow",
    "evidence": "acl_anthology arxiv bm25s bs4 lxml markdown_it pdfplumber pyalex pylatexenc requests "
    "requests_cache semanticscholar snowballstemmer",
    "urielplus": "urielplus",
    "tensorboard": "tensorboardX",
    "wandb": "wandb",
}
EXTRAS: Mapping[str, tuple[str, ...]] = {extra: tuple(names.split()) for extra, names in _MODULES.items()}
"""Modules by the extra of ``pyproject.toml`` that installs them; a test compares the two lists.

A module of two extras is asked for under the smaller one, which stands first.
"""


class MissingExtraError(IsoglossError, ImportError):
    """An optional package that is not installed.

    Parameters
    ----------
    extra : str
        Name in `EXTRAS`.
    purpose : str
        Subject of the message: ``"isogloss run"``.
    missing : sequence of str
        Modules that are not installed.
    """

    def __init__(self, extra: str, purpose: str, missing: tuple[str, ...]) -> None:
        listed = ", ".join(missing)
        what = f"the packages {listed}, which are" if len(missing) > 1 else f"the package {listed}, which is"
        super().__init__(f"{purpose} needs {what} not installed", hint=f"pip install 'isogloss[{extra}]'")


def require(extra: str, purpose: str) -> None:
    """Check that every package of an extra can be imported, without importing it.

    Parameters
    ----------
    extra : str
        Name in `EXTRAS`.
    purpose : str
        What needs it, as the subject of the message: ``"isogloss run"``.

    Raises
    ------
    MissingExtraError
        With the command that installs the extra.
    """
    missing = tuple(module for module in EXTRAS[extra] if not is_installed(module))
    if missing:
        raise MissingExtraError(extra, purpose, missing)


def explain(error: ModuleNotFoundError, purpose: str) -> MissingExtraError | None:
    """Name the extra whose package could not be imported.

    Parameters
    ----------
    error : ModuleNotFoundError
    purpose : str
        As in `require`.

    Returns
    -------
    MissingExtraError or None
        None if the module belongs to no extra, which is a fault of the program or of its installation.
    """
    name = error.name or ""
    for extra, modules in EXTRAS.items():
        for module in modules:
            if name == module or name.startswith(f"{module}.") or name == module.partition(".")[0]:
                return MissingExtraError(extra, purpose, (module,))
    return None


def is_installed(module: str) -> bool:
    """Whether a module can be imported, without importing it."""
    if module in sys.modules:
        return sys.modules[module] is not None
    try:
        return find_spec(module) is not None
    except ModuleNotFoundError:  # its parent package is absent
        return False
