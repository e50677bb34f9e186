"""Draw the picture of the README from a finished study: ``python bench/picture.py out/mini PICTURE.png``."""

import sys
from pathlib import Path

from isogloss.report.figures import save_figure
from isogloss.report.results import gather
from isogloss.study.outputs.folder import StudyFolder


def main() -> None:
    """Draw slopes and the leading distance's scatter."""
    save_figure(gather(StudyFolder.open(Path(sys.argv[1]))).summary, Path(sys.argv[2]))


if __name__ == "__main__":
    main()
