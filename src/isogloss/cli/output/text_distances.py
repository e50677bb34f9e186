"""Distances between texts, in the terminal."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import click
import numpy as np
from numpy.typing import NDArray

from isogloss.cli.output.distances import print_matrices, print_notes
from isogloss.distances import PairMatrix
from isogloss.distances.states import cosine_by_layer
from isogloss.distances.text import TEXT_MEASURES, Corpus
from isogloss.errors import DataError, LanguageError, closest
from isogloss.languages import Language, resolve, resolve_all, two_readings

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
    files = _files(texts)
    known = (*TEXT_MEASURES, _STATES)
    unknown = next((name for name in metrics if name not in known), None)
    if unknown is not None:
        raise click.UsageError(f"no measure over texts '{unknown}': {closest(unknown, known)}")
    if _STATES in metrics and encoder is None:
        raise click.UsageError(f"{_STATES} compares an encoder's states: give --encoder")
    languages = resolve_all(code for code, _ in files)
    print_notes(two_readings(languages))
    corpora = [Corpus.read(language, path) for language, (_, path) in zip(languages, files, strict=True)]
    if tokenizer is not None:
        corpora = with_subwords(corpora, tokenizer)
    wanted = metrics or known
    matrices: list[PairMatrix] = [TEXT_MEASURES[name](corpora) for name in wanted if name != _STATES]
    if encoder is not None and _STATES in wanted:
        states = states_by_language(encoder, corpora, trust_remote_code=trust_remote_code)
        matrices += cosine_by_layer(states, source=encoder)
    print_matrices(matrices, style)


def with_subwords(corpora: Sequence[Corpus], tokenizer: Path) -> list[Corpus]:
    """The same texts with the subwords that a tokenizer makes of them."""
    from isogloss.modeling.tokenizer_file import subwords_of

    return [replace(corpus, subwords=subwords_of(tokenizer, corpus.lines)) for corpus in corpora]


def states_by_language(
    encoder: str, corpora: Sequence[Corpus], *, n_lines: int | None = None, trust_remote_code: bool = False
) -> dict[Language, NDArray[np.float32]]:
    """States of the sentences of every text, of the first `n_lines` where that is given."""
    from isogloss.inference.sentence_states import sentence_states

    lines = [corpus.lines[:n_lines] for corpus in corpora]
    states = sentence_states(encoder, lines, trust_remote_code=trust_remote_code)
    return {corpus.language: array for corpus, array in zip(corpora, states, strict=True)}


def texts_by_language(folder: Path, option: str, wanted: Sequence[str] = ()) -> dict[Language, Path]:
    """Files of a folder that are named after languages: ``de.txt``, ``fi.txt``.

    Parameters
    ----------
    folder : Path
    option : str
        Option that names the folder, for messages.
    wanted : sequence of str
        Codes of the languages that there must be; the other files are left out. By default all are taken.

    Raises
    ------
    DataError, LanguageError
        If there is no such folder or no such text, or a file is named after no language, or two after one.
    """
    if not folder.is_dir():
        raise DataError(f"no folder '{folder}'", where=option, allowed="a folder of LANGUAGE.txt")
    files: dict[Language, Path] = {}
    for path in sorted(folder.glob("*.txt")):
        try:
            language = resolve(path.stem)
        except LanguageError as error:
            error.hint = f"name the file after its language, or move it away; {error.hint}"
            raise error.at(str(path)) from None
        if language in files:
            raise DataError(
                f"{files[language].name} and {path.name} are one language, {language.name}",
                where=str(folder),
                hint="keep one",
            )
        files[language] = path
    codes = {resolve(code): code for code in wanted}
    missing = [code for language, code in codes.items() if language not in files]
    if missing or not files:
        raise DataError(
            f"no text of {', '.join(missing) or 'any language'} in '{folder}'",
            where=option,
            allowed="files named after languages: de.txt, fi.txt",
        )
    return {language: path for language, path in files.items() if not codes or language in codes}


def _files(texts: Sequence[str]) -> list[tuple[str, Path]]:
    """Codes and files of texts that are written as ``en=en.txt``."""
    named = [text.partition("=") for text in texts]
    wrong = [repr("".join(parts)) for parts in named if not all(parts)]
    if wrong:
        raise click.UsageError(f"not CODE=FILE: {', '.join(wrong)}; write for example en=en.txt")
    if len(texts) < 2:
        raise click.UsageError("texts are compared with each other: give at least two")
    return [(code, Path(path)) for code, _, path in named]
