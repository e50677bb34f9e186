"""Names in a study file: what each denotes, and errors for those that denote nothing.

Used twice: to resolve a valid study, and, where a file has wrong types or unknown fields, to say in the
same breath which of its names are unknown.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from isogloss.analysis.controls.base import CONTROLS
from isogloss.distances import DISTANCES, NONE
from isogloss.errors import FieldError, HubError, closest
from isogloss.languages import resolve
from isogloss.languages.base import Language
from isogloss.modeling.aggregators.base import AggregatorConfig, make_aggregator
from isogloss.modeling.device import DEVICES, is_device_name
from isogloss.modeling.encoders.base import ENCODERS, EncoderIdentity
from isogloss.modeling.encoders.identify import check_code, identify
from isogloss.scores.effectiveness import MEASURES
from isogloss.study.executor import EXECUTORS
from isogloss.study.file.schema import ALL, AggregatorSettings, EncoderSettings
from isogloss.study.tracker import TRACKERS
from isogloss.tasks.base import TASKS
from isogloss.tasks.local import LocalTask
from isogloss.tasks.settings import LocalTaskSettings


@dataclass(frozen=True)
class NamedEncoder:
    """An encoder with the name it has in the score table: the stated id, or a folder's last part."""

    name: str
    settings: EncoderSettings
    identity: EncoderIdentity


@dataclass(frozen=True)
class NamedAggregator:
    """An aggregator's registry name with its settings."""

    name: str
    config: AggregatorConfig


def checks(raw: Mapping[str, Any], folder: Path) -> Mapping[str, Callable[[Any], object]]:
    """For each kind of name that `isogloss.study.file.schema` knows, what raises where the name is wrong.

    Parameters
    ----------
    raw : mapping
        The study's fields as YAML gives them; tells what its own tasks are called.
    folder : Path
        Of the study file.
    """
    own = raw.get("tasks")
    stated = [task.get("name") for task in own if isinstance(task, dict)] if isinstance(own, list) else []
    tasks = [*TASKS, *(name for name in stated if isinstance(name, str))]
    known = [*DISTANCES, ALL, NONE]
    return {
        "task": partial(require_known, known=tasks, kind="task"),
        "language": resolve_unless_all,
        "distance": lambda name: None if _brings_distances(raw) else require_known(name, known, "distance"),
        "effectiveness measure": partial(require_known, known=MEASURES, kind="effectiveness measure"),
        "control": partial(require_known, known=CONTROLS, kind="control"),
        "executor": partial(require_known, known=EXECUTORS, kind="executor"),
        "tracker": partial(require_known, known=TRACKERS, kind="tracker"),
        "device": require_device_name,
        "aggregator": named_aggregator,
        "encoder": partial(named_encoder, folder=folder),
        "own task": partial(own_task, folder=folder),
        "data directory": partial(data_directory, folder=folder),
    }


def _brings_distances(raw: Mapping[str, Any]) -> bool:
    """Whether names of distances are only known once files of the user's are read."""
    analysis = raw.get("analysis")
    return isinstance(analysis, dict) and any(map(analysis.get, ("distance_files", "cldf", "urielplus")))


def require_known(name: str, known: Iterable[str], kind: str) -> None:
    """Refuse a name that no file provides.

    Raises
    ------
    FieldError
    """
    words = list(known)
    if name not in words:
        raise FieldError(f"unknown {kind} '{name}'", allowed=closest(name, words))


def resolve_unless_all(spelling: str) -> Language | None:
    """The language that a spelling denotes; None for the word that stands for all of them."""
    return None if spelling == ALL else resolve(spelling)


def require_device_name(stated: str) -> None:
    """Refuse a name that is not a device; whether the machine has the device is checked where it is used.

    Raises
    ------
    FieldError
    """
    if not is_device_name(stated):
        raise FieldError(f"'{stated}' is not a device", allowed=DEVICES)


def named_aggregator(settings: AggregatorSettings) -> NamedAggregator:
    """An aggregator with its options checked; see `make_aggregator`."""
    return NamedAggregator(settings.name, make_aggregator(settings.name, settings.options))


def named_encoder(settings: EncoderSettings, folder: Path, *, may_be_unread: bool = False) -> NamedEncoder:
    """Identify an encoder by its files; see `identify`.

    Parameters
    ----------
    settings : EncoderSettings
    folder : Path
        Of the study file.
    may_be_unread : bool
        Take an encoder whose hub cannot be reached by its name alone.

    Raises
    ------
    CheckpointError
        See `identify`.
    """
    path = find_path(settings.id, folder)
    if settings.id not in ENCODERS and (path.exists() or settings.id.startswith((".", "/", "~"))):
        settings, name = settings.model_copy(update={"id": str(path)}), path.name
    else:
        name = settings.id
    try:
        identity = identify(settings.id, settings.revision)
    except HubError:
        if not may_be_unread:
            raise
        return NamedEncoder(name, settings, EncoderIdentity.unread(settings.id, settings.revision))
    if not settings.trust_remote_code:
        check_code(identity)
    return NamedEncoder(name, settings, identity)


def own_task(settings: LocalTaskSettings, folder: Path) -> LocalTask:
    """A task that the study file declares; see `LocalTask`.

    Raises
    ------
    FieldError
        If a built-in task has its name.
    """
    if settings.name in TASKS:
        raise FieldError(f"'{settings.name}' is a built-in task", hint="give your own task another name")
    return LocalTask(settings, folder)


def data_directory(text: str | None, folder: Path) -> Path | None:
    """Folder of the benchmark data.

    Raises
    ------
    FieldError
        If it is not a folder.
    """
    if text is None:
        return None
    path = find_path(text, folder)
    if not text or not path.is_dir():
        raise FieldError(
            f"no data directory {path if text else repr(text)}",
            hint="check the path of data_dir or --data-dir; isogloss data prints how such a folder looks",
        )
    return path


def find_path(text: str, folder: Path) -> Path:
    """A path of the study file: relative to its folder, else to the working directory.

    Raises
    ------
    FieldError
        If there can be no such path.
    """
    try:
        path = Path(text).expanduser()
        beside = folder / path
        return beside if beside.exists() else path.resolve()
    except (OSError, RuntimeError, ValueError) as error:  # too long, a loop of links, the home of nobody
        reason = getattr(error, "strerror", None) or str(error)
        raise FieldError(f"the path {text[:80]!r} cannot be used: {reason}") from None
