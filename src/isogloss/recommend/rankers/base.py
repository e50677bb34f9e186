"""Interface of rankers, and rankers by name."""

from __future__ import annotations

from typing import ClassVar, Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from isogloss.errors import RegistryError, closest
from isogloss.recommend.pairs import Folds, Pairs
from isogloss.registry import Registry

Need = Literal["scores", "sentences"]


class Ranker(Protocol):
    """Class that a file of this folder defines under the name ``Ranker``.

    Attributes
    ----------
    options : tuple of str
        What may follow the name and a colon where the ranker is compared with others: ``("en",)`` for
        ``always:en``. The constructor takes one of them, or nothing.
    needs : tuple of str
        In addition to distances: ``"scores"``, ``"sentences"``.
    metrics : tuple of str
        Distances that are used.
    abstains : bool
        Whether a target of which no source can be rated is passed over; otherwise the choice is at random.
    """

    options: ClassVar[tuple[str, ...]] = ("",)
    needs: ClassVar[tuple[Need, ...]] = ()
    metrics: tuple[str, ...] = ()
    abstains: ClassVar[bool] = False

    def __init__(self, option: str = "") -> None: ...

    def rate(self, pairs: Pairs, folds: Folds) -> NDArray[np.float64]:
        """Rate every source for the targets that are asked about.

        Nothing of `pairs.scores` outside the rows and columns of a fold may be used.

        Parameters
        ----------
        pairs : Pairs
        folds : Folds

        Returns
        -------
        ndarray of float, shape (fold, asked, source)
            Higher is better; NaN where nothing can be said. Those sources come last.
        """
        ...


RANKERS: Registry[type[Ranker]] = Registry("ranker", "isogloss.recommend.rankers", "Ranker")


def names_of_rankers() -> tuple[str, ...]:
    """Every ranker with every option that is compared, the simplest first."""
    first = ("random", "always", "nearest", "rank_fusion", "source_mean", "ridge")
    names = [*first, *(name for name in RANKERS if name not in first)]
    return tuple(":".join(filter(None, (name, option))) for name in names for option in RANKERS[name].options)


def ranker_named(name: str) -> Ranker:
    """Make a ranker from its name: ``"ridge"``, ``"nearest:syntactic"``, ``"always:fr"``.

    Raises
    ------
    RegistryError
        If there is no such ranker, or it does not take that option.
    """
    plain, _, option = str(name).partition(":")
    if plain not in RANKERS:
        raise RegistryError(f"no ranker '{name}'", allowed=closest(str(name), names_of_rankers()))
    kind = RANKERS[plain]
    if bool(option) != any(kind.options):
        raise RegistryError(
            f"the ranker '{plain}' {'takes no option' if option else 'needs an option'}: '{name}'",
            allowed=closest(name, [known for known in names_of_rankers() if known.startswith(plain)]),
        )
    return kind(option) if option else kind()


def ratings(ranker: Ranker, pairs: Pairs, folds: Folds, *, cells: int = 500_000) -> NDArray[np.float64]:
    """Rate in chunks of folds whose arrays stay within some megabytes; see `Ranker.rate`."""
    size = max(1, cells // max(pairs.scores.size, 1))
    parts = [ranker.rate(pairs, part) for part in folds.chunks(size)]
    return np.concatenate(parts)


def at_asked(values: NDArray[np.float64], folds: Folds) -> NDArray[np.float64]:
    """Take the columns that are asked about: (source, target) becomes (fold, asked, source)."""
    return np.moveaxis(values[:, folds.asked], 0, 2)
