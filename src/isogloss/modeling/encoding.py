"""Examples to subwords, and subwords to padded batches."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from isogloss.errors import CheckpointError
from isogloss.tasks.base import Example, HeadKind, SentenceExample, WordExample

Integers = NDArray[np.int64]


BATCH_COST = 32
"""Cost of a micro-batch without gradients besides its subwords, in subwords: some hundred calls."""


@dataclass(frozen=True, slots=True)
class Encoded:
    """One input of the encoder: an example, or one window of a long one.

    Parameters
    ----------
    example : int
        Place in the sequence of examples.
    row : int
        The example's row in its file, for messages.
    subwords : array of int64, shape (subword,)
    segments : array of int64, shape (subword,), or None
    positions : array of int64, shape (unit,)
        Subword whose state is classified: the first one for a sentence, the first of each word for words. A
        word without a subword of its own is classified at the subword before it (see `split_at_words`).
    units : array of int64, shape (unit,)
        Number of the word within its example; 0 for a sentence.
    labels : array of int64, shape (unit,)
    """

    example: int
    row: int
    subwords: Integers
    segments: Integers | None
    positions: Integers
    units: Integers
    labels: Integers

    def __len__(self) -> int:
        return len(self.subwords)


@dataclass(frozen=True)
class EncodedExamples:
    """Encoded examples and what the length limit did to them.

    Parameters
    ----------
    inputs : tuple of Encoded
    n_truncated : int
        Examples that lost subwords to the length limit.
    n_windowed : int
        Examples that were cut into overlapping windows instead.
    """

    inputs: tuple[Encoded, ...]
    n_truncated: int = 0
    n_windowed: int = 0


@dataclass(frozen=True)
class Batch:
    """Padded tensors of one micro-batch; `unit` runs over all classified sentences or words in it.

    `first_only` says that each input has one unit, at its first subword.
    """

    inputs: tuple[Encoded, ...]
    subword_ids: Tensor
    mask: Tensor
    segment_ids: Tensor | None
    unit_rows: Tensor
    unit_positions: Tensor
    labels: Tensor
    first_only: bool = False


def encode(
    examples: Sequence[Example], tokenizer: Any, head: HeadKind, *, max_length: int, windows: bool
) -> EncodedExamples:
    """Encode all examples.

    Parameters
    ----------
    examples : sequence of Example
    tokenizer : transformers.PreTrainedTokenizerFast
    head : {"sentence", "word"}
    max_length : int
        In subwords, special ones included.
    windows : bool
        Cut long sentences of words into windows so that every word is classified exactly once (evaluation),
        instead of dropping the words beyond the limit (training). Sentence tasks are always truncated,
        longest sentence first.
    """
    if head == "sentence":
        return _encode_sentences([_expect(SentenceExample, x) for x in examples], tokenizer, max_length)
    return _encode_words([_expect(WordExample, x) for x in examples], tokenizer, max_length, windows)


def _expect(kind: type[Any], example: Example) -> Any:
    if not isinstance(example, kind):
        raise TypeError(f"expected {kind.__name__}, got {type(example).__name__} (row {example.row})")
    return example


def _encode_sentences(
    examples: Sequence[SentenceExample], tokenizer: Any, max_length: int
) -> EncodedExamples:
    encoded: list[Encoded | None] = [None] * len(examples)
    n_truncated = 0
    for paired in (False, True):
        chosen = [i for i, example in enumerate(examples) if (example.text_b is not None) == paired]
        if not chosen:
            continue
        texts = [[examples[i].text_a for i in chosen]]
        if paired:
            texts.append([str(examples[i].text_b) for i in chosen])
        found, n_long = _truncated(texts, tokenizer, max_length)
        n_truncated += n_long
        segments = found.get("token_type_ids")
        for at, i in enumerate(chosen):
            encoded[i] = Encoded(
                example=i,
                row=examples[i].row,
                subwords=_not_empty(np.array(found["input_ids"][at], dtype=np.int64), tokenizer),
                segments=None if segments is None else np.array(segments[at] or [0], dtype=np.int64),
                positions=_ZERO,
                units=_ZERO,
                labels=np.array([examples[i].label], dtype=np.int64),
            )
    return EncodedExamples(tuple(one for one in encoded if one is not None), n_truncated=n_truncated)


def _truncated(texts: Sequence[Sequence[str]], tokenizer: Any, max_length: int) -> tuple[Any, int]:
    """Subwords of sentences or pairs within the limit, and how many were over it.

    The tokenizer's own truncation keeps what it cuts off, of pairs every piece of one sentence with every
    piece of the other: two texts of ten thousand words take more memory than there is.
    """
    found = tokenizer(*texts, verbose=False)
    long = [at for at, ids in enumerate(found["input_ids"]) if len(ids) > max_length]
    for at in long:
        kept = _within(found.sequence_ids(at), max_length, from_left=tokenizer.truncation_side == "left")
        for key in {"input_ids", "token_type_ids"} & set(found):
            found[key][at] = [found[key][at][place] for place in kept]
    return found, len(long)


def _within(sides: Sequence[int | None], max_length: int, *, from_left: bool) -> list[int]:
    """Places left after cutting the longer sentence first; `sides` is None at special subwords."""
    places = [[at for at, side in enumerate(sides) if side == which] for which in (0, 1)]
    room = max(0, max_length - sides.count(None))
    shorter, longer = sorted(places, key=len)
    n_shorter = min(len(shorter), room // 2)
    kept = {at for at, side in enumerate(sides) if side is None}
    for side, n_kept in ((shorter, n_shorter), (longer, room - n_shorter)):
        kept.update(side[len(side) - min(n_kept, len(side)) :] if from_left else side[:n_kept])
    return sorted(kept)


_ZERO: Integers = np.zeros(1, dtype=np.int64)


def _frame(tokenizer: Any) -> tuple[list[int], list[int]]:
    """Special subwords before and after a single sentence."""
    for text in _PLAIN_TEXTS:
        framed = tokenizer(text, return_special_tokens_mask=True)
        own = np.flatnonzero(np.array(framed["special_tokens_mask"]) == 0)
        if len(own):
            ids: list[int] = framed["input_ids"]
            return ids[: own[0]], ids[own[-1] + 1 :]
    raise CheckpointError(f"the tokenizer has no subword for any of {', '.join(_PLAIN_TEXTS)}")


_PLAIN_TEXTS = ("a", "1", ".", "я", "ا", "字")
"""One of these is in any vocabulary."""


def _not_empty(subwords: Integers, tokenizer: Any) -> Integers:
    """The unknown subword where a tokenizer without special subwords leaves nothing of a text."""
    if len(subwords):
        return subwords
    unknown = (tokenizer.unk_token_id, tokenizer.mask_token_id, tokenizer.pad_token_id)
    return np.array([next(one for one in unknown if one is not None)], dtype=np.int64)


def _encode_words(
    examples: Sequence[WordExample], tokenizer: Any, max_length: int, windows: bool
) -> EncodedExamples:
    opening, closing = _frame(tokenizer)
    room = max_length - len(opening) - len(closing)
    if room < 1:
        raise CheckpointError(f"no room for words between {tokenizer.__class__.__name__}'s special subwords")
    with_segments = "token_type_ids" in tokenizer.model_input_names
    inputs: list[Encoded] = []
    n_truncated = n_windowed = 0
    split = split_at_words([example.words for example in examples], tokenizer, longest_word=room)
    for i, (example, (body, ends)) in enumerate(zip(examples, split, strict=True)):
        n_words = len(example.words)
        if ends[-1] <= room:
            cuts = [(0, n_words, 0, n_words)]
        elif windows:
            cuts = list(_windows(ends, room))
            n_windowed += 1
        else:
            fitting = int(np.searchsorted(ends, room, side="right")) - 1
            cuts = [(0, fitting, 0, fitting)]
            n_truncated += 1
        for start, stop, first, last in cuts:
            framed = [*opening, *body[ends[start] : ends[stop]], *closing]
            subwords = _not_empty(np.array(framed, dtype=np.int64), tokenizer)
            before = ends[first:last] - (ends[first + 1 : last + 1] == ends[first:last])
            inputs.append(
                Encoded(
                    example=i,
                    row=example.row,
                    subwords=subwords,
                    segments=np.zeros_like(subwords) if with_segments else None,
                    positions=np.maximum(before - ends[start] + len(opening), 0),
                    units=np.arange(first, last),
                    labels=np.array(example.labels[first:last], dtype=np.int64),
                )
            )
    return EncodedExamples(tuple(inputs), n_truncated, n_windowed)


def split_at_words(
    sentences: Sequence[Sequence[str]], tokenizer: Any, *, longest_word: int | None = None
) -> Iterator[tuple[Integers, Integers]]:
    """Split sentences of given words into subwords, and count the subwords of each word.

    The tokenizer reads the running text: the words of a sentence with one space between any two. Whatever it
    does at spaces, in front of the first word and across words, it does here as well. A subword belongs to
    the first word that has not ended where the subword starts, so a space belongs to the word behind it. A
    word in which no subword starts (the tokenizer deletes it, or a subword runs over its whole length) has
    none of its own.

    Parameters
    ----------
    sentences : sequence of sequence of str
    tokenizer : transformers.PreTrainedTokenizerFast
    longest_word : int, optional
        Drop the subwords of a word beyond so many.

    Yields
    ------
    subwords : array of int64, shape (subword,)
        Special subwords left out.
    ends : array of int64, shape (word + 1,)
        Subwords before each word, and in all.
    """
    for at in range(0, len(sentences), _SENTENCES_AT_ONCE):
        chunk = sentences[at : at + _SENTENCES_AT_ONCE]
        texts = [" ".join(words) for words in chunk]
        encoded = tokenizer(texts, add_special_tokens=False, verbose=False).encodings
        for words, one in zip(chunk, encoded, strict=True):
            stops = np.cumsum([len(word) + 1 for word in words], dtype=np.int64) - 1
            starts = np.array([start for start, _ in one.offsets], dtype=np.int64)
            owners = np.minimum(np.searchsorted(stops, starts, side="right"), len(words) - 1)
            # Pieces of one character, or of one that a normaliser moved, keep the order of the text.
            owners = np.maximum.accumulate(owners)
            subwords = np.array(one.ids, dtype=np.int64)
            if longest_word is not None:
                firsts = np.searchsorted(owners, owners)
                kept = np.arange(len(owners)) - firsts < longest_word
                subwords, owners = subwords[kept], owners[kept]
            yield subwords, np.searchsorted(owners, np.arange(len(words) + 1)).astype(np.int64)


_SENTENCES_AT_ONCE = 1000
"""Whose offsets are in memory together."""


def _windows(ends: NDArray[Any], room: int) -> Iterator[tuple[int, int, int, int]]:
    """Cut a long sentence into windows of at most `room` subwords.

    Yields (start, stop, first, last): the window covers words start to stop and classifies words first to
    last. Where windows overlap, a word is classified in the one that gives it up to room / 4 subwords of
    context on either side.

    Parameters
    ----------
    ends : array of int, shape (word + 1,)
        Subwords before each word, and in all.
    """
    n_words, margin = len(ends) - 1, room // 4
    start = first = 0
    while True:
        stop = int(np.searchsorted(ends, ends[start] + room, side="right")) - 1
        if stop == n_words:
            yield start, stop, first, n_words
            return
        last = int(np.searchsorted(ends, ends[stop] - margin, side="right")) - 1
        last = last if last > first else stop
        yield start, stop, first, last
        first = last
        start = max(start + 1, int(np.searchsorted(ends, ends[first] - margin, side="left")))
        start = min(start, first)


def split_by_budget(
    inputs: Sequence[Encoded], max_subwords_per_batch: int, *, batch_cost: int = BATCH_COST
) -> list[list[int]]:
    """Split inputs into the micro-batches that are computed soonest.

    Padding costs time, and so does every further micro-batch. Of all ways to cut the inputs, sorted by
    length, the one of least cost is found by dynamic programming.

    Parameters
    ----------
    inputs : sequence of Encoded
    max_subwords_per_batch : int
        Largest micro-batch in subwords, padding included; a longer input is a micro-batch of its own.
    batch_cost : int
        What a micro-batch costs besides its subwords, in subwords.

    Returns
    -------
    list of list of int
        Places in `inputs`, longest inputs first.
    """
    lengths = np.array([len(one) for one in inputs], dtype=np.int64)
    order = np.argsort(-lengths, kind="stable")
    costs = np.zeros(len(inputs) + 1, dtype=np.int64)
    costs[1:] = np.iinfo(np.int64).max
    starts = np.zeros(len(inputs) + 1, dtype=np.int64)
    for start, longest in enumerate(lengths[order]):
        n_most = min(max(1, max_subwords_per_batch // int(longest)), len(inputs) - start)
        found = costs[start] + batch_cost + longest * np.arange(1, n_most + 1)
        stops = slice(start + 1, start + 1 + n_most)
        starts[stops] = np.where(found < costs[stops], start, starts[stops])
        costs[stops] = np.minimum(found, costs[stops])
    batches: list[list[int]] = []
    stop = len(inputs)
    while stop:
        batches.append(order[starts[stop] : stop].tolist())
        stop = int(starts[stop])
    return batches[::-1]


def collate(inputs: Sequence[Encoded], padding_id: int, device: torch.device) -> Batch:
    """Pad inputs to the longest and move them to `device`."""
    lengths = np.array([len(one) for one in inputs])
    shape = (len(inputs), int(lengths.max()))
    mask = np.arange(shape[1]) < lengths[:, None]
    ids = np.full(shape, padding_id, dtype=np.int64)
    ids[mask] = np.concatenate([one.subwords for one in inputs])
    segments = None
    given = [one.segments for one in inputs if one.segments is not None]
    if len(given) == len(inputs):
        segments = np.zeros(shape, dtype=np.int64)
        segments[mask] = np.concatenate(given)
    rows = np.repeat(np.arange(len(inputs)), [len(one.positions) for one in inputs])

    def tensor(array: NDArray[Any]) -> Tensor:
        return torch.from_numpy(array).to(device, non_blocking=True)

    return Batch(
        inputs=tuple(inputs),
        subword_ids=tensor(ids),
        mask=tensor(mask),
        segment_ids=None if segments is None else tensor(segments),
        unit_rows=tensor(rows),
        unit_positions=tensor(np.concatenate([one.positions for one in inputs])),
        labels=tensor(np.concatenate([one.labels for one in inputs])),
        first_only=all(len(one.positions) == 1 and one.positions[0] == 0 for one in inputs),
    )
