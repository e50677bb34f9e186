"""A user's own files in the forms that the field keeps them in."""

import bz2
import gzip
import json
import lzma
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from own_tasks import own_task

from isogloss.errors import DataError, FieldError
from isogloss.metrics import entity_f1
from isogloss.tasks.base import SentenceExample, TaskData

NER: dict[str, Any] = {
    "name": "ner",
    "path": "{split}-{language}.txt",
    "head": "word",
    "labels": ["O", "B-LOC", "I-LOC", "B-PER", "I-PER"],
    "metric": "entity_f1",
}
INTENT: dict[str, Any] = {
    "name": "intent",
    "path": "{split}-{language}.csv",
    "columns": {"text_a": "text", "label": "intent"},
    "labels": ["buy", "sell"],
}


def write(path: Path, text: str | bytes) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def load(folder: Path, text: str | bytes, **change: Any) -> TaskData:
    spec = NER | change
    write(folder / spec["path"].format(split="test", language="de"), text)
    return own_task(spec, folder).load(None, "de", "test")


def read(folder: Path, text: str | bytes, **change: Any) -> list[tuple[tuple[str, ...], list[str]]]:
    data = load(folder, text, **change)
    labels = (NER | change)["labels"]
    return [(example.words, [labels[label] for label in example.labels]) for example in data.examples]


ANNA = [(("Anna", "in", "New", "York"), ["B-PER", "O", "B-LOC", "I-LOC"])]
LINES = ["Anna{0}B-PER", "in{0}O", "New{0}B-LOC", "York{0}I-LOC"]


# Separators


@pytest.mark.parametrize("separator", ["\t", " ", "   ", " \t "])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_any_white_space_between_columns_is_recognised(tmp_path: Path, separator: str, end: str):
    text = end.join(LINES).format(separator)
    if separator != " \t ":
        assert read(tmp_path, text) == ANNA
    assert read(tmp_path, text, separator="whitespace") == ANNA


def test_a_tab_keeps_spaces_within_words_and_no_break_spaces_are_no_separators(tmp_path: Path):
    assert read(tmp_path, "New York\tB-LOC\n")[0][0] == ("New York",)
    assert read(tmp_path, "1\u00a0000 O\n", separator="space")[0][0] == ("1\u00a0000",)


def test_a_separator_that_is_not_there_is_named(tmp_path: Path):
    with pytest.raises(DataError, match=r"'Anna B-PER' has no label[\s\S]*separator: whitespace"):
        read(tmp_path, "Anna B-PER\n", separator="tab")
    with pytest.raises(DataError, match=r"the word 'Anna' has no label[\s\S]*line 1"):
        read(tmp_path, "Anna\nin O\n")


# Columns


def test_further_columns_by_number(tmp_path: Path):
    text = "Anna NNP I-NP B-PER\nin IN B-PP O\n"
    assert read(tmp_path, text, columns={"labels": 3}) == [(("Anna", "in"), ["B-PER", "O"])]
    assert read(tmp_path, "0 x Anna B-PER\n", columns={"words": 2, "labels": 3})[0][0] == ("Anna",)
    with pytest.raises(DataError, match=r"4 columns instead of 2[\s\S]*columns: \{words: 0, labels: 3\}"):
        read(tmp_path, text)
    assert read(tmp_path, "a O x\n", columns={"words": 0, "labels": 1}) == [(("a",), ["O"])]


def test_columns_by_name_of_a_header_or_of_conllu_plus(tmp_path: Path):
    columns = {"words": "form", "labels": "ner"}
    text = "id\tform\tner\tx\n1\tAnna\tB-PER\t_\n\n1\tin\tO\t_\n"
    expected = [(("Anna",), ["B-PER"]), (("in",), ["O"])]
    assert read(tmp_path, text, columns=columns, header=True) == expected
    plus = "# global.columns = id form ner x\n" + text.split("\n", 1)[1]
    assert read(tmp_path, plus, columns=columns) == expected
    with pytest.raises(DataError, match=r"the header has no column 'tag'[\s\S]*line 1"):
        read(tmp_path, text, columns={"words": "form", "labels": "tag"}, header=True)
    with pytest.raises(DataError, match=r"the file does not name its columns, so that 'ner'"):
        read(tmp_path, text, columns={"labels": "ner"})


