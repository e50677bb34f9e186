"""How good recommendations would have been: every ranker on languages that it has not seen."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from isogloss import __version__
from isogloss.analysis.pipeline import NotAnalysed
from isogloss.analysis.spec import ignore
from isogloss.display import counted
from isogloss.errors import AnalysisError
from isogloss.identity import as_json
from isogloss.recommend.conformal import Coverage, coverage
from isogloss.recommend.jackknife import Replicates, average, mean_of, replicates
from isogloss.recommend.pairs import Folds, Pairs, families
from isogloss.recommend.quality import FIGURES, Quality, quality
from isogloss.recommend.rankers.base import RANKERS, Ranker, names_of_rankers, ranker_named, ratings
from isogloss.registry import RENDERERS
from isogloss.scores.importing import Unusable

SIMPLE = ("always:en", "rank_fusion", "source_mean")
"""Rankers that need no fitting: one that is fitted has to beat them to be of use."""

PROTOCOL = (
    "leave one language out: a target is not its own candidate source, and neither its row nor its column "
    "informs a ranker; among sources that are rated alike one is drawn at random; loss_percent is what the "
    "first choice scores below the best candidate, in percent of that; intervals (95%) by a jackknife over "
    "languages"
)


@dataclass(frozen=True)
class Figures:
    """Means over targets of one ranker.

    Parameters
    ----------
    name : str
    loss_percent : float
        Score lost by the first choice, in percent of the best candidate's.
    loss_points : float
        The same in points.
    ci_low, ci_high : float
        95% interval of `loss_percent`.
    top1, top3 : float
        Share of targets whose best source is the first choice, or among the first three.
    ndcg3, ndcg10 : float
    n_targets : int
    """

    name: str
    loss_percent: float
    loss_points: float
    ci_low: float
    ci_high: float
    top1: float
    top3: float
    ndcg3: float
    ndcg10: float
    n_targets: int


@dataclass(frozen=True)
class LossDifference:
    """Loss of one ranker less that of another, on the targets of both; below 0 the first is better."""

    name: str
    against: str
    difference: float
    ci_low: float
    ci_high: float
    n_targets: int

    @property
    def is_better(self) -> bool:
        """Whether the whole interval lies below 0."""
        return self.ci_high < 0


@dataclass(frozen=True)
class FamilyOut:
    """Loss where the target's whole family is left out, as candidates too."""

    name: str
    loss_percent: float
    n_targets: int


@dataclass(frozen=True, eq=False)
class Evaluated:
    """One table or condition, or the mean of several.

    Parameters
    ----------
    condition : str
    n_sources, n_targets : int
    means : mapping of str to mapping of str to float
        Means over targets by ranker, in the order in which they are compared, and by name in `FIGURES`.
    losses, gaps : mapping
        Loss of every ranker, and loss less that of a `SIMPLE` one, by name and by pair of names.
    families : tuple of FamilyOut
    coverage : Coverage
        Of the bounds of the default ranker.
    """

    condition: str
    n_sources: int
    n_targets: int
    means: Mapping[str, Mapping[str, float]]
    losses: Mapping[str, Replicates]
    gaps: Mapping[tuple[str, str], Replicates]
    families: tuple[FamilyOut, ...]
    coverage: Coverage

    @cached_property
    def figures(self) -> tuple[Figures, ...]:
        """Figures of every ranker, in the order in which they are compared."""
        found = []
        for name, own in self.means.items():
            low, high = self.losses[name].interval()
            bounds = {"ci_low": max(low, 0.0) if math.isfinite(low) else low, "ci_high": high}
            found.append(Figures(name, **own, **bounds, n_targets=self.losses[name].n_targets))
        return tuple(found)

    @cached_property
    def differences(self) -> tuple[LossDifference, ...]:
        """Losses of every ranker against the `SIMPLE` ones."""
        return tuple(
            LossDifference(*names, gap.estimate, *gap.interval(), gap.n_targets)
            for names, gap in self.gaps.items()
        )

    def of(self, name: str) -> Figures:
        """Figures of one ranker."""
        return next(entry for entry in self.figures if entry.name == name)

    def to_dict(self) -> dict[str, Any]:
        """Everything as JSON has it."""
        return {
            "condition": self.condition,
            "n_sources": self.n_sources,
            "n_targets": self.n_targets,
            "coverage": self.coverage.to_dict(),
            "rankers": as_json(self.figures),
            "differences": [as_json(entry) | {"better": entry.is_better} for entry in self.differences],
            "family_left_out": as_json(self.families),
        }


