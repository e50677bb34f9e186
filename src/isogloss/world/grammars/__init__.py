"""Grammars of the synthetic benchmark: one data file per language, read by `read_grammar`."""
