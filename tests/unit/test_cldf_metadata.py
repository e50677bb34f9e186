"""CLDF data sets of our own making, whose metadata say how their tables are read."""

import gzip
import json
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from isogloss.distances.sources.cldf import Dataset
from isogloss.errors import DataError
from isogloss.languages import resolve_all

TERMS = "http://cldf.clld.org/v1.0/terms.rdf#"
CODES = {"ger": "deu", "dut": "nld", "fin": "fin"}


def column(name: str, term: str, **properties: Any) -> dict[str, Any]:
    return {"name": name, "propertyUrl": TERMS + term, **properties}


def described(url: str, term: str, columns: Sequence[Mapping[str, Any]], **properties: Any) -> dict[str, Any]:
    return {
        "url": url,
        "dc:conformsTo": TERMS + term,
        "tableSchema": {"columns": list(columns)},
        **properties,
    }


def values_table(
    value: Mapping[str, Any] | None = None, url: str = "values.csv", **properties: Any
) -> dict[str, Any]:
    return described(
        url,
        "ValueTable",
        [
            column("ID", "id"),
            column("Language_ID", "languageReference"),
            column("Parameter_ID", "parameterReference"),
            column("Value", "value", **(value or {})),
            column("Code_ID", "codeReference"),
        ],
        **properties,
    )


