r"""LaTeX sources: one document per project, with the files that it includes; nothing is compiled or run."""

from __future__ import annotations

import re
from functools import cache
from itertools import product
from pathlib import Path
from typing import Any

from isogloss.evidence.documents import Block
from isogloss.evidence.readers.base import Limits, Reader, UnreadableError, read_text, table_blocks
from isogloss.scores.importing.markup import flat_tables, tabular, without_comments
from isogloss.scores.importing.plain import corners

NAME = "tex"

MAX_CHARACTERS = 3_000_000
_INSIDE = r"(?:[^{}\\]++|\\.)*+"
for _ in range(6):  # braces within braces
    _INSIDE = rf"(?:[^{{}}\\]++|\\.|\{{{_INSIDE}\}})*+"
_GROUP, _OPTION = rf"\s*\{{({_INSIDE})\}}", r"\s*(?:\[[^\]]*\])?"
INCLUDE = re.compile(
    r"\\(?:input|include|subfile|subfileinclude)\s*\{([^{}]{1,200})\}|\\input[ \t]+([\w./-]{1,200})"
    r"|\\(?:sub)?import\*?\s*\{([^{}]{1,200})\}\s*\{([^{}]{1,200})\}"
)
"""A file that a source includes: its name, or folder and name."""

_DRAWINGS = (".pgf", ".tikz", ".eps", ".pdf")
_DEFINITION = re.compile(
    r"\\(?:(?:(?:re)?newcommand|providecommand)\*?\s*\{?\s*\\([A-Za-z]+)\s*\}?\s*(?:\[(\d)\])?|def\s*\\([A-Za-z]+))"
    + _GROUP,
    re.DOTALL,
)
_TABULAR = r"tabular[*xy]?|tabulary|longtable|(?:long|tall)?tblr|NiceTabular[*X]?|x?supertabular\*?"
_BEGIN = re.compile(
    rf"\\begin\{{({_TABULAR}|table\*?|sidewaystable\*?|wraptable|figure\*?|abstract|comment|thebibliography"
    r"|tikzpicture|algorithm\*?|lstlisting|verbatim|equation\*?|align\*?)\}"
)
_TITLE = re.compile(rf"\\title{_OPTION}{_GROUP}", re.DOTALL)
_CAPTION = re.compile(rf"\\caption{_OPTION}{_GROUP}", re.DOTALL)
_BREAK = re.compile(
    rf"\n\s*\n|\\item\b{_OPTION}|\\(?:sub)*(?:section|paragraph)\*?{_OPTION}{_GROUP}", re.DOTALL
)
_DROPPED = re.compile(
    r"\\(?:label|url|[vh]space|includegraphics|bibliography(?:style)?|write\d*|immediate|maketitle|centering|input|openout\d*"
    r"|footnotemark|(?:cell|row)?color|rotatebox|resizebox|scalebox|thanks)(?![a-zA-Z])\*?(?:\[[^\]]*\])*(?:\{[^{}]*\})?"
    r"|\\(?:set|addto)(?:length|counter)\s*(?:\{[^{}]*\}|\\[a-zA-Z]+)\s*(?:\{[^{}]*\})?"
)
_ARGUMENT = re.compile(_GROUP, re.DOTALL)
_CITE = re.compile(r"~?\\[a-zA-Z]*[cC]ite[a-zA-Z]*\*?(?:\[[^\]]*\])*\{([^}]*)\}")
_KEY, _NAME_YEAR = re.compile(r"([A-Za-z]+)(?:[-_:.]?et-?al)?[-_:.]?((?:19|20)\d\d)?[^,]*"), r"\1 \2"
_REF = re.compile(r"~?\\[a-zA-Z]*ref\*?\{([^}]*)\}")
_FORMULA = re.compile(r"\$(?!\s)([^$\n|]{1,300})(?<!\s)\$(?!\d)|\\\((.{1,300}?)\\\)", re.DOTALL)
"""Mathematics in a text; no prices, "$5 and $7"."""
_GAPS = re.compile(r"(?<=[\d.])\s+(?=[\d.%])")


def parse(path: Path, limits: Limits) -> list[Block]:
    r"""Read the text between ``\\begin{document}`` and its end."""
    text = flat_tables(_expand(_included(path, path.parent.resolve(), 0)))
    title = _TITLE.search(text)
    body = (text.partition(r"\begin{document}")[2] or text).partition(r"\end{document}")[0]
    try:
        blocks = [Block("title", plain(title[1], {}))] if title else []
        return blocks + _blocks(body, _numbers(body))
    except RecursionError:
        raise UnreadableError("its groups are nested too deep") from None


def _included(path: Path, root: Path, depth: int) -> str:
    """Text without comments, with the files that it includes from its own folder."""
    text = without_comments(read_text(path))
    if depth:
        text = (text.partition(r"\begin{document}")[2] or text).partition(r"\end{document}")[0]

    def include(match: re.Match[str]) -> str:
        name = "/".join(part.strip() for part in match.groups() if part)
        for folder, end in product((root, path.parent), ("", ".tex")):
            target = (folder / f"{name}{end}").resolve()
            is_text = target.suffix not in _DRAWINGS and target.is_file()
            if depth < 5 and target.is_relative_to(root) and is_text:
                return _included(target, root, depth + 1)
        return ""

    text = INCLUDE.sub(include, text)
    if len(text) > MAX_CHARACTERS:
        raise UnreadableError(f"more than {MAX_CHARACTERS:,} characters with the files it includes")
    return text


