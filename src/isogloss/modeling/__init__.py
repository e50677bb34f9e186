"""Encoders, aggregators over layers, heads, and the model that joins them."""
