"""Speed compared with the usual alternative.

python -m bench attention|evaluate|finetune|products|study --help
"""

from __future__ import annotations

import sys

from bench import attention, evaluate, finetune, products, study

COMMANDS = {
    "attention": attention.main,
    "evaluate": evaluate.main,
    "finetune": finetune.main,
    "products": products.main,
    "study": study.main,
}

if __name__ == "__main__":
    name = sys.argv[1] if len(sys.argv) > 1 else ""
    if name not in COMMANDS:
        sys.exit(f"{__doc__}\n'{name}' is not a benchmark; allowed: {', '.join(COMMANDS)}")
    COMMANDS[name](sys.argv[2:])
