"""Labels for a user's own rows, streamed: a file of any size in, one label a sentence or word out."""

from __future__ import annotations

import csv
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np

from isogloss.errors import CheckpointError, DataError, closest
from isogloss.inference.evaluation import predict
from isogloss.modeling.device import Precision
from isogloss.modeling.encoding import encode
from isogloss.modeling.model import ModelMeta, TransferModel
from isogloss.tasks.base import Example, HeadKind, SentenceExample, WordExample

CHUNK = 2048
"""Inputs in memory at a time."""
TEXT_FIELDS = ("text_a", "text_b")


@dataclass(frozen=True)
class Prediction:
    """Labels of one input.

    Parameters
    ----------
    row : int
        From 0: the row of the file, or the sentence where the input is words.
    words : tuple of str
        Empty for a sentence task.
    labels : tuple of str
        One, or one a word.
    probabilities : ndarray, shape (unit, label)
        Softmax, in the order of the model's labels; a unit is the sentence, or a word.
    """

    row: int
    words: tuple[str, ...]
    labels: tuple[str, ...]
    probabilities: np.ndarray[Any, np.dtype[np.float64]]


def predict_stream(
    model: TransferModel,
    examples: Iterable[Example],
    *,
    precision: Precision = "fp32",
    max_subwords_per_batch: int | None = None,
    counts: Counter[str] | None = None,
) -> Iterator[Prediction]:
    """Label inputs in their order; no more than `CHUNK` of them are in memory.

    Parameters
    ----------
    model : TransferModel
        From `isogloss.load`.
    examples : iterable of Example
        Their own labels are not looked at.
    precision : {"fp32", "bf16"}
    max_subwords_per_batch : int, optional
        Largest batch in subwords, padding included; changes nothing but rounding. What suits the device by
        default.
    counts : Counter, optional
        Filled with ``inputs``, ``truncated`` and ``windowed``.

    Yields
    ------
    Prediction

    Raises
    ------
    CheckpointError
        If the model was not read from a folder, so that its labels are unknown.
    """
    from scipy.special import softmax

    meta = meta_of(model)
    stream = iter(examples)
    while chunk := list(islice(stream, CHUNK)):
        encoded = encode(chunk, model.tokenizer, meta.head, max_length=meta.max_length, windows=True)
        if counts is not None:
            counts.update(inputs=len(chunk), truncated=encoded.n_truncated, windowed=encoded.n_windowed)
        found = predict(
            model,
            encoded.inputs,
            [len(_words(example)) or 1 for example in chunk],
            padding_id=model.tokenizer.pad_token_id,
            max_subwords_per_batch=max_subwords_per_batch,
            precision=precision,
        )
        for example, logits in zip(chunk, found.logits, strict=True):
            labels = tuple(meta.labels[at] for at in logits.argmax(axis=1))
            shares = softmax(logits.astype(np.float64), axis=1)
            yield Prediction(example.row, _words(example), labels, shares)


def meta_of(model: TransferModel) -> ModelMeta:
    """Description of a model in its folder.

    Raises
    ------
    CheckpointError
        If it was not read from one.
    """
    if model.meta is None:
        raise CheckpointError(
            "a model without a description", hint="read it from its folder: isogloss.load(FOLDER)"
        )
    return model.meta


def read_inputs(path: Path, meta: ModelMeta, *, header: bool = False) -> Iterator[Example]:
    """Read unlabelled inputs line by line.

    Parameters
    ----------
    path : Path
        ``.tsv``: one sentence or pair a line, as Python's csv writes it; where the model labels words, one
        word per line and a blank line between sentences. ``.jsonl``: ``text_a`` and ``text_b``, or ``words``.
    meta : ModelMeta
        Of the model that shall label them.
    header : bool
        The first line of the ``.tsv`` names the columns.

    Yields
    ------
    Example
        With label 0 throughout.

    Raises
    ------
    DataError
        For a file that cannot be read, and for a line with other columns than the model reads.
    """
    return _at_least_one(_examples(path, meta, header), path)


def _at_least_one(examples: Iterator[Example], path: Path) -> Iterator[Example]:
    first = next(examples, None)
    if first is None:
        raise DataError("the file holds nothing to label", where=str(path), allowed="at least one row")
    yield first
    yield from examples


def _examples(path: Path, meta: ModelMeta, header: bool) -> Iterator[Example]:
    if path.suffix == ".jsonl":
        return _from_json(path, meta)
    if path.suffix != ".tsv":
        raise DataError(
            f"the ending of '{path.name}' names no format", allowed=closest(path.suffix, [".tsv", ".jsonl"])
        )
    lines = islice(_lines(path), int(header), None)
    return _words_of_lines(lines) if meta.head == "word" else _texts_of_lines(lines, meta.n_texts)


