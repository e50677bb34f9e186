"""Sentences and what they say about a claim: numbers, what is affirmed or denied, what is compared."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from isogloss.evidence.documents import Evidence
from isogloss.evidence.numbers import LONG, Number, numbers, says_difference
from isogloss.evidence.terms import Term, terms, word_list, words, words_of
from isogloss.evidence.verifiers._claim import Comparison, Parts, compare, own_terms

LEAST, ENOUGH, PLENTY, WHOLE = 0.4, 0.65, 0.75, 0.94
"""Share of a claim's terms; of terms and numbers to support; of terms to contradict; and nearly all terms."""

_DIRECT, _COMPARED, _CERTAIN = 0.499, 0.65, 0.9
"""Shares that a clause holds itself, that a comparison holds, and from which a clause may deny."""

_OF_A_LIST = ("lang:", "model:", "metric:", "name:")
"""Kinds of names that stand before each number of a list."""

_CLAUSE = re.compile(r"[;:,]\s|\s(?:but|while|whereas|although|though|and that|because)\s|\sand\s(?=\w+-\w+)")
_OPEN = re.compile(
    r"\b(?:determin|investigat|test|ask|see|check|examin|know|explor|stud|analy[sz]|verif|decid)\w*\s+(?:if|whether)\b"
    r"|\?$", re.IGNORECASE
)  # fmt: skip


@dataclass(frozen=True)
class Decision:
    """A verdict with the share of the claim's terms that its evidence accounts for."""

    word: str
    reason: str
    evidence: Evidence
    share: float


