"""Languages: any code or name to one `Language`, by explicit rules."""

from isogloss.languages.base import Language
from isogloss.languages.resolution import find, recorded, resolve, resolve_all

__all__ = ["Language", "find", "recorded", "resolve", "resolve_all"]
