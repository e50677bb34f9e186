"""The order of aggregators by probes beside that by fine-tuning."""

import pytest

from isogloss.analysis.screening import screen
from isogloss.errors import AnalysisError
from isogloss.scores.table import ScoreRow, ScoreTable


def table(scores, *, targets=("de", "zh"), task="xnli"):
    """Mean scores by aggregator; one seed above and one below, the source far off."""
    return ScoreTable.of(
        ScoreRow(
            task=task,
            encoder="e",
            aggregator=name,
            seed=seed,
            source_language="en",
            intermediate_task=None,
            intermediate_language=None,
            target_language=target,
            split="test",
            metric="accuracy",
            score=0.01 if target == "en" else score + (0.05 if seed else -0.05),
            chance=0.5,
            n_examples=10,
            n_units=10,
            zero_shot=target != "en",
            stage_id="",
        )
        for name, score in scores.items()
        for target in ("en", *targets)
        for seed in (0, 1)
    )


def test_orders_their_agreement_and_what_screening_costs():
    probes = table({"last": 0.5, "D_1": 0.7, "D_2": 0.6, "concat": 0.9})
    tuned = table({"last": 0.6, "D_1": 0.75, "D_2": 0.8, "dwatt": 0.9}, targets=("zh", "fr"))
    (found,) = screen(probes, tuned)
    assert [name for name, _ in found.probes] == ["D_1", "D_2", "last"]
    assert [name for name, _ in found.tuned] == ["D_2", "D_1", "last"]
    assert dict(found.tuned)["D_2"] == pytest.approx(0.8)
    assert found.tau == pytest.approx(1 / 3)
    assert found.lost == pytest.approx(0.05)


def test_nothing_in_common_is_an_error():
    with pytest.raises(AnalysisError, match=r"share no task(.|\n)*panx, e, en"):
        screen(table({"last": 0.5, "D_1": 0.6}), table({"last": 0.5, "D_1": 0.6}, task="panx"))
    with pytest.raises(AnalysisError, match="two aggregators"):
        screen(table({"last": 0.5, "D_1": 0.6}), table({"last": 0.5, "D_2": 0.6}))
