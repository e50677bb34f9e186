"""XNLI from English with XLM-R Base."""

from isogloss.scores.published.base import PublishedTable

NAME = "xnli-xlmr-base"

TABLE = PublishedTable(
    task="xnli",
    encoder="XLM-R Base",
    metric="accuracy",
    source_language="en",
    percent={
        "en": 85.8,
        "fr": 79.7,
        "es": 80.7,
        "de": 78.7,
        "el": 77.5,
        "bg": 79.6,
        "ru": 78.1,
        "tr": 74.2,
        "ar": 73.8,
        "vi": 76.5,
        "th": 74.6,
        "zh": 76.7,
        "hi": 72.4,
        "sw": 66.5,
        "ur": 68.3,
    },
    chance=1 / 3,
    n_examples=5010,
    citation=(
        "XNLI results per language of XLM-R Base, fine-tuned on English, as printed in the README of ERNIE-M."
    ),
)
