"""Claims on record: typed, with their source; those of the package and those that the user added."""

from __future__ import annotations

import math
import reprlib
from collections import Counter
from collections.abc import Mapping, Sequence
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, TypeAdapter, ValidationError, field_validator, model_validator

from isogloss.errors import DataError, StudyError, closest
from isogloss.evidence.numbers import numbers
from isogloss.identity import Frozen, fault_of, listed, spelled
from isogloss.study.file.yaml_values import FieldPath, compose, values_of
from isogloss.writing import write_text


class ScoreTest(Frozen):
    """Ours is a mean score of one aggregator and metric, by an encoder of one of these names."""

    kind: Literal["score"]
    tasks: tuple[str, ...]
    metric: str
    aggregator: str
    encoders: tuple[str, ...]


class FusionGainTest(Frozen):
    """Ours is the gain of the best fused layer over the last one; `range` in points, None for any gain."""

    kind: Literal["fusion gain"]
    range: tuple[float, float] | None = None


class BestLayerTest(Frozen):
    """Ours is the loss from fusing the layer that is best for another task."""

    kind: Literal["best layer differs"]


class FamilyTest(Frozen):
    """Ours is the gain of fusion in the source's family less the gain outside it."""

    kind: Literal["family difference"]


RunTest = Annotated[ScoreTest | FusionGainTest | BestLayerTest | FamilyTest, Field(discriminator="kind")]


class ClaimRecord(Frozen):
    """One claim as it was published.

    Parameters
    ----------
    id : str
    text : str
        One sentence.
    source : str
        Where it was published (``"arXiv:2205.08497"``, a DOI, an address), or ``file:STEM`` for a paper. A
        claim without one, or whose source names no file, is held against all papers.
    value : float, (float, float) or None
        The number that the text states, or the two ends of a range, in `unit`.
    unit : str
        ``"%"``, ``"points"``, ``"F1"``, ``"million sentences"``; empty where the value has none.
    task, model, metric, language, setting : str or tuple of str
        Free words for the reader; the text is what is verified.
    via, verdict_there, confidence_there : str, str, float or None
        Who summarised it where it was not read in the source, with the verdict and confidence given there.
    note, would_test : str
        For the reader.
    test : dict or None
        How a run tests it; None where no score table can.
    """

    id: Annotated[
        str, spelled(r"[a-z0-9][a-z0-9.-]*", "small letters, digits, '.' and '-', none of the two first")
    ]
    text: str = Field(min_length=8, max_length=2000)
    source: str = ""
    value: float | tuple[float, float] | None = None
    unit: str = ""
    task: Annotated[tuple[str, ...], BeforeValidator(listed)] = ()
    model: str = ""
    metric: str = ""
    language: str = ""
    setting: str = ""
    via: str = ""
    verdict_there: Literal["verified", "unverified", "unknown"] = "unknown"
    confidence_there: float | None = Field(default=None, ge=0, le=1)
    note: str = ""
    would_test: str = ""
    test: RunTest | None = None

    @field_validator("value", mode="before")
    @classmethod
    def _finite(cls, value: Any) -> Any:
        ends = value if isinstance(value, list | tuple) else [value]
        is_number = all(isinstance(end, int | float) and not isinstance(end, bool) for end in ends)
        if value is None or (
            is_number and all(map(math.isfinite, ends)) and len(ends) < 3 and ends[0] <= ends[-1]
        ):
            return value
        raise ValueError("a number, or the lower and the upper end of a range")

    @model_validator(mode="after")
    def _value_and_unit(self) -> ClaimRecord:
        ends = self.value if isinstance(self.value, tuple) else () if self.value is None else (self.value,)
        stated = numbers(self.text)
        for end in ends:
            as_written = [end * 10.0**power for power in (0, 3, 6, 9)]  # 7.8, "k documents", for 7.8k
            if stated and not any(n.agrees(value, n.decimals) for n in stated for value in as_written):
                raise ValueError(f"value: {end:g}, but the text states {stated[0].value:g}")
        if isinstance(self.test, ScoreTest) and not isinstance(self.value, float):
            raise ValueError("value: a claim that is tested by a score needs one number")
        return self

    def reported(self) -> str:
        """The value with its unit, or a dash."""
        if self.value is None:
            return "\N{EN DASH}"
        if isinstance(self.value, tuple):
            return f"{self.value[0]:g} to {self.value[1]:g} {self.unit}".rstrip()
        return f"{self.value:.2f}{self.unit if self.unit == '%' else f' {self.unit}'}".rstrip()


def claims_on_record(folder: Path | None = None) -> tuple[ClaimRecord, ...]:
    """Read the claims of the package, then those of the YAML files of `folder`, by file name.

    Raises
    ------
    DataError
        If a file cannot be read or two claims share an id.
    """
    own = (
        entry for entry in files(__package__).joinpath("records").iterdir() if entry.name.endswith(".yaml")
    )
    return _records([*sorted(own, key=str), *sorted(folder.glob("*.yaml") if folder else ())])


def read_claims(file: Path | str) -> tuple[ClaimRecord, ...]:
    """Read a YAML file of claims.

    Raises
    ------
    DataError
        If the file is missing or wrong, or two of its claims share an id.
    """
    path = Path(file)
    if not path.is_file():
        raise DataError(f"no file '{path}'", hint="name a YAML file of claims")
    return _records([path])


