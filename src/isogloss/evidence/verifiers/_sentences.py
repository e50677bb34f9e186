"""Sentences and what they say about a claim without numbers: what is affirmed or denied, what is compared."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from isogloss.evidence.documents import Evidence
from isogloss.evidence.terms import Term, terms, word_list, words, words_of
from isogloss.evidence.verifiers._claim import Comparison, Parts, compare, own_terms

_DIRECT, _ENOUGH, _COMPARED, _CERTAIN = 0.499, 0.75, 0.65, 0.9
"""Shares of a claim's terms in a clause; in it and its heading; in a comparison; in a clause that denies."""

_CLAUSE = re.compile(r"[;:,]\s|\s(?:but|while|whereas|although|though|and that|because)\s|\sand\s(?=\w+-\w+)")
_OPEN = re.compile(
    r"\b(?:determin|investigat|test|ask|see|check|examin|know|explor|stud|analy[sz]|verif|decid)\w*\s+(?:if|whether)\b"
    r"|\?$", re.IGNORECASE
)  # fmt: skip


@dataclass(frozen=True)
class Decision:
    """A verdict with the evidence that decides."""

    word: str
    reason: str
    evidence: Evidence


class Sentence:
    """A sentence with its words, those of its heading and the paper's subject, and those of its passage."""

    def __init__(self, evidence: Evidence, subject: frozenset[str]) -> None:
        passage = evidence.passage
        self.evidence = evidence
        self.quote, self.held = evidence.quote, words(evidence.quote)
        self.head = words(passage.section) | subject
        self.around = words(f"{passage.lead} {passage.text}")

    @property
    def is_open(self) -> bool:
        """Whether it asks, or says what was asked."""
        return bool(_OPEN.search(self.quote))

    def coverage(self, wanted: Sequence[Term], around: float, clause: str | None = None) -> float:
        """Share of terms in the sentence or a clause; those in the passage count for `around`."""
        held, head = (self.held, 0.8) if clause is None else (words(clause), around)
        total = covered = 0.0
        for t in wanted:
            is_near = t.among(self.around) or t.kind in ("model:", "metric:")
            share = 1.0 if t.among(held) else head if t.among(self.head) else around if is_near else 0.0
            total, covered = total + t.weight, covered + t.weight * share
        return covered / total if total else 0.0

    def stated(self, claim: Parts) -> Decision | None:
        """Compare a claim without numbers with each clause; how they rank or deny counts apart."""
        core = _unranked(claim)
        fitting = self._fitting(core)
        if not fitting or self.is_open:
            return None
        own = _polarity(claim.text)
        share, clause = next((each for each in fitting if _polarity(each[1]) == own), fitting[0])
        signs = _polarity(clause), own
        plain = [t for t in core if t.kind == "word:" and not any(map(str.isdigit, t.names))]
        if plain and self.coverage(plain, 0.0, clause) < _DIRECT:
            return None
        if 0 in signs:
            return None
        if signs[0] == signs[1]:
            return Decision("supported", "one clause holds its subject and relation", self.evidence)
        if share < _CERTAIN:
            return None
        return Decision("contradicted", "one clause says the opposite", self.evidence)

    def _fitting(self, core: Sequence[Term]) -> list[tuple[float, str]]:
        """Clauses that are about the terms and hold most of them, with their share, the shortest first."""
        clauses = [self.quote, *(c for c in _CLAUSE.split(self.quote) if len(c.split()) > 3)]
        shares = ((self.coverage(core, 0.6, c), c) for c in clauses if self.coverage(core, 0.0, c) >= _DIRECT)
        return sorted((each for each in shares if each[0] >= _ENOUGH), key=lambda s: (len(s[1]), s))

    def compared(self, claim: Parts, sides: Comparison) -> Decision | None:
        """Compare with what it compares, or with what it denies of one side and says of the other."""
        own = own_terms(sides.left, sides.right), own_terms(sides.right, sides.left)
        share = self.coverage([*sides.left, *sides.right, *sides.shared], 0.5)
        if not own[0] or not own[1] or share < _COMPARED:
            return None
        sign, there = 0, compare(self.quote, terms(self.quote))
        has_metric = any(t.kind == "metric:" for t in terms(self.quote))
        if there is not None and (has_metric or there.is_quality == sides.is_quality):
            left, right = words_of(there.left), words_of((*there.right, *there.shared))
            same = min(_share(own[0], left), _share(own[1], right))
            turned = min(_share(own[0], right), _share(own[1], left))
            if max(same, turned) >= 0.5:
                sign = there.sign * ((same > turned) - (same < turned))
        sign = sign or _contrast(own, [*sides.left, *sides.shared], self.quote)
        word = "supported" if sign == sides.sign else "contradicted"
        return Decision(word, "a sentence compares the two", self.evidence) if sign else None


def _unranked(claim: Parts) -> list[Term]:
    """Terms of a claim other than words such as "smallest"."""
    ranks = word_list("up") | word_list("down")
    return [t for t in claim.terms if re.split(r"[^\w-]", claim.text[t.start :].lower())[0] not in ranks]


def _polarity(text: str) -> int:
    """1 or -1 as a text affirms or denies more of something; 0 if it has more of one and less of another."""
    found = re.findall(r"[\w'’-]+", text.lower())
    found = [word for word, after in pairwise([*found, ""]) if after not in ("only", "just", "merely")]
    is_up, is_down = (not word_list(name).isdisjoint(found) for name in ("up", "down"))
    n_denied = sum(word in word_list("negation") or word.endswith(("n't", "n’t")) for word in found)
    return 0 if is_up and is_down else -1 if n_denied % 2 != is_down else 1


def _share(side: Sequence[Term], held: frozenset[str]) -> float:
    return sum(t.weight for t in side if t.among(held)) / sum(t.weight for t in side)


def _contrast(own: tuple[list[Term], list[Term]], relation: Sequence[Term], text: str) -> int:
    """Sign of the clause about the left side if that about the right side has the other, else 0."""
    names = [[t for t in side if t.kind in ("model:", "name:", "lang:")] for side in own]
    said = [t for t in relation if t.kind == "word:"]
    clauses = [(words(c), _polarity(c)) for c in re.split(r"[;:,]\s|\s(?:but|whereas|while)\s", text)]
    clauses = [(held, sign) for held, sign in clauses if any(t.among(held) for t in said)]
    left, right = (
        next((sign for held, sign in clauses if _is_of_one(mine, other, held)), 0)
        for mine, other in (names, names[::-1])
    )
    return left if left * right < 0 else 0


def _is_of_one(mine: Sequence[Term], other: Sequence[Term], held: frozenset[str]) -> bool:
    """Whether words hold all names of one side, and none of the other."""
    return bool(mine) and all(t.among(held) for t in mine) and not any(t.among(held) for t in other)
