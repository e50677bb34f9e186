"""The tasks of the built-in world."""

from __future__ import annotations

import pytest

from isogloss.errors import DataError
from isogloss.tasks.base import (
    SPLITS,
    TASKS,
    GeneratedExamples,
    SentenceExample,
    TaskData,
    WordExample,
    select,
)
from isogloss.world.generator import grammar_hash
from isogloss.world.grammar_file import GRAMMARS
from isogloss.world.task import WorldTask

LANGUAGES = sorted(GRAMMARS)
WORLD_TASKS = sorted(name for name in TASKS if isinstance(TASKS[name], WorldTask))


class TestTasks:
    def test_there_are_four_and_their_unseen_twins(self) -> None:
        four = {"mini-paws", "mini-nli", "mini-ner", "mini-pos"}
        assert four | {f"{name}-unseen" for name in four} <= set(WORLD_TASKS)

    @pytest.mark.parametrize("name", WORLD_TASKS)
    def test_card_and_rows(self, name: str) -> None:
        task = TASKS[name]
        assert task.card.name == name and task.card.parallel_rows
        assert task.card.revision == grammar_hash()[:12]
        assert list(task.available(None)) == LANGUAGES == list(task.card.languages)
        data = task.load(None, "ko", "validation")
        assert [example.row for example in data.examples] == list(range(400))
        assert len(task.load(None, "ko", "train").examples) == 16_000

    def test_pairs_are_parallel_and_balanced(self) -> None:
        task = TASKS["mini-paws"]
        labels = []
        for language in LANGUAGES:
            examples = task.load(None, language, "test").examples
            assert all(isinstance(example, SentenceExample) for example in examples)
            labels.append([example.label for example in examples if isinstance(example, SentenceExample)])
        assert all(each == labels[0] for each in labels)
        assert sum(labels[0]) * 2 == len(labels[0])

    def test_selection_takes_the_same_rows(self) -> None:
        task = TASKS["mini-pos"]
        chosen = [select(task.load(None, language, "train"), 50, 1) for language in ("en", "tr")]
        assert [example.row for example in chosen[0]] == [example.row for example in chosen[1]]

    def test_selection_makes_only_the_examples_it_takes(self) -> None:
        made: list[int] = []

        def make(row: int) -> SentenceExample:
            made.append(row)
            return SentenceExample(row, f"text {row}", None, 0)

        chosen = select(TaskData("t", "en", "train", GeneratedExamples(1000, make)), 20, seed=3)
        assert [example.row for example in chosen] == made == sorted(made) and len(made) == 20
        whole = tuple(make(row) for row in range(1000))
        assert chosen == select(TaskData("t", "en", "train", whole), 20, seed=3)

    def test_unseen_twin_has_the_training_rows_of_its_task(self) -> None:
        for name in ("mini-paws", "mini-nli", "mini-ner", "mini-pos"):
            one, other = (
                TASKS[each].load(None, "tr", "train").examples[:40] for each in (name, f"{name}-unseen")
            )
            assert one == other
            test, unseen = (
                TASKS[each].load(None, "tr", "test").examples[:40] for each in (name, f"{name}-unseen")
            )
            assert test != unseen

    def test_word_labels_name_the_words(self) -> None:
        pos, ner = TASKS["mini-pos"], TASKS["mini-ner"]
        tagged = pos.load(None, "en", "train").examples[:500]
        named = ner.load(None, "en", "train").examples[:500]
        for one, other in zip(tagged, named, strict=True):
            assert isinstance(one, WordExample) and isinstance(other, WordExample)
            assert one.words == other.words and len(one.labels) == len(other.labels) == len(one.words)
            for word, tag, label in zip(one.words, one.labels, other.labels, strict=True):
                assert (pos.card.labels[tag] == "PROPN") == (ner.card.labels[label] != "O"), word

    def test_unknown_language_and_split(self) -> None:
        with pytest.raises(DataError, match=r"no language 'kor'(.|\n)*did you mean 'ko'"):
            TASKS["mini-paws"].load(None, "kor", "train")
        with pytest.raises(DataError, match=r"no split 'dev'"):
            TASKS["mini-paws"].fingerprint(None, "ja", "dev")  # type: ignore[arg-type]

    def test_fingerprint_tells_languages_splits_and_tasks_apart(self) -> None:
        prints = [
            TASKS[name].fingerprint(None, language, split)
            for name in WORLD_TASKS
            for language in LANGUAGES
            for split in SPLITS
        ]
        assert len(set(prints)) == len(prints)
