"""isogloss measures, explains and recommends cross-lingual transfer of multilingual encoders."""

import sys as _sys

if _sys.argv[:1] == ["-m"] and not _sys.flags.safe_path:
    # Python is looking for `python -m isogloss`, and has put the current folder first on the import path:
    # from here on, a typing.py or yaml.py that lies beside the data is not imported.
    del _sys.path[0]

from importlib import import_module as _import_module
from types import ModuleType as _ModuleType

__version__ = "0.1.0"

_HOMES = {
    "IsoglossError": "isogloss.errors",
    "claims_on_record": "isogloss.evidence.claims.records",
    "correlate": "isogloss.analysis.correlate",
    "distance": "isogloss.distances",
    "distance_matrices": "isogloss.distances",
    "distance_matrix": "isogloss.api",
    "investigate": "isogloss.evidence.investigation",
    "join_runs": "isogloss.evidence.claims.replication",
    "load": "isogloss.api",
    "power": "isogloss.api",
    "predict": "isogloss.api",
    "published_scores": "isogloss.scores.published.base",
    "read_claims": "isogloss.evidence.claims.records",
    "read_distances": "isogloss.distances",
    "read_scores": "isogloss.scores.importing",
    "recommend": "isogloss.recommend.answer",
    "report": "isogloss.api",
    "resolve": "isogloss.languages",
    "run": "isogloss.api",
    "search_papers": "isogloss.evidence.search",
    "train": "isogloss.api",
}
"""Public name -> module that defines it, imported when first asked for; ``__init__.pyi`` lists the same."""

__all__ = list(_HOMES)


class _Package(_ModuleType):
    """The package `isogloss`; `isogloss.report` stays the function once the room `report/` is imported."""

    def __setattr__(self, name: str, value: object) -> None:
        if not (name in _HOMES and isinstance(value, _ModuleType)):
            super().__setattr__(name, value)


_sys.modules[__name__].__class__ = _Package


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module 'isogloss' has no attribute '{name}'")
    return getattr(_import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return [*__all__, "__doc__", "__file__", "__name__", "__path__", "__version__"]
