"""Fit the weights of `isogloss evidence` on folders of papers with labelled claims.

python -m bench.fit_evidence FOLDER... [--write]

Each folder holds papers and a claims.yaml whose notes say "gold: supported; class: true-table; shown: 69.74".
Prints verdicts cross-validated over the folders: each is judged with weights of the others. `--write`
replaces the weights of the package by those fitted on all.
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import yaml
from bench.evidence import label
from numpy.typing import NDArray
from scipy.optimize import minimize
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import StandardScaler

import isogloss.evidence
from isogloss.evidence.claims.records import read_claims
from isogloss.evidence.documents import Document
from isogloss.evidence.reading import read_folder
from isogloss.evidence.verifiers._claim import Parts, take_apart
from isogloss.evidence.verifiers._papers import paper_of
from isogloss.evidence.verifiers._scores import (
    OF_MENTION,
    OF_VERDICT,
    Match,
    Weights,
    decide,
    judge,
    match,
    weigh,
)

Floats = NDArray[np.float64]


@dataclass
class Example:
    """A claim with numbers: each beside the mentions of its paper, and which of these it is about."""

    folder: str
    claim: Parts
    gold: str
    matches: list[Match]
    targets: list[NDArray[np.bool_]]


def examples(folder: Path, documents: Sequence[Document]) -> Iterator[Example]:
    """Claims of a folder whose verdict rests on a number."""
    by_name = {Path(document.id).stem: paper_of(document) for document in documents}
    for claim in read_claims(folder / "claims.yaml"):
        parts, gold = take_apart(claim.text), label(claim.note, "gold")
        paper = by_name.get(str(claim.source).partition(":")[2])
        if paper is None or not paper.mentions or label(claim.note, "class") == "reversed":
            continue
        texts = [_plain(text) for text in label(claim.note, "shown").split("|") if text.strip()]
        matches = [match(parts, number, [paper]) for number in parts.numbers]
        targets = [_targets(gold, each, texts) for each in matches]
        if matches:
            yield Example(folder.name, parts, gold, matches, targets)


def _plain(text: str) -> str:
    return " ".join(text.lower().split())


def _targets(gold: str, found: Match, texts: Sequence[str]) -> NDArray[np.bool_]:
    """Mentions that the claim is about: of a true one those that agree, else those with the right value."""
    exact = np.array([_plain(mention.text) in texts for mention in found.mentions])
    shown = np.array(
        [any(text in _plain(mention.evidence.quote) for text in texts) for mention in found.mentions]
    )
    about = exact if gold != "supported" and exact.any() else exact | shown
    states = np.array([state is (gold == "supported") for state in found.states], dtype=bool)
    return np.asarray(about & states, dtype=bool)


def fit(train: Sequence[Example]) -> dict[str, dict[str, float]]:
    """Weights by name: a conditional logit of the mentions, and two logistic regressions of the verdict."""
    pairs = [
        (each.features, target)
        for example in train
        for each, target in zip(example.matches, example.targets, strict=True)
        if example.gold != "not found" and target.any()
    ]
    mention = _conditional_logit(pairs)
    fitted = {"mention": _named(OF_MENTION, mention)}
    x = np.array([weigh(each, each.features @ mention) for example in train for each in example.matches])
    scale = StandardScaler().fit(x)
    for word in ("supported", "contradicted"):
        y = [example.gold == word for example in train for _ in example.matches]
        model = LogisticRegression(max_iter=5000).fit(scale.transform(x), y)
        slopes = model.coef_[0] / scale.scale_
        constant = model.intercept_[0] - slopes @ scale.mean_
        fitted[word] = _named((*OF_VERDICT, "constant"), [*slopes, constant])
    return fitted


def _named(names: Sequence[str], values: Iterable[float]) -> dict[str, float]:
    return {name: round(float(value), 4) for name, value in zip(names, values, strict=True)}


def _conditional_logit(pairs: Sequence[tuple[Floats, NDArray[np.bool_]]]) -> Floats:
    """Penalised maximum likelihood of the mentions that claims are about."""
    scale = np.concatenate([x for x, _ in pairs]).std(axis=0) + 1e-3

    def loss(w: Floats) -> tuple[float, Floats]:
        total, slope = w @ w / 2, w.copy()
        for x, target in pairs:
            scores = x / scale @ w
            chance = np.exp(scores - scores.max())
            chance /= chance.sum()
            inside = chance * target
            total -= np.log(inside.sum() + 1e-300)
            slope -= (x / scale).T @ (inside / (inside.sum() + 1e-300) - chance)
        return float(total), slope

    return np.asarray(minimize(loss, np.zeros(len(scale)), jac=True, method="L-BFGS-B").x / scale)


def main() -> None:
    """Fit with and without each folder, print, and write if asked."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folders", type=Path, nargs="+")
    parser.add_argument("--write", action="store_true", help="replace the weights of the package")
    given = parser.parse_args()
    found = [e for folder in given.folders for e in examples(folder, read_folder(folder).documents)]
    counts: Counter[tuple[str, str]] = Counter()
    for folder in sorted({example.folder for example in found}):
        weights = Weights.of(fit([e for e in found if e.folder != folder]))
        for example in (e for e in found if e.folder == folder):
            counts[example.gold, verdict_of(example, weights)] += 1
    for word in ("supported", "contradicted", "undecided"):
        n = sum(count for (_, said), count in counts.items() if said == word)
        right = counts[word, word] if word != "undecided" else counts["not found", word]
        print(f"{word:<13}{right:>4} of {n} right")
    if given.write:
        n, folders = len(found), len(given.folders)
        head = f"# Fitted by python -m bench.fit_evidence on {n} claims of {folders} folders.\n"
        place = Path(isogloss.evidence.__path__[0]) / "weights.yaml"
        place.write_text(head + yaml.safe_dump(fit(found), sort_keys=False), encoding="utf-8")


def verdict_of(example: Example, weights: Weights) -> str:
    """Verdict by numbers alone."""
    verdict = decide(judge(example.claim, example.matches, weights))
    return verdict[0] if verdict else "undecided"


if __name__ == "__main__":
    main()
