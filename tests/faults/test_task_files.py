"""Malformed data: one error that names file, line and field, what is allowed, and what to do."""

import re
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from isogloss.errors import DataError
from isogloss.tasks.base import TASKS


def write(path: Path, raw: str | bytes) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(raw if isinstance(raw, bytes) else raw.encode())
    return path


def failure(root: Path | None, task: str = "pawsx", language: str = "de", split: str = "test") -> str:
    with pytest.raises(DataError) as caught:
        TASKS[task].load(root, language, split)
    return str(caught.value)


def fails(root: Path, message: str, *places: str, task: str = "pawsx", split: str = "test") -> None:
    text = failure(root, task, split=split)
    assert text.startswith(message)
    for place in places:
        assert place in text


GOOD = "a b\tc d\t1\r\n"


def test_conllu_sentences_without_a_blank_line_between_them_are_not_made_one(tmp_path: Path):
    word = "{}\t{}\t_\tNOUN\t_\t_\t0\t_\t_\tSpaceAfter=No\n"
    sentence = "# text = ab\n1-2\tab\t_\t_\t_\t_\t_\t_\t_\t_\n" + word.format(1, "a") + word.format(2, "b")
    path = write(tmp_path / "UD_German-GSD/de_gsd-ud-test.conllu", sentence + "\n" + sentence)
    assert [row.words for row in TASKS["udpos"].load(tmp_path, "de", "test").examples] == [("a", "b")] * 2
    write(path, sentence * 2)
    fails(
        tmp_path,
        "a sentence begins without a blank line before it",
        f"{path}, line 7",
        "put a blank line",
        task="udpos",
    )


def test_rows_that_were_left_out_are_counted_in_words(tmp_path: Path):
    word = "1\tHaus\tHaus\t{}\t_\t_\t0\troot\t_\t_\n\n"
    write(tmp_path / "UD_German-GSD/de_gsd-ud-train.conllu", word.format("_") * 10)
    write(tmp_path / "UD_German-GSD/de_gsd-ud-dev.conllu", word.format("NOUN"))
    told = "train is all but the last tenth of the rows; 9 rows left out: a word without a tag (_)"
    fails(tmp_path, "no train example is left of 10 rows", told, task="udpos", split="train")


@pytest.mark.parametrize("first", [0, 1])
def test_a_language_before_most_words_of_panx(tmp_path: Path, first: int):
    """Whatever the first word of the file is."""
    sentences = ["de:Anna\tB-PER\nde:lebt\tO\n\n" * 3, "Anna\tB-PER\n\n"]
    write(tmp_path / "panx/test-de.tsv", sentences[first] + sentences[1 - first])
    fails(tmp_path, "6 of 7 words begin with 'de:', not 'Anna'", "of every word, or of none", task="panx")


@pytest.mark.parametrize(
    ("raw", "message", "place"),
    [
        (GOOD + "a\tb\r\n", "2 columns instead of 3: no field 'label'", "line 2"),
        (GOOD + GOOD + "a\tb\t1\tx\r\n", "4 columns instead of 3: nothing is known of 'x'", "line 3"),
        (GOOD + "a\tb\t2\r\n", "unknown label '2'", "line 2, field 'label'"),
        ("sentence1\tsentence2\tlabel\r\n" + GOOD, "unknown label 'label'", "line 1, field 'label'"),
        ("", "the file is empty (0 bytes)", ""),
        ("\r\n\r\n", "the file is empty (4 bytes)", ""),
        (
            GOOD.encode() + "für\tx\t1\r\n".encode("latin-1"),
            "byte 0xfc is not UTF-8",
            "line 2, byte offset 12",
        ),
        (GOOD + '"a b\tc\t1\r\n' + GOOD, "broken quoting", "line 2"),
        (GOOD + '"a b\tc\t1\r\na"\tc\t1\r\n', "a field that begins with a quote is not closed", "line 2"),
        (GOOD + '"a" b\tc\t1\r\n' + GOOD, "broken quoting", "line 2"),
    ],
)
def test_sentence_files(tmp_path: Path, raw: str | bytes, message: str, place: str):
    path = write(tmp_path / "pawsx/test-de.tsv", raw)
    fails(tmp_path, message, f"{path}, {place}" if place else str(path))


