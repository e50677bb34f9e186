"""One grammar file per language; the registry finds them."""
