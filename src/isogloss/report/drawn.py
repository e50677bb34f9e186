"""Every figure of one report, drawn once for page and files."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain, count

from isogloss.report import figures
from isogloss.report.figures import Figure, Spans
from isogloss.report.heat import heat
from isogloss.report.summary import Summary
from isogloss.study.outputs.relations import Relation, Section

N_RELATIONS_DRAWN = 48
"""With more relations than so many, only the leading distance of each measure is drawn."""


@dataclass(frozen=True)
class RelationFigures:
    """One distance and the effectiveness: as measured, and with row and column effects removed."""

    relation: Relation
    measured: Figure
    adjusted: Figure


@dataclass(frozen=True)
class SectionFigures:
    """Figures of one measure; the leading distance stands first."""

    section: Section
    slopes: Figure
    relations: tuple[RelationFigures, ...]
    effectiveness: Figure


@dataclass(frozen=True)
class Drawn:
    """Every figure of a report, in the order of the page.

    Parameters
    ----------
    sections : tuple of SectionFigures
        Of the measures with a slope.
    scores : tuple of Figure
        One a score matrix.
    layers : tuple of Figure
        One a sweep.
    maps : tuple of tuple of Figure
        Distances between the languages of some sections, those of one entry all on one scale.
    n_left_out : int
        Relations that are not drawn.
    """

    sections: tuple[SectionFigures, ...]
    scores: tuple[Figure, ...]
    layers: tuple[Figure, ...]
    maps: tuple[tuple[Figure, ...], ...]
    n_left_out: int

    def __iter__(self) -> Iterator[Figure]:
        for part in self.sections:
            yield part.slopes
            for relation in part.relations:
                yield relation.measured
                yield relation.adjusted
        yield from self.layers
        yield from self.scores
        for part in self.sections:
            yield part.effectiveness
        for maps in self.maps:
            yield from maps

    @property
    def distances(self) -> tuple[str, ...]:
        """Names of the distances that are drawn, each once."""
        found = (relation.relation.distance for part in self.sections for relation in part.relations)
        return tuple(dict.fromkeys(found))


def draw(summary: Summary) -> Drawn:
    """Draw everything that the report shows."""
    shown = [section for section in summary.results.sections if section.has_slopes]
    n_relations = sum(relation.can_be_drawn for section in shown for relation in section.relations)
    every = n_relations <= N_RELATIONS_DRAWN
    parts = tuple(_section(section, number, every=every) for number, section in enumerate(shown, start=1))
    return Drawn(
        parts,
        tuple(
            figures.scores(matrix, f"scores-{number}")
            for number, matrix in enumerate(summary.results.matrices, start=1)
        ),
        tuple(
            figures.layers(section.swept.sweep, f"layers-{number}")
            for number, section in enumerate(summary.layers, start=1)
        ),
        _maps(summary.results.sections),
        n_relations - sum(len(part.relations) for part in parts),
    )


def _section(section: Section, number: int, *, every: bool) -> SectionFigures:
    spans = Spans.of(section)
    leading = section.leading_relation
    ordered = [leading, *(relation for relation in section.relations if relation is not leading)]
    drawn = [relation for relation in ordered if relation.can_be_drawn]
    about = f"{number}-{slug(section.title)}"

    names = _slugs(relation.distance for relation in section.relations)

    def both(relation: Relation) -> RelationFigures:
        name = f"{about}-{names[relation.distance]}"
        measured = figures.scatter(section, relation, spans, f"measured-{name}", adjusted=False)
        adjusted = figures.scatter(section, relation, spans, f"adjusted-{name}", adjusted=True)
        return RelationFigures(relation, measured, adjusted)

    return SectionFigures(
        section,
        figures.slopes(section, f"slopes-{about}"),
        tuple(both(relation) for relation in (drawn if every else drawn[:1])),
        heat(section.effectiveness, section.effectiveness.ends, f"map-{about}"),
    )


def _maps(sections: tuple[Section, ...]) -> tuple[tuple[Figure, ...], ...]:
    """Distances of each set of languages once, whatever was measured on them."""
    by_languages: dict[tuple[tuple[str, ...], tuple[str, ...]], Section] = {}
    for section in sections:
        by_languages.setdefault((section.effectiveness.rows, section.effectiveness.columns), section)
    found = []
    for number, section in enumerate(by_languages.values(), start=1):
        high = max((relation.grid.ends[1] for relation in section.relations), default=1.0)
        limits = (0.0, 1.0 if high <= 1 else high)
        names = _slugs(each.distance for each in section.relations)
        found.append(
            tuple(
                heat(each.grid, limits, f"map-distance-{number}-{names[each.distance]}")
                for each in section.relations
            )
        )
    return tuple(found)


def _slugs(names: Iterable[str]) -> dict[str, str]:
    """Slug of each name, with a number where another name has the same: files must not replace each other."""
    found: dict[str, str] = {}
    for name in names:
        plain = slug(name)
        taken, numbered = set(found.values()), (f"{plain}-{k}" for k in count(2))
        found[name] = next(one for one in chain((plain,), numbered) if one not in taken)
    return found


def slug(text: str) -> str:
    """Letters, digits and hyphens of a text, for the name of a file."""
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")[:60] or "x"