def _records(sources: Sequence[Traversable]) -> tuple[ClaimRecord, ...]:
    """Claims of all files; no two may share an id."""
    found: list[tuple[ClaimRecord, str]] = []
    for source in sources:
        try:
            text = source.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            raise DataError("not valid UTF-8", where=str(source), hint="save the file as UTF-8") from None
        found += [(record, str(source)) for record in parse_claims(text, str(source))]
    counts = Counter(record.id for record, _ in found)
    if twice := sorted(id for id, n in counts.items() if n > 1):
        where = " and ".join(dict.fromkeys(source for record, source in found if record.id in twice))
        raise DataError(f"two claims of one id: {', '.join(twice)}", where=where, hint="rename one of them")
    return tuple(record for record, _ in found)


def parse_claims(text: str, where: str) -> tuple[ClaimRecord, ...]:
    """Read claims in YAML: a list, or a mapping with the list under ``claims``.

    Raises
    ------
    DataError
        With every problem: unknown field, missing text, wrong value.
    """
    import yaml

    try:
        loaded, places = values_of(compose(text), where)
    except StudyError as error:
        raise DataError(str(error)) from None
    except yaml.YAMLError as error:
        at = getattr(error, "problem_mark", None)
        line = f", line {at.line + 1}" if at else ""
        raise DataError(
            f"invalid YAML: {getattr(error, 'problem', error)}", where=f"{where}{line}", hint=_EXAMPLE
        ) from None
    entries = loaded.get("claims") if isinstance(loaded, Mapping) else loaded
    if not isinstance(entries, list) or not entries:
        allowed = "a list of claims under 'claims:'"
        raise DataError("no claims in it", where=where, allowed=allowed, hint=_EXAMPLE)
    try:
        return _CLAIMS.validate_python(entries)
    except ValidationError as error:
        above = () if loaded is entries else ("claims",)
        problems = [_problem(each, entries, places, above) for each in error.errors()]
    what = "\n  ".join([f"{len(problems)} problems with its claims", *problems])
    raise DataError(what if len(problems) > 1 else problems[0], where=where, hint=_EXAMPLE)


_CLAIMS = TypeAdapter(tuple[ClaimRecord, ...])
_BRIEF = reprlib.Repr()
_BRIEF.maxlevel = 2
_EXAMPLE = "for an example of every field see the claims on record: isogloss claims --list --yaml"


def _problem(error: Any, entries: Sequence[Any], places: Mapping[FieldPath, str], above: FieldPath) -> str:
    number, *parts = error["loc"]
    entry, field = entries[number], ".".join(map(str, parts))
    place = places.get((*above, number, *parts[:1]), places[*above, number])
    claim = f"{place.rpartition(', ')[2]}: claim {number + 1}"
    if not isinstance(entry, Mapping):
        return f"{claim}: {_BRIEF.repr(entry)} is not a mapping of fields"
    name = f"{claim} ({_BRIEF.repr(entry.get('id', 'without an id'))}): {field}"
    if error["type"] == "extra_forbidden":
        return f"{name}: no such field; {closest(field, ClaimRecord.model_fields)}"
    if error["type"] == "missing":
        return f"{name}: missing"
    message = str(error["msg"]).removeprefix("Value error, ")
    if not field:
        return name + message
    if error["type"] == "value_error":
        return f"{name}: {message}, not {_BRIEF.repr(error['input'])}"
    what, allowed = fault_of(error, _BRIEF.repr(error["input"]))
    return f"{name}: {what}" + (f"; allowed: {allowed}" if allowed and allowed not in what else "")


def add_claims(file: Path, folder: Path) -> tuple[tuple[ClaimRecord, ...], Path]:
    """Check the claims of a file and copy it into the folder of added claims.

    Returns
    -------
    tuple of ClaimRecord
        The claims that were added.
    Path
        Where they are kept.

    Raises
    ------
    DataError
        If the file is missing or wrong, or an id is taken.
    """
    added = read_claims(file)
    target = folder / f"{file.stem}.yaml"
    taken = {record.id for record in claims_on_record(folder)} & {record.id for record in added}
    if taken or target.exists():
        what = f"ids on record already: {', '.join(sorted(taken))}" if taken else f"{target} exists already"
        raise DataError(what, where=str(file), hint="give the new claims, and their file, names of their own")
    folder.mkdir(parents=True, exist_ok=True)
    write_text(target, file.read_text(encoding="utf-8"))
    return added, target


def remove_claim(id: str, folder: Path) -> Path:
    """Remove an added claim; its file goes with its last claim.

    Returns
    -------
    Path
        The file it was kept in.

    Raises
    ------
    DataError
        If no added claim has that id; those of the package stay.
    """
    import yaml

    kept = {path: read_claims(path) for path in sorted(folder.glob("*.yaml"))} if folder.is_dir() else {}
    for path, records in kept.items():
        if id in {record.id for record in records}:
            rest = [r.model_dump(mode="json", exclude_defaults=True) for r in records if r.id != id]
            if rest:
                write_text(path, yaml.safe_dump({"claims": rest}, sort_keys=False, allow_unicode=True))
            else:
                path.unlink()
            return path
    added = [record.id for records in kept.values() for record in records]
    is_own = id in {record.id for record in claims_on_record()}
    what = f"claim '{id}' belongs to the package and stays" if is_own else f"no added claim '{id}'"
    raise DataError(what, where=str(folder), allowed=closest(id, added))
