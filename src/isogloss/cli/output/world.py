"""The built-in world in the terminal: what it holds, samples, and its overlaps next to the distances."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice

import click
import numpy as np
from numpy.typing import NDArray
from rich.console import Console
from rich.table import Table

from isogloss.cli.output.tables import plain_table
from isogloss.languages import resolve, resolve_all
from isogloss.tasks.base import TASKS
from isogloss.world.design import Row
from isogloss.world.generator import SentencePair, grammar_hash, pairs, say_pair, sentences
from isogloss.world.grammar_file import GRAMMARS
from isogloss.world.overlap import (
    RankCorrelation,
    common_order,
    common_subwords,
    rank_correlations,
    sample_text,
)
from isogloss.world.roster import FRAMES, PERSONS, PLACES, YEARS
from isogloss.world.task import SIZES

SUBWORDS, ORDER = "subwords", "order"
DISTANCE_METRICS = ("syntactic", "genetic", "geographic", "inventory", "phonological", "featural")
N_SEARCHED = 400
LABELS = {"entailment": "1, the same", "contradiction": "0, roles swapped"}


def print_world() -> None:
    """Languages, frames, sizes, and one pair of every language."""
    click.echo("The built-in world: a simulation whose mechanisms we wrote; it tests the pipeline and shows")
    click.echo("what it can detect.")
    click.echo(
        f"{len(GRAMMARS)} languages, {len(FRAMES)} frames, {len(PERSONS)} persons, {len(PLACES)} places, "
        f"years {YEARS[0]} to {YEARS[-1]}; grammars {grammar_hash()[:12]}"
    )
    console = Console(highlight=False)
    console.print(f"tasks: {', '.join(name for name in TASKS if name.startswith('mini-'))}")
    click.echo("rows: " + ", ".join(f"{split} {size:,}" for split, size in SIZES.items()) + " per language\n")
    console.print(_languages())
    console.print()
    console.print(_frames())
    click.echo("\nA pair of mini-paws in each language: sentences, what the first says, label")
    for i, language in enumerate(GRAMMARS):
        _print_pair(language, next(islice(pairs(language, "validation", len(GRAMMARS)), i, None)))


def print_language(language: str) -> None:
    """One pair of every frame in one language, and the words of one sentence with their labels."""
    grammar = GRAMMARS[language]
    click.echo(f"{grammar.title}: a pair of mini-paws for each frame; sentences, what the first says, label")
    for row in _one_of_each_frame(language):
        _print_pair(language, say_pair(language, "train", row))
    _, sentence = next(sentences(language, "train", 1))
    click.echo("\nThe words of a sentence with the labels of mini-pos and mini-ner")
    click.echo("  " + " ".join(f"{word.text}/{word.upos}/{word.bio}" for word in sentence.words))


def print_overlap(language: str | None) -> None:
    """Overlaps of languages and their distances, and how closely the two go together."""
    from isogloss.distances import distance_matrices
    from isogloss.modeling.tokenizer_file import subword_frequencies

    names = list(GRAMMARS)
    frequencies = [subword_frequencies(sample_text(name)) for name in names]
    overlaps = {SUBWORDS: common_subwords(frequencies), ORDER: common_order(names)}
    matrices = distance_matrices(resolve_all(names), DISTANCE_METRICS)
    distances = {metric: matrix.values for metric, matrix in matrices.items()}
    console = Console(highlight=False)
    console.print(_overlap_table(names, language, overlaps | distances))
    console.print(
        f"{SUBWORDS}: share of running text that is the same subwords under the built-in tokenizer; "
        f"{ORDER}: agreement in the order of roles and predicate, over all frames. The others are URIEL's "
        "distances; - is unknown.\n"
    )
    correlations = rank_correlations(overlaps, distances | {f"overlap: {ORDER}": overlaps[ORDER]})
    console.print(_correlation_table(correlations))
    console.print(f"\n{meaning(correlations)}")


def meaning(correlations: Sequence[RankCorrelation]) -> str:
    """Say what the strongest correlation of an overlap with a distance means for an analysis."""
    known = [each for each in correlations if each.distance in DISTANCE_METRICS and np.isfinite(each.rho)]
    if not known:
        return "No overlap can be held against a distance: too few pairs of languages are known."
    strongest = max(known, key=lambda each: abs(each.rho))
    return (
        f"In this world {strongest.overlap} and {strongest.distance} distance go together (rho = "
        f"{strongest.rho:+.2f}, {strongest.n_pairs} pairs): a relation of transfer with distance may be one "
        "with overlap, and only languages of which one is changed while the other stays, such as the "
        "enciphered and the scrambled ones of the control study, can tell the two apart."
    )


def _languages() -> Table:
    table = plain_table("language", "", "family", "script", "patterns", right={"patterns"})
    for tag, grammar in GRAMMARS.items():
        language = resolve(tag)
        n_patterns = sum(len(patterns) for patterns in grammar.realisations.values())
        table.add_row(tag, grammar.title, language.top_family or "-", language.script or "-", str(n_patterns))
    return table


def _frames() -> Table:
    table = plain_table("frame", "says", "training rows")
    for frame in FRAMES.values():
        table.add_row(frame.id, frame.gloss, "no: held out" if frame.held_out else "yes")
    return table


def _one_of_each_frame(language: str) -> Iterator[Row]:
    missing = set(FRAMES)
    for pair in pairs(language, "train", N_SEARCHED, frames="all"):
        if pair.row.proposition.frame in missing:
            missing.remove(pair.row.proposition.frame)
            yield pair.row


def _print_pair(language: str, pair: SentencePair) -> None:
    click.echo(f"{language}  {pair.first.text}")
    click.echo(f"    {pair.second.text}")
    click.echo(f"      {pair.row.proposition.gloss}; {LABELS[pair.row.relation]}")


def _overlap_table(
    names: Sequence[str], language: str | None, columns: Mapping[str, NDArray[np.float64]]
) -> Table:
    title = f"{GRAMMARS[language].title} and" if language else "Means over the other languages"
    table = plain_table("", *columns, right=set(columns), title=title)
    for i, name in enumerate(names):
        if language is None:
            others = [j for j in range(len(names)) if j != i]
            values = [_mean(matrix[i, others]) for matrix in columns.values()]
        elif name == language:
            continue
        else:
            values = [float(matrix[names.index(language), i]) for matrix in columns.values()]
        table.add_row(name, *map(_number, values))
    return table


def _correlation_table(correlations: Sequence[RankCorrelation]) -> Table:
    overlaps = list(dict.fromkeys(each.overlap for each in correlations))
    table = plain_table("Spearman's rho over pairs", *overlaps, "pairs", right={*overlaps, "pairs"})
    for distance in dict.fromkeys(each.distance for each in correlations):
        found = {each.overlap: each for each in correlations if each.distance == distance}
        n_pairs = max(each.n_pairs for each in found.values())
        same = f"overlap: {ORDER}"
        cells = [
            "" if same == distance and name == ORDER else _number(found[name].rho, "+") for name in overlaps
        ]
        table.add_row(distance, *cells, str(n_pairs))
    return table


def _mean(values: NDArray[np.float64]) -> float:
    known = values[np.isfinite(values)]
    return float(known.mean()) if known.size else float("nan")


def _number(value: float, sign: str = "") -> str:
    return f"{value:{sign}.2f}" if np.isfinite(value) else "-"
