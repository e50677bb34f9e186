"""From YAML to plain values, with the line of every field; what no study or claim can hold is refused."""

from __future__ import annotations

import re
from typing import Any

import yaml

from isogloss.errors import FieldError, IsoglossError, StudyError

FieldPath = tuple[str | int, ...]

# YAML 1.2 core schema: the language code `no` is a string and 5e-4 is a number.
_PLAIN_SCALARS: tuple[tuple[re.Pattern[str], Any], ...] = (
    (re.compile(r"(?:~|null|Null|NULL|)$"), lambda text: None),
    (re.compile(r"(?:true|True|TRUE)$"), lambda text: True),
    (re.compile(r"(?:false|False|FALSE)$"), lambda text: False),
    (re.compile(r"[-+]?[0-9]+$"), int),
    (re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$"), float),
)


DEEPEST = 12
"""No field of a study lies deeper; an alias of YAML can make a value that holds itself."""
MOST_VALUES = 100_000
"""More values than any study states; aliases can make a few lines into billions of them."""
MOST_DIGITS = 30
"""Of a whole number; longer ones are not settings, and Python reads none of thousands of digits."""
_OWN_TAGS = {"!"} | {
    f"tag:yaml.org,2002:{name}"
    for name in ("bool", "float", "int", "map", "merge", "null", "seq", "str", "timestamp", "value")
}
"""Tags that YAML finds by itself; a stated one could ask for objects, which are never made."""


class YamlReader:
    """Turns the nodes of YAML into values, with the line of every field, and collects what is wrong."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.origins: dict[FieldPath, str] = {}
        self.problems: list[IsoglossError] = []
        self.n_values = 0

    def value(self, node: yaml.Node, field: FieldPath) -> Any:
        """Python value of a node."""
        self.n_values += 1
        if self.n_values > MOST_VALUES:
            if self.n_values == MOST_VALUES + 1:
                self._add(f"more than {MOST_VALUES:,} values, with aliases written out", node)
            return None
        if len(field) > DEEPEST:
            self._add("a value that holds itself, or is nested too deep", node)
            return None
        self.origins.setdefault(field, self._line(node))
        if node.tag not in _OWN_TAGS:
            self._add(f"the tag {node.tag[:40]!r} has no meaning here", node, hint="leave it out")
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, field)
        if isinstance(node, yaml.SequenceNode):
            return [self.value(item, (*field, index)) for index, item in enumerate(node.value)]
        return self._scalar(node)

    def _mapping(self, node: yaml.MappingNode, field: FieldPath) -> dict[Any, Any]:
        value: dict[Any, Any] = {}
        for key_node, value_node in node.value:
            if not isinstance(key_node, yaml.ScalarNode):
                self._add("a list or mapping cannot name a field", key_node)
                continue
            key = key_node.value
            self._require_text(key, key_node)
            if key in value:
                self._add(f"field '{key[:40]}' is given twice", key_node, hint="keep one")
            self.origins[(*field, key)] = self._line(key_node)
            value[key] = self.value(value_node, (*field, key))
        return value

    def _scalar(self, node: yaml.Node) -> Any:
        text: str = node.value
        self._require_text(text, node)
        if getattr(node, "style", None) is not None:
            return text
        for pattern, convert in _PLAIN_SCALARS:
            if pattern.match(text):
                if convert is int and len(text) > MOST_DIGITS:
                    self._add(f"a whole number of {len(text):,} digits", node, hint="put text in quotes")
                    return None
                return convert(text)
        return text

    def _require_text(self, text: str, node: yaml.Node) -> None:
        """Refuse what no file name, word or message can hold: NUL, and halves of surrogate pairs."""
        bad = next((sign for sign in text if sign == "\0" or "\ud800" <= sign <= "\udfff"), None)
        if bad is not None:
            self._add(f"the character {bad!a} cannot stand in a file", node, hint="correct the escape")

    def _line(self, node: yaml.Node) -> str:
        return f"{self.path}, line {node.start_mark.line + 1}"

    def _add(self, what: str, node: yaml.Node, hint: str | None = None) -> None:
        self.problems.append(FieldError(what, where=self._line(node), hint=hint))


def values_of(node: yaml.Node | None, place: str, field: FieldPath = ()) -> tuple[Any, dict[FieldPath, str]]:
    """Value of a node, and the place of every field in it.

    Parameters
    ----------
    node : yaml.Node or None
        None stands for an empty text.
    place : str
        File, or option of a command line.
    field : tuple
        Path of the value.

    Raises
    ------
    StudyError
        With everything that no study can hold.
    """
    reader = YamlReader(place)
    value = None if node is None else reader.value(node, field)
    if reader.problems:
        raise StudyError(reader.problems)
    return value, reader.origins


def compose(text: str) -> yaml.Node | None:
    """Nodes of YAML.

    Raises
    ------
    yaml.YAMLError
        Also for text that is nested deeper than Python can follow.
    """
    try:
        node: yaml.Node | None = yaml.compose(text, Loader=yaml.SafeLoader)
    except RecursionError:
        raise yaml.YAMLError("nested too deep") from None
    return node
