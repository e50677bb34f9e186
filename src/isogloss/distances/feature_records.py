"""Which of URIEL's records describe a language.

URIEL keeps some facts under the individual language, some under its macrolanguage (zsm/msa, ekk/est), and
builds the macrolanguage's record from all members. The individual language's own facts come first; a
macrolanguage's record stands in only for the language that represents it by the rules of
`isogloss.languages.rules`, and every use of it is noted.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from isogloss.distances.matrix import DistanceMatrix, check_distinct
from isogloss.errors import RegistryError, closest
from isogloss.languages import Language, _uriel
from isogloss.languages._uriel import UNKNOWN
from isogloss.languages.records import represented_macrolanguage


def check(languages: Sequence[Language], definition: str, defined: Sequence[str], metric: str) -> None:
    """Refuse what no distance can be computed from: a definition that a metric lacks, a language twice.

    Raises
    ------
    RegistryError, LanguageError
    """
    if definition not in defined:
        raise RegistryError(
            f"no definition '{definition}' of the distance '{metric}'", allowed=closest(definition, defined)
        )
    check_distinct(languages, metric)


def typology(codes: Sequence[str]) -> NDArray[np.int8]:
    """Known facts of some records, sources united.

    Sources disagree on 1.1% of the facts on record. As in URIEL a feature counts as present when any
    source attests it.

    Parameters
    ----------
    codes : sequence of str
        URIEL's codes; one that URIEL does not have is unknown throughout.

    Returns
    -------
    ndarray of int8, shape (code, 289)
        1 present, 0 absent, -1 unknown.
    """
    return _uriel.typology("features", codes)


def macro_codes(languages: Sequence[Language]) -> list[str]:
    """URIEL's code of the macrolanguage that each language represents; empty where there is none."""
    return [represented_macrolanguage(language.id) or "" for language in languages]


def filled(
    languages: Sequence[Language], columns: NDArray[np.bool_]
) -> tuple[NDArray[np.int8], tuple[str, ...]]:
    """Own facts first, the represented macrolanguage's facts where the own record is silent."""
    own = typology([language.id for language in languages])[:, columns]
    pooled = typology(macro_codes(languages))[:, columns]
    return filled_in(languages, own, pooled, "URIEL")


def filled_in(
    languages: Sequence[Language], own: NDArray[np.int8], pooled: NDArray[np.int8], source: str
) -> tuple[NDArray[np.int8], tuple[str, ...]]:
    """Own facts, the macrolanguages' where they are unknown, and a note on each such language."""
    facts = np.where(own == UNKNOWN, pooled, own)
    n_filled = ((own == UNKNOWN) & (pooled != UNKNOWN)).sum(axis=1)
    n_known = (facts != UNKNOWN).sum(axis=1)
    notes = tuple(
        f"{of.id}: {n} of {known} known features come from {source}'s record of the macrolanguage {code}"
        for of, code, n, known in zip(languages, macro_codes(languages), n_filled, n_known, strict=True)
        if n
    )
    return facts, notes


def chosen(
    languages: Sequence[Language], columns: NDArray[np.bool_]
) -> tuple[NDArray[np.int8], tuple[str, ...]]:
    """One record per language: the own one, or the represented macrolanguage's where the own one is empty."""
    own = typology([language.id for language in languages])[:, columns]
    macro = macro_codes(languages)
    pooled = typology(macro)[:, columns]
    silent = (own == UNKNOWN).all(axis=1) & (pooled != UNKNOWN).any(axis=1)
    notes = tuple(
        f"{language.id}: nothing on record, URIEL's record of the macrolanguage {code} is used"
        for language, code, use in zip(languages, macro, silent, strict=True)
        if use
    )
    return np.where(silent[:, None], pooled, own), notes


def places(languages: Sequence[Language]) -> tuple[list[str], tuple[str, ...]]:
    """URIEL's code under which each language has its place.

    A language of which URIEL knows nothing else (Standard Latvian) is placed where its macrolanguage's
    record is, since that is the record that URIEL's sources describe.
    """
    macro = macro_codes(languages)
    own_is_empty = (typology([language.id for language in languages]) == UNKNOWN).all(axis=1)
    stands_in = own_is_empty & (typology(macro) != UNKNOWN).any(axis=1)
    codes = [code if use else own.id for own, code, use in zip(languages, macro, stands_in, strict=True)]
    notes = tuple(
        f"{language.id}: the place is that of URIEL's record of the macrolanguage {code}"
        for language, code in zip(languages, codes, strict=True)
        if code != language.id
    )
    return codes, notes


def pair_counts(known: NDArray[np.bool_], n_facts: int = 1) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """Facts known for both, and for at least one, of two languages of which all facts or none are known.

    Parameters
    ----------
    known : ndarray of bool, shape (language,)
    n_facts : int
        Facts of a known language.

    Returns
    -------
    shared, union : ndarray of int, shape (language, language)
    """
    both, either = known[:, None] & known[None], known[:, None] | known[None]
    return n_facts * both.astype(np.int32), n_facts * either.astype(np.int32)


def of_whole_records(
    metric: str,
    definition: str,
    languages: Sequence[Language],
    values: NDArray[np.float64],
    known: NDArray[np.bool_],
    *,
    what: str,
    notes: Sequence[str] = (),
    **more: Any,
) -> DistanceMatrix:
    """Make the matrix of a metric of which all facts about a language are on record, or none.

    Parameters
    ----------
    metric, definition : str
    languages : sequence of Language
    values : ndarray of float, shape (language, language)
        Changed in place: NaN where one of two languages is not known, 0 on the diagonal.
    known : ndarray of bool, shape (language,)
    what : str
        What is not on record of the others, for the notes.
    notes : sequence of str
    **more
        Fields of `DistanceMatrix`; `threshold`, 1 by default, is also the number of facts.
    """
    threshold = more.pop("threshold", 1)
    shared, union = pair_counts(known, threshold)
    values[shared == 0] = np.nan
    np.fill_diagonal(values, 0.0)
    absent = (
        f"{of.id}: no {what} on record" for of, there in zip(languages, known, strict=True) if not there
    )
    facts = (values, shared, union, _uriel.source(), threshold)
    return DistanceMatrix(metric, definition, tuple(languages), *facts, notes=(*notes, *absent), **more)
