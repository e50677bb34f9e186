"""Offline verifier: a verdict only where every number, or subject, relation and polarity, was compared."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import pairwise

from isogloss.evidence.documents import Document, Evidence, Verdict
from isogloss.evidence.reading import is_settings
from isogloss.evidence.retrieval import Index
from isogloss.evidence.terms import (
    EXCLUSIVE,
    Number,
    Term,
    agrees,
    numbers,
    similar,
    terms,
    word_list,
    words,
    words_of,
)
from isogloss.evidence.verifiers._claim import Comparison, Parts, compare, take_apart
from isogloss.evidence.verifiers._tables import Cell, View
from isogloss.evidence.verifiers.base import Options, top_three

NAME = "rules"

SAME_QUALITY = 0.6
"""Cells of other tables count if their quality is at most so much below the best."""

ENOUGH, PLENTY = 0.7, 0.799
"""Share of a claim's terms that must be accounted for to support, and to contradict."""

DIRECT = 0.499
"""Share of a claim without numbers that one clause has to hold itself."""

MORE = 0.05
"""What contradicts accounts for so much more of the claim than what supports, where a paper has both."""


@dataclass(frozen=True)
class Decision:
    """A verdict with the share of the claim's terms that its evidence accounts for."""

    word: str
    reason: str
    evidence: Evidence
    share: float


class RulesVerifier:
    """Compares numbers with the cells and sentences that the claim's names select."""

    def verify(self, claim: str, index: Index) -> Verdict:
        """Compare with tables and sentences; what is near but was not compared is *related*."""
        near, parts = index.search(claim, 30), take_apart(claim)
        subjects = {document.id: _subject(document) for document in index.documents}
        said = [Said.of(each, subjects[each.passage.document]) for each in near]
        decided = _decide(parts, index.documents, said)
        if decided is not None:
            return Verdict(decided.word, decided.reason, top_three(decided.evidence, near))
        cells = [cell for d in index.documents for view in _views(d) for cell in view.cells(parts)[:1]]
        best = max(cells, key=lambda c: c.quality, default=None)
        about = best.evidence if best is not None and best.coverage > ENOUGH else None
        is_near = about is not None or any(each.coverage(parts, 0.5) > 0.5 for each in said[:3])
        reason = (
            "nothing that states the same was compared"
            if is_near
            else "no passage holds more than half of its terms"
        )
        return Verdict("related" if is_near else "not found", reason, top_three(about, near))


def _decide(claim: Parts, documents: Sequence[Document], near: Sequence[Said]) -> Decision | None:
    """Of what supports and what contradicts, take what accounts for more of the claim."""
    documents = [d for d in documents if not _lacks_names(claim, d)]
    ids = {document.id for document in documents}
    passages = ((each, each.evidence.passage) for each in near)
    near = [each for each, p in passages if p.document in ids and not p.table]
    found: list[Decision | None] = []
    if claim.comparison is not None:
        found = [_compared(claim, claim.comparison, document) for document in documents]
        if not any(found) and not claim.numbers:
            asserted = (each for each in near if not _OPEN.search(each.evidence.quote))
            found = [_said_compared(claim, claim.comparison, each) for each in asserted]
    elif not claim.numbers:
        found = [_stated(claim, each) for each in near if not _OPEN.search(each.evidence.quote)]
    if claim.numbers and not any(found):
        found = [_numbers_in(claim, each) for each in near] + [_in_cells(claim, d) for d in documents]
    best = {d.word: d for d in sorted((d for d in found if d is not None), key=lambda d: d.share)}
    yes, no = best.get("supported"), best.get("contradicted")
    known = {name for d in documents for name in _words(d)} | set(similar())
    if any(t.kind == "model:" and not t.among(known) for t in claim.terms):
        no = None  # of a model that the paper never names
    return no if yes is None or (no is not None and no.share >= yes.share + MORE) else yes


