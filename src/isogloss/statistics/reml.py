"""Mixed model of dyads: random row, column and unordered-pair effects, by restricted maximum likelihood."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

LARGEST_RATIO = 1e6
"""Ratios of a variance to the residual variance are searched from 0 to this."""

STARTS = (0.5, 3.0)
"""Where the search begins, in logarithms of one plus each ratio; the better end counts."""

EFFECTS = ("row", "column", "pair")


@dataclass(frozen=True, eq=False)
class DyadCells:
    """The cells of a table, and which two of them are the two directions of one pair.

    Parameters
    ----------
    row, column : ndarray of int, shape (cell,)
        Where each cell stands.
    twin : ndarray of int, shape (cell,)
        The cell of the other direction; -1 where there is none.
    n_rows, n_columns : int
    """

    row: NDArray[np.intp]
    column: NDArray[np.intp]
    twin: NDArray[np.intp]
    n_rows: int
    n_columns: int

    @classmethod
    def of(cls, mask: NDArray[np.bool_], rows: Sequence[str], columns: Sequence[str]) -> DyadCells:
        """Number the cells of `mask`, shape (row, column), in its order."""
        row, column = np.nonzero(mask)
        pairs = [(rows[int(i)], columns[int(j)]) for i, j in zip(row, column, strict=True)]
        number = {pair: k for k, pair in enumerate(pairs)}
        twin = [number.get((b, a), -1) for a, b in pairs]
        return cls(row, column, np.array(twin, dtype=np.intp), *mask.shape)

    @property
    def paired(self) -> NDArray[np.bool_]:
        """Whether both directions of the cell's pair are there."""
        return self.twin >= 0

    def swapped(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """Values of the twins, shape (cell, ...); 0 where there is none."""
        moved = values[self.twin]
        moved[~self.paired] = 0.0
        return moved

    @cached_property
    def incidence(self) -> Any:
        """Which row and which column each cell is in: sparse, shape (cell, row + column)."""
        from scipy.sparse import csr_array

        n = len(self.row)
        at = np.concatenate([self.row, self.n_rows + self.column])
        return csr_array(
            (np.ones(2 * n), (np.tile(np.arange(n), 2), at)), shape=(n, self.n_rows + self.n_columns)
        )

    @cached_property
    def crossed(self) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
        """``Z'Z`` over cells without a twin, over cells with one, and ``Z'`` times Z of the twins."""
        alone, paired = self.incidence[~self.paired], self.incidence[self.paired]
        twins = self.incidence[self.twin[self.paired]]
        return (alone.T @ alone).toarray(), (paired.T @ paired).toarray(), (paired.T @ twins).toarray()

    def weighted(self, pair: float) -> NDArray[np.float64]:
        """``Z' R^-1 Z`` for the ratio `pair` of pair to residual variance."""
        alone, paired, twins = self.crossed
        return np.asarray(alone / (1 + pair) + ((1 + pair) * paired - pair * twins) / (1 + 2 * pair))


@dataclass(frozen=True, eq=False)
class Precision:
    """The inverse covariance of the cells, in units of the residual variance, for given variance ratios.

    With ``R = I + g G`` for the pair effects, which is blocks of one or two cells, and Z for rows and
    columns, ``V = R + Z D Z'`` and ``V^-1 = R^-1 - R^-1 Z K Z' R^-1``.

    Parameters
    ----------
    cells : DyadCells
    own, other : ndarray, shape (cell,)
        Diagonal of ``R^-1``, and its entry between a cell and its twin.
    core : ndarray, shape (row + column, row + column)
        K.
    pair : float
        g.
    log_determinant : float
        Of V.
    """

    cells: DyadCells
    own: NDArray[np.float64]
    other: NDArray[np.float64]
    core: NDArray[np.float64]
    pair: float
    log_determinant: float

    @classmethod
    def of(cls, cells: DyadCells, ratios: NDArray[np.float64]) -> Precision:
        """Build it for the ratios of row, column and pair variance to the residual variance."""
        from scipy.linalg import solve_triangular

        row, column, pair = (float(ratio) for ratio in ratios)
        own = np.where(cells.paired, (1 + pair) / (1 + 2 * pair), 1 / (1 + pair))
        other = np.where(cells.paired, -pair / (1 + 2 * pair), 0.0)
        spread = np.sqrt(np.r_[np.full(cells.n_rows, row), np.full(cells.n_columns, column)])
        inner = np.eye(len(spread)) + spread[:, None] * cells.weighted(pair) * spread
        factor = np.linalg.cholesky(inner)
        half = solve_triangular(factor, np.diag(spread), lower=True)
        n_paired = int(cells.paired.sum())
        log_r = n_paired / 2 * np.log1p(2 * pair) + (len(own) - n_paired) * np.log1p(pair)
        log_determinant = float(log_r + 2 * np.log(np.diag(factor)).sum())
        return cls(cells, own, other, half.T @ half, pair, log_determinant)

    def times(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """``V^-1`` times `values`, shape (cell, k)."""
        inner, z = self._within_pairs(values), self.cells.incidence
        return inner - self._within_pairs(z @ (self.core @ (z.T @ inner)))

    def squares(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """``v' V^-1 v`` for every column v of `values`, shape (k,)."""
        inner = self._within_pairs(values)
        sums = self.cells.incidence.T @ inner
        whole = np.einsum("ck,ck->k", values, inner) - np.einsum("ek,ek->k", sums, self.core @ sums)
        return np.asarray(whole)

    def traces(self) -> NDArray[np.float64]:
        """Traces of ``V^-1`` times the derivatives of V by the ratios of row, column and pair variance."""
        n_rows, g = self.cells.n_rows, self.pair
        weighted = self.cells.weighted(g)
        diagonal = np.diag(weighted) - np.sum((weighted @ self.core) * weighted, axis=1)
        alone, paired, twins = self.cells.crossed
        changed = alone / (1 + g) ** 2 + (paired + twins) / (1 + 2 * g) ** 2
        pairs = np.sum(self.own + self.other) - np.sum(self.core * changed)
        return np.array([diagonal[:n_rows].sum(), diagonal[n_rows:].sum(), pairs])

    def _within_pairs(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        return self.own[:, None] * values + self.other[:, None] * self.cells.swapped(values)


@dataclass(frozen=True, eq=False)
class MixedFit:
    """A mixed model at some variance ratios; as fitted, at the best.

    Parameters
    ----------
    ratios : ndarray, shape (3,)
        Of row, column and pair variance to the residual variance.
    criterion : float
        Minus twice the restricted log-likelihood.
    residual : float
        Residual variance.
    coefficients : ndarray, shape (fixed effect,)
    covariance : ndarray, shape (fixed effect, fixed effect)
        In units of the residual variance.
    precision : Precision
    weighted : ndarray, shape (cell, 1 + fixed effect)
        ``V^-1`` times y and the design.
    """

    ratios: NDArray[np.float64]
    criterion: float
    residual: float
    coefficients: NDArray[np.float64]
    covariance: NDArray[np.float64]
    precision: Precision
    weighted: NDArray[np.float64]

    @property
    def variances(self) -> dict[str, float]:
        """Variances of row, column and pair effects, and ``"residual"``."""
        scaled = zip(EFFECTS, self.ratios, strict=True)
        return {name: float(ratio * self.residual) for name, ratio in scaled} | {"residual": self.residual}


def fit_reml(cells: DyadCells, y: NDArray[np.float64], design: NDArray[np.float64]) -> MixedFit:
    """Fit ``y = design b + row + column + pair + error`` by restricted maximum likelihood.

    The two cells of an unordered pair share a pair effect; where no pair has both, there is none to
    estimate. The criterion is profiled over fixed effects and residual variance, so that three variances,
    relative to the residual's, are left to search.

    Parameters
    ----------
    cells : DyadCells
    y : ndarray, shape (cell,)
    design : ndarray, shape (cell, fixed effect)

    References
    ----------
    Bates, Maechler, Bolker and Walker (2015), Journal of Statistical Software 67(1), section 3.4.2 and
    equation 41; Kenny (1994) for the effects of actor, partner and relationship.
    """
    from scipy.optimize import minimize
    from threadpoolctl import threadpool_limits

    n_free = 3 if cells.paired.any() else 2

    criterion = partial(_with_gradient, cells, y, design)
    bounds, options = [(0.0, np.log1p(LARGEST_RATIO))] * n_free, {"ftol": 1e-15, "gtol": 1e-8}
    how: dict[str, Any] = {"method": "L-BFGS-B", "jac": True, "bounds": bounds, "options": options}
    # hundreds of products of small matrices: more threads only wait for each other
    with threadpool_limits(1, user_api="blas"):
        ends = [minimize(criterion, np.full(n_free, start), **how) for start in STARTS]
    found = min(ends, key=lambda end: float(end.fun))
    return _profiled(cells, y, design, _ratios(found.x))


def _ratios(logarithms: NDArray[np.float64]) -> NDArray[np.float64]:
    """Ratios of row, column and pair variance; the pair's is 0 where it was not searched."""
    ratios = np.zeros(len(EFFECTS))
    ratios[: len(logarithms)] = np.expm1(logarithms)
    return ratios


def _profiled(
    cells: DyadCells, y: NDArray[np.float64], design: NDArray[np.float64], ratios: NDArray[np.float64]
) -> MixedFit:
    """Fit the model at given variance ratios."""
    precision = Precision.of(cells, ratios)
    both = np.column_stack([y, design])
    weighted = precision.times(both)
    moments = both.T @ weighted
    covariance = np.asarray(np.linalg.inv(moments[1:, 1:]), dtype=np.float64)
    coefficients = covariance @ moments[1:, 0]
    degrees = len(y) - design.shape[1]
    residual = float((moments[0, 0] - moments[1:, 0] @ coefficients) / degrees)
    log_design = float(np.linalg.slogdet(moments[1:, 1:])[1])
    deviance = degrees * (1 + np.log(2 * np.pi * residual)) + precision.log_determinant + log_design
    return MixedFit(ratios, float(deviance), residual, coefficients, covariance, precision, weighted)


def _with_gradient(
    cells: DyadCells,
    y: NDArray[np.float64],
    design: NDArray[np.float64],
    logarithms: NDArray[np.float64],
) -> tuple[float, NDArray[np.float64]]:
    """Restricted deviance, and its derivatives by the logarithms of one plus each ratio.

    These logarithms, unlike those of the ratios, have no flat end at 0 for the search to get lost in.

    With ``P = V^-1 - V^-1 X (X' V^-1 X)^-1 X' V^-1`` and ``V_k`` the derivative of V by ratio k, that of
    the deviance is ``tr(P V_k)`` less ``y' P V_k P y`` over the residual variance.
    """
    ratios = _ratios(logarithms)
    fit = _profiled(cells, y, design, ratios)
    weighted = fit.weighted[:, 1:]
    unexplained = fit.weighted[:, :1] - (weighted @ fit.coefficients)[:, None]
    slopes = (
        fit.precision.traces()
        - np.array([np.sum(part * (part @ fit.covariance)) for part in _halves(cells, weighted)])
        - np.array([np.sum(part**2) for part in _halves(cells, unexplained)]) / fit.residual
    )
    return fit.criterion, (slopes * (1 + ratios))[: len(logarithms)]


def _halves(
    cells: DyadCells, values: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """``H_k' values`` where ``V_k = H_k H_k'``: sums over rows, over columns and over pairs."""
    sums = cells.incidence.T @ values
    # A pair with both directions is met twice, so each time it counts for half.
    pairs = (values + cells.swapped(values)) * np.where(cells.paired, np.sqrt(0.5), 1.0)[:, None]
    return sums[: cells.n_rows], sums[cells.n_rows :], pairs
