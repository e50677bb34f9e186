"""Where the benchmarks are published."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

NAME = None
"""No task."""


class Source(NamedTuple):
    """Home page of a benchmark, with what to fetch there; its repository on the hub is on the card."""

    home: str
    fetch: str


SOURCES: Mapping[str, Source] = {
    "pawsx": Source(
        "https://github.com/google-research-datasets/paws/tree/master/pawsx",
        "the archive of PAWS-X, which unpacks to x-final/",
    ),
    "xnli": Source(
        "https://cims.nyu.edu/~sbowman/xnli/",
        "XNLI-1.0.zip, and XNLI-MT-1.0.zip for translated training data",
    ),
    "panx": Source(
        "https://github.com/afshinrahimi/mmner",
        "one archive per language, unpacked to wikiann/<language>/",
    ),
    "udpos": Source(
        "https://universaldependencies.org/#download",
        "the archive of a release, or the repositories of single treebanks",
    ),
}
