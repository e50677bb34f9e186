"""Draw the picture of a published table: ``python bench/picture.py e5-udpos PICTURE.png [MEASURE]``.

The leading distance of the measure (``score`` if left out), row and column effects removed, as the report
draws it. Nothing is trained.
"""

import sys
from pathlib import Path

from isogloss.analysis import AnalysisSpec, analyse
from isogloss.analysis.pipeline import languages_of
from isogloss.report.figures import Spans, scatter
from isogloss.scores.published.base import PUBLISHED
from isogloss.study.outputs.relations import sections


def main() -> None:
    """Draw and save."""
    name, path = sys.argv[1], Path(sys.argv[2])
    table = PUBLISHED[name].scores()
    spec = AnalysisSpec(sensitivity=False, effectiveness=tuple(sys.argv[3:]) or None)
    matrices = spec.matrices(languages_of(table))
    (analysis, *_) = analyse(table, matrices, spec).done
    (section, *_) = sections(analysis, list(matrices.values()))
    figure = scatter(section, section.leading_relation, Spans.of(section), name, adjusted=True)
    figure.canvas.save(path, figure.alt)
    print(figure.alt)


if __name__ == "__main__":
    main()
