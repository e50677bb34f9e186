"""Benchmarks as their authors distribute them: treebanks, WikiAnn, PAWS-X and XNLI without renaming."""

import gzip
import json
import lzma
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from isogloss.errors import DataError
from isogloss.tasks.base import TASKS, Example, TaskData


def write(path: Path, text: str | bytes) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def line(number: int, form: str, tag: str) -> str:
    return f"{number}\t{form}\t{form}\t{tag}\t_\t_\t0\troot\t_\t_\n"


def sentence(*words: tuple[str, str]) -> str:
    return "".join(line(number, *word) for number, word in enumerate(words, start=1)) + "\n"


def tags(task: str, example: Example) -> list[str]:
    return [TASKS[task].card.labels[label] for label in example.labels]


def udpos(root: Path, language: str = "en", split: Any = "test") -> TaskData:
    return TASKS["udpos"].load(root, language, split)


EN = "UD_English-X/en_x-ud-test.conllu"


# Universal Dependencies


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_tags_of_version_1_get_their_present_names_and_are_noted(tmp_path: Path, end: str):
    text = sentence(("a", "NOUN"), ("and", "CONJ"), ("b", "NOUN"), ("or", "CONJ"))
    write(tmp_path / EN, text.replace("\n", end))
    data = udpos(tmp_path)
    assert tags("udpos", data.examples[0]) == ["NOUN", "CCONJ", "NOUN", "CCONJ"]
    assert "CONJ was read as CCONJ, its name since version 2 of UD (2 times)" in data.notes
    write(tmp_path / EN, sentence(("and", "CCONJ")))
    assert not any("CONJ" in note for note in udpos(tmp_path).notes)


def test_version_1_is_read_in_columns_and_tables_too(tmp_path: Path):
    write(tmp_path / "udpos/test-en.tsv", "and\tCONJ\n")
    assert tags("udpos", udpos(tmp_path).examples[0]) == ["CCONJ"]
    row = {"tokens": ["and"], "upos": ["CONJ"]}
    write(tmp_path / "hub/universal_dependencies/en_x/test.jsonl", json.dumps(row))
    assert tags("udpos", udpos(tmp_path / "hub").examples[0]) == ["CCONJ"]


def test_tags_of_other_sets_are_named_together_and_none_is_corrected_by_its_spelling(tmp_path: Path):
    write(tmp_path / EN, sentence(("a", "NOUN"), ("not", "PRT"), (".", "."), ("to", "PRT")))
    with pytest.raises(DataError) as caught:
        udpos(tmp_path)
    text = str(caught.value)
    assert "2 unknown labels: 'PRT' (2 times, first at line 2), '.' (1 time, first at line 3)" in text
    assert "did you mean" not in text


def test_a_word_without_a_tag_drops_its_sentence(tmp_path: Path):
    write(tmp_path / EN, sentence(("a", "NOUN"), ("b", "_")) + sentence(("c", "NOUN")))
    data = udpos(tmp_path)
    assert [example.words for example in data.examples] == [("c",)]
    assert data.dropped == {"a word without a tag (_)": 1}


def test_a_test_file_without_any_tag_is_no_test_split(tmp_path: Path):
    write(tmp_path / EN, sentence(("a", "_"), ("b", "_")))
    write(tmp_path / EN.replace("test", "train"), sentence(("a", "NOUN")) * 10)
    assert TASKS["udpos"].available(tmp_path) == {"en": ("train", "validation")}


def test_underscores_are_withheld_words_whatever_their_number_unless_they_are_one_sign(tmp_path: Path):
    withheld = sentence(("___", "NOUN"), ("_", "VERB")) + sentence(("_", "NOUN"))
    write(tmp_path / EN, withheld + sentence(("_", "PUNCT")) + sentence(("_", "SYM"), ("a", "NOUN")))
    data = udpos(tmp_path)
    assert data.dropped == {"text withheld (_)": 2}
    assert [example.words for example in data.examples] == [("_",), ("_", "a")]


def test_a_byte_order_mark_within_a_file_is_no_text(tmp_path: Path):
    text = "\ufeff# text = a\n" + sentence(("a", "NOUN")) + "\ufeff# text = b\n" + sentence(("b", "NOUN"))
    write(tmp_path / EN, text + "\ufeff" + sentence(("c", "NOUN")))
    assert [example.words for example in udpos(tmp_path).examples] == [("a",), ("b",), ("c",)]


def test_ranges_and_empty_nodes_are_no_words(tmp_path: Path):
    text = "1-2\tdu\t_\t_\t_\t_\t_\t_\t_\t_\n" + line(1, "de", "ADP")
    text += line(2, "le", "DET") + "2.1\tvu\tvoir\tVERB\t_\t_\t_\t_\t_\t_\n\n"
    write(tmp_path / "UD_French-X/fr_x-ud-test.conllu", text)
    assert udpos(tmp_path, "fr").examples[0].words == ("de", "le")


