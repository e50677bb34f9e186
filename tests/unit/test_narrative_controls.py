"""What the report says about controls follows from the scores."""

from dataclasses import asdict, replace
from types import SimpleNamespace

from score_tables import cell

from isogloss.narrative.controls import control_sentences
from isogloss.scores.table import ScoreTable
from isogloss.statistics.floor import Information
from isogloss.tasks.base import TASKS

TARGETS = ("de", "es", "fr", "ja", "ko", "zh")
ROWS = (None, "it", "nl", "ru")


def cells(task, score, encoder="mini"):
    """Cells of a model of ``pawsx`` scored on `task`; `score(target)`, 2,000 sentences each."""
    return [
        replace(
            cell(target, score(target), intermediate=row, encoder=encoder), task=task, source_task="pawsx"
        )
        for row in ROWS
        for target in (*TARGETS, "en")
    ]


def said(*rows, analyses=()):
    cards = {name: asdict(task.card)["control"] for name, task in TASKS.items() if task.card.control}
    return control_sentences(
        ScoreTable.of([one for group in rows for one in group]), analyses, cards, ("bag-of-words",)
    )


def verdict(task, *words, encoder="mini"):
    records = [
        SimpleNamespace(effectiveness="gain", distance=f"d{i}", verdict=w) for i, w in enumerate(words)
    ]
    condition = SimpleNamespace(task=task)
    informed = Information(6, 6, 0, 0, informative=set(words) != {"nothing to explain"})
    return SimpleNamespace(
        condition=condition,
        encoder=encoder,
        aggregator="last",
        primary=records,
        information=informed,
        alpha=0.05,
    )


def test_a_study_without_controls_says_nothing():
    assert said(cells("pawsx", lambda target: 0.8)) == ()


def test_enciphered_at_chance_cannot_tell_distance_from_vocabulary():
    (sentence,) = said(cells("pawsx", lambda target: 0.8), cells("mini-paws-enciphered", lambda target: 0.51))
    assert sentence.startswith(
        "With every word enciphered, 0 of 24 cells above chance, mean 51.0 percent "
        "(on pawsx 24 of 24 cells above chance, mean 80.0 percent): without shared words nothing"
    )
    assert "can therefore not be told from shared vocabulary" in sentence


def test_enciphered_above_chance_names_the_targets():
    (sentence,) = said(
        cells("pawsx", lambda target: 0.8),
        cells("mini-paws-enciphered", lambda target: 0.6 if target in {"de", "fr"} else 0.5),
    )
    assert "8 of 24 cells above chance" in sentence
    assert sentence.endswith("transfer to de, fr does without shared words.")


def test_nothing_is_concluded_where_the_task_itself_is_at_chance():
    for twin in ("mini-paws-enciphered", "mini-paws-scrambled"):
        (sentence,) = said(cells("pawsx", lambda target: 0.5), cells(twin, lambda target: 0.5))
        assert sentence.endswith("pawsx itself is at chance, so nothing can be said.")


def test_scrambled():
    ordinary = cells("pawsx", lambda target: 0.8)
    (at_chance,) = said(ordinary, cells("mini-paws-scrambled", lambda target: 0.5))
    assert at_chance.endswith("what is transferred on pawsx rests on the order of words.")
    (above,) = said(ordinary, cells("mini-paws-scrambled", lambda target: 0.7 if target == "ko" else 0.5))
    assert "in ko the words or their endings tell something" in above


def test_bag_of_words_counts_the_source_language_too():
    bag = "bag-of-words"
    (sentence,) = said(cells("pawsx", lambda target: 0.51, encoder=bag))
    assert "pawsx gives 0 of 28 cells above chance, mean 51.0 percent" in sentence
    (sentence,) = said(cells("pawsx", lambda target: 0.7 if target == "en" else 0.5, encoder=bag))
    assert "4 of 28 cells above chance" in sentence and "can be solved there (en)" in sentence


def test_null_world_is_judged_by_its_verdicts():
    ordinary = cells("pawsx", lambda target: 0.8)
    quiet = verdict("mini-paws-relabelled", "not supported", "underpowered")
    (sentence,) = said(ordinary, analyses=[quiet, verdict("pawsx", "supported")])
    assert "2 relations tested: none supported (not supported, underpowered), as it must be" in sentence
    (sentence,) = said(ordinary, analyses=[verdict("mini-paws-relabelled", "supported", "not supported")])
    assert "a false positive" in sentence
    (empty,) = said(ordinary, analyses=[verdict("mini-paws-relabelled", "nothing to explain")])
    assert empty.endswith("no information on transfer, so this is not a trial of the analysis.")
    assert "1 supported (gain and d0 distance)" in sentence and "false positive" in sentence


def test_models_are_named_where_there_are_several():
    sentences = said(
        cells("pawsx", lambda target: 0.8),
        cells("mini-paws-enciphered", lambda target: 0.5),
        cells("pawsx", lambda target: 0.5, encoder="bag-of-words"),
    )
    assert [sentence.split(":")[0] for sentence in sentences] == ["bag-of-words, last", "mini, last"]


def test_a_twin_is_compared_with_the_task_that_its_model_was_trained_on():
    high, other = cells("pawsx", lambda _: 0.8), cells("xnli", lambda _: 0.4)
    xnli = [replace(row, source_task="xnli") for row in other]
    twin = cells("mini-paws-enciphered", lambda _: 0.75)
    (sentence,) = said(high, xnli, twin)
    assert "mean 80.0 percent" in sentence
