"""mini-paws-enciphered: the grammar of every language, and a vocabulary that no other language shares."""

from __future__ import annotations

from pathlib import Path

from isogloss.identity import digest
from isogloss.tasks.base import Control, Split, combine_hashes
from isogloss.world.cipher import CIPHER_VERSION, cipher
from isogloss.world.grammar import Sentence
from isogloss.world.tasks.mini_paws import MiniPaws

NAME = "mini-paws-enciphered"


class EncipheredPaws(MiniPaws):
    """The pairs of mini-paws with the letters permuted within their script by a key of each language."""

    def spell(self, language: str, sentence: Sentence, place: str) -> str:
        """Encipher a sentence."""
        return sentence.text.translate(cipher(language))

    def fingerprint(self, root: Path | None, language: str, split: Split) -> str:
        """Hash of the pairs' own fingerprint and the key."""
        pairs = super().fingerprint(root, language, split)
        table = {chr(letter): image for letter, image in cipher(language).items()}
        return combine_hashes([pairs, f"cipher {CIPHER_VERSION}", digest(table)])


TASK = EncipheredPaws(
    NAME,
    "mini-PAWS, enciphered",
    control=Control(
        "twin",
        "With every word enciphered",
        above_chance="transfer to {targets} does without shared words",
        at_chance="without shared words nothing is transferred. A relation with distance on {task} can "
        "therefore not be told from shared vocabulary: languages that are close also share spellings, "
        "and no transfer is left that distance in grammar alone could explain",
    ),
)
