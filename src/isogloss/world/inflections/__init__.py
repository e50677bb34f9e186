"""Inflection of names, where a grammar needs it: one file each."""
