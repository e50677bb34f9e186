"""The exception tree: message order, builtin bases, and the way across a process boundary."""

import concurrent.futures
import inspect
import multiprocessing
import pickle

import pytest

from isogloss import errors
from isogloss.errors import DataError, FieldError, IsoglossError, StudyError, closest

CLASSES = [
    cls
    for _, cls in inspect.getmembers(errors, inspect.isclass)
    if issubclass(cls, IsoglossError) and cls not in (IsoglossError, StudyError)
]


def fail_with_a_data_error() -> None:
    raise DataError("label '2'", where="de.tsv:7", allowed="0, 1", hint="correct the line")


def fail_with_a_study_error() -> None:
    raise StudyError([FieldError("no key 'sede'", where="a.yaml: sede"), FieldError("seed -1")])


def test_message_says_what_where_allowed_next_in_this_order():
    error = DataError("label '2'", where="de.tsv:7", allowed="0, 1", hint="correct the line")
    assert str(error).splitlines() == [
        "label '2'",
        "  where:   de.tsv:7",
        "  allowed: 0, 1",
        "  next:    correct the line",
    ]


def test_message_leaves_out_what_is_not_given():
    assert str(DataError("empty file", hint="give a file with rows")).splitlines() == [
        "empty file",
        "  next:    give a file with rows",
    ]


@pytest.mark.parametrize("cls", CLASSES, ids=lambda cls: cls.__name__)
def test_every_class_derives_from_a_fitting_builtin(cls):
    builtin = [
        base for base in cls.__mro__ if base.__module__ == "builtins" and base not in (Exception, object)
    ]
    assert [base for base in builtin if base is not BaseException]


@pytest.mark.parametrize("cls", CLASSES, ids=lambda cls: cls.__name__)
def test_pickle_keeps_type_message_and_parts(cls):
    error = cls("what", where="where", allowed="allowed", hint="hint")
    back = pickle.loads(pickle.dumps(error))
    assert type(back) is cls
    assert str(back) == str(error)
    assert (back.what, back.where, back.allowed, back.hint) == ("what", "where", "allowed", "hint")


def test_study_error_lists_every_problem():
    with pytest.raises(StudyError, match=r"(?s)2 problems.*no key 'sede'.*a\.yaml: sede.*seed -1"):
        fail_with_a_study_error()


def test_study_error_of_one_problem_is_that_problem():
    problem = FieldError("no key 'sede'", where="a.yaml: sede")
    assert str(StudyError([problem])) == str(problem)


def test_errors_cross_a_spawned_process_whole():
    context = multiprocessing.get_context("spawn")
    with concurrent.futures.ProcessPoolExecutor(max_workers=1, mp_context=context) as pool:
        with pytest.raises(DataError, match=r"label '2'\n  where:   de\.tsv:7") as data_error:
            pool.submit(fail_with_a_data_error).result()
        with pytest.raises(StudyError, match="2 problems") as study_error:
            pool.submit(fail_with_a_study_error).result()
    assert data_error.value.hint == "correct the line"
    assert [problem.where for problem in study_error.value.problems] == ["a.yaml: sede", None]


@pytest.mark.parametrize(
    ("value", "allowed", "text"),
    [
        ("ajf", ["last", "aif"], "did you mean 'aif'? one of: aif, last"),
        ("LAST", ["last", "aif"], "did you mean 'last'? one of: aif, last"),
        ("pawsx", ["PAWS-X", "XNLI"], "did you mean 'PAWS-X'? one of: PAWS-X, XNLI"),
        ("qqq", ["last", "aif"], "one of: aif, last"),
        ("aif", [], "nothing (none is available)"),
    ],
)
def test_closest(value, allowed, text):
    assert closest(value, allowed) == text


def test_closest_cuts_a_long_list_but_not_the_match():
    allowed = [f"language-{i:02d}" for i in range(20)]
    assert closest("language-19", allowed, n_listed=2) == (
        "did you mean 'language-19'? one of: language-00, language-01, ... (20 in all)"
    )
