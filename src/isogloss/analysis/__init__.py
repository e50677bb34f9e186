"""Where scores and distances meet: estimates, tests and verdicts."""

from isogloss.analysis.correlate import correlate
from isogloss.analysis.correlation import Correlation
from isogloss.analysis.pipeline import Analyses, NotAnalysed, analyse
from isogloss.analysis.results import Analysis, Equivalent, LeftOut, Record, Untested
from isogloss.analysis.spec import AnalysisSpec, PowerSpec

__all__ = [
    "Analyses", "Analysis", "AnalysisSpec", "Correlation", "Equivalent", "LeftOut", "NotAnalysed",
    "PowerSpec", "Record", "Untested", "analyse", "correlate",
]  # fmt: skip
