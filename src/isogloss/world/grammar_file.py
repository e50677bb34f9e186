"""Grammars as data files, and the registry of them."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path

import yaml
from pydantic import ValidationError

from isogloss.errors import DataError
from isogloss.identity import fault_of
from isogloss.registry import Registry
from isogloss.tasks.sources import LOADER
from isogloss.world.grammar import Grammar

_FAULTS = {"missing": "missing"} | dict.fromkeys(
    ("extra_forbidden", "unexpected_keyword_argument", "multiple_argument_values"), "no such field"
)
"""What is wrong with the fields of a file, by pydantic's type of the error."""


def read_grammar(path: Path) -> Grammar:
    """Read a grammar from a YAML file.

    Parameters
    ----------
    path : Path
        Its name without ``.yaml`` is the tag of the language.

    Raises
    ------
    DataError
        If the file is not YAML, or a field is missing, unknown or of another type; all of them at once.
    """
    try:
        return Grammar(path.stem, **yaml.load(path.read_text(encoding="utf-8"), LOADER))
    except (OSError, UnicodeDecodeError, yaml.YAMLError, TypeError) as error:
        raise DataError(f"not a readable YAML file of fields: {error}", where=str(path)) from None
    except ValidationError as error:
        problems = [
            f"{'.'.join(map(str, each['loc']))}: "
            + (_FAULTS.get(each["type"]) or fault_of(each, repr(each["input"]))[0])
            for each in error.errors()
        ]
        allowed = f"fields: {', '.join(field.name for field in fields(Grammar) if field.name != 'language')}"
        raise DataError("; ".join(problems), where=str(path), allowed=allowed) from None


GRAMMARS: Registry[Grammar] = Registry("grammar", "isogloss.world.grammars", "GRAMMAR", read=read_grammar)
