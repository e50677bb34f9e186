"""How much text of a language mBERT was pre-trained on."""

from functools import partial

from isogloss.analysis.controls._pretraining import size_control

NAME = "size_mbert"

control = partial(size_control, "mBERT", "wikipedia_bytes")
"""Logarithm of the size of the pre-training data, of the row and of the target language."""
