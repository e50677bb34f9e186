"""Names, distance files and CLDF data sets of any content: a result that round-trips, or one error."""

import csv
import io
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from isogloss.distances.matrix import DissimilarityMatrix
from isogloss.distances.sources.cldf import Dataset
from isogloss.distances.sources.files import read_distances
from isogloss.errors import IsoglossError
from isogloss.languages import read_together, resolve

FEW = settings(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture])
MANY = settings(max_examples=10_000, suppress_health_check=list(HealthCheck))

CODES = (
    "de",
    "nld",
    "zh-TW",
    "Mon",
    "ga",
    "Serbian (Latin)",
    "stan1293",
    "en_ewt",
    "UD_German-GSD",
    "als",
    "xx",
)
PIECES = st.sampled_from(
    (*"-_,()[];: /\t\n\r\0", "\ud800", "\ufeff", "é", "Latn", "x", "i", "u", "9", "q", "UD_")
)
TEXTS = st.one_of(
    st.text(max_size=30),
    st.sampled_from(CODES),
    st.lists(st.one_of(PIECES, st.sampled_from(CODES), st.text(max_size=3)), max_size=8).map("".join),
)
FIELDS = st.one_of(
    st.sampled_from(
        (*CODES, "", "a", "b", "value", "metric", "shared", "union", "0", "1", "0.5", "1,5", "-1")
    ),
    st.sampled_from(("nan", "NA", "inf", "1e999", "9" * 5000, "similarity", '"', "'", "\0", "x" * 200)),
    st.floats(width=32).map(str),
    st.text(max_size=5),
)


def check_names(texts: list[str]) -> None:
    found = read_together(texts)
    assert {*found.languages, *found.problems} == set(texts)
    assert not set(found.languages) & set(found.problems)
    for text, language in found.languages.items():
        assert language.input == text
        assert resolve(language.id) == language or language.rules  # retired codes lead on, with a rule
        assert str(language)
    for text in texts:
        try:
            assert resolve(text).input == text
        except IsoglossError as error:
            assert error.what
            assert text in found.problems


