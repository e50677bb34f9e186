"""``isogloss evidence``: a question and papers in, claims with verdicts and passages out."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import click

from isogloss.cli.options import trust_option

if TYPE_CHECKING:
    from isogloss.evidence.base import Collection
    from isogloss.evidence.investigation import Investigation

NAME = "evidence"


@click.command(NAME)
@click.argument("question")
@click.option("--papers", type=click.Path(path_type=Path), help="Folder of PDF, TeX, HTML or text files.")
@click.option("--search", help="Indexes to search, with commas: acl, arxiv, openalex, semanticscholar.")
@click.option("--out", type=click.Path(path_type=Path), default=Path("out/evidence"), show_default=True)
@click.option(
    "--runs", type=click.Path(path_type=Path), multiple=True, help="Output folder of a study; repeatable."
)
@click.option("--extractor", default="rules", show_default=True, help="What extracts the claims.")
@click.option("--encoder", help="Find passages by the states of this encoder too.  [default: BM25 alone]")
@trust_option
def evidence(
    question: str,
    papers: Path | None,
    search: str | None,
    out: Path,
    runs: tuple[Path, ...],
    extractor: str,
    encoder: str | None,
    trust_remote_code: bool,
) -> None:
    """Extract the claims that papers make about QUESTION, and verify them on the papers' own passages."""
    if not question.strip():
        raise click.UsageError("the question is empty")
    if papers is None and search is None:
        raise click.UsageError("name a folder with --papers, or indexes with --search")
    from datetime import UTC, datetime

    from isogloss.cli.claims import records_folder
    from isogloss.cli.monitor import planning
    from isogloss.evidence.claims import claims_on_record
    from isogloss.evidence.extractors.base import EXTRACTORS
    from isogloss.evidence.index import Index
    from isogloss.evidence.investigation import investigate
    from isogloss.evidence.runs import join_runs
    from isogloss.report.evidence import write_evidence
    from isogloss.study.folder import scores_of

    chosen = EXTRACTORS[extractor]
    records = claims_on_record(records_folder())
    joined = join_runs(records, scores_of(runs)) if runs else ()
    collection, method = _collect(question, papers, search, out)
    vectors = None
    if encoder:
        from isogloss.modeling.text_vectors import text_vectors

        vectors = text_vectors(encoder, trust_remote_code=trust_remote_code)
    with planning("verifying"):
        index = Index(collection, vectors)
        found = investigate(
            question,
            index,
            records,
            chosen,
            year=datetime.now(UTC).year,
            joined=joined,
            method=[
                *method,
                f"Claims were extracted by '{extractor}' from the passages that are nearest to the question.",
                "Passages for a claim were found by BM25"
                + (f" and by the states of {encoder}." if encoder else "."),
                "Number, task, model, method, metric, language and training language were compared each "
                "by itself.",
            ],
        )
        files = write_evidence(found, out)
    _show(found)
    click.echo(f"report: {files.html}")


def _collect(
    question: str, papers: Path | None, search: str | None, out: Path
) -> tuple[Collection, list[str]]:
    """The papers of the folder and of the indexes, and how they were found."""
    from isogloss.cli.monitor import planning
    from isogloss.evidence.base import Collection
    from isogloss.evidence.documents import read_folder
    from isogloss.evidence.search import search_papers

    parts: list[Collection] = []
    method: list[str] = []
    if papers is not None:
        with planning("reading papers"):
            parts.append(read_folder(papers))
        method.append(f"{len(parts[-1].documents)} papers were read from {papers.name}.")
    if search is not None:
        names = [name.strip() for name in search.split(",") if name.strip()]
        with planning("searching"):
            parts.append(search_papers(question, names, out / "cache"))
        method.append(f"{len(parts[-1].documents)} papers were found in {', '.join(names)}.")
    joined = Collection(
        tuple(document for part in parts for document in part.documents),
        tuple(skipped for part in parts for skipped in part.skipped),
    )
    for skipped in joined.skipped:
        click.echo(f"skipped {skipped.source}: {skipped.reason}", err=True)
    return joined, method


def _show(found: Investigation) -> None:
    """Verdicts in a table, the answer's counts above."""
    from rich import box
    from rich.console import Console
    from rich.table import Table

    counts = Counter(claim.verdict.word for claim in found.claims)
    n_passages = len(found.collection.passages)
    click.echo(
        f"{len(found.collection.documents)} papers, {n_passages} passages, {len(found.claims)} claims: "
        f"{counts['supported']} supported, {counts['contradicted']} contradicted, "
        f"{counts['not found']} not found"
    )
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for heading in ("claim", "stated in", "verdict", "conf."):
        table.add_column(heading)
    from rich.text import Text

    decided = [claim for claim in found.claims if claim.verdict.word != "not found"]
    for claim in decided[:20]:
        where = claim.document or (claim.record.source if claim.record else "")
        table.add_row(Text(claim.text), Text(where), claim.verdict.word, f"{claim.verdict.confidence:.2f}")
    if decided:
        Console().print(table)
    if len(decided) > 20:
        click.echo(f"and {len(decided) - 20} more that are supported or contradicted, in the report")


COMMAND = evidence
