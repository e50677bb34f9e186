"""Tags of words: parts of speech, and the schemes of entities that files use, which are read into BIO."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Literal

from isogloss.errors import DataError
from isogloss.tasks._reading import WordRow

UPOS = (
    *("ADJ", "ADP", "ADV", "AUX", "CCONJ", "DET", "INTJ", "NOUN", "NUM"),
    *("PART", "PRON", "PROPN", "PUNCT", "SCONJ", "SYM", "VERB", "X"),
)
"""The 17 universal parts of speech of Universal Dependencies, version 2."""

Scheme = Literal["bio", "iob1", "iobes", "bilou"]

_LETTERS: Mapping[str, str] = {"bio": "BI", "iob1": "BI", "iobes": "BIES", "bilou": "BILU"}
_LAST = frozenset("ESLU")
_IN_BIO: Mapping[str, str] = {"S": "B", "U": "B", "E": "I", "L": "I"}
_TAG = re.compile(r"([A-Z])(?:-(.+))?")


def to_bio(row: WordRow, scheme: Scheme, only_type: str | None, path: str) -> WordRow:
    """Write the tags of a sentence in BIO.

    What follows the last word of an entity begins another, also where its tag says that it goes on:
    `entity_f1` reads IOBES and BILOU so.

    Parameters
    ----------
    row : WordRow
        Tags are ``O`` or a letter of the scheme, alone or with a type: ``S-LOC``.
    scheme : {"bio", "iob1", "iobes", "bilou"}
        In IOB1, ``B-`` occurs only between two entities of one type that touch.
    only_type : str, optional
        Type of tags that name none.
    path : str
        For messages.

    Raises
    ------
    DataError
        For a tag that is not of the scheme.
    """
    out: list[str] = []
    before: str | None = None
    ended = False
    for position, tag in enumerate(row.labels):
        if tag == "O":
            out.append(tag)
            before, ended = None, False
            continue
        match = _TAG.fullmatch(tag)
        if match is None or match[1] not in _LETTERS[scheme]:
            raise DataError(
                f"'{tag[:40]}' is not a tag of the scheme {scheme}",
                where=f"{path}, {row.place_of(position)}, field 'label'",
                allowed=f"O, or one of {', '.join(_LETTERS[scheme])}, alone or with a type: "
                f"{_LETTERS[scheme][-1]}-LOC",
                hint="correct the tag, or choose another `scheme`",
            )
        letter, kind = _IN_BIO.get(match[1], match[1]), match[2] or only_type or ""
        if letter == "I" and (ended or (scheme == "iob1" and before != kind)):
            letter = "B"
        before, ended = kind, match[1] in _LAST
        out.append(f"{letter}-{kind}" if kind else letter)
    return replace(row, labels=out)


def only_type_of(labels: Sequence[str]) -> str | None:
    """Type of the declared BIO labels, if there is exactly one."""
    types = {label[2:] for label in labels if label[:2] in ("B-", "I-")}
    return types.pop() if len(types) == 1 else None
