"""Languages: any code or name to one `Language`, by explicit rules."""

from isogloss.languages.base import Language
from isogloss.languages.records import recorded
from isogloss.languages.resolution import find, resolve
from isogloss.languages.together import Together, read_together, refusal, resolve_all, two_readings

__all__ = [
    "Language", "Together", "find", "read_together", "recorded", "refusal", "resolve", "resolve_all",
    "two_readings",
]  # fmt: skip
