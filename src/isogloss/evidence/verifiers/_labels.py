"""Labels of the rows and columns of a table: their words, what each adds to a claim, and their roles."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from isogloss.evidence.documents import Passage, Table
from isogloss.evidence.terms import Term, language_of, terms, words_of
from isogloss.languages import find

_ROLE = re.compile(
    r"(?P<source>fine-?tun|train|sourc|\bsrc\b|\bfrom\b|donor)|(?P<target>eval|test|target|\btgt\b|\bto\b)",
    re.IGNORECASE,
)
_ON = re.compile(
    r"([\w-]+) (?:on|in|from) (?:the )?(?:languages? (?:of|in) (?:the|each) )?(row|column)\b", re.IGNORECASE
)
"""A role and the axis that has it: "tested on the column language"."""
_INTO = re.compile(r"\bX{1,2}\s*(?:→|->|[-–])", re.IGNORECASE)
"""Placeholder, before the second language of a pair, for one that another part names: "X→en / de"."""
_PRF = {"P": "precision", "R": "recall", "F": "F1"}
_OTHER = {"source": "target", "target": "source", "": ""}


@dataclass(frozen=True, eq=False)
class Label:
    """Words of a place that says what a number is about.

    Parameters
    ----------
    words : frozenset of str
        With ``source:lang:eng`` for a language in the role of a source, and the `pair` of "en-zh".
    added : tuple of (frozenset of str, float), default ()
        Names of its terms with half their weight, less for terms of many labels of the axis.
    """

    words: frozenset[str]
    added: tuple[tuple[frozenset[str], float], ...] = ()


def axes(passage: Passage, table: Table) -> tuple[list[Label], list[Label]]:
    """Labels of the rows and of the columns with values; languages have roles in a matrix of them."""
    rows, columns = (
        _labels(texts)
        for texts in ([table.row_label(i) for i in range(len(table.rows))], table.header[table.n_labels :])
    )
    in_rows, in_columns = (frozenset().union(*(label.words for label in axis)) for axis in (rows, columns))
    if sum(word.startswith("lang:") for word in in_rows & in_columns) < 2:
        return rows, columns
    role = _role_of_rows(table, f"{table.caption} {passage.lead}")
    return [_with_role(label, role) for label in rows], [_with_role(label, _OTHER[role]) for label in columns]


def _with_role(label: Label, role: str) -> Label:
    languages = {f"{role}:{word}" for word in label.words if word.startswith("lang:") and ">" not in word}
    return replace(label, words=label.words | languages) if role else label


def pair(first: str, second: str) -> str:
    """Word of a pair of languages in this order."""
    return f"{first}>{second}"


def _labels(texts: Sequence[str]) -> list[Label]:
    levels = [text.split(" / ") for text in _spelled_out(texts)]
    found = [list(_terms_of(parts, levels)) for parts in levels]
    counted = Counter(word for label in found for word in words_of(label))
    out = []
    for text, label in zip(texts, found, strict=True):
        languages = [n for t in label for n in sorted(t.names) if n.startswith("lang:")]
        languages = languages[::-1] if _INTO.search(text) else languages
        pairs = {pair(*languages)} if len(languages) == 2 else set()
        rare = (1 - max(counted[name] for name in term.names) / len(found) for term in label)
        added = tuple((t.names, 0.5 * t.weight * share) for t, share in zip(label, rare, strict=True))
        out.append(Label(words_of(label) | pairs, added))
    return out


def _spelled_out(texts: Sequence[str]) -> list[str]:
    """Labels with the words for P, R and F (LP, UF: labelled and unlabelled) where P and R are there."""
    ends = [text.rpartition(" / ")[2].strip() for text in texts]
    kinds = [kind for kind in ("", "L", "U") if {f"{kind}P", f"{kind}R"} <= set(ends)]
    words = {f"{kind}{letter}": word for kind in kinds for letter, word in _PRF.items()}
    return [f"{text} {words.get(end, '')}".rstrip() for text, end in zip(texts, ends, strict=True)]


def _terms_of(parts: Sequence[str], levels: Sequence[Sequence[str]]) -> Iterator[Term]:
    """Terms of one label, part by part; short words are codes where most labels of a level are."""
    for k, part in enumerate(parts):
        yield from terms(part, codes=_are_codes(tuple(each[k] for each in levels if len(each) > k)))


@lru_cache(maxsize=2**12)
def _are_codes(texts: tuple[str, ...]) -> bool:
    """Whether labels are codes of languages, or of several ("sv+de"), and not of kinds of entities.

    Most of them are any codes, two are all that there are, or half are codes in small letters.
    """
    ends = [re.split(": ", text)[-1].strip("() ") for text in texts]
    named = [end for end in ends if re.search(r"[^\W\d_]", end) and not re.match(r"av|mean|all", end, re.I)]
    parts = [_codes(_without_names(end)) for end in named]
    n_codes = sum(all(language_of(part, codes=True) is not None for part in each) for each in parts)
    short = [each for each in parts if all(map(_is_short, each))]
    n_small = sum(each[0][:2].islower() for each in short)
    are_few = len(short) == len(named) == 2 or 2 <= n_small >= len(named) / 2
    return (are_few or n_codes >= max(3, 0.7 * len(named))) and not {"PER", "ORG", "LOC"} & {*named}


def _codes(text: str) -> list[str]:
    """Codes of a label: one, or those of a pair."""
    return [text] if _is_short(text) else re.split(r"\s*(?:→|->|[+/&,–-])\s*", text)


@lru_cache(maxsize=2**12)
def _is_short(text: str) -> bool:
    """Whether a text is a code of two letters, or of three for a language with one of two: "deu_Latn"."""
    match = re.fullmatch(r"([A-Za-z]{2,3})(?:[-_][A-Za-z]{4})?", text)
    language = find(match[1].lower()) if match else None
    return language is not None and len(language.tag) == 2


def _without_names(text: str) -> str:
    """A label without names of tasks, data sets, metrics and splits, "XNLI (de)", and without brackets."""
    words = re.sub(r"[()]", " ", text).split()
    kinds = ("task:", "data:", "metric:", "split:")
    rest = [word for word in words if not any(t.kind in kinds for t in terms(word[:1].upper() + word[1:]))]
    return " ".join(rest) if 0 < len(rest) < len(words) else re.sub(r"\s+\(.*", "", text)


def _role_of_rows(table: Table, around: str) -> str:
    """Source, target or nothing: what the languages of rows are, as corner, heads, caption or text say."""
    n = table.n_labels
    corner, heads = " / ".join(table.header[:n]), table.header[n:]
    if direct := {axis: _role(word) for word, axis in _ON.findall(around) if _role(word)}:
        return direct.get("row") or _OTHER[direct["column"]]
    around = re.sub(r"((?:[\w-]+ )?[\w-]+) \((row|column)s?\)", r"\2 \1", around)
    said = {
        axis: _role(" ".join(re.findall(rf"(?i)\b{axis}s?\b(.{{,45}})", around)))
        for axis in ("row", "column")
    }
    if {*said.values()} == {"source", "target"}:
        return said["row"]
    halves = [_role(half) for half in re.split(r"[\\/|↓→]+", corner.strip("\\/|↓→ "))]
    if len(halves) == 2 and all(halves):
        is_of_two_lines = " / " in corner and n == 1  # the upper line names the columns
        return halves[is_of_two_lines]
    if role := _role(corner):
        return role
    is_trained = len(heads) > 1 and all(_role(head) == "source" for head in heads)
    is_source = is_trained or re.search(r"\bsource\b|\bsrc\b", " / ".join(heads), re.IGNORECASE)
    return "target" if is_source else ""


def _role(text: str) -> str:
    match = _ROLE.search(text)
    return (match.lastgroup or "") if match else ""
