"""Propositions in words: pairs and sentences, each a function of split and row, and text of any number."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from isogloss.errors import DataError
from isogloss.world.design import Draws, FramePool, Row, Stream, WorldSplit, draw, rows, split_of
from isogloss.world.grammar import Grammar, Proposition, Sentence
from isogloss.world.grammar_file import GRAMMARS
from isogloss.world.patterns import Realisation
from isogloss.world.roster import FRAMES, REFERENTS, RELATED, YEARS

SEED = 0
"""Of the rows that the tasks have, and of the patterns in which they are said."""
GENERATOR_VERSION = 2
"""Raised when the generator itself, not a grammar, says other sentences or chooses other rows."""


class CorpusPair(NamedTuple):
    """Two ways to say the same thing in one language."""

    text_a: str
    text_b: str
    language: str


@dataclass(frozen=True)
class SentencePair:
    """One row in one language."""

    row: Row
    first: Sentence
    second: Sentence


def pairs(
    language: str, split: WorldSplit, size: int, *, stream: Stream = "pairs", frames: FramePool = "seen"
) -> Iterator[SentencePair]:
    """Pairs of sentences: paraphrases, adversaries with the two same-type roles exchanged, and neutral ones.

    Parameters
    ----------
    language : str
        Name of a grammar.
    split : {"pretrain", "train", "validation", "test"}
    size : int
    stream : {"pairs", "inference"}
        Neutral pairs occur in `inference` alone.
    frames : {"seen", "unseen", "all"}
        Frames that the pairs may use.

    Yields
    ------
    SentencePair
    """
    for row in rows(split, size, stream=stream, frames=frames):
        yield say_pair(language, split, row)


def say_pair(language: str, split: WorldSplit, row: Row) -> SentencePair:
    """Put both propositions of a row into words.

    Which patterns do so is drawn anew in every language, from its own patterns, without a look at the
    relation. Relation and pattern order are balanced, so that neither words nor patterns nor the order of the
    names alone tell a paraphrase from an exchange of roles.

    Parameters
    ----------
    language : str
        Name of a grammar.
    split : {"pretrain", "train", "validation", "test"}
        Split that the row is of.
    row : Row
    """
    grammar = GRAMMARS[language]
    draws = Draws("patterns", SEED, split, row.row, language)
    first, second = _two_patterns(grammar, row.proposition.frame, row.same_pattern_order, draws)
    if row.other.frame != row.proposition.frame:
        # As if both sentences were of the other frame: its patterns are as frequent as they are there.
        _, second = _two_patterns(grammar, row.other.frame, row.same_pattern_order, draws)
    return SentencePair(row, grammar.say(row.proposition, first), grammar.say(row.other, second))


def sentences(
    language: str, split: WorldSplit, size: int, *, frames: FramePool = "seen"
) -> Iterator[tuple[Row, Sentence]]:
    """Single sentences with their word labels; rows are chosen independently of those of `pairs`.

    Parameters
    ----------
    language : str
        Name of a grammar.
    split : {"pretrain", "train", "validation", "test"}
    size : int
    frames : {"seen", "unseen", "all"}
        Frames that the sentences may use.

    Yields
    ------
    tuple of Row and Sentence
    """
    for row in rows(split, size, stream="sentences", frames=frames):
        yield row, say_sentence(language, split, row)


def say_sentence(language: str, split: WorldSplit, row: Row) -> Sentence:
    """Put the first proposition of a row into words, in one of the language's patterns for its frame."""
    grammar = GRAMMARS[language]
    return _said_in_any_pattern(grammar, row.proposition, Draws("pattern", SEED, split, row.row, language))


def _said_in_any_pattern(grammar: Grammar, proposition: Proposition, draws: Draws) -> Sentence:
    return grammar.say(proposition, draws.one_of(grammar.realisations[proposition.frame]))


def corpus(languages: Sequence[str] | None = None, *, size: int, seed: int = 0) -> Iterator[CorpusPair]:
    """Pretraining text: monolingual pairs of true paraphrases, never a role-swapped one.

    Languages take turns. Propositions are drawn in each language on its own, so nothing is parallel across
    languages; they come from the split `pretrain`, so no sentence of a task is among them. All names and
    frames occur, the held-out ones too. A proposition may come again with other patterns.

    Parameters
    ----------
    languages : sequence of str, optional
        Names of grammars; all by default.
    size : int
        Number of pairs over all languages.
    seed : int

    Yields
    ------
    CorpusPair
    """
    chosen = tuple(languages) if languages is not None else tuple(GRAMMARS)
    if not chosen and size:
        raise DataError(
            "no language to write text in", where="world corpus", hint="name at least one grammar"
        )
    for i in range(size):
        language = chosen[i % len(chosen)]
        grammar = GRAMMARS[language]
        proposition = _pretraining_proposition("corpus", seed, language, i)
        draws = Draws("corpus patterns", seed, language, i)
        first, second = _two_patterns(grammar, proposition.frame, bool(draws.below(2)), draws)
        yield CorpusPair(
            grammar.say(proposition, first).text, grammar.say(proposition, second).text, language
        )


def parallel_corpus(*, size: int, seed: int = 0) -> Iterator[dict[str, str]]:
    """Pretraining text that says the same in every language: one sentence of each to a row.

    Propositions come from the split `pretrain`; each language draws its pattern on its own.

    Parameters
    ----------
    size : int
        Number of rows.
    seed : int

    Yields
    ------
    dict of str to str
        Language to sentence.
    """
    for i in range(size):
        proposition = _pretraining_proposition("parallel corpus", seed, i)
        said: dict[str, str] = {}
        for grammar in GRAMMARS.values():
            draws = Draws("parallel pattern", seed, grammar.language, i)
            said[grammar.language] = _said_in_any_pattern(grammar, proposition, draws).text
        yield said


def grammar_hash(language: str | None = None) -> str:
    """Hash of everything that decides rows and sentences of one grammar, or of all; comments do not count.

    Parameters
    ----------
    language : str, optional
        Name of a grammar; all by default.

    Returns
    -------
    str
        SHA-256 as hex.
    """
    names = [language] if language is not None else list(GRAMMARS)
    roster = [
        [[who.id, who.kind, who.gender, who.held_out] for who in REFERENTS.values()],
        [[frame.id, frame.kind, frame.protagonist, frame.held_out] for frame in FRAMES.values()],
        sorted(map(sorted, RELATED)),
        list(YEARS),
    ]
    parts = [
        f"generator {GENERATOR_VERSION}",
        json.dumps(roster),
        *(GRAMMARS[name].canonical for name in names),
    ]
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def _pretraining_proposition(*key: object) -> Proposition:
    """Draw until a proposition belongs to the pretraining text."""
    attempt = 0
    while split_of(proposition := draw(Draws(*key, attempt))) != "pretrain":
        attempt += 1
    return proposition


def _two_patterns(
    grammar: Grammar, frame: str, same_order: bool, draws: Draws
) -> tuple[Realisation, Realisation]:
    """Draw two different patterns that name the roles in the same order, or in opposite orders."""
    patterns = grammar.realisations[frame]
    first = draws.one_of(patterns)
    others = [
        each for each in patterns if each is not first and (each.a_first == first.a_first) == same_order
    ]
    return first, draws.one_of(others)
