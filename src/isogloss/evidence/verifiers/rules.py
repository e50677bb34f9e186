"""Offline verifier: a verdict only where every number, or subject, relation and polarity, was compared."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import lru_cache

from isogloss.evidence.documents import Document, Verdict
from isogloss.evidence.numbers import LONG, Number, are_stated, says_difference
from isogloss.evidence.retrieval import Index
from isogloss.evidence.terms import Term, similar, terms, words, words_of
from isogloss.evidence.verifiers._claim import Comparison, Parts, own_terms, take_apart
from isogloss.evidence.verifiers._sentences import ENOUGH, PLENTY, Decision, Said
from isogloss.evidence.verifiers._tables import TableCell, View, is_said
from isogloss.evidence.verifiers.base import Options, top_three

NAME = "rules"

SAME_QUALITY = 0.6
"""Cells count if their quality is at most so much below the best."""

N_RANKED, N_SAID = 100, 30
"""Passages of which one that states the claim's numbers is shown, and of which sentences are compared."""

N_NEAR, N_CELLS = 10, 12
"""Sentences of which none may state the number of a claim that is contradicted; and most cells as near."""

ALL = 99.0
"""Quality below the best that every cell has."""

MORE = 0.05
"""Share of the claim by which a contradiction has to exceed the support, where both exist."""

_LOSSES = frozenset({"metric:perplexity", "metric:error", "loss"})


class Contents:
    """Words and tables of a document.

    `subject` are words of its title and of a tenth of its passages, and names that its abstract introduces.
    """

    def __init__(self, document: Document) -> None:
        passages = document.passages
        counts = Counter(word for passage in passages for word in words(passage.text))
        least = max(4, 0.1 * len(passages))
        held = words(" . ".join([document.title, *(f"{p.text} . {p.section}" for p in passages)]))
        abstract = terms(" . ".join(p.text for p in passages[:8] if p.table is None))
        names = {name for term in abstract if term.kind == "name:" for name in term.names if counts[name] > 3}
        frequent = {word for word, n in counts.items() if n >= least}
        self.id, self.subject = document.id, words(document.title).union(names, frequent)
        tables = [p for p in passages if p.table and re.search(r"\d", str(p.table.rows))]
        self.views = tuple(View(p, held, self.subject, words(document.title)) for p in tables)
        self.labels = frozenset(word for view in self.views for word in view.labels)
        around = (part for p in tables for part in (p.table.caption if p.table else "", p.section, p.lead))
        labels = (text for view in self.views for text in view.label_texts)
        self.label_text = " | ".join([*labels, *around])
        self.held = held | self.labels
        for view in self.views:
            view.of_paper = self.labels


_contents = lru_cache(maxsize=256)(Contents)


class RulesVerifier:
    """Compares numbers with the cells and sentences that the claim's names select."""

    def verify(self, claim: str, index: Index) -> Verdict:
        """Compare with tables and sentences; what is near but was not compared is *related*."""
        near, parts = index.search(claim, N_RANKED), take_apart(claim)
        papers = {document.id: _contents(document) for document in index.documents}
        said = [Said(each, papers[each.passage.document].subject) for each in near[:N_SAID]]
        decided = _decide(parts, list(papers.values()), said)
        if decided is not None:
            return Verdict(decided.word, decided.reason, top_three(decided.evidence, near))
        cells = [cell for paper in papers.values() for view in paper.views for cell in view.cells(parts)[:1]]
        best = max(cells, key=lambda c: c.quality, default=None)
        about = best.evidence if best is not None and best.coverage > ENOUGH else None
        exact = [number for number in parts.numbers if number.weight >= LONG]
        stating = next((each for each in near if exact and are_stated(exact, each.quote)), None)
        shown = top_three(about, [*filter(None, [stating]), *near])
        if about is None and not any(each.coverage(parts.terms, 0.5) > 0.5 for each in said[:3]):
            return Verdict("not found", "no passage holds more than half of its terms", shown)
        return Verdict("related", "nothing that states the same was compared", shown)


def _decide(claim: Parts, papers: Sequence[Contents], near: Sequence[Said]) -> Decision | None:
    """Of what supports and what contradicts, take what accounts for more of the claim.

    A paper that never names the claim's model, or states its number nearby, does not contradict it.
    """
    ids, known = {paper.id for paper in papers}, frozenset(similar()).union(*(paper.held for paper in papers))
    near = [said for said in near if said.passage.document in ids and not said.passage.table]
    found = _found(claim, papers, near)
    if any(t.kind == "model:" and not t.among(known) for t in claim.terms):
        found = [decision for decision in found if decision.word == "supported"]
    decided = _best(found)
    is_denied = decided is not None and decided.word == "contradicted"
    return None if is_denied and any(said.states(claim) for said in near[:N_NEAR]) else decided


def _best(found: Sequence[Decision]) -> Decision | None:
    """Support, unless a contradiction accounts for more of the claim."""
    best = {d.word: d for d in sorted(found, key=lambda d: d.share)}
    yes, no = best.get("supported"), best.get("contradicted")
    return no if yes is None or (no is not None and no.share >= yes.share + MORE) else yes


