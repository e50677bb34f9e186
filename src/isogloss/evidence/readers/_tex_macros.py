r"""The short cuts that an author defines ("\ours" for the name of a method), written out."""

from __future__ import annotations

import re
from collections.abc import Callable

from isogloss.evidence.readers.base import UnreadableError

_DEFINITION = re.compile(
    r"\\(?:(?:re)?newcommand|providecommand|DeclareRobustCommand)\*?\s*\{?\s*\\(?P<new>[A-Za-z]+)\s*\}?\s*"
    r"(?:\[(?P<n>\d)\])?\s*(?=\{)|\\def\s*\\(?P<old>[A-Za-z]+)\s*(?=\{)"
)
_MAX_BODY = 400
_MAX_DEPTH = 3
_MAX_GROWTH = 1_000_000


def group(text: str, at: int, limit: int = 20_000) -> str:
    """Content of the braces that open at `at`; at most `limit` characters of it."""
    depth = 0
    stop = min(len(text), at + limit)
    i = at
    while i < stop:
        if text[i] == "\\":
            i += 1
        elif text[i] == "{":
            depth += 1
        elif text[i] == "}":
            depth -= 1
            if depth == 0:
                return text[at + 1 : i]
        i += 1
    return text[at + 1 : stop]


def expand(source: str) -> str:
    """Write out the macros that the source itself defines, at most three deep; nothing else is run.

    Optional arguments, delimited ones and definitions within another file are left alone.

    Raises
    ------
    UnreadableError
        If that makes the text longer by more than a million characters.
    """
    macros: dict[str, tuple[int, str]] = {}
    for match in _DEFINITION.finditer(source):
        body = group(source, match.end()).strip().removesuffix(r"\xspace")
        if len(body) <= _MAX_BODY:
            macros[match["new"] or match["old"]] = (int(match["n"] or 0), body)
    if not macros:
        return source
    names = "|".join(sorted(macros, key=len, reverse=True))
    use = re.compile(rf"\\({names})(?![A-Za-z])")
    text = _without_definitions(source)
    for _ in range(_MAX_DEPTH):
        text, n = _expand_once(text, use, macros)
        if len(text) > len(source) + _MAX_GROWTH:
            raise UnreadableError(f"its macros add more than {_MAX_GROWTH:,} characters")
        if not n:
            break
    return text


def _without_definitions(source: str) -> str:
    return _replace(
        source, _DEFINITION, lambda match: (match.end() + len(group(source, match.end())) + 2, "")
    )


def _expand_once(text: str, use: re.Pattern[str], macros: dict[str, tuple[int, str]]) -> tuple[str, int]:
    n_uses = 0

    def written_out(match: re.Match[str]) -> tuple[int, str]:
        nonlocal n_uses
        n_uses += 1
        n_arguments, body = macros[match[1]]
        end = match.end()
        for i in range(n_arguments):
            if text[end : end + 1] != "{":
                break
            argument = group(text, end)
            end += len(argument) + 2
            body = body.replace(f"#{i + 1}", argument)
        return end, body

    return _replace(text, use, written_out), n_uses


def _replace(text: str, pattern: re.Pattern[str], by: Callable[[re.Match[str]], tuple[int, str]]) -> str:
    """Replace each match, and what follows it up to the place that `by` names; line ends are kept."""
    out: list[str] = []
    position = 0
    while match := pattern.search(text, position):
        end, new = by(match)
        lines = "\n" * max(0, text.count("\n", match.start(), end) - new.count("\n"))
        out += [text[position : match.start()], new, lines]
        position = max(end, match.end())
    return "".join([*out, text[position:]])
