"""The report of a study: a summary as data, its figures, and the page."""