def _found(claim: Parts, papers: Sequence[Contents], near: Sequence[Said]) -> list[Decision]:
    """Decisions by cells and sentences; a comparison by cells counts before one by sentences."""
    found = next(filter(any, _ways(claim, papers, near)), ())
    return [decision for decision in found if decision is not None]


def _ways(
    claim: Parts, papers: Sequence[Contents], near: Sequence[Said]
) -> Iterator[Sequence[Decision | None]]:
    """Decisions of each way to check a claim; a later way counts where the earlier ones find nothing."""
    sides = claim.comparison if len(claim.gaps) == len(claim.numbers) else None
    if sides is not None:
        yield [_compared(claim, sides, paper) for paper in papers]
    if not claim.numbers:
        yield [each.stated(claim) if sides is None else each.compared(claim, sides) for each in near]
        return
    cells = [] if claim.is_change else [_in_cells(claim, paper) for paper in papers]
    yield [*(each.numbers_in(claim) for each in near), *cells]
    yield [
        _in_cells(part, paper) for paper in papers for part in [claim.with_labels(paper.label_text)] if part
    ]
    if len(claim.numbers) > 1 and not claim.is_change:
        yield [_one_by_one(claim, papers, near)]


def _one_by_one(claim: Parts, papers: Sequence[Contents], near: Sequence[Said]) -> Decision | None:
    """Verdict on a claim whose numbers stand in different places: of each, contradicted as soon as one is."""
    decided = [_best(_found(part, papers, near)) for part in claim.by_number()]
    sure = [decision for decision in decided if decision is not None]
    if len(sure) < len(decided):
        return None
    return next((d for d in sure if d.word == "contradicted"), min(sure, key=lambda d: d.share))


def _in_cells(claim: Parts, paper: Contents) -> Decision | None:
    """Compare the claim's numbers with the cells that account for its terms.

    Cells that lack a proper name of the claim may support numbers of three digits or more, and deny nothing.
    """
    cells = _nearest(claim, paper)
    decided = _supported(claim, cells)
    if decided is None and all(number.weight >= LONG for number in claim.numbers):
        decided = _supported(claim, _nearest(claim, paper, is_named=False), is_named=False)
    can_deny = len(claim.numbers) == 1 and 0 < len(cells) <= N_CELLS
    if decided is None and can_deny and _can_deny(claim, cells[0], cells, paper):
        return _decision("contradicted", cells[0])
    return decided


def _supported(claim: Parts, cells: Sequence[TableCell], *, is_named: bool = True) -> Decision | None:
    """Support for each number of the claim by cells as near as the first."""
    if not cells:
        return None
    best = cells[0]
    named = [cell for cell in cells if cell.view is not best.view or cell.n_named >= best.n_named]
    right = [[c for c in _most_exact(named, cells, claim) if c.states(number)] for number in claim.numbers]
    if not all(right):
        near = [_as_near(number, claim, best, [best.view], is_named=is_named) for number in claim.numbers]
        right = [_most_exact(found, cells, claim) for found in near]
    return _decision("supported", max(right[0], key=lambda c: c.quality)) if all(right) else None


def _most_exact(found: Sequence[TableCell], cells: Sequence[TableCell], claim: Parts) -> list[TableCell]:
    """Cells found, less those beside which another says as much of a claim and nothing else."""
    mine = words_of(claim.terms)

    def is_exceeded(cell: TableCell) -> bool:
        beside = (c for c in cells if c.view is cell.view and (c.row == cell.row or c.column == cell.column))
        return any(c.words < cell.words and not is_said(cell.words - c.words, mine) for c in beside)

    return [cell for cell in found if not is_exceeded(cell)]


def _nearest(claim: Parts, paper: Contents, *, is_named: bool = True) -> list[TableCell]:
    """Cells that a claim is about, the best first, of about its quality."""
    found = (cell for view in paper.views for cell in view.cells(claim))
    cells = [cell for cell in found if _is_about(claim, cell, is_named=is_named)]
    cells.sort(key=lambda cell: -cell.quality)
    return [cell for cell in cells if cell.quality >= cells[0].quality - SAME_QUALITY]


def _decision(word: str, cell: TableCell) -> Decision:
    return Decision(word, f"the cell says {cell.text}", cell.evidence, cell.coverage)


def _as_near(
    number: Number, claim: Parts, best: TableCell, views: Sequence[View], *, is_named: bool = True
) -> list[TableCell]:
    """Cells of tables that agree in three digits or more and whose labels name as much as the best cell's."""
    if number.weight < LONG or number.kind == "difference":
        return []
    cells = (cell for view in views for cell in view.cells(claim, ALL) if cell.n_named >= best.n_named)
    return [cell for cell in cells if _is_about(claim, cell, is_named=is_named) and cell.states(number)]


