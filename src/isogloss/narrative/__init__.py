"""Sentences and number formats for results, the same on every page, in the terminal and in a notebook."""
