"""Designs of a study that leave nothing to test or to compare are refused before anything is trained."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from itertools import product

from isogloss.analysis.design import LEAST, free_directions, missing_columns
from isogloss.errors import FieldError
from isogloss.scores.effectiveness import MEASURES, PLAIN_AGGREGATOR


def faults_of_measure(
    name: str, baselines: Collection[str], unscored: Sequence[str], aggregators: Collection[str]
) -> Iterator[FieldError]:
    """Say what a design lacks of what a measure of effectiveness compares.

    Parameters
    ----------
    name : str
        Of a measure in `MEASURES`.
    baselines : collection of str
        Baselines of the intermediate stage.
    unscored : sequence of str
        Source languages that are not scored on every task.
    aggregators : collection of str
        Names as in the score table; empty where none could be read.
    """
    if name == "fusion_gain" and aggregators and not {PLAIN_AGGREGATOR} < {*aggregators}:
        hint = f"add both to the aggregators: '{PLAIN_AGGREGATOR}' and another"
        yield FieldError(f"'{name}' compares an aggregator with '{PLAIN_AGGREGATOR}'", hint=hint)
    if MEASURES[name].needs_source_score and unscored:
        hint = f"add {', '.join(unscored)} to the targets"
        yield FieldError(f"'{name}' needs the score in the source language", hint=hint)
    baseline = MEASURES[name].needs_baseline
    if baseline not in {None, *baselines}:
        hint = "add it to intermediate.baselines, or choose another measure"
        yield FieldError(f"'{name}' needs the baseline '{baseline}'", hint=hint)


ALLOWED = "at least 3 zero-shot targets of one source, 4 languages each to each, or 2 x 3 different languages"


def fault_of_design(
    sources: Sequence[str], intermediates: Sequence[str] | None, targets: Sequence[str]
) -> FieldError | None:
    """Say why no distance could be tested, whatever the scores turn out to be; None where one could.

    Parameters
    ----------
    sources, targets : sequence of str
        Language ids.
    intermediates : sequence of str or None
        Languages of an intermediate stage. Every source is then a design of its own, of intermediate and
        target languages.
    """
    if intermediates is None:
        designs = [{(row, target) for row, target in product(sources, targets) if row != target}]
    else:
        designs = [
            {
                (row, target)
                for row, target in product(intermediates, targets)
                if len({row, target, source}) == 3
            }
            for source in sources
        ]
    if any(free_directions(pairs) >= LEAST for pairs in designs):
        return None
    pairs = max(designs, key=len, default=set())
    n_rows, n_columns = (len({pair[side] for pair in pairs}) for side in (0, 1))
    left = "has one way to vary, and every permutation of the languages fits as well"
    more = missing_columns(pairs) if pairs else None
    addition = f"add {more} target language{'s' * (more > 1)}" if more else "add languages"
    return FieldError(
        f"the study's language pairs leave nothing to test: {len(pairs)} zero-shot pairs ({n_rows} x "
        f"{n_columns} languages). Once row and column effects are removed, a symmetric distance over these "
        f"pairs {left if free_directions(pairs) else 'cannot vary'}",
        allowed=ALLOWED,
        hint=f"{addition}, or set analysis.distances to none to get scores only",
    )
