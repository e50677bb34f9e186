"""Row and column effects: fitted by least squares over whatever cells there are, and removed."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

SINGULAR = 1e-10
"""Relative size below which an eigenvalue of the normal equations is 0.

Each set of cells that hang together has one that is, but for rounding, which grows with the matrix.
"""


@dataclass(frozen=True, eq=False)
class AdditiveEffects:
    """The projection that removes additive effects over one fixed set of cells.

    Parameters
    ----------
    mask : ndarray of bool, shape (row, column)
        The cells that are there.
    cells : ndarray of float, shape (side, other side)
        The same as numbers, transposed where there are fewer columns than rows: the other side's effects are
        eliminated from the normal equations.
    shares : ndarray of float, shape (other side,)
        One over the number of cells; 0 where there is none.
    inverse : ndarray of float, shape (side, side)
        Pseudo-inverse of the reduced normal equations.
    rank : int
        Number of effects removed; degrees of freedom that are left are ``mask.sum() - rank``.
    """

    mask: NDArray[np.bool_]
    cells: NDArray[np.float64]
    shares: NDArray[np.float64]
    inverse: NDArray[np.float64]
    rank: int

    @classmethod
    def two_way(cls, mask: NDArray[np.bool_]) -> AdditiveEffects:
        """Row and column effects; with a single row or column, where these would leave nothing, the mean."""
        if min(mask.shape) < 2:
            return cls.mean(mask)
        cells = (mask if mask.shape[0] <= mask.shape[1] else mask.T).astype(np.float64)
        n_other = cells.sum(axis=0)
        shares = np.divide(1.0, n_other, out=np.zeros_like(n_other), where=n_other > 0)
        reduced = np.diag(cells.sum(axis=1)) - (cells * shares) @ cells.T
        inverse = np.linalg.pinv(reduced, rcond=SINGULAR, hermitian=True)
        rank = int((n_other > 0).sum()) + round(float(np.sum(inverse * reduced)))
        return cls(mask, cells, shares, inverse, rank)

    @classmethod
    def mean(cls, mask: NDArray[np.bool_]) -> AdditiveEffects:
        """Only the overall mean."""
        smaller, larger = sorted(mask.shape)
        inverse = np.full((smaller, smaller), 1 / max(int(mask.sum()), 1))
        return cls(mask, np.zeros((smaller, larger)), np.zeros(larger), inverse, 1)

    def residuals(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """Remove the effects from `values`, shape (..., row, column); 0 where there is no cell."""
        present = np.where(self.mask, values, 0.0)
        rows, columns = self._effects(present.sum(axis=-1), present.sum(axis=-2))
        return np.where(self.mask, present - (rows[..., :, None] + columns[..., None, :]), 0.0)

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
        rows, columns = self._effects(row_sums, column_sums)
        fitted = np.sum(rows * row_sums, axis=-1) + np.sum(columns * column_sums, axis=-1)
        return np.asarray(np.maximum(squares - fitted, 0.0))

    def _effects(
        self, row_sums: NDArray[np.float64], column_sums: NDArray[np.float64]
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Solve the normal equations: sums to effects, of rows and of columns."""
        by_rows = self.mask.shape[0] <= self.mask.shape[1]
        sums, other_sums = (row_sums, column_sums) if by_rows else (column_sums, row_sums)
        effects = (sums - (other_sums * self.shares) @ self.cells.T) @ self.inverse
        others = (other_sums - effects @ self.cells) * self.shares
        return (effects, others) if by_rows else (others, effects)


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
