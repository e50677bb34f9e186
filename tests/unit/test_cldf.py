"""CLDF data sets of our own making, in the shapes of WALS, Grambank, PHOIBLE and Glottolog."""

import csv
import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from isogloss.distances import distance_matrices
from isogloss.distances.sources.cldf import THRESHOLD, Dataset
from isogloss.errors import DataError, FieldError, LanguageError
from isogloss.languages import resolve_all

TERMS = "http://cldf.clld.org/v1.0/terms.rdf#"
LANGUAGES = [
    {"ID": "ger", "Name": "German", "Glottocode": "stan1295", "ISO639P3code": "deu"},
    {"ID": "dut", "Name": "Dutch", "Glottocode": "dutc1256", "ISO639P3code": "nld"},
    {"ID": "mnd", "Name": "Mandarin", "Glottocode": "mand1415", "ISO639P3code": ""},
    {"ID": "est", "Name": "Estonian", "Glottocode": "", "ISO639P3code": "est"},
]


def write_csv(path: Path, rows: Sequence[dict[str, str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, fieldnames=list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)


def dataset(
    folder: Path, values: Sequence[tuple[str, str, str]], languages: Sequence[dict[str, str]] = LANGUAGES
) -> Path:
    """A data set without metadata."""
    folder.mkdir(parents=True, exist_ok=True)
    write_csv(folder / "languages.csv", languages)
    rows = [
        {"ID": str(n), "Language_ID": language, "Parameter_ID": parameter, "Value": value}
        for n, (language, parameter, value) in enumerate(values)
    ]
    write_csv(folder / "values.csv", rows)
    return folder


def grammar(*codes: str, n: int = 60, unlike: int = 15) -> list[tuple[str, str, str]]:
    """`n` parameters of every language; the second differs from the others in `unlike`."""
    return [
        (code, f"P{p}", "2" if number == 1 and p < unlike else "1")
        for number, code in enumerate(codes)
        for p in range(n)
    ]


def test_share_of_parameters_that_differ(tmp_path: Path) -> None:
    folder = dataset(tmp_path / "atlas" / "cldf", grammar("ger", "dut"))
    found = distance_matrices(["de", "nl", "zh"], ["atlas"], cldf=[folder])["atlas"]
    assert found.values[0, 1] == pytest.approx(15 / 60)
    assert (found.shared[0, 1], found.union[0, 1]) == (60, 60)
    assert np.isnan(found.values[0, 2])
    assert found.shared[0, 2] == 0
    assert found.notes == (f"cmn: not in {folder}",)
    assert found.threshold == 30  # half of the data set's own parameters


def test_unknown_values_are_no_values(tmp_path: Path) -> None:
    values = [(a, b, "?" if b in ("P0", "P59") and a == "dut" else c) for a, b, c in grammar("ger", "dut")]
    found = Dataset.read(dataset(tmp_path, values)).distance(resolve_all(["de", "nl"]))
    assert found.shared[0, 1] == 58
    assert found.union[0, 1] == 60
    assert found.values[0, 1] == pytest.approx(14 / 58)


def test_too_few_parameters_are_no_distance(tmp_path: Path) -> None:
    values = [
        row for row in grammar("ger", "dut", n=200, unlike=3) if row[0] == "ger" or int(row[1][1:]) < 44
    ]
    data = Dataset.read(dataset(tmp_path, values))
    assert data.threshold == THRESHOLD
    found = data.distance(resolve_all(["de", "nl"]))
    assert np.isnan(found.values[0, 1])
    assert found.shared[0, 1] == THRESHOLD - 1
    lower = Dataset.read(tmp_path, threshold=44).distance(resolve_all(["de", "nl"]))
    assert lower.values[0, 1] == pytest.approx(3 / 44)


def test_a_small_complete_data_set_is_usable(tmp_path: Path) -> None:
    data = Dataset.read(dataset(tmp_path, grammar("ger", "dut", n=12, unlike=3)))
    assert data.threshold == 6
    assert data.distance(resolve_all(["de", "nl"])).values[0, 1] == 3 / 12


def test_several_values_of_one_parameter_are_compared_as_sets(tmp_path: Path) -> None:
    values = [*grammar("ger", "dut", unlike=0), ("ger", "P0", "2"), ("dut", "P1", "3")]
    found = Dataset.read(dataset(tmp_path, values)).distance(resolve_all(["de", "nl"]))
    assert found.values[0, 1] == pytest.approx((1 / 2 + 1 / 2) / 60)


def test_inventories_list_what_is_present(tmp_path: Path) -> None:
    segments = {"ger": "pbtdkgmnsz", "dut": "pbtdkmnsx", "mnd": "ptk"}
    values = [(code, segment, segment) for code, all_of in segments.items() for segment in all_of]
    found = Dataset.read(dataset(tmp_path, values)).distance(resolve_all(["de", "nl", "zh", "en"]))
    assert found.values[0, 1] == pytest.approx(1 - 8 / 11)
    assert found.values[0, 2] == pytest.approx(1 - 3 / 10)
    assert np.isnan(found.values[0, 3])
    assert found.shared[0].tolist() == [10, 11, 10, 0]


def test_classification_is_compared_by_its_path(tmp_path: Path) -> None:
    values = [
        ("ger", "level", "language"),
        ("ger", "classification", "indo1319/germ1287/high1289"),
        ("dut", "level", "language"),
        ("dut", "classification", "indo1319/germ1287"),
        ("mnd", "level", "language"),  # a top-level isolate has no path
    ]
    found = Dataset.read(dataset(tmp_path, values)).distance(resolve_all(["de", "nl", "zh", "en"]))
    assert found.values[0, 1] == pytest.approx(1 - 2 * 2 / (3 + 2 + 2))
    assert found.values[0, 2] == 1
    assert np.isnan(found.values[0, 3])


def test_languages_are_found_by_glottocode_and_macrolanguage(tmp_path: Path) -> None:
    found = Dataset.read(dataset(tmp_path, grammar("mnd", "est"))).distance(resolve_all(["zh", "et"]))
    assert found.values[0, 1] == pytest.approx(15 / 60)
    assert found.notes == ("ekk: the record of the macrolanguage est is used",)


def test_the_best_described_variety_is_used(tmp_path: Path) -> None:
    variety = {"ID": "ber", "Name": "Berlin German", "Glottocode": "", "ISO639P3code": "deu"}
    values = [*grammar("ger", "dut"), ("ber", "P0", "9")]
    found = Dataset.read(dataset(tmp_path, values, [variety, *LANGUAGES])).distance(resolve_all(["de", "nl"]))
    assert found.values[0, 1] == pytest.approx(15 / 60)
    assert found.notes == ("deu: 'ger' has the most values of 2 varieties",)


def test_metadata_names_tables_and_columns(tmp_path: Path) -> None:
    write_csv(tmp_path / "lects.csv", [{"key": "ger", "iso": "deu"}, {"key": "dut", "iso": "nld"}])
    rows = [{"lect": a, "feature": b, "says": c} for a, b, c in grammar("ger", "dut")]
    write_csv(tmp_path / "said.csv", rows)

    def table(url: str, term: str, columns: dict[str, str]) -> dict[str, object]:
        named = [{"name": name, "propertyUrl": TERMS + of} for name, of in columns.items()]
        return {"url": url, "dc:conformsTo": TERMS + term, "tableSchema": {"columns": named}}

    tables = [
        table(
            "said.csv",
            "ValueTable",
            {"lect": "languageReference", "feature": "parameterReference", "says": "value"},
        ),
        table("lects.csv", "LanguageTable", {"key": "id", "iso": "iso639P3code"}),
    ]
    metadata = {"rdf:ID": "mine", "dc:title": "My atlas", "tables": tables}
    (tmp_path / "StructureDataset-metadata.json").write_text(json.dumps(metadata), encoding="utf-8")
    data = Dataset.read(tmp_path)
    assert (data.name, data.source) == ("mine", "My atlas")
    assert data.distance(resolve_all(["de", "nl"])).values[0, 1] == pytest.approx(15 / 60)


def test_a_given_distance_takes_part_in_a_composite(tmp_path: Path) -> None:
    folder = dataset(tmp_path / "atlas", grammar("ger", "dut", "est"))
    with pytest.raises(FieldError, match="'atlas' has no known distance to rank among"):
        distance_matrices(["de", "nl"], ["atlas"], cldf=[folder], composite=["atlas", "genetic"])


def test_folder_without_a_values_table(tmp_path: Path) -> None:
    write_csv(tmp_path / "languages.csv", LANGUAGES)
    with pytest.raises(DataError, match=r"(?s)the CLDF folder has no values table.*values.csv.*next:"):
        Dataset.read(tmp_path)


def test_folder_without_a_languages_table(tmp_path: Path) -> None:
    dataset(tmp_path, grammar("ger", "stan1293", "Dutch"))
    (tmp_path / "languages.csv").unlink()
    data = Dataset.read(tmp_path)
    assert data.distance(resolve_all(["en", "nl", "de"])).values[0, 1] == 15 / 60
    assert (
        "languages are found by their identifiers: ger (deu), stan1293 (eng), Dutch (nld)" in data.remarks[0]
    )
    dataset(tmp_path, grammar("speaker 1", "speaker 2"))
    (tmp_path / "languages.csv").unlink()
    with pytest.raises(DataError, match="no value of a language with an ISO 639-3 code or a Glottocode"):
        Dataset.read(tmp_path)


def test_no_folder(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"no folder '.*nowhere'"):
        Dataset.read(tmp_path / "nowhere")


@pytest.mark.parametrize("text", ["{", "[]", '{"tables": "none"}', '{"tables": ["values.csv"]}'])
def test_malformed_metadata(text: str, tmp_path: Path) -> None:
    dataset(tmp_path, grammar("ger", "dut"))
    (tmp_path / "x-metadata.json").write_text(text, encoding="utf-8")
    with pytest.raises(DataError, match=r"(?s)CLDF metadata.*x-metadata.json"):
        Dataset.read(tmp_path)


@pytest.mark.parametrize(("row", "n"), [("9,ger", 2), ("9,ger,P1,1,,,", 7)])
def test_row_of_another_width(row: str, n: int, tmp_path: Path) -> None:
    values = dataset(tmp_path, grammar("ger", "dut", n=50)) / "values.csv"
    values.write_text(values.read_text(encoding="utf-8") + row + "\n", encoding="utf-8")
    with pytest.raises(DataError, match=rf"(?s){n} fields, the header has 4.*values.csv, line 102"):
        Dataset.read(tmp_path)


def test_missing_column(tmp_path: Path) -> None:
    dataset(tmp_path, grammar("ger", "dut"))
    write_csv(tmp_path / "values.csv", [{"ID": "1", "Language_ID": "ger", "Value": "1"}])
    with pytest.raises(
        DataError, match=r"(?s)lacks the column 'Parameter_ID'.*columns: ID, Language_ID, Value"
    ):
        Dataset.read(tmp_path)
    dataset(tmp_path, grammar("ger", "dut"))
    write_csv(tmp_path / "languages.csv", [{"ID": "ger", "Name": "German"}])
    data = Dataset.read(tmp_path)
    assert list(data.codes) == ["deu"]
    assert "found by their names, since they have no codes: German (deu)" in data.remarks[0]


def test_values_of_no_known_language(tmp_path: Path) -> None:
    folder = dataset(tmp_path, grammar("xxx", "yyy"))
    with pytest.raises(
        DataError, match="no value of a language with an ISO 639-3 code or a Glottocode; 2 have"
    ):
        Dataset.read(folder)


def test_two_sources_of_one_name(tmp_path: Path) -> None:
    folder = dataset(tmp_path / "syntactic", grammar("ger", "dut"))
    with pytest.raises(FieldError, match=r"(?s)two distances are called 'syntactic'.*a distance of isogloss"):
        distance_matrices(["de", "nl"], cldf=[folder])


def test_one_language_under_two_codes(tmp_path: Path) -> None:
    with pytest.raises(LanguageError, match="are one language"):
        Dataset.read(dataset(tmp_path, grammar("ger", "dut"))).distance(resolve_all(["zh", "cmn"]))