@lru_cache(maxsize=256)
def _words(document: Document) -> frozenset[str]:
    return words(" . ".join([document.title, *(f"{p.text} . {p.section}" for p in document.passages)]))


@lru_cache(maxsize=256)
def _subject(document: Document) -> frozenset[str]:
    """Words of the title, and those that a tenth of the passages share."""
    counts = Counter(word for passage in document.passages for word in words(passage.text))
    least = max(4, 0.1 * len(document.passages))
    return words(document.title).union(word for word, n in counts.items() if n >= least)


@lru_cache(maxsize=256)
def _views(document: Document) -> tuple[View, ...]:
    """Tables of results: with numbers, and not of hyperparameters."""
    tables = [p for p in document.passages if p.table is not None and not is_settings(p)]
    held, subject = _words(document), _subject(document)
    return tuple(View(p, held, subject) for p in tables if re.search(r"\d", str(p.table and p.table.rows)))


@lru_cache(maxsize=256)
def _facets(document: Document) -> frozenset[str]:
    """Words that name a section, a row or a column."""
    return words(" . ".join({p.section for p in document.passages})).union(
        *(v.labels for v in _views(document))
    )


def _lacks_names(claim: Parts, document: Document) -> bool:
    """Whether the document never names a language, a task or a proper name of the claim."""
    held = _words(document).union(*(view.labels for view in _views(document)))
    return any(t.kind in ("lang:", "task:", "data:", "name:") and not t.among(held) for t in claim.terms)


def _in_cells(claim: Parts, document: Document) -> Decision | None:
    found = [cell for view in _views(document) for cell in view.cells(claim)]
    cells = [c for c in found if c.value is not None and c.coverage >= ENOUGH and _is_named(c)]
    if any(n.kind == "count" for n in claim.numbers):
        cells = [c for c in cells if c.value and c.value[1] == 0]
    best = max(cells, key=lambda c: c.quality, default=None)
    if best is None:
        return None
    cells = [cell for cell in cells if cell.quality >= best.quality - SAME_QUALITY]
    right = [[c for c in cells if c.value and agrees(number, *c.value)] for number in claim.numbers]
    if all(right):
        cell = max(right[0], key=lambda c: c.quality)
        return Decision("supported", f"the cell says {cell.text}", cell.evidence, cell.coverage)
    number = claim.numbers[0]
    is_vague = (
        len(claim.numbers) > 1
        or len(cells) > 6
        or any(c.value and agrees(number, *c.value) is None for c in cells)
        or any(t.among(_facets(document)) for t in best.lacking if t.kind in ("name:", "word:"))
        or (
            number.kind == "count"
            and number.noun not in best.words | best.view.context
            and not best.view.is_counts
        )
    )
    if is_vague or best.coverage < PLENTY:
        return None
    return Decision("contradicted", f"the cell says {best.text}", best.evidence, best.coverage)


def _is_named(cell: Cell) -> bool:
    return not any(term.kind == "name:" for term in cell.lacking)


def _compared(claim: Parts, sides: Comparison, document: Document) -> Decision | None:
    """Compare the cells of one side with those of the other, row by row or column by column."""
    held: list[tuple[bool, Cell, Cell]] = []
    own_left, own_right = _own(sides.left, sides.right), _own(sides.right, sides.left)
    for view in _views(document):
        found = view.cells(claim.about(_weighed(sides.left, own_left), sides.shared), 2.0)
        others = view.cells(claim.about(_weighed(sides.right, own_right), sides.shared), 2.0)
        left, right = _side(own_left, found), _side(own_right, others)
        if {(c.row, c.column) for c in left} & {(c.row, c.column) for c in right}:
            continue
        for b in right:
            pairs = [a for a in left if (a.column == b.column) != (a.row == b.row)]
            most = max((len(a.words & b.words) for a in pairs), default=0)
            for a in (a for a in pairs if len(a.words & b.words) == most and a.value and b.value):
                gap = a.value[0] - b.value[0] if a.value and b.value else 0.0
                is_loss = not _LOSSES.isdisjoint(a.words & b.words or view.context)
                sign = sides.sign * (-1 if is_loss and sides.is_quality else 1)
                is_same = all(
                    agrees(n, abs(gap), max(a.value[1], b.value[1]))
                    for n in claim.numbers
                    if a.value and b.value
                )
                held += [(gap * sign > 0 and is_same, a, b)] if gap else []
    fewest = min((len(a.lacking) for _, a, _ in held), default=0)
    held = [each for each in held if len(each[1].lacking) == fewest]
    if not held or (len({is_right for is_right, _, _ in held}) > 1 and not claim.numbers):
        return None
    is_right, a, b = max(held, key=lambda h: h[0])
    word = "supported" if is_right else "contradicted"
    evidence = replace(a.evidence, quote=f"{a.evidence.quote}; {b.quote}")
    return Decision(word, f"{a.text} against {b.text}", evidence, a.coverage)


