"""Offline verifier: a verdict only where every number, or subject, relation and polarity, was compared."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import lru_cache

from isogloss.evidence.documents import Document, Evidence, Verdict
from isogloss.evidence.reading import is_settings
from isogloss.evidence.retrieval import Index
from isogloss.evidence.terms import Number, Term, agrees, numbers, terms, word_list, words, words_of
from isogloss.evidence.verifiers._claim import Comparison, Parts, compare, take_apart
from isogloss.evidence.verifiers._tables import TableCell, View
from isogloss.evidence.verifiers.base import Options, top_three

NAME = "rules"

SAME_QUALITY = 0.6
"""Cells of other tables count if their quality is at most so much below the best."""

ENOUGH, PLENTY = 0.7, 0.799
"""Share of a claim's terms that must be accounted for to support, and to contradict."""

Decision = tuple[str, str, Evidence]
"""Verdict, reason, deciding evidence."""


class RulesVerifier:
    """Compares numbers with the cells and sentences that the claim's names select."""

    def verify(self, claim: str, index: Index) -> Verdict:
        """Compare with tables and sentences; what is near but was not compared is *related*."""
        near, parts = index.search(claim, 30), take_apart(claim)
        decided = _decide(parts, index, near)
        if decided is not None:
            return Verdict(decided[0], decided[1], top_three(decided[2], near))
        cells = [cell for d in index.documents for view in _views(d) for cell in view.cells(parts)[:1]]
        best = max(cells, key=lambda c: c.quality, default=None)
        about = best.evidence if best is not None and best.coverage > ENOUGH else None
        is_near = about is not None or any(_coverage(parts, each, 0.5) > 0.5 for each in near[:3])
        reason = (
            "nothing that states the same was compared"
            if is_near
            else "no passage holds more than half of its terms"
        )
        return Verdict("related" if is_near else "not found", reason, top_three(about, near))


def _decide(claim: Parts, index: Index, near: Sequence[Evidence]) -> Decision | None:
    documents = [d for d in index.documents if not _lacks_names(claim, d)]
    ids = {document.id for document in documents}
    near = [
        e for e in near if e.passage.document in ids and not e.passage.table and not is_settings(e.passage)
    ]
    if claim.comparison is not None:
        by_cells = _first(_compared(claim, claim.comparison, document) for document in documents)
        if by_cells is not None or not claim.numbers:
            return by_cells or _first(_said_compared(claim, claim.comparison, each) for each in near)
    if not claim.numbers:
        return _first(_stated(claim, each) for each in near)
    decisions = [_numbers_in(claim, each) for each in near]
    if all(n.kind == "score" for n in claim.numbers):
        decisions += [_in_cells(claim, document) for document in documents]
    return _first(decisions)


def _first(found: Iterable[Decision | None]) -> Decision | None:
    """The first that supports, else the last that contradicts."""
    decided = [each for each in found if each is not None]
    return next((d for d in decided if d[0] == "supported"), decided[-1] if decided else None)


@lru_cache(maxsize=256)
def _words(document: Document) -> frozenset[str]:
    return words(" . ".join([document.title, *(f"{p.text} . {p.section}" for p in document.passages)]))


@lru_cache(maxsize=256)
def _views(document: Document) -> tuple[View, ...]:
    """Tables of results: with numbers, and not of hyperparameters."""
    tables = [p for p in document.passages if p.table is not None and not is_settings(p)]
    held = _words(document)
    return tuple(
        View(p, held, words(document.title))
        for p in tables
        if re.search(r"\d", str(p.table and p.table.rows))
    )


def _lacks_names(claim: Parts, document: Document) -> bool:
    """Whether the document never names a language, a task or a proper name of the claim."""
    held = _words(document).union(*(view.labels for view in _views(document)))
    return any(t.kind in ("lang:", "task:", "name:") and not t.among(held) for t in claim.terms)


