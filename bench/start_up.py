"""How long commands that train nothing take from a cold start: ``python bench/start_up.py [STUDY_FOLDER]``.

Prints the median of seven runs of each command, and whether torch was imported.
"""

import statistics
import subprocess
import sys
import time

N_RUNS = 7


def seconds(*arguments: str) -> float:
    """Wall time of one run in a new process."""
    start = time.perf_counter()
    subprocess.run([sys.executable, "-m", "isogloss", *arguments], check=True, capture_output=True)
    return time.perf_counter() - start


def imports_torch(*arguments: str) -> bool:
    """Whether the command imports torch."""
    code = (
        "import sys; from isogloss.cli.main import cli; "
        "cli(sys.argv[1:], standalone_mode=False); sys.exit('torch' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code, *arguments], check=False, capture_output=True)
    return done.returncode != 0


def main() -> None:
    """Time every command."""
    commands = [("--help",), ("run", "--help"), ("pretrain", "--help")]
    if len(sys.argv) > 1:
        commands += [("scores", sys.argv[1]), ("scores", sys.argv[1], "--csv")]
    for command in commands:
        times = [seconds(*command) for _ in range(N_RUNS)]
        torch = "imports torch" if imports_torch(*command) else "no torch"
        print(f"isogloss {' '.join(command):40} {statistics.median(times):.2f} s  {torch}")


if __name__ == "__main__":
    main()