def test_divided_training_files_and_names_of_version_1(tmp_path: Path):
    for part in "cl":
        write(
            tmp_path / f"UD_Czech-PDT/cs_pdt-ud-train-{part}.conllu", sentence((f"slovo-{part}", "NOUN")) * 2
        )
    write(tmp_path / "UD_English/en-ud-train.conllu", sentence(("word", "NOUN")) * 2)
    assert len(udpos(tmp_path, "cs", "train").files) == 2
    assert udpos(tmp_path, "en", "train").files[0].path == "UD_English/en-ud-train.conllu"


def test_private_use_codes_are_left_out_or_named(tmp_path: Path):
    write(tmp_path / "UD_Turkish_German-SAGT/qtd_sagt-ud-test.conllu", sentence(("und", "CCONJ")))
    with pytest.raises(
        DataError, match=r"qtd: code for private use, which treebanks of text in two languages"
    ):
        TASKS["udpos"].available(tmp_path)
    write(tmp_path / EN, sentence(("a", "NOUN")))
    assert TASKS["udpos"].available(tmp_path) == {"en": ("test",)}


def test_nynorsk_is_not_bokmaal(tmp_path: Path):
    for name in ("bokmaal", "nynorsk", "nynorsklia"):
        write(tmp_path / f"UD_Norwegian-{name.title()}/no_{name}-ud-test.conllu", sentence((name, "NOUN")))
    assert [example.words for example in udpos(tmp_path, "no").examples] == [("bokmaal",)]
    assert [example.words for example in udpos(tmp_path, "nn").examples] == [("nynorsk",), ("nynorsklia",)]


def test_languages_of_later_releases_are_read(tmp_path: Path):
    assert "ext" not in TASKS["udpos"].card.languages.values()
    write(tmp_path / "UD_Extremaduran-X/ext_x-ud-test.conllu", sentence(("casa", "NOUN")))
    assert TASKS["udpos"].available(tmp_path) == {"ext": ("test",)}


# WikiAnn


def panx(root: Path, language: str, split: Any = "test") -> TaskData:
    return TASKS["panx"].load(root, language, split)


def test_the_language_in_front_of_every_word_is_taken_off_and_noted(tmp_path: Path):
    write(tmp_path / "panx/test-en.tsv", "en:Bath\tB-LOC\nen::\tO\n\nen:a:b\tO\n")
    data = panx(tmp_path, "en")
    assert [example.words for example in data.examples] == [("Bath", ":"), ("a:b",)]
    assert "'en:' in front of a word was taken off (3 times)" in data.notes
    before = TASKS["panx"].fingerprint(tmp_path, "en", "test")
    write(tmp_path / "panx/test-en.tsv", "Bath\tB-LOC\n:\tO\n\na:b\tO\n")
    assert panx(tmp_path, "en").examples == data.examples
    assert TASKS["panx"].fingerprint(tmp_path, "en", "test") != before


@pytest.mark.parametrize("form", ["jsonl", "parquet"])
def test_the_prefix_in_tables(tmp_path: Path, form: str):
    row = {"tokens": ["de:Bonn", "de:ja"], "ner_tags": [5, 0]}
    path = tmp_path / "wikiann/de" / ("test.jsonl" if form == "jsonl" else "test-00000-of-00001.parquet")
    write(path, json.dumps(row))
    if form == "parquet":
        pq.write_table(pa.Table.from_pylist([row]), path)
    assert panx(tmp_path, "de").examples[0].words == ("Bonn", "ja")


def test_a_word_with_a_colon_is_no_prefix(tmp_path: Path):
    write(tmp_path / "panx/test-de.tsv", "de:facto\tO\nBonn\tB-LOC\nWien\tB-LOC\n")
    assert panx(tmp_path, "de").examples[0].words == ("de:facto", "Bonn", "Wien")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("de:a\tO\nde:b\tO\nc\tO\n", r"2 of 3 words begin with 'de:', not 'c'[\s\S]*line 3"),
        ("fr:a\tO\nfr:b\tO\n", r"every word begins with 'fr:', but the file is one of 'de'"),
    ],
)
def test_a_prefix_that_does_not_fit_is_refused(tmp_path: Path, text: str, message: str):
    write(tmp_path / "panx/test-de.tsv", text)
    with pytest.raises(DataError, match=message):
        panx(tmp_path, "de")