def _in_cells(claim: Parts, document: Document) -> Decision | None:
    found = [cell for view in _views(document) for cell in view.cells(claim)]
    cells = [cell for cell in found if cell.value is not None and cell.coverage >= ENOUGH and cell.is_named]
    best = max(cells, key=lambda c: c.quality, default=None)
    if best is None:
        return None
    cells = [cell for cell in cells if cell.quality >= best.quality - SAME_QUALITY]
    right = [[cell for cell in cells if cell.agrees(number)] for number in claim.numbers]
    if all(right):
        cell = max(right[0], key=lambda c: c.quality)
        return "supported", f"the cell says {cell.text}", cell.evidence
    is_vague = (
        len(claim.numbers) > 1 or len(cells) > 6 or any(c.agrees(claim.numbers[0]) is None for c in cells)
    )
    return (
        None
        if is_vague or best.coverage < PLENTY
        else ("contradicted", f"the cell says {best.text}", best.evidence)
    )


def _compared(claim: Parts, sides: Comparison, document: Document) -> Decision | None:
    """Compare the cells of one side with those of the other, row by row or column by column."""
    held: list[tuple[bool, TableCell, TableCell]] = []
    own_left, own_right = _own(sides.left, sides.right), _own(sides.right, sides.left)
    kinds = {t.kind for t in sides.right}
    both = [
        t for t in sides.left if t.kind in ("lang:", "task:", "metric:", "split:") and t.kind not in kinds
    ]
    for view in _views(document):
        found = view.cells(claim.about(_weighed(sides.left, own_left), sides.shared), 2.0)
        others = view.cells(claim.about(_weighed(sides.right, own_right), sides.shared, both), 2.0)
        left = [cell for cell in found if cell.value and _is_side(own_left, cell)]
        right = [cell for cell in others if cell.value and _is_side(own_right, cell)]
        if {(c.row, c.column) for c in left} & {(c.row, c.column) for c in right}:
            continue
        is_loss = not {"metric:perplexity", "loss", "error"}.isdisjoint(view.context)
        for b in right:
            pairs = [a for a in left if (a.column == b.column) != (a.row == b.row)]
            most = max((len(a.words & b.words) for a in pairs), default=0)
            for a in (a for a in pairs if len(a.words & b.words) == most and a.value and b.value):
                gap = (a.value[0] - b.value[0]) * (-1 if is_loss else 1) if a.value and b.value else 0.0
                is_same = all(
                    agrees(n, abs(gap), max(a.value[1], b.value[1]))
                    for n in claim.numbers
                    if a.value and b.value
                )
                held += [(gap * sides.sign > 0 and is_same, a, b)] if gap else []
    if not held or (len({is_right for is_right, _, _ in held}) > 1 and not claim.numbers):
        return None
    is_right, a, b = max(held, key=lambda h: h[0])
    quote = f"{a.evidence.quote}; {b.view.table.row_label(b.row)} | {b.view.table.header[b.column]}: {b.text}"
    word = "supported" if is_right else "contradicted"
    return word, f"{a.text} against {b.text}", replace(a.evidence, quote=quote)


def _own(side: Sequence[Term], other: Sequence[Term]) -> list[Term]:
    """Terms that tell a side from the other."""
    return [t for t in side if not t.among(words_of(other)) and t.kind not in ("task:", "metric:", "split:")]


def _weighed(side: Sequence[Term], own: Sequence[Term]) -> list[Term]:
    """Terms of a side; its own select cells before anything else does."""
    return [replace(t, weight=t.weight + 3) if t in own else t for t in side]


def _is_side(own: Sequence[Term], cell: TableCell) -> bool:
    """Whether the labels of a cell name what tells a side from the other."""
    view = cell.view
    named = sum(t.weight for t in own if view.matches(t, cell.words))
    elsewhere = sum(t.weight for t in own if not view.matches(t, cell.words) and view.matches(t, view.labels))
    unknown = sum(t.weight for t in own if not view.matches(t, view.labels | view.context))
    return named > elsewhere and named >= unknown


