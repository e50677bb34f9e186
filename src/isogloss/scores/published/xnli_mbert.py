"""XNLI from English with mBERT."""

from isogloss.scores.published.base import PublishedTable

NAME = "xnli-mbert"

TABLE = PublishedTable(
    task="xnli",
    encoder="mBERT (uncased)",
    metric="accuracy",
    source_language="en",
    percent={
        "en": 81.4,
        "zh": 63.8,
        "es": 74.3,
        "de": 70.5,
        "ar": 62.1,
        "ur": 58.3,
    },
    chance=1 / 3,
    n_examples=5010,
    citation=(
        "Authors of BERT, multilingual.md of github.com/google-research/bert, row 'BERT - Zero Shot Uncased'."
    ),
)
