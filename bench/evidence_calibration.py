"""Fit the confidence of verdicts on some of the labelled claims; report on all.

    PYTHONPATH=tests python bench/evidence_calibration.py          # report
    PYTHONPATH=tests python bench/evidence_calibration.py --fit    # fit, write calibration.json and the plot

Every claim is verified twice: on all papers of its set, and on all but the one that it is about, where
nothing states it.
"""

from __future__ import annotations

import argparse
import json
import math
import tempfile
from pathlib import Path

import numpy as np

from isogloss.evidence.calibration import features
from labelled_claims import Case, cases

ROOT = Path(__file__).resolve().parents[1]
TUNING = ("tuning", "practice")
MENDED = ("reporting", "fresh", "unseen", "again")
"""Sets that were held out once, and whose faults were mended since."""
HELD_OUT = "sealed"
"""The set that nothing was ever mended for or fitted on."""
FIRST_RUNS = {"supported": (47, 55), "contradicted": (42, 50), "not found": (221, 284)}
"""Verdicts that were right, of how many, when papers in new styles were first seen: *unseen* and *practice*,
with and without the paper, for *supported* also *again*. The sets were mended since; what a new paper meets
is the first run, so each curve is moved to its share."""
WORDS = ("supported", "contradicted", "not found")
WEIGHTS = ROOT / "src" / "isogloss" / "evidence" / "calibration.json"
PLOT = ROOT / "docs" / "images" / "evidence-calibration.png"
EDGES = (0.0, 0.5, 0.7, 0.8, 0.9, 0.95, 1.0)


def both(half: str) -> list[Case]:
    """Cases of one set, with and without the paper."""
    with tempfile.TemporaryDirectory() as folder:
        whole, without = cases(half, Path(folder))
    return whole + without


def x_of(case: Case) -> dict[str, float]:
    """Features of the verdict."""
    verdict = case.verdict
    same = [each for each in verdict.evidence if each.relation == verdict.evidence[0].relation]
    return dict(features(verdict.closeness, len(same), verdict.kind, opposed=verdict.is_opposed))


def fit(data: list[Case]) -> dict[str, dict[str, float]]:
    """One ridge-penalised logistic curve a verdict, with Platt's (1999) targets."""
    weights = {}
    for word in WORDS:
        own = [case for case in data if case.verdict.word == word]
        names = list(x_of(own[0]))
        x = np.array([[1.0, *x_of(case).values()] for case in own])
        right = np.array([case.is_right for case in own])
        n_right, n_wrong = right.sum(), (~right).sum()
        y = np.where(right, (n_right + 1) / (n_right + 2), 1 / (n_wrong + 2))
        w = _newton(x, y)
        w[0] += _shift(x @ np.array(w), FIRST_RUNS[word])
        weights[word] = {"bias": round(w[0], 4)} | {
            name: round(v, 4) for name, v in zip(names, w[1:], strict=True)
        }
    return weights


def _shift(z: np.ndarray, first_run: tuple[int, int]) -> float:
    """What moves the mean of the curve to the share of a first run; by halving."""
    low, high = -10.0, 10.0
    for _ in range(60):
        middle = (low + high) / 2
        is_low = (1 / (1 + np.exp(-z - middle))).mean() < first_run[0] / first_run[1]
        low, high = (middle, high) if is_low else (low, middle)
    return low


def _newton(x: np.ndarray, y: np.ndarray, ridge: float = 0.5) -> list[float]:
    w = np.zeros(x.shape[1])
    penalty = np.diag([0.0, *[ridge] * (x.shape[1] - 1)]) + 1e-9 * np.eye(x.shape[1])
    for _ in range(50):
        p = 1 / (1 + np.exp(-x @ w))
        w -= np.linalg.solve(x.T @ (x * (p * (1 - p))[:, None]) + penalty, x.T @ (p - y) + penalty @ w)
    return [float(value) for value in w]


