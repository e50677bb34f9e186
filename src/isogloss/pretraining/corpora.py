"""Text to pretrain on: plain files, and the text of benchmark files in XTREME layout."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

from isogloss.errors import DataError
from isogloss.languages import find
from isogloss.tasks._files import FileTask
from isogloss.tasks._opening import decoded, lines_of
from isogloss.tasks._reading import Reading
from isogloss.tasks.base import TASKS

WORD_TASKS, PARALLEL_TASKS = ("panx", "udpos"), ("pawsx", "xnli")
NO_SPACES = frozenset({"zh", "ja", "th", "yue", "wuu", "lo", "km", "my", "bo", "gan", "lzh"})
"""Languages written without spaces between words."""

_READ_FILE = re.compile(r"(?:train|dev)-([A-Za-z-]+)\.tsv")
_DEV_FILE = re.compile(r"dev-([A-Za-z-]+)\.tsv")


@dataclass(frozen=True)
class PretrainingCorpus:
    """Text that an encoder is pretrained on.

    Parameters
    ----------
    texts : mapping of str to sequence of str
        Language to single texts.
    pairs : mapping of str to sequence of (str, str)
        Language to pairs of texts that are read together, such as paraphrases.
    parallel : sequence of mapping of str to str
        Each maps languages to one sentence in them.
    origin : tuple of str
        Where the text comes from, in words; stands in the model card.
    """

    texts: Mapping[str, Sequence[str]] = field(default_factory=dict)
    pairs: Mapping[str, Sequence[tuple[str, str]]] = field(default_factory=dict)
    parallel: Sequence[Mapping[str, str]] = ()
    origin: tuple[str, ...] = ()

    def languages(self) -> tuple[str, ...]:
        """All languages, sorted."""
        found = {language for row in self.parallel for language in row}
        return tuple(sorted(found | set(self.texts) | set(self.pairs)))

    def only(self, languages: Iterable[str]) -> PretrainingCorpus:
        """The part of the corpus that is in `languages`, spelled as the corpus does or in any other way.

        Raises
        ------
        DataError
            If a language has no text here.
        """
        spelled = {language: {language, _tag(language)} for language in self.languages()}
        wanted: set[str] = set()
        for asked in languages:
            found = {language for language, spellings in spelled.items() if spellings & {asked, _tag(asked)}}
            if not found:
                raise DataError(
                    f"no text in '{asked}'", where="; ".join(self.origin), allowed=", ".join(spelled)
                )
            wanted |= found
        rows = ({language: row[language] for language in row if language in wanted} for row in self.parallel)
        return PretrainingCorpus(
            texts={language: texts for language, texts in self.texts.items() if language in wanted},
            pairs={language: pairs for language, pairs in self.pairs.items() if language in wanted},
            parallel=tuple(row for row in rows if len(row) > 1),
            origin=(*self.origin, f"of that, only what is in {', '.join(sorted(wanted))}"),
        )


def _tag(language: str) -> str:
    """Tag of a language however it is spelled; what denotes none stays as it is."""
    found = find(language)
    return language if found is None else found.tag


def read_corpus(folder: Path | None, parallel: Path | None = None) -> PretrainingCorpus:
    """Read monolingual and parallel text.

    Parameters
    ----------
    folder : Path or None
        Either text files ``<language>.txt``, one text a line, or an XTREME directory, of whose tasks the
        train and dev files are read (never test files, never labels): the words of PAN-X and UD POS joined to
        sentences, the sentences of PAWS-X and XNLI. Repeated texts are read once.
    parallel : Path or None
        Either text files ``<language>.txt`` whose line i says the same thing everywhere (empty: not in this
        language), or an XTREME directory, of whose PAWS-X and XNLI the dev files are read. Untranslated rows
        are left out.

    Raises
    ------
    DataError
        If a folder or file cannot be read, nothing is there to read, or parallel files differ in length.
    """
    texts, text_origin = ({}, ()) if folder is None else _read_texts(_existing(folder))
    rows, row_origin = ((), ()) if parallel is None else _read_parallel(_existing(parallel))
    return PretrainingCorpus(texts=texts, parallel=rows, origin=(*text_origin, *row_origin))


def _existing(folder: Path) -> Path:
    if not folder.is_dir():
        raise DataError(f"no folder '{folder}'", allowed="an existing folder")
    return folder


def _read_texts(folder: Path) -> tuple[dict[str, tuple[str, ...]], tuple[str, ...]]:
    plain, others = _of_languages(folder)
    texts = {path.stem: text for path in plain if (text := _once(_lines(path)))}
    if texts:
        return texts, (f"{len(texts)} text files in {folder.name}/{others}",)
    found: defaultdict[str, list[str]] = defaultdict(list)
    n_files = dict.fromkeys((*WORD_TASKS, *PARALLEL_TASKS), 0)
    for task in n_files:
        for language, path in _files(folder / task, _READ_FILE):
            n_files[task] += 1
            for row in _rows(task, path):
                found[language].extend(_texts_of(task, language, row))
    if not found:
        raise DataError(
            "no text to pretrain on",
            where=str(folder),
            allowed="<language>.txt files, or train-<language>.tsv and dev-<language>.tsv under "
            + ", ".join(f"{task}/" for task in n_files),
        )
    origin = tuple(f"{n} train and dev files of {task}, text only" for task, n in n_files.items() if n)
    return {language: _once(found[language]) for language in sorted(found)}, origin


def _of_languages(folder: Path) -> tuple[list[Path], str]:
    """Text files that are called after a language, and the names of the others in words."""
    found = sorted(folder.glob("*.txt"))
    others = [path.name for path in found if find(path.stem) is None]
    return (
        [path for path in found if path.name not in others],
        f", without {', '.join(others)}: no language" if others else "",
    )


def _texts_of(task: str, language: str, row: Any) -> tuple[str, ...]:
    if task in WORD_TASKS:
        return (("" if language in NO_SPACES else " ").join(row.words),)
    return _sentences(task, row)


def _sentences(task: str, row: Any) -> tuple[str, ...]:
    """Both sentences of a row, nothing where it was not translated."""
    return () if cast(FileTask, TASKS[task]).reason_to_drop(row, Path()) else (row.text_a, row.text_b)


def _read_parallel(folder: Path) -> tuple[tuple[dict[str, str], ...], tuple[str, ...]]:
    plain, others = _of_languages(folder)
    if plain:
        columns = {path.stem: list(_lines(path)) for path in plain}
        return _align(columns, folder), (f"{len(plain)} parallel text files in {folder.name}/{others}",)
    rows: list[dict[str, str]] = []
    origin = []
    for task in PARALLEL_TASKS:
        files = dict(_files(folder / task, _DEV_FILE))
        for side in (0, 1):
            columns = {
                language: [(_sentences(task, row) or ("", ""))[side] for row in _rows(task, path)]
                for language, path in files.items()
            }
            rows.extend(_align(columns, folder / task))
        if files:
            origin.append(f"parallel rows of {len(files)} dev files of {task}")
    if not rows:
        raise DataError(
            "no parallel text",
            where=str(folder),
            allowed="<language>.txt files of equal length, or dev-<language>.tsv under pawsx/ or xnli/",
        )
    return tuple(rows), tuple(origin)


def _align(columns: Mapping[str, Sequence[str]], folder: Path) -> tuple[dict[str, str], ...]:
    """Join rows of equal number; rows that repeat another or stand in one language only are left out."""
    lengths = {language: len(texts) for language, texts in columns.items()}
    if len(set(lengths.values())) > 1:
        shown = ", ".join(f"{language} {n}" for language, n in sorted(lengths.items()))
        raise DataError(
            f"parallel files of different length: {shown}",
            where=str(folder),
            hint="row i must say the same thing in every file",
        )
    n_rows = max(lengths.values(), default=0)
    rows = ({language: texts[i] for language, texts in columns.items() if texts[i]} for i in range(n_rows))
    unique = {tuple(sorted(row.items())): row for row in rows if len(row) > 1}
    return tuple(unique.values())


def _files(folder: Path, pattern: re.Pattern[str]) -> Iterator[tuple[str, Path]]:
    for path in sorted(folder.iterdir()) if folder.is_dir() else ():
        if match := pattern.fullmatch(path.name):
            yield match.group(1), path


def _rows(task: str, path: Path) -> Iterator[Any]:
    return cast(FileTask, TASKS[task]).rows(path, Reading())


def _lines(path: Path) -> Iterator[str]:
    """Lines as editors number them; Unicode's other separators end none, or parallel files would shift."""
    lines = lines_of(decoded(path.read_bytes(), path))
    return (line.strip() for line in (lines if lines[-1] else lines[:-1]))


def _once(texts: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(text for text in texts if text.strip()))
