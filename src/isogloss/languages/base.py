"""A language: its code, name, scripts, family and place."""

from __future__ import annotations

from dataclasses import dataclass, field

from isogloss.languages._glottocodes import to_glottocode
from isogloss.languages._macroareas import macroarea


@dataclass(frozen=True)
class Language:
    """One language, however its code was spelled.

    Two spellings of one language compare equal: equality and hash use `id` alone.

    Parameters
    ----------
    id : str
        ISO 639-3 code of the individual language: ``"cmn"`` for ``zh``.
    name : str
        English reference name.
    tag : str
        Shortest BCP 47 tag: ``"de"``, ``"zh"``.
    family : tuple of str
        Path in the Glottolog classification as URIEL records it, root first; empty where unknown.
    script : str or None
        ISO 15924 code of the usual script: ``"Latn"``.
    coordinates : tuple of float or None
        Latitude and longitude in degrees.
    input : str
        The code as the user or the data set spells it.
    rules : tuple of str
        Every rule that was applied to get from `input` to `id`, in words.
    """

    id: str
    name: str = field(compare=False)
    tag: str = field(compare=False)
    family: tuple[str, ...] = field(default=(), compare=False)
    script: str | None = field(default=None, compare=False)
    coordinates: tuple[float, float] | None = field(default=None, compare=False)
    input: str = field(default="", compare=False)
    rules: tuple[str, ...] = field(default=(), compare=False)

    @property
    def code(self) -> str:
        """Code as it was written, else the tag."""
        return self.input or self.tag

    @property
    def top_family(self) -> str:
        """First node of the path of its family; empty where none is on record."""
        return self.family[0] if self.family else ""

    @property
    def glottocode(self) -> str | None:
        """Glottocode, as qwanqwa records it; None where there is none."""
        return to_glottocode(self.id)

    @property
    def macroarea(self) -> str | None:
        """Macro-area of Glottolog, worked out from the coordinates; None where they are unknown."""
        return None if self.coordinates is None else macroarea(*self.coordinates)
