"""The report on a question: claims, verdicts and passages as HTML, Markdown and JSON."""

from __future__ import annotations

import itertools
import json
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from isogloss.evidence.base import Document, Passage
from isogloss.evidence.investigation import Assessed, Investigation
from isogloss.evidence.rubrics.base import Review, Total, review, total
from isogloss.evidence.runs import as_rows
from isogloss.report.render import number, templates, to_json
from isogloss.study.store import write_text

if TYPE_CHECKING:
    from jinja2 import Environment


@dataclass(frozen=True)
class CitedPassage:
    """A passage that the report quotes, with the spans to mark.

    Parameters
    ----------
    number : int
        Its anchor is ``passage-`` and this number.
    passage : Passage
    document : Document
    pieces : tuple of (str, bool)
        The text in pieces; True where a claim rests on it.
    """

    number: int
    passage: Passage
    document: Document
    pieces: tuple[tuple[str, bool], ...]


@dataclass(frozen=True)
class EvidencePage:
    """What the report says, decided here and nowhere in a template."""

    evidence: Investigation
    summary: tuple[str, ...]
    limitations: tuple[str, ...]
    passages: tuple[CitedPassage, ...]
    reviews: tuple[Review, ...]
    total: Total | None

    def number(self, passage: Passage) -> int:
        """Number of a cited passage."""
        return next(each.number for each in self.passages if each.passage.id == passage.id)


@dataclass(frozen=True)
class EvidenceFiles:
    """Where the report stands."""

    html: Path
    markdown: Path
    json: Path


def write_evidence(evidence: Investigation, folder: Path) -> EvidenceFiles:
    """Write ``evidence.html``, ``evidence.md`` and ``evidence.json``; each is whole or absent.

    Raises
    ------
    StoreError
        If the folder cannot be written.
    """
    page = evidence_page(evidence)
    files = EvidenceFiles(*(folder / name for name in ("evidence.html", "evidence.md", "evidence.json")))
    html, markdown = render_html(page), render_markdown(page)
    write_text(files.json, json.dumps(_as_json(evidence), indent=1, ensure_ascii=False) + "\n")
    write_text(files.markdown, markdown)
    write_text(files.html, html)
    return files


def evidence_page(evidence: Investigation) -> EvidencePage:
    """Decide what the report says."""
    reviews = review(evidence)
    return EvidencePage(
        evidence, _summary(evidence), _limitations(evidence), _cited(evidence), reviews, total(reviews)
    )


def render_html(page: EvidencePage) -> str:
    """One self-contained page; what comes from a paper or a user is escaped, and nothing is fetched."""
    template = _environment(html=True).get_template("evidence.html")
    return str(template.render(page=page, evidence=page.evidence))


def render_markdown(page: EvidencePage) -> str:
    """The same as Markdown; what could be read as markup is escaped."""
    text = _environment(html=False).get_template("evidence.md").render(page=page, evidence=page.evidence)
    return re.sub(r"\n{3,}", "\n\n", str(text)).strip() + "\n"


def _environment(*, html: bool) -> Environment:
    environment = templates(escape=html)
    environment.filters |= {"number": number, "md": _markdown_text, "checks": _checks}
    return environment


_MARKDOWN_SIGNS = re.compile(r"([\\`*_{}\[\]()#+|~!>-])")


def _markdown_text(text: object) -> str:
    """Text that Markdown shows as it is: on one line, its signs escaped, angle brackets as entities."""
    line = " ".join(str(text).split()).replace("&", "&amp;").replace("<", "&lt;")
    return _MARKDOWN_SIGNS.sub(r"\\\1", line)


def _checks(claim: Assessed) -> str:
    """What agrees and what differs in the passage that decided."""
    if not claim.verdict.evidence:
        return ""
    checks = claim.verdict.evidence[0].checks
    parts = [
        f"{word.replace('_', ' ')} {check}"
        for word, check in sorted(checks.items())
        if check != "not claimed"
    ]
    return ", ".join(parts)


