r"""LaTeX sources: one document per project, with the files that it includes; nothing is compiled or run."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Any

from isogloss.evidence.documents import Block
from isogloss.evidence.readers.base import Limits, UnreadableError, read_text, table_blocks

NAME = "tex"

MAX_CHARACTERS = 3_000_000
INCLUDE = re.compile(r"\\(?:input|include|subfile|subfileinclude)\s*\{([^{}]{1,200})\}")
_DEFINITION = re.compile(
    r"\\(?:(?:re)?newcommand|providecommand)\*?\s*\{?\s*\\([A-Za-z]+)\s*\}?\s*(?:\[(\d)\])?\s*(?=\{)"
    r"|\\def\s*\\([A-Za-z]+)\s*(?=\{)"
)
_TABULAR = r"tabular[*xy]?|tabulary|longtable"
_BEGIN = re.compile(
    rf"\\begin\{{({_TABULAR}|table\*?|sidewaystable\*?|wraptable|figure\*?|abstract|comment|thebibliography"
    r"|tikzpicture|algorithm\*?|lstlisting|verbatim|equation\*?|align\*?)\}"
)
_HEADING = r"\\(?:sub)*(?:section|paragraph)\*?\s*(?:\[[^\]]*\])?\s*(?=\{)"
_BREAK = re.compile(rf"\n\s*\n|\\item\b(?:\[[^\]]*\])?|({_HEADING})")
_RULE = re.compile(
    r"\\(?:toprule|bottomrule|midrule|hline|cline|cmidrule|addlinespace|specialrule)(?![a-zA-Z])"
    r"(?:\[[^\]]*\])?(?:\([^)]*\))?(?:\{[^{}]*\})*"
)
_ROW_END = re.compile(r"\\\\\*?(?:\[[^\]]*\])?|\\tabularnewline")
_SPAN = re.compile(
    r"\s*\\multi(column|row)(?:\[[^\]]*\])?\s*\{-?(\d{1,2})\}(?:\[[^\]]*\])?\s*"
    r"\{(?:[^{}]|\{[^{}]*\})*\}\s*(?:\[[^\]]*\])?(?=\{)"
)
_DROPPED = re.compile(
    r"\\(?:label|url|[vh]space|includegraphics|bibliography(?:style)?|write\d*|immediate|maketitle|centering|input|openout\d*"
    r"|footnotemark|(?:cell|row)?color|rotatebox|resizebox|scalebox|setlength|thanks)(?![a-zA-Z])\*?(?:\[[^\]]*\])*(?:\{[^{}]*\})?"
)
_CITE = re.compile(r"~?\\[a-zA-Z]*[cC]ite[a-zA-Z]*\*?(?:\[[^\]]*\])*\{([^}]*)\}")
_KEY, _NAME_YEAR = re.compile(r"([A-Za-z]+)(?:[-_:.]?et-?al)?[-_:.]?((?:19|20)\d\d)?[^,]*"), r"\1 \2"
_REF = re.compile(r"~?\\[a-zA-Z]*ref\*?\{([^}]*)\}")


class TexReader:
    r"""The text between ``\\begin{document}`` and its end."""

    suffixes = (".tex",)

    def parse(self, path: Path, limits: Limits) -> list[Block]:
        """Read the project."""
        text = _expand(_included(path, path.parent.resolve(), 0))
        title = re.search(r"\\title\s*(?:\[[^\]]*\])?\s*(?=\{)", text)
        body = (text.partition(r"\begin{document}")[2] or text).partition(r"\end{document}")[0]
        try:
            blocks = [Block("title", plain(group(text, title.end()), {}))] if title else []
            return blocks + _blocks(body, _numbers(body))
        except RecursionError:
            raise UnreadableError("its groups are nested too deep") from None


def _included(path: Path, root: Path, depth: int) -> str:
    """Text without comments, with the files that it includes from its own folder."""
    text = "\n".join(re.sub(r"(?<!\\)%.*", "", line) for line in read_text(path).split("\n"))
    if depth:
        text = (text.partition(r"\begin{document}")[2] or text).partition(r"\end{document}")[0]

    def include(match: re.Match[str]) -> str:
        name = match[1].strip().removesuffix(".tex") + ".tex"
        for target in ((root / name).resolve(), (path.parent / name).resolve()):
            if depth < 5 and target.is_relative_to(root) and target.is_file():
                return _included(target, root, depth + 1)
        return ""

    text = INCLUDE.sub(include, text)
    if len(text) > MAX_CHARACTERS:
        raise UnreadableError(f"more than {MAX_CHARACTERS:,} characters with the files it includes")
    return text


def group(text: str, at: int, limit: int = 20_000) -> str:
    """Content of the braces that open at `at`; at most `limit` characters of it."""
    depth = 0
    for brace in re.finditer(r"\\.|[{}]", text[at : at + limit], re.DOTALL):
        depth += {"{": 1, "}": -1}.get(brace.group(), 0)
        if depth == 0:
            return text[at + 1 : at + brace.start()]
    return text[at + 1 : at + limit]


def _expand(source: str) -> str:
    """Write out the macros that the source itself defines, at most three deep."""
    macros: dict[str, tuple[int, str]] = {}
    for match in _DEFINITION.finditer(source):
        body = group(source, match.end(), 400).strip().removesuffix(r"\xspace")
        macros[match[1] or match[3]] = (int(match[2] or 0), body)
    source = _DEFINITION.sub(r"\\relax", source)
    use = re.compile(rf"\\({'|'.join(sorted(macros, key=len, reverse=True))})(?![A-Za-z])(?:\s*\{{\}})?")
    for _ in range(3 if macros else 0):
        parts, position = [], 0
        for match in use.finditer(source):
            if match.start() < position:
                continue
            n, body = macros[match[1]]
            end = match.end()
            for i in range(n if source[end : end + 1] == "{" else 0):
                argument = group(source, end, 2000)
                body, end = body.replace(f"#{i + 1}", argument), end + len(argument) + 2
            parts += [source[position : match.start()], body]
            position = end
        source = "".join([*parts, source[position:]])
        if len(source) > MAX_CHARACTERS:
            raise UnreadableError(f"more than {MAX_CHARACTERS:,} characters with its macros written out")
    return source


def _numbers(text: str) -> dict[str, str]:
    """Number of each labelled table, so that sentences that refer to one can be found."""
    numbers: dict[str, str] = {}
    floats = re.findall(r"\\begin\{(table|figure)\*?\}(.*?)\\end\{\1\*?\}", text, re.DOTALL)
    for n, (_, inside) in enumerate((each for each in floats if each[0] == "table"), start=1):
        numbers |= dict.fromkeys(re.findall(r"\\label\s*\{([^{}]{1,200})\}", inside), str(n))
    return numbers


def _blocks(text: str, numbers: dict[str, str]) -> list[Block]:
    blocks: list[Block] = []
    position = end = 0
    while match := _BEGIN.search(text, end):
        close = text.find(rf"\end{{{match[1]}}}", match.end())
        end = close + len(match[1]) + 6 if close >= 0 else match.end()
        if close < 0:
            if text.find(r"\end{", end) < 0:
                break
            continue
        blocks += _paragraphs(text[position : match.start()], numbers)
        inside, position = text[match.start() : end], end
        if "tab" in match[1]:
            blocks += _float(inside, numbers)
        elif match[1].startswith("figure"):
            blocks += [Block("caption", f"Figure: {caption}") for caption in _captions(inside, numbers)]
        elif match[1] == "abstract":
            blocks += [Block("heading", "Abstract"), *_paragraphs(inside, numbers)]
    return blocks + _paragraphs(text[position:], numbers)


def _captions(text: str, numbers: dict[str, str]) -> list[str]:
    return [
        plain(group(text, m.end()), numbers) for m in re.finditer(r"\\caption(?:\[[^\]]*\])?\s*(?=\{)", text)
    ]


def _float(text: str, numbers: dict[str, str]) -> list[Block]:
    label = next((numbers[m] for m in re.findall(r"\\label\s*\{([^{}]{1,200})\}", text) if m in numbers), "")
    caption = (f"Table {label}: " if label else "") + " ".join(_captions(text, numbers))
    blocks: list[Block] = []
    for match in re.finditer(rf"\\begin\{{({_TABULAR})\}}(?:\[[^\]]*\])?\s*", text):
        body = text[match.end() :].partition(rf"\end{{{match[1]}}}")[0]
        while body.lstrip().startswith("{"):
            body = body.lstrip()[len(group(body.lstrip(), 0)) + 2 :]
        blocks += table_blocks(
            _grid(re.sub(r"\\caption\s*\{.*?\}\s*(?:\\label\{[^}]*\})?", "", body)), caption
        )
    return blocks or ([Block("caption", caption)] if caption else [])


def _grid(body: str) -> list[list[str]]:
    """Rows of cells, with spanning cells repeated."""
    grid: list[list[str]] = []
    below: dict[int, tuple[int, str]] = {}
    for line in _ROW_END.split(_RULE.sub(" ", body)):
        row: list[str] = []
        for cell in re.split(r"(?<!\\)&", line) if line.strip() else ():
            text, span = cell, {"column": 1, "row": 1}
            while match := _SPAN.match(text):
                text = group(text, match.end())
                span[match[1]] = max(1, min(int(match[2]), 60))
            words = plain(text, {})
            left, label = below.get(len(row), (0, ""))
            if left and not words:
                below[len(row)], words = (left - 1, label), label
            elif span["row"] > 1:
                below[len(row)] = (span["row"] - 1, words)
            row += [words] * span["column"]
        grid.append(row)
    return grid


def _paragraphs(text: str, numbers: dict[str, str]) -> list[Block]:
    blocks: list[Block] = []
    position = 0
    for match in [*_BREAK.finditer(text), re.search(r"\Z", text)]:
        if match is None or match.start() < position:
            continue
        if words := plain(text[position : match.start()], numbers):
            blocks.append(Block("paragraph", words))
        position = match.end()
        if match.lastindex:
            heading = group(text, match.end(), 300)
            blocks.append(Block("heading", plain(heading, numbers)))
            position += len(heading) + 2
    return blocks


def plain(text: str, numbers: dict[str, str]) -> str:
    """LaTeX without markup, on one line; keys of cited work become words such as "devlin 2019"."""
    if re.fullmatch(r"[\w\s.,;:()+/*=<>!?-]*", text):
        return " ".join(text.split())
    text = _CITE.sub(lambda m: f" ({_KEY.sub(_NAME_YEAR, m[1].strip())})", text)
    text = _REF.sub(lambda m: f" {numbers.get(m[1], '')}", text).replace("~", " ").replace(r"\-", "")
    text = re.sub(r"\\begin\{[a-zA-Z*]+\}(?:\[[^\]]*\])?|\\end\{[a-zA-Z*]+\}", " ", _DROPPED.sub("", text))
    text = re.sub(r"\\textsc\s*\{([a-z]{1,6})\}", lambda m: m[1].upper(), text)
    text = re.sub(r"\\(?:text[a-z]{2}|emph)\s*(?=\{)", "", text)
    text = re.sub(r"(?<=\d)(?=\\[a-zA-Z]+\{)|(?<=\})(?=\d)", " ", text)
    return " ".join(str(_converter().latex_to_text(text, tolerant_parsing=True)).split())


@cache
def _converter() -> Any:
    from pylatexenc.latex2text import LatexNodes2Text

    return LatexNodes2Text(math_mode="text", strict_latex_spaces=True)


READER = TexReader()
