"""Tasks: one file per benchmark, and files of the user's own."""
