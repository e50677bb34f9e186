"""Tables of transfer scores that others published: facts, each with its source; one file each."""
