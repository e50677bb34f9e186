"""PAWS-X from English with XLM-R Large."""

from isogloss.scores.published.base import PublishedTable

NAME = "pawsx-xlmr-large"

TABLE = PublishedTable(
    task="pawsx",
    encoder="XLM-R Large",
    metric="accuracy",
    source_language="en",
    percent={
        "en": 94.7,
        "de": 89.7,
        "es": 90.1,
        "fr": 90.4,
        "ja": 78.7,
        "ko": 79.0,
        "zh": 82.3,
    },
    chance=float("nan"),
    n_examples=2000,
    citation=("Hu et al. (2020), XTREME, ICML (arXiv 2003.11080), PAWS-X results per language."),
)
