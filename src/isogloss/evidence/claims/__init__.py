"""Published claims: records, and their replication by runs."""
