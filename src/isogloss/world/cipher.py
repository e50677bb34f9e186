"""Substitution ciphers: a language with its grammar and without its vocabulary.

The letters of each script are permuted by a key of the language's own, chosen so that no enciphered word is a
word of any language of the world, nor the enciphered word of another. Digits, punctuation and combining
marks stay. Letters are those that the world's languages write in that script, so that a tokenizer that knows
the world knows them too; ideographs and Hangul syllables are permuted as whole characters.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from functools import cache

from isogloss.errors import DataError
from isogloss.world.design import in_hash_order
from isogloss.world.grammar_file import GRAMMARS

CIPHER_VERSION = 1
"""Raised when other keys are chosen for the same words."""

_MAX_ATTEMPTS = 20_000

Letters = Sequence[tuple[str, ...]]
"""What is permuted as one: a letter, or its lower and upper case together."""


@cache
def cipher(language: str) -> Mapping[int, str]:
    """Table for `str.translate` that enciphers a language; it is one-to-one over the letters of the world.

    Parameters
    ----------
    language : str
        Name of a grammar.
    """
    return _ciphers({name: GRAMMARS[name].vocabulary for name in GRAMMARS})[language]


def _ciphers(vocabularies: Mapping[str, frozenset[str]]) -> dict[str, dict[int, str]]:
    """Choose a key for every language, one after the other."""
    alphabet = _alphabet("".join(word for words in vocabularies.values() for word in words))
    taken = {word.lower() for words in vocabularies.values() for word in words}
    tables = {}
    for language, words in vocabularies.items():
        tables[language] = _key(language, words, alphabet, taken)
        taken |= {word.translate(tables[language]).lower() for word in words}
    return tables


def _alphabet(text: str) -> dict[str, Letters]:
    """Letters of a text by script, small scripts first.

    The two cases of a letter stay together, so that a word at the beginning of a sentence remains the same
    word; letters without a one-to-one pair (German eszett, Turkish dotless i) are a group of their own.
    """
    groups: dict[str, set[tuple[str, ...]]] = {}
    for letter in set(text):
        if not unicodedata.category(letter).startswith("L"):
            continue
        lower, upper = letter.lower(), letter.upper()
        paired = lower != upper and len(lower) == len(upper) == 1 and upper.lower() == lower
        paired = paired and lower.upper() == upper
        kind = "" if paired or lower == upper else ", unpaired"
        script = unicodedata.name(letter).split()[0]  # begins with the script: "LATIN SMALL LETTER A"
        groups.setdefault(script + kind, set()).add((lower, upper) if paired else (letter,))
    return {name: sorted(groups[name]) for name in sorted(groups, key=lambda name: (len(groups[name]), name))}


def _key(
    language: str, words: Iterable[str], alphabet: Mapping[str, Letters], taken: set[str]
) -> dict[int, str]:
    """Permute script by script; a word is checked when the last of its scripts has been permuted."""
    group_of = {letter: name for name, group in alphabet.items() for pair in group for letter in pair}
    order = list(alphabet)
    last: dict[str, list[str]] = {name: [] for name in order}
    for word in words:
        scripts = {group_of[letter] for letter in word if letter in group_of}
        if scripts:
            last[max(scripts, key=order.index)].append(word)
    table: dict[int, str] = {}
    for name, group in alphabet.items():
        for attempt in range(_MAX_ATTEMPTS):
            trial = table | _permutation(group, f"{language}:{name}:{attempt}")
            if taken.isdisjoint(word.translate(trial).lower() for word in last[name]):
                table = trial
                break
        else:
            raise DataError(
                f"no key makes the vocabulary of '{language}' disjoint from all others",
                where=f"world cipher, script {name}",
                hint="the script has too few letters for its short words",
            )
    return table


def _permutation(group: Letters, key: str) -> dict[int, str]:
    """Order letters by a hash: the same on every machine."""
    images = in_hash_order(group, key, lambda pair: pair[0])
    return {
        ord(letter): image
        for letters, chosen in zip(group, images, strict=True)
        for letter, image in zip(letters, chosen, strict=True)
    }
