"""Twenty sentences of every grammar with gloss and labels, for someone who knows the language to read.

``python tests/golden/test_world_golden.py`` writes the files anew after a grammar was changed
on purpose; read the difference before you commit it.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from isogloss.world.generator import grammar_hash, sentences
from isogloss.world.grammar import Proposition
from isogloss.world.grammar_file import GRAMMARS
from isogloss.world.roster import FRAMES

FOLDER = Path(__file__).parent / "world"
N_SENTENCES = 20
N_DRAWN = 400


def gloss(proposition: Proposition) -> str:
    """The proposition in words, for example 'A wrote a letter to B; A = anna, B = maria, 1987'."""
    fillers = [f"A = {proposition.a}", f"B = {proposition.b}"]
    fillers += [f"C = {proposition.c}"] if proposition.c else []
    return f"{FRAMES[proposition.frame].gloss}; {', '.join(fillers)}, {proposition.year}"


def render(language: str) -> str:
    """Twenty sentences that show every frame at least once, each with gloss and labelled words."""
    remaining = list(FRAMES) * 2
    blocks: list[str] = []
    for row, sentence in sentences(language, "train", N_DRAWN, frames="all"):
        if row.proposition.frame in remaining and len(blocks) < N_SENTENCES:
            remaining.remove(row.proposition.frame)
            words = [
                f"{word.text}/{word.upos}" + ("" if word.bio == "O" else f"/{word.bio}")
                for word in sentence.words
            ]
            blocks.append(f"{sentence.text}\n  {gloss(row.proposition)}\n  {' '.join(words)}\n")
    return "\n".join(blocks)


@pytest.mark.parametrize("language", sorted(GRAMMARS))
def test_sentences_are_those_that_were_read(language: str) -> None:
    written = (FOLDER / f"{language}.txt").read_text(encoding="utf-8")
    assert render(language) == written
    assert written.count("\n\n") == N_SENTENCES - 1


def test_grammars_are_those_that_the_encoder_was_trained_on() -> None:
    frozen = (FOLDER / "hashes.txt").read_text(encoding="utf-8").split("\n")
    assert [f"{name} {grammar_hash(name)}" for name in GRAMMARS] == frozen[:-1]


if __name__ == "__main__":
    for each in GRAMMARS:
        (FOLDER / f"{each}.txt").write_text(render(each), encoding="utf-8")
    hashes = "".join(f"{each} {grammar_hash(each)}\n" for each in GRAMMARS)
    (FOLDER / "hashes.txt").write_text(hashes, encoding="utf-8")
