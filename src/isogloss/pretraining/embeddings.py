"""First values of a multilingual embedding table: subwords that translate each other begin as neighbours.

Each subword is described by the subwords to its left and right, translated into one pivot language; what has
a translation is also described by the contexts of that translation. Positive pointwise mutual information and
a truncated singular value decomposition make vectors of the descriptions (Levy and Goldberg 2014, sections
3.2 and 3.3; context distribution smoothing as in Levy, Goldberg and Dagan 2015, section 3.1). A model that
starts there has its languages in one space before its first update, which random values only reach after much
training.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from isogloss.modeling.encoding import Integers
from isogloss.pretraining.alignment import choose_pivot, link_counts, translation_table
from isogloss.pretraining.masking import EncodedCorpus, SubwordIds
from isogloss.pretraining.settings import PretrainSettings

OFFSETS = (-2, -1, 1, 2)
"""Places of the context, each a space of its own, since word order tells word classes apart."""

MAX_CONTEXTS = 8000
MIN_CONTEXT_COUNT = 20.0
MIN_LINKS, MIN_LINKS_ALL = 3.0, 5.0
"""Links that a subword needs to be translated, by one language's table and by that of all languages."""

SMOOTHING = 0.75
N_POWER_ITERATIONS = 3
OVERSAMPLING = 30


def aligned_embeddings(
    corpus: EncodedCorpus, ids: SubwordIds, settings: PretrainSettings
) -> NDArray[np.float32]:
    """Vectors of unit length, close for subwords of like use in any language.

    Parameters
    ----------
    corpus : EncodedCorpus
        With parallel rows.
    ids : SubwordIds
    settings : PretrainSettings
        Texts of language l weigh (number of subwords) ** (`sampling_exponent` - 1).

    Returns
    -------
    array of float32, shape (n_ids, width)
        Zero for subwords about which nothing is known.
    """
    from scipy.sparse import hstack

    contexts = _translated_contexts(corpus, ids, settings.sampling_exponent)
    features = hstack(contexts).tocsc()
    totals = np.asarray(features.sum(axis=0)).ravel()
    frequent = np.argsort(-totals, kind="stable")[:MAX_CONTEXTS]
    chosen = features[:, frequent[totals[frequent] > MIN_CONTEXT_COUNT]].tocsr()
    rng = np.random.default_rng([settings.seed, 5])
    vectors = _truncated_svd(_positive_pmi(chosen), settings.width, rng)
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    unit = np.where(lengths > 1e-6, vectors / np.maximum(lengths, 1e-6), 0.0)
    return unit.astype(np.float32)


def _translated_contexts(corpus: EncodedCorpus, ids: SubwordIds, exponent: float) -> list[Any]:
    """For each offset, counts of (subword, pivot subword at that offset)."""
    from scipy.sparse import csr_array, diags_array

    n = ids.n_ids
    pivot = choose_pivot(corpus.parallel)
    tables, shared = _translations(corpus, pivot, n)
    total = [csr_array((n, n)) for _ in OFFSETS]
    of_pivot = total
    for language, texts in _running_text(corpus).items():
        flat = np.concatenate([np.concatenate([[ids.cls], text, [ids.sep]]) for text in texts])
        weight = (len(flat) / 1e5) ** (exponent - 1)
        counts = [_context_counts(flat, offset, weight, n) for offset in OFFSETS]
        if language == pivot:
            of_pivot = counts
        else:
            into_pivot = _or_itself(tables.get(language, shared))
            counts = [(one @ into_pivot).tocsr() for one in counts]
        total = [(a + b).tocsr() for a, b in zip(total, counts, strict=True)]
    seen, seen_pivot = (
        np.asarray(sum(one.sum(axis=1) for one in counts)).ravel() for counts in (total, of_pivot)
    )
    borrowed = diags_array(seen) @ shared @ diags_array(1.0 / np.maximum(seen_pivot, 1.0))
    return [(a + borrowed @ b).tocsr() for a, b in zip(total, of_pivot, strict=True)]


def _translations(corpus: EncodedCorpus, pivot: str, n: int) -> tuple[dict[str, Any], Any]:
    """Tables of translations into the pivot: of each language, and of all of them together."""
    from scipy.sparse import csr_array

    others = sorted({language for row in corpus.parallel for language in row} - {pivot})
    links = {language: link_counts(corpus.parallel, language, pivot, n) for language in others}
    tables = {language: translation_table(counts, MIN_LINKS) for language, counts in links.items()}
    return tables, translation_table(sum(links.values(), csr_array((n, n))), MIN_LINKS_ALL)


def _running_text(corpus: EncodedCorpus) -> dict[str, list[Integers]]:
    """Texts of each language; of languages that have none, their sides of the parallel rows."""
    texts = {language: list(of) for language, of in corpus.texts.items() if of}
    languages = {language for row in corpus.parallel for language in row} - set(texts)
    for language in sorted(languages):
        texts[language] = [row[language] for row in corpus.parallel if language in row]
    return texts


def _or_itself(table: Any) -> Any:
    """Translate what has a translation, and keep the rest: names and numbers are their own."""
    from scipy.sparse import diags_array

    untranslated = np.asarray(table.sum(axis=1)).ravel() == 0
    return (table + diags_array(untranslated.astype(float))).tocsr()


def _context_counts(flat: Integers, offset: int, weight: float, n: int) -> Any:
    from scipy.sparse import csr_array

    centre, context = (flat[:-offset], flat[offset:]) if offset > 0 else (flat[-offset:], flat[:offset])
    return csr_array((np.full(len(centre), weight), (centre, context)), shape=(n, n))


def _positive_pmi(counts: Any) -> Any:
    from scipy.sparse import csr_array

    by_subword = np.asarray(counts.sum(axis=1)).ravel()
    by_context = np.asarray(counts.sum(axis=0)).ravel() ** SMOOTHING
    by_context /= by_context.sum()
    cells = counts.tocoo()
    row, column = cells.coords
    value = np.log(np.maximum(cells.data, 1e-12) / by_subword[row] / by_context[column])
    positive = value > 0
    return csr_array(
        (value[positive].astype(np.float32), (row[positive], column[positive])), shape=counts.shape
    )


def _truncated_svd(matrix: Any, width: int, rng: np.random.Generator) -> NDArray[np.float32]:
    """Left singular vectors times the square roots of the singular values.

    References
    ----------
    Halko, Martinsson and Tropp (2011), algorithm 4.4.
    """
    n_columns = min(width + OVERSAMPLING, *matrix.shape)
    sketch = matrix @ rng.standard_normal((matrix.shape[1], n_columns)).astype(np.float32)
    for _ in range(N_POWER_ITERATIONS):
        sketch = matrix @ (matrix.T @ np.linalg.qr(sketch)[0])
    basis = np.linalg.qr(sketch)[0]
    left, values, _ = np.linalg.svd((matrix.T @ basis).T, full_matrices=False)
    vectors = np.zeros((matrix.shape[0], width), dtype=np.float32)
    n_kept = min(width, len(values))
    vectors[:, :n_kept] = (basis @ left)[:, :n_kept] * np.sqrt(values[:n_kept])
    return vectors
