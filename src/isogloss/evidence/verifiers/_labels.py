"""Labels of the rows and columns of a table: their terms, what each adds to a claim, and their roles."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from isogloss.evidence.documents import Passage, Table
from isogloss.evidence.terms import Term, language_of, terms, words_of

_SOURCE = re.compile(r"fine-?tun|train|sourc|\bsrc\b|\bfrom\b|donor", re.IGNORECASE)
_TARGET = re.compile(r"eval|test|target|\btgt\b|\bto\b", re.IGNORECASE)
_PRF = {"P": "precision", "R": "recall", "F": "F1"}


@dataclass(frozen=True, eq=False)
class Label:
    """Words of a place that says what a number is about.

    Parameters
    ----------
    words : frozenset of str
    added : tuple of (Term, float), default ()
        Terms with half their weight, less for terms of many labels of the axis.
    languages : tuple of Term, default ()
        In order: of "en-zh" English and Chinese.
    role : {"", "source", "target", "either"}, default ""
        What its languages are; "either" in a matrix that does not say.
    """

    words: frozenset[str]
    added: tuple[tuple[Term, float], ...] = ()
    languages: tuple[Term, ...] = ()
    role: str = ""

    def names(self, languages: Sequence[Term]) -> bool:
        """Whether its languages are these, in this order."""
        pairs = zip(self.languages, languages, strict=False)
        return len(self.languages) == len(languages) and all(a.among(b.names) for a, b in pairs)


def axes(passage: Passage, table: Table) -> tuple[list[Label], list[Label]]:
    """Labels of the rows and of the columns with values."""
    row_texts = [table.row_label(i) for i in range(len(table.rows))]
    rows, columns = _labels(row_texts), _labels(table.header[table.n_labels :])
    role_of_rows, role_of_columns = _roles(passage, table, rows, columns)
    return (
        [replace(label, role=role_of_rows) for label in rows],
        [replace(label, role=role_of_columns) for label in columns],
    )


def is_said(names: Iterable[str], mine: frozenset[str]) -> bool:
    """Whether a name of a label is one of a claim, or begins one: "unk" for unknown."""
    return any(
        name in mine or (len(name) > 2 and any(m.startswith(name) and m.isalpha() for m in mine))
        for name in names
    )


def _labels(texts: Sequence[str]) -> list[Label]:
    """Labels of an axis; short words are codes where most labels at their level or under their head are."""
    levels = [text.split(" / ") for text in _spelled_out(texts)]
    found = [tuple(_terms_of(parts, levels)) for parts in levels]
    held = [words_of(label) for label in found]
    counted = Counter(word for each in held for word in each)
    return [
        Label(
            words,
            tuple(
                (t, 0.5 * t.weight * (1 - max(counted[name] for name in t.names) / len(found)))
                for t in label
            ),
            tuple(t for t in label if t.kind == "lang:"),
        )
        for label, words in zip(found, held, strict=True)
    ]  # fmt: skip


def _roles_said(text: str) -> tuple[str, str] | None:
    """Roles where a text says both: what comes first after "rows", and after "columns"."""
    said: dict[str, str] = {}
    parts = re.split(r"\b(row|column)s?\b", text, flags=re.IGNORECASE)
    for axis, after in zip(parts[1::2], parts[2::2], strict=True):
        roles = (("source", _SOURCE), ("target", _TARGET))
        hits = [(match.start(), role) for role, p in roles if (match := p.search(after[:45]))]
        if hits:
            said.setdefault(axis.lower(), min(hits)[1])
    return (said["row"], said["column"]) if len(set(said.values())) == 2 else None


def _spelled_out(texts: Sequence[str]) -> list[str]:
    """Labels with the words for P, R and F (LP, UF, ... labelled and unlabelled) where P and R are there."""
    ends = [text.rpartition(" / ")[2].strip() for text in texts]
    kinds = [kind for kind in ("", "L", "U") if {f"{kind}P", f"{kind}R"} <= set(ends)]
    words = {f"{kind}{letter}": word for kind in kinds for letter, word in _PRF.items()}
    return [f"{text} {words[end]}" if end in words else text for text, end in zip(texts, ends, strict=True)]


def _terms_of(parts: Sequence[str], levels: Sequence[Sequence[str]]) -> Iterator[Term]:
    """Terms of one label, part by part."""
    for k, part in enumerate(parts):
        level = tuple(each[k] for each in levels if len(each) > k)
        under = tuple(each[k] for each in levels if len(each) > k and each[:k] == parts[:k])
        yield from terms(part, codes=_are_codes(level) or _are_codes(under))


@lru_cache(maxsize=2**12)
def _are_codes(texts: tuple[str, ...]) -> bool:
    """Whether labels are codes of languages, or of several ("sv+de"); capitals as in SYN need company."""
    named = [
        re.sub(r"\s+(?:F1|EM|[UL]AS|acc\w*\.?)$", "", re.split(" / |: ", t)[-1]).strip("() ").split(" (")[0]
        for t in texts
        if re.search(r"[^\W\d_]", re.split(" / |: ", t)[-1])
        and not re.search(r"\bav|mean|all", t, re.IGNORECASE)
    ]
    parts = [re.split(r"[+/&,-]", text) for text in named]
    n_codes = sum(all(language_of(part, codes=True) is not None for part in each) for each in parts)
    are_capitals = any(re.fullmatch("[A-Z]{3}", text) for text in named)
    is_one = len({part for each in parts for part in each}) < 2
    are_kinds = {"PER", "ORG", "LOC"} & {*named}  # of entities
    least = max(3, 0.8 * len(named)) if are_capitals else max(2, 0.7 * len(named))
    return not (is_one or are_kinds) and n_codes >= least


def _roles(
    passage: Passage, table: Table, rows: Sequence[Label], columns: Sequence[Label]
) -> tuple[str, str]:
    """Roles of the languages of rows and columns, as corner, heads, caption or text say."""
    n = table.n_labels
    corner, heads = " / ".join(table.header[:n]), table.header[n:]
    halves = re.split(r"[\\/|↓→]+", corner.strip("\\/|↓→ "))
    is_of_two_lines = " / " in corner and n == 1  # the upper line names the columns
    in_corner = (
        "row {} column {}".format(*halves[:: -1 if is_of_two_lines else 1]) if len(halves) == 2 else ""
    )
    around = re.sub(r"([\w-]+) \((row|column)s?\)", r"\2 \1", f"{table.caption} {passage.lead}")
    said = _roles_said(around) or _roles_said(in_corner)
    if said is not None:
        return said
    in_rows, in_columns = (frozenset().union(*(label.words for label in axis)) for axis in (rows, columns))
    is_matrix = len({w for w in in_rows & in_columns if ":" in w}) >= 2
    source, target, either = ("source", "target", "either") if is_matrix else ("", "", "")
    if _SOURCE.search(corner) and not _TARGET.search(corner):
        return "source", target
    is_trained = len(heads) > 1 and all(_SOURCE.search(head) for head in heads)
    if is_trained or re.search(r"\bsource\b|\bsrc\b", " / ".join(heads), re.IGNORECASE):
        return target, "source"
    if re.search(r"\btarget|\btgt\b", corner, re.IGNORECASE):
        return "target", source
    return either, either
