"""One sentence: what it names, its numbers, the clause of each, and lists that are paired in order."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

from isogloss.evidence.base import FACETS, Facet, Number
from isogloss.evidence.mentions import Mention, mentions
from isogloss.evidence.numbers import numbers
from isogloss.evidence.words import terms

_STRONG = re.compile(
    r";|\bwhile\b|\bwhereas\b|\bbut\b|,? ?\bagainst\b|,? ?\bcompared (?:with|to)\b|\bversus\b|\bvs\.?|"
    r"\bthan\b"
)
_WEAK = re.compile(r",\s+and\b|\band\b|,|\(|\)|\u2014|:\s|\bor\b")
_LIST_GLUE = re.compile(r"\s*(?:,|and|or|,\s*and|&|/)\s*")
_NAME = re.compile(r"(?<=[a-z\d,;:(] )\(?[A-Z][\w-]*|\b[\w-]*[a-z\d-][A-Z][\w-]*|\b[A-Z]{2,}[\w-]*")


@dataclass(frozen=True)
class Sentence:
    """A sentence with what it names and which numbers it gives.

    Parameters
    ----------
    text : str
    offset : int
        Where it begins in its passage.
    """

    text: str
    offset: int

    @cached_property
    def mentions(self) -> list[Mention]:
        """Values of facets that it names."""
        return mentions(self.text)

    @cached_property
    def numbers(self) -> list[Number]:
        """All numbers that are no part of a name."""
        names = [(m.start, m.end) for m in self.mentions]
        return [n for n in numbers(self.text) if not any(s <= n.start < e for s, e in names)]

    @cached_property
    def results(self) -> list[Number]:
        """Scores, changes and correlations."""
        return [n for n in self.numbers if n.kind not in {"condition", "count"}]

    @cached_property
    def counts(self) -> list[Number]:
        """Numbers of things."""
        return [n for n in self.numbers if n.kind == "count"]

    @cached_property
    def names(self) -> frozenset[str]:
        """Stems of proper names that are no value of a facet."""
        spans = [(m.start, m.end) for m in self.mentions]
        found = (
            m for m in _NAME.finditer(self.text) if not any(s < m.end() and m.start() < e for s, e in spans)
        )
        return frozenset(term for match in found for term in terms(match.group()))

    def terms_between(self, start: int, end: int, counted: Number | None = None) -> frozenset[str]:
        """Stems without mentions and results; conditions as they are written, but for what is `counted`."""
        text = self.text
        cut = [(m.start, m.end) for m in self.mentions if m.value != "baseline"]
        cut += [(n.start, n.end) for n in (*self.results, *([counted] if counted else []))]
        for left, right in cut:
            text = text[:left] + " " * (right - left) + text[right:]
        return frozenset(terms(text[start:end]))

    def segment(self, number: Number) -> tuple[int, int]:
        """The stretch around a number between the nearest strong separators."""
        cuts = [match.start() for match in _STRONG.finditer(self.text)]
        start = max((cut for cut in cuts if cut <= number.start), default=0)
        return start, min((cut for cut in cuts if cut > number.start), default=len(self.text))


def clauses(sentence: Sentence) -> list[tuple[int, int]]:
    """The stretch of text that belongs to each result: cut between two results at the strongest separator."""
    results = sentence.results
    cuts = [0]
    for left, right in pairwise(results):
        between = sentence.text[left.end : right.start]
        match = _to(sentence.text, left, between) or _STRONG.search(between) or _WEAK.search(between)
        cuts.append(left.end + match.start() if match else -1)
    cuts.append(len(sentence.text))
    spans = []
    for i in range(len(results)):
        start = next(cut for cut in reversed(cuts[: i + 1]) if cut >= 0)
        end = next(cut for cut in cuts[i + 1 :] if cut >= 0)
        spans.append((start, end))
    return spans


def _to(text: str, left: Number, between: str) -> re.Match[str] | None:
    """The cut in "from 0.4 points in French to 6.1 points in Urdu"; "from 0.4 to 6.1" is not cut."""
    if not re.search(r"\bfrom\s*$", text[: left.start]):
        return None
    return re.search(r"(?<=\w )to\s*$", between)


def paired_lists(sentence: Sentence) -> dict[tuple[int, Facet], Mention]:
    """Results and values of one facet that stand in two lists of the same length, paired in order."""
    paired: dict[tuple[int, Facet], Mention] = {}
    for run in _runs([(n.start, n.end) for n in sentence.results], sentence.text):
        for facet in FACETS:
            own = [m for m in sentence.mentions if m.facet == facet and m.value != "average"]
            lists = [r for r in _runs([(m.start, m.end) for m in own], sentence.text) if len(r) == len(run)]
            if lists:
                for i, j in zip(run, lists[-1], strict=True):
                    paired[i, facet] = own[j]
            elif (
                len(own) == len(run) == len({m.value for m in own})
                and own[-1].end <= sentence.results[run[0]].start
            ):
                for i, mention in zip(run, own, strict=True):
                    paired[i, facet] = mention
    return paired


def _runs(spans: Sequence[tuple[int, int]], text: str) -> list[list[int]]:
    """Places of neighbours that only commas and conjunctions part, two or more."""
    runs: list[list[int]] = []
    for i, (start, _) in enumerate(spans):
        if runs and _LIST_GLUE.fullmatch(text[spans[i - 1][1] : start]):
            runs[-1].append(i)
        else:
            runs.append([i])
    return [run for run in runs if len(run) > 1]
