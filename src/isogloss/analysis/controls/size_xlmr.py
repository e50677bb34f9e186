"""How much text of a language XLM-R was pre-trained on."""

from functools import partial

from isogloss.analysis.controls._pretraining import size_control

NAME = "size_xlmr"

control = partial(size_control, "XLM-R", "cc100_gib")
"""Logarithm of the size of the pre-training data, of the row and of the target language."""
