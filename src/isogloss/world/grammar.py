"""Grammars: names, lexicon and sentence patterns of a language, and how they become sentences."""

from __future__ import annotations

import itertools
import json
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Annotated, Any

from pydantic import BeforeValidator, ConfigDict, Field
from pydantic.dataclasses import dataclass as validated_dataclass

from isogloss.errors import DataError
from isogloss.identity import Frozen
from isogloss.registry import Registry
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
from isogloss.world.roster import FRAMES, PERSONS, PLACES, REFERENTS, YEARS, Name

BIO = ("O", "B-PER", "I-PER", "B-LOC", "I-LOC")
"""Labels of names."""
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
        fillers = {"A": self.a, "B": self.b, "C": self.c or ""}
        gloss = FRAMES[self.frame].gloss
        said = re.sub(r"\b[ABC]\b", lambda role: REFERENTS[fillers[role.group()]].text, gloss)
        return f"{said}, {self.year}"


Inflection = Callable[[Name, str], str]
"""A name and a form to the words of the name in that form, with spaces; as many as in the citation form."""
INFLECTIONS: Registry[Inflection] = Registry("inflection", "isogloss.world.inflections", "inflect")


def _inflection_named(value: Any) -> Any:
    return INFLECTIONS[value] if isinstance(value, str) else value


class Sandhi(Frozen):
    """The other shape of a word, and when it is used.

    Parameters
    ----------
    becomes : str
        May hold ``{year}``, as the word itself. A word that ends in an apostrophe is joined to the next one.
    before : str
        Regular expression that the next word has to match at its start.
    years_ending_in : tuple of int
        For a word with ``{year}``: the last digit, or the last two, of the years that use this shape.
    """

    becomes: str
    before: str = ""
    years_ending_in: tuple[int, ...] = ()

    def shapes_of(self, word: str) -> dict[str, tuple[str, str]]:
        """Word, with each of the years, to its other shape and the expression for the next word."""
        endings = set(self.years_ending_in)
        return {
            word.replace("{year}", str(year)): (self.becomes.replace("{year}", str(year)), self.before)
            for year in YEARS
            if not endings or endings & {year % 10, year % 100}
        }


@validated_dataclass(frozen=True, config=ConfigDict(extra="forbid"))
class Grammar:
    """One language of the world, as its file states it.

    Parameters
    ----------
    language : str
        BCP 47 tag: the name of the file.
    title : str
        Name of the language in English.
    lexicon : dict of str to str
        Every word of the patterns but names, years and punctuation, by part-of-speech tag, with spaces.
    frames : dict of str to str
        Patterns of each frame, one per line, all of them paraphrases; two or more that name ``{a}`` first and
        two that name ``{b}`` first. Spaces separate words and punctuation, also in languages written without.
        ``{a}``, ``{b}``, ``{c}`` are names and ``{year}`` is the year, alone or inside a word;
        ``{b?derrotado/derrotada}`` agrees with the gender of b; ``{a:dat}`` is the name in the form that the
        inflection returns; ``que|PRON`` gives a word its second tag.
    persons, places : dict of str to str
        Names that are not spelled as in English.
    inflection : callable or None
        A file states the name of one of `INFLECTIONS`.
    forms : dict of str to dict of str to str
        Forms of a name that the inflection does not give, by the name's id.
    sandhi : dict of str to Sandhi
        Words that change before certain beginnings.
    proclitics : frozenset of str
        Words that are written together with the next one (``ar.yaml``).
    spaces : bool
        False joins the words of a sentence.

    Raises
    ------
    DataError
        By the properties, if a pattern uses a word without tag, a role its frame does not have, or it has too
        few patterns.
    """

    language: str
    title: str
    lexicon: dict[str, str]
    frames: dict[str, str]
    persons: dict[str, str] = Field(default_factory=dict)
    places: dict[str, str] = Field(default_factory=dict)
    inflection: Annotated[Inflection | None, BeforeValidator(_inflection_named)] = None
    forms: dict[str, dict[str, str]] = Field(default_factory=dict)
    sandhi: dict[str, Sandhi] = Field(default_factory=dict)
    proclitics: frozenset[str] = frozenset()
    spaces: bool = True

    @cached_property
    def shapes(self) -> dict[str, tuple[str, str]]:
        """Every word of `sandhi` to its other shape and the expression that the next word has to match."""
        return {word: shape for at, rule in self.sandhi.items() for word, shape in rule.shapes_of(at).items()}

    @cached_property
    def names(self) -> dict[str, Name]:
        """Every referent's name in this language."""
        for given, roster in ((self.persons, PERSONS), (self.places, PLACES), (self.forms, REFERENTS)):
            reject_unknown(given, roster, "name of a referent", language=self.language)
        spelled = self.persons | self.places
        return {id_: replace(who, text=spelled.get(id_, who.text)) for id_, who in REFERENTS.items()}

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
                "sandhi": self.shapes,
                **proclitics,
                "names": [[*key, *words] for key, words in sorted(self.declined.items())],
                "frames": {
                    id_: [[(ITEM_KINDS[type(item)], *item) for item in each.items] for each in group]
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
        words |= {_YEAR.sub("", other) for other, _ in self.shapes.values()}
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
        words[0] = replace(words[0], text=words[0].text[0].upper() + words[0].text[1:])
        return Sentence(tuple(words), self.spell(words))

    def _name_words(self, referent: str, form: str) -> list[Word]:
        kind = "PER" if REFERENTS[referent].kind == "person" else "LOC"
        return [
            Word(text, "PUNCT" if is_punctuation(text) else "PROPN", f"{'I' if i else 'B'}-{kind}", referent)
            for i, text in enumerate(self.declined[referent, form])
        ]

    def _adapt(self, word: Word, after: Word | None) -> Word:
        other = self.shapes.get(word.text)
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
        if self.inflection is None:
            raise DataError(
                f"form '{form}' of a name, but no inflection",
                where=f"grammar '{self.language}'",
                hint="give the grammar an `inflection`, or write {a} without a form",
            )
        stated = self.forms.get(name.id, {}).get(form)
        words = tuple((stated or self.inflection(name, form)).split())
        if len(words) != len(name.text.split()):
            raise DataError(
                f"form '{form}' of '{name.text}' is '{' '.join(words)}', with another number of words",
                where=f"grammar '{self.language}'",
            )
        return words