_LOSSES = frozenset({"metric:perplexity", "metric:error", "loss"})


def _own(side: Sequence[Term], other: Sequence[Term]) -> list[Term]:
    """Terms that tell a side from the other."""
    mine = [t for t in side if t.kind not in ("task:", "metric:", "split:")]
    return [t for t in mine if t.names.isdisjoint(name for o in other for name in o.names)]


def _weighed(side: Sequence[Term], own: Sequence[Term]) -> list[Term]:
    """Terms of a side; its own select cells before anything else does."""
    return [replace(t, weight=t.weight + 3) if t in own else t for t in side]


def _side(own: Sequence[Term], found: Sequence[Cell]) -> list[Cell]:
    """Cells with a number that name what tells a side from the other, and lack the fewest of its terms."""
    cells = [cell for cell in found if cell.value and _is_side(own, cell)]
    fewest = min((len(cell.lacking) for cell in cells), default=0)
    return [cell for cell in cells if len(cell.lacking) == fewest]


def _is_side(own: Sequence[Term], cell: Cell) -> bool:
    """Whether the labels of a cell name what tells a side from the other."""
    view = cell.view
    named = sum(t.weight for t in own if view.matches(t, cell.words))
    elsewhere = sum(t.weight for t in own if not view.matches(t, cell.words) and view.matches(t, view.labels))
    unknown = sum(t.weight for t in own if not view.matches(t, view.labels | view.context))
    return named > elsewhere and named >= unknown


@dataclass(frozen=True)
class Said:
    """A sentence with its words, those of heading and subject, and those of its passage."""

    evidence: Evidence
    held: frozenset[str]
    head: frozenset[str]
    around: frozenset[str]

    @classmethod
    def of(cls, each: Evidence, subject: frozenset[str]) -> Said:
        """Words of the sentence, its section and its passage."""
        passage = each.passage
        return cls(
            each, words(each.quote), words(passage.section) | subject, words(f"{passage.lead} {passage.text}")
        )

    def coverage(self, claim: Parts, around: float, clause: str | None = None) -> float:
        """Share of the claim's terms in the sentence or a clause; those in the passage count for `around`."""
        held = self.held if clause is None else words(clause)
        total, covered, head = 0.0, 0.0, 0.8 if clause is None else around
        for t in claim.terms:
            is_near = t.among(self.around) or t.kind in ("model:", "metric:")
            share = 1.0 if t.among(held) else head if t.among(self.head) else around if is_near else 0.0
            total, covered = total + t.weight, covered + t.weight * share
        return covered / total if total else 0.0

    def names(self, term: Term) -> bool:
        """Whether the sentence or its heading holds a term, or a name is the subject of the document."""
        held = self.held | words(self.evidence.passage.section)
        return term.among(held) or (term.kind != "word:" and term.among(self.head))

    def is_about_another(self, claim: Parts) -> bool:
        """Whether it lacks a language of the claim, or names another task, data set, metric or split."""
        for kind in EXCLUSIVE[1:]:
            there = {w for w in self.held if w.startswith(kind)}
            mine = {w for w in words_of(claim.terms) if w.startswith(kind)}
            if there and mine and mine.isdisjoint(there | self.head):
                return True
        named = self.held | words(self.evidence.passage.section)
        return any(t.kind == "lang:" and not t.among(named) for t in claim.terms)