def write_predictions(
    predictions: Iterable[Prediction], labels: Sequence[str], head: HeadKind
) -> Iterator[str]:
    """Lines of a tab-separated table.

    Parameters
    ----------
    predictions : iterable of Prediction
    labels : sequence of str
        The model's, in the order of its classes.
    head : {"sentence", "word"}

    Yields
    ------
    str
        For sentences a header and ``row, label`` with the probability of every label; for words
        ``word, label, probability`` of that label and a blank line between sentences. Without line ends.
    """
    if head == "sentence":
        yield "\t".join(["row", "label", *(f"p({label})" for label in labels)])
        for one in predictions:
            yield "\t".join([str(one.row), one.labels[0], *(f"{p:.6f}" for p in one.probabilities[0])])
        return
    for number, one in enumerate(predictions):
        if number:
            yield ""
        for word, label, shares in zip(one.words, one.labels, one.probabilities, strict=True):
            yield f"{word}\t{label}\t{shares.max():.6f}"


def _words(example: Example) -> tuple[str, ...]:
    return example.words if isinstance(example, WordExample) else ()


def _lines(path: Path) -> Iterator[tuple[str, str]]:
    """Place and text of every line, decoded one at a time."""
    try:
        with path.open("rb") as handle:
            for number, raw in enumerate(handle, start=1):
                place = f"{path}, line {number}"
                try:
                    text = raw.decode("utf-8-sig" if number == 1 else "utf-8")
                except UnicodeDecodeError as error:
                    raise DataError(
                        f"byte 0x{raw[error.start]:02x} is not UTF-8", where=place, allowed="text in UTF-8"
                    ) from None
                yield place, text.rstrip("\r\n")
    except OSError as error:
        raise DataError(f"the file cannot be read: {error.strerror}", where=str(path)) from None


def _texts_of_lines(lines: Iterator[tuple[str, str]], n_texts: int) -> Iterator[SentenceExample]:
    allowed = f"{n_texts} sentence{'s' if n_texts > 1 else ''} a line, in columns divided by a tab, no label"
    for row, (place, line) in enumerate(lines):
        _refuse_blank(line, place)
        try:
            cells = next(csv.reader([line], delimiter="\t", strict=True), [])
        except csv.Error as error:
            raise DataError(
                f"the line cannot be read: {error}",
                where=place,
                allowed="quotes as Python's csv writes them",
                hint='put the whole field in quotes and double the quotes within: "a ""b"" c"',
            ) from None
        if len(cells) != n_texts:
            surplus = f": nothing is known of '{cells[n_texts][:40]}'" if len(cells) > n_texts else ""
            columns = f"{len(cells)} column{'' if len(cells) == 1 else 's'}"
            raise DataError(
                f"{columns} instead of {n_texts}{surplus}",
                where=place,
                allowed=allowed,
                hint=f"keep these columns only, for example: cut -f1-{n_texts}" if surplus else None,
            )
        yield _sentence(row, cells, place)


def _refuse_blank(line: str, place: str) -> None:
    """Rows are numbered by line, so that a blank one is not skipped silently."""
    if not line.strip():
        raise DataError("the line is empty", where=place, allowed="one row per line", hint="remove the line")


def _sentence(row: int, texts: Sequence[str], place: str) -> SentenceExample:
    for number, text in enumerate(texts, start=1):
        if not text.strip():
            raise DataError(f"sentence {number} is empty", where=place, hint="write it or remove the line")
    return SentenceExample(row, texts[0], texts[1] if len(texts) > 1 else None, 0)


def _words_of_lines(lines: Iterator[tuple[str, str]]) -> Iterator[WordExample]:
    row = 0
    words: list[str] = []
    for place, line in lines:
        if "\t" in line:
            raise DataError(
                f"an extra column: '{line.split(chr(9))[1][:40]}'",
                where=place,
                allowed="one word per line and nothing else; a blank line between sentences",
                hint="keep the first column only, for example: cut -f1",
            )
        if line.strip():
            words.append(line)
        elif words:
            yield _sentence_of_words(row, words)
            row, words = row + 1, []
    if words:
        yield _sentence_of_words(row, words)


def _sentence_of_words(row: int, words: Sequence[str]) -> WordExample:
    return WordExample(row, tuple(words), (0,) * len(words))


def _from_json(path: Path, meta: ModelMeta) -> Iterator[Example]:
    fields = TEXT_FIELDS[: meta.n_texts] if meta.head == "sentence" else ("words",)
    for row, (place, line) in enumerate(_lines(path)):
        _refuse_blank(line, place)
        try:
            value = json.loads(line)
        except json.JSONDecodeError as error:
            raise DataError(f"not JSON: {error.msg}", where=f"{place}, column {error.colno}") from None
        given = set(value) if isinstance(value, dict) else set()
        if given != set(fields):
            wrong = ", ".join(sorted(given ^ set(fields))) or type(value).__name__
            raise DataError(
                f"other fields than the model reads: {wrong}",
                where=place,
                allowed=f"an object with {' and '.join(fields)}",
            )
        kind = str if meta.head == "sentence" else list
        for field in fields:
            items = [value[field]] if kind is str else value[field]
            if (
                not isinstance(value[field], kind)
                or not all(isinstance(one, str) for one in items)
                or not items
            ):
                what = "text" if kind is str else "a list of words"
                raise DataError(f"{field} = {str(value[field])[:40]!r} is not {what}", where=place)
        if meta.head == "word":
            for number, word in enumerate(value["words"], start=1):
                if not word.strip():
                    raise DataError(f"word {number} is empty", where=place, hint="correct the sentence")
            yield _sentence_of_words(row, value["words"])
        else:
            yield _sentence(row, [value[field] for field in fields], place)
