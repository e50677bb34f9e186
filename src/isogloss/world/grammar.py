"""Grammars: names, lexicon and sentence patterns of a language, and how they become sentences."""

from __future__ import annotations

import itertools
import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import astuple, dataclass, field
from functools import cached_property

from isogloss.errors import DataError
from isogloss.world.patterns import (
    ITEM_KINDS,
    Agreement,
    Literal,
    NameSlot,
    PatternReader,
    Realisation,
    is_punctuation,
    reject_unknown,
)
from isogloss.world.roster import FRAMES, PERSONS, PLACES, REFERENTS, Gender, Kind

_YEAR = re.compile(r"\d{4}")
_NO_SPACE_BEFORE = frozenset(".,;:!?।،")


@dataclass(frozen=True, slots=True)
class Word:
    """One word of a sentence with its labels.

    Parameters
    ----------
    text : str
    upos : str
        One of `UPOS`.
    bio : str
        One of `BIO`.
    referent : str or None
        Id of the person or place that the word names, whatever its case form.
    """

    text: str
    upos: str
    bio: str = "O"
    referent: str | None = None


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence as words and in the usual spelling of its language."""

    words: tuple[Word, ...]
    text: str


@dataclass(frozen=True)
class Proposition:
    """Meaning of a sentence: a frame and who fills its roles.

    Parameters
    ----------
    frame : str
    a, b : str
        Ids of two different referents of the frame's kind; persons are of the same gender, so that agreement
        tells nothing about the roles that the order or form of the names does not.
    c : str or None
        Id of the protagonist, where the frame has one.
    year : int
    """

    frame: str
    a: str
    b: str
    c: str | None
    year: int

    def swapped(self) -> Proposition:
        """Exchange the two roles of the same type."""
        return Proposition(self.frame, self.b, self.a, self.c, self.year)

    @property
    def gloss(self) -> str:
        """What is said, in English: ``"Anna wrote a letter to Maria, 1987"``."""
        english = {**PERSONS, **PLACES}
        fillers = {"A": self.a, "B": self.b, "C": self.c or ""}
        said = re.sub(r"\b[ABC]\b", lambda role: english[fillers[role.group()]], FRAMES[self.frame].gloss)
        return f"{said}, {self.year}"


@dataclass(frozen=True)
class Name:
    """A person or place as one language calls it.

    Parameters
    ----------
    id : str
    text : str
        Citation form; its words are separated by spaces.
    kind : {"person", "place"}
    gender : {"f", "m"} or None
    """

    id: str
    text: str
    kind: Kind
    gender: Gender | None


@dataclass(frozen=True)
class Grammar:
    """One language of the world.

    Parameters
    ----------
    language : str
        BCP 47 tag, the same as the file's `NAME`.
    title : str
        English name of the language.
    lexicon : mapping of str to str
        UPOS to the words that have it, separated by spaces. A word with two tags is written ``word|TAG`` in
        the pattern. Names, bare years and punctuation need no entry.
    frames : mapping of str to str
        Frame id to its patterns, one a line, words separated by spaces (also before punctuation, and in
        languages written without spaces). ``{a}`` ``{b}`` ``{c}`` are names, ``{a:dat}`` a name in a form
        that `inflect` knows, ``{a?né/née}`` a word in the masculine or feminine form by the gender of `a`,
        ``{year}`` the year. All patterns of a frame mean the same; at least two name `a` first and at least
        two name `b` first.
    persons, places : mapping of str to str, optional
        Spellings that differ from those of the roster.
    inflect : callable, optional
        ``inflect(name, form)`` gives the name's words in that form, separated by spaces, as many as in the
        citation form.
    forms : mapping of str to mapping of str to str, optional
        Forms of a name that `inflect` does not give, by the name's id.
    sandhi : mapping of str to tuple of str, optional
        A word to its other shape and the regular expression that the next word must match at its start:
        ``{"de": ("d'", "[AEIOU]")}``. A word that ends in an apostrophe is joined to the next one.
    proclitics : frozenset of str, optional
        Words that are written together with the next one (Arabic ``و``).
    spaces : bool
        False where words are written without spaces between them.

    Raises
    ------
    DataError
        If a pattern uses a word without tag, a role its frame does not have, or it has too few patterns.
    """

    language: str
    title: str
    lexicon: Mapping[str, str]
    frames: Mapping[str, str]
    persons: Mapping[str, str] = field(default_factory=dict)
    places: Mapping[str, str] = field(default_factory=dict)
    inflect: Callable[[Name, str], str] | None = None
    forms: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    sandhi: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    proclitics: frozenset[str] = frozenset()
    spaces: bool = True

    @cached_property
    def names(self) -> dict[str, Name]:
        """Every referent's name in this language."""
        for given, roster in ((self.persons, PERSONS), (self.places, PLACES), (self.forms, REFERENTS)):
            reject_unknown(given, roster, "name of a referent", language=self.language)
        spelled = {**PERSONS, **PLACES, **self.persons, **self.places}
        return {id_: Name(id_, spelled[id_], who.kind, who.gender) for id_, who in REFERENTS.items()}

    @cached_property
    def realisations(self) -> dict[str, tuple[Realisation, ...]]:
        """Parsed patterns of every frame, in the order of the file."""
        reject_unknown(self.frames, FRAMES, "frame", language=self.language)
        missing = sorted(set(FRAMES) - set(self.frames))
        if missing:
            raise DataError(
                f"frames without patterns: {', '.join(missing)}",
                where=f"grammar '{self.language}'",
                hint="add at least four patterns for each",
            )
        reader = PatternReader(self.language, self.lexicon)
        return {id_: reader.read(frame, self.frames[id_]) for id_, frame in FRAMES.items()}

    @cached_property
    def declined(self) -> dict[tuple[str, str], tuple[str, ...]]:
        """Words of every name in every form that a pattern asks for."""
        wanted = {
            (kind, item.form)
            for id_, patterns in self.realisations.items()
            for pattern in patterns
            for item in pattern.items
            if isinstance(item, NameSlot)
            for kind in ["person" if item.role == "c" else FRAMES[id_].kind]
        }
        return {
            (id_, form): self._decline(name, form)
            for id_, name in self.names.items()
            for kind, form in sorted(wanted)
            if kind == name.kind
        }

    @cached_property
    def canonical(self) -> str:
        """JSON of everything that decides what this grammar says: equal text, equal sentences."""
        proclitics = {"proclitics": sorted(self.proclitics)} if self.proclitics else {}
        return json.dumps(
            {
                "language": self.language,
                "spaces": self.spaces,
                "sandhi": dict(self.sandhi),
                **proclitics,
                "names": [[*key, *words] for key, words in sorted(self.declined.items())],
                "frames": {
                    id_: [[(ITEM_KINDS[type(item)], *astuple(item)) for item in each.items] for each in group]
                    for id_, group in self.realisations.items()
                },
            },
            ensure_ascii=False,
            sort_keys=True,
        )

    @cached_property
    def vocabulary(self) -> frozenset[str]:
        """Every word that its sentences may hold, names in all their forms included; years are left out."""
        words = {word for forms in self.declined.values() for word in forms}
        words |= {_YEAR.sub("", other) for other, _ in self.sandhi.values()}
        for patterns in self.realisations.values():
            for item in (item for pattern in patterns for item in pattern.items):
                if isinstance(item, Literal):
                    words.add(item.text.replace("{year}", ""))
                elif isinstance(item, Agreement):
                    words |= {item.masculine, item.feminine}
        return frozenset(words - {""})

    def say(self, proposition: Proposition, realisation: Realisation) -> Sentence:
        """Put a proposition into words.

        Parameters
        ----------
        proposition : Proposition
        realisation : Realisation
            One of ``realisations[proposition.frame]``.

        Returns
        -------
        Sentence
        """
        fillers = {"a": proposition.a, "b": proposition.b, "c": proposition.c or ""}
        words: list[Word] = []
        for item in realisation.items:
            if isinstance(item, NameSlot):
                words.extend(self._name_words(fillers[item.role], item.form))
            elif isinstance(item, Agreement):
                feminine = REFERENTS[fillers[item.role]].gender == "f"
                words.append(Word(item.feminine if feminine else item.masculine, item.upos))
            else:
                words.append(Word(item.text.replace("{year}", str(proposition.year)), item.upos))
        words = [self._adapt(word, after) for word, after in zip(words, [*words[1:], None], strict=True)]
        first = words[0]
        words[0] = Word(first.text[0].upper() + first.text[1:], first.upos, first.bio, first.referent)
        return Sentence(tuple(words), self.spell(words))

    def _name_words(self, referent: str, form: str) -> list[Word]:
        kind = "PER" if REFERENTS[referent].kind == "person" else "LOC"
        return [
            Word(text, "PUNCT" if is_punctuation(text) else "PROPN", f"{'I' if i else 'B'}-{kind}", referent)
            for i, text in enumerate(self.declined[referent, form])
        ]

    def _adapt(self, word: Word, after: Word | None) -> Word:
        other = self.sandhi.get(word.text)
        if other is None or after is None or not re.match(other[1], after.text):
            return word
        return Word(other[0], word.upos)

    def spell(self, words: Iterable[Word]) -> str:
        """Write words one after the other as the language does: spaces, attached punctuation."""
        texts = [word.text for word in words]
        if not self.spaces:
            return "".join(texts)
        parts = [texts[0]]
        for before, text in itertools.pairwise(texts):
            attached = text[0] in _NO_SPACE_BEFORE or before.endswith("'") or before in self.proclitics
            parts.append(text if attached else f" {text}")
        return "".join(parts)

    def _decline(self, name: Name, form: str) -> tuple[str, ...]:
        if not form:
            return tuple(name.text.split())
        if self.inflect is None:
            raise DataError(
                f"form '{form}' of a name, but no inflection",
                where=f"grammar '{self.language}'",
                hint="give the grammar an `inflect` function, or write {a} without a form",
            )
        stated = self.forms.get(name.id, {}).get(form)
        words = tuple((stated or self.inflect(name, form)).split())
        if len(words) != len(name.text.split()):
            raise DataError(
                f"form '{form}' of '{name.text}' is '{' '.join(words)}', with another number of words",
                where=f"grammar '{self.language}'",
            )
        return words
