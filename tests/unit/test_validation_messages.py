"""Messages about values that settings do not take: in words, with what is allowed and what to do next."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from isogloss.analysis.spec import AnalysisSpec
from isogloss.errors import DataError, FieldError, StudyError
from isogloss.evidence.claims.records import parse_claims
from isogloss.identity import settings_of
from isogloss.study.file.yaml_text import validated

_PLAIN = {"source": {"task": "udpos", "language": "en"}, "targets": ["de", "fr", "ja"], "encoder": "mini"}


@pytest.mark.parametrize(
    ("fields", "what", "allowed"),
    [
        ({"n_permutations": -3}, "-3 is out of range", "99 or more"),
        ({"alpha": 0}, "0 is out of range", "a number above 0"),
        ({"alpha": 0.9}, "0.9 is out of range", "at most 0.5"),
        ({"seed": "x"}, "'x' is not a whole number", "a whole number"),
        ({"definition": "urial"}, "'urial' is not a valid value", "did you mean 'uriel'? one of: "),
    ],
)
def test_of_python_and_the_command_line(fields: dict[str, Any], what: str, allowed: str) -> None:
    with pytest.raises(FieldError) as caught:
        settings_of(AnalysisSpec, fields)
    (name,) = fields
    assert (caught.value.what, caught.value.where) == (what, name)
    assert str(caught.value.allowed).startswith(allowed)
    assert caught.value.hint == f"correct {name}"


@pytest.mark.parametrize(
    ("fields", "what", "allowed"),
    [
        ({"seed": -3}, "-3 is out of range", "0 or more"),
        ({"training": {"steps": 0}}, "0 is out of range", "a number above 0"),
        ({"training": {"warmup_ratio": 2}}, "2 is out of range", "a number below 1"),
        ({"training": {"learning_rate": "high"}}, '"high" is not a number', "a number"),
        ({"training": [1]}, "[1] is not a mapping of fields", "a mapping of fields"),
        ({"encoder": []}, "[] is too short", "a list of 1 or more"),
        ({"encoder": None}, "null is not a name or a mapping of fields", "a name or a mapping of fields"),
        ({"aggregator": [3]}, "3 is not a name or a mapping of fields", "a name or a mapping of fields"),
        (
            {"name": "a/b"},
            '"a/b" holds a sign that is not allowed',
            "letters, digits, '_', '.' and '-', not dots alone",
        ),
        ({"name": 3}, "3 is not a text", "a text"),
        ({"name": "x" * 101}, f'"{"x" * 79} ... is too long', "at most 100 characters"),
    ],
)
def test_of_a_study_file(fields: dict[str, Any], what: str, allowed: str) -> None:
    with pytest.raises(StudyError) as caught:
        validated({"name": "plain", **_PLAIN, **fields}, Path("study.yaml"), {})
    found = [problem for problem in caught.value.problems if problem.allowed == allowed]
    assert found, caught.value
    assert found[0].what == what
    assert found[0].hint


def test_of_a_file_of_claims() -> None:
    with pytest.raises(DataError) as caught:
        parse_claims("- {id: A_b, text: short, source: [1], confidence_there: 2}", "claims.yaml")
    lines = str(caught.value).splitlines()
    assert "id: 'A_b' holds a sign that is not allowed; allowed: small letters, digits" in lines[1]
    assert lines[2].endswith("text: 'short' is too short; allowed: 8 characters or more")
    assert lines[3].endswith("source: [1] is not a text")
    assert lines[4].endswith("confidence_there: 2 is out of range; allowed: at most 1")
