"""Aggregators over layers: one file each."""
