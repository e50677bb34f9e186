"""In how many seeds the study of `make demo` finds the relation with distance that the built-in world has.

Run: ``isogloss run studies/mini.yaml --set "seed=[101, 102]" --out OUT`` with as many fresh seeds as wanted,
then ``python bench/demo_seeds.py OUT``. Each seed is analysed alone, as the study declares. Printed for
each: the distances that gain falls with, and the slope on syntactic distance; then in how many seeds gain
falls with each. Nothing is trained.
"""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path

from isogloss.analysis import analyse
from isogloss.analysis.pipeline import languages_of
from isogloss.scores.table import ScoreTable
from isogloss.study.outputs.folder import StudyFolder


def main(out: Path) -> None:
    """Print one line per seed, and the counts."""
    folder = StudyFolder.open(out)
    table = folder.scores()
    manifest = folder.manifest
    spec = manifest.study.analysis.model_copy(
        update={"distances": manifest.distances, "effectiveness": manifest.effectiveness}
    )
    matrices = spec.matrices(languages_of(table))
    found: Counter[str] = Counter()
    seeds = sorted({row.seed for row in table})
    for seed in seeds:
        own = ScoreTable.of(row for row in table if row.seed == seed)
        (analysis, *_) = analyse(own, matrices, spec).done
        falls = [
            test.distance for test in analysis.primary if test.verdict == "supported" and test.estimate < 0
        ]
        found.update(falls or ["none"])
        found["any"] += bool(falls)
        syntactic = next(test for test in analysis.primary if test.distance == "syntactic")
        print(
            f"seed {seed}: falls with {', '.join(falls) or 'none'}; syntactic {100 * syntactic.estimate:.1f} "
            f"points per unit, family-wise p {syntactic.p_family:.4f}"
        )
    print(f"\nof {len(seeds)} seeds: " + ", ".join(f"{name} {n}" for name, n in found.most_common()))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