def test_the_archive_as_it_is_unpacked(tmp_path: Path):
    for split in ("train", "dev", "test", "extra"):
        write(tmp_path / f"wikiann/yo/{split}", f"yo:{split}\tO\nyo:Eko\tB-LOC\n")
    write(tmp_path / "wikiann/als/test", "als:Basel\tB-LOC\n")
    assert TASKS["panx"].available(tmp_path) == {"gsw": ("test",), "yo": ("train", "validation", "test")}
    assert panx(tmp_path, "yo", "validation").examples[0].words == ("dev", "Eko")
    assert panx(tmp_path, "gsw").examples[0].words == ("Basel",)


EDITIONS = {
    "als": "gsw",
    "bat-smg": "sgs",
    "be-x-old": "bel",
    "cbk-zam": "cbk",
    "fiu-vro": "vro",
    "map-bms": "jav",
    "zh-classical": "lzh",
    "simple": "eng",
    "bh": "bho",
    "eml": "egl",
    "sh": "srp",
}


@pytest.mark.parametrize(("edition", "language"), EDITIONS.items())
def test_editions_are_read_under_their_language(tmp_path: Path, edition: str, language: str):
    from isogloss.languages import resolve

    write(tmp_path / f"panx/test-{edition}.tsv", f"{edition}:Bonn\tB-LOC\n")
    ((code, splits),) = TASKS["panx"].available(tmp_path).items()
    assert (resolve(code).id, splits) == (language, ("test",))
    assert panx(tmp_path, code).examples[0].words == ("Bonn",)


# PAWS-X


def test_pawsx_as_its_authors_publish_it(tmp_path: Path):
    header = "id\tsentence1\tsentence2\tlabel\n"
    for language, names in {
        "en": ("train", "dev_2k", "test_2k"),
        "de": ("translated_train", "dev_2k", "test_2k"),
    }.items():
        for name in names:
            rows = f'1\t" {name} " said\t"he\t1\n2\tNS\tb\t0\n3\tc\t\t0\n'
            write(tmp_path / f"x-final/{language}/{name}.tsv", header + rows)
    task = TASKS["pawsx"]
    assert task.available(tmp_path) == {
        "de": ("train", "validation", "test"),
        "en": ("train", "validation", "test"),
    }
    data = task.load(tmp_path, "de", "train")
    assert (data.examples[0].text_a, data.examples[0].text_b) == ('" translated_train " said', '"he')
    assert data.dropped == {"untranslated (NS)": 1, "untranslated (empty)": 1}
    assert task.load(tmp_path, "en", "test").files[0].path == "x-final/en/test_2k.tsv"
    for root in ("x-final", "."):
        assert task.available(tmp_path / root) == task.available(tmp_path)


# XNLI

XNLI_HEADER = "language\tgold_label\tsentence1_parse\tsentence1\tsentence2\tpairID\n"
XNLI_ROWS = [
    ("ar", "neutral", "a1", '"h1', "1"),
    ("ar", "-", "a2", "h2", "2"),
    ("de", "contradiction", "d1", "h1", "1"),
    ("de", "entailment", "d2", "h2", "2"),
]


def official_xnli(root: Path, form: str, folder: str = "XNLI-1.0") -> None:
    for split in ("dev", "test"):
        if form == "tsv":
            rows = [f"{code}\t{label}\t(x)\t{a}\t{b}\t{i}\n" for code, label, a, b, i in XNLI_ROWS]
        else:
            names = ("language", "gold_label", "sentence1", "sentence2", "pairID")
            rows = [json.dumps(dict(zip(names, row, strict=True))) + "\n" for row in XNLI_ROWS]
        write(root / folder / f"xnli.{split}.{form}", (XNLI_HEADER if form == "tsv" else "") + "".join(rows))


@pytest.mark.parametrize("form", ["tsv", "jsonl"])
@pytest.mark.parametrize("folder", ["XNLI-1.0", "xnli/XNLI-1.0", "xnli", ""])
def test_xnli_as_its_authors_publish_it(tmp_path: Path, form: str, folder: str):
    official_xnli(tmp_path, form, folder)
    task = TASKS["xnli"]
    assert list(task.available(tmp_path)) == ["ar", "de"]
    data = task.load(tmp_path, "ar", "test")
    assert [(e.text_a, e.text_b, e.label) for e in data.examples] == [("a1", '"h1', 1)]
    assert data.dropped == {"no gold label (-)": 1}
    assert [e.label for e in task.load(tmp_path, "de", "test").examples] == [2, 0]


