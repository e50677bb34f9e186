"""Inputs of masked language modelling: drawing texts, joining pairs, masking subwords."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from isogloss.modeling.encoding import Encoded, Integers
from isogloss.pretraining.corpora import PretrainingCorpus
from isogloss.pretraining.settings import PretrainSettings
from isogloss.pretraining.vocabulary import language_weights

POOL = 4096
"""Inputs that are drawn and sorted by length together."""

LONGEST_WHOLE_WORD = 4
"""Words of more subwords than this are masked subword by subword."""


@dataclass(frozen=True)
class SubwordIds:
    """Ids that masking needs.

    Parameters
    ----------
    cls, sep, mask : int
    n_ids : int
    n_special : int
        The first so many ids are special subwords.
    begins_word : array of bool, shape (n_ids,)
    """

    cls: int
    sep: int
    mask: int
    n_ids: int
    n_special: int
    begins_word: NDArray[np.bool_]

    @classmethod
    def of(cls, tokenizer: Any) -> SubwordIds:
        """Take the ids from a tokenizer made by `learn_wordpieces`."""
        pieces = tokenizer.convert_ids_to_tokens(range(len(tokenizer)))
        return cls(
            cls=tokenizer.cls_token_id,
            sep=tokenizer.sep_token_id,
            mask=tokenizer.mask_token_id,
            n_ids=len(tokenizer),
            n_special=len(tokenizer.all_special_ids),
            begins_word=np.array([not piece.startswith("##") for piece in pieces]),
        )


@dataclass(frozen=True)
class EncodedCorpus:
    """A corpus as subwords, without special ones.

    Parameters
    ----------
    texts : mapping of str to list of arrays
    pairs : mapping of str to list of pairs of arrays
    parallel : list of mappings of str to array
    unknown_share : float
        Share of subwords that are [UNK].
    """

    texts: Mapping[str, list[Integers]]
    pairs: Mapping[str, list[tuple[Integers, Integers]]]
    parallel: list[dict[str, Integers]]
    unknown_share: float

    @classmethod
    def of(cls, corpus: PretrainingCorpus, tokenizer: Any, max_length: int) -> EncodedCorpus:
        """Encode a corpus; texts over `max_length` are cut into pieces, long pairs lose their ends."""
        backend = tokenizer.backend_tokenizer
        n_unknown = n_all = 0

        def encode(texts: Sequence[str]) -> list[Integers]:
            nonlocal n_unknown, n_all
            encodings = backend.encode_batch(list(texts), add_special_tokens=False)
            found = [np.array(one.ids, dtype=np.int64) for one in encodings]
            n_all += sum(len(ids) for ids in found)
            n_unknown += sum(int((ids == tokenizer.unk_token_id).sum()) for ids in found)
            return found

        room, half = max_length - 2, (max_length - 3) // 2
        texts = {
            language: [ids[at : at + room] for ids in encode(of) for at in range(0, len(ids), room)]
            for language, of in corpus.texts.items()
        }
        pairs = {
            language: [(a[:half], b[:half]) for a, b in zip(*map(encode, zip(*of, strict=True)), strict=True)]
            for language, of in corpus.pairs.items()
        }
        places = [(i, language) for i, row in enumerate(corpus.parallel) for language in sorted(row)]
        flat = encode([corpus.parallel[i][language] for i, language in places])
        parallel: list[dict[str, Integers]] = [{} for _ in corpus.parallel]
        for (i, language), ids in zip(places, flat, strict=True):
            parallel[i][language] = ids[:half]
        return cls(texts, pairs, parallel, n_unknown / max(1, n_all))


class Sampler:
    """Draws masked inputs without end.

    Parameters
    ----------
    corpus : EncodedCorpus
    ids : SubwordIds
    settings : PretrainSettings
        What is masked, how often languages are drawn, and the share of subwords that come from parallel rows,
        two languages joined (translation language modelling).
    rng : numpy.random.Generator
    """

    def __init__(
        self, corpus: EncodedCorpus, ids: SubwordIds, settings: PretrainSettings, rng: np.random.Generator
    ) -> None:
        self.corpus, self.ids, self.settings, self.rng = corpus, ids, settings, rng
        kinds: dict[str, Mapping[str, Sequence[Any]]] = {"text": corpus.texts, "pair": corpus.pairs}
        sources = {(kind, language): of for kind, each in kinds.items() for language, of in each.items()}
        sizes = {source: len(of) for source, of in sources.items()}
        weights = language_weights(sizes, settings.sampling_exponent)
        self._sources = [sources[source] for source in weights]
        self._weights = np.array(list(weights.values()))
        self._cumulated = self._weights.cumsum() / self._weights.sum()
        self._p_parallel = self._probability_of_parallel(settings.parallel_share)

    def updates(self, subwords_per_update: int) -> Iterator[list[Encoded]]:
        """Masked inputs of like length, up to `subwords_per_update` of them with padding."""
        while True:
            pool = sorted((self._draw() for _ in range(POOL)), key=lambda one: len(one[0]))
            groups: list[list[tuple[Integers, Integers]]] = [[]]
            for one in pool:
                if groups[-1] and (len(groups[-1]) + 1) * len(one[0]) > subwords_per_update:
                    groups.append([])
                groups[-1].append(one)
            for place in self.rng.permutation(len(groups)):
                yield [self._masked(*one) for one in groups[place]]

    def _probability_of_parallel(self, share: float) -> float:
        """Chance of drawing a parallel row such that `share` of all subwords are in such rows."""
        if not self.corpus.parallel or not self._sources:
            return 1.0 if self.corpus.parallel else 0.0
        parallel = float(np.mean([len(ids) for row in self.corpus.parallel for ids in row.values()])) * 2 + 3
        lengths = [np.mean([len(self._joined(one)[0]) for one in of[:1000]]) for of in self._sources]
        other = float(np.dot(lengths, self._weights))
        return (share / parallel) / (share / parallel + (1 - share) / other)

    def _draw(self) -> tuple[Integers, Integers]:
        rng = self.rng
        if rng.random() < self._p_parallel:
            row = self.corpus.parallel[rng.integers(len(self.corpus.parallel))]
            languages = list(row)
            first, second = rng.permutation(len(languages))[:2]
            return self._joined((row[languages[first]], row[languages[second]]))
        of = self._sources[self._cumulated.searchsorted(rng.random(), side="right")]
        one = of[int(rng.integers(len(of)))]
        if isinstance(one, tuple) and rng.random() < 0.5:
            one = one[::-1]
        return self._joined(one)

    def _joined(self, texts: Any) -> tuple[Integers, Integers]:
        """Subwords with special ones, and segments."""
        cls, sep = [self.ids.cls], [self.ids.sep]
        if not isinstance(texts, tuple):
            ids = np.concatenate([cls, texts, sep])
            return ids, np.zeros(len(ids), dtype=np.int64)
        ids = np.concatenate([cls, texts[0], sep, texts[1], sep])
        segments = np.zeros(len(ids), dtype=np.int64)
        segments[len(texts[0]) + 2 :] = 1
        return ids, segments

    def _masked(self, subwords: Integers, segments: Integers) -> Encoded:
        common = self._common_of_one_side(subwords, segments)
        chosen = np.flatnonzero(self._chosen(subwords, self._shares(segments, common)))
        labels = subwords[chosen]
        fate = self.rng.random(len(chosen))
        replaced = subwords.copy()
        replaced[chosen[fate < 0.8]] = self.ids.mask
        random = chosen[(fate >= 0.8) & (fate < 0.9)]
        replaced[random] = self.rng.integers(self.ids.n_special, self.ids.n_ids, size=len(random))
        if self.rng.random() < self.settings.shuffle_share:
            recalled = chosen[common[chosen]]
            replaced[recalled] = self.rng.permutation(subwords[recalled])
        return Encoded(
            example=0,
            row=0,
            subwords=replaced,
            segments=segments,
            positions=chosen,
            units=np.zeros(len(chosen), dtype=np.int64),
            labels=labels,
        )

    def _common_of_one_side(self, subwords: Integers, segments: Integers) -> NDArray[np.bool_]:
        """Subwords of one side of a pair, drawn at random, that stand on the other side too."""
        if self.settings.recall_share is None or not segments.any():
            return np.zeros(len(subwords), dtype=np.bool_)
        side = segments == self.rng.integers(2)
        ordinary = subwords >= self.ids.n_special
        on_other = np.zeros(self.ids.n_ids, dtype=np.bool_)
        on_other[subwords[~side]] = True
        return np.asarray(side & ordinary & on_other[subwords], dtype=np.bool_)

    def _shares(self, segments: Integers, common: NDArray[np.bool_]) -> NDArray[np.float64]:
        """Chance of every subword to be chosen."""
        shares = np.full(len(segments), self.settings.mlm_probability)
        if self.settings.recall_share is not None and common.any():
            shares[segments != segments[common.argmax()]] = self.settings.mlm_probability / 2
            shares[common] = self.settings.recall_share
        return shares

    def _chosen(self, subwords: Integers, shares: NDArray[np.float64]) -> NDArray[np.bool_]:
        """Which subwords to predict: no special ones, at least one of the others."""
        ordinary = subwords >= self.ids.n_special
        if not ordinary.any():
            return ordinary
        draws = self.rng.random(len(subwords))
        if self.settings.whole_words:
            word = np.cumsum(self.ids.begins_word[subwords] | ~ordinary)
            short = np.bincount(word)[word] <= LONGEST_WHOLE_WORD
            draws = np.where(short, self.rng.random(word[-1] + 1)[word], draws)
        chosen = ordinary & (draws < shares)
        return chosen if chosen.any() else ordinary & (draws == draws[ordinary].min())
