"""The study file: schema, YAML with line numbers, and resolution of names and languages."""
