"""The claims on record: typed, with their source; those of the package and those that the user added."""

from __future__ import annotations

import math
import reprlib
from collections.abc import Iterator, Mapping, Sequence
from importlib.resources import files
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, ValidationError, field_validator, model_validator

from isogloss.config import Frozen
from isogloss.errors import DataError, closest
from isogloss.evidence.base import Facet, Finding
from isogloss.evidence.mentions import known_values
from isogloss.evidence.verify import Query, claimed_numbers
from isogloss.study.store import write_text


def _listed(value: Any) -> Any:
    return value if isinstance(value, list | tuple) else (value,)


def _is_value(ends: Sequence[float]) -> bool:
    return len(ends) == 1 or (len(ends) == 2 and ends[0] <= ends[1])


def _is_stated(value: float | tuple[float, float], stated: Finding) -> bool:
    """Whether a typed value is the number of the text, as far as that is written; 0.84 is 84%."""
    low, high = value if isinstance(value, tuple) else (value, None)
    half = 0.5 * 10.0**-stated.decimals
    if high is not None and stated.upper is not None:
        return abs(low - stated.value) <= half and abs(high - stated.upper) <= half
    return any(abs(scale * low - stated.value) <= half for scale in (1, 0.01, 100, -1))


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
    """Ours is what is lost by fusing the layer that is best for another task."""

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
    task, model, metric, language : str or tuple of str
        By the words of ``vocabulary.yaml``; empty where the claim names none.
    setting : str
        What else has to hold, in words.
    value : float, (float, float) or None
        A number, or the two ends of a range, in `unit`; None for a claim without a number.
    unit : str
        ``"%"``, ``"points"``, ``"F1"``; empty where there is no value.
    source : str
        Where it was published: ``"arXiv:2205.08497"``, a DOI or an address.
    via : str
        What summarised it, where it was not read in the source.
    verdict_there : {"verified", "unverified", "unknown"}
        Verdict of `via`.
    confidence_there : float or None
        Confidence of that verdict; None where it is not known.
    note : str
        What a reader must know.
    would_test : str
        What would test it, in words.
    test : dict or None
        How a run tests it; None where no score table can.
    """

    id: str = Field(pattern=r"^[a-z0-9][a-z0-9.-]*$")
    text: str = Field(min_length=8)
    task: Annotated[tuple[str, ...], BeforeValidator(_listed)] = ()
    model: str = ""
    metric: str = ""
    language: str = ""
    setting: str = ""
    value: float | tuple[float, float] | None = None
    unit: str = ""
    source: str = Field(min_length=4)
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
        if value is None or (is_number and all(map(math.isfinite, ends)) and _is_value(ends)):
            return value
        raise ValueError("a number, or the lower and the upper end of a range")

    @model_validator(mode="after")
    def _value_and_unit(self) -> ClaimRecord:
        if self.value is not None and not self.unit:
            raise ValueError("unit: a value needs its unit: '%', 'points' or 'F1'")
        stated = [n for n in claimed_numbers(self.query()) if n.kind != "count"]
        if self.value is None and stated:
            raise ValueError(f"value: missing; the text states {stated[0].value:g}")
        if self.value is not None and stated and not any(_is_stated(self.value, each) for each in stated):
            raise ValueError(f"value: {self.value}, but the text states {stated[0].value:g}")
        if isinstance(self.test, ScoreTest) and not isinstance(self.value, float):
            raise ValueError("value: a claim that is tested by a score needs one number")
        return self

    def query(self) -> Query:
        """The claim as it is verified; facets with several values are left to the text."""
        facets: dict[Facet, str] = {}
        if len(self.task) == 1:
            facets["task"] = self.task[0]
        if self.model:
            facets["model"] = self.model
        if self.metric:
            facets["metric"] = self.metric
        if self.language:
            facets["language"] = self.language
        return Query(self.text, facets)

    def reported(self) -> str:
        """The value with its unit, or a dash."""
        if self.value is None:
            return "\N{EN DASH}"
        if isinstance(self.value, tuple):
            return f"{self.value[0]:g} to {self.value[1]:g} {self.unit}"
        return f"{self.value:.2f}{self.unit if self.unit == '%' else f' {self.unit}'}"


def claims_on_record(folder: Path | None = None) -> tuple[ClaimRecord, ...]:
    """The claims of the package, then those of the YAML files of `folder`, by file name.

    Raises
    ------
    DataError
        If a file cannot be read or two claims share an id.
    """
    found: dict[str, tuple[ClaimRecord, str]] = {}
    for name, text in _sources(folder):
        for record in parse_claims(text, name):
            if record.id in found:
                raise DataError(
                    f"two claims of the id '{record.id}'",
                    where=f"{found[record.id][1]} and {name}",
                    hint="rename one of them",
                )
            found[record.id] = (record, name)
    return tuple(record for record, _ in found.values())


def _sources(folder: Path | None) -> Iterator[tuple[str, str]]:
    for entry in sorted(files("isogloss.evidence").joinpath("records").iterdir(), key=lambda e: e.name):
        if entry.name.endswith(".yaml"):
            yield entry.name, entry.read_text(encoding="utf-8")
    for path in sorted(folder.glob("*.yaml")) if folder and folder.is_dir() else ():
        yield str(path), path.read_text(encoding="utf-8")


def parse_claims(text: str, where: str) -> tuple[ClaimRecord, ...]:
    """Read the claims of a YAML file: a list, or a mapping with the list under ``claims``.

    Raises
    ------
    DataError
        With every problem of the file: unknown field, missing source or value, unknown task.
    """
    import yaml

    try:
        loaded = yaml.safe_load(text)
    except yaml.YAMLError as error:
        at = getattr(error, "problem_mark", None)
        line = f", line {at.line + 1}" if at else ""
        raise DataError(f"no YAML: {getattr(error, 'problem', error)}", where=f"{where}{line}") from None
    entries = loaded.get("claims") if isinstance(loaded, Mapping) else loaded
    if not isinstance(entries, list) or not entries:
        raise DataError(
            "no claims in it", where=where, allowed="a list of claims under 'claims:'", hint=_EXAMPLE
        )
    records: list[ClaimRecord] = []
    problems: list[str] = []
    for number, entry in enumerate(entries, start=1):
        if not isinstance(entry, Mapping):
            problems.append(f"claim {number}: {_BRIEF.repr(entry)} is no mapping of fields")
            continue
        name = f"claim {number} ({entry.get('id', 'without an id')})"
        try:
            record = ClaimRecord.model_validate(entry)
        except ValidationError as error:
            problems += [f"{name}: {_problem(each)}" for each in error.errors()]
            continue
        problems += [f"{name}: {each}" for each in _unknown_words(record)]
        records.append(record)
    if problems:
        what = "\n  ".join([f"{len(problems)} problems with its claims", *problems])
        raise DataError(what if len(problems) > 1 else problems[0], where=where, hint=_EXAMPLE)
    return tuple(records)


_BRIEF = reprlib.Repr()
_BRIEF.maxlevel = 2
_EXAMPLE = "for an example of every field see the claims on record: isogloss claims --list --yaml"


def _problem(error: Any) -> str:
    field = ".".join(str(part) for part in error["loc"])
    if error["type"] == "extra_forbidden":
        return f"no field '{field}'; {closest(field, ClaimRecord.model_fields)}"
    if error["type"] == "missing":
        return f"{field}: missing"
    message = str(error["msg"]).removeprefix("Value error, ")
    return f"{field}: {message}, not {_BRIEF.repr(error['input'])}" if field else message


def _unknown_words(record: ClaimRecord) -> list[str]:
    words: Sequence[tuple[Facet, tuple[str, ...]]] = (
        ("task", record.task),
        ("model", (record.model,) if record.model else ()),
        ("metric", (record.metric,) if record.metric else ()),
        ("language", (record.language,) if record.language else ()),
    )
    return [
        f"{facet}: no {facet} '{value}'; {closest(value, known_values(facet))}"
        for facet, values in words
        for value in values
        if value not in known_values(facet)
    ]


def add_claims(file: Path, folder: Path) -> tuple[tuple[ClaimRecord, ...], Path]:
    """Check the claims of a file and keep a copy of it among the claims on record.

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
    if not file.is_file():
        raise DataError(f"no file '{file}'", hint="name a YAML file of claims")
    try:
        text = file.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        raise DataError("no UTF-8 text", where=str(file)) from None
    added = parse_claims(text, str(file))
    if len({record.id for record in added}) < len(added):
        twice = sorted({record.id for record in added if [r.id for r in added].count(record.id) > 1})
        raise DataError(
            f"two claims of one id: {', '.join(twice)}", where=str(file), hint="rename one of them"
        )
    target = folder / f"{file.stem}.yaml"
    taken = {record.id for record in claims_on_record(folder)} & {record.id for record in added}
    if taken or target.exists():
        what = f"ids on record already: {', '.join(sorted(taken))}" if taken else f"{target} exists already"
        raise DataError(what, where=str(file), hint="give the new claims, and their file, names of their own")
    folder.mkdir(parents=True, exist_ok=True)
    write_text(target, text)
    return added, target
