"""The model card of a pretrained encoder."""

from __future__ import annotations

import json
from importlib.metadata import version

from isogloss.pretraining.corpora import PretrainingCorpus
from isogloss.pretraining.settings import PretrainReport, PretrainSettings

_LOSSES = {
    "vocabulary": "In training:",
    "batch": "In training, where subwords are told apart from those of their batch only:",
}


def model_card(
    corpus: PretrainingCorpus, settings: PretrainSettings, report: PretrainReport, *, continued: bool = False
) -> str:
    """The README of a pretrained encoder: data, size, schedule, loss curve, time and hardware."""
    beginning = "that goes on from an earlier run" if continued else "from random weights"
    versions = ", ".join(f"{name} {version(name)}" for name in ("torch", "transformers", "tokenizers"))
    curve = "\n".join(f"| {update} | {loss:.3f} |" for update, loss in report.losses)
    origin = "\n".join(f"- {line}" for line in corpus.origin) or "- given by the caller"
    unknown = f"{report.unknown_share:.4f} of all subwords are unknown."
    return f"""---
library_name: transformers
tags: [isogloss, masked-language-modelling]
language: [{", ".join(report.languages)}]
---

# A small encoder pretrained by isogloss

Masked language modelling {beginning}; {settings.architecture}, {report.n_parameters:,} parameters,
{settings.layers} layers of width {settings.width}, {settings.vocabulary:,} word pieces. Load it with
`AutoModel.from_pretrained` of transformers; no other code is needed.

## Data

{origin}

Languages ({len(report.languages)}): {", ".join(report.languages)}. {unknown}

## Training

{report.n_updates:,} updates, {report.n_subwords:,} subwords in {report.seconds:.0f} s
({report.subwords_per_s:,.0f} a second, {report.padding_share:.1%} padding) on {report.hardware},
in {report.precision}; {versions}.

Loss at the end, on inputs drawn afresh: {report.final_loss:.3f} nats a predicted subword.
A model that knows only how frequent subwords are stays at {report.unigram_loss:.3f}.
{_LOSSES[settings.predict_among]}

| update | loss |
| --- | --- |
{curve}

## Settings

```json
{json.dumps(settings.model_dump(), indent=2)}
```
"""