def test_translated_training_data_of_xnli_spell_one_label_otherwise(tmp_path: Path):
    official_xnli(tmp_path, "tsv")
    write(
        tmp_path / "XNLI-MT-1.0/multinli/multinli.train.de.tsv",
        "premise\thypo\tlabel\nd1\th1\tcontradictory\nd2\t\tneutral\nd3\th3\tentailment\n",
    )
    task = TASKS["xnli"]
    assert task.available(tmp_path)["de"] == ("train", "validation", "test")
    assert task.available(tmp_path)["ar"] == ("validation", "test")
    data = task.load(tmp_path, "de", "train")
    assert [example.label for example in data.examples] == [2, 0]
    assert data.dropped == {"untranslated (empty)": 1}


def test_one_file_with_all_languages_counts_the_rows_of_each(tmp_path: Path):
    official_xnli(tmp_path, "tsv")
    official_xnli(tmp_path, "jsonl")
    data = TASKS["xnli"].load(tmp_path, "de", "test")
    assert (data.files[0].path, data.files[0].rows) == ("XNLI-1.0/xnli.test.tsv", 2)


# Forms of files


@pytest.mark.parametrize(("ending", "pack"), [(".gz", gzip.compress), (".xz", lzma.compress)])
def test_compressed_files(tmp_path: Path, ending: str, pack: Any):
    write(tmp_path / f"pawsx/test-de.tsv{ending}", pack(b"a\tb\t1\r\n"))
    assert TASKS["pawsx"].load(tmp_path, "de", "test").examples[0].text_a == "a"
    write(tmp_path / f"pawsx/test-de.tsv{ending}", pack(b"a\tb\t1\r\n" * 9)[:-6])
    with pytest.raises(DataError, match="the archive is broken"):
        TASKS["pawsx"].load(tmp_path, "de", "test")


def test_other_encodings_are_named(tmp_path: Path):
    write(tmp_path / "pawsx/test-de.tsv", "a\tb\t1\n".encode("utf-16"))
    with pytest.raises(DataError, match="the file is in UTF-16"):
        TASKS["pawsx"].load(tmp_path, "de", "test")
    write(tmp_path / "pawsx/test-de.tsv", "a\tb\0\t1\n")
    with pytest.raises(DataError, match=r"a NUL character\n.*line 1"):
        TASKS["pawsx"].load(tmp_path, "de", "test")


def test_long_fields_and_broken_metadata(tmp_path: Path):
    write(tmp_path / "pawsx/test-de.tsv", f"{'long ' * 60_000}\tb\t1\n")
    assert len(TASKS["pawsx"].load(tmp_path, "de", "test").examples[0].text_a) == 300_000
    table = pa.table({"tokens": [["Bonn"]], "ner_tags": [[5]]})
    path = tmp_path / "wikiann/de/test-00000-of-00001.parquet"
    path.parent.mkdir(parents=True)
    for metadata in (
        b"{no json",
        b"[1]",
        b'{"info": 3}',
        b'{"info": {"features": {"ner_tags": {"names": 4}}}}',
    ):
        pq.write_table(table.replace_schema_metadata({b"huggingface": metadata}), path)
        assert panx(tmp_path, "de").examples[0].labels == (5,)


def test_hostile_json(tmp_path: Path):
    path = tmp_path / "paws-x/de/test.jsonl"
    for text, message in {
        "[" * 100_000: "nested too deeply",
        '{"label": ' + "9" * 5000 + "}": "more digits than can be read",
        '{"sentence1": "\\ud800", "sentence2": "b", "label": 1}': "half of a surrogate pair",
    }.items():
        write(path, text)
        with pytest.raises(DataError, match=message):
            TASKS["pawsx"].load(tmp_path, "de", "test")


def test_names_of_classes_beside_json_lines(tmp_path: Path):
    folder = tmp_path / "wikiann"
    write(folder / "de/test.jsonl", json.dumps({"tokens": ["Bonn"], "ner_tags": [1]}))
    before = TASKS["panx"].fingerprint(tmp_path, "de", "test")
    assert tags("panx", panx(tmp_path, "de").examples[0]) == ["B-PER"]
    write(
        folder / "README.md",
        "---\ndataset_info:\n- config_name: de\n  features:\n  - name: ner_tags\n    sequence:\n"
        "      class_label:\n        names:\n          '0': O\n          '1': B-LOC\n---\n# Card\n",
    )
    assert tags("panx", panx(tmp_path, "de").examples[0]) == ["B-LOC"]
    assert TASKS["panx"].fingerprint(tmp_path, "de", "test") != before


def test_a_file_without_permission_is_one_error(tmp_path: Path):
    (tmp_path / "pawsx/test-de.tsv").mkdir(parents=True)
    with pytest.raises(DataError, match="cannot be read"):
        TASKS["pawsx"].fingerprint(tmp_path, "de", "test")
    with pytest.raises(DataError, match="cannot be read"):
        TASKS["pawsx"].load(tmp_path, "de", "test")
