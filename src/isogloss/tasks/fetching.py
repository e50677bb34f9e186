"""Download a benchmark from its repository on the hub, into the folder layout that is read here."""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from http.client import HTTPException
from pathlib import Path
from typing import Any
from urllib.parse import quote
from urllib.request import Request, urlopen

from isogloss.errors import DataError, FieldError, closest
from isogloss.tasks._layouts import HUB_FILE
from isogloss.tasks.base import Task

NAME = None
"""No task."""

HUB = "https://huggingface.co"
ENDPOINT = "HF_ENDPOINT"
"""Environment variable with the address of another hub."""

RECORD = "fetched.json"
"""File beside the data that says which revision they are of."""

AGAIN = "type the command again to go on from there, or fetch the files by hand: see `isogloss data`"

_TIMEOUT = 60
_BLOCK = 1 << 20
_LONGEST_LIST = 64 << 20


@dataclass(frozen=True)
class RemoteFile:
    """A file of a repository.

    Parameters
    ----------
    path : str
        In the repository: ``"de/test-00000-of-00001.parquet"``.
    size : int
        In bytes.
    sha256, blob : str
        Checksum of a large file; of a small one the SHA-1 that git has. One of them is empty.
    """

    path: str
    size: int
    sha256: str
    blob: str

    def is_whole(self, path: Path) -> bool:
        """Whether a local file has this size and checksum."""
        if not path.is_file() or path.stat().st_size != self.size:
            return False
        digest = hashlib.sha256() if self.sha256 else hashlib.sha1(f"blob {self.size}\0".encode())
        with path.open("rb") as file:
            hashlib.file_digest(file, lambda: digest)
        return digest.hexdigest() == (self.sha256 or self.blob)


def fetch(
    task: Task, folder: Path, languages: Sequence[str] = (), *, told: Callable[[str], object] = str
) -> list[Path]:
    """Download the files of some languages, or of all; what is there already and whole is kept.

    A download that broke off goes on where it stopped. Before a file gets its name it is checked against the
    size and the checksum that the hub states.

    Parameters
    ----------
    task : Task
    folder : Path
        Data directory; files come into ``<folder>/<data set>/<language>/``.
    languages : sequence of str
        As the task's card spells them.
    told : callable
        Is given a line about every file.

    Returns
    -------
    list of Path

    Raises
    ------
    FieldError
        If the task lacks a language.
    DataError
        If the hub cannot be reached, holds no file of this layout, or a file does not have its checksum.
    """
    dataset, known = task.card.dataset, task.card.languages
    unknown = [code for code in languages if code not in known]
    if unknown:
        raise FieldError(
            f"{task.card.title} has no language {', '.join(unknown)}",
            where="--language",
            allowed=closest(unknown[0], known),
        )
    wanted = {known[code] for code in languages or known}
    hub = os.environ.get(ENDPOINT, HUB).rstrip("/")
    revision, listed = _listed(f"{hub}/api/datasets/{quote(dataset)}/revision/main?blobs=true")
    files = [file for file in listed if _config(file.path) & wanted]
    if not files:
        raise DataError(
            f"the repository holds no file of the layout that is read, of {len(listed)} files",
            where=f"{hub}/datasets/{dataset}, revision {revision}",
            allowed="<language>/<split>-00000-of-00001.parquet",
            hint="`isogloss data` names the home page; other layouts from there are read as well",
        )
    home = folder / dataset
    paths = []
    for number, file in enumerate(files, start=1):
        paths.append(home / file.path)
        told(f"{number} of {len(files)}: {file.path} ({file.size / 1e6:,.1f} MB)")
        if not file.is_whole(paths[-1]):
            url = f"{hub}/datasets/{quote(dataset)}/resolve/{quote(revision)}/{quote(file.path)}"
            _download(url, file, paths[-1])
    record = {"dataset": dataset, "revision": revision, "hub": hub}
    (home / RECORD).write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")
    return paths


def _config(path: str) -> set[str]:
    """Folder of a file of data, and the language that it begins with: ``"de_gsd"`` and ``"de"``."""
    config, _, name = path.partition("/")
    leads_out = "\\" in name or {"", ".", ".."} & set(name.split("/"))
    if leads_out or not re.fullmatch(r"\w[\w.-]*", config) or not HUB_FILE.fullmatch(name):
        return set()
    return {config, config.partition("_")[0]}


def _listed(url: str) -> tuple[str, list[RemoteFile]]:
    """Commit and files of a repository.

    Raises
    ------
    DataError
    """
    content = b"".join(_blocks(url, at_most=_LONGEST_LIST))
    try:
        found = json.loads(content)
        return str(found["sha"]), [_remote(entry) for entry in found["siblings"]]
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise DataError("the answer is not a list of files as the hub gives it", where=url) from error


def _remote(entry: Any) -> RemoteFile:
    checksum = str((entry.get("lfs") or {}).get("sha256", ""))
    return RemoteFile(str(entry["rfilename"]), int(entry["size"]), checksum, str(entry.get("blobId", "")))


def _blocks(url: str, *, start: int = 0, at_most: int) -> Iterator[bytes]:
    """Content of an address from byte `start` on.

    Raises
    ------
    DataError
        If it cannot be reached, or sends more bytes than it should.
    """
    if not url.startswith(("https://", "http://")):
        raise DataError("not an address of the web", where=url, hint=f"correct the variable {ENDPOINT}")
    part = {"Range": f"bytes={start}-"} if start else {}
    request = Request(url, headers={"User-Agent": "isogloss"} | part)
    try:
        with urlopen(request, timeout=_TIMEOUT) as answer:
            skip = 0 if not start or answer.status == 206 else start
            n_bytes = start - skip
            while block := answer.read(_BLOCK):
                n_bytes += len(block)
                if n_bytes > at_most:
                    raise DataError("more bytes were sent than the hub stated", where=url)
                yield block[skip:]
                skip = max(0, skip - len(block))
    except (OSError, HTTPException) as error:
        reason = getattr(error, "reason", None) or error
        raise DataError(f"the download failed: {reason}", where=url, hint=AGAIN) from error


def _download(url: str, file: RemoteFile, path: Path) -> None:
    """Download one file under a temporary name, check it, and rename it.

    Raises
    ------
    DataError
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(path.name + ".part")
    start = part.stat().st_size if part.is_file() else 0
    if start >= file.size:
        start = 0
    with part.open("ab" if start else "wb") as out:
        for block in _blocks(url, start=start, at_most=file.size):
            out.write(block)
        out.flush()
        os.fsync(out.fileno())
    if part.stat().st_size < file.size:
        raise DataError("the download broke off", where=url, hint=AGAIN)
    if not file.is_whole(part):
        part.unlink()
        raise DataError(
            "the file does not have the size and checksum that the hub states",
            where=url,
            hint="type the command again; if it fails again, the copy on the hub is broken",
        )
    part.replace(path)
