"""Natural language inference by a sequence-pair checkpoint: ``nli:MODEL``, a folder or a hub id."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from isogloss.errors import CheckpointError
from isogloss.evidence.documents import Verdict
from isogloss.evidence.retrieval import Index
from isogloss.evidence.verifiers.base import NOT_MEASURED, Options, top_three

NAME = "nli"

Classify = Callable[[Sequence[tuple[str, str]]], NDArray[np.float64]]

ENOUGH = 0.8
"""Probability from which a label counts."""

N_PASSAGES = 10
_VERDICTS = (("entail", "supported"), ("contradict", "contradicted"))


class NliVerifier:
    """The most certain of the nearest sentences and rows decides.

    Parameters
    ----------
    model : str
        Model folder of `isogloss train --task xnli`, or a checkpoint for sequence classification.
    """

    measured = NOT_MEASURED

    def __init__(self, model: str) -> None:
        self.labels, self.classify = _loaded(model)
        names = [next((v for part, v in _VERDICTS if part in label.lower()), "") for label in self.labels]
        if not {"supported", "contradicted"} <= set(names):
            raise CheckpointError(
                f"labels {', '.join(self.labels)}: not a model of natural language inference",
                where=model,
                allowed="labels that contain 'entail' and 'contradict'",
            )
        self.names = names

    def verify(self, claim: str, index: Index) -> Verdict:
        """Premise: the passage; hypothesis: the claim."""
        near = index.search(claim, N_PASSAGES)
        if not near:
            return Verdict("not found", "no passage is near")
        shares = self.classify([(each.quote, claim) for each in near])
        named = [j for j, name in enumerate(self.names) if name]
        share, i, j = max((float(row[j]), i, j) for i, row in enumerate(shares) for j in named)
        if share < ENOUGH:
            return Verdict("related", f"no label reaches {ENOUGH:g}", top_three(None, near))
        return Verdict(self.names[j], f"the model's share is {share:.2f}", top_three(near[i], near))


def _loaded(model: str) -> tuple[Sequence[str], Classify]:
    config = Path(model) / "config.json"
    if not (config.is_file() and '"isogloss"' in config.read_text(encoding="utf-8", errors="replace")):
        from isogloss.modeling.pair_classifier import pair_classifier

        return pair_classifier(model)
    from isogloss.inference.classifier import load
    from isogloss.inference.prediction import meta_of, predict_stream
    from isogloss.tasks.base import SentenceExample

    own = load(model)
    if meta_of(own).n_texts != 2:
        raise CheckpointError(
            "a model that does not read pairs", where=model, allowed="a model of --task xnli"
        )

    def classify(pairs: Sequence[tuple[str, str]]) -> NDArray[np.float64]:
        examples = [SentenceExample(i, a, b, 0) for i, (a, b) in enumerate(pairs)]
        return np.vstack([found.probabilities for found in predict_stream(own, examples)])

    return meta_of(own).labels, classify


def make(options: Options) -> NliVerifier:
    """Load the model of ``nli:MODEL``."""
    if not options.model:
        raise CheckpointError(
            "nli names no model", allowed="nli:MODEL", hint="name a folder or hub id: nli:out/xnli"
        )
    return NliVerifier(options.model)
