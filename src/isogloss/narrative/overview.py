"""Summary of many analyses."""

from __future__ import annotations

from collections.abc import Sequence

from isogloss.analysis import Analysis, Record
from isogloss.narrative.analysis import words
from isogloss.statistics.multiplicity import holm

NAME = None
"""Not a renderer: these are the words that others put together."""

N_READ = 4
"""So many answers are read one by one."""


def overview(analyses: Sequence[Analysis], keys: Sequence[str]) -> str:
    """How many analyses support a relation, alone and all together; empty where they are few.

    The p-value of an analysis accounts for the distances that it tried, not for the other analyses: of twenty
    without any relation one is supported by chance.

    Parameters
    ----------
    analyses : sequence of Analysis
    keys : sequence of str
        What each analysis is called.
    """
    if len(analyses) <= N_READ:
        return ""
    tested = [i for i, analysis in enumerate(analyses) if analysis.information.informative]
    start = f"{len(analyses)} analyses"
    if len(tested) < len(analyses):
        start += f", {len(analyses) - len(tested)} of them with nothing to explain"
    if not tested:
        return f"{start}."
    measure = words(analyses[0].leading[0].effectiveness)
    adjusted = dict(zip(tested, holm([_p_value(analyses[i]) for i in tested]), strict=True))
    alone = [i for i in tested if _supported(analyses[i])]
    together = [i for i in alone if adjusted[i] <= analyses[i].alpha]
    if not alone:
        return f"{start}: none supports a relation of {measure} with distance."
    named = "; ".join(keys[i] for i in alone)
    return (
        f"{start}: {len(alone)} {'supports' if len(alone) == 1 else 'support'} a relation of {measure} with "
        f"distance taken alone ({named}). {_together(together, len(tested), keys)}"
    )


def _supported(analysis: Analysis) -> list[Record]:
    return [record for record in analysis.leading if record.verdict == "supported"]


def _p_value(analysis: Analysis) -> float:
    """Of the relation that is supported, which may not be the closest one: that can point the other way."""
    first, *_ = _supported(analysis) or analysis.leading
    return first.p_family


def _together(together: Sequence[int], n_tested: int, keys: Sequence[str]) -> str:
    start = f"With the p-values of all {n_tested} adjusted for their number (Holm)"
    if not together:
        return f"{start} none does: among so many, some are expected to by chance."
    named = "; ".join(keys[i] for i in together)
    return f"{start} {len(together)} {'does' if len(together) == 1 else 'do'} ({named})."
