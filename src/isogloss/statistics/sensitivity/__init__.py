"""Sensitivity analyses, which cannot change the primary verdict; one file each."""
