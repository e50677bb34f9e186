"""Pretraining and fine-tuning."""