@dataclass(frozen=True, eq=False)
class Evaluation:
    """Quality of recommendations from a table of scores.

    Parameters
    ----------
    table : str
    default : str
        The ranker that was asked for, or else the one that is then used.
    whole : Evaluated
        The mean over conditions, each counted the same.
    conditions : tuple of Evaluated
    not_evaluated : tuple of NotAnalysed
        Conditions in which nothing can be recommended.
    notes : tuple of str
        How the table was read.
    unusable : tuple of Unusable
    """

    table: str
    default: str
    whole: Evaluated
    conditions: tuple[Evaluated, ...]
    not_evaluated: tuple[NotAnalysed, ...] = ()
    notes: tuple[str, ...] = ()
    unusable: tuple[Unusable, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Everything as JSON has it; None where a number is not defined."""
        return {
            "table": self.table,
            "protocol": PROTOCOL,
            "default": self.default,
            "coverage": self.whole.coverage.to_dict(),
            "rankers": as_json(self.whole.figures),
            "conditions": [entry.to_dict() for entry in self.conditions],
            "not_evaluated": [entry.to_dict() for entry in self.not_evaluated],
            "notes": list(self.notes),
            "unusable": as_json(self.unusable),
            "version": __version__,
        }

    def __str__(self) -> str:
        return "\n".join(RENDERERS["recommendation"](self))


def compared(pairs: Pairs) -> tuple[str, ...]:
    """Every ranker that these pairs allow: without sentences, all but those that need them."""
    return tuple(
        name
        for name in names_of_rankers()
        if pairs.votes is not None or "sentences" not in RANKERS[name.partition(":")[0]].needs
    )


def evaluate_pairs(
    pairs: Pairs,
    default: str,
    *,
    condition: str = "",
    tell: Callable[[str], None] = ignore,
) -> Evaluated:
    """Leave every language out in turn and compare all rankers on it.

    Parameters
    ----------
    pairs : Pairs
    default : str
        Name of the ranker whose bounds are tried; it is compared even if it is none of `compared`.
    condition : str
        For the record.
    tell : callable
        Called with the name of each step before it starts.

    Raises
    ------
    AnalysisError
        If fewer than two sources, or no target with two candidates, leave nothing to choose.
    """
    check_choice(pairs, condition)
    names = tuple(dict.fromkeys((*compared(pairs), default)))
    rankers = {name: ranker_named(name) for name in names}
    found: dict[str, Quality] = {}
    family: list[FamilyOut] = []
    for name, ranker in rankers.items():
        tell(f"{condition or 'table'}: {name}")
        found[name] = _judged(pairs, ranker)
        apart = _judged(pairs, ranker, families(pairs)).loss_percent
        family.append(FamilyOut(name, mean_of(apart), int(np.isfinite(apart).sum())))
    losses = {name: replicates(pairs, own.loss_percent, own.without) for name, own in found.items()}
    gaps = {}
    for names_of_two in ((name, simple) for name in found for simple in SIMPLE if name != simple):
        own, other = (found[name] for name in names_of_two)
        loss, without = own.loss_percent - other.loss_percent, own.without - other.without
        gaps[names_of_two] = replicates(pairs, loss, without)
    tell(f"{condition or 'table'}: coverage of the bounds")
    means = {
        name: {figure: mean_of(getattr(own, figure)) for figure in FIGURES} for name, own in found.items()
    }
    offered = np.isfinite(pairs.offered)
    size = int(offered.any(axis=1).sum()), int((offered.sum(axis=0) >= 2).sum())
    covered = coverage(pairs, rankers[default])
    return Evaluated(condition, *size, means, losses, gaps, tuple(family), covered)


def check_choice(pairs: Pairs, condition: str = "") -> None:
    """Refuse a table in which there is nothing to choose.

    Raises
    ------
    AnalysisError
    """
    where = condition or None
    offered = np.isfinite(pairs.offered)
    sources = [pairs.sources[row].input for row in np.flatnonzero(offered.any(axis=1))]
    if len(sources) < 2:
        raise AnalysisError(
            f"the table has {counted(len(sources), 'source language')}"
            f"{': ' if sources else ''}{', '.join(sources)}",
            where=where,
            allowed="two sources or more: a recommendation is a choice between them",
            hint="add scores of models that were trained in other languages",
        )
    if not (offered.sum(axis=0) >= 2).any():
        raise AnalysisError(
            "no target language has scores from two sources other than itself",
            where=where,
            hint="score the models of several source languages on the same target",
        )


def _judged(pairs: Pairs, ranker: Ranker, groups: Mapping[str, str] | None = None) -> Quality:
    """Quality with every language left out in turn, or with every group of languages."""
    everyone = np.arange(len(pairs.targets))[:, None]
    folds = Folds.without(pairs, everyone, groups)
    scores = np.where(folds.rows.T, pairs.offered, np.nan)
    return quality(scores, ratings(ranker, pairs, folds)[:, 0], abstains=ranker.abstains)


def mean_of_conditions(parts: Sequence[Evaluated]) -> Evaluated:
    """Mean over conditions, each counted the same; coverage is over all their targets together."""
    if len(parts) == 1:
        return parts[0]

    first = parts[0]
    means = {
        name: {figure: mean_of(np.array([part.means[name][figure] for part in parts])) for figure in FIGURES}
        for name in first.means
    }
    families = []
    for own in zip(*(part.families for part in parts), strict=True):
        loss = mean_of(np.array([entry.loss_percent for entry in own]))
        families.append(FamilyOut(own[0].name, loss, max(entry.n_targets for entry in own)))
    n_sources, n_targets = np.max([(part.n_sources, part.n_targets) for part in parts], axis=0).tolist()
    losses = {name: average([part.losses[name] for part in parts]) for name in first.losses}
    gaps = {pair: average([part.gaps[pair] for part in parts]) for pair in first.gaps}
    covered = Coverage.pooled([part.coverage for part in parts])
    return Evaluated("", n_sources, n_targets, means, losses, gaps, tuple(families), covered)


def default_ranker(*, scores: bool, sentences: bool) -> str:
    """The ranker that follows from what is given: a table, sentences, or nothing."""
    if scores:
        return "ridge"
    return "neighbours" if sentences else "rank_fusion"
