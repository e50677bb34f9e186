"""The model card of a pretrained encoder."""

from __future__ import annotations

import json
from importlib.metadata import version

from isogloss.modeling.card import render_card
from isogloss.pretraining.corpora import PretrainingCorpus
from isogloss.pretraining.settings import PretrainReport, PretrainSettings


def model_card(
    corpus: PretrainingCorpus, settings: PretrainSettings, report: PretrainReport, *, continued: bool = False
) -> str:
    """The README of a pretrained encoder: data, size, schedule, loss curve, time and hardware."""
    return render_card(
        "encoder.md",
        origin=corpus.origin,
        settings=settings,
        stated=json.dumps(settings.model_dump(), indent=2),
        report=report,
        versions={name: version(name) for name in ("torch", "transformers", "tokenizers")},
        continued=continued,
    )
