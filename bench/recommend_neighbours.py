"""Neighbours in a real encoder's states against distances, on UD POS.

``python bench/recommend_neighbours.py ENCODER UDPOS_FOLDER --out FOLDER``. The folder holds ``train-de.tsv``
and ``test-de.tsv`` (word, tab, tag; a blank line between sentences). In every language with training data a
linear probe (regularised least squares) is fitted on the states of words, its layer chosen on held-out words
of the source, and scored on the test sentences of every language: a table of transfer scores that the encoder
itself gives. Then all rankers are compared on it; the neighbours see test sentences without their labels.
States are kept in the folder, so that a run that is stopped goes on.
"""

import argparse
import csv
import itertools
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from isogloss.inference.sentence_states import sentence_states
from isogloss.languages import resolve
from isogloss.modeling.encoders.identify import identify, load_identified
from isogloss.recommend import evaluate

LAYERS = (2, 4, 6, 8, 12)
N_TRAIN, N_TEST, N_SENTENCES = 120, 60, 60
LONGEST = 30
PENALTY = 10.0

Sentence = list[tuple[str, str]]


def sentences(path: Path, n: int) -> list[Sentence]:
    """The first sentences of 3 to LONGEST words."""
    found: list[Sentence] = []
    with path.open(encoding="utf-8") as lines:
        for filled, group in itertools.groupby(lines, key=lambda line: bool(line.strip())):
            if filled:
                words = [tuple(line.rstrip("\n").split("\t")[:2]) for line in group]
                if 3 <= len(words) <= LONGEST:
                    found.append(words)
            if len(found) == n:
                break
    return found


def word_states(encoder, corpus: list[Sentence]) -> NDArray[np.float16]:
    """State of the first subword of every word, shape (layer, word, width)."""
    parts = []
    with torch.inference_mode():
        for first in range(0, len(corpus), 32):
            batch = [[word for word, _ in sentence] for sentence in corpus[first : first + 32]]
            coded = encoder.tokenizer(
                batch, is_split_into_words=True, padding=True, truncation=True, return_tensors="pt"
            )
            hidden = encoder.module(coded["input_ids"], coded["attention_mask"].bool(), None).hidden_states
            for row, words in enumerate(batch):
                starts = {}
                for at, word in enumerate(coded.word_ids(row)):
                    if word is not None:
                        starts.setdefault(word, at)
                at = [starts.get(word, 0) for word in range(len(words))]
                parts.append(
                    np.stack([hidden[layer][row, at].numpy() for layer in LAYERS]).astype(np.float16)
                )
    return np.concatenate(parts, axis=1)


def fit(x: NDArray[np.float64], y: NDArray[np.float64]) -> NDArray[np.float64]:
    """Weights from states with a constant to tags."""
    return np.linalg.solve(x.T @ x + PENALTY * np.eye(x.shape[1]), x.T @ y)


def with_constant(x: NDArray[np.float16]) -> NDArray[np.float64]:
    """States with a column of ones."""
    return np.hstack([x.astype(float), np.ones((len(x), 1))])


def kept(path: Path, make) -> NDArray[np.generic]:
    """An array from its file, or made and written."""
    if not path.exists():
        np.save(path, make())
    return np.load(path)


def languages(folder: Path, split: str) -> Iterator[str]:
    """Codes that have a split."""
    for path in sorted(folder.glob(f"{split}-*.tsv")):
        yield path.stem.removeprefix(f"{split}-")


def main() -> None:
    """Write scores.csv and print how the rankers compare."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("encoder")
    parser.add_argument("udpos", type=Path)
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    torch.set_num_threads(1)
    encoder = load_identified(identify(options.encoder))
    encoder.module.eval()
    states, tags = {}, {}
    for split, n in (("train", N_TRAIN), ("test", N_TEST)):
        for code in languages(options.udpos, split):
            corpus = sentences(options.udpos / f"{split}-{code}.tsv", n)
            if len(corpus) == n:
                path = options.out / f"{split}-{code}.npy"
                states[split, code] = kept(path, lambda corpus=corpus: word_states(encoder, corpus))
                tags[split, code] = np.array([tag for sentence in corpus for _, tag in sentence])
    names = sorted({tag for own in tags.values() for tag in own})
    rows = []
    for source in (code for split, code in states if split == "train"):
        y = (tags["train", source][:, None] == np.array(names)).astype(float)
        cut = int(0.8 * len(y))
        best = max(
            range(len(LAYERS)),
            key=lambda layer: _held_out(with_constant(states["train", source][layer]), y, cut),
        )
        weights = fit(with_constant(states["train", source][best]), y)
        for target in (code for split, code in states if split == "test"):
            guessed = np.argmax(with_constant(states["test", target][best]) @ weights, axis=1)
            right = np.array(names)[guessed] == tags["test", target]
            rows.append({"source": source, "target": target, "score": f"{right.mean():.4f}"})
    with (options.out / "scores.csv").open("w", encoding="utf-8", newline="") as handle:
        writer = csv.DictWriter(handle, ["source", "target", "score"])
        writer.writeheader()
        writer.writerows(rows)
    texts = {}
    for split, code in states:
        if split == "test" or resolve(code) not in {resolve(known) for known in texts}:
            corpus = sentences(options.udpos / f"{split}-{code}.tsv", N_SENTENCES)
            texts[code] = [" ".join(word for word, _ in sentence) for sentence in corpus]
    pooled = {
        code: kept(
            options.out / f"sentences-{code}.npy",
            lambda lines=lines: sentence_states(options.encoder, [lines])[0],
        )
        for code, lines in texts.items()
    }
    found = evaluate(options.out / "scores.csv", states=pooled)
    print(found)
    for entry in found.whole.figures:
        print(
            f"{entry.name:22s}{entry.loss_percent:6.1f} ({entry.ci_low:.1f} to {entry.ci_high:.1f}), "
            f"{entry.loss_points:.1f} points, top 1 {entry.top1:.2f}, top 3 {entry.top3:.2f}, "
            f"NDCG@3 {entry.ndcg3:.2f}, NDCG@10 {entry.ndcg10:.2f}, {entry.n_targets} targets"
        )


def _held_out(x: NDArray[np.float64], y: NDArray[np.float64], cut: int) -> float:
    """Accuracy on the last fifth of a source's words, fitted on the rest."""
    return float(np.mean(np.argmax(x[cut:] @ fit(x[:cut], y[:cut]), axis=1) == np.argmax(y[cut:], axis=1)))


if __name__ == "__main__":
    main()