def built(
    folder: Path,
    values: Mapping[str, Sequence[str]],
    tables: Sequence[Mapping[str, Any]] | None = None,
    *,
    codes: Mapping[str, Sequence[str]] | None = None,
    **whole: Any,
) -> Path:
    """A data set of the languages ger, dut and fin; `values` are theirs, by parameter."""
    folder.mkdir(parents=True, exist_ok=True)
    lines = ["ID,Language_ID,Parameter_ID,Value,Code_ID"]
    for parameter, said in values.items():
        coded = (codes or {}).get(parameter, ("",) * len(said))
        for language, value, code in zip(CODES, said, coded, strict=False):
            lines.append(f'{len(lines)},{language},{parameter},"{value}",{code}')
    (folder / "values.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    languages = "".join(f"{key},{iso}\n" for key, iso in CODES.items())
    (folder / "languages.csv").write_text("ID,ISO639P3code\n" + languages, encoding="utf-8")
    if tables is not None:
        metadata = {"dc:title": "Mine", "rdf:ID": "mine", "tables": list(tables), **whole}
        (folder / "StructureDataset-metadata.json").write_text(json.dumps(metadata), encoding="utf-8")
    return folder


def compared(folder: Path) -> tuple[float, int]:
    """Distance of German and Dutch, and the parameters known for both."""
    found = Dataset.read(folder, threshold=1).distance(resolve_all(["de", "nl"]))
    return float(found.values[0, 1]), int(found.shared[0, 1])


SAID = {"P1": ("1", "2", "1"), "P2": ("-9", "-9", "1"), "P3": ("?", "1", "2"), "P4": ("1", "1", "2")}


@pytest.mark.parametrize(
    ("value", "whole", "expected"),
    [
        ({"null": ["-9", ""]}, {}, (2 / 3, 3)),  # "?" is a value where the metadata do not call it null
        ({"null": "-9"}, {}, (2 / 3, 3)),
        ({"null": ["-9", "?"]}, {}, (1 / 2, 2)),
        ({}, {"null": ["-9", "?"]}, (1 / 2, 2)),  # inherited from the group of tables
        ({}, {}, (1 / 3, 3)),  # nothing said: "?" is unknown, "-9" a value
        ({"null": [], "default": "x"}, {}, (2 / 4, 4)),
    ],
)
def test_null_is_what_the_metadata_call_so(
    value: dict[str, Any], whole: dict[str, Any], expected: tuple[float, int], tmp_path: Path
) -> None:
    assert compared(built(tmp_path, SAID, [values_table(value)], **whole)) == pytest.approx(expected)


def test_lists_are_sets(tmp_path: Path) -> None:
    said = {"P1": ("SVO; SOV", "SVO", "SOV"), "P2": ("a;b;c", "c;b;a", "a"), "P3": ("", "x", "y")}
    folder = built(tmp_path, said, [values_table({"separator": ";"})])
    assert compared(folder) == (pytest.approx((1 / 2 + 0) / 2), 2)


def test_numbers_are_compared_by_their_range(tmp_path: Path) -> None:
    said = {"P1": ("2", "4", "12"), "P2": ("1,5", "2,0", "3,5"), "P3": ("7", "7", "7")}
    datatype = {"base": "decimal", "format": {"decimalChar": ",", "groupChar": "."}, "minimum": 0}
    assert compared(built(tmp_path, said, [values_table({"datatype": datatype})])) == (
        pytest.approx((2 / 10 + 0.5 / 2 + 0) / 3),
        3,
    )
    said["P3"] = ("7", "-7", "seven")
    with pytest.raises(DataError, match=r"(?s)2 values are not numbers.*values.csv, line 9; .*line 10"):
        Dataset.read(built(tmp_path, said, [values_table({"datatype": datatype})]))


def test_a_parameter_may_have_a_data_type_of_its_own(tmp_path: Path) -> None:
    said = {"P1": ("2", "4", "12"), "P2": ("2", "4", "12")}
    parameters = described(
        "parameters.csv", "ParameterTable", [column("ID", "id"), column("Spec", "columnSpec")]
    )
    folder = built(tmp_path, said, [values_table(), parameters])
    text = (
        'ID,Spec\nP1,"{""datatype"": ""integer"", ""null"": [""4""]}"\n'
        'P2,"{""datatype"": {""base"": ""integer""}}"\n'
    )
    (folder / "parameters.csv").write_text(text, encoding="utf-8")
    assert compared(folder) == (pytest.approx(2 / 10), 1)
    (folder / "parameters.csv").write_text("ID,Spec\nP1,integer\n", encoding="utf-8")
    with pytest.raises(
        DataError, match=r"(?s)columnSpec of a parameter is not a JSON object.*parameters.csv"
    ):
        compared(folder)


def test_codes_are_categories_and_some_are_no_values(tmp_path: Path) -> None:
    said = {"P1": ("1", "3", "9"), "P2": ("1", "9", "2"), "P3": ("0", "0", "0")}
    codes = {"P1": ("P1-1", "P1-3", "P1-9"), "P2": ("P2-1", "P2-9", "P2-2")}
    table = described(
        "codes.csv",
        "CodeTable",
        [column("ID", "id"), column("Parameter_ID", "parameterReference"), column("Name", "name")],
    )
    folder = built(tmp_path, said, [values_table({"datatype": "integer"}), table], codes=codes)
    names = {
        "P1-1": "few",
        "P1-3": "many",
        "P1-9": "Unknown",
        "P2-1": "a",
        "P2-2": "b",
        "P2-9": "not applicable",
    }
    lines = [f"{code},{code[:2]},{name}\n" for code, name in names.items()]
    (folder / "codes.csv").write_text("ID,Parameter_ID,Name\n" + "".join(lines), encoding="utf-8")
    assert compared(folder) == (
        1 / 2,
        2,
    )  # P1 differs wholly although 3 is near 1; P2 does not apply to Dutch


def test_words_for_true_and_false(tmp_path: Path) -> None:
    said = {"P1": ("Y", "1", "N"), "P2": ("N", "Y", "Y")}
    folder = built(tmp_path, said, [values_table({"datatype": {"base": "boolean", "format": "Y|N"}})])
    assert compared(folder) == (1 / 2, 2)


def test_several_tables_of_values(tmp_path: Path) -> None:
    folder = built(tmp_path, {"P1": ("1", "2", "1")}, [values_table(), values_table(url="more.csv")])
    (folder / "more.csv").write_text(
        "ID,Language_ID,Parameter_ID,Value,Code_ID\n1,ger,P2,1,\n2,dut,P2,1,\n", encoding="utf-8"
    )
    assert compared(folder) == (1 / 2, 2)


def test_dialect_and_packed_tables(tmp_path: Path) -> None:
    folder = built(tmp_path, {"P1": ("1", "2", "1"), "P2": ("1", "1", "1")})
    plain = (folder / "values.csv").read_text(encoding="utf-8")
    other = "# written by a machine\n" + plain.replace('"', "'").replace(",", ";")
    dialect = {"delimiter": ";", "quoteChar": "'", "commentPrefix": "#"}
    built(folder, {}, [values_table(dialect=dialect)])
    (folder / "values.csv").unlink()
    (folder / "values.csv.gz").write_bytes(gzip.compress(other.encode()))
    assert compared(folder) == (1 / 2, 2)
    (folder / "values.csv.gz").unlink()
    with zipfile.ZipFile(folder / "values.csv.zip", "w") as archive:
        archive.writestr("values.csv", other)
    assert compared(folder) == (1 / 2, 2)
    headless = {"dialect": {"header": False}}
    (folder / "values.csv").write_text("\n".join(plain.splitlines()[1:]), encoding="utf-8")
    built_tables = [values_table(**headless)]
    metadata = {"tables": built_tables}
    (folder / "StructureDataset-metadata.json").write_text(json.dumps(metadata), encoding="utf-8")
    assert compared(folder) == (1 / 2, 2)


def test_columns_are_found_by_their_titles(tmp_path: Path) -> None:
    folder = built(tmp_path, {"P1": ("1", "2", "1"), "P2": ("1", "1", "1")}, [values_table()])
    table = values_table()
    table["tableSchema"]["columns"][3] = column("v", "value", titles={"en": ["What", "Value"]})
    (folder / "StructureDataset-metadata.json").write_text(json.dumps({"tables": [table]}), encoding="utf-8")
    assert compared(folder) == (1 / 2, 2)


def test_the_metadata_file_may_be_named(tmp_path: Path) -> None:
    built(tmp_path, {"P1": ("1", "2", "1")}, [values_table()])
    (tmp_path / "A-metadata.json").write_text('{"tables": []}', encoding="utf-8")
    assert Dataset.read(tmp_path).name == "mine"  # the one that describes values
    assert Dataset.read(tmp_path / "StructureDataset-metadata.json").name == "mine"


@pytest.mark.parametrize(
    ("metadata", "message"),
    [
        ({"tables": [values_table(url="../values.csv")]}, "lies outside the folder"),
        ({"tables": [values_table(url="/etc/hostname")]}, "lies outside the folder"),
        ({"tables": [values_table(url="https://example.org/values.csv")]}, "lies outside the folder"),
        ({"tables": [values_table(url="%2e%2e/values.csv")]}, "lies outside the folder"),
        ({"tables": [{**values_table(), "url": 5}]}, "by something that is not a file name"),
        ({"tables": [{**values_table(), "url": "a\0b"}]}, "by something that is not a file name"),
        ({"tables": [{**values_table(), "url": "\ud800"}]}, "by something that is not a file name"),
        (
            {"tables": [values_table(url="none.csv")]},
            "the table 'none.csv' of the metadata is not in the folder",
        ),
        ({"tables": [{**values_table(), "tableSchema": {"columns": 5}}]}, "no list of columns for the table"),
        ({"tables": [{**values_table(), "tableSchema": "x.json"}]}, "no list of columns for the table"),
        (
            {"tables": [{**values_table(), "tableSchema": {"columns": [3]}}]},
            "no list of columns for the table",
        ),
        ({"tables": {}}, "no JSON object with a list of tables"),
    ],
)
def test_odd_metadata(metadata: object, message: str, tmp_path: Path) -> None:
    folder = built(tmp_path / "set", SAID)
    (folder / "x-metadata.json").write_text(json.dumps(metadata), encoding="utf-8")
    with pytest.raises(DataError, match=message):
        Dataset.read(folder)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[" * 100_000, "nested too deeply|cannot be read"),
        ('{"tables": ' + "9" * 5000 + "}", "cannot be read|no JSON object"),
        (
            "version https://git-lfs.github.com/spec/v1\noid sha256:0\n",
            r"(?s)pointer of Git LFS.*git lfs pull",
        ),
        ("", "cannot be read"),
        ("\0", "NUL"),
    ],
)
def test_hostile_metadata(text: str, message: str, tmp_path: Path) -> None:
    folder = built(tmp_path, SAID)
    (folder / "x-metadata.json").write_text(text, encoding="utf-8")
    with pytest.raises(DataError, match=message):
        Dataset.read(folder)