def _coverage(claim: Parts, each: Evidence, around: float, clause: str | None = None) -> float:
    """Share of the claim's terms in a sentence or clause; those only in its passage count for `around`."""
    held = words(each.quote if clause is None else clause)
    near = words(f"{each.passage.section} {each.passage.lead} {each.passage.text}")
    total = sum(t.weight for t in claim.terms) or 1.0
    shares = (
        (t, 1.0 if t.among(held) else around if t.among(near) or t.kind == "model:" else 0.0)
        for t in claim.terms
    )
    return sum(t.weight * share for t, share in shares) / total


def _numbers_in(claim: Parts, each: Evidence) -> Decision | None:
    """Compare the claim's numbers with those of one sentence."""
    there, held, coverage = numbers(each.quote), words(each.quote), _coverage(claim, each, 0.5)
    if coverage < ENOUGH or any(t.kind == "lang:" and not t.among(held) for t in claim.terms):
        return None
    rivals = [[m for m in there if _comparable(n, m, claim)] for n in claim.numbers]
    pairs = zip(claim.numbers, rivals, strict=True)
    hits = [
        [m for m in ms if agrees(n, m.value, m.decimals) and _belongs(m, there, claim, each.quote)]
        for n, ms in pairs
    ]
    if all(hits):
        return "supported", f"the sentence says {each.quote[hits[0][0].start : hits[0][0].end].strip()}", each
    number, only = claim.numbers[0], rivals[0][0] if len(rivals[0]) == 1 else None
    is_same_kind = (
        only is not None and not only.bound and (number.kind != "count" or only.noun == number.noun != "")
    )
    if only is None or not is_same_kind or len(claim.numbers) > 1 or coverage < PLENTY:
        return None
    return "contradicted", f"the sentence says {each.quote[only.start : only.end].strip()}", each


def _comparable(claimed: Number, stated: Number, claim: Parts) -> bool:
    if claimed.kind != stated.kind:
        return claimed.kind == "count" and claimed.value == stated.value
    return (
        claimed.kind != "count"
        or not claimed.noun
        or stated.noun in ("", claimed.noun, *words_of(claim.terms))
    )


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


_CLAUSE = re.compile(r"[;:,]\s|\s(?:but|while|whereas|although|though|and that|because)\s|\sand\s(?=\w+-\w+)")


def _polarity(text: str) -> int:
    found = [w.strip(".,;()").lower() for w in text.split()]
    sign = -1 if sum(w in word_list("negation") or w.endswith("n't") for w in found) % 2 else 1
    return -sign if not word_list("down").isdisjoint(found) and word_list("up").isdisjoint(found) else sign


def _stated(claim: Parts, each: Evidence) -> Decision | None:
    """Compare a claim without numbers with the clauses of a sentence."""
    clauses = [each.quote, *(c for c in _CLAUSE.split(each.quote) if len(c.split()) > 3)]
    share, _, clause = max((round(_coverage(claim, each, 0.6, c), 2), -len(c), c) for c in clauses)
    if share < PLENTY:
        return None
    if _polarity(clause) == _polarity(claim.text):
        return "supported", "one clause holds its subject and relation", each
    return ("contradicted", "one clause says the opposite", each) if share >= 0.9 else None


def _said_compared(claim: Parts, sides: Comparison, each: Evidence) -> Decision | None:
    """Compare with a sentence that compares the two, or that denies of one side what it says of the other."""
    own = _own(sides.left, sides.right), _own(sides.right, sides.left)
    if not own[0] or not own[1] or _coverage(claim, each, 0.5) < 0.65:
        return None
    said = compare(each.quote, terms(each.quote))
    if said is None:
        sign = _contrast(own, [*sides.left, *sides.shared], each.quote)
    else:
        left, right = words_of(said.left), words_of((*said.right, *said.shared))
        same, turned = (
            min(_share(own[0], left), _share(own[1], right)),
            min(_share(own[0], right), _share(own[1], left)),
        )
        sign = 0 if max(same, turned) < 0.6 or same == turned else said.sign if same > turned else -said.sign
    word = "supported" if sign == sides.sign else "contradicted"
    return (word, "a sentence compares the two", each) if sign else None


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