def _numbers_in(claim: Parts, said: Said) -> Decision | None:
    """Compare the claim's numbers with those of one sentence."""
    quote, coverage = said.evidence.quote, said.coverage(claim, 0.5)
    if coverage < ENOUGH or said.is_about_another(claim):
        return None
    there = numbers(quote)
    rivals = [
        [m for m in there if _comparable(n, m, claim) and _belongs(m, there, claim, quote)]
        for n in claim.numbers
    ]
    hits = [
        [m for m in ms if agrees(n, m.value, m.decimals)] for n, ms in zip(claim.numbers, rivals, strict=True)
    ]
    if all(hits):
        stated = quote[hits[0][0].start : hits[0][0].end].strip()
        return Decision("supported", f"the sentence says {stated}", said.evidence, coverage)
    number, nearest = claim.numbers[0], _nearest(rivals[0], there, claim, quote)
    only = nearest[0] if len(nearest) == 1 else None
    is_same_kind = (
        only is not None and not only.bound and (number.kind != "count" or only.noun == number.noun)
    )
    is_whole = all(t.among(said.held | said.head | said.around) for t in claim.terms)
    if only is None or not is_same_kind or not is_whole or len(claim.numbers) > 1 or coverage < PLENTY:
        return None
    stated = quote[only.start : only.end].strip()
    return Decision("contradicted", f"the sentence says {stated}", said.evidence, coverage)


def _comparable(claimed: Number, stated: Number, claim: Parts) -> bool:
    if claimed.is_bare and stated.is_bare:
        return True
    if claimed.kind != stated.kind:
        return claimed.kind == "count" and claimed.value == stated.value
    return (
        claimed.kind != "count"
        or not claimed.noun
        or stated.noun in ("", claimed.noun, *words_of(claim.terms))
    )


def _nearest(found: Sequence[Number], there: Sequence[Number], claim: Parts, text: str) -> list[Number]:
    """Numbers whose words, back to the number before, hold the most terms of the claim."""
    starts = {number: before.end for before, number in pairwise(there)}
    held = {n: words(text[starts.get(n, 0) : n.start]) for n in found}
    counts = {n: sum(t.weight for t in claim.terms if t.among(held[n])) for n in found}
    return [n for n in found if counts[n] == max(counts.values())]


def _belongs(number: Number, there: Sequence[Number], claim: Parts, text: str) -> bool:
    """Whether a number of a list goes with the language and the model that the claim names."""
    scores = [n for n in there if n.kind == number.kind]
    for kind in ("lang:", "model:"):
        named = [t for t in terms(text) if t.kind == kind]
        mine = words_of(t for t in claim.terms if t.kind == kind)
        if len(scores) > 1 and len(named) > 1 and mine:
            by_distance = min(named, key=lambda t: abs(t.start - number.start))
            nearest = named[scores.index(number)] if len(named) == len(scores) else by_distance
            if not nearest.among(mine):
                return False
    return True


_OPEN = re.compile(
    r"\b(?:determin|investigat|test|ask|see|check|examin|know|explor|stud|analy[sz]|verif|decid)\w*\s+(?:if|whether)\b"
    r"|\?$", re.IGNORECASE
)  # fmt: skip
"""A question, which a sentence may leave open."""

_CLAUSE = re.compile(r"[;:,]\s|\s(?:but|while|whereas|although|though|and that|because)\s|\sand\s(?=\w+-\w+)")


