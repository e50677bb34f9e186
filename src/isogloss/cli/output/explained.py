"""Facts behind the distances between two languages, in the terminal."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

import click

from isogloss.cli.output.distances import of_those_defined, print_aligned, print_notes
from isogloss.cli.output.tables import print_csv, print_json
from isogloss.distances import DISTANCES, FACTS, independent
from isogloss.distances.matrix import Fact
from isogloss.distances.metrics import composite
from isogloss.errors import closest
from isogloss.languages import Language, resolve_all, two_readings


def explain(codes: Sequence[str], metrics: Sequence[str], definition: str, style: str) -> None:
    """Print what the distances between two languages are made of."""
    a, b = resolve_all(codes)
    print_notes(two_readings((a, b)))
    explained = [name for name in FACTS if name != composite.NAME]  # which is made of other distances
    for name in metrics:
        if name not in explained:
            raise click.UsageError(f"nothing to explain of '{name}': {closest(name, explained)}")
    facts = of_those_defined(metrics, independent(), lambda name: FACTS[name](a, b, definition))
    print_notes(note for name in facts for note in DISTANCES[name]((a, b), definition).notes)
    if style == "table":
        for name, found in facts.items():
            _explain(name, a, b, found)
        return
    pair = {"source": a.input, "target": b.input}
    rows = [
        {**pair, "metric": name, "fact": fact.name, "of_source": fact.a, "of_target": fact.b}
        for name, found in facts.items()
        for fact in found
    ]
    print_json(rows) if style == "json" else print_csv(rows)


def _explain(name: str, a: Language, b: Language, facts: Sequence[Fact]) -> None:
    by_known: dict[tuple[bool, bool], list[Fact]] = defaultdict(list)
    for fact in facts:
        by_known[fact.a is not None, fact.b is not None].append(fact)
    known = by_known[True, True]
    differ = [fact for fact in known if fact.a != fact.b]
    click.echo(f"{name}: {len(known) - len(differ)} facts agree, {len(differ)} differ")
    print_aligned(
        lambda: ({"fact": fact.name, a.input: str(fact.a), b.input: str(fact.b)} for fact in differ)
    )
    for whom, unknown in (
        (a.input, by_known[False, True]),
        (b.input, by_known[True, False]),
        ("both", by_known[False, False]),
    ):
        if unknown:
            click.echo(f"unknown for {whom} ({len(unknown)}): {', '.join(fact.name for fact in unknown)}")
    if any(value.endswith("*") for fact in facts for value in (fact.a, fact.b) if value):
        click.echo("* not on record: what the definition puts in its place")
    click.echo()
