"""Encoders: one file for each place they come from."""
