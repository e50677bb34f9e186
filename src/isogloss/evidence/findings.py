"""From a passage to findings: each number with the task, model, method, metric and language it belongs to."""

from __future__ import annotations

from dataclasses import replace

from isogloss.evidence.base import Finding, Found, Passage
from isogloss.evidence.scope import EMPTY, Scope
from isogloss.evidence.sentence_findings import of_text
from isogloss.evidence.table_findings import of_table


def findings(passage: Passage, scope: Scope = EMPTY) -> list[Finding]:
    """All findings of a passage, in its order.

    Rules, from near to far: a number takes the values of its own clause or cell headers; where several
    numbers and as many values stand in two lists, they are paired in order; what its clause lacks comes from
    its sentence or caption, then from the two sentences before and the heading, last from the document if
    that has one value only.
    """
    found = of_text(passage, scope) if passage.table is None else of_table(passage, passage.table, scope)
    return [_with_dataset(each, scope) for each in found] if scope.dataset_of_task else found


def _with_dataset(finding: Finding, scope: Scope) -> Finding:
    """A finding on "POS" is on the one data set that the document has for it."""
    task = finding.facets.get("task")
    if task is None or not task.values & scope.dataset_of_task.keys():
        return finding
    values = frozenset(scope.dataset_of_task.get(value, value) for value in task.values)
    return replace(finding, facets={**finding.facets, "task": Found(values, task.ring)})
