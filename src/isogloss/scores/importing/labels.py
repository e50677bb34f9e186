"""Kinds of labels of a table: languages, pairs of languages, replicates, averages, metrics."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import lru_cache
from pathlib import Path

import yaml

from isogloss.languages import find
from isogloss.languages.base import Language
from isogloss.languages.rules import WIKIPEDIA
from isogloss.scores.importing.plain import plain

_VOCABULARY = yaml.safe_load(Path(__file__).with_name("vocabulary.yaml").read_text(encoding="utf-8"))


def word_list(name: str) -> frozenset[str]:
    """Words of a list of ``vocabulary.yaml``, written as `words` writes them."""
    return frozenset(_VOCABULARY[name].split())


SYNONYMS: Mapping[str, tuple[str, ...]] = {
    role: tuple(names.split()) for role, names in _VOCABULARY["columns"].items()
}
"""Names of columns by role, the best first."""

MISSING = frozenset(_VOCABULARY["missing"])
"""Texts for a missing score, in small letters."""

MAX_LABEL = 100
"""A longer text is not the name of a language."""

MOSTLY = 0.6
"""Labels of which at least this share are languages are languages; the others are then errors or averages."""

METRICS, SPLITS, TASKS = map(word_list, ("metrics", "splits", "tasks"))
WITH_METRICS = METRICS | SPLITS | word_list("with_metrics") | {part for of in TASKS for part in of.split("_")}
"""Words in the name of a metric."""
_AVERAGE, _SUMMARY, _EXTREME = map(word_list, ("averages", "summaries", "extremes"))
"""Summaries that are also codes of languages."""

_SEED = re.compile(
    r"(?:(?:random[\s_-]*)?(?:seed|run|rep|repl|replicate|repetition|trial|fold|iter|s|r|#)?)"
    r"[\s_=:#.-]*(\d{1,9})",
    re.IGNORECASE,
)
_TAG = re.compile(r"[A-Za-z]{2,3}([-_](?:[A-Za-z]{4}|[A-Za-z]{2}|\d{3}))*")
_TREEBANK = re.compile(r"(?:UD[_ ])?(.+?)(?:[\s_-]+([A-Z][A-Za-z]*[A-Z][A-Za-z]*)|_([a-z]{3,}))")
_WITH_TAG = r"([a-z]{2,3}[-_](?:[A-Z][a-z]{3}|[A-Z]{2}))"
_FLORES = re.compile(rf"{_WITH_TAG}[-_/ ]+{_WITH_TAG}")
_ARROW = re.compile(r"(.+?)\s*(?:→|⟶|➔|➝|⇒|=>|->|-->|>|\bto\b|_to_)\s*(.+)")
_TWO = re.compile(r"([A-Za-z]{2,3})2([A-Za-z]{2,3})")
_BETWEEN = re.compile(r"([^\W\d]+(?:\s[^\W\d]+)?)\s*[-–_/|:,]\s*([^\W\d]+(?:\s[^\W\d]+)?)")
_BESIDE = re.compile(r"\s*[/,|]\s*|\s+(?:[–-]\s+)?")
_LANGUAGE = rf"({_WITH_TAG[1:-1]}|[A-Za-z]+)"
_COMPOSED = (
    (re.compile(rf"{_LANGUAGE}[\s_./:|=(\[-]+(.+?)[)\]]?"), r"\1", r"\2"),
    (re.compile(rf"(.+?)[\s_./:|=(\[-]+{_LANGUAGE}[)\]]?"), r"\2", r"\1"),
)
"""Labels of a language and something else: the language first or last; language and rest."""
_SEPARATORS = re.compile(r"[\s_./:|=-]+")
_REGION = re.compile(r"[a-z]{2,3}[-_][A-Z]{2}")

_OF_SETTINGS = re.compile(r"(?:config|args|h?params|tags)[./]")
"""Beginnings of the names of settings, as programs that record runs write them."""

_SIDES = {*SYNONYMS["source"], *SYNONYMS["target"]}

Pair = tuple[str, str]


def words(text: str) -> str:
    """A name as it is compared: ``"Source Lang"`` and ``"config.source_lang"`` are ``"source_lang"``."""
    return re.sub(r"[^\w]+", "_", _OF_SETTINGS.sub("", plain(text).lower())).strip("_")


def unmarked(text: str) -> str:
    """A label without the mark of a list before it and those of footnotes behind."""
    return re.sub(r"^[-–•]\s+|\s*(?:\^\{?[^\s{}]*\}?|[*†‡§¶#¹²³⁴⁵⁶⁷⁸⁹⁰])+$", "", plain(text))


@lru_cache(maxsize=100_000)
def language_of(text: str) -> Language | None:
    """The language of a label: any spelling, with a code or note in brackets, footnote marks, a treebank."""
    bare = unmarked(text).strip(" .:")
    if len(bare) < 2 or len(bare) > MAX_LABEL or bare.isdigit():
        return None  # a letter alone is more often the name of a model than that of a language
    found = _strict(bare)
    if brackets := re.fullmatch(r"(.+?)\s*[\(\[]([^()\[\]]+)[\)\]]", bare):
        first, noted = _strict(brackets[1]), None if is_average(brackets[2]) else _strict(brackets[2])
        if words(brackets[1]) in TASKS | METRICS:  # "POS (acc.)" is not the language with the code pos
            found = first if first == noted else None
        elif found is None or found == first == noted:
            found = first or noted
    treebank = _TREEBANK.fullmatch(bare) if found is None else None
    if treebank and words(treebank[2] or treebank[3]) not in METRICS | SPLITS:
        found = _strict(treebank[1].replace("_", " "))
    return found or _said_twice(bare)


def _said_twice(text: str) -> Language | None:
    """The language of a label that gives both name and code: ``"German de"``, ``"de / German"``."""
    cuts = list(_BESIDE.finditer(text))
    for cut in (*cuts[:1], *cuts[1:][-1:]):
        one, other = _strict(text[: cut.start()]), _strict(text[cut.end() :])
        if one is not None and other is not None and one.id == other.id:
            return one
    return None


def _strict(text: str) -> Language | None:
    """A language whose name is not a code with words behind it: ``"no-pretraining"`` is not Norwegian."""
    text = text.strip()
    found = find(text) if text else None
    first, _, rest = text.replace("_", "-").partition("-")
    if first.lower() in METRICS | TASKS and rest and not re.fullmatch("[A-Z][a-z]{3}", rest):
        return None  # "acc_el" is Greek, if anything, not the language with the code acc
    if found is None or re.fullmatch(r"[^\W\d_]+|.*\s.*|UD_.*", text) or _TAG.fullmatch(text):
        return found
    if len(first) > 3:
        return found
    known = rest.lower() not in METRICS | SPLITS and not re.search(r"\d", rest)
    is_edition = text.lower().replace("_", "-") in WIKIPEDIA
    return found if known and ((rest.count("-") == 0 and "_" in text) or is_edition) else None


def are_languages(labels: Iterable[str]) -> bool:
    """Say whether most of the distinct labels, averages and empty ones apart, name languages."""
    own = {label for label in labels if label.strip() and not is_average(label)}
    names = [label for label in own if words(label) not in METRICS | SPLITS | TASKS]
    return sum(language_of(label) is not None for label in names) / max(len(own), 1) >= MOSTLY


def is_average(label: str, beside: Iterable[str] = ()) -> bool:
    """Say whether a label names a summary of the others: ``Avg.``, ``AVG w/o en``, ``all``, ``Mean (7)``.

    A code of a language that is also such a word (``min``, ``sd``) is the language where other labels are
    codes of its length; next to an average only ``min`` is, and only without ``max``.
    """
    name = words(label)
    if _AVERAGE & set(re.split(r"[_\d]+", name)):
        return True
    others = [other for other in beside if words(other) not in _EXTREME]
    codes = [other for other in others if len(other) == len(name) and not is_average(other)]
    if name in _EXTREME and any(map(language_of, codes)):
        return any(map(is_average, others)) and (name != "min" or "max" in map(words, beside))
    return name in _SUMMARY | _EXTREME


def seeds(labels: Sequence[str]) -> dict[str, int] | None:
    """Numbers of replicates that labels name: ``seed 1``, ``run_2``, ``3``; None if one of them does not."""
    texts = [plain(label) for label in labels]
    shared = _shared(texts)
    found = {
        label: _SEED.fullmatch(text.removeprefix(shared)) for label, text in zip(labels, texts, strict=True)
    }
    if len(found) < 2 or not all(found.values()):
        return None
    numbers = {label: int(match[1]) for label, match in found.items() if match}
    return numbers if len(set(numbers.values())) == len(numbers) else None


def _shared(texts: Sequence[str]) -> str:
    """Text before the replicate in all labels: ``acc_`` of ``acc_seed1``."""
    first, last = min(texts, default=""), max(texts, default="")
    same = next((i for i, (a, b) in enumerate(zip(first, last, strict=False)) if a != b), len(first))
    start = re.sub(r"\d+$", "", first[:same])
    word = re.search(r"(?:seed|run|rep|replicate|trial)[\s_=:#.-]*$", start, re.IGNORECASE)
    if word is not None:
        return start[: word.start()]
    return start if words(start) in METRICS else ""


def pairs(labels: Sequence[str]) -> dict[str, Pair] | None:
    """Source and target of labels such as ``en-de``, ``En2Es``, ``eng_Latn-deu_Latn``, ``en→de``.

    ``pt-BR`` is a language of a region, ``en-de`` a pair: lower case on both sides, or a language that
    is on one side of several labels.

    Returns
    -------
    dict of str to (str, str), or None
        None where the labels are not pairs.
    """
    own = [label for label in dict.fromkeys(labels) if label.strip() and not is_average(label)]
    found = {label: pair for label in own if (pair := _pair(label)) is not None}
    if not found or len(found) < 0.8 * len(own) or all(map(_said_twice, found)):
        return None
    return found if all(map(_is_strong, found)) or _are_not_regions(found) else None


def _are_not_regions(found: Mapping[str, Pair]) -> bool:
    """Say whether what looks like pairs is not rather languages of a region."""
    regions = sum(bool(_REGION.fullmatch(plain(label))) for label in found)
    if regions > len(found) / 2:
        return False
    firsts, seconds = map(set, zip(*found.values(), strict=True))
    if min(len(firsts), len(seconds)) <= max(1, len(found) / 2):
        return True
    if any(a.lower() == b.lower() for a, b in found.values()):
        return False
    return not all(map(find, found)) or all(_TAG.fullmatch(label) and label.islower() for label in found)


@lru_cache(maxsize=100_000)
def _pair(label: str) -> Pair | None:
    bare = _unbracketed(label)
    if len(bare) > 200:
        return None
    for pattern in (_FLORES, _ARROW, _TWO, _BETWEEN):
        match = pattern.fullmatch(bare)
        if match and all(
            language_of(part) and words(part) not in METRICS | SPLITS for part in match.groups()
        ):
            return match[1].strip(), match[2].strip()
    return None


def _unbracketed(label: str) -> str:
    """A label without brackets around all of it (a tuple); those of ``German (de) → French (fr)`` stay."""
    text = plain(label)
    around = re.fullmatch(r"\(([^()]*)\)|\[([^\[\]]*)\]", text)
    return re.sub("['\"]", "", around[1] or around[2] or "").strip() if around else text


def _is_strong(label: str) -> bool:
    bare = _unbracketed(label)
    return any(pattern.fullmatch(bare) for pattern in (_FLORES, _ARROW, _TWO))


def split(labels: Sequence[str]) -> dict[str, Pair] | None:
    """Language and the rest of labels such as ``acc_de``, ``de (F1)``, ``xnli.de``, ``eval_de_acc``.

    Returns
    -------
    dict of str to (str, str), or None
        Language and rest by label, without averages. None where the labels are not so composed.
    """
    own = [label for label in dict.fromkeys(labels) if label.strip()]
    for parts in (*(_at_an_end(own, *composed) for composed in _COMPOSED), _between(own)):
        others = [label for label in own if label not in parts and not is_average(label)]
        if len(others) <= 0.2 * len(own) and _are_a_grid(parts.values()):
            return parts
    return None


def _at_an_end(labels: Iterable[str], pattern: re.Pattern[str], language: str, rest: str) -> dict[str, Pair]:
    matches = ((label, pattern.fullmatch(plain(label))) for label in labels)
    found = {label: (match.expand(language), match.expand(rest)) for label, match in matches if match}
    return {label: pair for label, pair in found.items() if _is_code(pair[0])}


def _between(labels: Iterable[str]) -> dict[str, Pair]:
    """Labels with one language between other words; where several could be it, nothing says which it is."""
    found = {}
    for label in labels:
        parts = _SEPARATORS.split(plain(label))
        inner = [i for i in range(1, len(parts) - 1) if parts[i].isalpha() and _is_code(parts[i])]
        if len(inner) == 1:
            found[label] = (parts.pop(inner[0]), " ".join(parts))
    return found


def _are_a_grid(parts: Collection[Pair]) -> bool:
    """Say whether parts of labels are several languages, most of them with each of the rests."""
    languages, rests = ({part[side] for part in parts} for side in (0, 1))
    if len(languages) < 2 or len(parts) < MOSTLY * len(rests) * len(languages):
        return False
    rests = {rest for rest in rests if words(rest) not in _SIDES}  # "src" is also a code of Sardinian
    return len(rests) < len(parts) and not are_languages(rests)


def repeat(labels: Iterable[str]) -> bool:
    """Say whether several labels are of one language, such as ``XNLI (de)`` and ``PAWS-X (de)``."""
    ids = [language.id for label in dict.fromkeys(labels) if (language := language_of(label))]
    return len(set(ids)) < len(ids)


def _is_code(text: str) -> bool:
    return words(text) not in METRICS | SPLITS | _SUMMARY and language_of(text) is not None


def is_one_of(labels: Iterable[str], known: frozenset[str]) -> bool:
    """Say whether all labels are among `known`, as `words` compares them."""
    own = {words(label) for label in labels}
    return bool(own) and own <= known


def are_metrics(labels: Iterable[str]) -> bool:
    """Say whether all labels name metrics, also of a split or task: ``dev_f1``, ``NER (F1)``."""
    own = {frozenset(words(label).split("_")) for label in labels if words(label) not in METRICS}
    return all(METRICS & one and one <= WITH_METRICS for one in own)