def report(name: str, data: list[Case]) -> None:
    """Accuracy, precision of *supported*, Brier score and calibration by bins."""
    right = np.array([case.is_right for case in data])
    p = np.array([case.verdict.confidence for case in data])
    supported = [case for case in data if case.verdict.word == "supported"]
    precise = sum(case.is_right for case in supported)
    print(
        f"{name}: {len(data)} cases, accuracy {right.mean():.3f}, "
        f"supported right {precise} of {len(supported)}, Brier {np.mean((p - right) ** 2):.4f}, "
        f"calibration error {calibration_error(p, right):.3f}"
    )


def bins(p: np.ndarray, right: np.ndarray) -> list[tuple[float, float, int]]:
    """Mean confidence, share right and count of each bin that has a case."""
    at = np.clip(np.digitize(p, EDGES) - 1, 0, len(EDGES) - 2)
    return [
        (float(p[at == b].mean()), float(right[at == b].mean()), int((at == b).sum()))
        for b in range(len(EDGES) - 1)
        if (at == b).any()
    ]


def calibration_error(p: np.ndarray, right: np.ndarray) -> float:
    """Mean distance of confidence and share right over bins, by cases."""
    return sum(n * abs(mean - share) for mean, share, n in bins(p, right)) / len(p)


def plot(data: dict[str, list[Case]]) -> None:
    """Confidence against the share that is right, with Wilson's 95% interval."""
    import matplotlib.pyplot as plt

    figure, axes = plt.subplots(figsize=(4.6, 4.2))
    axes.plot([0, 1], [0, 1], color="0.7", lw=1)
    for (name, own), colour, shift in zip(data.items(), ("#084f8a", "0.6"), (0, 0.006), strict=True):
        p = np.array([case.verdict.confidence for case in own])
        right = np.array([case.is_right for case in own])
        for i, (mean, share, n) in enumerate(bins(p, right)):
            low, high = wilson(share, n)
            label = f"{name} ({len(own)} cases)" if i == 0 else None
            axes.errorbar(
                mean + shift,
                share,
                [[share - low], [high - share]],
                fmt="o",
                color=colour,
                label=label,
                ms=5,
                lw=1,
            )
    axes.set(
        xlabel="confidence", ylabel="share of verdicts that are right", xlim=(0.4, 1.02), ylim=(0.4, 1.02)
    )
    axes.legend(frameon=False, loc="lower right", fontsize=8)
    figure.tight_layout()
    figure.savefig(PLOT, dpi=110)


def wilson(share: float, n: int, z: float = 1.96) -> tuple[float, float]:
    """Wilson's interval of a share."""
    centre = (share + z * z / (2 * n)) / (1 + z * z / n)
    half = z / (1 + z * z / n) * math.sqrt(share * (1 - share) / n + z * z / (4 * n * n))
    return min(share, centre - half), max(share, centre + half)


def main() -> None:
    """Fit if asked, then report."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--fit", action="store_true")
    arguments = parser.parse_args()
    tuning = {name: both(name) for name in TUNING}
    if arguments.fit:
        about = "by bench/evidence_calibration.py on the sets tuning and practice, moved to first runs"
        WEIGHTS.write_text(
            json.dumps(
                {"about": about, "weights": fit([case for own in tuning.values() for case in own])}, indent=1
            )
            + "\n",
            encoding="utf-8",
        )
        from isogloss.evidence import calibration

        calibration._weights.cache_clear()
        tuning = {name: both(name) for name in TUNING}
    data = tuning | {name: both(name) for name in (*MENDED, HELD_OUT)}
    for name, own in data.items():
        report(f"{name}, all papers", own[: len(own) // 2])
        report(f"{name}, without the paper", own[len(own) // 2 :])
        report(name, own)
    if arguments.fit:
        mended = [case for name in MENDED for case in data[name]]
        plot({HELD_OUT: data[HELD_OUT], "held out once, mended since": mended})


if __name__ == "__main__":
    main()
