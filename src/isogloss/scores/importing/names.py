"""Words of score tables, as `isogloss.scores.importing.labels.words` writes them: ``vocabulary.yaml``."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import yaml

_VOCABULARY = yaml.safe_load(Path(__file__).with_name("vocabulary.yaml").read_text(encoding="utf-8"))


def word_list(name: str) -> frozenset[str]:
    """Words of a list of ``vocabulary.yaml``."""
    return frozenset(_VOCABULARY[name].split())


SYNONYMS: Mapping[str, tuple[str, ...]] = {
    role: tuple(names.split()) for role, names in _VOCABULARY["columns"].items()
}
"""Names of columns by role, the best first."""
