"""A user's own task: what the declaration says is what is read, and what contradicts itself is refused."""

import json
from pathlib import Path
from typing import Any

import pytest
from own_tasks import own_task

from isogloss.errors import DataError, FieldError, IsoglossError, LanguageError
from isogloss.tasks.base import TASKS, SentenceExample, WordExample

SENTENCES: dict[str, Any] = {
    "name": "intent",
    "path": "data/{split}-{language}.tsv",
    "columns": {"text_a": "text", "label": "intent"},
    "labels": ["buy", "sell"],
}
WORDS: dict[str, Any] = {
    "name": "tags",
    "path": "{language}/{split}.tsv",
    "head": "word",
    "labels": ["O", "B-X", "I-X"],
    "metric": "entity_f1",
}


def write(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode())
    return path


def rows(n: int) -> str:
    return "text\tintent\n" + "".join(f"text {i}\tbuy\n" for i in range(n))


def test_local_is_no_registry_entry():
    assert "local" not in TASKS


def test_sentences_by_column_name(tmp_path: Path):
    write(tmp_path / "data/test-de.tsv", "id\tintent\ttext\n7\tsell\tweg damit\n")
    write(tmp_path / "data/train-en.tsv", rows(20))
    task = own_task(SENTENCES, tmp_path)
    assert task.available(None) == {"de": ("test",), "en": ("train", "validation")}
    data = task.load(None, "de", "test")
    assert data.examples == (SentenceExample(0, "weg damit", None, 1),)
    assert data.files[0].path == "data/test-de.tsv"
    assert task.card.languages == {"de": "de", "en": "en"}
    assert task.card.metric == "accuracy"


def test_pairs_by_position_in_a_file_without_header(tmp_path: Path):
    write(tmp_path / "dev_deu.csv", '"a, b",c,1,x\nd,e,0,x\n')
    spec = {
        "name": "pairs",
        "path": "{split}_{language}.csv",
        "header": False,
        "columns": {"text_a": 0, "text_b": 1, "label": 2},
        "labels": ["0", "1"],
    }
    task = own_task(spec, tmp_path)
    assert task.available(tmp_path / "elsewhere") == {"deu": ("validation",)}
    assert task.card.languages == {"de": "deu"}
    assert task.load(None, "deu", "validation").examples[0] == SentenceExample(0, "a, b", "c", 1)


def test_json_lines_with_labels_that_are_numbers(tmp_path: Path):
    write(tmp_path / "test.de.jsonl", "\n".join(json.dumps({"t": f"text {i}", "y": i}) for i in (1, 0)))
    spec = {
        "name": "stars",
        "path": "{split}.{language}.jsonl",
        "columns": {"text_a": "t", "label": "y"},
        "labels": ["0", "1"],
    }
    assert [e.label for e in own_task(spec, tmp_path).load(None, "de", "test").examples] == [1, 0]


def test_words_one_a_line_and_as_lists(tmp_path: Path):
    write(tmp_path / "de/test.tsv", "Haus\tB-X\n#\tO\n\nja\tO\n")
    data = own_task(WORDS, tmp_path).load(None, "de", "test")
    assert data.examples == (WordExample(0, ("Haus", "#"), (1, 0)), WordExample(1, ("ja",), (0,)))
    write(tmp_path / "de/test.jsonl", json.dumps({"words": ["Haus", "#"], "labels": ["B-X", "O"]}))
    spec = WORDS | {"path": "{language}/{split}.jsonl"}
    assert own_task(spec, tmp_path).load(None, "de", "test").examples == data.examples[:1]


def test_one_file_a_language_is_divided_by_row(tmp_path: Path):
    write(tmp_path / "data-de.tsv", rows(20))
    task = own_task(SENTENCES | {"path": "data-{language}.tsv"}, tmp_path)
    assert task.available(None) == {"de": ("train", "validation", "test")}
    assert [e.row for e in task.load(None, "de", "test").examples] == [9, 19]
    assert [e.row for e in task.load(None, "de", "validation").examples] == [8, 18]
    assert "test is the tenth of every ten rows of the only file" in task.load(None, "de", "test").notes


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"path": "data.tsv"}, "does not say where the language stands"),
        ({"path": "data/{split}-{language}.doc"}, "names no format"),
        ({"path": "data/{split}-{language}.txt"}, "a sentence task cannot be read from conll"),
        ({"columns": {"text_a": "text"}}, "no column is given for 'label'"),
        ({"columns": {"text_a": 0, "label": 1}}, "is a position[\\s\\S]*or set header: false"),
        ({"header": False}, "the column 'text' of 'text_a' is a name[\\s\\S]*or set header: true"),
        (
            {"columns": {"text_a": "text", "label": "intent", "words": "x"}},
            "a sentence task has no column 'words'",
        ),
        ({"metric": "entity_f1"}, "'entity_f1' does not fit a sentence task"),
        ({"labels": ["buy", "buy"]}, "'buy' is given twice"),
    ],
)
def test_a_declaration_that_contradicts_itself(tmp_path: Path, change: dict[str, Any], message: str):
    write(tmp_path / "data/test-de.tsv", rows(1))
    with pytest.raises(FieldError, match=message) as caught:
        own_task(SENTENCES | change, tmp_path)
    assert "task 'intent', field '" in str(caught.value)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"path": "{split}-{language}.csv"}, "a word task cannot be read from csv"),
        ({"labels": ["NOUN", "O"]}, "'NOUN' is not a BIO label"),
        ({"separator": ";"}, "';' separates no columns"),
        ({"scheme": "iobes", "labels": ["O", "S-X", "B-X"]}, "'S-X' is not in BIO"),
        ({"labels": ["O", "B-X"], "unlabelled": ["O"]}, "'O' is one of the labels"),
        ({"path": "**/{language}-{split}.tsv"}, "would search whole folders"),
    ],
)
def test_a_word_declaration_that_contradicts_itself(tmp_path: Path, change: dict[str, Any], message: str):
    write(tmp_path / "de/test.tsv", "a\tO\n")
    with pytest.raises(FieldError, match=message):
        own_task(WORDS | change, tmp_path)


