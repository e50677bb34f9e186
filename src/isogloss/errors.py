"""One exception tree.

Every message says, in this order: what was wrong with its value; where; what is allowed, with the
closest match; what to do next.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence


class IsoglossError(Exception):
    """Base of every error that isogloss raises on purpose.

    Parameters
    ----------
    what : str
        What was wrong, with its value.
    where : str, optional
        File and field path, file and line, or language pair.
    allowed : str, optional
        What is allowed, with the closest match (see `closest`).
    hint : str, optional
        What to do next.
    """

    def __init__(
        self, what: str, *, where: str | None = None, allowed: str | None = None, hint: str | None = None
    ) -> None:
        self.what, self.where, self.allowed, self.hint = what, where, allowed, hint
        super().__init__(what)

    def __str__(self) -> str:
        parts = {"where:": self.where, "allowed:": self.allowed, "next:": self.hint}
        return "\n".join([self.what, *(f"  {name:<8} {said}" for name, said in parts.items() if said)])

    def at(self, place: str) -> IsoglossError:
        """Name the place of the field that led here, before the error's own place."""
        self.where = place if self.where is None else f"{place}: {self.where}"
        return self

    def __reduce__(self) -> tuple[object, ...]:
        """Keep the keyword arguments when an error crosses a process boundary."""
        return (_rebuild, (type(self), self.__dict__.copy()))


def _rebuild(cls: type[IsoglossError], state: dict[str, object]) -> IsoglossError:
    error = cls.__new__(cls)
    error.__dict__.update(state)
    Exception.__init__(error, error.what)
    return error


class RegistryError(IsoglossError, LookupError):
    """A name that no file or entry point provides, or that two provide."""


class LanguageError(IsoglossError, LookupError):
    """A code or name that denotes no language, or no usable one."""


class StudyError(IsoglossError, ValueError):
    """A study file that cannot be run; holds every problem found, not only the first.

    Parameters
    ----------
    problems : sequence of IsoglossError
        All problems, in the order of the file.
    """

    def __init__(self, problems: Sequence[IsoglossError]) -> None:
        self.problems = tuple(problems)
        n_problems = [] if len(self.problems) == 1 else [f"{len(self.problems)} problems"]
        super().__init__("\n".join([*n_problems, *map(str, self.problems)]))


class FieldError(IsoglossError, ValueError):
    """One wrong field of a study file.

    Parameters
    ----------
    field : tuple
        Path of the wrong part below the field that was being read, where it is one: ``("columns", "label")``.
    """

    def __init__(self, what: str, *, field: tuple[str | int, ...] = (), **parts: str | None) -> None:
        super().__init__(what, **parts)
        self.field = field


class DataError(IsoglossError, ValueError):
    """A data file that is missing, malformed, or without what was asked of it."""


class NotEnoughMemoryError(IsoglossError, RuntimeError):
    """Memory that does not suffice to read a file, which may be whole."""


class NetworkError(IsoglossError, OSError):
    """A service that does not answer, or answers something unusable."""


class CheckpointError(IsoglossError, ValueError):
    """Encoder weights that cannot or must not be loaded."""


class HubError(CheckpointError):
    """An encoder of a hub that cannot be reached, and that no earlier run left in the cache."""


class AnalysisError(IsoglossError, ValueError):
    """Scores and distances that leave nothing to test."""


class TrainingError(IsoglossError, RuntimeError):
    """Training that cannot go on, for example after a non-finite loss."""


class StoreError(IsoglossError, OSError):
    """A record that cannot be written or read: full disk, torn directory, folder of another study."""


def closest(value: str, allowed: Iterable[str], *, n_listed: int = 12) -> str:
    """List what is allowed, the closest match first.

    Parameters
    ----------
    value : str
        What the user wrote.
    allowed : iterable of str
        The valid words.
    n_listed : int
        List at most so many words.

    Returns
    -------
    str
        For example ``"did you mean 'aif'? one of: aif, last"``.
    """
    words = sorted(set(allowed))
    matches = difflib.get_close_matches(value.lower(), [word.lower() for word in words], n=1, cutoff=0.5)
    listed = ", ".join(words[:n_listed]) + (f", ... ({len(words)} in all)" if len(words) > n_listed else "")
    if not words:
        return "nothing (none is available)"
    if matches:
        best = next(word for word in words if word.lower() == matches[0])
        return f"did you mean '{best}'? one of: {listed}"
    return f"one of: {listed}"


def some_of(texts: Sequence[str], most: int, separator: str = ", ") -> str:
    """List texts and count those beyond the first `most`: ``"de, fr and 3 more"``."""
    more = len(texts) - most
    return separator.join(texts[:most]) + (f" and {more:,} more" if more > 0 else "")


_LONGEST = 300
"""Characters of a library's message that are shown."""

_OUT_OF_MEMORY = (
    *("memoryerror", "outofmemory", "out of memory", "not enough memory", "allocate memory"),
    *("memory allocation", "bad_alloc", "failed to map segment", "unable to allocate"),
    "xmlsyntaxerror: unknown error",  # all that lxml says of it
    "systemerror: error return without exception set",  # Python, where a new frame finds no room
)


def is_out_of_memory(told: BaseException | str) -> bool:
    """Whether memory ran out: Python's, a library's, or that of a device.

    Parameters
    ----------
    told : exception or str
        What was raised, or what a process wrote before it ended.
    """
    text = told if isinstance(told, str) else f"{type(told).__name__}: {told}"
    return isinstance(told, MemoryError) or any(words in text.lower() for words in _OUT_OF_MEMORY)


def no_memory_for(path: str) -> NotEnoughMemoryError:
    """Describe a file that memory is too small for."""
    return NotEnoughMemoryError(
        "there is not enough memory to read the file", where=path, hint="free memory, or divide the file"
    )


def first_line(error: Exception) -> str:
    """First line of a library's message, cut where it is long; the name of its class if there is none."""
    line = (str(error).strip().splitlines() or [type(error).__name__])[0]
    return line if len(line) <= _LONGEST else f"{line[:_LONGEST]} ..."
