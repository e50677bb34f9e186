"""Reading a study file: YAML to a validated `Study`, all problems at once, each with its line and field."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_args

import yaml
from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from isogloss.errors import FieldError, IsoglossError, StudyError, closest
from isogloss.identity import UNUSABLE_NAME
from isogloss.study.file.names import checks
from isogloss.study.file.schema import Study

FieldPath = tuple[str | int, ...]

# YAML 1.2 core schema: the language code `no` is a string and 5e-4 is a number.
_PLAIN_SCALARS: tuple[tuple[re.Pattern[str], Any], ...] = (
    (re.compile(r"(?:~|null|Null|NULL|)$"), lambda text: None),
    (re.compile(r"(?:true|True|TRUE)$"), lambda text: True),
    (re.compile(r"(?:false|False|FALSE)$"), lambda text: False),
    (re.compile(r"[-+]?[0-9]+$"), int),
    (re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$"), float),
)


DEEPEST = 12
"""No field of a study lies deeper; an alias of YAML can make a value that holds itself."""


@dataclass(frozen=True)
class StudyFile:
    """A validated study and where each of its fields stands.

    Parameters
    ----------
    study : Study
    path : Path
    origins : mapping of field path to str
        For example ``{("source", "task"): "studies/mini.yaml, line 4"}``.
    """

    study: Study
    path: Path
    origins: Mapping[FieldPath, str]

    @property
    def folder(self) -> Path:
        """Folder that the paths of the study are relative to."""
        return self.path.resolve().parent

    def where(self, *field: str | int) -> str:
        """Place of a field for a message: file, line and field path."""
        return _place(self.path, self.origins, field)


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
    stated = raw.get("encoder")
    encoders = stated if isinstance(stated, list) else [stated]
    raw["encoder"] = [
        {"trust_remote_code": True, **({"id": each} if isinstance(each, str) else each)}
        if isinstance(each, str | dict)
        else each
        for each in encoders
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
        raise StudyError(_all_problems(raw, path, origins)) from None
    return StudyFile(study, path, origins)


def _all_problems(
    raw: Mapping[str, Any], path: Path, origins: Mapping[FieldPath, str]
) -> list[IsoglossError]:
    """What is wrong with the form of a study, and with the names in those parts whose form is right."""
    try:
        Study.model_validate(raw, context=checks(raw, path.resolve().parent))
    except ValidationError as error:
        return [_problem(path, origins, detail) for detail in error.errors()]
    return []


def _read_yaml(path: Path) -> tuple[dict[str, Any], dict[FieldPath, str]]:
    text = _text_of(path)
    try:
        node = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.YAMLError as error:
        raise StudyError([_not_yaml(error, text, path)]) from None
    if not isinstance(node, yaml.MappingNode):
        raise StudyError(
            [
                FieldError(
                    "a study file is a mapping of fields", where=str(path), hint="see docs/study-file.md"
                )
            ]
        )
    origins: dict[FieldPath, str] = {}
    problems: list[IsoglossError] = []
    raw = _construct(node, (), str(path), origins, problems)
    if problems:
        raise StudyError(problems)
    return raw, origins


def _text_of(path: Path) -> str:
    try:
        raw = path.read_bytes()
    except FileNotFoundError:
        others = [p.name for p in path.parent.glob("*.y*ml")] if path.parent.is_dir() else []
        near = closest(path.name, others) if others else None
        raise StudyError([FieldError(f"no study file {path}", allowed=near)]) from None
    except IsADirectoryError:
        raise StudyError([FieldError(f"{path} is a folder, not a study file")]) from None
    except OSError as error:
        raise StudyError([FieldError(f"{path} cannot be read: {error.strerror}")]) from None
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise StudyError(
            [
                FieldError(
                    f"byte 0x{raw[error.start]:02x} is not UTF-8",
                    where=f"{path}, line {line}",
                    hint="save the file as UTF-8",
                )
            ]
        ) from None


def _not_yaml(error: yaml.YAMLError, text: str, path: Path) -> FieldError:
    if isinstance(error, yaml.reader.ReaderError):
        line = text.count("\n", 0, error.position) + 1
        return FieldError(
            f"not valid YAML: a control character {text[error.position]!r}", where=f"{path}, line {line}"
        )
    mark = getattr(error, "problem_mark", None)
    place = f", line {mark.line + 1}, column {mark.column + 1}" if mark else ""
    return FieldError(f"not valid YAML: {getattr(error, 'problem', None) or error}", where=f"{path}{place}")


def _construct(
    node: yaml.Node, field: FieldPath, path: str, origins: dict[FieldPath, str], problems: list[IsoglossError]
) -> Any:
    """Python value of a YAML node; notes the line of every field and refuses a key given twice."""
    if len(field) > DEEPEST:
        here = f"{path}, line {node.start_mark.line + 1}"
        problems.append(FieldError("a value that holds itself, or is nested too deep", where=here))
        return None
    origins.setdefault(field, f"{path}, line {node.start_mark.line + 1}")
    if isinstance(node, yaml.MappingNode):
        value: dict[Any, Any] = {}
        for key_node, value_node in node.value:
            place = f"{path}, line {key_node.start_mark.line + 1}"
            if not isinstance(key_node, yaml.ScalarNode):
                problems.append(FieldError("a list or mapping cannot name a field", where=place))
                continue
            key = key_node.value
            if key in value:
                problems.append(FieldError(f"field '{key}' is given twice", where=place, hint="keep one"))
            origins[(*field, key)] = place
            value[key] = _construct(value_node, (*field, key), path, origins, problems)
        return value
    if isinstance(node, yaml.SequenceNode):
        return [
            _construct(item, (*field, index), path, origins, problems)
            for index, item in enumerate(node.value)
        ]
    plain = getattr(node, "style", None) is None
    return _scalar(node.value) if plain else node.value


def _scalar(text: str) -> Any:
    for pattern, convert in _PLAIN_SCALARS:
        if pattern.match(text):
            return convert(text)
    return text


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
        if not separator or not name:
            problems.append(
                FieldError(
                    f"{option} {pair!r} is not of the form name=value", hint=f"e.g. {option} width=256"
                )
            )
            continue
        try:
            parsed[name] = _stated_value(text, (name,), f"{option} {pair}", {})
        except StudyError as error:
            problems.extend(error.problems)
    if problems:
        raise StudyError(problems)
    return parsed


def _stated_value(text: str, field: FieldPath, stated: str, origins: dict[FieldPath, str]) -> Any:
    """Value of a field that a command line states, in YAML; `stated` is the option and all of its text."""
    try:
        node = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.YAMLError as error:
        option, _, pair = stated.partition(" ")
        raise StudyError(
            [
                FieldError(
                    f"the value of {option} {pair!r} is not YAML: {getattr(error, 'problem', error)}",
                    hint=f"put text that holds ': ' or brackets in quotes: {option} 'description=\"a: b\"'",
                )
            ]
        ) from None
    problems: list[IsoglossError] = []
    value = None if node is None else _construct(node, field, stated, origins, problems)
    if problems:
        raise StudyError(problems)
    return value


def _override(raw: dict[str, Any], origins: dict[FieldPath, str], override: str) -> None:
    name, separator, text = override.partition("=")
    keys = name.split(".")
    if not separator or not all(keys):
        raise StudyError(
            [FieldError(f"--set {override!r} is not of the form field.path=value", hint="e.g. --set seed=3")]
        )
    field = tuple(keys)
    fresh: dict[FieldPath, str] = {}
    value = _stated_value(text, field, f"--set {override}", fresh)
    for stale in [known for known in origins if known[: len(field)] == field]:
        del origins[stale]
    origins.update(fresh)
    here = raw
    for at, key in enumerate(keys[:-1], start=1):
        here[key] = _mapping(here.get(key), tuple(keys[:at]), override)
        here = here[key]
    here[keys[-1]] = value
    origins.update(
        dict.fromkeys((known for known in origins if known[: len(field)] == field), f"--set {override}")
    )
    origins[field] = f"--set {override}"


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
    raise StudyError(
        [
            FieldError(
                f"'{dotted}' is {_as_yaml(value)} in the file, and has no fields to set",
                where=f"--set {override}",
                hint=f"set it whole: --set '{dotted}=...'",
            )
        ]
    )


def _place(path: Path, origins: Mapping[FieldPath, str], field: FieldPath) -> str:
    """Line of the deepest part of `field` that the file states, and the field path."""
    stated = field
    while stated and stated not in origins:
        # A single value that stands for a list of one has no index in the file.
        without_index = tuple(part for part in stated if not isinstance(part, int))
        stated = without_index if without_index in origins else stated[:-1]
    place = origins.get(stated, str(path))
    dotted = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in field).lstrip(".")
    return f"{place}, field {dotted}" if dotted else place


def _problem(path: Path, origins: Mapping[FieldPath, str], detail: ErrorDetails) -> IsoglossError:
    field: FieldPath = detail["loc"]
    where = _place(path, origins, field)
    kind, value = detail["type"], detail["input"]
    if kind == UNUSABLE_NAME:
        found: IsoglossError = detail["ctx"]["error"]
        below = found.field if isinstance(found, FieldError) else ()
        return found.at(_place(path, origins, (*field, *below)))
    if kind == "extra_forbidden":
        known = _fields_of(field[:-1])
        return FieldError(f"unknown field '{field[-1]}'", where=where, allowed=closest(str(field[-1]), known))
    if kind == "missing":
        return FieldError(
            f"field '{field[-1]}' is missing", where=where, hint="add it; see docs/study-file.md"
        )
    if kind == "literal_error":
        words = re.findall(r"'([^']*)'", detail["ctx"]["expected"])
        return FieldError(f"{value!r} is not a valid value", where=where, allowed=closest(str(value), words))
    if kind == "value_error":
        return FieldError(str(detail["ctx"]["error"]), where=where)
    message = detail["msg"]
    wanted = _WANTED.get(kind, message[:1].lower() + message[1:])
    return FieldError(f"{_as_yaml(value)}: {wanted.format(**detail.get('ctx', {}))}", where=where)


_WANTED = {
    "string_type": "a word is needed; put a number, true, false or null in quotes to have it as a word",
    "string_pattern_mismatch": "only letters, digits, '_', '.' and '-' may stand here",
    "int_type": "a whole number is needed",
    "float_type": "a number is needed",
    "finite_number": "a finite number is needed",
    "bool_parsing": "true or false is needed",
    "bool_type": "true or false is needed",
    "model_type": "a mapping of fields is needed, such as {{field: value}}",
    "dict_type": "a mapping of fields is needed, such as {{field: value}}",
    "tuple_type": "a list is needed",
    "too_short": "at least {min_length} values are needed",
}
"""Pydantic's words for types, as someone who writes YAML has them."""


def _as_yaml(value: Any) -> str:
    """A value as the file may spell it: Python's None is YAML's null."""
    try:
        return json.dumps(value, ensure_ascii=False)
    except (TypeError, ValueError):
        return repr(value)


def _fields_of(field: FieldPath) -> list[str]:
    """Names of the fields that a mapping at `field` may have."""
    model: type[BaseModel] = Study
    for part in field:
        if isinstance(part, int) or part not in model.model_fields:
            continue
        inner = _model_in(model.model_fields[part].annotation)
        if inner is None:
            return []
        model = inner
    return list(model.model_fields)


def _model_in(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    for argument in get_args(annotation):
        found = _model_in(argument)
        if found is not None:
            return found
    return None
