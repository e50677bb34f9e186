"""The built-in world: small true experiments in real languages.

A simulation whose mechanisms we wrote; it tests the pipeline and shows what it can detect.
"""
