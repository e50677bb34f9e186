"""Report on a question or on claims: passages, verdicts and sources as HTML, Markdown, JSON and BibTeX."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Sequence
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any

from isogloss.display import counted
from isogloss.evidence.claims.replication import Joined, as_rows
from isogloss.evidence.documents import Document, Evidence
from isogloss.evidence.investigation import Checked, Investigation
from isogloss.evidence.numbers import numbers
from isogloss.identity import as_json
from isogloss.report.render import templates
from isogloss.writing import write_text

if TYPE_CHECKING:
    from jinja2 import Environment


WORDS = ("supported", "contradicted", "related", "not found")


def summary(found: Investigation) -> list[str]:
    """Counts in sentences."""
    papers, lines = len(found.collection.documents), []
    if found.question:
        n = len(found.answers)
        lines.append(
            f"Nearest passages: {n}, from {counted(papers, 'paper')}."
            if n
            else "No passage is near the question."
        )
    if found.claims:
        counts = Counter(claim.verdict.word for claim in found.claims)
        listed = ", ".join(f"{counts[word]} {word}" for word in WORDS)
        lines.append(
            f"{counted(len(found.claims), 'claim')} checked against {counted(papers, 'paper')}: {listed}."
        )
    elif found.question:
        lines.append("No claim was found in these passages.")
    return lines


def write_evidence(
    found: Investigation,
    folder: Path,
    formats: Sequence[str],
    *,
    method: Sequence[str] = (),
    joined: Sequence[Joined] = (),
) -> list[Path]:
    """Write ``evidence.html``, ``.md``, ``.json`` and ``.bib``, as `formats` says; each is whole or absent.

    Raises
    ------
    StoreError
        If the folder cannot be written.
    """
    title = found.question or "Claims and papers"
    given = {"report": found, "title": title, "summary": summary(found), "method": method, "joined": joined}
    make = {
        "html": lambda: str(_environment(html=True).get_template("evidence.html").render(given)),
        "md": lambda: _markdown(given),
        "json": lambda: json.dumps(_as_json(found, method, joined), indent=1, ensure_ascii=False) + "\n",
        "bibtex": lambda: "\n".join(map(_bibtex, count(1), found.collection.documents)),
    }
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for name in formats:
        path = folder / f"evidence.{'bib' if name == 'bibtex' else name}"
        write_text(path, make[name]())
        written.append(path)
    return written


def pieces(text: str, claim: str) -> list[tuple[str, bool]]:
    """A text in pieces; True for the numbers that the claim states."""
    values = {n.value for n in numbers(claim)}
    out, position = [], 0
    for match in re.finditer(r"\d[\d,]*(?:\.\d+)?", text):
        if float(match.group().replace(",", "")) in values:
            out += [(text[position : match.start()], False), (match.group(), True)]
            position = match.end()
    return [(part, is_marked) for part, is_marked in [*out, (text[position:], False)] if part]


def _markdown(given: dict[str, Any]) -> str:
    text = _environment(html=False).get_template("evidence.md").render(given)
    return re.sub(r"\n{3,}", "\n\n", str(text)).strip() + "\n"


def _environment(*, html: bool) -> Environment:
    environment = templates(escape=html)
    environment.filters["md"] = _markdown_text
    environment.globals["pieces"] = pieces
    return environment


_MARKDOWN_SIGNS = re.compile(r"([\\`*_{}\[\]()#+|~!>-])")


def _markdown_text(text: object) -> str:
    """Text that Markdown shows as it is: on one line, its signs escaped, angle brackets as entities."""
    line = re.sub(r"\s+", " ", str(text)).replace("&", "&amp;").replace("<", "&lt;")
    return _MARKDOWN_SIGNS.sub(r"\\\1", line)


def _bibtex(number: int, document: Document) -> str:
    fields = {
        "title": document.title,
        "author": " and ".join(document.authors),
        "year": str(document.year or ""),
        "booktitle": document.venue,
        "url": document.source if document.source.startswith("http") else "",
    }
    escaped = {name: re.sub(r"([&%$#_{}~^\\])", r"\\\1", value) for name, value in fields.items() if value}
    key = f"{number}-" + re.sub(r"[^A-Za-z0-9]+", "-", document.id).strip("-")
    return "\n".join(
        [f"@misc{{{key},", *(f"  {name} = {{{value}}}," for name, value in escaped.items()), "}", ""]
    )


def _as_json(found: Investigation, method: Sequence[str], joined: Sequence[Joined]) -> Any:
    fields = ("id", "title", "authors", "year", "source", "full_text")
    return {
        "question": found.question,
        "method": list(method),
        "answers": [_shown(each) for each in found.answers],
        "claims": [_claim(claim) for claim in found.claims],
        "runs": as_rows(joined),
        "review": as_json(found.review()),
        "documents": [{name: getattr(d, name) for name in fields} for d in found.collection.documents],
        "skipped": as_json(found.collection.skipped),
    }


def _claim(claim: Checked) -> dict[str, Any]:
    verdict = claim.verdict
    nearest = _shown(verdict.shown[0]) if verdict.shown and verdict.word != "not found" else {}
    return {
        "id": claim.id,
        "text": claim.text,
        "verdict": verdict.word,
        **{name: nearest.get(name) for name in ("document", "place", "quote")},
        "reason": verdict.reason,
        "stated_in": claim.stated_in or None,
        "passages": [_shown(each) for each in verdict.shown],
    }


def _shown(each: Evidence) -> dict[str, str]:
    passage = each.passage
    return {"document": passage.document, "place": passage.place, "quote": each.quote, "text": passage.text}
