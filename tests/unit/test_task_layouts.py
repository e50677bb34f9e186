"""The four benchmarks read from every layout, and what they make of incomplete data."""

import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from isogloss.errors import DataError
from isogloss.tasks.base import TASKS, SentenceExample, WordExample


def write(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode("utf-8"))
    return path


def write_parquet(
    path: Path, columns: dict[str, list[Any]], metadata: dict[bytes, bytes] | None = None
) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(pa.table(columns).replace_schema_metadata(metadata), path)


def pairs(n: int, label: str = "1") -> str:
    return "".join(f"first {i}\tsecond {i}\t{label}\r\n" for i in range(n))


def sentences(n: int, label: str = "NOUN") -> str:
    return "".join(f"word{i}\t{label}\nagain\t{label}\n\n" for i in range(n))


# XTREME


def test_csv_quoting_and_windows_line_ends(tmp_path: Path):
    write(tmp_path / "pawsx/test-de.tsv", '"Er sagte ""ja"", so"\t"""x"" und y"\t0\r\nNS\tb\t0\r\n')
    data = TASKS["pawsx"].load(tmp_path, "de", "test")
    assert data.examples == (SentenceExample(0, 'Er sagte "ja", so', '"x" und y', 0),)
    assert data.dropped == {"untranslated (NS)": 1}
    assert data.files[0].path == "pawsx/test-de.tsv"
    assert data.files[0].rows == 2


def test_root_may_be_the_folder_of_the_task(tmp_path: Path):
    write(tmp_path / "test-de.tsv", pairs(3))
    assert TASKS["pawsx"].available(tmp_path) == {"de": ("test",)}


def test_a_byte_order_mark_is_no_text(tmp_path: Path):
    write(tmp_path / "pawsx/test-de.tsv", "\ufeff" + pairs(1))
    assert TASKS["pawsx"].load(tmp_path, "de", "test").examples[0].text_a == "first 0"


def test_dev_is_train_and_validation_where_no_language_has_a_train_file(tmp_path: Path):
    for language in ("de", "en"):
        write(tmp_path / f"pawsx/dev-{language}.tsv", pairs(10))
    task = TASKS["pawsx"]
    assert task.available(tmp_path) == {"de": ("train", "validation"), "en": ("train", "validation")}
    assert [e.row for e in task.load(tmp_path, "de", "validation").examples] == [4, 9]
    assert (
        "validation is every fifth row of the validation file"
        in task.load(tmp_path, "en", "validation").notes
    )


def test_one_official_train_file_leaves_dev_whole_in_every_language(tmp_path: Path):
    for name in ("train-en", "dev-en", "dev-de"):
        write(tmp_path / f"pawsx/{name}.tsv", pairs(10))
    assert TASKS["pawsx"].available(tmp_path) == {"de": ("validation",), "en": ("train", "validation")}
    assert len(TASKS["pawsx"].load(tmp_path, "de", "validation").examples) == 10


def test_premises_of_xnli_stay_together(tmp_path: Path):
    write(tmp_path / "xnli/dev-de.tsv", pairs(30, "neutral"))
    assert [e.row for e in TASKS["xnli"].load(tmp_path, "de", "validation").examples] == [
        12,
        13,
        14,
        27,
        28,
        29,
    ]


def test_a_hash_is_a_word_and_the_last_sentence_needs_no_blank_line(tmp_path: Path):
    write(tmp_path / "udpos/test-de.tsv", "#\tSYM\n1\tNUM\n\n\nEnde\tNOUN")
    data = TASKS["udpos"].load(tmp_path, "de", "test")
    assert [example.words for example in data.examples] == [("#", "1"), ("Ende",)]


def test_missing_test_is_dev_and_validation_the_end_of_train(tmp_path: Path):
    write(tmp_path / "udpos/train-fr.tsv", sentences(20))
    write(tmp_path / "udpos/dev-fr.tsv", sentences(3))
    task = TASKS["udpos"]
    assert task.available(tmp_path) == {"fr": ("train", "validation", "test")}
    assert [e.row for e in task.load(tmp_path, "fr", "validation").examples] == [18, 19]
    test = task.load(tmp_path, "fr", "test")
    assert test.files[0].path == "udpos/dev-fr.tsv"
    assert "3 of 3 examples stand in train too" in test.notes


def test_an_unlabelled_test_file_is_no_test_split(tmp_path: Path):
    write(tmp_path / "panx/train-sw.tsv", sentences(10, "B-PER"))
    write(tmp_path / "panx/test-sw.tsv", "Msimbo\nwa\n\nposta\n")
    assert TASKS["panx"].available(tmp_path) == {"sw": ("train", "validation")}


