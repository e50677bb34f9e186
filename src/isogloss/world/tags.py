"""Labels of names."""

BIO = ("O", "B-PER", "I-PER", "B-LOC", "I-LOC")
