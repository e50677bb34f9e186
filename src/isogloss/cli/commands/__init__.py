"""One file per command; each defines `NAME` and `COMMAND`."""
