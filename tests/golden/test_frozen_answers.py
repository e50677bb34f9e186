"""Answers that a rearrangement of the code must not change.

The files in ``frozen/`` hold what the commands gave before the house was rebuilt. A key that is added is not
a change; a key that is missing, or a number that differs, is. After a deliberate change
``PYTHONPATH=tests python tests/golden/test_frozen_answers.py`` writes them anew; say in the changelog why
they differ.
"""

import csv
import io
import json
import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from commands import isogloss
from isogloss.scores.published.base import PUBLISHED

FROZEN = Path(__file__).parent / "frozen"
LANGUAGES = "en,de,nl,sv,ru,hi,fa,fi,hu,tr,ar,he,zh,ja,ko,vi,th,id,sw,yo,qu,eu"
DEFINITIONS = ("shared", "uriel", "knn")
DECIMALS = 9


def printed_by(*arguments: str) -> str:
    done = isogloss(*arguments)
    assert done.returncode == 0, done.stderr
    return done.stdout


def answer_about(table: str, folder: Path) -> Any:
    """The JSON of ``isogloss correlate --published TABLE``."""
    out = folder / f"{table}.json"
    printed_by("correlate", "--published", table, "--json", str(out))
    return json.loads(out.read_text(encoding="utf-8"))


def distances_by(definition: str) -> Any:
    """Every row of ``isogloss distance --format csv`` over some languages."""
    printed = printed_by("distance", *LANGUAGES.split(","), "--definition", definition, "--format", "csv")
    rows = list(csv.DictReader(io.StringIO(printed)))
    return {
        f"{row['metric']} {row['source']} {row['target']}": None
        if row["value"] == ""
        else round(float(row["value"]), DECIMALS)
        for row in rows
    }


def _by_identity(entries: Any) -> dict[str, Any]:
    """Records of methods by what they are of: a method that is added is no change; else nothing."""
    if not isinstance(entries, list) or not all(isinstance(one, dict) and "method" in one for one in entries):
        return {}
    keys = ("method", "effectiveness", "distance", "reason")
    named = {
        "/".join(str(one.get(key)) for key in keys if key != "reason" or "distance" not in one): one
        for one in entries
    }
    return named if len(named) == len(entries) else {}


def differences(frozen: Any, now: Any, at: str = "") -> Iterator[str]:
    if isinstance(frozen, dict) and isinstance(now, dict):
        for key, value in frozen.items():
            yield from differences(value, now[key], f"{at}.{key}") if key in now else [f"{at}.{key}: gone"]
    elif _by_identity(frozen) and _by_identity(now):
        yield from differences(_by_identity(frozen), _by_identity(now), at)
    elif isinstance(frozen, list) and isinstance(now, list):
        if len(frozen) != len(now):
            yield f"{at}: {len(frozen)} entries, now {len(now)}"
        for index, (old, new) in enumerate(zip(frozen, now, strict=False)):
            yield from differences(old, new, f"{at}[{index}]")
    elif isinstance(frozen, float) and isinstance(now, int | float):
        if not math.isclose(frozen, now, rel_tol=1e-6, abs_tol=1e-9):
            yield f"{at}: {frozen}, now {now}"
    elif frozen != now:
        yield f"{at}: {frozen!r}, now {now!r}"


@pytest.mark.numerics
@pytest.mark.parametrize("table", sorted(PUBLISHED))
def test_the_answer_about_a_published_table_is_as_it_was(table: str, tmp_path: Path) -> None:
    frozen = json.loads((FROZEN / f"{table}.json").read_text(encoding="utf-8"))
    assert list(differences(frozen, answer_about(table, tmp_path))) == []


@pytest.mark.numerics
@pytest.mark.parametrize("definition", DEFINITIONS)
def test_distances_are_as_they_were(definition: str) -> None:
    frozen = json.loads((FROZEN / f"distances-{definition}.json").read_text(encoding="utf-8"))
    assert list(differences(frozen, distances_by(definition))) == []


def write() -> None:
    import tempfile

    FROZEN.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        answers = {table: answer_about(table, Path(folder)) for table in PUBLISHED}
    answers |= {f"distances-{definition}": distances_by(definition) for definition in DEFINITIONS}
    for name, value in answers.items():
        text = json.dumps(value, indent=1, ensure_ascii=False, sort_keys=True)
        (FROZEN / f"{name}.json").write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    write()
