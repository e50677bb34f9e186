"""Summary of many analyses."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from isogloss.analysis import Analysis, Record
from isogloss.narrative.analysis import words
from isogloss.statistics.multiplicity import holm

NAME = None
"""Not a renderer: these are the words that others put together."""

N_READ = 4
"""So many answers are read one by one."""


@dataclass(frozen=True)
class OverviewRow:
    """One of many analyses in short: the relation that it supports, else the closest one.

    Parameters
    ----------
    key : str
        What the analysis is called.
    n_dyads : int
    record : Record
    p_adjusted : float
        The family-wise p-value adjusted for the number of analyses (Holm 1979); NaN where there was nothing
        to explain.
    supported : bool
    """

    key: str
    n_dyads: int
    record: Record
    p_adjusted: float


def overview_rows(analyses: Sequence[Analysis], keys: Sequence[str]) -> list[OverviewRow]:
    """Return one row per analysis; none where they are few enough to be read one by one.

    The p-value of an analysis accounts for the distances that it tried, not for the other analyses: of twenty
    without any relation one is supported by chance.

    Parameters
    ----------
    analyses : sequence of Analysis
    keys : sequence of str
        What each analysis is called.
    """
    if len(analyses) <= N_READ:
        return []
    records = []
    for analysis in analyses:  # what is supported may not be the closest: that can point the other way
        supported = (record for record in analysis.leading if record.verdict == "supported")
        records.append(next(supported, analysis.leading[0]))
    tested = [i for i, analysis in enumerate(analyses) if analysis.information.informative]
    adjusted = dict(zip(tested, holm([records[i].p_family for i in tested]), strict=True))
    return [
        OverviewRow(key, analysis.n_dyads, record, float(adjusted.get(i, math.nan)))
        for i, (key, analysis, record) in enumerate(zip(keys, analyses, records, strict=True))
    ]


def overview(analyses: Sequence[Analysis], keys: Sequence[str]) -> str:
    """How many analyses support a relation, alone and all together; empty where they are few.

    Parameters
    ----------
    analyses : sequence of Analysis
    keys : sequence of str
        What each analysis is called.
    """
    rows = overview_rows(analyses, keys)
    if not rows:
        return ""
    tested = [row for row in rows if math.isfinite(row.p_adjusted)]
    start = f"{len(rows)} analyses"
    if len(tested) < len(rows):
        start += f", {len(rows) - len(tested)} of them with nothing to explain"
    if not tested:
        return f"{start}."
    measure = " or ".join(dict.fromkeys(words(row.record.effectiveness) for row in tested))
    alone = [row for row in tested if row.record.verdict == "supported"]
    if not alone:
        return f"{start}: none supports a relation of {measure} with distance."
    together = [row.key for row in alone if row.p_adjusted <= analyses[0].alpha]
    return (
        f"{start}: {len(alone)} {'supports' if len(alone) == 1 else 'support'} a relation of {measure} with "
        f"distance taken alone{_named([row.key for row in alone])}. {_together(together, len(tested))}"
    )


def _together(keys: Sequence[str], n_tested: int) -> str:
    start = f"With the p-values of all {n_tested} adjusted for their number (Holm)"
    if not keys:
        return f"{start} none does: among so many, some are expected to by chance."
    return f"{start} {len(keys)} {'does' if len(keys) == 1 else 'do'}{_named(keys)}."


def _named(keys: Sequence[str]) -> str:
    """Names in brackets; a longer list is read in the table."""
    return f" ({'; '.join(keys)})" if len(keys) <= N_READ else ""
