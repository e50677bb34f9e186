"""Output of a study: the store of stages, the output folder and its status."""
