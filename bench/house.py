"""Size and shape of the code: ``python bench/house.py [FOLDER]``, by default ``src/isogloss`` here.

Printed: lines of code without docstrings, comments and blank lines; lines of data files; modules; top-level
rooms; functions with more than 8 parameters, and with a cyclomatic complexity above 15 (counted as radon
does); functions that stand twice with the same body; and class names that stand in two rooms.
"""

from __future__ import annotations

import ast
import io
import sys
import tokenize
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

MOST_PARAMETERS = 8
MOST_COMPLEX = 15
SMALLEST_TWIN = 4
"""Functions of so many statements or more count as twins where their bodies are equal."""
DATA = (".yaml", ".csv", ".json", ".toml")


def code_lines(text: str) -> int:
    """Lines with a token other than comments, docstrings and layout."""
    docstrings = set()
    for node in ast.walk(ast.parse(text)):
        body = getattr(node, "body", None)
        if not isinstance(body, list):
            continue
        for statement in body:  # a string by itself documents what stands before it
            value = statement.value if isinstance(statement, ast.Expr) else None
            if isinstance(value, ast.Constant) and isinstance(value.value, str):
                docstrings |= set(range(statement.lineno, (statement.end_lineno or 0) + 1))
    layout = {tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT}
    layout |= {tokenize.ENCODING, tokenize.ENDMARKER}
    lines: set[int] = set()
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type not in layout:
            lines |= set(range(token.start[0], token.end[0] + 1))
    return len(lines - docstrings)


def functions(tree: ast.AST) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def n_parameters(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Parameters without self and cls."""
    own = function.args
    names = [each.arg for each in (*own.posonlyargs, *own.args, *own.kwonlyargs)]
    return len([name for name in names if name not in ("self", "cls")]) + sum(
        each is not None for each in (own.vararg, own.kwarg)
    )


def complexity(function: ast.AST) -> int:
    """One more than the decisions of a function: branches, loops, handlers, and, or, and comprehensions."""
    found = 1
    for node in ast.walk(function):
        if isinstance(node, ast.BoolOp):
            found += len(node.values) - 1
        elif isinstance(node, ast.comprehension):
            found += 1 + len(node.ifs)
        else:
            found += isinstance(node, _DECISIONS)
    return found


_DECISIONS = (
    *(ast.If, ast.IfExp, ast.For, ast.AsyncFor, ast.While, ast.ExceptHandler, ast.Assert),
    ast.match_case,
)


def main() -> None:
    folder = Path(sys.argv[1] if len(sys.argv) > 1 else "src/isogloss").resolve()
    modules = sorted(folder.rglob("*.py"))
    n_lines, wide, complex_ = 0, [], []
    bodies: dict[str, list[str]] = defaultdict(list)
    classes: dict[str, set[str]] = defaultdict(set)
    for path in modules:
        text = path.read_text(encoding="utf-8")
        place = path.relative_to(folder)
        n_lines += code_lines(text)
        tree = ast.parse(text)
        for function in functions(tree):
            if complexity(function) > MOST_COMPLEX:
                complex_.append(f"{place}: {function.name} ({complexity(function)})")
            if n_parameters(function) > MOST_PARAMETERS:
                wide.append(f"{place}: {function.name} ({n_parameters(function)})")
            body = [
                each
                for each in function.body
                if ast.get_docstring(function) is None or each is not function.body[0]
            ]
            if sum(isinstance(each, ast.stmt) for node in body for each in ast.walk(node)) >= SMALLEST_TWIN:
                bodies[" ".join(ast.dump(each) for each in body)].append(f"{place}: {function.name}")
        for node in ast.walk(tree):
            if isinstance(node, ast.ClassDef):
                classes[node.name].add(place.parts[0])
    rooms = [each for each in folder.iterdir() if each.suffix == ".py" or (each / "__init__.py").exists()]
    rooms = [each for each in rooms if not each.name.startswith("__")]
    data = [path for path in folder.rglob("*") if path.suffix in DATA]
    n_data = sum(len(path.read_text(encoding="utf-8").splitlines()) for path in data)
    twins = [" = ".join(places) for places in bodies.values() if len(places) > 1]
    shared = [f"{name}: {', '.join(sorted(own))}" for name, own in sorted(classes.items()) if len(own) > 1]
    print(f"{n_lines:,} lines of code, {n_data:,} of data, {len(modules)} modules, {len(rooms)} rooms")
    for title, found in (
        (f"functions with more than {MOST_PARAMETERS} parameters", wide),
        (f"functions with a complexity above {MOST_COMPLEX}", complex_),
        ("functions that stand twice", twins),
        ("class names in two rooms", shared),
    ):
        print(f"{title}: {len(found)}", *found, sep="\n  ")


if __name__ == "__main__":
    main()
