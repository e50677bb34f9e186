"""How a distance degrades when facts of well-known languages are hidden: where the thresholds come from.

Run: ``python bench/distance_coverage.py``. For pairs of languages with at least 85% of a metric's features on
record, all but n of the shared features are hidden at random. Printed per n: the correlation of the
distance over n features with the distance over all, its root mean square error, and the share of pairs that
have no angle at all.
"""

from __future__ import annotations

import numpy as np

from isogloss.distances import DISTANCES
from isogloss.distances import feature_records as _records
from isogloss.distances.metrics._typological import columns
from isogloss.languages import Language, _uriel

N_PAIRS = 6000
COUNTS = {
    "syntactic": range(10, 61, 5),
    "phonological": range(5, 22),
    "inventory": range(20, 141, 10),
    "featural": range(20, 201, 20),
}


def main() -> None:
    """Print one table per metric."""
    rng = np.random.default_rng(20)
    codes = _uriel.labels("features", "langs")
    facts_of_all = _records.typology(codes)
    prefixes = {"syntactic": ("S_",), "phonological": ("P_",), "inventory": ("INV_",)}
    for metric, counts in COUNTS.items():
        facts = facts_of_all[:, columns(prefixes.get(metric, ("S_", "P_", "INV_")))]
        known = facts >= 0
        rows = np.flatnonzero(known.mean(axis=1) >= 0.85)
        languages = [Language(codes[row], codes[row], codes[row]) for row in rows]
        full = DISTANCES[metric](languages).values
        first, second = np.triu_indices(len(rows), 1)
        pairs = rng.choice(len(first), min(N_PAIRS, len(first)), replace=False)
        print(
            f"{metric}: {len(rows)} languages, {len(pairs)} pairs, "
            f"standard deviation {np.nanstd(full[first, second]):.3f}"
        )
        for n in counts:
            hidden, whole = [], []
            for a, b in zip(first[pairs], second[pairs], strict=True):
                both = np.flatnonzero(known[rows[a]] & known[rows[b]])
                kept = rng.choice(both, n, replace=False)
                x, y = facts[rows[a], kept].astype(float), facts[rows[b], kept].astype(float)
                if x.any() and y.any():
                    cosine = min(1.0, x @ y / np.sqrt((x @ x) * (y @ y)))
                    hidden.append(2 / np.pi * np.arccos(cosine))
                    whole.append(full[a, b])
            error = np.sqrt(np.mean((np.array(hidden) - whole) ** 2))
            r = np.corrcoef(hidden, whole)[0, 1]
            print(f"  n={n:3d}  r={r:.2f}  error={error:.3f}  no angle={1 - len(hidden) / len(pairs):.3f}")


if __name__ == "__main__":
    main()
