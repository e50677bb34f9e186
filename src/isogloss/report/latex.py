"""Tables of a report as LaTeX, for the packages booktabs and longtable."""

from __future__ import annotations

import unicodedata

from isogloss.report.render import templates
from isogloss.report.summary import Summary

_NAMED = {"\\": "backslash", "~": "asciitilde", "^": "asciicircum", "<": "less", ">": "greater", "|": "bar"}
_SIGNS = {
    **{sign: f"\\{sign}" for sign in "{}$&#%_"},
    **{sign: rf"\text{name}{{}}" for sign, name in _NAMED.items()},
    '"': r"\textquotedbl{}",
    "'": r"\textquotesingle{}",
    "`": r"\textasciigrave{}",
    "[": "{[}",
    "]": "{]}",
    "\N{MINUS SIGN}": "$-$",
    "\N{EN DASH}": "--",
    "\N{INFINITY}": r"$\infty$",
    "\N{RIGHTWARDS ARROW}": r"$\rightarrow$",
    "\N{MULTIPLICATION SIGN}": r"$\times$",
}
_LATIN = 0x180
"""pdfTeX knows the letters below; others are written by their number."""


def escape(text: str) -> str:
    """Text as LaTeX prints it, whatever it holds."""
    out = []
    for character in unicodedata.normalize("NFC", text):
        if character in _SIGNS:
            out.append(_SIGNS[character])
        elif unicodedata.category(character)[0] in "CZ":
            out.append(" ")
        elif ord(character) < 0x80 or (ord(character) < _LATIN and character.isalpha()):
            out.append(character)
        else:
            out.append(f"U+{ord(character):04X}")
    return "".join(out)


def tables(summary: Summary) -> str:
    r"""Every table that a paper would take, one after the other: ``\input{tables}`` shows them."""
    environment = templates(escape=False).overlay(
        block_start_string="<%",
        block_end_string="%>",
        variable_start_string="<<",
        variable_end_string=">>",
    )
    environment.filters["tex"] = escape
    return environment.get_template("tables.tex").render(summary=summary)
