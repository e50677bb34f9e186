"""Columns that hold the scores, and the rows of the header that distinguish them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from itertools import zip_longest

import numpy as np
import pandas as pd

from isogloss.errors import DataError, closest, some_of
from isogloss.scores.importing import labels as known
from isogloss.scores.importing.labels import (
    MISSING,
    SYNONYMS,
    are_languages,
    is_average,
    language_of,
    word_list,
    words,
)
from isogloss.scores.importing.layout import AN_AVERAGE, Dimension, Search, may_be
from isogloss.scores.importing.numbers import parse
from isogloss.scores.importing.sheet import NAMES, NAMES_OF_LANGUAGES, Sheet
from isogloss.scores.table import LANGUAGE_ROLES

MODELS = re.compile(
    r"bert|xlm|rob|t5|gpt|llama|bloom|electra|labse|laser|gemma|mistral|qwen|aya|muril|glot|encoder"
)
FEATURES = word_list("features")
"""Words in the names of numeric columns that hold no score."""
THE_HEADER = "the header"
N_NAMED = 40
"""So many columns of a table are named where one has to be chosen."""
A_SPREAD = "a spread or bound of a score"
SPREADS = word_list("spreads")
"""Words in the name of a column that make it the spread of another."""


def score_columns(
    search: Search, apart: set[int]
) -> tuple[list[int], list[Dimension], list[tuple[str, str]]]:
    """Find the columns of scores.

    Parameters
    ----------
    search : Search
    apart : set of int
        Columns that hold something else.

    Returns
    -------
    tuple of list of int, list of Dimension and list of (str, str)
        Positions of the columns; the rows of the header that distinguish them; columns that are left out,
        with the reason.

    Raises
    ------
    DataError
        If several columns could hold the score, or the one that was named is not there.
    """
    sheet, said = search.sheet, search.said
    candidates = [j for j in sheet.numeric if j not in apart]
    if said.score is not None and said.score in sheet.names:
        return [sheet.names.index(said.score)], [], []
    candidates, left_out = _without_summaries(sheet, candidates)
    candidates, facts = _without_facts(sheet, candidates)
    left_out += facts
    chosen = (
        _of_languages(sheet, candidates)
        or _called_score(sheet, candidates)
        or _replicates(sheet, candidates)
        or _of_one_kind(search, candidates)
    )
    levels = _levels(sheet, chosen)
    if said.score is not None:
        chosen, levels = _chosen_by_label(said.score, sheet, chosen, levels)
    if any(are_languages(level.labels) or known.pairs(level.labels) for level in levels):
        further = sorted({*candidates} - {*chosen})
        left_out += [(sheet.names[j], _why_left(sheet, j)) for j in further if not _is_reserved(sheet, j)]
    return chosen, levels, left_out


def _replicates(sheet: Sheet, candidates: list[int]) -> list[int]:
    return candidates if known.seeds([sheet.paths[j][-1] for j in candidates]) is not None else []


def _without_summaries(sheet: Sheet, candidates: Sequence[int]) -> tuple[list[int], list[tuple[str, str]]]:
    """Columns other than averages, spreads and numbers of rows; means where there is nothing else."""
    spreads = _spreads(sheet, candidates)
    averages = _averages(sheet, candidates) - spreads
    others = {j for j in {*candidates} - spreads - averages if not _is_index(sheet, j)}
    if not any(_may_be_score(sheet, j) or language_of(sheet.paths[j][-1]) is not None for j in others):
        means = {j for j in averages if _is_mean(sheet.names[j])}
        averages, others = averages - means, others | means
    left_out = [(sheet.names[j], AN_AVERAGE) for j in sorted(averages)]
    return sorted(others), left_out + [(sheet.names[j], A_SPREAD) for j in sorted(spreads)]


def _averages(sheet: Sheet, candidates: Sequence[int]) -> set[int]:
    """Columns that a label in any row of the header calls a summary of the others."""
    last = [sheet.paths[j][-1] for j in candidates]
    return {j for j in candidates if any(is_average(label, last) for label in sheet.paths[j])}


def _spreads(sheet: Sheet, candidates: Sequence[int]) -> set[int]:
    """Columns such as ``de_std`` next to ``de``, or ``acc std`` next to ``acc mean``."""
    parts = {j: words(sheet.names[j].replace("±", " pm ")).split("_") for j in candidates}
    bare = {j: [part for part in own if part not in SPREADS] for j, own in parts.items()}
    scores = [[part for part in bare[j] if not is_average(part)] for j in candidates if bare[j] == parts[j]]
    return {j for j in candidates if bare[j] and bare[j] != parts[j] and bare[j] in scores}


def _is_mean(name: str) -> bool:
    return bool({"mean", "means", "average", "avg", "median"} & set(words(name).split("_")))


def _may_be_score(sheet: Sheet, position: int) -> bool:
    """Say whether a column may hold scores, by its name."""
    is_count = re.match(r"#\s*\w", sheet.names[position])
    own = set(words(sheet.paths[position][-1]).split("_"))
    return not (FEATURES & own or is_count or _is_reserved(sheet, position))


def _why_left(sheet: Sheet, position: int) -> str:
    return "it names no language" if language_of(sheet.paths[position][-1]) is None else "it holds no score"


def _is_index(sheet: Sheet, position: int) -> bool:
    """A column without a name that counts the rows."""
    if sheet.names[position] and not re.fullmatch(
        r"Unnamed: \d+|#|no|nr", sheet.names[position], re.IGNORECASE
    ):
        return False
    values = pd.to_numeric(sheet.body[position], errors="coerce").to_numpy(dtype=float)
    return bool(len(values) > 1 and (np.diff(values) == 1).all())


def _of_languages(sheet: Sheet, candidates: Sequence[int]) -> list[int]:
    """Columns named after languages, pairs of them, or languages with something else."""
    has_score = any(words(sheet.names[j]) in SYNONYMS["score"] for j in candidates)
    # a language that was not measured has a column without a score
    empty = [j for j in range(len(sheet.names)) if sheet.body[j].str.lower().isin(MISSING).all()]
    candidates = sorted({*candidates, *empty})
    n_levels = len(sheet.paths[0]) if sheet.paths else 0
    levels = ({j: sheet.paths[j][level] for j in candidates} for level in range(n_levels))
    return next((found for labels in levels if (found := _at_level(sheet, labels, has_score))), [])


def _at_level(sheet: Sheet, labels: Mapping[int, str], has_score: bool) -> list[int]:
    """Such columns by their labels in one row of the header."""
    free = {j: label for j, label in labels.items() if words(label) not in _NO_LANGUAGE}
    parts = _of_two_parts(list(free.values()))
    if parts:
        return [j for j, label in free.items() if label in parts]
    named = [j for j, label in free.items() if language_of(label) is not None]
    n_distinct = len({labels[j] for j in named})
    alone = n_distinct == 1 and len(named) == len(labels) and not has_score
    if alone or n_distinct >= (3 if has_score else 2):
        return sorted([*named, *_further_codes(sheet, labels, named)])
    return []


def _of_two_parts(labels: Sequence[str]) -> Mapping[str, known.Pair]:
    """Labels that are pairs of languages, or a language with something else where this tells more apart."""
    pairs = known.pairs(labels) or {}
    if len(pairs) >= 2:
        return pairs
    named = [label for label in labels if language_of(label) is not None]
    no_facts = [label for label in labels if label in named or not _FACTS & set(words(label).split("_"))]
    composed = dict(known.split(no_facts) or {})
    rests = {rest for _, rest in composed.values()}
    for label in set(labels) - set(no_facts) if composed else ():  # Indonesian: "id_f1" beside "de_f1"
        part = (known.split([*composed, label]) or {}).get(label)
        if part is not None and part[1] in rests:
            composed[label] = part
    return composed if len(composed) > len(named) or known.repeat(named) else {}


_FACTS = FEATURES - {"source", "target"}
_NO_LANGUAGE = NAMES | known.SPLITS | known.TASKS
"""Names of columns that are also codes of languages."""


def _further_codes(sheet: Sheet, labels: Mapping[int, str], named: Sequence[int]) -> list[int]:
    """Columns such as ``map`` and ``to``, which are languages among five other codes of their length."""
    distinct = {labels[j] for j in named}
    lengths = {len(label) for label in distinct if len(label) <= 3}
    if len(distinct) < 5:
        return []
    others = [j for j in labels if j not in named and len(labels[j]) in lengths]
    counts = [j for j in others if sheet.body[j].str.fullmatch(r"\d{1,4}").all()]
    return [j for j in others if language_of(labels[j]) is not None and j not in counts]


def _of_one_kind(search: Search, candidates: Sequence[int]) -> list[int]:
    """The only column of scores, or several of metrics or models.

    Raises
    ------
    DataError
        If several columns could hold the score.
    """
    sheet = search.sheet
    if len(candidates) == 1:
        return list(candidates)
    free = [j for j in candidates if _may_be_score(sheet, j)]
    free = [j for j in free if _names_metric(sheet.names[j])] or free
    if len(free) == 1:
        return free
    inside = [j for j in free if _is_in_range(sheet, j)]
    if len(inside) == 1 or (inside and _may_be_several(search, candidates, inside)):
        return inside
    names = [sheet.names[j] for j in free]
    called = [j for j, name in enumerate(sheet.names) if words(name) in SYNONYMS["score"]]
    if not free and len(called) == 1:
        return called  # of texts: the first that is not a number is refused with its place
    raise DataError(
        f"{len(free)} columns could hold the score{': ' if free else ''}{', '.join(names)}",
        where=sheet.grid.name,
        allowed=f"columns: {some_of([*filter(None, sheet.names)], N_NAMED)}",
        hint="name it with --score",
    )


def _names_metric(name: str) -> bool:
    return bool(known.METRICS & set(words(name).split("_")))


def _may_be_several(search: Search, candidates: Sequence[int], inside: Sequence[int]) -> bool:
    """Say whether several columns may hold scores: of metrics or models, or of labels that are asked for."""
    names = [search.sheet.names[j] for j in inside]
    return (
        all(map(_names_metric, names))
        or all(MODELS.search(name.lower()) for name in names)
        or search.said.score is not None
        or len(_sides(search.sheet, candidates)) <= 1
    )


def _called_score(sheet: Sheet, candidates: Sequence[int]) -> list[int]:
    """Columns that are called like a score or metric, and nothing else."""
    names = {words(sheet.names[j]): j for j in reversed(candidates)}
    exact = next((name for name in SYNONYMS["score"] if name in names), None)
    if exact is None or len(sheet.paths[0]) > 1:
        return []
    if exact == "score" or exact not in known.METRICS:
        return [names[exact]]
    return [j for j in candidates if words(sheet.names[j]) in known.METRICS]


def _without_facts(sheet: Sheet, candidates: list[int]) -> tuple[list[int], list[tuple[str, str]]]:
    """Columns other than scores of one language (a source in itself), where others are scores of pairs."""
    named = [j for j in candidates if _names_metric(sheet.names[j])]
    sides = _sides(sheet, candidates) if len(named) > 1 else []
    facts = {j: side for j in named for side in sides if _is_fact_of(sheet, j, side)}
    if len(sides) < 2 or len(facts) == len(named):
        return candidates, []
    left_out = [(sheet.names[j], f"one value for each of '{sheet.names[side]}'") for j, side in facts.items()]
    return [j for j in candidates if j not in facts], left_out


def _is_fact_of(sheet: Sheet, position: int, side: int) -> bool:
    """Whether a column has one value for each of several languages that have several rows."""
    values = sheet.body[position].groupby(sheet.body[side])
    return bool(values.ngroups > 2 and values.size().median() > 1 and (values.nunique() == 1).all())


def _sides(sheet: Sheet, candidates: Sequence[int]) -> list[int]:
    """Columns beside the candidates that hold languages, by their names or what they hold."""
    beside = [j for j in range(len(sheet.names)) if j not in candidates]
    return [
        j for j in beside if words(sheet.names[j]) in _LANGUAGE_WORDS or are_languages(sheet.body[j].unique())
    ]


_LANGUAGE_WORDS = frozenset(name for role in (*LANGUAGE_ROLES, "language", "pair") for name in SYNONYMS[role])
_RESERVED = frozenset(
    name for role in ("seed", "chance", "n_examples", "n_units", "layer") for name in SYNONYMS[role]
)


def _is_in_range(sheet: Sheet, position: int) -> bool:
    values = parse(pd.Series(sheet.body[position].unique(), dtype="str")).values
    return bool((np.nan_to_num(values) <= 100).all() and (np.nan_to_num(values) >= -1).all())


def _is_reserved(sheet: Sheet, position: int) -> bool:
    name = words(sheet.names[position])
    if name in SYNONYMS["zero_shot"]:
        return may_be("zero_shot", Dimension(name, tuple(sheet.body[position].unique()), position))
    return name in _RESERVED


def _levels(sheet: Sheet, chosen: Sequence[int]) -> list[Dimension]:
    """Rows of the header, as far as they distinguish columns of scores; composed labels become two."""
    if len(chosen) < 2:
        return []
    n_levels = len(sheet.paths[0])
    labels = zip(*(sheet.paths[j] for j in chosen), strict=True)
    found: list[Dimension] = []
    for number, (across, called) in enumerate(zip_longest(labels, sheet.grid.levels, fillvalue=""), 1):
        name = THE_HEADER if n_levels == 1 else f"row {number} of the header"
        if any(across):
            found += _dimensions(f"{name} ({called})" if called else name, tuple(across))
    return found


def _dimensions(name: str, across: tuple[str, ...]) -> list[Dimension]:
    """A row of the header, or of composed labels the languages and the rest."""
    is_plain = (are_languages(across) and not known.repeat(across)) or known.pairs(across)
    composed = None if is_plain else known.split(across)
    if composed is None:
        return [Dimension.of_header(name, across)]
    parts = [composed.get(label, ("", "")) for label in across]
    languages, rests = zip(*parts, strict=True)
    rest = Dimension.of_header(f"{name}, the rest", rests)
    if len(rest.labels) == 1 and words(rests[0]) in NAMES_OF_LANGUAGES:  # "src=en": the rest names the role
        return [Dimension.of_header(f"{name}, languages ({rests[0]})", languages)]
    return [Dimension.of_header(f"{name}, languages", languages), rest]


def _chosen_by_label(
    name: str, sheet: Sheet, chosen: list[int], levels: list[Dimension]
) -> tuple[list[int], list[Dimension]]:
    """Columns of scores of one metric or model, where the header distinguishes several.

    Raises
    ------
    DataError
        If there is neither a column nor a label of that name.
    """
    for level in levels:
        at = [i for i, label in enumerate(level.across) if words(label) == words(name)]
        if at:
            others = [other for other in levels if other is not level]
            return [chosen[i] for i in at], [
                Dimension.of_header(other.name, tuple(other.across[i] for i in at)) for other in others
            ]
    labels = [label for level in levels for label in level.labels]
    raise DataError(
        f"no column '{name}'",
        where=f"{sheet.grid.name}, --score",
        allowed=closest(name, [*filter(None, sheet.names), *labels]),
    )
