"""Sentences and what they say about a claim without numbers: what is affirmed or denied, what is compared."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from isogloss.evidence.documents import Evidence
from isogloss.evidence.terms import Term, terms, word_list, words, words_of
from isogloss.evidence.verifiers._claim import Comparison, Parts, compare

_DIRECT, _ENOUGH, _COMPARED = 0.499, 0.75, 0.65
"""Shares of a claim's terms in a sentence; in it and its heading; in a comparison."""


class Sentence:
    """A sentence with its words, those of its heading and the paper's subject, and those of its passage."""

    def __init__(self, evidence: Evidence, subject: frozenset[str]) -> None:
        passage = evidence.passage
        self.evidence = evidence
        self.quote, self.held = evidence.quote, words(evidence.quote)
        self.head = words(passage.section) | subject
        self.around = words(f"{passage.lead} {passage.text}")

    def coverage(self, wanted: Sequence[Term], around: float, head: float = 0.8) -> float:
        """Share of terms in the sentence; those in the passage and the heading count for less."""
        total = covered = 0.0
        for t in wanted:
            is_near = t.among(self.around) or t.kind in ("model:", "metric:")
            share = 1.0 if t.among(self.held) else head if t.among(self.head) else around if is_near else 0.0
            total, covered = total + t.weight, covered + t.weight * share
        return covered / total if total else 0.0

    def stated(self, claim: Parts) -> str | None:
        """Compare the polarity of a sentence that holds most of a claim; words that rank count apart."""
        ranks = word_list("up") | word_list("down")
        core = [t for t in claim.terms if re.split(r"[^\w-]", claim.text[t.start :].lower())[0] not in ranks]
        plain = [t for t in core if t.kind == "word:" and not any(map(str.isdigit, t.names))]
        held = [self.coverage(each, 0.0, 0.0) for each in (core, plain) if each]
        if self.coverage(core, 0.6, 0.6) < _ENOUGH or min(held) < _DIRECT:
            return None
        return {1: "supported", -1: "contradicted"}.get(_polarity(self.quote) * _polarity(claim.text))

    def compared(self, sides: Comparison) -> str | None:
        """Compare with what a sentence compares that names both sides."""
        there = compare(self.quote, terms(self.quote))
        if there is None or self.coverage([*sides.left, *sides.right, *sides.shared], 0.5) < _COMPARED:
            return None
        own = _own(sides.left, sides.right), _own(sides.right, sides.left)
        left, right = words_of(there.left), words_of((*there.right, *there.shared))
        same = min(_share(own[0], left), _share(own[1], right))
        turned = min(_share(own[0], right), _share(own[1], left))
        if max(same, turned) < 0.5 or same == turned:
            return None
        return "supported" if (sides.sign == there.sign) == (same > turned) else "contradicted"


def _polarity(text: str) -> int:
    """1 or -1 as a text affirms or denies more of something; 0 if it has more of one and less of another."""
    found = re.findall(r"[\w'’-]+", text.lower())
    found = [word for word, after in pairwise([*found, ""]) if after not in ("only", "just", "merely")]
    is_up, is_down = (not word_list(name).isdisjoint(found) for name in ("up", "down"))
    n_denied = sum(word in word_list("negation") or word.endswith(("n't", "n’t")) for word in found)
    return 0 if is_up and is_down else -1 if n_denied % 2 != is_down else 1


def _own(side: Sequence[Term], other: Sequence[Term]) -> list[Term]:
    """Terms that tell a side of a comparison from the other."""
    names = words_of(other)
    return [t for t in side if t.kind not in ("task:", "metric:", "split:") and not t.among(names)]


def _share(side: Sequence[Term], held: frozenset[str]) -> float:
    return sum(t.weight for t in side if t.among(held)) / sum(t.weight for t in side) if side else 0.0
