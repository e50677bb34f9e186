"""mini-paws-enciphered: the grammar of every language, and a vocabulary that no other language shares."""

from __future__ import annotations

from pathlib import Path

from isogloss.identity import digest
from isogloss.tasks.base import Control, SentenceExample, Split, combine_hashes
from isogloss.world.cipher import CIPHER_VERSION, cipher
from isogloss.world.design import Row
from isogloss.world.generator import say_pair
from isogloss.world.task import world_card
from isogloss.world.tasks.mini_paws import MiniPaws

NAME = "mini-paws-enciphered"


class EncipheredPaws(MiniPaws):
    """The pairs of mini-paws with the letters permuted within their script by a key of each language."""

    def example(self, language: str, split: Split, row: Row) -> SentenceExample:
        """Say one row in one language and encipher it."""
        pair, table = say_pair(language, split, row), cipher(language)
        first, second = pair.first.text.translate(table), pair.second.text.translate(table)
        return SentenceExample(row.row, first, second, int(row.paraphrase))

    def fingerprint(self, root: Path | None, language: str, split: Split) -> str:
        """Hash of the pairs' own fingerprint and the key."""
        pairs = super().fingerprint(root, language, split)
        table = {chr(letter): image for letter, image in cipher(language).items()}
        return combine_hashes([pairs, f"cipher {CIPHER_VERSION}", digest(table)])


TASK = EncipheredPaws(
    world_card(
        NAME,
        "mini-PAWS, enciphered (built-in world)",
        ("0", "1"),
        "sentence",
        "accuracy",
        Control(
            "twin",
            "With every word enciphered",
            above_chance="transfer to {targets} does without shared words",
            at_chance="without shared words nothing is transferred. A relation with distance on {task} can "
            "therefore not be told from shared vocabulary: languages that are close also share spellings, "
            "and no transfer is left that distance in grammar alone could explain",
        ),
    )
)
