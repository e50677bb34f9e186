"""Score tables: rows, effectiveness measures, published tables and the import of other people's tables."""
