"""From a passage to findings: each number with the task, model, method, metric and language it belongs to."""

from __future__ import annotations

from isogloss.evidence.base import Finding, Passage
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
    if passage.table is not None:
        return of_table(passage, passage.table, scope)
    return of_text(passage, scope)