def test_conllu_by_name(tmp_path: Path):
    text = "# text = Anna\n1-2\tzum\t_\t_\t_\t_\t_\t_\t_\t_\n1\tAnna\tanna\tPROPN\tNE\t_\t0\troot\t_\tO\n\n"
    spec = {"path": "{split}-{language}.conllu", "labels": ["NE", "X"], "metric": "word_accuracy"}
    assert read(tmp_path, text, **spec, columns={"labels": "XPOS"}) == [(("Anna",), ["NE"])]
    assert read(tmp_path, text, **spec, columns={"words": 2, "labels": 4})[0][0] == ("anna",)
    with pytest.raises(FieldError, match="CoNLL-U has no column 'NER'"):
        read(tmp_path, text, **spec, columns={"labels": "NER"})


# Comments and document markers


def test_comments_and_document_markers_are_left_out_and_counted(tmp_path: Path):
    text = "-DOCSTART- -X- O O\n\n# id 5\tdomain=en\n#\nAnna x x B-PER\n\n# sent_id = 4\n# x x O\n# x x O\n"
    data = load(tmp_path, text, columns={"words": 0, "labels": 3})
    assert [example.words for example in data.examples] == [("Anna",), ("#", "#")]
    assert "left out: 3 comment lines" in data.notes
    assert "left out: 1 document markers (-DOCSTART-)" in data.notes


def test_a_hash_is_a_word_unless_it_begins_a_comment(tmp_path: Path):
    assert read(tmp_path, "# O\n#Berlin B-LOC\n") == [(("#", "#Berlin"), ["O", "B-LOC"])]
    with pytest.raises(DataError, match="unknown label 'B-EVENT'"):
        read(tmp_path, "# B-EVENT\n")
    assert read(tmp_path, "% x y\nin O\n% z\nNew O\n", comments="%") == [(("in", "New"), ["O", "O"])]
    assert read(tmp_path, "# text = a O\n", comments="", columns={"labels": 4}) == [(("#",), ["O"])]


def test_document_markers_end_a_sentence(tmp_path: Path):
    assert len(read(tmp_path, "a O\n-DOCSTART- O\nb O\n")) == 2


# Tag schemes


@pytest.mark.parametrize(
    ("scheme", "tags"),
    [
        ("iob1", "I-PER O I-LOC I-LOC B-LOC I-LOC I-PER"),
        ("iobes", "S-PER O B-LOC E-LOC B-LOC E-LOC S-PER"),
        ("iobes", "S-PER O B-LOC E-LOC I-LOC E-LOC S-PER"),
        ("bilou", "U-PER O B-LOC L-LOC B-LOC L-LOC U-PER"),
        ("bio", "B-PER O B-LOC I-LOC B-LOC I-LOC B-PER"),
    ],
)
def test_schemes_are_read_into_bio(tmp_path: Path, scheme: str, tags: str):
    text = "".join(f"w {tag}\n" for tag in tags.split())
    ((_, found),) = read(tmp_path, text, scheme=scheme)
    assert found == ["B-PER", "O", "B-LOC", "I-LOC", "B-LOC", "I-LOC", "B-PER"]


def test_tags_of_another_scheme_are_refused_with_the_field_to_set(tmp_path: Path):
    with pytest.raises(
        DataError, match=r"2 unknown labels[\s\S]*seem to be IOBES, not BIO: set scheme: iobes"
    ):
        read(tmp_path, "a S-LOC\nb E-LOC\n")
    with pytest.raises(DataError, match=r"'U-LOC' is not a tag of the scheme iobes[\s\S]*line 2"):
        read(tmp_path, "a S-LOC\nb U-LOC\n", scheme="iobes")


