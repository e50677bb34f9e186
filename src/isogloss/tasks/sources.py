"""Where the benchmarks are published."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

NAME = None
"""No task."""


class Source(NamedTuple):
    """Home page of a benchmark and its repository on the hub, with what to fetch there."""

    home: str
    hub: str
    fetch: str


SOURCES: Mapping[str, Source] = {
    "pawsx": Source(
        "https://github.com/google-research-datasets/paws/tree/master/pawsx",
        "https://huggingface.co/datasets/google-research-datasets/paws-x",
        "the archive of PAWS-X, which unpacks to x-final/",
    ),
    "xnli": Source(
        "https://cims.nyu.edu/~sbowman/xnli/",
        "https://huggingface.co/datasets/facebook/xnli",
        "XNLI-1.0.zip, and XNLI-MT-1.0.zip for translated training data",
    ),
    "panx": Source(
        "https://github.com/afshinrahimi/mmner",
        "https://huggingface.co/datasets/unimelb-nlp/wikiann",
        "one archive per language, unpacked to wikiann/<language>/",
    ),
    "udpos": Source(
        "https://universaldependencies.org/#download",
        "https://huggingface.co/datasets/universal-dependencies/universal_dependencies",
        "the archive of a release, or the repositories of single treebanks",
    ),
}
