"""mini-paws-relabelled: a null world, in which every label stands on another language's sentences."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from isogloss.tasks.base import Control, SentenceExample, Split, combine_hashes
from isogloss.world.design import Row, in_hash_order
from isogloss.world.grammar_file import GRAMMARS
from isogloss.world.tasks.mini_paws import MiniPaws

NAME = "mini-paws-relabelled"


class RelabelledPaws(MiniPaws):
    """The pairs of mini-paws, each language's under the label of another, so that distances are wrong."""

    def example(self, language: str, split: Split, row: Row) -> SentenceExample:
        """Say one row in the language that `language` stands on."""
        return super().example(spoken_under(language), split, row)

    def fingerprint(self, root: Path | None, language: str, split: Split) -> str:
        """Hash of the label and of the fingerprint of the language that it stands on."""
        self._check(language, split)
        return combine_hashes([language, super().fingerprint(root, spoken_under(language), split)])


def spoken_under(label: str) -> str:
    """Language whose sentences stand under a label: never its own, each language under one label."""
    order = _order(tuple(GRAMMARS))
    return order[(order.index(label) + 1) % len(order)]


@cache
def _order(languages: tuple[str, ...]) -> list[str]:
    """All languages in an order by hash; each says what the next one would."""
    return in_hash_order(languages, "relabelled")


TASK = RelabelledPaws(
    NAME,
    "mini-PAWS, relabelled",
    control=Control("null", "With every label on another language's sentences"),
)
