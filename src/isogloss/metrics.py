"""Metrics: corpus value, and the counts of each example from which any resample's value follows.

Every metric here is one ratio of sums over examples, ``2 * hits / (predicted + gold)``: F1 as it stands, and
accuracy where predicted and gold both count all units. A bootstrap over examples therefore sums counts and
never scores again.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

import numpy as np
from numpy.typing import ArrayLike, NDArray

from isogloss.errors import DataError, closest

Counts = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class MetricResult:
    """Result of a metric.

    Parameters
    ----------
    metric : str
    value : float
        Corpus value in [0, 1].
    hits, predicted, gold : ndarray of int, shape (example,)
        Units that are right, that were predicted, and that are in the gold standard; a unit is an example
        (`accuracy`), a word (`word_accuracy`) or an entity (`entity_f1`).
    """

    metric: str
    value: float
    hits: Counts
    predicted: Counts
    gold: Counts

    @property
    def n_units(self) -> int:
        """Number of units in the gold standard: sentences, words or entities."""
        return int(self.gold.sum())

    def resampled(self, examples: NDArray[np.integer]) -> NDArray[np.float64]:
        """Corpus value of other samples of these examples.

        Parameters
        ----------
        examples : ndarray of int, shape (..., n)
            Indices of examples; each may occur any number of times.

        Returns
        -------
        ndarray of float, shape (...)
        """
        return _ratio(*(counts[examples].sum(axis=-1) for counts in (self.hits, self.predicted, self.gold)))


def accuracy(gold: ArrayLike, predicted: ArrayLike, labels: Sequence[str] = ()) -> MetricResult:
    """Share of examples whose class is right.

    Parameters
    ----------
    gold, predicted : array_like of int, shape (example,)
        Class indices.
    labels : sequence of str
        Not used; every metric is called alike.

    Raises
    ------
    DataError
        If there are no examples or the lengths differ.
    """
    truth, guess = np.asarray(gold), np.asarray(predicted)
    _same_length(len(truth), len(guess), "examples")
    ones = np.ones(len(truth), dtype=np.int64)
    return _result("accuracy", (truth == guess).astype(np.int64), ones, ones)


def word_accuracy(
    gold: Sequence[Sequence[int]], predicted: Sequence[Sequence[int]], labels: Sequence[str] = ()
) -> MetricResult:
    """Share of words whose label is right, over all words of all sentences.

    Parameters
    ----------
    gold, predicted : sequence of sequence of int
        Label indices, one sequence a sentence.
    labels : sequence of str
        Not used; every metric is called alike.

    Raises
    ------
    DataError
        If there are no words or the lengths differ.
    """
    words = _flatten(gold, predicted)
    right = _per_sentence(words.gold == words.predicted, words)
    return _result("word_accuracy", right, words.lengths, words.lengths)


def entity_f1(
    gold: Sequence[Sequence[int]], predicted: Sequence[Sequence[int]], labels: Sequence[str]
) -> MetricResult:
    """F1 over entities: an entity is right if its type, first and last word are.

    Invalid sequences are read as the CoNLL script and seqeval's default mode do: an entity begins at every B-
    tag, and at an I- tag that follows O or another type; it ends before the next word that is O or begins
    one. The value is 0 where neither side has an entity. In IOBES and BILOU an entity also begins at S- and
    U-, and ends at E-, L-, S- and U-.

    Parameters
    ----------
    gold, predicted : sequence of sequence of int
        Label indices, one sequence a sentence.
    labels : sequence of str
        ``O``, ``B-<type>`` and ``I-<type>``, or the labels of IOBES or BILOU, in the order of the indices.
        Without types, all entities are of one.

    Raises
    ------
    DataError
        If there are no words, the lengths differ, or a label is not in BIO form.

    References
    ----------
    Tjong Kim Sang and De Meulder (2003), section 2.3; seqeval 1.2.2, ``metrics.f1_score``.
    """
    words = _flatten(gold, predicted)
    true, true_types, true_ends = _entities(words.gold, words, labels)
    guess, types, ends = _entities(words.predicted, words, labels)
    hits = true & guess & (true_types == types) & (true_ends == ends)
    return _result("entity_f1", *(_per_sentence(flags, words) for flags in (hits, guess, true)))


def macro_f1(gold: Sequence[Sequence[int]], predicted: Sequence[Sequence[int]]) -> float:
    """Mean over labels of the F1 of each, over all words of all sentences.

    Labels that occur on neither side are left out: treebanks do not use every tag. No ratio of sums over
    examples, so it is reported next to `word_accuracy` and is not an entry of `METRICS`.

    Parameters
    ----------
    gold, predicted : sequence of sequence of int
        Label indices, one sequence a sentence.

    Raises
    ------
    DataError
        If there are no words or the lengths differ.

    References
    ----------
    scikit-learn, ``metrics.f1_score`` with ``average="macro"`` and its default labels.
    """
    words = _flatten(gold, predicted)
    n_labels = int(max(words.gold.max(), words.predicted.max())) + 1
    true, guess = (np.bincount(side, minlength=n_labels) for side in (words.gold, words.predicted))
    hits = np.bincount(words.gold[words.gold == words.predicted], minlength=n_labels)
    return float(_ratio(hits, guess, true)[true + guess > 0].mean())


Metric = Callable[..., MetricResult]
METRICS: Mapping[str, Metric] = {"accuracy": accuracy, "word_accuracy": word_accuracy, "entity_f1": entity_f1}


def chance(metric: str, gold: Sequence[int] | Sequence[Sequence[int]]) -> float:
    """Score of the best constant prediction on these examples.

    Parameters
    ----------
    metric : str
        A name in `METRICS`.
    gold : sequence of int, or of sequence of int
        As the metric takes it.

    Returns
    -------
    float
        Share of the majority class or of the most frequent tag; 0 for entities, because a constant
        prediction of ``O`` finds none.

    Raises
    ------
    DataError
        If there is no such metric or there are no examples.
    """
    if metric not in METRICS:
        raise DataError(f"no metric '{metric}'", allowed=closest(metric, METRICS))
    if metric == "entity_f1":
        return 0.0
    nested = metric == "word_accuracy"
    flat = np.fromiter(chain.from_iterable(gold) if nested else gold, dtype=np.int64)  # type: ignore[arg-type]
    _same_length(len(flat), len(flat), "words" if nested else "examples")
    return float(np.bincount(flat).max() / len(flat))


@dataclass(frozen=True, eq=False)
class _Words:
    """Two labellings of all words in one row, and where sentences begin."""

    gold: Counts
    predicted: Counts
    lengths: Counts
    is_first: NDArray[np.bool_]


def _flatten(gold: Sequence[Sequence[int]], predicted: Sequence[Sequence[int]]) -> _Words:
    _same_length(len(gold), len(predicted), "sentences")
    lengths = np.fromiter(map(len, gold), dtype=np.int64, count=len(gold))
    other = np.fromiter(map(len, predicted), dtype=np.int64, count=len(gold))
    for index in np.flatnonzero(lengths != other)[:1]:
        raise DataError(
            f"{other[index]} predicted labels for {lengths[index]} words",
            where=f"sentence {index}",
            allowed="one a word",
        )
    n_words = int(lengths.sum())
    _same_length(n_words, n_words, "words")
    is_first = np.zeros(n_words + 1, dtype=np.bool_)
    is_first[np.cumsum(lengths) - lengths] = True
    return _Words(
        np.fromiter(chain.from_iterable(gold), dtype=np.int64, count=n_words),
        np.fromiter(chain.from_iterable(predicted), dtype=np.int64, count=n_words),
        lengths,
        is_first[:n_words],
    )


def _entities(
    indices: Counts, words: _Words, labels: Sequence[str]
) -> tuple[NDArray[np.bool_], Counts, Counts]:
    """For each word: whether an entity begins there, its type, and the word after the entity's last."""
    starts_one, ends_one, type_of = _bio(labels)
    types = type_of[indices]
    before = np.where(words.is_first | np.roll(ends_one[indices], 1), -1, np.roll(types, 1))
    inside = types >= 0
    begins = inside & (starts_one[indices] | (types != before))
    # The next boundary at or after each following word, found from the right.
    stops = np.append(
        np.where(begins | ~inside | words.is_first, np.arange(len(types)), len(types)), len(types)
    )
    ends = np.minimum.accumulate(stops[::-1])[::-1][1:]
    return begins, types, ends


