"""Row and column effects: fitted by least squares over whatever cells there are, and removed."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, eq=False)
class AdditiveEffects:
    """The projection that removes additive effects over one fixed set of cells.

    Parameters
    ----------
    mask : ndarray of bool, shape (row, column)
        The cells that are there.
    inverse : ndarray of float, shape (row + column, row + column)
        Pseudo-inverse of the normal equations: row sums and column sums to row effects and column effects.
    rank : int
        Number of effects removed; degrees of freedom that are left are ``mask.sum() - rank``.
    """

    mask: NDArray[np.bool_]
    inverse: NDArray[np.float64]
    rank: int

    @classmethod
    def two_way(cls, mask: NDArray[np.bool_]) -> AdditiveEffects:
        """Row and column effects; with a single row or column, where these would leave nothing, the mean."""
        if min(mask.shape) < 2:
            return cls.mean(mask)
        cells = mask.astype(np.float64)
        normal = np.block([[np.diag(cells.sum(axis=1)), cells], [cells.T, np.diag(cells.sum(axis=0))]])
        inverse = np.linalg.pinv(normal, hermitian=True)
        return cls(mask, inverse, round(float(np.sum(inverse * normal))))

    @classmethod
    def mean(cls, mask: NDArray[np.bool_]) -> AdditiveEffects:
        """Only the overall mean."""
        n_rows, n_columns = mask.shape
        inverse = np.zeros((n_rows + n_columns,) * 2)
        inverse[:n_rows, :n_rows] = 1 / max(int(mask.sum()), 1)
        return cls(mask, inverse, 1)

    def residuals(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """Remove the effects from `values`, shape (..., row, column); 0 where there is no cell."""
        n_rows = self.mask.shape[0]
        present = np.where(self.mask, values, 0.0)
        sums = np.concatenate([present.sum(axis=-1), present.sum(axis=-2)], axis=-1)
        effects = sums @ self.inverse
        fitted = effects[..., :n_rows, None] + effects[..., None, n_rows:]
        return np.where(self.mask, present - fitted, 0.0)

    def squared_norm(
        self,
        squares: NDArray[np.float64],
        row_sums: NDArray[np.float64],
        column_sums: NDArray[np.float64],
    ) -> NDArray[np.float64]:
        """Squared length of the residuals, from sums alone.

        Parameters
        ----------
        squares : ndarray, shape (...)
            Sum of squares over the cells.
        row_sums, column_sums : ndarray, shape (..., row) and (..., column)
        """
        sums = np.concatenate([row_sums, column_sums], axis=-1)
        fitted = np.einsum("...i,...i->...", sums @ self.inverse, sums)
        return np.asarray(np.maximum(squares - fitted, 0.0))


def is_constant(values: NDArray[np.float64], residuals: NDArray[np.float64]) -> bool:
    """Say whether nothing but rounding is left of `values` in `residuals`; NaN values are not looked at."""
    present = values[np.isfinite(values)]
    if not present.size:
        return True
    size = max(float(np.abs(present).max()), 1e-12)
    return bool(np.linalg.norm(residuals) <= 1e-9 * np.sqrt(present.size) * size)


def two_way_residuals(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Remove row and column effects from a matrix with missing cells.

    The residuals are those of ordinary least squares on row and column indicators, which is where
    alternately subtracting row means and column means converges to; here the normal equations are
    solved, so that missing cells cost no precision.

    Parameters
    ----------
    values : ndarray of float, shape (row, column)
        NaN where a cell is missing.

    Returns
    -------
    ndarray of float, shape (row, column)
        NaN where a cell is missing. With a single row or a single column, only the mean is removed.
    """
    mask = np.isfinite(values)
    return np.where(mask, AdditiveEffects.two_way(mask).residuals(values), np.nan)
