"""Where scores and distances meet: estimates, tests and verdicts."""

from isogloss.analysis.results import Analysis, Equivalent, LeftOut, Record, Untested
from isogloss.analysis.run import analyse, analyse_all

__all__ = ["Analysis", "Equivalent", "LeftOut", "Record", "Untested", "analyse", "analyse_all"]