def _summary(evidence: Investigation) -> tuple[str, ...]:
    counts = Counter(claim.verdict.word for claim in evidence.claims)
    n = len(evidence.claims)
    papers = len(evidence.collection.documents)
    lines = [
        f"{n} {_plural('claim', n)} against {papers} {_plural('paper', papers)}: "
        f"{counts['supported']} supported, "
        f"{counts['contradicted']} contradicted, {counts['not found']} not found.",
    ]
    disputed = sum(not group.agree for group in evidence.groups)
    if evidence.groups:
        lines.append(
            f"{len(evidence.groups)} results are stated by more than one paper; "
            f"on {disputed} of them they disagree."
        )
    if evidence.joined:
        ours = Counter(each.verdict for each in evidence.joined)
        lines.append(
            "Our runs: " + ", ".join(f"{count} {word}" for word, count in sorted(ours.items())) + "."
        )
    return tuple(lines)


def _limitations(evidence: Investigation) -> tuple[str, ...]:
    abstracts = sum(not document.full_text for document in evidence.collection.documents)
    lines = [
        "A verdict is about these papers' text alone. Not found means that no passage states it, not that "
        "it is false.",
        "Claims and passages are read by rules. They know the tasks, models, metrics and languages of their "
        "vocabulary; "
        "figures are not read, and tables only where their cells can be told apart.",
        "An extracted claim is held against the other papers, a claim on record against all.",
    ]
    if evidence.n_extracted > (own := sum(claim.record is None for claim in evidence.claims)):
        lines.append(f"{evidence.n_extracted} claims were extracted; the {own} most relevant were verified.")
    if abstracts:
        lines.append(f"{abstracts} {_plural('paper', abstracts)} could be read as an abstract only.")
    if evidence.collection.skipped:
        lines.append(
            f"{len(evidence.collection.skipped)} sources were skipped; they are listed with the references."
        )
    return tuple(lines)


def _plural(word: str, n: int) -> str:
    return word if n == 1 else f"{word}s"


def _cited(evidence: Investigation) -> tuple[CitedPassage, ...]:
    spans: dict[str, list[tuple[int, int]]] = {}
    passages: dict[str, Passage] = {}
    for claim in evidence.claims:
        if claim.passage is not None:
            passages[claim.passage.id] = claim.passage
            spans.setdefault(claim.passage.id, []).append(claim.span)
        for each in claim.verdict.evidence:
            passages[each.passage.id] = each.passage
            spans.setdefault(each.passage.id, []).append((each.start, each.end))
    return tuple(
        CitedPassage(
            i, passage, evidence.collection.document(passage.document), _pieces(passage.text, spans[id])
        )
        for i, (id, passage) in enumerate(passages.items(), start=1)
    )


def _pieces(text: str, spans: Sequence[tuple[int, int]]) -> tuple[tuple[str, bool], ...]:
    marked = [False] * len(text)
    for start, end in spans:
        marked[start:end] = [True] * (end - start)
    cuts = [0, *(i for i in range(1, len(text)) if marked[i] != marked[i - 1]), len(text)]
    return tuple((text[a:b], marked[a]) for a, b in itertools.pairwise(cuts) if b > a)


def _as_json(evidence: Investigation) -> Any:
    """Claims, verdicts and sources; of the passages only what is quoted."""
    return {
        "question": evidence.question,
        "method": list(evidence.method),
        "claims": [
            {
                "id": claim.id,
                "text": claim.text,
                "document": claim.document,
                "source": claim.record.source if claim.record else None,
                "verdict": claim.verdict.word,
                "confidence": claim.verdict.confidence,
                "evidence": [
                    {
                        "document": each.passage.document,
                        "passage": each.passage.id,
                        "place": str(each.passage.place),
                        "quote": each.quote,
                        "relation": each.relation,
                        "stated": each.stated,
                        "closeness": each.closeness,
                        "checks": dict(each.checks),
                    }
                    for each in claim.verdict.evidence
                ],
            }
            for claim in evidence.claims
        ],
        "groups": [
            {"about": group.about, "agree": group.agree, "claims": [claim.id for claim in group.claims]}
            for group in evidence.groups
        ],
        "runs": as_rows(evidence.joined),
        "review": [to_json(each) for each in review(evidence)],
        "documents": [
            {
                "id": document.id,
                "title": document.title,
                "authors": list(document.authors),
                "year": document.year,
                "source": document.source,
                "sha256": document.sha256,
                "full_text": document.full_text,
            }
            for document in evidence.collection.documents
        ],
        "skipped": [to_json(each) for each in evidence.collection.skipped],
    }
