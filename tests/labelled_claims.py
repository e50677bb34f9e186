"""The labelled claims: papers as files, and every claim's verdict beside the one it should get."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

import yaml

from isogloss.evidence.documents import read_folder
from isogloss.evidence.index import Index
from isogloss.evidence.verify import Query, Verdict, verify
from render_pdf import render

SETS = Path(__file__).resolve().parent / "golden" / "evidence"


@dataclass(frozen=True)
class Case:
    """One claim on one set of papers.

    Parameters
    ----------
    text, kind : str
    expected : str
        ``"not found"`` where the paper that it is about was left out.
    verdict : Verdict
    """

    text: str
    kind: str
    expected: str
    verdict: Verdict

    @property
    def is_right(self) -> bool:
        """Whether the verdict is the expected one."""
        return self.verdict.word == self.expected


def papers(half: str, folder: Path) -> Path:
    """Copy the papers of one set to `folder`, those in PDF typeset."""
    for path in sorted((SETS / half).iterdir()):
        if path.name.endswith(".pdf.txt"):
            render(path, folder / path.name.removesuffix(".txt"))
        elif path.name.endswith(".columns.txt"):
            render(path, folder / path.name.replace(".columns.txt", ".pdf"), n_columns=2)
        elif path.name != "claims.yaml":
            shutil.copy(path, folder / path.name)
    return folder


def long_papers(folder: Path, n_papers: int = 20, n_pages: int = 50, words_a_page: int = 500) -> Path:
    """Papers that repeat the body of a short one with other numbers, as text."""
    body = (SETS / "tuning" / "stagewise.txt").read_text(encoding="utf-8").partition("Abstract")[2]
    n_copies = round(n_pages * words_a_page / len(body.split()))
    for i in range(n_papers):
        parts = "\n\n".join(body.replace("83.1", f"{60 + i}.{j % 10}") for j in range(n_copies))
        (folder / f"{i}.txt").write_text(f"Paper {i}\n\n{parts}", encoding="utf-8")
    return folder


def cases(half: str, folder: Path) -> tuple[list[Case], list[Case]]:
    """Verify every claim of one set on its papers, and on all but the one that it is about."""
    index = Index(read_folder(papers(half, folder)))
    claims = yaml.safe_load((SETS / half / "claims.yaml").read_text(encoding="utf-8"))["claims"]
    whole = [
        Case(claim["text"], claim["kind"], claim["verdict"], verify(Query(claim["text"]), index))
        for claim in claims
    ]
    without = [
        Case(
            claim["text"],
            claim["kind"],
            "not found",
            verify(Query(claim["text"]), index, without=(claim["paper"],)),
        )
        for claim in claims
    ]
    return whole, without
