"""XNLI from English with XLM-R Large."""

from isogloss.scores.published.base import PublishedTable

NAME = "xnli-xlmr-large"

TABLE = PublishedTable(
    task="xnli",
    encoder="XLM-R Large",
    metric="accuracy",
    source_language="en",
    percent={
        "en": 89.1,
        "fr": 84.1,
        "es": 85.1,
        "de": 83.9,
        "el": 82.9,
        "bg": 84.0,
        "ru": 81.2,
        "tr": 79.6,
        "ar": 79.8,
        "vi": 80.8,
        "th": 78.1,
        "zh": 80.2,
        "hi": 76.9,
        "sw": 73.9,
        "ur": 73.8,
    },
    chance=1 / 3,
    n_examples=5010,
    citation=(
        "Conneau et al. (2020), Unsupervised Cross-lingual Representation Learning at Scale, "
        "ACL (arXiv 1911.02116), XNLI results per language, fine-tuned on English; as printed "
        "again in the README of ERNIE-M."
    ),
)
