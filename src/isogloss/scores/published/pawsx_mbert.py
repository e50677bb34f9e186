"""PAWS-X from English with mBERT."""

from isogloss.scores.published.base import PublishedTable

NAME = "pawsx-mbert"

TABLE = PublishedTable(
    task="pawsx",
    encoder="mBERT",
    metric="accuracy",
    source_language="en",
    percent={
        "en": 94.0,
        "de": 85.7,
        "es": 87.4,
        "fr": 87.0,
        "ja": 73.0,
        "ko": 69.6,
        "zh": 77.0,
    },
    chance=float("nan"),
    n_examples=2000,
    citation=("Hu et al. (2020), XTREME, ICML (arXiv 2003.11080), PAWS-X results per language."),
)
