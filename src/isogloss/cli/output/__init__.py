"""Printing of results in a terminal."""