def test_untyped_tags_are_converted_where_there_is_one_type_and_kept_where_asked(tmp_path: Path):
    text = "a B\nb I\nc O\nd I\n"
    one_type = {"labels": ["O", "B-TERM", "I-TERM"]}
    assert read(tmp_path, text, **one_type, scheme="iob1") == [
        (("a", "b", "c", "d"), ["B-TERM", "I-TERM", "O", "B-TERM"])
    ]
    assert read(tmp_path, text, labels=["O", "B", "I"])[0][1] == ["B", "I", "O", "I"]
    assert read(tmp_path, text, labels=["O", "B", "I"], scheme="iob1")[0][1] == ["B", "I", "O", "B"]


def test_entities_of_kept_tags_are_counted_as_seqeval_counts_them():
    from seqeval.metrics import f1_score

    labels = ["O", "B-A", "I-A", "E-A", "S-A", "B-B", "I-B", "E-B", "S-B"]
    rng = np.random.default_rng(5)
    gold, predicted = (rng.integers(0, len(labels), (200, 9)).tolist() for _ in range(2))
    names = [[[labels[i] for i in row] for row in side] for side in (gold, predicted)]
    assert entity_f1(gold, predicted, labels).value == pytest.approx(f1_score(*names), abs=1e-12)
    assert entity_f1([[1, 2, 0, 1]], [[1, 2, 0, 0]], ["O", "B", "I"]).value == pytest.approx(2 / 3)


# Unlabelled rows


def test_what_stands_for_no_label_is_declared(tmp_path: Path):
    text = "text,intent\na,buy\nb,-1\nc,-\nd,\n"
    spec = INTENT | {"unlabelled": ["-1", "-", ""]}
    write(tmp_path / "test-de.csv", text)
    data = own_task(spec, tmp_path).load(None, "de", "test")
    assert [example.text_a for example in data.examples] == ["a"]
    assert data.dropped == {"unlabelled (-1)": 1, "unlabelled (-)": 1, "unlabelled ()": 1}
    with pytest.raises(DataError, match=r"3 unknown labels[\s\S]*unlabelled: \['-1'\]"):
        own_task(INTENT, tmp_path).load(None, "de", "test")
    found = load(tmp_path, "a O\nb -\n\nc O\n", unlabelled=["-"], scheme="iob1")
    assert found.dropped == {"a word is unlabelled": 1}


# Delimited files


def test_csv_with_quotes_lines_within_fields_and_any_separator(tmp_path: Path):
    write(tmp_path / "test-de.csv", 'id,text,intent\n1,"a ""b"",\nc",buy\n2,d,sell\n')
    data = own_task(INTENT, tmp_path).load(None, "de", "test")
    assert data.examples == (SentenceExample(0, 'a "b",\nc', None, 0), SentenceExample(1, "d", None, 1))
    write(tmp_path / "test-de.csv", "text;intent\na, b;buy\n")
    for separator in (";", "semicolon"):
        task = own_task(INTENT | {"separator": separator}, tmp_path)
        assert task.load(None, "de", "test").examples[0].text_a == "a, b"
    with pytest.raises(DataError, match=r"separated by ';': set separator"):
        own_task(INTENT, tmp_path).load(None, "de", "test")


def test_a_header_that_is_read_as_a_row_is_named(tmp_path: Path):
    write(tmp_path / "test-de.csv", "text,intent\na,buy\n")
    spec = INTENT | {"header": False, "columns": {"text_a": 0, "label": 1}}
    with pytest.raises(DataError, match=r"unknown label 'intent'[\s\S]*set header: true"):
        own_task(spec, tmp_path).load(None, "de", "test")


@pytest.mark.parametrize("pack", [gzip.compress, lzma.compress, bz2.compress])
def test_compressed_files(tmp_path: Path, pack: Any):
    ending = {"gzip": ".gz", "lzma": ".xz", "bz2": ".bz2"}[pack.__module__]
    path = "{split}-{language}.csv" + ending
    write(tmp_path / f"test-de.csv{ending}", pack(b"text,intent\na,buy\n"))
    task = own_task(INTENT | {"path": path}, tmp_path)
    assert task.load(None, "de", "test").examples[0].text_a == "a"


# The hub's layout

FEATURES = {"text": {"dtype": "string"}, "intent": {"names": ["sell", "buy"], "_type": "ClassLabel"}}
WITHOUT_LABELS = {key: value for key, value in INTENT.items() if key != "labels"}


