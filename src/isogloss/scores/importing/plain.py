"""The text of a field without what only changes how it looks."""

from __future__ import annotations

import html
import re
import unicodedata
from functools import lru_cache

_SPECIAL = re.compile(r"[\\$<>*`{}\[\]&~_^]|[^\x20-\x7e]")
_DROPPED = re.compile(
    r"\\(?:cellcolor|rowcolor|color|textcolor|footnotemark|footnote|tnote|cite[a-z]*|textsuperscript|label|ref|"
    r"hspace|vspace|phantom|hphantom|vphantom|rotatebox|raisebox|colorbox|scalebox|href|parbox)\s*(?:\[[^\[\]]*\])?"
    r"\{[^{}]*\}"
    r"|\\(?:resizebox|fcolorbox|fontsize|rule|multirow|multicolumn)\*?(?:\s*(?:\[[^\[\]]*\])?\s*\{[^{}]*\}){2}"
)
"""Commands with the arguments that say nothing; the text of a box or link is the argument behind them."""
_DIAGONAL = re.compile(r"\\(?:diagbox|backslashbox)\s*(?:\[[^\[\]]*\])?\s*\{+([^{}]*)\}+\s*\{+([^{}]*)\}+")
_COMMAND = re.compile(r"\\(?!diagbox|backslashbox)[a-zA-Z]+\*?\s*(?:\[[^\[\]]*\])?\{([^{}]*)\}")
_BEHIND = re.compile(
    r"(?<=[\d}])\s*(?:\\[a-zA-Z]+\s*\{|\{\s*(?:\\[a-zA-Z]+)?\s*)\s*(?:\$?\s*\\pm)?\s*\$?(\d[\d.,]*)\$?\s*\}"
)
"""A number that a command sets behind another: ``81.2\\std{0.4}``, ``81.2{\\small 4}``."""

_EMOJI = re.compile("[\U0001f000-\U0001faff\U000e0020-\U000e007f\ufe0f]")
"""Flags, medals and the like, which no name of a language and no score holds."""

_COMBINING = (
    "\u0300\u0301\u0302\u0308\u0303\u0304\u0307"  # those of signs
    "\u0327\u030c\u0306\u030b\u0328\u030a\u0323"  # those of letters
)
_MARKS = dict(zip("`'^\"~=.cvuHkrd", _COMBINING, strict=True))
_ACCENT = re.compile(r"(?<!\d)\\([`'^\"~=.]|[cvuHkrd](?![a-zA-Z]))\s*(\{)?\s*(\\[ij]|[a-zA-Z])(?(2)\s*\})")
"""Accents of TeX, and the combining characters that they stand for."""

_SIGNS = {
    "pm": "±", "dagger": "†", "ddagger": "‡", "ast": "*", "star": "*", "uparrow": "↑", "downarrow": "↓",
    "rightarrow": "→", "to": "→", "Rightarrow": "→", "times": "×", "textemdash": "—", "textendash": "–",
    "xmark": "✗", "S": "§", "checkmark": "", "textrightarrow": "→", "circ": "°", "cdot": "", "bullet": "•",
    "Delta": "Δ", "aa": "å", "AA": "Å", "ae": "æ", "AE": "Æ", "o": "ø", "O": "Ø", "oe": "œ",
    "l": "ł", "L": "Ł", "ss": "ß", "i": "i", "dh": "ð", "th": "þ",
}  # fmt: skip
_SPACES = str.maketrans({
    "\u00a0": " ", "\u2009": " ", "\u202f": " ", "\u2002": " ", "\u2003": " ", "\u2212": "-",
    "\u200b": None, "\u200e": None, "\u200f": None, "\ufeff": None, "\u00ad": None,
})  # fmt: skip


@lru_cache(maxsize=100_000)
def plain(text: str) -> str:
    r"""Text without bold, links, tags and LaTeX commands: ``\textbf{81.2}`` and ``**81.2**`` are ``81.2``."""
    text = text.strip()
    if len(text) > 2000 or not _SPECIAL.search(text):
        return text
    text = _EMOJI.sub("", text.translate(_SPACES))
    if "<" in text or "&" in text:
        text = re.sub(r"<su[pb]\b[^>]*>(.*?)</su[pb]>", r"^{\1}", text, flags=re.IGNORECASE | re.DOTALL)
        text = html.unescape(re.sub(r"</?[a-zA-Z][^<>]*>", " ", text))
    if "\\" in text or "$" in text or "{" in text:
        text = _without_latex(text)
    text = re.sub(r"!?\[([^\[\]]*)\]\([^()]*\)", r"\1", text)
    text = re.sub(r"\[\^[^\[\]]*\]", "", text).replace("`", "").replace("~", " ")
    text = re.sub(r"^(\*{1,3}|_{2,3}|_(?=[^_]+_$))(.+?)\1", r"\2", text.strip())
    text = re.sub(r"(\*{2,3}|__)(?=\S)(.+?)(?<=\S)\1", r"\2", text)
    return re.sub(r"\s+", " ", text).strip()


def corners(text: str) -> str:
    r"""Write out the corner of a TeX table, rows first: ``\diagbox{Target}{Source}`` is "Target / Source"."""
    return _DIAGONAL.sub(r"\1 / \2", text)


def _accented(found: re.Match[str]) -> str:
    return unicodedata.normalize("NFC", found[3][-1] + _MARKS[found[1]])


def _without_latex(text: str) -> str:
    text = _ACCENT.sub(_accented, text)
    text = _BEHIND.sub(r" (\1)", _DROPPED.sub("", text).replace("\\textsubscript", "_")).replace("{}", " ")
    for _ in range(8):
        before = text
        text = corners(_COMMAND.sub(r"\1", _DROPPED.sub("", text)))
        if text == before:
            break
    text = re.sub(r"\\([a-zA-Z]+)\s*", lambda name: _SIGNS.get(name[1], " "), text)
    text = re.sub(r"\\([%&_#$])", r"\1", re.sub(r"\\[,;:!\s/]", " ", text))
    return re.sub(r"\$([^$]*)\$", r"\1", text).replace("{", "").replace("}", "").replace("\\", "")
