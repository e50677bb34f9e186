"""Distances over the feature vectors of URIEL+, as the user's installation of urielplus holds them.

URIEL+ (Khan et al. 2025) is URIEL with further data bases: Grambank, SAPHON, BDPROTO, APiCS, eWAVE. Its
package starts from URIEL's own vectors and keeps what it has integrated in one file next to its code, which
is read here without importing the package.
"""

from __future__ import annotations

import importlib.util
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from isogloss.distances.feature_records import filled_in, macro_codes
from isogloss.distances.matrix import DistanceMatrix, check_distinct
from isogloss.distances.metrics import featural, inventory, phonological, syntactic
from isogloss.distances.metrics._angular import angular
from isogloss.distances.metrics._typological import CALIBRATION
from isogloss.distances.uncertainty import AngularEstimate, Group, prevalence
from isogloss.errors import DataError
from isogloss.languages import Language, _cache
from isogloss.languages._uriel import UNKNOWN

_GROUPS: dict[str, tuple[str, int]] = {
    # Prefix of the features and fewest shared ones; those of morphology are taken over from syntax.
    "urielplus-featural": ("", featural.THRESHOLD),
    "urielplus-inventory": ("INV_", inventory.THRESHOLD),
    "urielplus-morphological": ("M_", syntactic.THRESHOLD),
    "urielplus-phonological": ("P_", phonological.THRESHOLD),
    "urielplus-syntactic": ("S_", syntactic.THRESHOLD),
}


@dataclass(frozen=True)
class Vectors:
    """Data of URIEL+.

    Parameters
    ----------
    facts : ndarray of int8, shape (language, feature)
        1 where any source attests the feature, else 0; -1 where no source says anything.
    features : tuple of str
    rows : mapping of str to int
        ISO 639-3 code or Glottocode, whichever the installation uses, to row.
    source : str
        Version of the package, and the sources that it has integrated.
    """

    facts: NDArray[np.int8]
    features: tuple[str, ...]
    rows: Mapping[str, int] = field(repr=False)
    source: str

    @classmethod
    def read(cls) -> Vectors:
        """Read the vectors of the installed package.

        Raises
        ------
        DataError
            If urielplus is not installed, or its vectors cannot be read.
        """
        path = _file()
        try:
            with zipfile.ZipFile(path) as archive:
                checksum = archive.getinfo("data.npy").CRC
            facts = _cache.kept(f"urielplus-{checksum:08x}-1", lambda: _united(path))
            with np.load(path, allow_pickle=False) as arrays:
                features, codes, sources = (
                    tuple(str(label) for label in arrays[axis]) for axis in ("feats", "langs", "sources")
                )
        except (OSError, KeyError, ValueError, zipfile.BadZipFile) as error:
            raise DataError(
                f"the vectors of URIEL+ cannot be read: {error}",
                where=str(path),
                hint="reset them: python -c 'from urielplus.urielplus import URIELPlus; URIELPlus().reset()'",
            ) from None
        rows = {code: row for row, code in enumerate(codes)}
        source = f"URIEL+, urielplus {version('urielplus')} ({', '.join(sorted(sources))})"
        return cls(facts, features, rows, source)

    @property
    def metrics(self) -> tuple[str, ...]:
        """The groups of features that are on record; those of morphology come with Grambank and APiCS."""
        return tuple(name for name, (prefix, _) in _GROUPS.items() if self._columns(prefix).any())

    def distance(self, metric: str, languages: Sequence[Language]) -> DistanceMatrix:
        """Angular distance over the features known for both languages, as urielplus computes it.

        A language's own record comes first, that of the macrolanguage which it represents where the own one
        is silent.

        Parameters
        ----------
        metric : str
            One of `metrics`.
        languages : sequence of Language

        Raises
        ------
        LanguageError
            If a language occurs twice.
        """
        check_distinct(languages, metric)
        prefix, threshold = _GROUPS[metric]
        columns = self._columns(prefix)
        own = self._facts([(language.id, language.glottocode or "") for language in languages])
        pooled = self._facts([(code,) for code in macro_codes(languages)])
        facts, notes = filled_in(languages, own[:, columns], pooled[:, columns], "URIEL+")
        values, shared, union = angular(facts, facts != UNKNOWN, threshold)
        np.fill_diagonal(values, 0.0)
        estimate = AngularEstimate(facts, prevalence(self.facts[:, columns]), self._groups(columns))
        known = (values, shared, union, self.source, threshold)
        n_features = int(columns.sum())
        return DistanceMatrix(
            metric, "shared", tuple(languages), *known, notes=notes, inventory=n_features, estimate=estimate
        )

    def _groups(self, columns: NDArray[np.bool_]) -> tuple[Group, ...]:
        """Groups of features as URIEL has them, of which the constants are taken over; others as syntax."""
        names = np.array(self.features)[columns]
        prefixes = [next((p for p in CALIBRATION if name.startswith(p)), "S_") for name in names]
        found = ((np.array([p == prefix for p in prefixes]), of) for prefix, of in CALIBRATION.items())
        return tuple(Group(of_prefix, of) for of_prefix, of in found if of_prefix.any())

    def _columns(self, prefix: str) -> NDArray[np.bool_]:
        return np.array([name.startswith(prefix) for name in self.features])

    def _facts(self, codes: Sequence[tuple[str, ...]]) -> NDArray[np.int8]:
        """Rows under the first code of each that is on record; unknown throughout where none is."""
        facts = np.full((len(codes), len(self.features)), UNKNOWN, dtype=np.int8)
        for number, spellings in enumerate(codes):
            row = next((self.rows[code] for code in spellings if code in self.rows), None)
            if row is not None:
                facts[number] = self.facts[row]
        return facts


def _file() -> Path:
    """The vectors in their present state; the package's own copy where it has never been used."""
    spec = importlib.util.find_spec("urielplus")
    if spec is None or spec.origin is None:
        raise DataError(
            "the distances of URIEL+ cannot be computed: the package urielplus is not installed",
            hint="pip install 'isogloss[urielplus]'",
        )
    folder = Path(spec.origin).parent / "database"
    present = folder / "features.npz"
    return present if present.is_file() else folder / "original_uriel" / "features.npz"


def _united(path: Path) -> NDArray[np.int8]:
    """Facts of all sources together, shape (language, feature)."""
    with np.load(path, allow_pickle=False) as arrays:
        data = arrays["data"]
    united = np.full(data.shape[:2], UNKNOWN, dtype=np.int8)
    for source in range(data.shape[2]):
        stated = data[..., source]
        np.maximum(united, np.where(np.isnan(stated), UNKNOWN, stated).astype(np.int8), out=united)
    return united