def _polarity(text: str) -> int:
    """1 or -1 as a text affirms or denies more of something; 0 if it has more of one and less of another."""
    found = re.findall(r"[\w'’-]+", text.lower())
    pairs = zip(found, [*found[1:], ""], strict=True)
    found = [word for word, after in pairs if after not in ("only", "just", "merely")]
    is_up, is_down = (not word_list(name).isdisjoint(found) for name in ("up", "down"))
    n_denied = sum(word in word_list("negation") or word.endswith(("n't", "n’t")) for word in found)
    return 0 if is_up and is_down else (-1) ** n_denied * (-1 if is_down else 1)


def _stated(claim: Parts, said: Said) -> Decision | None:
    """Compare a claim without numbers with the clauses of a sentence; how they rank or deny counts apart."""
    quote, relation = said.evidence.quote, word_list("up") | word_list("down")
    core = [t for t in claim.terms if re.split(r"[^\w-]", claim.text[t.start :].lower())[0] not in relation]
    ranks = len(core) < len(claim.terms)
    clauses = [quote, *(c for c in _CLAUSE.split(quote) if len(c.split()) > 3)]
    shares = [(said.coverage(claim.about(core), 0.6, c), c) for c in clauses]
    shares = [s for s in shares if s[0] >= PLENTY and said.coverage(claim.about(core), 0.0, s[1]) >= DIRECT]
    share, clause = min(shares, key=lambda s: len(s[1]), default=(0.0, ""))
    is_rank = not relation.isdisjoint(re.findall(r"[\w-]+", clause.lower()))
    if (
        not clause
        or (ranks and not is_rank)
        or said.is_about_another(claim)
        or not said.names(claim.terms[0])
    ):
        return None
    signs = _polarity(clause), _polarity(claim.text)
    if 0 in signs:
        return None
    if signs[0] == signs[1]:
        return Decision("supported", "one clause holds its subject and relation", said.evidence, share)
    return (
        Decision("contradicted", "one clause says the opposite", said.evidence, share)
        if share >= 0.9
        else None
    )


def _said_compared(claim: Parts, sides: Comparison, said: Said) -> Decision | None:
    """Compare with a sentence that compares the two, or that denies of one side what it says of the other."""
    own = _own(sides.left, sides.right), _own(sides.right, sides.left)
    share, quote = said.coverage(claim, 0.5), said.evidence.quote
    if not own[0] or not own[1] or share < 0.65:
        return None
    sign, there = 0, compare(quote, terms(quote))
    if there is not None:
        left, right = words_of(there.left), words_of((*there.right, *there.shared))
        same = min(_share(own[0], left), _share(own[1], right))
        turned = min(_share(own[0], right), _share(own[1], left))
        sign = (
            0 if max(same, turned) < 0.6 or same == turned else there.sign if same > turned else -there.sign
        )
    sign = sign or _contrast(own, [*sides.left, *sides.shared], quote)
    word = "supported" if sign == sides.sign else "contradicted"
    return Decision(word, "a sentence compares the two", said.evidence, share) if sign else None


def _share(side: Sequence[Term], held: frozenset[str]) -> float:
    return sum(t.weight for t in side if t.among(held)) / sum(t.weight for t in side)


def _contrast(own: tuple[list[Term], list[Term]], relation: Sequence[Term], text: str) -> int:
    """Sign of the clause about the left side if that about the right side has the other, else 0."""
    names = [[t for t in side if t.kind in ("model:", "name:", "lang:")] for side in own]
    said = [t for t in relation if t.kind == "word:"]
    clauses = [(words(c), _polarity(c)) for c in re.split(r"[;:,]\s|\s(?:but|whereas|while)\s", text)]
    signs = []
    for mine, other in (names, names[::-1]):
        fitting = [
            sign
            for held, sign in clauses
            if mine and all(t.among(held) for t in mine) and not any(t.among(held) for t in other)
            and any(t.among(held) for t in said)
        ]  # fmt: skip
        signs.append(fitting[0] if fitting else 0)
    return signs[0] if signs[0] * signs[1] < 0 else 0


def make(options: Options) -> RulesVerifier:
    """Take no options."""
    return RulesVerifier()
