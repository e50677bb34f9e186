"""How long several workers take for jobs of which some wait for others."""

from __future__ import annotations

import graphlib
import heapq
from collections.abc import Mapping, Sequence

from isogloss.study.outputs.status import StageGroup


def makespan(
    groups: Sequence[StageGroup],
    seconds: Mapping[str, float],
    workers: int,
    running: Mapping[str, float] | None = None,
) -> float:
    """Seconds until the last job ends, in the order in which `isogloss.study.execution.run` starts them.

    Parameters
    ----------
    groups : sequence of StageGroup
        Jobs that are not over.
    seconds : mapping of str to float
        Of each job by name.
    workers : int
    running : mapping of str to float, optional
        Seconds left of the jobs that are at work.
    """
    names = {group.name for group in groups}
    order = graphlib.TopologicalSorter({group.name: names & {group.parent_group or ""} for group in groups})
    order.prepare()
    ends = [(left, name) for name, left in (running or {}).items()]
    heapq.heapify(ends)
    started = {name for _, name in ends}
    ready: list[str] = []
    now = 0.0
    while order.is_active():
        ready = [*(name for name in order.get_ready() if name not in started), *ready]
        while ready and len(ends) < workers:
            name = ready.pop(0)
            heapq.heappush(ends, (now + seconds[name], name))
        now, name = heapq.heappop(ends)
        order.done(name)
    return now