def test_no_file_matches(tmp_path: Path):
    write(tmp_path / "data/testing-de.tsv", rows(1))
    with pytest.raises(DataError, match=r"no file matches[\s\S]*holds testing-de.tsv"):
        own_task(SENTENCES, tmp_path)


def test_a_file_name_without_a_language(tmp_path: Path):
    write(tmp_path / "data/test-final.tsv", rows(1))
    with pytest.raises(LanguageError):
        own_task(SENTENCES, tmp_path)


def test_the_file_without_a_language_is_named(tmp_path: Path):
    write(tmp_path / "data/test-de.tsv", rows(1))
    write(tmp_path / "data/train-README.tsv", "x")
    with pytest.raises(LanguageError, match=r"'README'[\s\S]*train-README\.tsv[\s\S]*move the file away"):
        own_task(SENTENCES, tmp_path)


def test_two_spellings_of_one_language_are_refused(tmp_path: Path):
    write(tmp_path / "data/test-de.tsv", rows(1))
    write(tmp_path / "data/train-deu.tsv", rows(1))
    with pytest.raises(DataError, match=r"'de' and 'deu' are one language[\s\S]*train-deu\.tsv"):
        own_task(SENTENCES, tmp_path)


def test_a_header_above_words_is_skipped_where_it_is_declared(tmp_path: Path):
    write(tmp_path / "de/test.tsv", "word\ttag\nHaus\tB-X\n")
    data = own_task(WORDS | {"header": True}, tmp_path).load(None, "de", "test")
    assert data.examples == (WordExample(0, ("Haus",), (1,)),)
    with pytest.raises(DataError, match="unknown label 'tag'"):
        own_task(WORDS, tmp_path).load(None, "de", "test")


def test_two_columns_of_one_name_are_refused(tmp_path: Path):
    write(tmp_path / "data/test-de.tsv", "text\ttext\tintent\na\tb\tbuy\n")
    with pytest.raises(DataError, match=r"two columns are called 'text'[\s\S]*line 1"):
        own_task(SENTENCES, tmp_path).load(None, "de", "test")


def test_a_word_that_is_no_text_is_refused(tmp_path: Path):
    write(tmp_path / "de/test.jsonl", json.dumps({"words": ["Haus", None], "labels": ["B-X", "O"]}))
    task = own_task(WORDS | {"path": "{language}/{split}.jsonl"}, tmp_path)
    with pytest.raises(DataError, match=r"word 2 is null, which is not text[\s\S]*line 1, field 'words'"):
        task.load(None, "de", "test")


def test_two_files_for_one_split(tmp_path: Path):
    write(tmp_path / "data/dev-de.tsv", rows(1))
    write(tmp_path / "data/validation-de.tsv", rows(1))
    with pytest.raises(
        DataError, match=r"two sets of files for one validation split: dev-de\.tsv and validation-de\.tsv"
    ):
        own_task(SENTENCES, tmp_path)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "text\tlabel\na\tbuy\n",
            r"the header has no column 'intent'[\s\S]*line 1[\s\S]*header holds: text, label",
        ),
        ("a\tb\n", r"no column 'text' and no column 'intent'[\s\S]*header: false"),
        ("text;intent\na;buy\n", r"separated by ';': set separator"),
        ("text\tintent\na\tbuy\nb\n", r"1 column instead of 2: no field 'intent'[\s\S]*line 3"),
        ("text\tintent\r\r\na\tbuy\r\r\n", r"the line is blank[\s\S]*line 2[\s\S]*newline=''"),
        (
            "text\tintent\na\tbyu\n",
            r"unknown label 'byu'[\s\S]*line 2, field 'label'[\s\S]*one of: buy, sell",
        ),
        ("text\tintent\n", "no test example is left of 0 rows"),
    ],
)
def test_bad_rows(tmp_path: Path, text: str, message: str):
    write(tmp_path / "data/test-de.tsv", text)
    with pytest.raises(IsoglossError, match=message):
        own_task(SENTENCES, tmp_path).load(None, "de", "test")
