"""Scores on a map: what was measured where, what is expected elsewhere, and where a line may be drawn."""
