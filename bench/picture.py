"""Draw the picture of the README from a finished study: ``python bench/picture.py out/mini PICTURE.png``."""

import sys
from pathlib import Path

from isogloss.report.drawn import draw
from isogloss.report.summary import summarise
from isogloss.study.outputs.folder import StudyFolder
from isogloss.study.outputs.results import gather


def main() -> None:
    """Draw the leading distance of the first measure with row and column effects removed."""
    figure = draw(summarise(gather(StudyFolder.open(Path(sys.argv[1]))))).sections[0].relations[0].adjusted
    figure.canvas.save(Path(sys.argv[2]), figure.alt)


if __name__ == "__main__":
    main()