def test_a_bad_row_of_validation_is_found_when_train_is_read_from_the_same_file(tmp_path: Path):
    write(tmp_path / "pawsx/dev-de.tsv", GOOD * 4 + "a\tb\t2\r\n" + GOOD * 5)
    fails(tmp_path, "unknown label '2'", "line 5", "one of: 0, 1", split="train")


def test_an_empty_sentence_where_none_is_expected(tmp_path: Path):
    write(tmp_path / "xnli/test-de.tsv", "a\t \tneutral\r\n")
    fails(tmp_path, "the second sentence is empty", "line 1", task="xnli")


def test_a_label_close_to_a_known_one(tmp_path: Path):
    write(tmp_path / "xnli/test-de.tsv", "a\tb\tcontradictory\r\n")
    fails(tmp_path, "unknown label 'contradictory'", "one of: contradiction, entailment", task="xnli")
    assert "did you mean" not in failure(tmp_path, "xnli")


@pytest.mark.parametrize(
    ("raw", "message", "place"),
    [
        ("Haus\tNOUN\nBaum\n", "the word 'Baum' has no label", "line 2, field 'label'"),
        ("Haus\tNOUN\n\nBaum\t\n", "the word 'Baum' has no label", "line 3, field 'label'"),
        ("Haus\tNOUN\n\tVERB\n", "the label 'VERB' has no word", "line 2, field 'word'"),
        ("Haus\tNOUN\n\nx\tNOUN\nBaum\tNUON\n", "unknown label 'NUON'", "line 4, field 'label'"),
        ("Haus\tNOUN\textra\n", "3 columns instead of 2", "line 1"),
        ("", "the file is empty", ""),
    ],
)
def test_word_files(tmp_path: Path, raw: str, message: str, place: str):
    path = write(tmp_path / "udpos/test-de.tsv", raw)
    fails(tmp_path, message, f"{path}, {place}" if place else str(path), task="udpos")


@pytest.mark.parametrize(
    ("tag", "message"),
    [
        ("B-PERSON", r"unknown label 'B-PERSON'\n.*\n.*one of: B-LOC.*\n.*correct the label"),
        ("b-per", r"'b-per' and 'B-PER' differ in upper and lower case only"),
        ("I-MISC", r"unknown label 'I-MISC'"),
        ("S-LOC", r"unknown label 'S-LOC'[\s\S]*the tags seem to be IOBES, not BIO: convert the tags to BIO"),
        ("B-PER ", r"unknown label 'B-PER '[\s\S]*differ in white space only"),
    ],
)
def test_tags_spelt_otherwise_are_named_with_their_line(tmp_path: Path, tag: str, message: str):
    write(tmp_path / "panx/train-de.tsv", f"Anna\tB-PER\nAlt\t{tag}\n")
    with pytest.raises(DataError, match=message) as caught:
        TASKS["panx"].load(tmp_path, "de", "train")
    assert f"{tmp_path}/panx/train-de.tsv, line 2, field 'label'" in str(caught.value)


def test_an_empty_test_file_is_not_taken_for_one_without_labels(tmp_path: Path):
    write(tmp_path / "udpos/dev-de.tsv", "Haus\tNOUN\n")
    path = write(tmp_path / "udpos/test-de.tsv", "")
    fails(tmp_path, "the file is empty", str(path), task="udpos")


def test_a_broken_file_of_another_language_is_left_alone(tmp_path: Path):
    write(tmp_path / "udpos/test-de.tsv", "Haus\tNOUN\n")
    write(tmp_path / "udpos/test-fr.tsv", "é".encode("latin-1"))
    assert len(TASKS["udpos"].load(tmp_path, "de", "test").examples) == 1


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("1\tHaus\tHaus\tNOUN", "4 columns instead of 10"),
        ("x\tHaus\tHaus\tNOUN\t_\t_\t0\troot\t_\t_", "the id 'x' is not a number"),
        ("1\tHaus\tHaus\tNUON\t_\t_\t0\troot\t_\t_", "unknown label 'NUON'"),
        ("1 Haus Haus NOUN _ _ 0 root _ _", "1 column instead of 10"),
    ],
)
def test_conllu_files(tmp_path: Path, line: str, message: str):
    path = write(tmp_path / "UD_German-GSD/de_gsd-ud-test.conllu", f"# text = Haus\n{line}\n\n")
    fails(tmp_path, message, f"{path}, line 2", task="udpos")


