"""One new file each: a distance, a control, an aggregator, a task and a verifier from another distribution.

Each file is written into a temporary package, which names it in an entry point; nothing of isogloss changes.
A new process then uses them all by name, as a user would.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

FILES = {
    "distances": (
        "letters",
        "distance",
        """
import numpy as np
from isogloss.distances import DistanceMatrix

def distance(languages, definition="shared"):
    first = np.array([ord(language.id[0]) for language in languages], dtype=float)
    values = np.abs(first[:, None] - first) / 26
    counts = np.ones(values.shape, dtype=np.int32)
    return DistanceMatrix("letters", definition, tuple(languages), values, counts, counts, "a test")
""",
    ),
    "controls": (
        "length",
        "control",
        """
def control(cells):
    known = {each.id: float(len(each.name)) for each in (*cells.rows, *cells.columns)}
    return cells.per_language("length of the name", known)
""",
    ),
    "aggregators": (
        "first",
        "Aggregator",
        """
from isogloss.modeling.aggregators.base import AggregatorConfig

class Aggregator(AggregatorConfig):
    layer: int = 0

    def label(self):
        return f"first_{self.layer}"

    def validate_for(self, n_layers, width):
        pass

    def build(self, n_layers, width):
        import torch
        class First(torch.nn.Module):
            def forward(self, states, mask):
                return states[0]
        return First()
""",
    ),
    "tasks": (
        "echo",
        "TASK",
        """
from isogloss.tasks.base import SentenceExample, Task, TaskCard, TaskData

class Echo(Task):
    card = TaskCard(
        name="echo", title="Echo", dataset="none", revision="1", licence="none", citation="none",
        labels=("no", "yes"), head="sentence", metric="accuracy", languages={"en": "en", "de": "de"},
    )

    def available(self, root):
        return {"en": ("train", "test"), "de": ("test",)}

    def load(self, root, language, split):
        rows = tuple(SentenceExample(i, f"{language} {i}", None, i % 2) for i in range(4))
        return TaskData("echo", language, split, examples=rows)

    def fingerprint(self, root, language, split):
        return f"{language} {split}"

TASK = Echo()
""",
    ),
    "verifiers": (
        "shrug",
        "make",
        """
from isogloss.evidence.documents import Verdict

class Shrug:
    def verify(self, claim, index):
        return Verdict("not found", f"nobody looked for: {claim}")

def make(options):
    return Shrug()
""",
    ),
}
USE = """
import json
import isogloss as ig
from isogloss.analysis import AnalysisSpec
from isogloss.evidence.verifiers.base import Options, make_verifier
from isogloss.modeling.aggregators.base import make_aggregator
from isogloss.tasks.base import TASKS

found = ig.correlate(
    "scores.csv", AnalysisSpec(distances=["letters"], controls=["length"], n_permutations=199)
)
(analysis,) = found.analyses
partial = next(record for record in analysis.sensitivity if record.method == "partial")
aggregator = make_aggregator("first", {"layer": 2})
print(json.dumps({
    "all": "letters" in ig.distance_matrices(["de", "nl"]),
    "distance": analysis.primary[0].distance,
    "slope": analysis.primary[0].estimate,
    "partial": partial.reason,
    "aggregator": aggregator.label(),
    "task": [example.text_a for example in TASKS["echo"].load(None, "de", "test").examples],
    "verifier": make_verifier("shrug", Options()).verify("Water is wet.", None).reason,
}))
"""


@pytest.fixture
def installed(tmp_path: Path) -> Path:
    package = tmp_path / "site" / "more_of_it"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text("")
    lines = []
    for group, (name, attribute, text) in FILES.items():
        (package / f"{name}.py").write_text(text)
        lines += [f"[isogloss.{group}]", f"{name} = more_of_it.{name}:{attribute}"]
    about = tmp_path / "site" / "more_of_it-1.0.dist-info"
    about.mkdir()
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: more-of-it\nVersion: 1.0\n")
    (about / "entry_points.txt").write_text("\n".join(lines) + "\n")
    return tmp_path / "site"


def test_one_file_adds_a_distance_a_control_an_aggregator_a_task_and_a_verifier(
    installed: Path, tmp_path: Path
) -> None:
    codes = ("de", "en", "fr", "hu", "nl", "sv", "tr")
    hard = {code: 0.01 * at for at, code in enumerate(codes)}

    def score(i: int, j: int) -> float:
        apart = abs(ord(codes[i][0]) - ord(codes[j][0])) / 26  # as the codes of ISO 639-3 begin
        return 0.8 - hard[codes[j]] - 0.13 * apart + 0.001 * ((i * j) % 3)

    rows = [f"{a},{b},{score(i, j):.6f}" for i, a in enumerate(codes) for j, b in enumerate(codes)]
    (tmp_path / "scores.csv").write_text("\n".join(["source,target,score", *rows]) + "\n")
    path = os.pathsep.join([str(installed), *filter(None, [os.environ.get("PYTHONPATH")])])
    done = subprocess.run(
        [sys.executable, "-c", USE],
        capture_output=True,
        text=True,
        check=False,
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": path},
    )
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert found["all"]
    assert found["distance"] == "letters"
    assert found["slope"] == pytest.approx(-0.13, abs=0.02)
    assert "with length of the name of the source language" in found["partial"]
    assert found["aggregator"] == "first_2"
    assert found["task"] == ["de 0", "de 1", "de 2", "de 3"]
    assert found["verifier"] == "nobody looked for: Water is wet."
