"""Columns that hold the scores, and the rows of the header that distinguish them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from isogloss.errors import DataError, closest
from isogloss.scores.importing import labels as known
from isogloss.scores.importing.labels import are_languages, is_average, language_of, words
from isogloss.scores.importing.layout import AN_AVERAGE, Dimension, Search, may_be
from isogloss.scores.importing.names import FEATURES, SYNONYMS
from isogloss.scores.importing.numbers import MISSING, parse
from isogloss.scores.importing.sheet import NAMES, NAMES_OF_LANGUAGES, Sheet
from isogloss.scores.table import LANGUAGE_ROLES

MODELS = re.compile(
    r"bert|xlm|rob|t5|gpt|llama|bloom|electra|labse|laser|gemma|mistral|qwen|aya|muril|glot|encoder"
)
THE_HEADER = "the header"
A_SPREAD = "a spread or bound of a score"
SPREADS = frozenset(
    {"std", "sd", "stdev", "stddev", "stderr", "se", "sem", "ci", "lower", "upper", "pm", "err"}
)
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
    candidates = [j for j in search.numeric if j not in apart]
    if said.score is not None and said.score in sheet.names:
        return [sheet.names.index(said.score)], [], []
    candidates, left_out = _without_summaries(sheet, candidates)
    chosen = _of_languages(sheet, candidates) or _without_languages(search, candidates)
    levels = _levels(sheet, chosen)
    if said.score is not None:
        chosen, levels = _chosen_by_label(said.score, sheet, chosen, levels)
    if levels and any(are_languages(level.labels) or known.pairs(level.labels) for level in levels):
        left_out += [
            (sheet.names[j], _why_left(sheet, j))
            for j in candidates
            if j not in chosen and not _is_reserved(sheet, j)
        ]
    return chosen, levels, left_out


def _without_summaries(sheet: Sheet, candidates: Sequence[int]) -> tuple[list[int], list[tuple[str, str]]]:
    """Columns other than averages, spreads and numbers of rows; means where there is nothing else."""
    last = [sheet.paths[j][-1] for j in candidates]
    spreads = _spreads(sheet, candidates)
    rest = [j for j in candidates if j not in spreads]
    averages = [j for j in rest if any(is_average(label, last) for label in sheet.paths[j] if label)]
    others = [j for j in rest if j not in averages and not _is_index(sheet, j)]
    scores = [j for j in others if _may_be_score(sheet, j) or language_of(sheet.paths[j][-1]) is not None]
    if averages and not scores:
        means = [j for j in averages if _is_mean(sheet.names[j])]
        averages, others = [j for j in averages if j not in means], sorted([*others, *means])
    left_out = [(sheet.names[j], AN_AVERAGE) for j in averages]
    return others, left_out + [(sheet.names[j], A_SPREAD) for j in spreads]


def _spreads(sheet: Sheet, candidates: Sequence[int]) -> list[int]:
    """Columns such as ``de_std`` next to ``de``, or ``acc std`` next to ``acc mean``."""
    parts = {j: words(sheet.names[j].replace("±", " pm ")).split("_") for j in candidates}
    bare = {j: [part for part in own if part not in SPREADS] for j, own in parts.items()}
    scores = [[part for part in bare[j] if not is_average(part)] for j in candidates if bare[j] == parts[j]]
    return [j for j in candidates if bare[j] and bare[j] != parts[j] and bare[j] in scores]


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
    candidates = sorted({*candidates, *_unmeasured(sheet)})
    n_levels = len(sheet.paths[0]) if sheet.paths else 0
    levels = ({j: sheet.paths[j][level] for j in candidates} for level in range(n_levels))
    return next((found for labels in levels if (found := _at_level(sheet, labels, has_score))), [])


def _at_level(sheet: Sheet, labels: Mapping[int, str], has_score: bool) -> list[int]:
    """Such columns by their labels in one row of the header."""
    free = [j for j, label in labels.items() if words(label) not in _NO_LANGUAGE]
    named = [j for j in free if language_of(labels[j]) is not None]
    no_facts = [labels[j] for j in free if j in named or not _FACTS & set(words(labels[j]).split("_"))]
    pairs, composed = known.pairs([labels[j] for j in free]) or {}, known.split(no_facts) or {}
    if len(pairs) >= 2:
        return [j for j in free if labels[j] in pairs]
    if len(composed) > len(named) or (composed and known.repeat(labels[j] for j in named)):
        return [j for j in free if labels[j] in composed]
    n_distinct = len({labels[j] for j in named})
    alone = n_distinct == 1 and len(named) == len(labels) and not has_score
    if alone or n_distinct >= (3 if has_score else 2):
        return sorted([*named, *_further_codes(sheet, labels, named)])
    return []


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
    return [j for j in others if language_of(labels[j]) is not None and not _are_counts(sheet, j)]


def _unmeasured(sheet: Sheet) -> list[int]:
    """Columns of which no field has a score: a language that was not measured."""
    return [j for j in range(len(sheet.names)) if sheet.body[j].str.lower().isin(MISSING).all()]


def _are_counts(sheet: Sheet, position: int) -> bool:
    return bool(sheet.body[position].str.fullmatch(r"\d{1,4}").all())


def _without_languages(search: Search, candidates: Sequence[int]) -> list[int]:
    """Columns of scores of a table whose header names no language.

    Raises
    ------
    DataError
        If several columns could hold the score.
    """
    sheet = search.sheet
    exact = _called_score(sheet, candidates)
    if exact:
        return exact
    if len(candidates) > 1 and known.seeds([sheet.paths[j][-1] for j in candidates]):
        return list(candidates)
    free = [j for j in candidates if _may_be_score(sheet, j)]
    told = [j for j in free if known.METRICS & set(words(sheet.names[j]).split("_"))]
    free = told or free
    if len(free) == 1 or (not free and len(candidates) == 1):
        return free or list(candidates)
    inside = [j for j in free if _is_in_range(sheet, j)]
    are_models = all(MODELS.search(sheet.names[j].lower()) for j in inside)
    several = told or are_models or search.said.score is not None or _n_sides(sheet, candidates) <= 1
    if not inside or not (several or len(inside) == 1):
        raise DataError(
            f"{len(free)} columns could hold the score{': ' if free else ''}"
            f"{', '.join(sheet.names[j] for j in free)}",
            where=sheet.grid.name,
            allowed=f"columns: {', '.join(filter(None, sheet.names))}",
            hint="name it with --score",
        )
    return inside


def _called_score(sheet: Sheet, candidates: Sequence[int]) -> list[int]:
    """Columns that are called like a score or metric, and nothing else."""
    names = {words(sheet.names[j]): j for j in reversed(candidates)}
    exact = next((name for name in SYNONYMS["score"] if name in names), None)
    if exact is None or len(sheet.paths[0]) > 1:
        return []
    if exact == "score" or exact not in known.METRICS:
        return [names[exact]]
    return [j for j in candidates if words(sheet.names[j]) in known.METRICS]


def _n_sides(sheet: Sheet, candidates: Sequence[int]) -> int:
    """How many columns beside the candidates hold languages, by their names or what they hold."""
    beside = [j for j in range(len(sheet.names)) if j not in candidates]
    return sum(
        words(sheet.names[j]) in _LANGUAGE_WORDS or are_languages(sheet.body[j].unique()) for j in beside
    )


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
    names = sheet.grid.levels or ("",) * n_levels
    found = []
    for level in range(n_levels):
        across = tuple(sheet.paths[j][level] for j in chosen)
        if not any(across):
            continue
        name = THE_HEADER if n_levels == 1 else f"row {level + 1} of the header"
        name = f"{name} ({names[level]})" if level < len(names) and names[level] else name
        is_plain = (are_languages(across) and not known.repeat(across)) or known.pairs(across)
        composed = None if is_plain else known.split(across)
        if composed is None:
            found.append(Dimension(name, tuple(dict.fromkeys(across)), across=across))
            continue
        for side, what in ((0, "languages"), (1, "the rest")):
            part = tuple(composed[label][side] if label in composed else "" for label in across)
            found.append(Dimension(f"{name}, {what}", tuple(dict.fromkeys(part)), across=part))
        rests = found[-1].labels
        if len(rests) == 1 and words(rests[0]) in NAMES_OF_LANGUAGES:  # "src=en": the rest names the role
            found[-2:] = [replace(found[-2], name=f"{found[-2].name} ({rests[0]})")]
    return found


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
            kept = [
                replace(other, across=tuple(other.across[i] for i in at))
                for other in levels
                if other is not level
            ]
            return [chosen[i] for i in at], [
                replace(other, labels=tuple(dict.fromkeys(other.across))) for other in kept
            ]
    labels = [label for level in levels for label in level.labels]
    raise DataError(
        f"no column '{name}'",
        where=f"{sheet.grid.name}, --score",
        allowed=closest(name, [*filter(None, sheet.names), *labels]),
    )