def test_invalid_bio_is_counted(tmp_path: Path):
    write(
        tmp_path / "panx/test-ja.tsv", "a\tI-PER\nb\tI-PER\nc\tI-LOC\nd\tO\ne\tB-ORG\nf\tI-ORG\n\ng\tI-ORG\n"
    )
    assert any(note.startswith("3 I- tags") for note in TASKS["panx"].load(tmp_path, "ja", "test").notes)


# Hubs


@pytest.mark.parametrize("root", ["", "google-research-datasets", "google-research-datasets/paws-x"])
def test_pawsx_parquet_from_the_hub(tmp_path: Path, root: str):
    folder = tmp_path / "google-research-datasets/paws-x/de"
    columns = {"id": [1, 2, 3], "sentence1": ["a", "", "c"], "sentence2": ["x", "y", "z"], "label": [0, 1, 1]}
    write_parquet(folder / "test-00000-of-00001.parquet", columns)
    data = TASKS["pawsx"].load(tmp_path / root, "de", "test")
    assert data.examples == (SentenceExample(0, "a", "x", 0), SentenceExample(2, "c", "z", 1))
    assert data.dropped == {"untranslated (empty)": 1}


def test_xnli_json_lines_with_integers_or_names(tmp_path: Path):
    lines = [
        {"premise": "a", "hypothesis": "b", "label": 2},
        {"premise": "c", "hypothesis": "d", "label": "entailment"},
    ]
    text = "\n".join(json.dumps(line) for line in lines)
    write(tmp_path / "facebook/xnli/sw/validation.jsonl", text)
    write(tmp_path / "facebook/xnli/all_languages/validation.jsonl", text)
    write(tmp_path / "facebook/xnli/sw/train.jsonl", text)
    assert list(TASKS["xnli"].available(tmp_path)) == ["sw"]
    assert [e.label for e in TASKS["xnli"].load(tmp_path, "sw", "validation").examples] == [2, 0]


def test_wikiann_parquet_with_labelled_test_and_shards(tmp_path: Path):
    folder = tmp_path / "unimelb-nlp/wikiann/yo"
    for split, shards in (("train", 2), ("validation", 1), ("test", 1)):
        for shard in range(shards):
            columns = {
                "tokens": [[f"{split}{shard}", "Lagos"]],
                "ner_tags": [[0, 5]],
                "langs": [["yo", "yo"]],
                "spans": [["LOC: Lagos"]],
            }
            write_parquet(folder / f"{split}-{shard:05}-of-{shards:05}.parquet", columns)
    task = TASKS["panx"]
    assert task.available(tmp_path) == {"yo": ("train", "validation", "test")}
    data = task.load(tmp_path, "yo", "train")
    assert data.examples == (
        WordExample(0, ("train0", "Lagos"), (0, 5)),
        WordExample(1, ("train1", "Lagos"), (0, 5)),
    )
    assert len(data.files) == 2
    assert task.load(tmp_path, "yo", "test").files[0].path.endswith("test-00000-of-00001.parquet")


def test_shards_of_arrow_as_save_to_disk_writes_them_and_configurations_of_xtreme(tmp_path: Path):
    folder = tmp_path / "xtreme" / "PAN-X.de"
    features = {"ner_tags": {"feature": {"names": ["B-LOC", "O"], "_type": "ClassLabel"}, "_type": "List"}}
    for number, word in enumerate(("Bonn", "Ulm")):
        table = pa.table({"tokens": [[word, "liegt"]], "ner_tags": [[0, 1]]})
        path = folder / "test" / f"data-{number:05}-of-00002.arrow"
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("wb") as file, pa.ipc.new_stream(file, table.schema) as stream:
            stream.write_table(table)
    write(folder / "dataset_dict.json", '{"splits": ["test"]}')
    write(folder / "test" / "dataset_info.json", json.dumps({"features": features}))
    panx = TASKS["panx"]
    labels = [panx.card.labels.index(label) for label in ("B-LOC", "O")]
    examples = panx.load(tmp_path, "de", "test").examples
    assert [(one.words, list(one.labels)) for one in examples] == [
        (("Bonn", "liegt"), labels),
        (("Ulm", "liegt"), labels),
    ]
    path.unlink()
    with pytest.raises(DataError, match="1 of 2 test files"):
        panx.available(tmp_path)
    write(folder / "test" / "data-00001-of-00002.arrow", "torn")
    with pytest.raises(DataError, match="not a readable stream of Arrow"):
        panx.load(tmp_path, "de", "test")


def test_another_data_set_beside_is_no_fault_of_this_one(tmp_path: Path):
    for language in ("de", "en"):
        write_parquet(tmp_path / f"paws-x/{language}/test-00000-of-00002.parquet", {"label": [0]})
    with pytest.raises(DataError, match=r"no PAN-X data here \(not languages of the data set: paws-x\)"):
        TASKS["panx"].available(tmp_path)