def _bio(labels: Sequence[str]) -> tuple[NDArray[np.bool_], NDArray[np.bool_], Counts]:
    """For each label: whether an entity begins there, whether one ends there, and its type (-1 for O)."""
    parts = [("O", "") if label == "O" else _letter_and_type(label) for label in labels]
    types = sorted({kind for letter, kind in parts if letter != "O"})
    number = [-1 if letter == "O" else types.index(kind) for letter, kind in parts]
    begins, ends = (np.array([letter in some for letter, _ in parts]) for some in ("BSU", "ESLU"))
    return begins, ends, np.array(number, dtype=np.int64)


def _letter_and_type(label: str) -> tuple[str, str]:
    letter, _, kind = label.partition("-")
    if letter not in ("B", "I", "E", "S", "L", "U") or (not kind and label != letter):
        raise DataError(
            f"the label '{label}' is not in BIO form",
            allowed="O, B-<type>, I-<type>; E-, S- (IOBES), L-, U- (BILOU); all of them without types too",
            hint="use word_accuracy instead",
        )
    return letter, kind


def _per_sentence(flags: NDArray[np.bool_], words: _Words) -> Counts:
    total = np.concatenate([[0], np.cumsum(flags)])
    last = np.cumsum(words.lengths)
    return np.asarray(total[last] - total[last - words.lengths], dtype=np.int64)


def _same_length(n_gold: int, n_predicted: int, unit: str) -> None:
    if n_gold != n_predicted:
        raise DataError(f"{n_predicted} predictions for {n_gold} {unit}", allowed="one prediction each")
    if n_gold == 0:
        raise DataError(f"no {unit} to score")


def _result(metric: str, hits: Counts, predicted: Counts, gold: Counts) -> MetricResult:
    value = float(_ratio(hits.sum(), predicted.sum(), gold.sum()))
    return MetricResult(metric, value, hits, predicted, gold)


def _ratio(hits: ArrayLike, predicted: ArrayLike, gold: ArrayLike) -> NDArray[np.float64]:
    total = np.add(predicted, gold, dtype=np.float64)
    # Without any entity on either side the value is 0, as in seqeval.
    return np.asarray(np.divide(np.multiply(2.0, hits), total, out=np.zeros_like(total), where=total > 0))
