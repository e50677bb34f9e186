"""Find phrases that are not plain English in sources, messages, docs and studies: a part of ``make check``.

``python docs/check_words.py`` prints each with its place and what to write instead, and exits with 1 if there
is one.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SEARCHED = ("README.md", "CONTRIBUTING.md", "CHANGELOG.md", "docs/**/*.md", "src/**/*.py", "studies/*.yaml")

PHRASES: Sequence[tuple[str, str]] = (
    (r"parted by", "separated by"),
    (r"(?:is|are) told(?! (?:apart|from))", "is reported, gets, is passed"),
    (
        r"(?<!there\s)(?<!where\s)(?:is|are) no (?!longer\b|more\b|less\b|other\b|better\b|matter\b)\w+",
        "is not a ...",
    ),
    (r"stands? (?:there|beside|on record)", "is, is listed"),
    (r"(?:what|as (?:it|they)) (?:came|comes?) (?:out|of)", "results"),
    (r"by reckoning", "estimated"),
    (
        r"(?:one|a|JSON) (?:row|file|line|sentence|word|page|directory|module|bar|test|table|matrix|item"
        r"|object|archive|label|tag|layer|score|seed|stage|target) an? \w+",
        "one ... per ...",
    ),
    (r'"""What (?!is|are)\w*', "begin with a noun or a verb"),
    (r"mend(?:ed|ing)?\b", "fixed, corrected"),
    (r"language told", "language-ID accuracy"),
    (r"at hand", "available"),
    (r"takes? dyads for independent", "assumes independent dyads"),
)
"""Regular expression, and what to write instead."""


def findings(text: str) -> Iterator[tuple[int, str, str]]:
    """Line number, phrase, and what to write instead."""
    for pattern, better in PHRASES:
        spaced = pattern.replace(" ", r"(?:[ \t]+|[ \t]*\n[ \t]*(?:#[ \t]+)?)")
        for found in re.finditer(
            spaced if pattern.startswith('"') else rf"(?<!\w){spaced}", text, re.IGNORECASE
        ):
            yield text.count("\n", 0, found.start()) + 1, " ".join(found.group().split()), better


def main() -> int:
    """Print every finding; return the exit code."""
    n_found = 0
    for pattern in SEARCHED:
        for path in sorted(ROOT.glob(pattern)):
            if "_build" in path.parts or path.parent.name == "api":
                continue
            for line, phrase, better in sorted(findings(path.read_text(encoding="utf-8"))):
                print(f"{path.relative_to(ROOT)}:{line}: '{phrase}': {better}")
                n_found += 1
    return int(n_found > 0)


if __name__ == "__main__":
    sys.exit(main())
