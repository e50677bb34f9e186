"""The budget of validation, early stopping, and what they do to a stage."""

import pytest
from tiny_models import SENTENCE_CARD, save_encoder, sentence_examples
from torch import nn

from isogloss.training.budget import (
    EVALUATION_COST,
    FEWEST_EXAMPLES,
    TRAINING_SHARE,
    Schedule,
    n_to_hold_out,
    schedule,
)
from isogloss.training.finetune import finetune
from isogloss.training.selection import BestWeights
from isogloss.training.settings import TrainingSettings, ValidationSettings
from isogloss.training.specs import Recipe, StartingPoint, TrainingRows


def budget(n_seen, *, n_rows=2000, length=(40, 40), n_updates=1000, **stated):
    return schedule(
        ValidationSettings(**stated),
        training_cost=n_seen * length[0],
        row_cost=length[1],
        n_rows=n_rows,
        n_updates=n_updates,
    )


@pytest.mark.parametrize("n_seen", [700, 2_000, 5_000, 20_000, 247_000])
@pytest.mark.parametrize("length", [(40, 40), (20, 60), (60, 20)])
def test_the_default_costs_at_most_a_tenth_of_the_training(n_seen, length):
    found = budget(n_seen, length=length)
    cost = EVALUATION_COST * found.n_examples * len(found.updates) * length[1]
    smallest = EVALUATION_COST * FEWEST_EXAMPLES * length[1]
    assert cost <= max(TRAINING_SHARE * n_seen * length[0], smallest)


def test_many_updates_are_evaluated_ten_times_on_all_rows():
    assert budget(247_000) == Schedule(2000, tuple(range(100, 1001, 100)))


def test_few_rows_are_evaluated_less_often_rather_than_on_fewer_rows():
    assert budget(3_000) == Schedule(225, (250, 500, 750, 1000))
    assert budget(640, n_updates=20) == Schedule(200, (20,))


def test_a_small_stage_is_still_evaluated_once_at_the_end():
    assert budget(32, n_updates=1) == Schedule(200, (1,))
    assert budget(32, n_updates=2, n_rows=30) == Schedule(30, (2,))


def test_what_is_stated_is_kept_and_the_rest_follows():
    assert budget(640, examples="all", evaluations=10).n_examples == 2000
    assert len(budget(640, examples="all", evaluations=10).updates) == 10
    assert budget(20_000, examples=1000) == Schedule(1000, (167, 333, 500, 667, 833, 1000))
    assert budget(20_000, evaluations=3) == Schedule(2000, (333, 667, 1000))
    assert budget(20_000, examples=9999, evaluations=1) == Schedule(2000, (1000,))
    assert budget(640, evaluations=50, n_updates=20).updates == tuple(range(1, 21))


def test_rows_to_cut_follow_the_budget_and_are_at_most_a_tenth():
    def cut(n_rows, epochs, **stated):
        return n_to_hold_out(ValidationSettings(split="train", **stated), n_rows, lambda n: epochs * n)

    assert cut(8000, 5, examples=600) == 600
    assert cut(50_000, 5) == 5000
    assert cut(4000, 5) == 400
    assert cut(20_000, 1) == 540
    assert cut(40, 5) == 4


class Scripted:
    """A model whose score after each evaluation is given."""

    def __init__(self, scores, patience=None):
        self.model = nn.Linear(1, 1, bias=False)
        scripted = iter(scores)
        when = Schedule(5, tuple(range(1, len(scores) + 1)))
        self.best = BestWeights(self.model, lambda: next(scripted), when, patience)

    def train(self):
        done = 0
        for update in self.best.until_stopped(range(1, len(self.best.when.updates) + 1)):
            self.model.weight.data.fill_(update)
            self.best.after_update(update)
            done = update
        self.best.restore()
        return done, self.best.kept_update, self.model.weight.item()


def test_the_earlier_of_equal_scores_is_kept():
    assert Scripted([0.1, 0.5, 0.5, 0.4]).train() == (4, 2, 2.0)


def test_the_last_weights_are_kept_where_they_are_the_best():
    assert Scripted([0.1, 0.2, 0.3]).train() == (3, 3, 3.0)


@pytest.mark.parametrize(("patience", "done", "kept"), [(1, 3, 2), (2, 6, 4), (3, 7, 4), (None, 8, 8)])
def test_patience_counts_evaluations_without_a_better_score(patience, done, kept):
    scores = [0.1, 0.5, 0.4, 0.6, 0.6, 0.3, 0.5, 0.9]
    assert Scripted(scores, patience).train() == (done, kept, float(kept))


@pytest.fixture(scope="module")
def encoder(tmp_path_factory):
    return save_encoder(tmp_path_factory.mktemp("encoder"))


def train(encoder, output, settings, **validation):
    return finetune(
        StartingPoint(str(encoder)),
        TrainingRows(SENTENCE_CARD, sentence_examples(60), sentence_examples(500, 7)),
        Recipe(
            ("last", {}),
            TrainingSettings(batch_size=16, learning_rate=2e-3, max_length=40, **settings),
            selection="best",
            validation=ValidationSettings(**validation),
        ),
        output,
    )


def test_a_short_training_scores_few_rows_once(encoder, tmp_path):
    report = train(encoder, tmp_path / "m", {"steps": 12})
    assert [done for done, _ in report.validation] == [12]
    assert report.n_validation_examples == 200
    assert report.kept_update == 12


def test_a_longer_training_looks_more_often(encoder, tmp_path):
    report = train(encoder, tmp_path / "m", {"steps": 100})
    n_scored = len(report.validation) * report.n_validation_examples
    assert len(report.validation) >= 2
    assert n_scored <= TRAINING_SHARE / EVALUATION_COST * 100 * 16 * 1.2  # rows are of about one length


def test_training_stops_early_under_the_schedule_of_all_updates(encoder, tmp_path):
    stated = {"examples": 50, "evaluations": 20}
    whole = train(encoder, tmp_path / "whole", {"steps": 40}, **stated)
    stopped = train(encoder, tmp_path / "stopped", {"steps": 40}, **stated, patience=3)
    since_best = [done for done, _ in stopped.validation if done > stopped.kept_update]
    assert len(since_best) == 3
    assert stopped.n_updates == since_best[-1] < stopped.n_planned_updates == 40 == whole.n_updates
    # Up to there nothing differs: neither the order of rows nor the learning rate knows of the stop.
    assert stopped.losses == whole.losses[: len(stopped.losses)]
    assert stopped.validation == whole.validation[: len(stopped.validation)]
    (warning,) = stopped.warnings
    assert warning == f"stopped after {stopped.n_updates} of 40 updates: 3 evaluations without a better score"


def test_fewer_validation_rows_than_stated_are_noted(encoder, tmp_path):
    report = train(encoder, tmp_path / "m", {"steps": 3}, examples=5000)
    assert report.warnings == (
        f"validation has {report.n_validation_examples} rows, fewer than the 5,000 examples stated",
    )


def test_patience_that_cannot_stop_anything_is_noted(encoder, tmp_path):
    report = train(encoder, tmp_path / "m", {"steps": 3}, patience=4)
    assert any("patience 4 could not stop training, which had 1 evaluations" in w for w in report.warnings)