class Said:
    """A sentence with its words, those of its heading and the paper's subject, and those of its passage."""

    def __init__(self, evidence: Evidence, subject: frozenset[str]) -> None:
        passage = evidence.passage
        self.evidence, self.passage = evidence, passage
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

    def numbers_in(self, claim: Parts) -> Decision | None:
        """Compare the claim's numbers with those of the sentence."""
        share, there = self.coverage(claim.terms, 0.5), numbers(self.quote)
        if share < LEAST:
            return None
        rivals = [self._rivals(number, there, claim) for number in claim.numbers]
        if len(rivals) == 1 and claim.numbers[0].is_bare:
            rivals = [self._nearest(rivals[0], there, claim)]
        pairs = zip(claim.numbers, rivals, strict=True)
        hits = [[m for m in found if n.agrees(m.value, m.decimals)] for n, found in pairs]
        if all(hits) and claim.share_with_numbers(share) >= ENOUGH:
            return self._decided("supported", f"the sentence says {self._text(hits[0][0])}", share)
        if len(rivals) > 1 or any(hits) or self.coverage(_unranked(claim), 0.5) < PLENTY:
            return None
        other = self._instead(rivals[0], there, claim)
        if other is None:
            return None
        return self._decided("contradicted", f"the sentence says {self._text(other)}", share)

    def states(self, claim: Parts) -> bool:
        """Whether it holds half of a claim's terms, and its one number of two digits or more."""
        if len(claim.numbers) != 1 or claim.numbers[0].weight < 1.2 or self.coverage(claim.terms, 0.5) < 0.5:
            return False
        own = claim.numbers[0]
        return any(own.agrees(number.value, number.decimals) for number in numbers(self.quote))

    def _rivals(self, number: Number, there: Sequence[Number], claim: Parts) -> list[Number]:
        """Numbers of the sentence that may state what a number of the claim states."""
        return [m for m in there if self._is_comparable(number, m, claim) and self._belongs(m, there, claim)]

    def _is_comparable(self, claimed: Number, stated: Number, claim: Parts) -> bool:
        if claimed.value == stated.value and claimed.weight > LONG:
            return True
        if claimed.is_bare and stated.is_bare and "ordinal" not in (claimed.kind, stated.kind):
            return True
        if claimed.kind != stated.kind:
            is_difference = claimed.kind == "difference" and stated.kind == "score"
            is_same_count = claimed.kind == "count" and claimed.value == stated.value
            return is_same_count or (is_difference and says_difference(self.quote))
        return (
            claimed.kind not in ("count", "ordinal")
            or not claimed.noun
            or stated.noun in ("", claimed.noun, *(() if claimed.bound else words_of(claim.terms)))
        )

    def _instead(self, rivals: Sequence[Number], there: Sequence[Number], claim: Parts) -> Number | None:
        """The one exact number that the sentence, if it names all of the claim, states in its place."""
        nearest, own = self._nearest(rivals, there, claim), claim.numbers[0]
        core = _unranked(claim)
        is_whole = not core or _share(core, self.held | self.head | self.around) >= WHOLE
        if len(nearest) != 1 or not is_whole or nearest[0].bound or nearest[0].weight < min(own.weight, 1.0):
            return None
        is_one_scale = (abs(own.value) <= 1) == (abs(nearest[0].value) <= 1)
        is_as_exact = own.decimals < 1 or nearest[0].decimals > 0
        is_there = own.weight > 1.2 and any(own.agrees(number.value, number.decimals) for number in there)
        if not is_one_scale or not is_as_exact or is_there:
            return None
        is_counted = own.kind in ("count", "ordinal")
        return None if is_counted and nearest[0].noun != own.noun else nearest[0]

    def _decided(self, word: str, reason: str, share: float) -> Decision:
        return Decision(word, reason, self.evidence, share)

    def _text(self, number: Number) -> str:
        return self.quote[number.start : number.end].strip()

    def _beside(self, number: Number, there: Sequence[Number]) -> tuple[Term, ...]:
        """Terms between the number before and a number, and in brackets behind it: "138 examples (Ludic)"."""
        start = max((self._end(other) for other in there if other.end <= number.start), default=0)
        return terms(self.quote[start : number.start] + " " + self.quote[number.end : self._end(number)])

    def _end(self, number: Number) -> int:
        """End of a number with the words in brackets behind it."""
        brackets = re.compile(r"\s?\w*\s?\([A-Z][^()\d]*\)").match(self.quote, number.end)
        return brackets.end() if brackets else number.end

    def _nearest(self, found: Sequence[Number], there: Sequence[Number], claim: Parts) -> list[Number]:
        """Numbers whose words, back to the number before, hold the most terms of the claim."""
        held = {n: words_of(self._beside(n, there)) for n in found}
        counts = {n: sum(t.weight for t in claim.terms if t.among(held[n])) for n in found}
        return [n for n in found if counts[n] == max(counts.values())]

    def _belongs(self, number: Number, there: Sequence[Number], claim: Parts) -> bool:
        """Whether a number of a list goes with the language, the model and the names that the claim names."""
        alike = [n for n in there if n.kind == number.kind]
        own, mine = self._beside(number, there), words_of(claim.terms)
        if not any(t.kind in _OF_A_LIST and not t.among(mine) for t in own):
            return True
        others = words_of(t for n in alike if n is not number for t in self._beside(n, there))
        named = [t for t in claim.terms if t.kind in _OF_A_LIST and not t.among(words_of(own))]
        return not any(t.among(others) for t in named)

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
            return self._decided("supported", "one clause holds its subject and relation", share)
        if share < _CERTAIN:
            return None
        return self._decided("contradicted", "one clause says the opposite", share)

    def _fitting(self, core: Sequence[Term]) -> list[tuple[float, str]]:
        """Clauses that are about the terms and hold most of them, with their share, the shortest first."""
        clauses = [self.quote, *(c for c in _CLAUSE.split(self.quote) if len(c.split()) > 3)]
        shares = ((self.coverage(core, 0.6, c), c) for c in clauses if self.coverage(core, 0.0, c) >= _DIRECT)
        return sorted((each for each in shares if each[0] >= PLENTY), key=lambda s: (len(s[1]), s))

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
        return self._decided(word, "a sentence compares the two", share) if sign else None


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
