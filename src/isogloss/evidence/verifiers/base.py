"""Contract of a verifier."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from isogloss.evidence.documents import Evidence, Verdict
from isogloss.evidence.retrieval import Index
from isogloss.registry import Registry


@dataclass(frozen=True, slots=True)
class Options:
    """The model of ``nli:MODEL`` and ``openai:MODEL``, and the address before ``/chat/completions``."""

    model: str = ""
    base_url: str = ""


NOT_MEASURED = "How often this model is right was not measured; bench/evidence.py does it on labelled claims."


class Verifier(Protocol):
    """Compares one claim with the documents of an index.

    A verifier may have a sentence `measured`, which says how often it was right.
    """

    def verify(self, claim: str, index: Index) -> Verdict:
        """Verdict on a claim in one sentence."""


VERIFIERS: Registry[Callable[[Options], Verifier]] = Registry(
    "verifier", "isogloss.evidence.verifiers", "make"
)
"""A file in ``evidence/verifiers/`` defines ``NAME`` and ``make(options)``."""


def make_verifier(name: str, options: Options) -> Verifier:
    """Make the verifier of ``NAME`` or ``NAME:MODEL``; raises RegistryError for an unknown name."""
    kind, _, model = name.partition(":")
    return VERIFIERS[kind](replace(options, model=model))


def top_three(decided: Evidence | None, near: Sequence[Evidence]) -> tuple[Evidence, ...]:
    """The deciding evidence first, then the nearest passages, each once."""
    seen: dict[str, Evidence] = {}
    for each in (*([decided] if decided else []), *near):
        seen.setdefault(each.passage.id, each)
    return tuple(seen.values())[:3]
