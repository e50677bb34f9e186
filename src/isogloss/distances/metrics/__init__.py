"""Distance metrics: one file each."""
