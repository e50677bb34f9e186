"""Connectors: one file per index of papers, each over the client library of its service."""
