"""Readers: one file per format, from a file to blocks."""
