"""Labels of words: parts of speech and names."""

UPOS = (
    *("ADJ", "ADP", "ADV", "AUX", "CCONJ", "DET", "INTJ", "NOUN", "NUM"),
    *("PART", "PRON", "PROPN", "PUNCT", "SCONJ", "SYM", "VERB", "X"),
)
"""The 17 universal tags of UD version 2."""
BIO = ("O", "B-PER", "I-PER", "B-LOC", "I-LOC")
