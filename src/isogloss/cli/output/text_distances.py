"""Distances between texts, in the terminal."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import click

from isogloss.cli.output.distances import print_matrices
from isogloss.distances import PairMatrix
from isogloss.distances.states import cosine_by_layer
from isogloss.distances.text import TEXT_MEASURES, Corpus
from isogloss.errors import closest
from isogloss.languages import resolve_all

_STATES = "cosine"
"""Metric over an encoder's states, one matrix per layer."""


def compare_texts(
    texts: Sequence[str],
    metrics: Sequence[str],
    style: str,
    *,
    tokenizer: Path | None = None,
    encoder: str | None = None,
    trust_remote_code: bool = False,
) -> None:
    """Print the measures over some texts.

    Parameters
    ----------
    texts : sequence of str
        Each a code and a file, as ``en=en.txt``.
    metrics : sequence of str
        Names of measures; all by default.
    style : str
        ``"table"``, ``"json"`` or ``"csv"``.
    tokenizer : Path, optional
        Folder of a tokenizer.
    encoder : str, optional
        Encoder whose states are compared.
    trust_remote_code : bool
        Whether code of the encoder may be run.
    """
    named = [text.partition("=") for text in texts]
    wrong = [
        whole for whole, (code, sign, path) in zip(texts, named, strict=True) if not (code and sign and path)
    ]
    if wrong:
        raise click.UsageError(f"not CODE=FILE: {', '.join(map(repr, wrong))}; write for example en=en.txt")
    if len(texts) < 2:
        raise click.UsageError("texts are compared with each other: give at least two")
    known = (*TEXT_MEASURES, _STATES)
    for name in metrics:
        if name not in known:
            raise click.UsageError(f"no measure over texts '{name}': {closest(name, known)}")
    if _STATES in metrics and encoder is None:
        raise click.UsageError(f"{_STATES} compares an encoder's states: give --encoder")
    languages = resolve_all(code for code, _, _ in named)
    corpora = [
        Corpus.read(language, Path(path)) for language, (_, _, path) in zip(languages, named, strict=True)
    ]
    if tokenizer is not None:
        from isogloss.modeling.tokenizer_file import subwords_of

        corpora = [replace(corpus, subwords=subwords_of(tokenizer, corpus.lines)) for corpus in corpora]
    wanted = metrics or list(TEXT_MEASURES)
    matrices: list[PairMatrix] = [TEXT_MEASURES[name](corpora) for name in wanted if name != _STATES]
    if encoder is not None and (not metrics or _STATES in metrics):
        from isogloss.inference.sentence_states import sentence_states

        lines = [corpus.lines for corpus in corpora]
        states = sentence_states(encoder, lines, trust_remote_code=trust_remote_code)
        by_language = {corpus.language: array for corpus, array in zip(corpora, states, strict=True)}
        matrices += cosine_by_layer(by_language, source=encoder)
    print_matrices(matrices, style)
