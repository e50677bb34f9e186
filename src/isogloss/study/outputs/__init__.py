"""What a study writes: the store of stages, the output folder and its status."""
