"""Sentence patterns: lines of a grammar file, read item by item."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from isogloss.errors import DataError, closest
from isogloss.tasks._tags import UPOS
from isogloss.world.roster import Frame

_NAME_SLOT = re.compile(r"\{([abc])(?::([^}]+))?\}")
_AGREEMENT = re.compile(r"\{([abc])\?([^/}]+)/([^/}]+)\}")


class Literal(NamedTuple):
    """A word of the pattern, perhaps with the year inside."""

    text: str
    upos: str


class NameSlot(NamedTuple):
    """The name that fills a role, in one case form."""

    role: str
    form: str


class Agreement(NamedTuple):
    """A word that agrees in gender with the filler of a role."""

    role: str
    masculine: str
    feminine: str
    upos: str


Item = Literal | NameSlot | Agreement
ITEM_KINDS: Mapping[type[Item], str] = {Literal: "word", NameSlot: "name", Agreement: "agreement"}


@dataclass(frozen=True)
class Realisation:
    """One sentence pattern of one frame, parsed.

    Parameters
    ----------
    items : tuple
        Words, name slots and agreeing words in their order.
    a_first : bool
        Whether the filler of `a` is named before that of `b`.
    """

    items: tuple[Item, ...]
    a_first: bool


@dataclass(frozen=True)
class PatternReader:
    """Reads the patterns of one grammar.

    Parameters
    ----------
    language : str
    lexicon : mapping of str to str
        UPOS to the words that have it, separated by spaces.
    """

    language: str
    lexicon: Mapping[str, str]

    @cached_property
    def _tags(self) -> dict[str, str]:
        reject_unknown(self.lexicon, UPOS, "UPOS tag", language=self.language)
        tags: dict[str, str] = {}
        for upos, words in self.lexicon.items():
            for word in words.split():
                if tags.setdefault(word, upos) != upos:
                    raise DataError(
                        f"'{word}' is both {tags[word]} and {upos}",
                        where=f"grammar '{self.language}', lexicon",
                        hint=f"keep one tag here and write {word}|TAG in the patterns of the other",
                    )
        return tags

    def read(self, frame: Frame, text: str) -> tuple[Realisation, ...]:
        """Read the patterns of one frame, one a line.

        Raises
        ------
        DataError
            If a pattern uses a word without tag, a role its frame does not have, or there are too few.
        """
        lines = [line.split() for line in text.splitlines() if line.strip()]
        parsed = tuple(self._parse(frame, number, line) for number, line in enumerate(lines, start=1))
        for a_first in (True, False):
            count = sum(each.a_first is a_first for each in parsed)
            if count < 2:
                raise DataError(
                    f"{count} pattern(s) that name {'a' if a_first else 'b'} first",
                    where=f"grammar '{self.language}', frame '{frame.id}'",
                    allowed="at least two for each order of the names, so that the order alone tells nothing",
                )
        return parsed

    def _parse(self, frame: Frame, number: int, tokens: list[str]) -> Realisation:
        where = f"grammar '{self.language}', frame '{frame.id}', pattern {number}"
        items = tuple(self._parse_item(token, where) for token in tokens)
        roles = [item.role for item in items if isinstance(item, NameSlot)]
        expected = ["a", "b", "c"] if frame.protagonist else ["a", "b"]
        if sorted(roles) != expected:
            raise DataError(f"names of roles {roles}", where=where, allowed=f"each of {expected} once")
        if sum("{year}" in item.text for item in items if isinstance(item, Literal)) != 1:
            raise DataError("the year does not occur exactly once", where=where, allowed="{year} once")
        persons = expected if frame.kind == "person" else [role for role in expected if role == "c"]
        for item in items:
            if isinstance(item, Agreement) and item.role not in persons:
                raise DataError(
                    f"'{item.masculine}/{item.feminine}' agrees with role '{item.role}', which has no gender",
                    where=where,
                    allowed=closest(item.role, persons),
                )
        return Realisation(items, roles.index("a") < roles.index("b"))

    def _parse_item(self, token: str, where: str) -> Item:
        if slot := _NAME_SLOT.fullmatch(token):
            return NameSlot(slot.group(1), slot.group(2) or "")
        if agreement := _AGREEMENT.fullmatch(token):
            role, masculine, feminine = agreement.groups()
            return Agreement(role, masculine, feminine, self._tag(masculine, where))
        text, _, inline = token.partition("|")
        if inline:
            reject_unknown([inline], UPOS, "UPOS tag", language=self.language)
        return Literal(text, inline or self._tag(text, where))

    def _tag(self, text: str, where: str) -> str:
        if text == "{year}":
            return "NUM"
        if is_punctuation(text):
            return "PUNCT"
        tag = self._tags.get(text) or self._tags.get(text[0].lower() + text[1:])
        if tag is None:
            raise DataError(
                f"'{text}' has no UPOS tag",
                where=where,
                allowed=closest(text, self._tags),
                hint="add it to the lexicon",
            )
        return tag


def reject_unknown(given: Iterable[str], allowed: Iterable[str], what: str, *, language: str) -> None:
    """Raise DataError for the first of `given` that is not allowed in the grammar of `language`."""
    for each in given:
        if each not in allowed:
            raise DataError(
                f"'{each}' is not a {what}",
                where=f"grammar '{language}'",
                allowed=closest(each, allowed),
            )


def is_punctuation(text: str) -> bool:
    """Whether every character is one of punctuation."""
    return all(unicodedata.category(character).startswith("P") for character in text)
