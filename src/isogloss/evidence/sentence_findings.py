"""Findings of running text: which values of its sentence, and of those before, a number belongs to."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise

from isogloss.evidence.base import CITED, FACETS, UNNAMED, Facet, Finding, Found, Number, Passage, Ring
from isogloss.evidence.mentions import Mention, is_reference, mentions, values_of
from isogloss.evidence.number_groups import is_ranging
from isogloss.evidence.numbers import finding_of
from isogloss.evidence.scope import Scope
from isogloss.evidence.sentence import Sentence, clauses, paired_lists
from isogloss.evidence.words import sentences, terms

_RELATIVE = re.compile(r"^\W*(?:which|who|that)\b")
_N_SENTENCES_NEAR = 2
_WITHOUT = re.compile(r"\bwithout\b", re.IGNORECASE)
_WITHOUT_IT = re.compile(r"\bwithout(?: it| them)?\s*(?:[.,;:)]|$)", re.IGNORECASE)
_COEFFICIENTS = frozenset({"pearson", "spearman"})
_WORDS_BACK = 4
_VERB = re.compile(r"\b(?:is|are|was|were|has|have|had|[a-z]{3,}(?:s|ed)|got|gave|fell|rose)\b")
_PRONOUN = re.compile(r"\b(?:it|its|we|our)\b", re.IGNORECASE)
_SUBJECT = re.compile(
    r"(?:^|[,;] ?)\W*(?:and |but |while |whereas )?"
    r"(?P<what>(?!(?:it|we|they|this|these|that|which|who|our|he|both|all|there)\b|"
    r"(?:in|on|at|with|for|over|after|by|from|to|under)\b|"
    r"(?:the|our) (?:[\w-]+ )?(?:students?|models?|method|system|approach|parser|tagger|encoder|network|"
    r"technique|"
    r"average|mean|result|score|performance|best|gain)\b)[A-Za-z][\w' -]{2,60}?) "
    r"(?:reach|giv|gave|yield|obtain|achiev|attain|scor|get)\w*\b(?! by)",
    re.IGNORECASE,
)
"""What a clause says that reaches a score."""
_GOES_ON = re.compile(r"(?:They|Their|It|Its|The authors|This)\b")
"""How a sentence begins that goes on about what the one before is about."""


def of_text(passage: Passage, scope: Scope) -> list[Finding]:
    """All findings of a paragraph, sentence by sentence."""
    found: list[Finding] = []
    before: list[Sentence] = []
    for start, end in sentences(passage.text):
        sentence = Sentence(passage.text[start:end], start)
        found += _of_sentence(passage, sentence, before[-_N_SENTENCES_NEAR:], scope)
        before.append(sentence)
    return found


def _of_sentence(
    passage: Passage, sentence: Sentence, before: Sequence[Sentence], scope: Scope
) -> list[Finding]:
    context = _Context(sentence, tuple(before), passage.place.section, scope)
    span = (sentence.offset, sentence.offset + len(sentence.text))
    found = [
        finding_of(
            passage,
            number,
            sentence.offset,
            span,
            context.facets(i),
            context.rings(i),
            is_before=context.is_before(i),
        )
        for i, number in enumerate(sentence.results)
    ]
    pairs = list(enumerate(pairwise(found)))
    found += [_change(one, other) for _, (one, other) in pairs if one.is_before]
    found += [_range(one, other) for i, (one, other) in pairs if context.opens_range(i)]
    whole = {facet: Found(values, "own") for facet, values in values_of(sentence.mentions).items()}
    found += [
        finding_of(passage, number, sentence.offset, span, whole, context.rings_of_count(number))
        for number in sentence.counts
    ]
    return [replace(each, names=sentence.names) for each in found]


def _change(before: Finding, after: Finding) -> Finding:
    """The difference that "from A to B" states without saying it."""
    change = round(after.value - before.value, max(before.decimals, after.decimals))
    return replace(
        after,
        start=before.start,
        value=abs(change),
        kind="difference",
        sign=(change > 0) - (change < 0),
        unit="points",
    )


def _range(low: Finding, high: Finding) -> Finding:
    """What "range from A in French to B in Urdu" says of all languages together."""
    return replace(
        high,
        start=low.start,
        value=min(low.value, high.value),
        upper=max(low.value, high.value),
        qualifier="spread",
        facets={facet: low.facets[facet] for facet in low.facets if _same_values(facet, low, high)},
    )


def _same_values(facet: Facet, one: Finding, other: Finding) -> bool:
    return facet in other.facets and one.facets[facet].values == other.facets[facet].values


@dataclass(frozen=True)
class _Context:
    """What stands around the numbers of one sentence."""

    sentence: Sentence
    before: tuple[Sentence, ...]
    section: str
    scope: Scope

    @cached_property
    def clauses(self) -> list[tuple[int, int]]:
        return clauses(self.sentence)

    @cached_property
    def paired(self) -> dict[tuple[int, Facet], Mention]:
        return paired_lists(self.sentence)

    def is_before(self, i: int) -> bool:
        """Whether result `i` is A in "from A to B", where that is a change."""
        return self._is_from_to(i) and not is_ranging(self._before(i))

    def opens_range(self, i: int) -> bool:
        """Whether result `i` is A in "range from A to B"."""
        return self._is_from_to(i) and is_ranging(self._before(i))

    def _before(self, i: int) -> str:
        return self.sentence.text[: self.sentence.results[i].start]

    def _is_from_to(self, i: int) -> bool:
        results = self.sentence.results
        if i + 1 >= len(results) or not re.search(r"\bfrom\s*$", self._before(i)):
            return False
        between = self.sentence.text[results[i].end : results[i + 1].start]
        return re.search(r"\bto\b\s*$", between) is not None

    def rings(self, i: int) -> dict[Ring, frozenset[str]]:
        start, end = self._with_antecedent(self.clauses[i])
        return self.rings_of(self.sentence.terms_between(start, end))

    def rings_of_count(self, number: Number) -> dict[Ring, frozenset[str]]:
        whole = self.sentence.terms_between(0, len(self.sentence.text), number)
        return {**self.rings_of(whole), "sentence": whole}

    def rings_of(self, own: frozenset[str]) -> dict[Ring, frozenset[str]]:
        near = f"{self.section}. " + " ".join(each.text for each in self.before)
        return {
            "own": own,
            "sentence": self.sentence.terms_between(0, len(self.sentence.text)),
            "near": frozenset(terms(near)),
            "document": self.scope.terms,
        }

    def facets(self, i: int) -> dict[Facet, Found]:
        own = self._own_mentions(i)
        facets: dict[Facet, Found] = {}
        for facet in FACETS:
            found = self._lookup(facet, own, i)
            if found is not None:
                facets[facet] = found
        if "method" not in values_of(own) and self._is_without(i):
            facets["method"] = Found(frozenset({"baseline"}), "own")
        if self.is_before(i) and not self._names_method_between(i):
            facets["method"] = Found(frozenset({"baseline"}), "sentence")
        return facets

    def _is_without(self, i: int) -> bool:
        """Whether a clause leaves out a step of training; a part of a method that has a name is no step."""
        clause = self.sentence.text[slice(*self.clauses[i])]
        named = [value for value in self.scope.facets.get("method", ()) if " " not in value]
        return bool(_WITHOUT_IT.search(clause) or (not named and _WITHOUT.search(clause)))

    def _names_method_between(self, i: int) -> bool:
        start, end = (self.sentence.results[j].start for j in (i, i + 1))
        return any(m.facet == "method" and start < m.start < end for m in self.sentence.mentions)

    def _with_antecedent(self, clause: tuple[int, int]) -> tuple[int, int]:
        """A clause that begins with "which" reaches back to the words that it is about."""
        text = self.sentence.text
        if not _RELATIVE.match(text[clause[0] : clause[1]]):
            return clause
        words = list(re.finditer(r"\S+", text[: clause[0]]))
        return (words[max(0, len(words) - _WORDS_BACK)].start() if words else clause[0], clause[1])

    def _own_mentions(self, i: int) -> list[Mention]:
        start, end = self._with_antecedent(self.clauses[i])
        fixed = {facet: mention for (j, facet), mention in self.paired.items() if j == i}
        inside = [m for m in self.sentence.mentions if start <= m.start < end]
        return [m for m in inside if m.facet not in fixed] + list(fixed.values())

    def _lookup(  # noqa: PLR0911 - one return for each place, from near to far
        self, facet: Facet, own: Sequence[Mention], i: int
    ) -> Found | None:
        number = self.sentence.results[i]
        mine = self._candidates(facet, own, number)
        if mine:
            return Found(_nearest(mine, facet, number), "own")
        everywhere = self._candidates(facet, self.sentence.mentions, number)
        if facet in {"method", "model"}:
            here = self._in_segment(everywhere, number)
            if here:
                return Found(frozenset({here.value}), "sentence")
            if facet == "method" and "method" in self.scope.facets and self._is_of_another(i):
                return Found(frozenset({UNNAMED}), "own")
        if facet == "metric" and any(m.facet == "task" for m in own):
            everywhere = [m for m in everywhere if not self._stands_with_a_task(m)]
        earlier = [m for m in everywhere if m.start < self.clauses[i][0]]
        if earlier:
            return Found(frozenset({earlier[-1].value}), "sentence")
        if everywhere and (facet in {"task", "metric"} or not self._belongs_to_another(everywhere, i)):
            return Found(frozenset({everywhere[0].value}), "sentence")
        if facet == "metric" and any(m.facet == "task" for m in self.sentence.mentions):
            return None
        return self._outside(facet, own)

    def _candidates(self, facet: Facet, found: Sequence[Mention], number: Number) -> list[Mention]:
        """Mentions of a facet: of a change not what it is over; of a correlation its coefficient."""
        mine = [m for m in found if m.facet == facet]
        if facet == "metric" and number.kind == "correlation":
            return [m for m in mine if m.value in _COEFFICIENTS]
        others = [m for m in mine if not is_reference(m, self.sentence.text)]
        return others if others or number.kind == "difference" else mine

    def _in_segment(self, found: Sequence[Mention], number: Number) -> Mention | None:
        """The last before a number, or the first after it, between two contrasts ("against", "while")."""
        start, end = self.sentence.segment(number)
        inside = [m for m in found if start <= m.start < end]
        before = [m for m in inside if m.end <= number.start]
        return before[-1] if before else inside[0] if inside else None

    def _is_of_another(self, i: int) -> bool:
        """Whether a number is of something else than the document's method: "stemming reaches 71.0".

        After a contrast ("against 93.4 of LaBSE") a model is what the number is of.
        """
        number = self.sentence.results[i]
        start, _ = self.sentence.segment(number)
        models = [m for m in self.sentence.mentions if m.facet == "model"]
        if start > 0 and self._in_segment(models, number) and not _PRONOUN.search(self.sentence.text[start:]):
            return True
        clause = self.sentence.text[self.clauses[i][0] : number.start]
        if i > 0 and not _VERB.search(clause):
            return self._is_of_another(i - 1)
        subject = _SUBJECT.search(clause)
        if subject is None or number.kind not in {"level", "correlation"}:
            return False
        return not mentions(subject["what"])

    def _stands_with_a_task(self, mention: Mention) -> bool:
        """Whether a metric stands in a clause that names a task."""
        return any(
            start <= mention.start < end
            and any(m.facet == "task" and start <= m.start < end for m in self.sentence.mentions)
            for start, end in self.clauses
        )

    def _belongs_to_another(self, found: Sequence[Mention], i: int) -> bool:
        return any(
            start <= m.start < end for j, (start, end) in enumerate(self.clauses) if j != i for m in found
        )

    def _outside(self, facet: Facet, own: Sequence[Mention]) -> Found | None:
        if facet == "language":
            return _language_before(self.before)
        goes_on = bool(_GOES_ON.match(self.sentence.text))
        for text in (*(each.text for each in reversed(self.before)), self.section):
            seen = values_of(mentions(text)).get(facet, frozenset())
            seen = seen if goes_on else seen - {CITED}
            if seen:
                return Found(seen, "near") if len(seen) == 1 else None
        if facet in self.scope.facets and not self._is_cited:
            return Found(self.scope.facets[facet], "document")
        metrics = values_of(own).get("metric") or values_of(self.sentence.mentions).get("metric", frozenset())
        if facet == "task" and len(metrics) == 1 and metrics <= self.scope.task_of_metric.keys():
            return Found(frozenset(self.scope.task_of_metric[metric] for metric in metrics), "document")
        return None

    @cached_property
    def _is_cited(self) -> bool:
        """Whether the sentence is about other work alone, which shares nothing with the document."""
        return {m.value for m in self.sentence.mentions if m.facet == "method"} == {CITED}


def _language_before(before: Sequence[Sentence]) -> Found | None:
    """The one language that the sentence before is about: "Hindi profits most. Its accuracy is 61.7"."""
    if not before or before[-1].results:
        return None
    seen = {m.value for m in before[-1].mentions if m.facet == "language"}
    return Found(frozenset(seen), "near") if len(seen) == 1 else None


def _nearest(mine: Sequence[Mention], facet: Facet, number: Number) -> frozenset[str]:
    """All values of a facet in a clause; for method, language and metric the nearest."""
    values = {m.value for m in mine}
    if len(values) > 1 and facet == "language":
        values.discard("average")
    if len(values) > 1 and facet in {"method", "language", "metric"}:
        preceding = [m for m in mine if m.end <= number.start]
        chosen = (
            preceding[0]
            if facet == "method" and preceding
            else min(mine, key=lambda m: abs(m.start - number.start))
        )
        return frozenset({chosen.value})
    return frozenset(values)
