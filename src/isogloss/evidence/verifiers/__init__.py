"""Verifiers: one file per way to hold a claim against documents."""
