"""What a document is about as a whole."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from isogloss.evidence.base import CITED, FACETS, Facet, Passage
from isogloss.evidence.mentions import mentions, pairs_of, values_of
from isogloss.evidence.words import terms

_N_PASSAGES_HEAD = 3
NO_METHOD_OF_ITS_OWN = frozenset({"baseline", "last layer", CITED})
"""Methods that every paper may mention beside its own."""
_OF_A_DOCUMENT: tuple[Facet, ...] = ("task", "model", "method")


@dataclass(frozen=True)
class Scope:
    """What a document is about as a whole: the context of last resort.

    Parameters
    ----------
    facets : mapping of str to frozenset of str
        Per facet the one value of title and abstract, or of the whole document; a facet with several is
        absent.
    terms : frozenset of str
        Stems of all words of the document.
    values : mapping of str to frozenset of str
        Every value that the document mentions, per facet.
    title : frozenset of str
        Stems of the title.
    task_of_metric : mapping of str to str
        The one task that a metric is of wherever the document pairs it with one ("F1 on WikiAnn").
    dataset_of_task : mapping of str to str
        The one data set that a task's general name ("POS") stands for in the document.
    """

    facets: dict[Facet, frozenset[str]]
    terms: frozenset[str]
    values: dict[Facet, frozenset[str]]
    title: frozenset[str] = frozenset()
    task_of_metric: Mapping[str, str] = field(default_factory=dict)
    dataset_of_task: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, title: str, passages: Sequence[Passage]) -> Scope:
        """Read the scope of a document from its title and passages."""
        head = passages[:_N_PASSAGES_HEAD]
        seen_by_text = [
            values_of(mentions(text)) for text in [title, *(passage.text for passage in passages)]
        ]
        values = _union(seen_by_text)
        facets: dict[Facet, frozenset[str]] = {}
        of_head = [values_of(mentions(each.table.caption if each.table else each.text)) for each in head]
        for seen in (seen_by_text[0], _union([seen_by_text[0], *of_head])):
            for facet in _OF_A_DOCUMENT:
                named = seen.get(facet, frozenset()) - NO_METHOD_OF_ITS_OWN
                if facet not in facets and len(named) == 1:
                    facets[facet] = named
        for facet in ("task", "model"):
            if facet not in facets and len(values.get(facet, ())) == 1:
                facets[facet] = values[facet]
        words = {term for text in (title, *(passage.text for passage in passages)) for term in terms(text)}
        return cls(
            facets,
            frozenset(words),
            values,
            frozenset(terms(title)),
            _task_of_metric(title, passages),
            _dataset_of_task(title, passages, values.get("task", frozenset())),
        )


_DATASETS = {"pos": {"masakhapos"}, "ner": {"masakhaner", "conll-ner", "ontonotes"}}
_OWN_DATASET = {
    "pos": re.compile(r"\bUD\b|Universal Dependencies"),
    "ner": re.compile(r"WikiAnn|PAN-?X", re.IGNORECASE),
}
"""The data set that a task's general name stands for elsewhere."""


def _dataset_of_task(title: str, passages: Sequence[Passage], tasks: frozenset[str]) -> dict[str, str]:
    text = " ".join((title, *(passage.text for passage in passages)))
    named = {
        task: datasets & tasks for task, datasets in _DATASETS.items() if not _OWN_DATASET[task].search(text)
    }
    return {task: next(iter(one)) for task, one in named.items() if len(one) == 1}


def _task_of_metric(title: str, passages: Sequence[Passage]) -> dict[str, str]:
    seen: dict[str, set[str]] = {}
    for text in (title, *(passage.text for passage in passages)):
        for facet, value, _, task in pairs_of(text):
            if facet == "metric":
                seen.setdefault(value, set()).add(task)
    return {metric: tasks.pop() for metric, tasks in seen.items() if len(tasks) == 1}


def _union(found: Sequence[dict[Facet, frozenset[str]]]) -> dict[Facet, frozenset[str]]:
    return {
        facet: frozenset().union(*(each.get(facet, frozenset()) for each in found))
        for facet in FACETS
        if any(facet in each for each in found)
    }


EMPTY = Scope({}, frozenset(), {})