@pytest.mark.parametrize(
    ("raw", "message", "place"),
    [
        ('{"sentence1": "a", "sentence2": "b", "label": 1}\n{"sentence1": ', "not JSON", "line 2, column"),
        ("[1, 2]", "a JSON list, not an object", "line 1"),
        (
            '{"sentence1": "a", "sentence_2": "b", "label": 1}',
            "no field 'sentence2'",
            "did you mean 'sentence_2'?",
        ),
        (
            '{"sentence1": "a", "sentence2": null, "label": 1}',
            "sentence2 = 'None' is not text",
            "field 'sentence2'",
        ),
        ('{"sentence1": "a", "sentence2": "b", "label": 2}', "unknown label '2'", "line 1, field 'label'"),
        (
            '{"sentence1": "a", "sentence2": "b", "label": true}',
            "unknown label 'true'",
            "line 1, field 'label'",
        ),
    ],
)
def test_json_lines(tmp_path: Path, raw: str, message: str, place: str):
    path = write(tmp_path / "google-research-datasets/paws-x/de/test.jsonl", raw)
    fails(tmp_path, message, str(path), place)


def test_parquet_that_is_none(tmp_path: Path):
    path = write(
        tmp_path / "paws-x/de/test-00000-of-00001.parquet", "version https://git-lfs.github.com/spec/v1"
    )
    fails(tmp_path, "the file is a pointer of Git LFS", str(path), "git lfs pull")
    path.write_bytes(b"PAR1 and no more")
    fails(tmp_path, "not a readable Parquet file", str(path))


def test_parquet_words_and_labels_of_unequal_number(tmp_path: Path):
    path = tmp_path / "wikiann/de/test-00000-of-00001.parquet"
    path.parent.mkdir(parents=True)
    pq.write_table(pa.table({"tokens": [["a"], ["b", "c"]], "ner_tags": [[0], [0]]}), path)
    fails(tmp_path, "2 words but 1 labels", f"{path}, row 1", task="panx")
    pq.write_table(pa.table({"tokens": [["a"], ["b", "c"]], "ner_tags": [[0], [0, 7]]}), path)
    fails(tmp_path, "unknown label '7'", f"{path}, row 1, word 2", task="panx")


def test_a_missing_shard(tmp_path: Path):
    write(tmp_path / "paws-x/de/train-00000-of-00002.parquet", "x")
    fails(tmp_path, "1 of 2 train files", str(tmp_path / "paws-x/de"))


def test_two_sets_of_files_for_one_split(tmp_path: Path):
    for name in ("train.jsonl", "train-00000-of-00001.parquet"):
        write(tmp_path / "paws-x/de" / name, "x")
    fails(tmp_path, "two sets of files for one train split")


def test_no_data_directory(tmp_path: Path):
    assert "give --data-dir" in failure(None)
    (tmp_path / "beside").mkdir()
    text = failure(tmp_path / "nowhere/xtreme")
    assert text.startswith("the data directory does not exist")
    assert "beside" in text
    assert "is a file, not a directory" in failure(write(tmp_path / "file", "x"))


def test_a_directory_without_the_task(tmp_path: Path):
    write(tmp_path / "paws/test-de.tsv", GOOD)
    text = failure(tmp_path)
    assert text.startswith("no PAWS-X data here")
    assert "holds paws" in text
    assert "pawsx/<split>-<language>.tsv" in text


def test_a_language_outside_the_data_set_one_without_files_and_one_without_the_split(tmp_path: Path):
    write(tmp_path / "pawsx/dev-de.tsv", GOOD * 5)
    assert failure(tmp_path, language="sw").startswith("PAWS-X has no language 'sw'")
    assert re.search(r"no PAWS-X files in 'fr'[\s\S]*one of: de", failure(tmp_path, language="fr"))
    text = failure(tmp_path)
    assert text.startswith("PAWS-X has no labelled test data in 'de'")
    assert "in 'de': train, validation" in text


def test_nothing_but_untranslated_rows(tmp_path: Path):
    write(tmp_path / "pawsx/test-de.tsv", "NS\tb\t0\r\n")
    fails(tmp_path, "no test example is left of 1 rows", "untranslated (NS)")