@pytest.mark.parametrize("place", ["parquet", "dataset_info.json", "README.md"])
def test_names_of_classes_come_from_the_file_or_its_card(tmp_path: Path, place: str):
    rows = [{"text": "weg", "intent": 0}, {"text": "her", "intent": 1}]
    if place == "parquet":
        metadata = {b"huggingface": json.dumps({"info": {"features": FEATURES}}).encode()}
        table = pa.Table.from_pylist(rows).replace_schema_metadata(metadata)
        (tmp_path / "de").mkdir()
        pq.write_table(table, tmp_path / "de/test-00000-of-00001.parquet")
        path = "{language}/{split}-*.parquet"
    else:
        write(tmp_path / "de/test.jsonl", "\n".join(map(json.dumps, rows)))
        card = "---\ndataset_info:\n  features:\n  - name: intent\n    dtype:\n      class_label:\n"
        card += "        names:\n          '0': sell\n          '1': buy\n---\n"
        write(tmp_path / place, json.dumps({"features": FEATURES}) if place.endswith("json") else card)
        path = "{language}/{split}.jsonl"
    task = own_task(WITHOUT_LABELS | {"path": path}, tmp_path)
    assert task.card.labels == ("sell", "buy")
    assert [example.label for example in task.load(None, "de", "test").examples] == [0, 1]
    stated = own_task(INTENT | {"path": path}, tmp_path)  # another order than the card's
    assert [example.label for example in stated.load(None, "de", "test").examples] == [1, 0]


def test_numbers_without_names_are_labels_of_their_own(tmp_path: Path):
    write(tmp_path / "de/test.jsonl", json.dumps({"text": "a", "intent": 1}))
    spec = WITHOUT_LABELS | {"path": "{language}/{split}.jsonl"}
    with pytest.raises(FieldError, match=r"nothing names the classes of 'intent'[\s\S]*dataset_info.json"):
        own_task(spec, tmp_path)
    with pytest.raises(DataError, match=r"unknown label '1'[\s\S]*class indices only where"):
        own_task(spec | {"labels": ["buy", "sell"]}, tmp_path).load(None, "de", "test")
    task = own_task(spec | {"labels": ["0", "1"]}, tmp_path)
    assert task.load(None, "de", "test").examples[0].label == 1


def test_whole_numbers_of_a_column_with_gaps_are_read_as_such(tmp_path: Path):
    frame = pd.DataFrame({"text": ["a", "b", "c"], "intent": [1, None, 0]})  # pandas has 1.0, NaN, 0.0
    (tmp_path / "de").mkdir()
    frame.to_parquet(tmp_path / "de/test.parquet")
    spec = WITHOUT_LABELS | {"path": "{language}/{split}.parquet", "unlabelled": [None]}
    data = own_task(spec | {"labels": [0, 1]}, tmp_path).load(None, "de", "test")
    assert [example.label for example in data.examples] == [1, 0] and sum(data.dropped.values()) == 1
    write(tmp_path / "de/dataset_info.json", json.dumps({"features": FEATURES}))
    named = own_task(spec | {"labels": ["buy", "sell"]}, tmp_path).load(None, "de", "test")
    assert [example.label for example in named.examples] == [0, 1]


def test_words_in_shards_of_parquet(tmp_path: Path):
    for shard in range(2):
        path = tmp_path / f"de/test-{shard:05}-of-00002.parquet"
        path.parent.mkdir(exist_ok=True)
        pq.write_table(pa.table({"tokens": [[f"w{shard}"]], "ner_tags": [["O"]], "x": [0]}), path)
    change = {"path": "{language}/{split}-*.parquet", "columns": {"words": "tokens", "labels": "ner_tags"}}
    data = own_task(NER | change, tmp_path).load(None, "de", "test")
    assert [example.words for example in data.examples] == [("w0",), ("w1",)]


def test_what_decides_about_the_reading_decides_about_the_identity(tmp_path: Path):
    write(tmp_path / "test-de.txt", "a O O\n")
    specs = [NER | {"columns": {"labels": at}} for at in (1, 2)]
    first, second = (own_task(spec, tmp_path).fingerprint(None, "de", "test") for spec in specs)
    assert first != second
