"""mini-paws-scrambled: the words of every sentence, in an order that says nothing."""

from __future__ import annotations

import hashlib

from isogloss.tasks.base import Control, SentenceExample, Split
from isogloss.world.design import Row
from isogloss.world.generator import say_pair
from isogloss.world.grammar import Grammar, Sentence
from isogloss.world.grammar_file import GRAMMARS
from isogloss.world.task import world_card
from isogloss.world.tasks.mini_paws import MiniPaws

NAME = "mini-paws-scrambled"


class ScrambledPaws(MiniPaws):
    """The pairs of mini-paws with the words of each sentence, punctuation included, shuffled anew."""

    def example(self, language: str, split: Split, row: Row) -> SentenceExample:
        """Say one row in one language and shuffle its words."""
        pair, grammar = say_pair(language, split, row), GRAMMARS[language]
        first = scrambled(grammar, pair.first, f"{split}:{row.row}:a")
        second = scrambled(grammar, pair.second, f"{split}:{row.row}:b")
        return SentenceExample(row.row, first, second, int(row.paraphrase))


def scrambled(grammar: Grammar, sentence: Sentence, seed: str) -> str:
    """Spell the words of a sentence in an order that depends on `seed` and their number alone."""
    order = sorted(
        range(len(sentence.words)), key=lambda place: hashlib.blake2b(f"{seed}:{place}".encode()).digest()
    )
    return grammar.spell([sentence.words[place] for place in order])


TASK = ScrambledPaws(
    world_card(
        NAME,
        "mini-PAWS, scrambled (built-in world)",
        ("0", "1"),
        "sentence",
        "accuracy",
        Control(
            "twin",
            "With words in random order",
            above_chance="in {targets} the words or their endings tell something without their order",
            at_chance="what is transferred on {task} rests on the order of words",
        ),
    )
)
