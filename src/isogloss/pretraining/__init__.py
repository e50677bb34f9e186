"""Pretraining a small encoder as a masked language model."""
