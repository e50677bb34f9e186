"""Which language to train on: rankings of source languages, and how good they would have been.

`isogloss.recommend(...)` calls the function of that name.
"""

from __future__ import annotations

import sys
from types import ModuleType
from typing import Any

from isogloss.recommend.answer import evaluate, recommend
from isogloss.recommend.evaluation import Evaluation
from isogloss.recommend.results import Recommendation, Recommendations

__all__ = ["Evaluation", "Recommendation", "Recommendations", "evaluate", "recommend"]


class _CallableRoom(ModuleType):
    """`isogloss.recommend` names this package once it is imported; called, it is its function."""

    def __call__(self, *arguments: Any, **keywords: Any) -> Recommendations:
        return recommend(*arguments, **keywords)


sys.modules[__name__].__class__ = _CallableRoom
