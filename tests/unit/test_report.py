"""The report: what its summary says, and that the page says it safely and first things first."""

from __future__ import annotations

import csv
import dataclasses
import html.parser
import io
import json
import re
from collections.abc import Sequence

import numpy as np
import pytest

from isogloss.analysis import analyse_all
from isogloss.distances.base import DistanceMatrix
from isogloss.errors import FieldError, StoreError
from isogloss.languages import resolve
from isogloss.report import figures, render
from isogloss.report.matrices import NO_INTERMEDIATE, score_matrices
from isogloss.report.provenance import duration, provenance
from isogloss.report.summary import Summary, summarise
from isogloss.scores import ScoreRow, ScoreTable

SEVEN = ("de", "es", "fr", "ja", "ko", "zh", "nl")
MANY = tuple(
    "nl it pt ru ar hi tr fi et hu sw vi th id ms fa he bg el pl ro uk lt kk ka ta te ml mr ur bn gu pa my eu "
    "qu yo jv af cs".split()
)
CHANCE = 0.52
HOSTILE = "<script>alert('x')</script>&\"'"


def distance_matrices(codes: Sequence[str], metrics: Sequence[str], unknown: Sequence[str] = ()):
    """Random distances in a plane; those of `unknown` languages are not on record for the last metric."""
    languages = tuple(resolve(code) for code in sorted({*codes, "en"}))
    n = len(languages)
    rng = np.random.default_rng(5)
    found = {}
    for metric in metrics:
        places = rng.random((n, 2))
        values = np.linalg.norm(places[:, None] - places[None], axis=-1) / np.sqrt(2)
        if metric == metrics[-1]:
            for i, language in enumerate(languages):
                if language.input in unknown:
                    values[i], values[:, i] = np.nan, np.nan
                    values[i, i] = 0
        counts = np.full((n, n), 60)
        found[metric] = DistanceMatrix(metric, "shared", languages, values, counts, counts, "URIEL, lang2vec 1.1.2", 10)
    return found


def score_table(
    intermediates: Sequence[str],
    targets: Sequence[str],
    distances: dict[str, DistanceMatrix],
    *,
    seeds: int = 2,
    aggregators: Sequence[str] = ("last",),
    slope: float = -0.1,
    task: str = "mini-paraphrase",
    flat: bool = False,
) -> ScoreTable:
    """Scores that fall with the first distance; at the chance level throughout if `flat`."""
    rng = np.random.default_rng(7)
    matrix = next(iter(distances.values()))
    ease = dict(zip(targets, rng.uniform(0.7, 0.85, len(targets)), strict=True))
    rows = []
    for aggregator in aggregators:
        for language in [None, "en", *intermediates]:
            for target in targets:
                effect = 0.0
                if language is not None:
                    effect = slope * matrix.between([resolve(language)], [resolve(target)])[0, 0]
                for seed in range(1, seeds + 1):
                    noise = 0.004 * rng.standard_normal()
                    score = CHANCE + noise if flat else ease[target] + effect + noise
                    rows.append(
                        ScoreRow(
                            task=task,
                            encoder="mini",
                            aggregator=aggregator,
                            seed=seed,
                            source_language="en",
                            intermediate_task=None if language is None else "mini-tags",
                            intermediate_language=language,
                            target_language=target,
                            split="test",
                            metric="accuracy",
                            score=score,
                            chance=CHANCE,
                            n_examples=800,
                            n_units=800,
                            zero_shot=target not in {"en", language},
                            stage_id=f"{aggregator}-{language}-{target}-{seed}",
                        )
                    )
    return ScoreTable.of(rows)


def stage_record(number: int, language: str, **changes):
    """A record as a worker writes it."""
    return {
        "state": "done",
        "stage_id": f"{number:032x}",
        "kind": "evaluate" if number % 3 == 0 else "finetune",
        "label": f"mini-tags {language}, seed {number % 2 + 1}",
        "isogloss_version": "0.1.0",
        "git_commit": "8a53d74c" * 5,
        "git_dirty": False,
        "versions": {"python": "3.11.7", "torch": "2.13.0", "numpy": "2.4.6"},
        "seed": number % 2 + 1,
        "hardware": {"processor": "Some Processor 3000", "cores": 2, "threads": 1, "memory_gib": 7.7, "device": "cpu"},
        "precision": "fp32",
        "started": "2026-11-22T22:00:00+00:00",
        "seconds": 12.3,
        "throughput": 12345.6,
        "warnings": [],
        "data": [
            {
                "task": "pawsx",
                "language": language,
                "split": "test",
                "n_examples": 1900,
                "n_available": 1968,
                "dropped": {"untranslated (NS)": 32, "never": 0},
                "notes": ["test labels follow the English file"],
                "files": [{"path": f"pawsx/test-{language}.tsv", "sha256": "ab" * 32, "rows": 2000}],
            }
        ],
    } | changes


def manifest(name: str = "mini", **study):
    card = {
        "title": "Mini paraphrase",
        "dataset": "built in",
        "revision": "1",
        "licence": "MIT",
        "citation": "this package",
    }
    return {
        "study": {"name": name, "description": "Does distance go with transfer?", "seed": [1, 2], **study},
        "tasks": {"mini-paraphrase": card},
        "cells": [],
    }


def build(
    intermediates=SEVEN,
    targets=("en", *SEVEN),
    metrics=("syntactic", "genetic", "geographic"),
    measures=("gain", "score"),
    unknown=(),
    failures=(),
    study=None,
    **scores,
) -> tuple[Summary, ScoreTable]:
    """A whole study, by way of the real analysis."""
    distances = distance_matrices([*intermediates, *targets], metrics, unknown)
    table = score_table(intermediates, targets, distances, **scores)
    analyses = analyse_all(table, distances, measures=measures, n_permutations=199)
    records = [stage_record(number, language) for number, language in enumerate(intermediates)]
    return summarise(study or manifest(), table, analyses, distances, records, failures), table


@pytest.fixture(scope="module")
def small():
    return build()


@pytest.fixture(scope="module")
def page(small):
    return render.render(small[0])