def _can_deny(claim: Parts, best: TableCell, cells: Sequence[TableCell], paper: Contents) -> bool:
    """Whether cells are exact enough for a number, and the best holds all that the claim is about."""
    number, view = claim.numbers[0], best.view
    answers = [(cell.states(number), cell.n_named >= best.n_named) for cell in cells]
    if any(agrees is None or (agrees and is_as_near) for agrees, is_as_near in answers):
        return False
    lacking = [term for term in best.lacking if term.start not in claim.source]
    others = [other for other in paper.views if other is not view]
    if any(_is_elsewhere(term, best, paper) for term in lacking) or _as_near(number, claim, best, others):
        return False
    caption = ". ".join(view.table.caption.split(". ")[:2])
    says_so = re.match(r"[+−–-]", best.text) or says_difference(f"{caption} {best.quote}")
    is_same_kind = number.kind != "difference" or bool(says_so)
    is_counted = not number.noun or number.noun in best.words | view.context
    is_one_scale = number.weight > 1 and (abs(number.value) <= 1) == (abs(best.value) <= 1)
    return best.coverage >= PLENTY and is_same_kind and is_counted and is_one_scale


def _is_about(claim: Parts, cell: TableCell, *, is_named: bool) -> bool:
    """Whether a cell accounts for enough of a claim, and its names if `is_named`, with its kind of number."""
    is_count = any(number.kind in ("count", "ordinal") for number in claim.numbers)
    has_names = not (is_named and any(term.kind == "name:" for term in cell.lacking))
    is_score = any(number.kind == "score" and abs(number.value) <= 100 for number in claim.numbers)
    is_of_kind = not (is_count and cell.decimals > 0) and not (is_score and abs(cell.value) > 100)
    return cell.coverage >= ENOUGH and has_names and is_of_kind


def _is_elsewhere(term: Term, cell: TableCell, paper: Contents) -> bool:
    """Whether a term that a cell lacks is a language, or a size or setting that others have.

    A base model may go without its size.
    """
    is_other = term.among(cell.view.labels) or not term.among(paper.held)
    return (
        is_other if term.kind == "setting:" or "size:base" in term.names else term.kind in ("lang:", "size:")
    )


def _compared(claim: Parts, sides: Comparison, paper: Contents) -> Decision | None:
    """Compare the cells of one side with those of the other, row by row or column by column."""
    held = [
        (_holds(claim, sides, a, b), a, b) for view in paper.views for a, b in _opposed(claim, sides, view)
    ]
    nearness = [a.n_named + a.coverage + b.n_named + b.coverage for _, a, b in held]
    held = [each for each, near in zip(held, nearness, strict=True) if near >= max(nearness) - 0.1]
    if not held or (len({is_right for is_right, _, _ in held}) > 1 and not claim.gaps):
        return None
    is_right, a, b = max(held, key=lambda h: h[0])
    word = "supported" if is_right else "contradicted"
    evidence = replace(a.evidence, quote=f"{a.evidence.quote}; {b.quote}")
    return Decision(word, f"{a.text} against {b.text}", evidence, a.coverage)


def _opposed(claim: Parts, sides: Comparison, view: View) -> Iterator[tuple[TableCell, TableCell]]:
    """Cells of the two sides in the same row or column, with the most words of their labels in common."""
    left = _side(claim, sides.left, sides.right, sides.shared, view)
    right = _side(claim, sides.right, sides.left, sides.shared, view)
    if not {(c.row, c.column) for c in left}.isdisjoint((c.row, c.column) for c in right):
        return
    for b in right:
        beside = [a for a in left if (a.column == b.column) != (a.row == b.row)]
        most = max((len(a.words & b.words) for a in beside), default=0)
        yield from ((a, b) for a in beside if len(a.words & b.words) == most and a.value != b.value)


def _holds(claim: Parts, sides: Comparison, a: TableCell, b: TableCell) -> bool:
    """Whether one cell is above another as the claim says, and by as much; a lower loss is better."""
    is_loss = sides.is_quality and not _LOSSES.isdisjoint(a.words & b.words or a.view.context)
    gap, decimals = a.value - b.value, max(a.decimals, b.decimals)
    is_same = all(number.agrees(abs(gap), decimals) for number in claim.gaps)
    return gap * sides.sign * (-1 if is_loss else 1) > 0 and is_same


def _side(
    claim: Parts, side: Sequence[Term], other: Sequence[Term], shared: Sequence[Term], view: View
) -> list[TableCell]:
    """Cells that name what tells a side from the other, and lack the fewest of its terms."""
    own = own_terms(side, other)
    weighed = [replace(t, weight=t.weight + 3) if t in own else t for t in side]
    cells = [cell for cell in view.cells(claim.about(weighed, shared), 2.0) if _is_side(own, cell)]
    fewest = min((len(cell.lacking) for cell in cells), default=0)
    return [cell for cell in cells if len(cell.lacking) == fewest]


def _is_side(own: Sequence[Term], cell: TableCell) -> bool:
    """Whether the labels of a cell name what tells a side from the other."""
    view = cell.view
    named = sum(t.weight for t in own if view.matches(t, cell.words))
    elsewhere = sum(t.weight for t in own if not view.matches(t, cell.words) and view.matches(t, view.labels))
    unknown = sum(t.weight for t in own if not view.matches(t, view.labels | view.context))
    return named > elsewhere and named >= unknown


def make(options: Options) -> RulesVerifier:
    """Take no options."""
    return RulesVerifier()
