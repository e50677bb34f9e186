"""Grammars as data files, and the registry of them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import yaml
from pydantic import Field, ValidationError
from pydantic_core import ErrorDetails

from isogloss.errors import DataError
from isogloss.identity import Frozen, fault_of
from isogloss.registry import Registry
from isogloss.world.grammar import Grammar, Name
from isogloss.world.roster import LOADER, YEARS

INFLECTIONS: Registry[Callable[[Name, str], str]] = Registry(
    "inflection", "isogloss.world.inflections", "inflect"
)


class Sandhi(Frozen):
    """The other shape of a word, and when it is used.

    Parameters
    ----------
    becomes : str
        May hold ``{year}``, as the word itself.
    before : str
        Regular expression that the next word has to match at its start.
    years_ending_in : tuple of int
        For a word with ``{year}``: the last digit, or the last two, of the years that use this shape.
    """

    becomes: str
    before: str = ""
    years_ending_in: tuple[int, ...] = ()


class GrammarFile(Frozen):
    """A grammar as its file states it; the file's name is the tag of the language.

    Parameters
    ----------
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
    inflection : str or None
        File of ``isogloss/world/inflections`` with ``inflect(name, form)``.
    forms : dict of str to dict of str to str
        Forms of a name that the inflection does not give, by the name's id.
    sandhi : dict of str to Sandhi
        Words that change before certain beginnings.
    proclitics : frozenset of str
        Words that are written together with the next one (``ar.yaml``).
    spaces : bool
        False joins the words of a sentence.
    """

    title: str
    lexicon: dict[str, str]
    frames: dict[str, str]
    persons: dict[str, str] = Field(default_factory=dict)
    places: dict[str, str] = Field(default_factory=dict)
    inflection: str | None = None
    forms: dict[str, dict[str, str]] = Field(default_factory=dict)
    sandhi: dict[str, Sandhi] = Field(default_factory=dict)
    proclitics: frozenset[str] = frozenset()
    spaces: bool = True


def read_grammar(path: Path) -> Grammar:
    """Read a grammar from a YAML file.

    Parameters
    ----------
    path : Path
        Its name without ``.yaml`` is the tag of the language.

    Raises
    ------
    DataError
        If the file is not YAML, or a field is missing, unknown or of another type; all of them at once.
    """
    try:
        stated = GrammarFile.model_validate(yaml.load(path.read_text(encoding="utf-8"), LOADER))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise DataError(f"not a readable YAML file: {error}", where=str(path)) from None
    except ValidationError as error:
        problems = [f"{'.'.join(map(str, each['loc']))}: {_wrong(each)}" for each in error.errors()]
        raise DataError(
            "; ".join(problems), where=str(path), allowed=f"fields: {', '.join(GrammarFile.model_fields)}"
        ) from None
    return Grammar(
        language=path.stem,
        inflect=INFLECTIONS[stated.inflection] if stated.inflection else None,
        sandhi={
            word: shape for written, rule in stated.sandhi.items() for word, shape in _by_year(written, rule)
        },
        **stated.model_dump(exclude={"inflection", "sandhi"}),
    )


def _wrong(detail: ErrorDetails) -> str:
    if detail["type"] == "missing":
        return "missing"
    if detail["type"] == "extra_forbidden":
        return "no such field"
    return fault_of(detail, repr(detail["input"]))[0]


def _by_year(word: str, rule: Sandhi) -> list[tuple[str, tuple[str, str]]]:
    if not rule.years_ending_in:
        return [(word, (rule.becomes, rule.before))]
    return [
        (word.replace("{year}", str(year)), (rule.becomes.replace("{year}", str(year)), rule.before))
        for year in YEARS
        if year % 10 in rule.years_ending_in or year % 100 in rule.years_ending_in
    ]


GRAMMARS: Registry[Grammar] = Registry("grammar", "isogloss.world.grammars", "GRAMMAR", read=read_grammar)
