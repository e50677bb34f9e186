"""Where the files of a benchmark stand: XTREME directories, hub folders, Universal Dependencies treebanks."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping
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

_SPLIT = "(?P<split>train|validation|dev|test)"
_XTREME_FILE = re.compile(_SPLIT + r"-(?P<language>[A-Za-z-]+)\.tsv")
_HUB_FILE = re.compile(
    r"(?:.*[-/])?" + _SPLIT + r"(?:-(?P<shard>\d{5})-of-(?P<n_shards>\d{5})|/\d{4})?\.(?:parquet|jsonl)"
)
_TREEBANK_FILE = re.compile(r"(?P<language>[a-z]{2,3})_[a-z0-9]+-ud-" + _SPLIT + r"\.conllu")


@dataclass(frozen=True)
class Layout:
    """One way in which a benchmark's files are laid out.

    Parameters
    ----------
    name : str
        For messages and notes.
    shape : str
        What stands where, under the data directory, in words.
    find : callable
        A directory to its `Files`; empty where nothing of this layout stands there.
    """

    name: str
    shape: str
    find: Callable[[Path], Files]


def xtreme(task: str) -> Layout:
    """``<root>/<task>/<split>-<language>.tsv``; `root` may be the task's own folder."""

    def find(root: Path) -> Files:
        folder = root / task if (root / task).is_dir() else root
        matches = ((path, _XTREME_FILE.fullmatch(path.name)) for path in sorted(folder.iterdir()))
        return one_each(
            gathered((match["language"], match["split"], path) for path, match in matches if match)
        )

    return Layout("XTREME", f"{task}/<split>-<language>.tsv", find)


def hub(dataset: str, language_of: Callable[[str], str] = str) -> Layout:
    """``<root>/<dataset>/<config>/<split>-00000-of-00001.parquet``, or JSON lines.

    `root` may be the data set's own folder or the one above it. `language_of` gives the language of a config.
    """

    def find(root: Path) -> Files:
        folders = (root / dataset, root / Path(dataset).name, root)
        folder = next(folder for folder in folders if folder.is_dir())
        return gathered(
            (language_of(config.name), split, path)
            for config in sorted(folder.iterdir())
            if config.is_dir()
            for split, path in _hub_files(config)
        )

    return Layout("hub", f"{dataset}/<language>/<split>-00000-of-00001.parquet or .jsonl", find)


def _hub_files(config: Path) -> Iterator[tuple[str, Path]]:
    there: dict[str, set[str]] = defaultdict(set)
    wanted: dict[str, int] = {}
    files: dict[str, str] = {}
    for path in sorted([*config.glob("*.*"), *config.glob("*/*.*")]):
        match = _HUB_FILE.fullmatch(path.relative_to(config).as_posix())
        if match is None:
            continue
        split = match["split"]
        if match["shard"]:
            there[split].add(match["shard"])
            wanted[split] = int(match["n_shards"])
        whole = re.sub(r"\d{5}-of-|/\d{4}", "", path.relative_to(config).as_posix())
        if files.setdefault(split, whole) != whole:
            raise _two_files(split, config, files[split], whole)
        yield split, path
    for split, n_shards in wanted.items():
        if len(there[split]) != n_shards:
            raise DataError(
                f"{len(there[split])} of {n_shards} {split} files",
                where=str(config),
                hint="download the others, or remove the split's files",
            )


def treebanks() -> Layout:
    """``<root>/UD_English-EWT/en_ewt-ud-train.conllu``; all treebanks of a language are one data set."""

    def find(root: Path) -> Files:
        paths = sorted([*root.glob("UD_*/*.conllu"), *root.glob("*/UD_*/*.conllu"), *root.glob("*.conllu")])
        matches = ((path, _TREEBANK_FILE.fullmatch(path.name)) for path in paths)
        return gathered((match["language"], match["split"], path) for path, match in matches if match)

    return Layout("UD treebanks", "UD_<Language>-<Treebank>/<language>_<treebank>-ud-<split>.conllu", find)


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
    root: Path | None, title: str, layouts: Collection[Layout], languages: Collection[str]
) -> tuple[Layout, Files]:
    """Find a benchmark's files under the data directory, by the first layout that holds any of its languages.

    Raises
    ------
    DataError
        If there is no data directory, or nothing of any layout in it.
    """
    shapes = "; ".join(layout.shape for layout in layouts)
    if root is None:
        raise DataError(
            f"{title} is read from files, but no data directory is given", hint="give --data-dir DIR"
        )
    if not root.is_dir():
        what = "is a file, not a directory" if root.exists() else "does not exist"
        near = root.parent
        while not near.is_dir():
            near = near.parent
        raise DataError(f"the data directory {what}", where=str(root), hint=f"{near} holds {listing(near)}")
    for layout in layouts:
        files = {code: splits for code, splits in layout.find(root).items() if code in languages}
        if files:
            return layout, files
    raise DataError(
        f"no {title} data here", where=str(root), allowed=shapes, hint=f"{root} holds {listing(root)}"
    )


def listing(folder: Path, n_listed: int = 8) -> str:
    """List the names in a folder, for messages."""
    names = sorted(path.name for path in folder.iterdir() if not path.name.startswith("."))
    shown = ", ".join(names[:n_listed]) + (f", ... ({len(names)} in all)" if len(names) > n_listed else "")
    return shown or "nothing"
