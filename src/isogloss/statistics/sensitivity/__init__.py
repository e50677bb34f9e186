"""Methods that stand beside the primary test and cannot change its verdict; one file each."""
