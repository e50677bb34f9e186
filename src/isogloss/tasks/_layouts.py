"""Where the files of a benchmark stand: XTREME directories, hub folders, Universal Dependencies treebanks."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from isogloss.errors import DataError
from isogloss.tasks.base import Split

SPLIT_NAMES: Mapping[str, Split] = {
    "train": "train",
    "validation": "validation",
    "dev": "validation",
    "test": "test",
}
"""How file names spell the splits."""

Files = Mapping[str, Mapping[Split, tuple[Path, ...]]]
"""Language code to split to the files that hold it."""

Accepts = Callable[[str], bool]
"""Whether a code in file names is a language of a benchmark."""

_SPLIT = "(?P<split>train|validation|dev|test)"
_PACKED = r"(?:\.gz|\.xz|\.bz2)?"
_XTREME_FILE = re.compile(_SPLIT + r"-(?P<language>[A-Za-z-]+)\.tsv" + _PACKED)
HUB_FILE = re.compile(
    r"(?:.*[-/])?"
    + _SPLIT
    + r"(?:(?:-|/data-)(?P<shard>\d{5})-of-(?P<n_shards>\d{5})|/\d{4})?\.(?:parquet|arrow|jsonl"
    + _PACKED
    + ")"
)
# Version 1 names no treebank (en-ud-train.conllu); large training sets are divided (cs_pdt-ud-train-c).
_TREEBANK_FILE = re.compile(
    r"(?P<language>[a-z]{2,3}(?:_[a-z0-9]+)?)-ud-" + _SPLIT + r"(?:-[a-z0-9]+)*\.conllu" + _PACKED
)
_PRIVATE_USE = re.compile(r"q[a-t][a-z]")
"""Codes that ISO 639 leaves to private use; treebanks of text in two languages at once have them."""


@dataclass(frozen=True)
class FileLayout:
    """One way in which a benchmark's files are laid out.

    Parameters
    ----------
    name : str
        For messages and notes.
    shape : str
        What stands where, under the data directory, in words.
    find : callable
        From a directory, and whether a code is a language of the benchmark, to `Files`; empty where the
        directory has nothing of this layout. Faults in the folders of other codes are not reported.
    """

    name: str
    shape: str
    find: Callable[[Path, Accepts], Files]


def xtreme(task: str, language_of: Callable[[str], str] = str) -> FileLayout:
    """``<root>/<task>/<split>-<language>.tsv``; `root` may be the task's own folder."""

    def find(root: Path, accepts: Accepts) -> Files:
        folder = root / task if (root / task).is_dir() else root
        return one_each(_matching(_XTREME_FILE, sorted(folder.iterdir()), language_of))

    return FileLayout("XTREME", f"{task}/<split>-<language>.tsv", find)


def hub(dataset: str, language_of: Callable[[str], str] = str, *, title: str = "") -> FileLayout:
    """``<root>/<dataset>/<config>/<split>-00000-of-00001.parquet``, or JSON lines, or Arrow.

    `root` may be the data set's own folder or the one above it. `language_of` gives the language of a config;
    the hub's XTREME has `title` and a dot before it (``PAN-X.de``).
    """

    def find(root: Path, accepts: Accepts) -> Files:
        folders = (root / dataset, root / Path(dataset).name, root / "xtreme", root)
        folder = next(folder for folder in folders if folder.is_dir())
        return gathered(
            (language, split, path)
            for config in sorted(folder.iterdir())
            if config.is_dir()
            for language in [language_of(config.name.removeprefix(f"{title}."))]
            for split, path in _hub_files(config, strict=accepts(language))
        )

    return FileLayout("hub", f"{dataset}/<language>/<split>-00000-of-00001.parquet, .jsonl or .arrow", find)


def by_language(
    name: str,
    folders: Sequence[str],
    splits: Mapping[str, Split],
    language_of: Callable[[str], str] = str,
) -> FileLayout:
    """``<folder>/<language>/<file>``, as a data set's own archive is unpacked.

    Parameters
    ----------
    name : str
    folders : sequence of str
        Below the data directory; the first with any file counts. The data directory itself is tried last.
    splits : mapping of str to Split
        File name to split.
    language_of : callable, optional
        The language of a folder.
    """

    def find(root: Path, accepts: Accepts) -> Files:
        for folder in (*(root / below for below in folders), root):
            files = gathered(
                (language_of(path.parent.name), splits[path.name], path)
                for file in splits
                for path in sorted(folder.glob(f"*/{file}"))
                if path.is_file()
            )
            if files:
                return one_each(files)
        return {}

    return FileLayout(name, f"{folders[0]}/<language>/{{{','.join(splits)}}}", find)


def _hub_files(config: Path, *, strict: bool) -> Iterator[tuple[str, Path]]:
    """Split and path of a configuration's data files; only if `strict` they must be whole, and one set."""
    there: dict[str, set[str]] = defaultdict(set)
    wanted: dict[str, int] = {}
    files: dict[str, str] = {}
    for path in sorted([*config.glob("*.*"), *config.glob("*/*.*")]):
        match = HUB_FILE.fullmatch(path.relative_to(config).as_posix())
        if match is None:
            continue
        split = match["split"]
        if match["shard"]:
            there[split].add(match["shard"])
            wanted[split] = int(match["n_shards"])
        whole = re.sub(r"\d{5}-of-|/\d{4}", "", path.relative_to(config).as_posix())
        if files.setdefault(split, whole) != whole and strict:
            raise _two_files(split, config, files[split], whole)
        yield split, path
    for split, n_shards in wanted.items():
        if len(there[split]) != n_shards and strict:
            raise DataError(
                f"{len(there[split])} of {n_shards} {split} files",
                where=str(config),
                hint="download the others, or remove the split's files",
            )


