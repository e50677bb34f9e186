"""The Examples sections of docstrings, run as they stand."""

import doctest
import importlib
from pathlib import Path

import pytest

import isogloss

PACKAGE = Path(isogloss.__file__).parent
MODULES = [
    ".".join(("isogloss", *path.relative_to(PACKAGE).with_suffix("").parts))
    for path in sorted(PACKAGE.rglob("*.py"))
    if ">>> " in path.read_text(encoding="utf-8")
]


@pytest.mark.parametrize("module", MODULES)
def test_examples_print_what_they_show(module):
    result = doctest.testmod(importlib.import_module(module.removesuffix(".__init__")))
    assert result.attempted
    assert result.failed == 0
