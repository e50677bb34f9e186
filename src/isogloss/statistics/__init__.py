"""Statistics that respect language pairs: arrays in, frozen results out, one method a file."""
