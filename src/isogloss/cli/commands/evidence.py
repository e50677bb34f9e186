"""``isogloss evidence``: a question or claims, and papers in; passages and verdicts out."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from textwrap import shorten
from typing import TYPE_CHECKING, Any

import click

from isogloss.cli.options import PATH, listed, needs_extra
from isogloss.errors import closest

if TYPE_CHECKING:
    from isogloss.evidence.documents import Collection
    from isogloss.evidence.investigation import Investigation

NAME = "evidence"
FORMATS = ("html", "md", "json", "bibtex")


@click.command(NAME)
@click.argument("question", required=False)
@click.option("--papers", type=PATH, help="Folder of PDF, TeX, HTML, Markdown or text files.")
@click.option("--search", help="Comma-separated indexes to search: acl, arxiv, openalex, semanticscholar.")
@click.option("--claims", type=PATH, help="YAML file of claims to check.")
@click.option("--verifier", default="rules", metavar="NAME", help="rules, bm25, nli:MODEL or openai:MODEL.")
@click.option(
    "--base-url",
    default="",
    show_default=False,
    help="Address of the endpoint for openai:MODEL, such as http://localhost:8000/v1.",
)
@click.option(
    "--records", is_flag=True, help="Check the built-in claims too, also those that do not fit the question."
)
@click.option("--runs", type=PATH, multiple=True, help="Output folder of a study; repeatable.")
@click.option("--format", "formats", default="html,md,json", help="Comma-separated: html, md, json, bibtex.")
@click.option("--out", type=PATH, default=Path("out/evidence"))
@needs_extra("evidence")
def evidence(
    question: str | None,
    papers: Path | None,
    search: str | None,
    claims: Path | None,
    runs: tuple[Path, ...],
    formats: str,
    out: Path,
    **checking: Any,
) -> None:
    """Show the passages that answer QUESTION, and check claims against papers.

    Without --claims, claims are extracted from the passages and checked against the other papers.
    """
    chosen, asked = _formats(formats), (question or "").strip()
    if not asked and claims is None:
        raise click.UsageError("give a question, or a file of claims with --claims")
    if papers is None and search is None:
        raise click.UsageError("name a folder with --papers, or indexes with --search")
    if search is not None and not listed(search):
        raise click.UsageError("--search names no index: acl, arxiv, openalex or semanticscholar")
    if search is not None and not asked:
        raise click.UsageError("--search needs a question")
    if checking["base_url"] and not checking["verifier"].startswith("openai"):
        raise click.UsageError("--base-url goes with --verifier openai:MODEL")
    from isogloss.cli.output.claims import RECORDS
    from isogloss.cli.output.monitor import planning
    from isogloss.evidence.claims.records import claims_on_record, read_claims
    from isogloss.evidence.claims.replication import join_runs
    from isogloss.evidence.investigation import investigate
    from isogloss.evidence.verifiers.base import NOT_MEASURED, Options, make_verifier
    from isogloss.report.evidence import write_evidence
    from isogloss.study.outputs.output import check_folder
    from isogloss.study.outputs.sweeps import runs_of

    check_folder(out, "--out")
    checker = make_verifier(checking["verifier"], Options(base_url=checking["base_url"]))
    own = read_claims(claims) if claims is not None else None
    on_record = claims_on_record(RECORDS)
    joined = join_runs(on_record, *runs_of(runs)) if runs else ()
    collection, method = _collect(question or "", papers, search, out)
    with planning("verifying"):
        found = investigate(
            asked, collection, checker, claims=own, records=on_record, all_records=checking["records"]
        )
    measured = getattr(checker, "measured", NOT_MEASURED)
    method.append(f"Claims were checked by '{checking['verifier']}'. {measured}")
    files = write_evidence(found, out, chosen, method=method, joined=joined)
    _show(found)
    if found.claims:
        click.echo(measured)
    click.echo("written: " + ", ".join(str(path) for path in files))


def _formats(text: str) -> Sequence[str]:
    names = listed(text)
    wrong = [name for name in names if name not in FORMATS]
    if wrong or not names:
        raise click.UsageError(f"--format '{text}': {closest(wrong[0] if wrong else '', FORMATS)}")
    return names


def _collect(
    question: str, papers: Path | None, search: str | None, out: Path
) -> tuple[Collection, list[str]]:
    """Read the papers of the folder and of the indexes; say how they were found."""
    from isogloss.cli.output.monitor import planning
    from isogloss.display import counted
    from isogloss.evidence.documents import Collection
    from isogloss.evidence.reading import read_folder
    from isogloss.evidence.search import search_papers

    parts: list[Collection] = []
    method: list[str] = []
    if papers is not None:
        with planning("reading papers"):
            parts.append(read_folder(papers))
        method.append(f"{counted(len(parts[-1].documents), 'paper')} read from {papers.resolve().name}.")
    if search is not None:
        names = listed(search)
        with planning("searching"):
            parts.append(search_papers(question, names, out / "cache"))
        method.append(f"{counted(len(parts[-1].documents), 'paper')} found in {', '.join(names)}.")
    joined = Collection(
        tuple(document for part in parts for document in part.documents),
        tuple(skipped for part in parts for skipped in part.skipped),
    )
    for skipped in joined.skipped:
        click.echo(f"skipped {skipped.source}: {skipped.reason}", err=True)
    return joined, method


def _show(found: Investigation) -> None:
    """Passages first, then verdicts with what decided them."""
    from isogloss.cli.output.tables import plain_table, terminal
    from isogloss.report.evidence import summary

    for each in found.answers[:5]:
        terminal().print(f"- {shorten(each.quote, 300, placeholder=' ...')} ({each.passage.where})")
    for line in summary(found):
        click.echo(line)
    if not found.claims:
        return
    table = plain_table("verdict", "claim", "because", whole=("verdict",))
    for claim in found.claims[:20]:
        word, because = claim.verdict.word, claim.verdict.reason
        if claim.verdict.shown and word != "not found":
            because += ("; nearest: " if word == "related" else ": ") + claim.verdict.shown[0].passage.where
        table.add_row(word, shorten(claim.text, 160, placeholder=" ..."), because)
    terminal().print(table)
    if len(found.claims) > 20:
        click.echo(f"and {len(found.claims) - 20} more in the report")


COMMAND = evidence
