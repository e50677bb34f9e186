"""Speed compared with the usual alternative: `python -m bench attention|finetune|evaluate|study --help`."""

from __future__ import annotations

import sys

from bench import attention, evaluate, finetune, study

COMMANDS = {
    "attention": attention.main,
    "finetune": finetune.main,
    "evaluate": evaluate.main,
    "study": study.main,
}

if __name__ == "__main__":
    name = sys.argv[1] if len(sys.argv) > 1 else ""
    if name not in COMMANDS:
        sys.exit(f"{__doc__}\n'{name}' is not a benchmark; allowed: {', '.join(COMMANDS)}")
    COMMANDS[name](sys.argv[2:])
