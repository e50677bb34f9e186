"""Small score tables for the tests of effectiveness and analysis."""

from isogloss.scores.table import ScoreRow, ScoreTable


def cell(
    target, score, *, intermediate=None, source="en", seed=0, aggregator="last", chance=0.5, encoder="mini"
):
    """One cell of a paraphrase task; the intermediate task is ``panx``."""
    return ScoreRow(
        task="pawsx",
        encoder=encoder,
        aggregator=aggregator,
        seed=seed,
        source_language=source,
        intermediate_task=None if intermediate is None else "panx",
        intermediate_language=intermediate,
        target_language=target,
        split="test",
        metric="accuracy",
        score=score,
        chance=chance,
        n_examples=2000,
        n_units=2000,
        zero_shot=target not in (source, intermediate),
        stage_id="s",
    )


def staged(
    score,
    intermediates=("de", "en", "es", "fi", "fr", "ja", "ru", "sw", "tr"),
    targets=("de", "en", "es", "fr", "ja", "ko", "zh"),
    seeds=(0, 1),
    **fixed,
):
    """Baseline, equal-budget stage and all other stages; `score(intermediate, target, seed)`."""
    return ScoreTable.of(
        cell(target, score(intermediate, target, seed), intermediate=intermediate, seed=seed, **fixed)
        for intermediate in (None, *intermediates)
        for target in targets
        for seed in seeds
    )


def without(table, keep):
    """The rows of a table that `keep` wants."""
    return ScoreTable.of(row for row in table if keep(row))