def test_class_names_in_the_file_win_over_the_documented_order(tmp_path: Path):
    feature = {"feature": {"names": ["_", "VERB", "NOUN"], "_type": "ClassLabel"}, "_type": "Sequence"}
    metadata = {b"huggingface": json.dumps({"info": {"features": {"upos": feature}}}).encode()}
    path = tmp_path / "universal-dependencies/universal_dependencies/en_ewt/test-00000-of-00001.parquet"
    write_parquet(path, {"tokens": [["dogs", "bark"]], "upos": [[2, 1]]}, metadata)
    labels = TASKS["udpos"].card.labels
    example = TASKS["udpos"].load(tmp_path, "en", "test").examples[0]
    assert [labels[label] for label in example.labels] == ["NOUN", "VERB"]


def test_ud_of_the_hub_joins_treebanks_and_leaves_out_multiword_ranges(tmp_path: Path):
    folder = tmp_path / "universal-dependencies/universal_dependencies"
    write_parquet(
        folder / "fr_gsd/test-00000-of-00001.parquet", {"tokens": [["du", "de", "le"]], "upos": [[13, 2, 8]]}
    )
    write_parquet(
        folder / "fr_pud/universal_dependencies-test.parquet", {"tokens": [["chat"]], "upos": [["NOUN"]]}
    )
    data = TASKS["udpos"].load(tmp_path, "fr", "test")
    assert [example.words for example in data.examples] == [("de", "le"), ("chat",)]
    labels = TASKS["udpos"].card.labels
    assert [labels[label] for label in data.examples[0].labels] == ["ADP", "DET"]
    assert [example.row for example in data.examples] == [0, 1]


# Universal Dependencies

CONLLU = """# sent_id = 1
# text = du chat
1-2\tdu\t_\t_\t_\t_\t_\t_\t_\t_
1\tde\tde\tADP\t_\t_\t0\troot\t_\t_
2\tle\tle\tDET\t_\t_\t1\tdet\t_\t_
2.1\tvu\tvoir\tVERB\t_\t_\t_\t_\t_\t_
3\t#\t#\tSYM\t_\t_\t1\tdep\t_\t_

1\t_\t_\tNOUN\t_\t_\t0\troot\t_\t_
2\t_\t_\tVERB\t_\t_\t0\troot\t_\t_

"""


def test_conllu_without_ranges_empty_nodes_and_withheld_text(tmp_path: Path):
    write(tmp_path / "UD_French-GSD/fr_gsd-ud-test.conllu", CONLLU)
    data = TASKS["udpos"].load(tmp_path, "fr", "test")
    assert [example.words for example in data.examples] == [("de", "le", "#")]
    assert data.dropped == {"text withheld (_)": 1}


def test_all_treebanks_of_a_language_are_one_data_set(tmp_path: Path):
    for treebank in ("GSD", "Sequoia"):
        write(tmp_path / f"UD_French-{treebank}/fr_{treebank.lower()}-ud-train.conllu", CONLLU)
    write(tmp_path / "UD_French-GSD/fr_gsd-ud-test.conllu", CONLLU)
    assert len(TASKS["udpos"].load(tmp_path, "fr", "train").files) == 2


# Fingerprints


def test_fingerprint_follows_the_bytes_and_the_rule(tmp_path: Path):
    task = TASKS["pawsx"]
    path = write(tmp_path / "pawsx/dev-en.tsv", pairs(10))
    before = {split: task.fingerprint(tmp_path, "en", split) for split in ("train", "validation")}
    assert before["train"] != before["validation"]
    write(tmp_path / "pawsx/test-en.tsv", pairs(10))
    assert task.fingerprint(tmp_path, "en", "train") == before["train"]
    write(tmp_path / "pawsx/train-en.tsv", pairs(10))
    assert task.fingerprint(tmp_path, "en", "validation") != before["validation"]
    (tmp_path / "pawsx/train-en.tsv").unlink()
    path.write_bytes(path.read_bytes() + b"a\tb\t0\r\n")
    assert task.fingerprint(tmp_path, "en", "train") != before["train"]


@pytest.mark.parametrize("name", ["pawsx", "xnli", "panx", "udpos"])
def test_cards_name_languages_by_canonical_tags(name: str):
    from isogloss.languages import resolve

    for tag, code in TASKS[name].card.languages.items():
        assert resolve(tag).tag == tag
        assert resolve(code) == resolve(tag)


def test_a_mark_of_byte_order_between_lines_is_no_text_but_a_word_with_a_label_is_one(tmp_path):
    from isogloss.tasks._opening import read_text

    (tmp_path / "joined.tsv").write_text("a\tO\n\ufeffb\tO\n\ufeff\n\ufeff\tO\n", encoding="utf-8")
    assert read_text(tmp_path / "joined.tsv") == "a\tO\nb\tO\n\n\ufeff\tO\n"
