"""Ways to rank source languages for a target language: one file each."""
