"""Reading a study file: YAML to a validated `Study`, all problems at once, each with its line and field."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from isogloss.errors import FieldError, IsoglossError, StudyError, closest
from isogloss.identity import listed
from isogloss.study.file.names import checks
from isogloss.study.file.problems import Places, as_yaml, field_of, is_of_its_own, problem_of
from isogloss.study.file.schema import Study
from isogloss.study.file.yaml_values import FieldPath, compose, values_of


@dataclass(frozen=True)
class StudyFile(Places):
    """A validated study and where each of its fields stands.

    Parameters
    ----------
    study : Study
    may_plan_unread : bool
        Plan encoders whose hub cannot be reached by their names alone; such a plan cannot be run.
    """

    study: Study
    may_plan_unread: bool = False


def read_study(
    path: Path,
    overrides: Sequence[str] = (),
    *,
    data_dir: str | None = None,
    trust_remote_code: bool = False,
) -> StudyFile:
    """Read and validate a study file.

    Parameters
    ----------
    path : Path
    overrides : sequence of str
        ``field.path=value`` with the value in YAML: ``"training.steps=100"``.
    data_dir : str, optional
        Replaces the file's `data_dir`.
    trust_remote_code : bool
        Set for every encoder; otherwise each has what the file says of it.

    Raises
    ------
    StudyError
        With every problem of the file; none is reported alone if there are others.
    """
    raw, origins = _read_yaml(path)
    for override in overrides:
        _override(raw, origins, override)
    if data_dir is not None:
        raw["data_dir"] = data_dir
        origins["data_dir",] = "--data-dir"
    if trust_remote_code:
        _trust_encoders(raw)
    raw.setdefault("name", path.stem)
    return validated(raw, path, origins)


def _trust_encoders(raw: dict[str, Any]) -> None:
    encoders = [{"id": each} if isinstance(each, str) else each for each in listed(raw.get("encoder"))]
    raw["encoder"] = [
        {"trust_remote_code": True, **each} if isinstance(each, dict) else each for each in encoders
    ]


def validated(raw: Mapping[str, Any], path: Path, origins: Mapping[FieldPath, str]) -> StudyFile:
    """Validate the fields of a study, wherever they were stated.

    Parameters
    ----------
    raw : mapping
        As YAML gives them.
    path : Path
        Where a field without an origin is said to stand; paths in the study are relative to its folder.
    origins : mapping of field path to str

    Raises
    ------
    StudyError
        With every problem.
    """
    try:
        study = Study.model_validate(raw)
    except ValidationError:
        raise StudyError(_all_problems(raw, Places(path, origins))) from None
    return StudyFile(path, origins, study)


def _all_problems(raw: Mapping[str, Any], places: Places) -> list[IsoglossError]:
    """What is wrong with the form of a study, and with the names in those parts whose form is right."""
    try:
        Study.model_validate(raw, context=checks(raw, places.folder))
    except ValidationError as error:
        found = sorted(error.errors(), key=lambda detail: places.rank(*field_of(detail)))
        return [problem_of(places, detail) for detail in found if is_of_its_own(detail)]
    return []


def _read_yaml(path: Path) -> tuple[dict[str, Any], dict[FieldPath, str]]:
    text = _text_of(path)
    try:
        node = compose(text)
    except yaml.YAMLError as error:
        raise _not_yaml(error, text, path) from None
    if not isinstance(node, yaml.MappingNode):
        raise _refused("a study file is a mapping of fields", where=str(path), hint="see docs/study-file.md")
    return values_of(node, str(path))


def _text_of(path: Path) -> str:
    try:
        raw = path.read_bytes()
    except FileNotFoundError:
        others = [p.name for p in path.parent.glob("[!.]*.y*ml")] if path.parent.is_dir() else []
        near = closest(path.name, others) if others else None
        raise _refused(f"no study file {path}", allowed=near) from None
    except IsADirectoryError:
        raise _refused(f"{path} is a folder, not a study file") from None
    except OSError as error:
        raise _refused(f"{path} cannot be read: {error.strerror}") from None
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise _refused(
            f"byte 0x{raw[error.start]:02x} is not UTF-8",
            where=f"{path}, line {line}",
            hint="save the file as UTF-8",
        ) from None


def _refused(
    what: str, *, where: str | None = None, allowed: str | None = None, hint: str | None = None
) -> StudyError:
    """The only problem of a study."""
    return StudyError([FieldError(what, where=where, allowed=allowed, hint=hint)])


def _not_yaml(error: yaml.YAMLError, text: str, path: Path) -> StudyError:
    if isinstance(error, yaml.reader.ReaderError):
        line = text.count("\n", 0, error.position) + 1
        return _refused(
            f"not valid YAML: a control character {text[error.position]!r}", where=f"{path}, line {line}"
        )
    mark = getattr(error, "problem_mark", None)
    place = f", line {mark.line + 1}, column {mark.column + 1}" if mark else ""
    return _refused(f"not valid YAML: {getattr(error, 'problem', None) or error}", where=f"{path}{place}")


def parse_settings(pairs: Sequence[str], option: str) -> dict[str, Any]:
    """Settings of a command line, ``name=value`` each, with the value read as a study file reads it.

    Raises
    ------
    StudyError
        With every pair that is not of this form, or has a value that is not YAML.
    """
    parsed: dict[str, Any] = {}
    problems: list[IsoglossError] = []
    for pair in pairs:
        name, separator, text = pair.partition("=")
        try:
            if not separator or not name:
                hint = f"e.g. {option} width=256"
                raise _refused(f"{option} {pair!r} is not of the form name=value", hint=hint)
            parsed[name], _ = _stated_value(text, (name,), f"{option} {pair}")
        except StudyError as error:
            problems.extend(error.problems)
    if problems:
        raise StudyError(problems)
    return parsed


def _stated_value(text: str, field: FieldPath, stated: str) -> tuple[Any, dict[FieldPath, str]]:
    """Value of a field that a command line states, in YAML; `stated` is the option and all of its text."""
    try:
        node = compose(text)
    except yaml.YAMLError as error:
        option, _, pair = stated.partition(" ")
        raise _refused(
            f"the value of {option} {pair!r} is not YAML: {getattr(error, 'problem', error)}",
            hint=f"put text that holds ': ' or brackets in quotes: {option} 'description=\"a: b\"'",
        ) from None
    return values_of(node, stated, field)


def _override(raw: dict[str, Any], origins: dict[FieldPath, str], override: str) -> None:
    name, separator, text = override.partition("=")
    keys = name.split(".")
    if not separator or not all(keys):
        raise _refused(f"--set {override!r} is not of the form field.path=value", hint="e.g. --set seed=3")
    field = tuple(keys)
    value, fresh = _stated_value(text, field, f"--set {override}")
    for stale in [known for known in origins if known[: len(field)] == field]:
        del origins[stale]
    origins.update(dict.fromkeys((*fresh, field), f"--set {override}"))
    here = raw
    for at, key in enumerate(keys[:-1], start=1):
        here[key] = _mapping(here.get(key), tuple(keys[:at]), override)
        here = here[key]
    here[keys[-1]] = value


_SHORTHANDS: Mapping[FieldPath, str] = {("targets",): "languages", ("encoder",): "id"}
"""The field that a value stands for where a mapping is not written out."""


def _mapping(value: Any, field: FieldPath, override: str) -> dict[str, Any]:
    """The mapping at `field`, in which an override sets one field and leaves the others.

    Raises
    ------
    StudyError
        If there is a list or a single value: it has no fields, and is not thrown away.
    """
    if value is None:
        return {}
    if isinstance(value, dict):
        return value
    shorthand = _SHORTHANDS.get(field)
    if shorthand is not None and not (isinstance(value, list) and any(isinstance(v, dict) for v in value)):
        return {shorthand: value}
    dotted = ".".join(map(str, field))
    raise _refused(
        f"'{dotted}' is {as_yaml(value)} in the file, and has no fields to set",
        where=f"--set {override}",
        hint=f"set it whole: --set '{dotted}=...'",
    )