def _expand(source: str) -> str:
    """Write out the macros that the source itself defines, at most three deep."""
    found = _DEFINITION.finditer(source)
    macros = {m[1] or m[3]: (int(m[2] or 0), _body(m[4][:400])) for m in found}
    source = _DEFINITION.sub(r"\\relax", source)
    names = "|".join(sorted(macros, key=len, reverse=True))
    use = re.compile(rf"\\({names})(?![A-Za-z])((?:{_GROUP}){{0,9}})", re.DOTALL)

    def written_out(match: re.Match[str]) -> str:
        n, body = macros[match[1]]
        arguments = match[2].removeprefix("{}") if n == 0 else match[2]
        for i in range(n):
            if argument := _ARGUMENT.match(arguments):
                body, arguments = body.replace(f"#{i + 1}", argument[1]), arguments[argument.end() :]
        return body + arguments

    for _ in range(3 if macros else 0):
        source = use.sub(written_out, source)
        if len(source) > MAX_CHARACTERS:
            raise UnreadableError(f"more than {MAX_CHARACTERS:,} characters with its macros written out")
    return source


def _body(text: str) -> str:
    r"""Text of a macro; a space that ends it after a backslash is part of it."""
    text = text.strip().removesuffix(r"\xspace")
    return f"{text} " if re.search(r"(?<!\\)(?:\\\\)*\\$", text) else text


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
        if re.search("tab|tblr", match[1], re.IGNORECASE):
            blocks += _float(inside, numbers)
        elif match[1].startswith("figure"):
            blocks += [Block("caption", f"Figure: {caption}") for caption in _captions(inside, numbers)]
        elif match[1] == "abstract":
            blocks += [Block("heading", "Abstract"), *_paragraphs(inside, numbers)]
    return blocks + _paragraphs(text[position:], numbers)


def _captions(text: str, numbers: dict[str, str]) -> list[str]:
    return [plain(match[1], numbers) for match in _CAPTION.finditer(text)]


def _float(text: str, numbers: dict[str, str]) -> list[Block]:
    label = next((numbers[m] for m in re.findall(r"\\label\s*\{([^{}]{1,200})\}", text) if m in numbers), "")
    caption = (f"Table {label}: " if label else "") + " ".join(_captions(text, numbers))
    text = re.sub(rf"{_CAPTION.pattern}\s*(?:\\label\{{[^}}]*\}})?", "", text, flags=re.DOTALL)
    blocks: list[Block] = []
    for match in re.finditer(rf"\\begin\{{({_TABULAR})\}}", text):
        close = text.find(rf"\end{{{match[1]}}}", match.end())
        rows, _ = tabular(text, match.end(), close if close >= 0 else len(text))
        blocks += table_blocks([[plain(cell, {}) for cell in row] for row in rows], caption)
    return blocks or ([Block("caption", caption)] if caption else [])


def _paragraphs(text: str, numbers: dict[str, str]) -> list[Block]:
    """Paragraphs and headings; every other part of the split text is a heading, or empty."""
    parts = ((i % 2, plain(part, numbers)) for i, part in enumerate(_BREAK.split(text)) if part)
    return [Block("heading" if is_heading else "paragraph", words) for is_heading, words in parts if words]


def plain(text: str, numbers: dict[str, str]) -> str:
    """LaTeX without markup, on one line; keys of cited work become words such as "devlin 2019"."""
    if re.fullmatch(r"[\w\s.,;:()+/*=<>!?-]*", text):
        return " ".join(text.split())
    text = re.sub(r"\{([.,])\}", r"\1", text)
    text = _CITE.sub(lambda m: f" ({_KEY.sub(_NAME_YEAR, m[1].strip())})", text)
    text = _REF.sub(lambda m: f" {numbers.get(m[1], '')}", text).replace("~", " ").replace(r"\-", "")
    text = re.sub(r"\\begin\{[a-zA-Z*]+\}(?:\[[^\]]*\])?|\\end\{[a-zA-Z*]+\}", " ", _DROPPED.sub("", text))
    text = re.sub(r"\\textsc\s*\{([a-z]{1,6})\}", lambda m: m[1].upper(), text)
    text = corners(re.sub(r"\\(?:text[a-z]{2}|emph)\s*(?=\{)", "", text))
    text = re.sub(r"(?<=\d)(?=\\[a-zA-Z]+\{)|(?<=\})(?=\d)", " ", text)
    return " ".join(str(_converter().latex_to_text(text, tolerant_parsing=True)).split())


def formula(source: str) -> str:
    """Text of a formula; no spaces between the digits of a number."""
    return _GAPS.sub("", plain(source, {}))


def with_formulas(text: str) -> str:
    r"""Text in which formulas, ``$...$`` or ``\(...\)``, are written out."""
    return _FORMULA.sub(lambda m: formula(m[1] or m[2]), text)


@cache
def _converter() -> Any:
    from pylatexenc.latex2text import LatexNodes2Text

    return LatexNodes2Text(math_mode="text", strict_latex_spaces=True)


READER = Reader((".tex",), parse)
