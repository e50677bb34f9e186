"""Where scores and distances meet: estimates, tests and verdicts."""

from isogloss.analysis.correlate import correlate
from isogloss.analysis.correlation import Correlation
from isogloss.analysis.pipeline import analyse, analyse_all
from isogloss.analysis.results import Analysis, Equivalent, LeftOut, Record, Untested

__all__ = [
    "Analysis",
    "Correlation",
    "Equivalent",
    "LeftOut",
    "Record",
    "Untested",
    "analyse",
    "analyse_all",
    "correlate",
]