def check_file(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    try:
        found = read_distances(path)
    except IsoglossError as error:
        assert str(error)
        return
    assert found
    for matrix in found.values():
        known = ~np.isnan(matrix.values)
        assert (matrix.values[known] >= 0).all()
        assert np.isfinite(matrix.values[known]).all()
        if not isinstance(matrix, DissimilarityMatrix):
            assert np.array_equal(matrix.values, matrix.values.T, equal_nan=True)
        again = path.with_name("again.csv")
        with again.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(["", *matrix.labels])
            for label, row in zip(matrix.labels, matrix.values.tolist(), strict=True):
                writer.writerow([label, *("" if np.isnan(value) else repr(value) for value in row)])
        (read,) = read_distances(again).values() if known.sum() > len(matrix.labels) else (matrix,)
        assert np.array_equal(read.values, matrix.values, equal_nan=True) or isinstance(read, type(matrix))


def check_dataset(folder: Path, metadata: Any, values: list[list[str]], languages: list[list[str]]) -> None:
    folder.mkdir(exist_ok=True)
    (folder / "x-metadata.json").write_text(
        metadata if isinstance(metadata, str) else json.dumps(metadata), encoding="utf-8", errors="replace"
    )
    for name, header, rows in (
        ("values.csv", ["ID", "Language_ID", "Parameter_ID", "Value", "Code_ID"], values),
        ("languages.csv", ["ID", "Name", "Glottocode", "ISO639P3code"], languages),
    ):
        text = io.StringIO(newline="")
        csv.writer(text).writerows([header, *rows])
        (folder / name).write_text(text.getvalue(), encoding="utf-8", errors="replace", newline="")
    try:
        data = Dataset.read(folder, threshold=1)
        matrix = data.distance([resolve("de"), resolve("nl"), resolve("cmn")])
    except IsoglossError as error:
        assert str(error)
        return
    assert data.name
    assert np.array_equal(matrix.values, matrix.values.T, equal_nan=True)
    known = matrix.values[~np.isnan(matrix.values)]
    assert ((known >= 0) & (known <= 1 + 1e-12)).all()
    again = Dataset.read(folder, threshold=1).distance(matrix.languages)
    assert np.array_equal(again.values, matrix.values, equal_nan=True)


SHEETS = st.tuples(
    st.lists(st.lists(FIELDS, min_size=1, max_size=5), max_size=6),
    st.sampled_from((",", ";", "\t", " ", "|")),
).map(lambda found: "\n".join(found[1].join(row) for row in found[0]).encode("utf-8", "surrogatepass"))
SQUARES = st.lists(
    st.lists(st.one_of(st.floats(0, 1e6).map(repr), FIELDS), min_size=3, max_size=3), min_size=3, max_size=3
).map(
    lambda rows: "\n".join(
        [",de,nl,zh", *(",".join((code, *row)) for code, row in zip(("de", "nl", "zh"), rows, strict=True))]
    ).encode("utf-8", "surrogatepass")
)
CONTENTS = st.one_of(SHEETS, SQUARES, st.binary(max_size=60))

ANYTHING = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=8)),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=8), inner, max_size=3)
    ),
    max_leaves=8,
)
TERMS = "http://cldf.clld.org/v1.0/terms.rdf#"
COLUMNS = st.fixed_dictionaries(
    {
        "name": st.one_of(
            st.sampled_from(("ID", "Value", "Language_ID", "Parameter_ID", "Code_ID", "Name")), ANYTHING
        ),
        "propertyUrl": st.one_of(
            st.sampled_from(
                ("id", "value", "languageReference", "parameterReference", "codeReference", "glottocode")
            ).map(TERMS.__add__),
            ANYTHING,
        ),
    },
    optional={
        "null": st.one_of(st.lists(FIELDS, max_size=2), ANYTHING),
        "separator": st.one_of(st.sampled_from(("", ";", " ", "ab")), ANYTHING),
        "default": ANYTHING,
        "datatype": st.one_of(
            st.sampled_from(("integer", "boolean", "decimal", "string")),
            st.fixed_dictionaries(
                {"base": st.sampled_from(("integer", "boolean", "number"))},
                optional={"format": ANYTHING, "minimum": ANYTHING, "maximum": ANYTHING},
            ),
            ANYTHING,
        ),
        "titles": ANYTHING,
        "virtual": ANYTHING,
    },
)
TABLES = st.fixed_dictionaries(
    {
        "url": st.one_of(
            st.sampled_from(("values.csv", "languages.csv", "../values.csv", "/", "")), ANYTHING
        ),
        "dc:conformsTo": st.one_of(
            st.sampled_from(("ValueTable", "LanguageTable", "CodeTable", "ParameterTable")).map(
                TERMS.__add__
            ),
            ANYTHING,
        ),
    },
    optional={
        "tableSchema": st.one_of(st.fixed_dictionaries({"columns": st.lists(COLUMNS, max_size=6)}), ANYTHING),
        "dialect": st.one_of(
            st.dictionaries(
                st.sampled_from(
                    ("delimiter", "quoteChar", "commentPrefix", "header", "skipRows", "doubleQuote")
                ),
                ANYTHING,
            ),
            ANYTHING,
        ),
        "null": ANYTHING,
    },
)
METADATA = st.one_of(
    st.fixed_dictionaries(
        {"tables": st.lists(TABLES, max_size=3)},
        optional={"rdf:ID": ANYTHING, "dc:title": ANYTHING, "dialect": ANYTHING},
    ),
    ANYTHING,
    st.text(max_size=20),
)
VALUES = st.lists(
    st.tuples(
        st.just("1"),
        st.sampled_from(("g", "d", "")),
        st.sampled_from(("p", "q", "classification", "level")),
        FIELDS,
        FIELDS,
    ).map(list),
    max_size=8,
)
LANGUAGES = st.lists(
    st.tuples(
        st.sampled_from(("g", "d", "z")),
        FIELDS,
        st.sampled_from(("", "stan1295")),
        st.sampled_from(("", "nld", "deu")),
    ).map(list),
    max_size=4,
)


@FEW
@given(st.lists(TEXTS, max_size=6))
def test_names(texts: list[str]) -> None:
    check_names(texts)


@FEW
@given(CONTENTS)
def test_distance_files(tmp_path: Path, content: bytes) -> None:
    check_file(tmp_path / "own.csv", content)


@FEW
@given(METADATA, VALUES, LANGUAGES)
def test_cldf(tmp_path: Path, metadata: Any, values: list[list[str]], languages: list[list[str]]) -> None:
    check_dataset(tmp_path / "set", metadata, values, languages)


@pytest.mark.slow
@pytest.mark.timeout(7200)
@MANY
@given(st.lists(TEXTS, max_size=6))
def test_many_names(texts: list[str]) -> None:
    check_names(texts)


@pytest.mark.slow
@pytest.mark.timeout(7200)
@MANY
@given(CONTENTS)
def test_many_distance_files(tmp_path: Path, content: bytes) -> None:
    check_file(tmp_path / "own.csv", content)


@pytest.mark.slow
@pytest.mark.timeout(7200)
@MANY
@given(METADATA, VALUES, LANGUAGES)
def test_many_data_sets_in_cldf(
    tmp_path: Path, metadata: Any, values: list[list[str]], languages: list[list[str]]
) -> None:
    check_dataset(tmp_path / "set", metadata, values, languages)
