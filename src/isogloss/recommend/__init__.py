"""Which language to train on: rankings of source languages, and how good they would have been."""

from isogloss.recommend.answer import evaluate, recommend
from isogloss.recommend.evaluation import Evaluation
from isogloss.recommend.results import Recommendation, Recommendations

__all__ = ["Evaluation", "Recommendation", "Recommendations", "evaluate", "recommend"]
