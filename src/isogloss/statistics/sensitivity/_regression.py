"""Multiple regression and partial correlation: what the files of this folder share."""

from __future__ import annotations

from typing import Literal

import numpy as np

from isogloss.statistics.base import TestResult
from isogloss.statistics.effects import AdditiveEffects
from isogloss.statistics.semipartial import double_semi_partialling
from isogloss.statistics.sensitivity.base import Dyads, NotApplicableError, permuted

Known = Literal["others", "controls"]
_ABSENT: dict[Known, str] = {"others": "a single distance", "controls": "no control was asked for"}


def beside_others(
    name: str,
    statistic: str,
    known: Known,
    plain: str | None,
    dyads: Dyads,
    n_permutations: int,
    rng: np.random.Generator,
) -> TestResult:
    """Test a distance with others in the model, on the languages that all of them cover.

    Parameters
    ----------
    name, statistic : str
        ``"slope"`` or ``"partial_r"`` is the estimate that is reported.
    known : {"others", "controls"}
        Field of `dyads` with what is in the model besides.
    plain : str or None
        Name of the method for stars, where this one removes row and column effects; None where it removes the
        mean alone.
    dyads : Dyads
    n_permutations : int
    rng : numpy.random.Generator
    """
    others = getattr(dyads, known)
    if not others:
        raise NotApplicableError(_ABSENT[known])
    if plain and dyads.star:
        raise NotApplicableError(f"a star has no row and column effects: see {plain}")
    covered = dyads.known_to(others)
    is_another_design = covered.star and not dyads.star and plain is not None
    if max(covered.values.shape) < 3 or not covered.values.size or is_another_design:
        raise NotApplicableError(f"too few languages are on record for all of: {', '.join(others)}")
    stacked = np.stack(list(getattr(covered, known).values()))
    permutations = covered.permutations(n_permutations, rng)
    removal = AdditiveEffects.two_way if plain else AdditiveEffects.mean
    found = double_semi_partialling(
        covered.values, covered.distance, stacked, covered.rows, covered.columns, permutations, removal
    )
    if np.isnan(found.slope):
        raise NotApplicableError(
            f"nothing is left to explain once these are held constant: {', '.join(others)}"
        )
    estimate = found.slope if statistic == "slope" else float(found.correlation[0])
    kept_languages = {*covered.rows, *covered.columns}
    left_out = dict.fromkeys(each for each in (*dyads.rows, *dyads.columns) if each not in kept_languages)
    note = f"with {', '.join(others)}"
    note += f"; without {', '.join(left_out)}" if left_out else ""
    note += f"; {found.n_collinear} of them add nothing here" if found.n_collinear else ""
    return permuted(name, statistic, estimate, found.correlation, found.n, permutations, note)
