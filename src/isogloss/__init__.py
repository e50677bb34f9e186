"""isogloss measures, explains and recommends cross-lingual transfer of multilingual encoders."""

import sys

if sys.argv[:1] == ["-m"] and not sys.flags.safe_path:
    # Python is looking for `python -m isogloss`, and has put the current folder first on the import path:
    # from here on, a typing.py or yaml.py that lies beside the data is not imported.
    del sys.path[0]

from importlib import import_module
from typing import Any

__version__ = "0.1.0"

_HOMES: dict[str, str] = {
    "claims_on_record": "isogloss.evidence.claims.records",
    "correlate": "isogloss.analysis.correlate",
    "distance": "isogloss.distances",
    "distance_matrices": "isogloss.distances",
    "investigate": "isogloss.evidence.investigation",
    "join_runs": "isogloss.evidence.claims.replication",
    "load": "isogloss.modeling.model",
    "published_scores": "isogloss.scores.published.base",
    "read_claims": "isogloss.evidence.claims.records",
    "read_distances": "isogloss.distances",
    "read_scores": "isogloss.scores.importing",
    "recommend": "isogloss.recommend.answer",
    "resolve": "isogloss.languages",
    "search_papers": "isogloss.evidence.search",
}
"""Public name -> module that defines it, imported when the name is first asked for."""


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'isogloss' has no attribute '{name}'")
    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return sorted([*globals(), *_HOMES])
