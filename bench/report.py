"""Time and size of a report of many languages: ``python bench/report.py [SOURCES TARGETS [PAGE]]``.

The scores are made up: ease of the target, skill of the source, a slope on syntactic distance, noise. Timed
is what ``isogloss report`` does after the records are read: averages, matrices, relations, recommendations,
drawing and writing. The analysis itself is timed apart: its permutations are not those of the report.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from isogloss.analysis import AnalysisSpec, analyse
from isogloss.analysis.controls._pretraining import pretraining_sizes
from isogloss.distances.spec import DistanceSpec
from isogloss.languages import resolve
from isogloss.languages.base import Language
from isogloss.report.export import write_report
from isogloss.report.summary import summarise
from isogloss.scores.table import ScoreRow, ScoreTable
from isogloss.study.outputs.results import StudyResults, evaluation_of

FURTHER = (
    *("fo", "mt", "oc", "br", "co", "fur", "lld", "lij"),
    *("gsw", "bar", "nds", "szl", "hsb", "dsb", "csb", "rue"),
)
METRICS = ("featural", "genetic", "geographic", "inventory", "phonological", "syntactic")


def languages(n: int) -> list[Language]:
    """So many languages, those of CC-100 first."""
    found: dict[str, Language] = {}
    for code in pretraining_sizes("cc100_gib"):
        language = resolve(code)
        found.setdefault(language.id, language)
    for code in FURTHER:
        language = resolve(code)
        found.setdefault(language.id, language)
    return list(found.values())[:n]


def made_up(n_sources: int, n_targets: int) -> tuple[ScoreTable, dict]:
    """Scores of every source on every target, and six distances between them."""
    rng = np.random.default_rng(3)
    everyone = languages(max(n_sources, n_targets))
    matrices = DistanceSpec(distances=METRICS).matrices(everyone)
    near = np.nan_to_num(matrices["syntactic"].values, nan=0.5)
    ease, skill = rng.uniform(0.5, 0.85, len(everyone)), rng.uniform(-0.05, 0.05, len(everyone))
    rows = [
        ScoreRow(
            task="udpos",
            encoder="made-up",
            aggregator="last",
            seed=1,
            source_language=source.input,
            intermediate_task=None,
            intermediate_language=None,
            target_language=target.input,
            split="test",
            metric="word_accuracy",
            score=float(np.clip(ease[j] + skill[i] - 0.2 * near[i, j] + 0.02 * rng.standard_normal(), 0, 1)),
            chance=0.2,
            n_examples=500,
            n_units=9000,
            zero_shot=source.id != target.id,
            stage_id=f"{i}-{j}",
        )
        for i, source in enumerate(everyone[:n_sources])
        for j, target in enumerate(everyone[:n_targets])
    ]
    return ScoreTable.of(rows), matrices


def main() -> None:
    """Print seconds and bytes."""
    n_sources, n_targets = (int(part) for part in sys.argv[1:3]) if len(sys.argv) > 2 else (65, 105)
    table, matrices = made_up(n_sources, n_targets)
    print(f"{n_sources} x {n_targets}: {len(table)} cells, {len(matrices)} distances")
    start = time.perf_counter()
    analyses = analyse(table, matrices, AnalysisSpec(effectiveness=["score"], n_permutations=199)).require()
    print(f"analysis (199 permutations): {time.perf_counter() - start:.1f} s")
    start = time.perf_counter()
    results = StudyResults.of(table, matrices, analyses, name="made-up", evaluation=evaluation_of(table))
    gathered = time.perf_counter()
    with TemporaryDirectory() as folder:
        files = write_report(summarise(results), Path(folder))
        sizes = {path.name: path.stat().st_size for path in files.written}
        if len(sys.argv) > 3:
            Path(sys.argv[3]).write_bytes((Path(folder) / "report.html").read_bytes())
    done = time.perf_counter()
    print(f"report: {done - start:.1f} s (gathering {gathered - start:.1f}, writing {done - gathered:.1f})")
    print(", ".join(f"{name} {size / 1e6:.2f} MB" for name, size in sizes.items()))


if __name__ == "__main__":
    main()
