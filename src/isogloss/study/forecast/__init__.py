"""Time and memory that a study will take, measured on this machine."""
