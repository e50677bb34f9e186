"""Tasks of the synthetic benchmark: one file each."""