def treebanks(language_of: Callable[[str], str]) -> FileLayout:
    """``<root>/UD_English-EWT/en_ewt-ud-train.conllu``; all treebanks of a language are one data set."""

    def find(root: Path, accepts: Accepts) -> Files:
        folders = ("UD_*", "*/UD_*", ".")
        paths = sorted(path for folder in folders for path in root.glob(f"{folder}/*.conllu*"))
        return _matching(_TREEBANK_FILE, paths, language_of)

    return FileLayout(
        "UD treebanks", "UD_<Language>-<Treebank>/<language>_<treebank>-ud-<split>.conllu", find
    )


def _matching(pattern: re.Pattern[str], paths: Iterable[Path], language_of: Callable[[str], str]) -> Files:
    """Files whose names say their language, or treebank, and their split."""
    matches = ((path, pattern.fullmatch(path.name)) for path in paths)
    return gathered(
        (language_of(match["language"]), match["split"], path) for path, match in matches if match
    )


def _two_files(split: str, folder: Path, first: str, second: str) -> DataError:
    return DataError(
        f"two sets of files for one {split} split: {first} and {second}",
        where=str(folder),
        hint="remove one of them",
    )


def one_each(files: Files) -> Files:
    """Refuse two files for one split of one language.

    Raises
    ------
    DataError
        Naming the two.
    """
    for by_split in files.values():
        for split, paths in by_split.items():
            if len(paths) > 1:
                raise _two_files(split, paths[0].parent, paths[0].name, paths[1].name)
    return files


def gathered(found: Iterator[tuple[str, str, Path]]) -> Files:
    """Group files by language and split, `found` as language, split as file names spell it, and path."""
    files: dict[str, dict[Split, list[Path]]] = defaultdict(lambda: defaultdict(list))
    for language, split, path in found:
        files[language][SPLIT_NAMES[split]].append(path)
    return {
        language: {split: tuple(paths) for split, paths in by_split.items()}
        for language, by_split in files.items()
    }


def locate(
    root: Path | None, title: str, layouts: Collection[FileLayout], accepts: Accepts
) -> tuple[FileLayout, Files]:
    """Find a benchmark's files under the data directory, by the first layout that holds any of its languages.

    Parameters
    ----------
    root : Path or None
    title : str
        Of the benchmark.
    layouts : collection of FileLayout
    accepts : callable
        A code in file names to whether it is a language of the benchmark.

    Raises
    ------
    DataError
        If there is no data directory, or nothing of any layout in it.
    """
    shapes = "; ".join(layout.shape for layout in layouts)
    if root is None:
        raise DataError(
            f"{title} is read from files, but no data directory is given",
            hint="give --data-dir DIR; `isogloss data` says where the data come from",
        )
    if not root.is_dir():
        what = "is a file, not a directory" if root.exists() else "does not exist"
        near = root.parent
        while not near.is_dir():
            near = near.parent
        raise DataError(f"the data directory {what}", where=str(root), hint=f"{near} holds {listing(near)}")
    others: set[str] = set()
    try:
        for layout in layouts:
            there = layout.find(root, accepts)
            files = {code: splits for code, splits in there.items() if accepts(code)}
            if files:
                return layout, files
            others.update(there)
    except OSError as error:
        raise DataError(f"a folder cannot be read: {error.strerror}", where=str(error.filename)) from None
    raise DataError(
        f"no {title} data here{_refused(others)}",
        where=str(root),
        allowed=shapes,
        hint=f"{root} holds {listing(root)}",
    )


def is_private_use(code: str) -> bool:
    """Whether a code denotes no language by itself, such as ``qtd`` of a Turkish and German treebank."""
    return _PRIVATE_USE.fullmatch(code) is not None


def _refused(codes: Collection[str]) -> str:
    """Say which codes of files were found and not taken, and why."""
    private = sorted(code for code in codes if is_private_use(code))
    other = sorted(code for code in codes if not is_private_use(code))
    reasons = []
    if private:
        reasons.append(
            f"{', '.join(private)}: code{'s' * (len(private) > 1)} for private use, which treebanks of "
            "text in two languages have, and so no language"
        )
    if other:
        reasons.append(f"not languages of the data set: {', '.join(other[:12])}")
    return f" ({'; '.join(reasons)})" if reasons else ""


def listing(folder: Path, n_listed: int = 8) -> str:
    """List the names in a folder, for messages."""
    try:
        names = sorted(path.name for path in folder.iterdir() if not path.name.startswith("."))
    except OSError as error:
        return f"what cannot be listed ({error.strerror})"
    shown = ", ".join(names[:n_listed]) + (f", ... ({len(names)} in all)" if len(names) > n_listed else "")
    return shown.encode(errors="backslashreplace").decode() or "nothing"
