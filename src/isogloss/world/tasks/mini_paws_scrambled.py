"""mini-paws-scrambled: the words of every sentence, in an order that says nothing."""

from __future__ import annotations

from isogloss.tasks.base import Control
from isogloss.world.design import in_hash_order
from isogloss.world.grammar import Sentence
from isogloss.world.grammar_file import GRAMMARS
from isogloss.world.tasks.mini_paws import MiniPaws

NAME = "mini-paws-scrambled"


class ScrambledPaws(MiniPaws):
    """The pairs of mini-paws with the words of each sentence, punctuation included, shuffled anew."""

    def spell(self, language: str, sentence: Sentence, place: str) -> str:
        """Write the words of a sentence in an order that depends on its place and their number alone."""
        order = in_hash_order(range(len(sentence.words)), place)
        return GRAMMARS[language].spell([sentence.words[at] for at in order])


TASK = ScrambledPaws(
    NAME,
    "mini-PAWS, scrambled",
    control=Control(
        "twin",
        "With words in random order",
        above_chance="in {targets} the words or their endings tell something without their order",
        at_chance="what is transferred on {task} rests on the order of words",
    ),
)
