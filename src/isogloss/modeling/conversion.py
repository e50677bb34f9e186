"""Pickled weights (``pytorch_model.bin``) to safetensors, without running what a pickle may hold.

A pickle is a program. It is read with the weights-only unpickler of torch, which knows tensors and nothing
else, in a process of its own with limits of time and memory, which may start no program, reach no address and
write no file outside the output. The module is that process, called with FOLDER OUT SECONDS MEGABYTES FILES;
it writes JSON.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from isogloss.errors import CheckpointError, is_out_of_memory
from isogloss.isolation import child_environment, module_command
from isogloss.modeling.encoders._trust import CONFIG, TOKENIZER_CONFIG, is_data, named_code, read_json
from isogloss.modeling.encoders.base import EncoderIdentity
from isogloss.modeling.encoders.identify import check_code, identify, load_identified
from isogloss.modeling.encoders.identify.folder import WEIGHTS, WEIGHTS_INDEX, is_head, read_config

PICKLED, PICKLED_INDEX = "pytorch_model.bin", "pytorch_model.bin.index.json"
OTHER_SOURCE = "take the weights from a source that you trust, or a revision that has model.safetensors"
_SETTINGS = (CONFIG, TOKENIZER_CONFIG)
_DOCUMENTS = ("readme", "license", "licence", "notice")
_LEAST_MEGABYTES = 2048
_POINTER = b"version https://git-lfs"


@dataclass(frozen=True)
class Conversion:
    """Result of a conversion.

    Parameters
    ----------
    identity : EncoderIdentity
        Of the new folder.
    n_tensors : int
    tied : mapping of str to str
        Tensors of heads that are left out, because they are the same memory as another.
    not_copied : tuple of str
        Python files that stayed behind.
    loaded : bool
        Whether the new folder was loaded; False where that needs code of its own.
    """

    identity: EncoderIdentity
    n_tensors: int
    tied: Mapping[str, str]
    not_copied: tuple[str, ...]
    loaded: bool


def convert(
    folder: Path,
    out: Path,
    *,
    seconds: float = 1800.0,
    megabytes: int | None = None,
    copy_code: bool = False,
) -> Conversion:
    """Write the checkpoint of `folder` into `out` with safetensors for weights, and check it as loading does.

    Parameters
    ----------
    folder : Path
        With ``pytorch_model.bin``, or its shards and their index, with configuration and tokenizer.
    out : Path
        An empty folder.
    seconds : float
        Limit of the process that reads the weights.
    megabytes : int, optional
        Its memory in addition to torch's own; by default two GiB and three times the largest file.
    copy_code : bool
        Copy Python files as well; nothing runs them here.

    Raises
    ------
    CheckpointError
        If there is nothing to convert, a file holds code or something other than tensors, a limit is reached,
        or the result cannot be loaded as an encoder.
    """
    config = read_config(folder / CONFIG)
    if (folder / WEIGHTS).is_file() or (folder / WEIGHTS_INDEX).is_file():
        raise CheckpointError(
            "nothing to convert: the weights are safetensors already",
            where=str(folder),
            hint="use this folder as it is",
        )
    files = _pickled_files(folder)
    _refuse_pointers(folder, files)
    answer = _read_apart(folder, out, files, seconds, megabytes)
    not_copied = _copy_rest(folder, out, copy_code=copy_code)
    try:
        identity = identify(str(out))
        loaded = not named_code(CONFIG, config) or _needs_no_code(identity)
        if loaded:
            load_identified(identity)
    except CheckpointError as error:  # of what was copied; `out` is not there any more
        error.where = str(folder)
        raise
    return Conversion(identity, answer["n_tensors"], answer["tied"], not_copied, loaded)


def _needs_no_code(identity: EncoderIdentity) -> bool:
    try:
        check_code(identity)
    except CheckpointError:
        return False
    return True


def _pickled_files(folder: Path) -> tuple[str, ...]:
    """Names of the pickled files, all shards of them."""
    if (folder / PICKLED).is_file():
        return (PICKLED,)
    weight_map = read_json(folder / PICKLED_INDEX).get("weight_map")
    if not isinstance(weight_map, dict) or not weight_map:
        raise CheckpointError(
            "no pickled weights to convert", where=str(folder), allowed=f"{PICKLED}, or {PICKLED_INDEX}"
        )
    names = tuple(sorted({str(name) for name in weight_map.values()}))
    wrong = [name for name in names if Path(name).name != name or not (folder / name).is_file()]
    if wrong:
        raise CheckpointError(f"no shard '{wrong[0]}' of the weights in the folder", where=str(folder))
    return names


def _refuse_pointers(folder: Path, files: Sequence[str]) -> None:
    """Refuse files that a clone without Git LFS has in place of weights."""
    for name in files:
        with (folder / name).open("rb") as file:
            if file.read(len(_POINTER)) == _POINTER:
                raise CheckpointError(
                    "a pointer of Git LFS in place of the weights",
                    where=str(folder / name),
                    hint="fetch them: git lfs pull",
                )


def _read_apart(
    folder: Path, out: Path, files: Sequence[str], seconds: float, megabytes: int | None
) -> dict[str, Any]:
    largest = max((folder / name).stat().st_size for name in files) // 2**20
    megabytes = megabytes or _LEAST_MEGABYTES + 3 * largest
    command = module_command(
        __name__, str(folder.resolve()), str(out.resolve()), str(seconds), str(megabytes), *files
    )
    environment = child_environment() | {"OMP_NUM_THREADS": "1"}
    try:
        done = subprocess.run(
            command,
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=seconds,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise CheckpointError(
            f"reading the weights took longer than {seconds:g} seconds",
            where=str(folder),
            hint="allow more with --minutes where you know the file to be large",
        ) from None
    if done.returncode != 0:
        stderr = done.stderr.decode(errors="replace")
        if is_out_of_memory(stderr) or done.returncode < 0:
            raise CheckpointError(
                f"reading the weights needs more than {megabytes:,} MB of memory, or the process was ended",
                where=str(folder),
                hint="allow more with --memory where you know the file to be large",
            )
        last = (stderr.strip().splitlines() or ["it ended without a message"])[-1]
        raise CheckpointError(f"the weights cannot be converted: {last[:300]}", where=str(folder))
    answer: dict[str, Any] = json.loads(done.stdout)
    if "problem" in answer:
        place = str(folder / answer["file"])
        raise CheckpointError(answer["problem"], where=place, hint=OTHER_SOURCE)
    return answer


def _copy_rest(folder: Path, out: Path, *, copy_code: bool) -> tuple[str, ...]:
    """Copy settings, tokenizer and licence; returns the Python files that were left behind."""
    behind = []
    for path in sorted(folder.iterdir()):
        name = path.name
        is_code = name.endswith(".py")
        if is_code and not copy_code:
            behind.append(name)
        elif path.is_file() and (
            is_code or name in _SETTINGS or _is_vocabulary(name) or name.lower().startswith(_DOCUMENTS)
        ):
            shutil.copyfile(path, out / name)
    return tuple(behind)


def _is_vocabulary(name: str) -> bool:
    return is_data(name) and not name.endswith((".safetensors", ".index.json"))


def main() -> None:
    """Set the limits, close the doors, then read and write; the process of its own."""
    import resource

    folder, out, seconds, megabytes, *files = sys.argv[1:]
    resource.setrlimit(resource.RLIMIT_CPU, (int(float(seconds)) + 1,) * 2)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    import safetensors.torch
    import torch

    del safetensors, torch
    size = _address_space() + int(megabytes) * 2**20
    resource.setrlimit(resource.RLIMIT_AS, (size, size))
    sys.addaudithook(_door(Path(out)))
    json.dump(_convert_files(Path(folder), Path(out), files), sys.stdout)


def _address_space() -> int:
    """Bytes of address space in use; builds of torch for accelerators take many times that for CPUs."""
    statistics = Path("/proc/self/statm")
    if not statistics.is_file():  # other systems do not hold processes to this limit
        return 2**34
    return int(statistics.read_text().split()[0]) * os.sysconf("SC_PAGE_SIZE")


_CLOSED = ("subprocess.", "os.exec", "os.fork", "os.posix_spawn", "os.spawn", "os.system", "socket.", "pty.")
_REMOVING = ("os.remove", "os.rename", "os.rmdir", "os.link", "os.symlink", "os.chmod", "shutil.")


def _door(out: Path) -> Any:
    """Make an audit hook that lets the process start nothing, reach nobody, and write into `out` alone."""
    inside = str(out) + os.sep

    def hook(event: str, arguments: tuple[Any, ...]) -> None:
        if event.startswith((*_CLOSED, *_REMOVING)):
            raise PermissionError(f"{event} is not allowed while weights are converted")
        if event == "open":
            path, mode, flags = arguments
            writes = any(letter in (mode or "") for letter in "wax+") or flags & (os.O_WRONLY | os.O_RDWR)
            named = writes and not isinstance(path, int)
            if named and not str(Path(os.fsdecode(path)).resolve()).startswith(inside):
                raise PermissionError(f"writing {path!r} is not allowed while weights are converted")

    return hook


def _convert_files(folder: Path, out: Path, files: Sequence[str]) -> dict[str, Any]:
    from safetensors.torch import save_file

    weight_map: dict[str, str] = {}
    tied: dict[str, str] = {}
    total = 0
    for number, file in enumerate(files, start=1):
        try:
            tensors, own = _separate(_tensors_of(_unpickled(folder / file)))
        except ValueError as error:
            return {"problem": str(error), "file": file}
        name = WEIGHTS if len(files) == 1 else f"model-{number:05}-of-{len(files):05}.safetensors"
        save_file(tensors, str(out / name), metadata={"format": "pt", **own})
        weight_map |= dict.fromkeys(tensors, name)
        tied |= own
        total += sum(tensor.numel() * tensor.element_size() for tensor in tensors.values())
    if len(files) > 1:
        index = {"metadata": {"total_size": total}, "weight_map": dict(sorted(weight_map.items()))}
        (out / WEIGHTS_INDEX).write_text(json.dumps(index, indent=2) + "\n", encoding="utf-8")
    return {"n_tensors": len(weight_map), "tied": tied}


def _unpickled(path: Path) -> Any:
    import torch

    try:
        return torch.load(path, map_location="cpu", weights_only=True)
    except Exception as error:  # the content is hostile or broken: torch and pickle raise any kind
        text = str(error)
        if is_out_of_memory(error):
            raise MemoryError(text) from None
        foreign = [name for name in _names_in(path) if not name.startswith(_OF_WEIGHTS)]
        if foreign:
            raise ValueError(
                f"this file holds code, which was not run: it names {', '.join(foreign[:5])}, and weights "
                "need nothing but tensors"
            ) from None
        # Torch's message about a file without weights advises running it.
        cause = text.partition("WeightsUnpickler error:")[2] if "weights_only" in text else text
        first = (cause.strip().splitlines() or [type(error).__name__])[0]
        raise ValueError(f"this file cannot be read as weights: {first[:200]}") from None


_OF_WEIGHTS = ("torch.", "collections.OrderedDict")


def _names_in(path: Path) -> list[str]:
    """Classes and functions that the pickles of a file name, read without running them."""
    import pickletools
    import zipfile

    names: dict[str, None] = {}
    words: list[str] = []
    with contextlib.ExitStack() as stack, contextlib.suppress(Exception):  # as far as the file can be read
        if zipfile.is_zipfile(path):
            archive = stack.enter_context(zipfile.ZipFile(path))
            stream = stack.enter_context(
                archive.open(next(name for name in archive.namelist() if name.endswith("data.pkl")))
            )
        else:
            stream = stack.enter_context(path.open("rb"))
        for _ in range(_PICKLES_OF_AN_OLD_FILE):
            for opcode, argument, _place in pickletools.genops(stream):
                if opcode.name == "GLOBAL":
                    names[str(argument).replace(" ", ".")] = None
                elif opcode.name == "STACK_GLOBAL":
                    names[".".join(words[-2:])] = None
                elif isinstance(argument, str):
                    words.append(argument)
    return list(names)


_PICKLES_OF_AN_OLD_FILE = 5


def _tensors_of(value: Any) -> dict[str, Any]:
    """Tensors by name; some files keep them under one name among other things."""
    import torch

    for wrapper in ("state_dict", "model"):
        if isinstance(value, Mapping) and isinstance(value.get(wrapper), Mapping):
            value = value[wrapper]
    if not isinstance(value, Mapping) or not value:
        raise ValueError(f"this file holds a {type(value).__name__}, not tensors by name")
    for name, tensor in value.items():
        if not isinstance(name, str):
            raise ValueError(f"the name {str(name)[:80]} of a tensor is not a text")
        if not isinstance(tensor, torch.Tensor):
            raise ValueError(f"'{name[:80]}' is a {type(tensor).__name__}, not a tensor")
        if tensor.layout is not torch.strided or tensor.is_quantized or tensor.is_meta:
            raise ValueError(f"'{name[:80]}' is a tensor that is sparse, quantized or empty")
    return dict(value)


def _separate(tensors: dict[str, Any]) -> tuple[dict[str, Any], dict[str, str]]:
    """Give every tensor memory of its own; a head that is another tensor is left out and named."""
    kept: dict[str, Any] = {}
    tied: dict[str, str] = {}
    owners: dict[tuple[Any, ...], str] = {}
    memories: set[int] = set()
    for name in sorted(tensors, key=lambda each: (is_head(each), each)):
        tensor = tensors[name].detach()
        memory = tensor.untyped_storage().data_ptr()
        view = (memory, tensor.storage_offset(), tuple(tensor.shape), tensor.stride(), tensor.dtype)
        if tensor.numel() and view in owners and is_head(name):
            tied[name] = owners[view]
            continue
        owners.setdefault(view, name)
        whole = tensor.contiguous()
        kept[name] = whole.clone() if memory in memories and whole is tensor else whole
        memories.add(memory)
    return kept, tied


if __name__ == "__main__":
    main()
