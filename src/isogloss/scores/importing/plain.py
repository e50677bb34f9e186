"""The text of a field without what only changes how it looks."""

from __future__ import annotations

import html
import re
from functools import lru_cache

_SPECIAL = re.compile(r"[\\$<>*`{}\[\]&~_^]|[^\x20-\x7e]")
_DROPPED = re.compile(
    r"\\(?:cellcolor|rowcolor|color|textcolor|footnotemark|footnote|tnote|cite[a-z]*|textsuperscript|label|ref|"
    r"hspace|vspace|phantom|hphantom|vphantom|fontsize|rotatebox|resizebox|raisebox)\s*(?:\[[^\[\]]*\])?"
    r"\{[^{}]*\}"
)
_DIAGONAL = re.compile(r"\\(?:diagbox|backslashbox)\s*(?:\[[^\[\]]*\])?\s*\{+([^{}]*)\}+\s*\{+([^{}]*)\}+")
_COMMAND = re.compile(r"\\(?!diagbox|backslashbox)[a-zA-Z]+\*?\s*(?:\[[^\[\]]*\])?\{([^{}]*)\}")
_BEHIND = re.compile(
    r"(?<=[\d}])\s*(?:\\[a-zA-Z]+\s*\{|\{\s*(?:\\[a-zA-Z]+)?\s*)\s*(?:\$?\s*\\pm)?\s*\$?(\d[\d.,]*)\$?\s*\}"
)
"""A number that a command sets behind another: ``81.2\\std{0.4}``, ``81.2{\\small 4}``."""

_SIGNS = {
    "pm": "±", "dagger": "†", "ddagger": "‡", "ast": "*", "star": "*", "uparrow": "↑", "downarrow": "↓",
    "rightarrow": "→", "to": "→", "Rightarrow": "→", "times": "×", "textemdash": "—", "textendash": "–",
    "xmark": "✗", "S": "§", "checkmark": "", "textrightarrow": "→", "circ": "°", "cdot": "", "bullet": "•",
    "Delta": "Δ",
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
    text = text.translate(_SPACES)
    if "<" in text or "&" in text:
        text = re.sub(r"<su[pb]\b[^>]*>(.*?)</su[pb]>", r"^{\1}", text, flags=re.IGNORECASE | re.DOTALL)
        text = html.unescape(re.sub(r"</?[a-zA-Z][^<>]*>", " ", text))
    if "\\" in text or "$" in text or "{" in text:
        text = _without_latex(text)
    text = re.sub(r"!?\[([^\[\]]*)\]\([^()]*\)", r"\1", text)
    text = re.sub(r"\[\^[^\[\]]*\]", "", text).replace("`", "").replace("~", " ")
    text = re.sub(r"^(\*{1,3}|_{2,3})(.+?)\1", r"\2", text.strip())
    text = re.sub(r"(\*{2,3}|__)(?=\S)(.+?)(?<=\S)\1", r"\2", text)
    return re.sub(r"\s+", " ", text).strip()


def corners(text: str) -> str:
    r"""Write out the corner of a TeX table, rows first: ``\diagbox{Target}{Source}`` is "Target / Source"."""
    return _DIAGONAL.sub(r"\1 / \2", text)


def _without_latex(text: str) -> str:
    text = _BEHIND.sub(r" (\1)", _DROPPED.sub("", text).replace("\\textsubscript", "_"))
    for _ in range(8):
        before = text
        text = corners(_COMMAND.sub(r"\1", _DROPPED.sub("", text)))
        if text == before:
            break
    text = re.sub(r"\\([a-zA-Z]+)\s*", lambda name: _SIGNS.get(name[1], " "), text)
    text = re.sub(r"\\([%&_#$])", r"\1", re.sub(r"\\[,;:!\s/]", " ", text))
    return re.sub(r"\$([^$]*)\$", r"\1", text).replace("{", "").replace("}", "").replace("\\", "")
