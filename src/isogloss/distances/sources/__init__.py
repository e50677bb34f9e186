"""Distances from elsewhere: CLDF datasets, URIEL+ and the user's own files."""
