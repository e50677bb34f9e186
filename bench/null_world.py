"""How often the primary analysis finds a relation where labels are random.

Run: ``PYTHONPATH=tests python bench/null_world.py OUT`` with the output folder of a study. In each of its
conditions the scores stay and the languages are relabelled 1,000 times at random, with languages of the
built-in world and of the study; the primary test runs on each relabelling over all distances at once. Printed
per condition: the share of relabellings that reject at .05, and the exact binomial interval (Clopper and
Pearson) of that share. Nothing is trained.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
from scipy.stats import binomtest

from isogloss.analysis.dyads import select
from isogloss.distances import DISTANCES, distance_matrices
from isogloss.languages import resolve
from isogloss.narrative.analysis import in_words
from isogloss.scores.effectiveness import conditions
from isogloss.study.outputs.folder import StudyFolder
from isogloss.world.grammar_file import GRAMMARS
from relabelling import relabelled_p_values

N_RELABELLINGS = 1000
N_PERMUTATIONS = 199  # of which ALPHA is a whole number
ALPHA = 0.05


def main(out: Path) -> None:
    """Print one line per condition."""
    folder = StudyFolder.open(out)
    table = folder.scores()
    measure = folder.manifest.effectiveness[0]
    for condition in conditions(table):
        selection = select(table, [measure], condition)
        (dyads,), informed = selection.dyads, selection.information
        print(f"{condition}: {measure}, {len(dyads.rows)} x {len(dyads.columns)}; {in_words(informed)[0]}")
        languages = {one.id: one for one in (*dyads.rows, *dyads.columns)}
        for tag in GRAMMARS:
            languages.setdefault(resolve(tag).id, resolve(tag))
        matrices = distance_matrices(tuple(languages.values()), tuple(DISTANCES))
        known = {name: m.values for name, m in matrices.items() if np.isfinite(m.values).all()}
        print(f"  pool of {len(languages)} languages; distances known for all: {', '.join(known)}")
        p_values = relabelled_p_values(
            dyads.values,
            np.stack(list(known.values())),
            dyads.row_ids,
            dyads.column_ids,
            n_relabellings=N_RELABELLINGS,
            n_permutations=N_PERMUTATIONS,
            rng=np.random.default_rng(0),
        )
        n_rejected = int((p_values <= ALPHA).sum())
        low, high = binomtest(n_rejected, N_RELABELLINGS).proportion_ci()
        print(
            f"  rejected at {ALPHA:g}: {n_rejected} of {N_RELABELLINGS}, 95% interval {low:.3f} to {high:.3f}"
        )


if __name__ == "__main__":
    main(Path(sys.argv[1]))