@pytest.mark.parametrize("name", [["a"], 5, None, "\x1b[31m", "x" * 100_000])
def test_odd_names_of_a_data_set(name: object, tmp_path: Path) -> None:
    data = Dataset.read(
        built(tmp_path / "atlas", SAID, [values_table()], **{"rdf:ID": name, "dc:title": name})
    )
    assert data.name in ("atlas", "x" * 100)
    assert data.name.isprintable()


def test_pointers_of_git_lfs_and_word_lists(tmp_path: Path) -> None:
    folder = built(tmp_path / "a", SAID)
    (folder / "values.csv").write_text("version https://git-lfs.github.com/spec/v1\n", encoding="utf-8")
    with pytest.raises(DataError, match=r"(?s)the table is a pointer of Git LFS.*values.csv"):
        Dataset.read(folder)
    (folder / "values.csv").rename(folder / "forms.csv")
    with pytest.raises(DataError, match=r"(?s)is a list of words.*--distance-file"):
        Dataset.read(folder)


def test_numbers_do_not_turn_a_list_of_what_is_present_into_a_scale(tmp_path: Path) -> None:
    folder = built(tmp_path, {}, [values_table({"datatype": "integer"})])
    rows = [("ger", "p"), ("ger", "t"), ("ger", "k"), ("dut", "p"), ("dut", "x")]
    lines = "".join(f"{n},{language},{segment},1,\n" for n, (language, segment) in enumerate(rows))
    (folder / "values.csv").write_text(
        "ID,Language_ID,Parameter_ID,Value,Code_ID\n" + lines, encoding="utf-8"
    )
    distance, shared = compared(folder)
    assert (distance, shared) == (pytest.approx(1 - 1 / 4), 4)
    assert np.isnan(Dataset.read(folder).distance(resolve_all(["de", "fi"])).values[0, 1])
