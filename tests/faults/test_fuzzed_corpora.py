"""Any bytes in a data file are examples or one `IsoglossError`, for every reader."""

import io
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from own_tasks import own_task

from isogloss.errors import IsoglossError
from isogloss.tasks.base import TASKS

PARTS = st.sampled_from(
    (
        *(
            "\t",
            "\n",
            "\r\n",
            "\r",
            " ",
            "  ",
            '"',
            '""',
            ",",
            ";",
            "#",
            "# id = 1",
            "\ufeff",
            "\0",
            "-DOCSTART-",
        ),
        *(
            "de:",
            "fr:",
            "a",
            "é",
            "日",
            "\u3000",
            "\u2028",
            "B-LOC",
            "I-LOC",
            "S-LOC",
            "O",
            "0",
            "1",
            "-1",
            "_",
        ),
        *("NOUN", "CONJ", "1-2", "1.1", "NS", "label", "neutral", "contradictory", "premise", "language"),
        *(
            "{",
            "}",
            "[",
            "]",
            ":",
            '"text_a"',
            '"label"',
            '"tokens"',
            '"ner_tags"',
            "null",
            "\\ud800",
            "9" * 50,
        ),
        *("a\tb\t1\n", "a\tO\n", "a O\n", "1\ta\ta\tNOUN\t_\t_\t0\troot\t_\t_\n", "\n\n", "x,y\n"),
        *('{"text_a": "a", "label": "0"}\n', '{"tokens": ["a"], "ner_tags": [5]}\n', "[" * 2000),
        "language\tgold_label\tsentence1\tsentence2\nde\tneutral\ta\tb\n",
    )
)
TEXTS = st.lists(PARTS, max_size=25).map("".join)
BYTES = TEXTS.map(lambda text: text.encode(errors="replace")) | st.binary(max_size=120)
WORDS = {"name": "own", "head": "word", "labels": ["O", "B-LOC", "I-LOC"], "path": "{split}-{language}.conll"}
PAIRS = {
    "name": "own",
    "labels": ["0", "1"],
    "columns": {"text_a": "text_a", "label": "label"},
    "path": "{split}-{language}.csv",
}

READERS: dict[str, tuple[str, str | dict[str, Any]]] = {
    "pawsx": ("pawsx/test-de.tsv", "pawsx"),
    "x-final": ("x-final/de/test_2k.tsv", "pawsx"),
    "xnli": ("XNLI-1.0/xnli.test.tsv", "xnli"),
    "xnli jsonl": ("XNLI-1.0/xnli.test.jsonl", "xnli"),
    "panx": ("panx/test-de.tsv", "panx"),
    "wikiann": ("wikiann/de/test", "panx"),
    "wikiann jsonl": ("wikiann/de/test.jsonl", "panx"),
    "wikiann parquet": ("wikiann/de/test-00000-of-00001.parquet", "panx"),
    "udpos": ("udpos/test-de.tsv", "udpos"),
    "conllu": ("UD_German-X/de_x-ud-test.conllu", "udpos"),
    "own conll": ("test-de.conll", WORDS),
    "own iob1": ("test-de.conll", WORDS | {"scheme": "iob1", "unlabelled": ["_"]}),
    "own csv": ("test-de.csv", PAIRS),
    "own jsonl": ("test-de.jsonl", PAIRS | {"path": "{split}-{language}.jsonl"}),
    "own gz": ("test-de.csv.gz", PAIRS | {"path": "{split}-{language}.csv.gz"}),
}


def survives(folder: Path, name: str, raw: bytes) -> None:
    file, reader = READERS[name]
    path = folder / file
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(raw)
    try:
        task = TASKS[reader] if isinstance(reader, str) else own_task(reader, folder)
        if "test" in task.available(folder).get("de", ()):
            assert task.fingerprint(folder, "de", "test")
            data = task.load(folder, "de", "test")
            assert data.examples
            labels = range(len(task.card.labels))
            for example in data.examples:
                found = [example.label] if hasattr(example, "label") else example.labels
                assert set(found) <= set(labels)
    except IsoglossError as error:
        assert str(error).encode()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("fuzz")


def fuzz(count: int) -> Callable[[Any], Any]:
    return settings(max_examples=count, suppress_health_check=list(HealthCheck))


@pytest.mark.parametrize("name", READERS)
@given(raw=BYTES)
@fuzz(60)
def test_any_bytes(folder: Path, name: str, raw: bytes) -> None:
    survives(folder / name, name, raw)


@pytest.mark.slow
@pytest.mark.timeout(7200)
@pytest.mark.parametrize("name", READERS)
@given(raw=BYTES)
@fuzz(10_000)
def test_ten_thousand_of_any_bytes(folder: Path, name: str, raw: bytes) -> None:
    survives(folder / name, name, raw)


def damaged(places: list[tuple[int, int]]) -> bytes:
    """A Parquet file with some bytes changed."""
    buffer = io.BytesIO()
    features = {"info": {"features": {"ner_tags": {"feature": {"names": ["O", "B-LOC"]}}}}}
    table = pa.table({"tokens": [["Bonn", "ja"], ["nein"]], "ner_tags": [[5, 0], [0]]})
    pq.write_table(table.replace_schema_metadata({b"huggingface": json.dumps(features).encode()}), buffer)
    raw = bytearray(buffer.getvalue())
    for at, value in places:
        raw[at % len(raw)] = value
    return bytes(raw)


DAMAGE = st.lists(st.tuples(st.integers(0, 5000), st.integers(0, 255)), max_size=4)


@given(places=DAMAGE)
@fuzz(60)
def test_damaged_parquet(folder: Path, places: list[tuple[int, int]]) -> None:
    survives(folder / "parquet", "wikiann parquet", damaged(places))


@pytest.mark.slow
@pytest.mark.timeout(7200)
@given(places=DAMAGE)
@fuzz(10_000)
def test_ten_thousand_damaged_parquet_files(folder: Path, places: list[tuple[int, int]]) -> None:
    survives(folder / "parquet", "wikiann parquet", damaged(places))


@given(card=TEXTS | st.sampled_from(["---\na: &a [*a]\n---\n", "---\ndataset_info:\n- features: 3\n---\n"]))
@fuzz(60)
def test_any_card_beside_the_data(folder: Path, card: str) -> None:
    below = folder / "card"
    for name in ("README.md", "dataset_info.json"):
        (below / "wikiann").mkdir(parents=True, exist_ok=True)
        (below / "wikiann" / name).write_bytes(card.encode(errors="replace"))
    survives(below, "wikiann jsonl", b'{"tokens": ["a"], "ner_tags": [5]}\n')
    shutil.rmtree(below)
