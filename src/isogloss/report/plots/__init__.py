"""Pictures of single results with matplotlib, one file for each class of result."""
