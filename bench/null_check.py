"""How often the primary test of the e5 study rejects where there is nothing but seed noise.

Run: ``python bench/null_check.py SCORES.csv --study FILE`` with a score table of baselines in several seeds
and the study whose rows and columns are meant. Tables of errors are drawn, in which every intermediate
language has its own error for all targets at once: normal, with the variance and correlation of the targets
between seeds that the baselines give. Rows, columns, missing cells and distances are those of the study.
Printed: the share of tables with a family-wise p-value of at most .05, its exact binomial interval (Clopper
and Pearson); for each distance the share of p-values of at most .05, and how much the slopes of noise vary.
docs/study-plan.md asks for a share between .035 and .065. Nothing is trained.

``--between-rows`` is for a table of one seed: the covariance is that between its intermediate languages, so
that whatever the stage does to a target counts as noise. ``--without`` leaves languages out for which a
distance is not known.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import yaml
from numpy.typing import NDArray
from scipy.stats import binomtest

from isogloss.distances import distance_matrices
from isogloss.languages import resolve
from isogloss.scores.importing import read_scores
from isogloss.scores.table import ScoreTable
from isogloss.statistics.primary import permutation_slope

STUDY = Path(__file__).parents[1] / "studies" / "e5-pawsx-after-xnli.yaml"
ALPHA = 0.05


def covariance_of_targets(
    table: ScoreTable, targets: Sequence[str], *, between_rows: bool
) -> tuple[NDArray[np.float64], int]:
    """Covariance of the targets' scores, and its degrees of freedom.

    Between seeds, pooled over the baselines; or between intermediate languages.

    Returns
    -------
    ndarray, shape (target, target)
    int
    """
    cells: dict[tuple[str, str], dict[str, float]] = {}
    for row in table:
        cells.setdefault((row.intermediate_language or "none", str(row.seed)), {})[row.target_language] = (
            row.score
        )
    by_baseline: dict[str, list[list[float]]] = {}
    for (baseline, _), scores in sorted(cells.items()):
        if not between_rows or baseline != "none":
            pooled = by_baseline.setdefault("any" if between_rows else baseline, [])
            pooled.append([scores[target] for target in targets])
    deviations = [np.asarray(runs) - np.mean(runs, axis=0) for runs in by_baseline.values() if len(runs) > 1]
    degrees = sum(len(each) - 1 for each in deviations)
    stacked = np.concatenate(deviations)
    return stacked.T @ stacked / degrees, degrees


def main() -> None:
    """Draw the tables, test each, print the share that rejects."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("scores", type=Path)
    parser.add_argument("--study", type=Path, default=STUDY)
    parser.add_argument("--without-stage", action="store_true", help="use the baseline without a stage alone")
    parser.add_argument("--between-rows", action="store_true")
    parser.add_argument("--without", nargs="*", default=(), metavar="LANGUAGE")
    parser.add_argument("--tables", type=int, default=1000)
    parser.add_argument("--permutations", type=int, default=999)
    parser.add_argument("--seed", type=int, default=0)
    asked = parser.parse_args()
    study = yaml.safe_load(asked.study.read_text(encoding="utf-8"))
    source = study["source"]["language"]
    left_out = {source, *asked.without}
    table = read_scores(asked.scores).table
    rows = [resolve(code) for code in study["intermediate"]["languages"] if code not in left_out]
    targets = sorted({row.target_language for row in table} - left_out)
    columns = [resolve(code) for code in targets]
    languages = tuple({one.id: one for one in (*rows, *columns)}.values())
    if asked.without_stage:
        table = ScoreTable.of(row for row in table if row.intermediate_language is None)
    covariance, degrees = covariance_of_targets(table, targets, between_rows=asked.between_rows)
    print(f"{len(rows)} x {len(columns)}; covariance of the targets on {degrees} degrees of freedom")
    print("standard deviation of each target, points:", np.round(100 * np.sqrt(np.diag(covariance)), 2))
    of_all = distance_matrices(languages)
    at = {language.id: index for index, language in enumerate(languages)}
    grid = np.ix_([at[row.id] for row in rows], [at[column.id] for column in columns])
    known = {name: matrix.values[grid] for name, matrix in of_all.items() if np.isfinite(matrix.values).all()}
    print("distances known for every pair:", ", ".join(known))
    apart = np.array([[row.id != column.id for column in columns] for row in rows])
    stacked = np.stack(list(known.values()))
    rng = np.random.default_rng(asked.seed)
    rejected = 0
    estimates, p_values = [], []
    for _ in range(asked.tables):
        errors = rng.multivariate_normal(np.zeros(len(columns)), covariance, size=len(rows))
        family = permutation_slope(
            np.where(apart, errors, np.nan),
            stacked,
            [row.id for row in rows],
            [column.id for column in columns],
            n_permutations=asked.permutations,
            rng=rng,
        )
        rejected += min(result.p_family or 1.0 for result in family.results) <= ALPHA
        estimates.append([result.estimate for result in family.results])
        p_values.append([result.p_value for result in family.results])
    low, high = binomtest(rejected, asked.tables).proportion_ci()
    print(f"rejected at {ALPHA}: {rejected / asked.tables:.3f}, 95% interval {low:.3f} to {high:.3f}")
    shares = (np.array(p_values) <= ALPHA).mean(axis=0)
    for name, share, spread in zip(known, shares, np.std(estimates, axis=0), strict=True):
        print(f"  {name}: {share:.3f}; standard deviation of slopes: {100 * spread:.2f} points per unit")


if __name__ == "__main__":
    main()
