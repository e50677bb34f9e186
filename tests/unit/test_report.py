"""The report: what its summary says, and that the page says it safely and first things first."""

from __future__ import annotations

import csv
import dataclasses
import html.parser
import io
import json
import re
import warnings
from collections.abc import Sequence

import numpy as np
import pytest

from isogloss.analysis import AnalysisSpec, analyse
from isogloss.cli.output.answer import print_results
from isogloss.distances.matrix import DistanceMatrix
from isogloss.errors import FieldError, StoreError
from isogloss.languages import resolve
from isogloss.narrative import numbers
from isogloss.narrative.durations import duration
from isogloss.report import axes, export, figures, latex, palette, render
from isogloss.report.canvas import Canvas, text_width, without_glyph
from isogloss.report.drawn import draw
from isogloss.report.figures import Spans
from isogloss.report.provenance import provenance
from isogloss.report.shapes import Mark, Text
from isogloss.report.summary import Summary, _recommended, summarise
from isogloss.scores.table import ScoreRow, ScoreTable
from isogloss.study.outputs.matrices import NO_INTERMEDIATE, score_matrices
from isogloss.study.outputs.record import StageRecord
from isogloss.study.outputs.results import StudyResults

SEVEN = ("de", "es", "fr", "ja", "ko", "zh", "nl")
FORTY = (
    "nl it pt ru ar hi tr fi et hu sw vi th id ms fa he bg el pl "
    "ro uk lt kk ka ta te ml mr ur bn gu pa my eu qu yo jv af cs"
)
MANY = tuple(FORTY.split())
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
        found[metric] = DistanceMatrix(
            metric, "shared", languages, values, counts, counts, "URIEL, lang2vec 1.1.2", 10
        )
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
                            score=float(score),
                            chance=CHANCE,
                            n_examples=800,
                            n_units=800,
                            zero_shot=target not in {"en", language},
                            stage_id=f"{aggregator}-{language}-{target}-{seed}",
                        )
                    )
    return ScoreTable.of(rows)


def stage_record(number: int, language: str, **changes) -> StageRecord:
    """A record as a worker writes it."""
    record = {
        "state": "done",
        "stage_id": f"{number:032x}",
        "kind": "evaluate" if number % 3 == 0 else "finetune",
        "label": f"mini-tags {language}, seed {number % 2 + 1}",
        "isogloss_version": "0.1.0",
        "git_commit": "8a53d74c" * 5,
        "git_dirty": False,
        "versions": {"python": "3.11.7", "torch": "2.13.0", "numpy": "2.4.6"},
        "seed": number % 2 + 1,
        "hardware": {
            "processor": "Some Processor 3000",
            "cores": 2,
            "threads": 1,
            "memory_gib": 7.7,
            "device": "cpu",
            "platform": "Linux",
        },
        "precision": "fp32",
        "precision_reason": "stated",
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
    }
    return StageRecord(**{**record, **changes})


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
    spec = AnalysisSpec(effectiveness=measures, n_permutations=199)
    analyses = analyse(table, distances, spec).require()
    records = [stage_record(number, language) for number, language in enumerate(intermediates)]
    return told(study or manifest(), table, distances, analyses, records, failures), table


def told(study, table, distances, analyses, records=(), failures=(), **rest) -> Summary:
    """The report of a study whose `study.json` is given as a dict."""
    return summarise(
        StudyResults.of(
            table,
            distances,
            analyses,
            name=study["study"]["name"],
            description=study["study"].get("description", ""),
            study=study["study"],
            tasks=study["tasks"],
            records=tuple(records),
            failures=tuple(failures),
            **rest,
        )
    )


@pytest.fixture(scope="module")
def small():
    return build()


@pytest.fixture(scope="module")
def page(small):
    return render.render(small[0])


class Page(html.parser.HTMLParser):
    """Collects tags, attributes and the visible text of a page, and checks that tags are closed in order."""

    VOID = frozenset({"meta", "br", "link", "img", "path", "use", "rect", "input", "hr"})

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self.open: list[str] = []
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        if tag not in self.VOID:
            assert self.open.pop() == tag, f"</{tag}> out of order"

    def handle_data(self, data):
        if not {"style", "title", "script"} & set(self.open):
            self.words.append(data)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.words).split())


def test_answer_comes_first(small, page):
    summary, _ = small
    text = Page(page).text
    first, _, third, *_ = summary.answers[0].sentences
    assert first.startswith("The intermediate stage (mini-tags) lowered 42 of 42 zero-shot scores, by ")
    assert third.startswith("Gain falls with syntactic distance")
    text = text[text.index(first) :]
    places = [
        text.index(part) for part in (first, third, "Design: ", "The slope of effectiveness", "Other methods")
    ]
    assert places == sorted(places)


def test_every_tested_measure_and_distance_has_a_row_with_its_verdict_and_reason(page):
    summary, _ = build(measures=("gain", "relative"))
    text = Page(render.render(summary)).text
    assert [section.measure for section in summary.results.sections] == ["gain", "relative"]
    for section in summary.results.sections:
        assert [row.distance for row in section.primary] == ["syntactic", "genetic", "geographic"]
        for row in section.primary:
            assert row.verdict in text
            assert row.reason in text


def test_equivalent_measure_is_listed_and_not_tested_again(small, page):
    summary, _ = small
    assert [section.measure for section in summary.results.sections] == ["gain"]
    assert summary.results.sections[0].equivalent == ("score = 1 × gain",)
    assert "score = 1 × gain, tested once" in Page(page).text


def test_slopes_are_shown_in_points(small, page):
    record = small[0].results.sections[0].primary[0]
    assert record.estimate == pytest.approx(-0.1, abs=0.02)
    assert f"−{abs(100 * record.estimate):.1f}" in Page(page).text


def test_scores_without_information_are_said_so_in_the_first_sentence():
    summary, _ = build(flat=True)
    assert not summary.carries_information
    assert any("carry no information on transfer" in line for line in summary.answers[0].sentences)
    assert "42 of 42 cells are within sampling error of chance" in " ".join(summary.answers[0].sentences)
    assert {row.verdict for row in summary.results.sections[0].primary} == {"nothing to explain"}
    assert any("within sampling error of chance" in flag for flag in summary.flags)
    assert "‡" in Page(render.render(summary)).text


def test_scores_that_do_not_vary_are_not_drawn():
    distances = distance_matrices(SEVEN, ["syntactic", "genetic"])
    table = score_table(SEVEN, ("en", *SEVEN), distances)
    constant = ScoreTable.of(dataclasses.replace(row, score=CHANCE) for row in table)
    analyses = analyse(constant, distances, AnalysisSpec(effectiveness=["gain"], n_permutations=99)).require()
    summary = told(manifest(), constant, distances, analyses)
    parsed = Page(render.render(summary))
    assert "no relation to draw" in parsed.text
    drawn = [a["aria-label"] for tag, a in parsed.tags if tag == "svg"]
    assert not any("against" in label for label in drawn)
    assert [row.verdict for row in summary.results.sections[0].primary] == ["nothing to explain"] * 2
    json.dumps(summary.to_dict(), allow_nan=False)


def test_differences_of_rounding_errors_do_not_fill_the_axis(small):
    section = small[0].results.sections[0]
    relation = section.relations[0]
    flat = dataclasses.replace(
        relation,
        dyads=tuple(dataclasses.replace(d, effectiveness=1e-17 * i) for i, d in enumerate(relation.dyads)),
    )
    alone = dataclasses.replace(section, relations=(flat,))
    svg = figures.scatter(alone, flat, Spans.of(alone), "x", adjusted=False).svg
    ticks = [float(text.replace("−", "-")) for text in re.findall(r">([−\d.]+)</text>", svg)]
    assert {-0.1, 0.1} <= set(ticks)


def test_page_loads_nothing(page):
    parsed = Page(page)
    for tag, attributes in parsed.tags:
        assert tag not in {"link", "img", "iframe", "object", "embed", "video", "audio"}
        assert "src" not in attributes
        for name in ("href", "xlink:href"):
            reference = attributes.get(name) or "#"
            assert re.match(r"#|[a-z]+\.csv$", reference), reference
    assert "@import" not in page
    assert not re.search(r"url\((?!#)", page)
    assert ("http-equiv", "Content-Security-Policy") in {
        item for tag, attributes in parsed.tags if tag == "meta" for item in attributes.items()
    }


def test_hostile_names_are_escaped():
    table = score_table(SEVEN, ("en", *SEVEN), distance_matrices(SEVEN, ["syntactic"]), task=HOSTILE)
    distances = distance_matrices(SEVEN, ["syntactic"])
    analyses = analyse(table, distances, AnalysisSpec(effectiveness=["gain"], n_permutations=99)).require()
    (read,) = stage_record(1, HOSTILE).model_dump()["data"]
    files = [{**read["files"][0], "path": HOSTILE}]
    data = [read | {"task": HOSTILE, "dropped": {HOSTILE: 3}, "notes": [HOSTILE], "files": files}]
    record = stage_record(1, "de", label=HOSTILE, warnings=[HOSTILE], versions={HOSTILE: HOSTILE}, data=data)
    failure = {"stage_id": HOSTILE, "label": HOSTILE, "error": HOSTILE}
    study = manifest(HOSTILE, description=HOSTILE)
    summary = told(study, table, distances, analyses, [record], [failure])
    text = render.render(summary)
    assert text.count("<script") == 1
    assert Page(text).text.count("<script>alert('x')</script>&\"'") >= 8
    for figure in draw(summary):
        assert "<script" not in figure.svg
        assert re.fullmatch(r"[a-z0-9-]+", figure.name)


def test_figures_say_their_result_and_points_carry_their_pair(small, page):
    summary, _ = small
    figures_of_page = [attributes for tag, attributes in Page(page).tags if tag == "svg"]
    assert len(figures_of_page) == 1 + 2 * 3 + 1 + 4
    assert all(attributes["role"] == "img" and attributes["aria-label"] for attributes in figures_of_page)
    record = summary.results.sections[0].primary[0]
    said = f"it falls by {numbers.slope(record.estimate, 100)} per unit of distance"
    assert any(said in attributes["aria-label"] for attributes in figures_of_page)
    dyads = summary.results.sections[0].relations[0].dyads
    assert len(dyads) == 42
    assert all(f'data-t="{dyad.label}: distance' in page for dyad in dyads)


def test_ids_are_unique_and_links_lead_somewhere():
    text = render.render(build(aggregators=("last", "D_3"))[0])
    parsed = Page(text)
    figure_ids = set(re.findall(r'href="#([^"]+)"', text))
    ids = [a["id"] for tag, a in parsed.tags if a.get("id") and tag not in {"path", "clippath", "g"}]
    assert len(ids) == len(set(ids))
    assert figure_ids <= {a["id"] for _, a in parsed.tags if a.get("id")}


def test_figure_is_the_same_every_time(small):
    first, second = ([figure.svg for figure in draw(small[0])] for _ in range(2))
    assert first == second
    assert not any("http" in svg for svg in first)


def test_labels_overlap_neither_each_other_nor_leave_the_axes():
    rng = np.random.default_rng(0)
    points = rng.uniform(100, 500, (30, 2))
    frame = (90.0, 90.0, 510.0, 510.0)
    taken = np.column_stack([points - 3, points + 3])
    boxes = []
    for point in points:
        spot = axes.free_spot(point, 40.0, 12.0, taken, frame)
        if spot is not None:
            taken = np.vstack([taken, spot])
            boxes.append(spot)
    assert len(boxes) > 20
    for i, a in enumerate(boxes):
        assert a[0] >= frame[0] and a[1] >= frame[1]
        assert a[2] <= frame[2] and a[3] <= frame[3]
        for b in boxes[:i]:
            assert a[2] <= b[0] or b[2] <= a[0] or a[3] <= b[1] or b[3] <= a[1]


def test_many_points_are_labelled_only_at_the_extremes():
    summary, _ = build(
        intermediates=MANY, targets=("en", *SEVEN[:6]), metrics=("syntactic",), measures=("gain",)
    )
    (part,) = draw(summary).sections
    drawing = part.relations[0].measured
    found = re.fullmatch(r"(\d+) of 240 pairs labelled, the most extreme first\.", drawing.note)
    assert 20 <= int(found.group(1)) <= figures.N_LABELLED_AT_MOST
    text = render.render(summary)
    assert drawing.note in text
    assert Page(text).text.count("best constant prediction") == 1
    assert len(summary.results.sections[0].effectiveness.rows) == 40


def test_plots_of_one_measure_share_their_vertical_axis_and_fill_the_horizontal_one(small):
    drawn = [relation.adjusted.canvas.items for relation in draw(small[0]).sections[0].relations]
    vertical = [
        [item.text for item in items if isinstance(item, Text) and item.anchor == "end" and item.x < 58]
        for items in drawn
    ]
    assert len(drawn) > 1
    assert len(vertical[0]) > 1
    assert all(ticks == vertical[0] for ticks in vertical)
    for items in drawn:
        places = [item.x for item in items if isinstance(item, Mark) and item.y > 20]
        assert max(places) - min(places) > 0.85 * (508 - 58)


@pytest.mark.parametrize(("low", "high"), [(0, 1), (-3.2, 17), (0.51, 0.53), (1e-4, 2e-4), (-1000, 5)])
def test_ticks_are_round_inside_the_span_and_told_apart(low, high):
    values, digits = axes.Scale(low, high, 0, 1).ticks()
    assert 2 <= len(values) <= 6
    assert all(low - 1e-12 <= value <= high + 1e-12 for value in values)
    texts = [f"{value:.{digits}f}" for value in values]
    assert len(set(texts)) == len(texts)
    assert all(float(text) == pytest.approx(value) for text, value in zip(texts, values, strict=True))


def test_baselines_are_rows_of_their_own_above_the_languages(small):
    matrix = small[0].results.matrices[0]
    assert [row.is_baseline for row in matrix.rows] == [True, True] + [False] * 7
    assert {row.label for row in matrix.rows[:2]} == {NO_INTERMEDIATE, "en"}
    means = [row.mean_zero_shot for row in matrix.rows[2:]]
    assert means == sorted(means, reverse=True)


def test_cells_give_mean_spread_and_number_of_seeds(small):
    summary, table = small
    matrix = summary.results.matrices[0]
    scores = [r.score for r in table if r.intermediate_language == "nl" and r.target_language == "ja"]
    row = next(row for row in matrix.rows if row.label == "nl")
    cell = row.cells[matrix.columns.index("ja")]
    assert cell.mean == pytest.approx(np.mean(scores))
    assert cell.spread == pytest.approx(np.std(scores, ddof=1))
    assert (cell.n_seeds, row.seeds) == (2, "2")


def test_cells_that_are_not_zero_shot_are_marked_and_kept_out_of_the_mean(small, page):
    matrix = small[0].results.matrices[0]
    row = next(row for row in matrix.rows if row.label == "nl")
    marked = {column for column, cell in zip(matrix.columns, row.cells, strict=True) if not cell.zero_shot}
    assert marked == {"en", "nl"}
    kept = [cell.mean for cell in row.cells if cell.zero_shot]
    assert row.mean_zero_shot == pytest.approx(np.mean(kept))
    assert matrix.n_marked == 2 + 7 * 2
    assert page.count('<sup title="not zero-shot">') == matrix.n_marked


def test_rows_are_source_languages_where_nothing_comes_before_the_source():
    rows = [
        ScoreRow(
            task="udpos",
            encoder="mini",
            aggregator="last",
            seed=1,
            source_language=s,
            intermediate_task=None,
            intermediate_language=None,
            target_language=t,
            split="test",
            metric="word_accuracy",
            score=0.5,
            chance=0.2,
            n_examples=90,
            n_units=900,
            zero_shot=s != t,
            stage_id=s + t,
        )
        for s in ("de", "fr", "ja")
        for t in ("de", "fr", "ja", "ko")
    ]
    (matrix,) = score_matrices(ScoreTable.of(rows))
    assert matrix.row_role == "source language"
    assert [row.label for row in matrix.rows] == ["de", "fr", "ja"]
    assert not any(row.is_baseline for row in matrix.rows)
    assert matrix.unit_word == "words"


def test_a_missing_cell_is_a_dash_and_not_a_zero():
    distances = distance_matrices(SEVEN, ["syntactic"])
    table = score_table(SEVEN, ("en", *SEVEN), distances)
    gap = ScoreTable.of(
        row for row in table if (row.intermediate_language, row.target_language) != ("nl", "ja")
    )
    (matrix,) = score_matrices(gap)
    row = next(row for row in matrix.rows if row.label == "nl")
    assert row.cells[matrix.columns.index("ja")].mean is None
    assert row.seeds == "0–2"


def test_dyads_are_those_of_the_test_without_uncovered_languages():
    summary, _ = build(unknown=("nl",), measures=("gain",))
    relations = {relation.distance: relation for relation in summary.results.sections[0].relations}
    for row in summary.results.sections[0].primary:
        assert len(relations[row.distance].dyads) == row.n_dyads
    assert not any("nl" in (d.row, d.column) for d in relations["geographic"].dyads)
    assert any("nl" in (d.row, d.column) for d in relations["genetic"].dyads)
    assert relations["genetic"].coverage == "60 features shared by a pair"
    assert any("geographic" in line and "without nl" in line for line in summary.uncovered)


def test_slope_through_the_adjusted_points_is_the_slope_of_the_analysis(small):
    section = small[0].results.sections[0]
    for relation, record in zip(section.relations, section.primary, strict=True):
        x = np.array([dyad.distance_adjusted for dyad in relation.dyads])
        y = np.array([dyad.effectiveness_adjusted for dyad in relation.dyads])
        assert x @ y / (x @ x) == pytest.approx(record.estimate)


def test_heat_maps_share_rows_and_columns_and_show_no_distance_of_a_language_to_itself(small):
    section = small[0].results.sections[0]
    for relation in section.relations:
        assert (relation.grid.rows, relation.grid.columns) == (
            section.effectiveness.rows,
            section.effectiveness.columns,
        )
        for row, values in zip(relation.grid.rows, relation.grid.values, strict=True):
            assert values[relation.grid.columns.index(row)] is None


def test_analyses_of_several_aggregators_have_sections_and_a_contents_list():
    summary, _ = build(aggregators=("D_3", "last"), measures=("gain", "fusion_gain"), metrics=("syntactic",))
    assert [section.title for section in summary.results.sections] == [
        "gain, last",
        "gain, D_3",
        "fusion gain, D_3",
    ]
    assert [answer.about for answer in summary.answers] == ["last", "D_3"]
    assert summary.overview == ""
    parsed = Page(render.render(summary))
    assert any(tag == "nav" for tag, _ in parsed.tags)
    links = {a["href"] for tag, a in parsed.tags if tag == "a" and a["href"].startswith("#")}
    assert links <= {"#" + a["id"] for _, a in parsed.tags if a.get("id")}


def test_page_without_analysis_says_why():
    table = score_table(SEVEN, ("en", *SEVEN), distance_matrices(SEVEN, ["syntactic"]))
    summary = told(manifest(), table, {}, (), no_analysis="two languages are too few")
    text = Page(render.render(summary)).text
    assert "No analysis: two languages are too few." in text
    assert "No cell has a score." not in text


def test_page_of_a_study_in_which_everything_failed():
    failure = {"stage_id": "f" * 32, "label": "mini-tags de", "error": "loss is nan\n  where:   batch 3"}
    text = Page(render.render(told(manifest(), ScoreTable.of([]), {}, (), [], [failure]))).text
    assert "No cell has a score." in text
    assert "1 stage failed" in text
    assert "loss is nan where: batch 3" in text


def test_dropped_rows_are_counted_by_file(small, page):
    dropped = small[0].provenance.dropped
    assert len(dropped) == 7
    assert {row.reason for row in dropped} == {"untranslated (NS)"}
    assert (dropped[0].n_dropped, dropped[0].n_kept) == (32, 1968)
    assert "pawsx/test-de.tsv" in Page(page).text


def test_provenance_says_once_what_all_stages_share_and_counts_what_they_do_not():
    records = [
        stage_record(1, "de"),
        stage_record(2, "de"),
        stage_record(3, "fr", precision="bf16", git_dirty=True),
    ]
    found = provenance(records, {})
    facts = {fact.name: fact.value for fact in found.facts}
    assert facts["precision"] == "bf16 (1 stages); fp32 (2 stages)"
    assert "with uncommitted changes (1 stages)" in facts["git commit"]
    assert facts["packages"] == "python 3.11.7, torch 2.13.0, numpy 2.4.6"
    assert facts["time"] == "37 s over 3 stages, 2 of them training"
    assert found.notes == ("pawsx test (de, fr): test labels follow the English file",)
    assert len(found.files) == 2


def test_provenance_is_on_the_page(page):
    text = Page(page).text
    for word in (
        "0.1.0",
        "8a53d74c",
        "Some Processor 3000",
        "fp32",
        "abab",
        "name: mini",
        "torch 2.13.0",
        "licence MIT",
    ):
        assert word in text


def test_files_are_written_and_hold_every_dyad(small, tmp_path):
    summary, table = small
    files = export.write_report(summary, tmp_path / "out", export.FORMATS)
    names = ["analysis.json", "dyads.csv", "report.html", "scores.csv", "tables.tex", "verdicts.csv"]
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == names
    assert sorted(path.name for path in files.written) == names
    out = {path.name: path.read_text() for path in files.written}
    assert out["scores.csv"] == table.to_csv()
    dyads = list(csv.DictReader(io.StringIO(out["dyads.csv"])))
    assert len(dyads) == 3 * 42
    assert {row["condition"] for row in dyads} == {str(summary.results.analyses[0].condition)}
    first = summary.results.sections[0].relations[0].dyads[0]
    assert float(dyads[0]["effectiveness"]) == first.effectiveness
    saved = json.loads(out["analysis.json"], parse_constant=pytest.fail)
    assert saved["sections"][0]["primary"][0]["verdict"] == "supported"
    assert saved["answers"][0]["sentences"] == list(summary.answers[0].sentences)
    verdicts = list(csv.DictReader(io.StringIO(out["verdicts.csv"])))
    (analysis,) = summary.results.analyses
    for row, record in zip(verdicts, (*analysis.primary, *analysis.sensitivity), strict=True):
        assert (row["distance"], row["method"]) == (record.distance, record.method)
        assert float(row["estimate"] or "nan") == pytest.approx(record.estimate, rel=0, abs=0, nan_ok=True)


def test_files_are_written_where_a_condition_cannot_be_analysed(small, tmp_path):
    summary, table = small
    alone = ScoreTable.of(dataclasses.replace(row, encoder="one", score=0.8) for row in list(table)[:2])
    distances = distance_matrices(SEVEN, ["syntactic"])
    left = analyse(alone, distances, AnalysisSpec(effectiveness=["score"])).not_analysed
    assert left
    results = dataclasses.replace(summary.results, not_analysed=left)
    export.write_report(summarise(results), tmp_path, export.FORMATS)
    (saved,) = json.loads((tmp_path / "analysis.json").read_text())["not_analysed"]
    assert saved == {"condition": left[0].condition, "reason": left[0].reason}
    assert left[0].reason in Page((tmp_path / "report.html").read_text()).text


def test_data_behind_each_figure_is_read_back_equal(small, tmp_path):
    drawn = draw(small[0])
    export.write_figures(drawn, tmp_path, ["svg"])
    for figure in drawn:
        with (tmp_path / f"{figure.name}.csv").open(encoding="utf-8", newline="") as handle:
            head, *rows = csv.reader(handle)
        assert tuple(head) == figure.columns
        for written, row in zip(rows, figure.rows, strict=True):
            for text, value in zip(written, row, strict=True):
                if isinstance(value, float) and not isinstance(value, bool):
                    assert float(text or "nan") == pytest.approx(value, rel=0, abs=0, nan_ok=True)
                else:
                    assert text == ("" if value is None else str(value))


@pytest.mark.parametrize(("kind", "start"), [("svg", b"<svg xmlns"), ("pdf", b"%PDF"), ("png", b"\x89PNG")])
def test_figures_are_written_the_same_every_time(small, tmp_path, kind, start):
    part = draw(small[0]).sections[0]
    chosen = (part.slopes, part.relations[0].adjusted, part.effectiveness)
    first, second = (
        {p.name: p.read_bytes() for p in export.write_figures(chosen, tmp_path / name, [kind])}
        for name in "ab"
    )
    assert first == second
    assert len(first) == 6
    assert all(data.startswith(start) for name, data in first.items() if name.endswith(kind))


def test_characters_that_the_font_of_figures_lacks_are_said_once(small, tmp_path, capsys):
    canvas = Canvas(100, 20, [Text(0, 10, "Chinese \u4e2d\u6587, \u0995")])
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        canvas.save(tmp_path / "x.png", "")
    assert without_glyph([canvas]) == "\u0995\u4e2d\u6587"
    files = export.write_report(small[0], tmp_path, ["csv"], ["png"])
    assert files.without_glyph == ""
    print_results(small[0], dataclasses.replace(files, without_glyph=without_glyph([canvas])))
    assert "show boxes for \u0995\u4e2d\u6587, which" in " ".join(capsys.readouterr().out.split())


def test_unknown_formats_are_refused_all_at_once(small, tmp_path):
    with pytest.raises(FieldError, match=r"no format 'bmp', 'tiff'") as caught:
        export.write_report(small[0], tmp_path, ["bmp"], ["tiff"])
    assert "html, latex, csv, json; svg, pdf, png" in str(caught.value)
    assert list(tmp_path.iterdir()) == []


def test_report_that_cannot_be_written_names_the_place(small, tmp_path):
    (tmp_path / "report.html").mkdir()
    with pytest.raises(StoreError, match=r"report\.html"):
        export.write_report(small[0], tmp_path)


def test_figure_in_another_format_is_refused(small, tmp_path):
    with pytest.raises(FieldError, match=r"cannot draw a '.bmp' file"):
        draw(small[0]).sections[0].slopes.canvas.save(tmp_path / "result.bmp", "x")


def test_main_figure_draws_the_distance_with_the_smallest_family_wise_p(small):
    section = small[0].results.sections[0]
    assert section.leading_relation.distance == "syntactic"
    worse = [dataclasses.replace(row, p_family=1.0) for row in section.primary[:1]]
    changed = dataclasses.replace(section, primary=(*worse, *section.primary[1:]))
    assert changed.leading_relation.distance != "syntactic"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.00001, "< 0.0001"),
        (0.0012, "0.0012"),
        (0.05, "0.05"),
        (0.99999, "1"),
        (float("nan"), "–"),
        (None, "–"),
    ],
)
def test_p_values_have_two_digits_and_are_never_zero(value, text):
    assert numbers.p_value(value) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [(-1.234, "−1.23"), (-0.001, "0.00"), (None, "–"), (float("-inf"), "−∞"), (float("inf"), "∞")],
)
def test_numbers_have_a_true_minus_and_no_negative_zero(value, text):
    assert numbers.number(value) == text


def test_unbounded_interval_is_shown_as_such():
    assert numbers.interval(float("-inf"), float("inf"), 100.0) == "−∞ to +∞"
    assert numbers.interval(float("nan"), float("nan"), 100.0) == "–"


@pytest.mark.parametrize("mode", ["light", "dark"])
@pytest.mark.parametrize("letter", "kd")
def test_heat_map_text_has_contrast(letter, mode):
    for step in range(palette.N_STEPS):
        background = palette.COLOURS[f"{letter}{step}"][mode == "dark"]
        assert contrast(background, palette.COLOURS[f"{letter}{step}t"][mode == "dark"]) >= 4.5


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_text_has_contrast_on_the_page(mode):
    paper, faint = (palette.COLOURS[role][mode == "dark"] for role in ("paper", "faint"))
    for role in ("ink", "soft", "accent", "warn", "s0"):
        assert contrast(palette.COLOURS[role][mode == "dark"], paper) >= 4.5
        assert contrast(palette.COLOURS[role][mode == "dark"], faint) >= 4.5
    for k in range(8):
        assert contrast(palette.COLOURS[f"s{k}"][mode == "dark"], paper) >= 3


def contrast(one: str, other: str) -> float:
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def luminance(colour: str) -> float:
    """WCAG 2.2, relative luminance, straight from its definition."""
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize(("seconds", "text"), [(3, "3 s"), (300, "5 min"), (7500, "2 h 05 min")])
def test_durations_are_readable(seconds, text):
    assert duration(seconds) == text


def test_many_analyses_are_told_together_and_folded_away():
    layers = tuple(f"D_{k}" for k in range(1, 5))
    summary, _ = build(aggregators=(*layers, "last"), measures=("gain",), metrics=("syntactic",))
    assert summary.overview.startswith("5 analyses")
    page = render.render(summary)
    assert summary.overview in html.unescape(page)
    assert "All 5 answers" in page
    answer = page[page.index('id="answer"') : page.index("<details")]
    assert "<h3>last</h3>" in answer and "<h3>D_3</h3>" not in answer


def test_a_model_that_learnt_nothing_is_named(small):
    summary, table = small
    assert [matrix.warning for matrix in summary.results.matrices] == [""]
    rows = [
        dataclasses.replace(row, score=CHANCE) if row.intermediate_language == "nl" else row for row in table
    ]
    (matrix,) = score_matrices(ScoreTable.of(rows))
    assert matrix.unlearnt == ("nl",)
    assert "1 of 9 rows (intermediate language nl)" in matrix.warning
    page = render.render(
        dataclasses.replace(summary, results=dataclasses.replace(summary.results, matrices=(matrix,)))
    )
    assert html.unescape(page).count(matrix.warning) == 1


def test_a_twin_of_the_task_was_not_learnt_from(small):
    rows = [dataclasses.replace(row, score=CHANCE, source_task="another") for row in small[1]]
    (matrix,) = score_matrices(ScoreTable.of(rows))
    assert matrix.warning == ""


def test_the_terminal_says_the_answer_within_its_width_and_with_hyphens(small, capsys):
    print_results(small[0], export.ReportFiles(None, ()))
    printed = capsys.readouterr().out
    answers = [sentence for answer in small[0].answers for sentence in answer.sentences]
    assert any(numbers.MINUS in sentence for sentence in answers)
    told = " ".join(printed.split())
    assert all(" ".join(sentence.replace(numbers.MINUS, "-").split()) in told for sentence in answers)
    assert max(map(len, printed.splitlines())) <= 100 < max(map(len, answers))


def test_the_row_that_is_best_on_average_loses_to_the_best_of_each_target(small):
    summary, table = small
    rows = [
        dataclasses.replace(row, score=0.8)
        if (row.intermediate_language, row.target_language) == ("nl", "ja")
        else row
        for row in table
    ]
    matrices = score_matrices(ScoreTable.of(rows))
    (recommended,) = summarise(dataclasses.replace(summary.results, matrices=matrices)).recommended
    choices = {choice.target: choice for choice in recommended.choices}
    plain = [row.score for row in rows if (row.intermediate_language, row.target_language) == (None, "ja")]
    assert recommended.best == NO_INTERMEDIATE and set(choices) == set(SEVEN)
    assert choices["ja"].best == "nl" and choices["ja"].score == pytest.approx(0.8)
    assert choices["ja"].loss == pytest.approx(100 * (0.8 - float(np.mean(plain))))
    assert all(choice.loss == 0 for target, choice in choices.items() if target != "ja")


def test_the_row_that_is_recommended_is_compared_on_the_same_targets():
    """Row de lacks its own target, which is hard for all: it is not the best for that."""
    scores = {
        ("de", "fr"): 0.60, ("de", "ja"): 0.59, ("nl", "de"): 0.40, ("nl", "fr"): 0.62, ("nl", "ja"): 0.61,
        ("fi", "de"): 0.39, ("fi", "fr"): 0.58, ("fi", "ja"): 0.57,
    }  # fmt: skip
    row = next(iter(score_table(["de"], ["fr"], distance_matrices(["de", "fr"], ["genetic"]))))
    rows = [
        dataclasses.replace(row, intermediate_language=a, target_language=b, score=score, stage_id=f"{a}{b}")
        for (a, b), score in scores.items()
    ]
    (matrix,) = score_matrices(ScoreTable.of(rows))
    assert _recommended(matrix).best == "nl"
    scores |= {("de", "fr"): 0.9} | {(source, "ja"): 0.6 for source in ("de", "nl", "fi")}
    equal = [
        dataclasses.replace(each, score=scores[each.intermediate_language, each.target_language])
        for each in rows
    ]
    (matrix,) = score_matrices(ScoreTable.of(equal))
    found = _recommended(matrix)
    assert {choice.best for choice in found.choices if choice.target == "ja"} == {found.best} == {"de"}


def test_oracle_and_unbounded_intervals_are_said(small):
    summary, _ = small
    study = dict(summary.results.study) | {"selection": "oracle"}
    again = summarise(dataclasses.replace(summary.results, study=study, n_cells=10**6))
    text = Page(render.render(again)).text
    assert "Not zero-shot: with selection oracle" in text
    assert "Not finished: " in text
    section = summary.results.sections[0]
    wide = dataclasses.replace(section.primary[0], ci_low=-np.inf, ci_high=np.inf)
    drawn = (
        figures.slopes(dataclasses.replace(section, primary=(one,)), "x")
        for one in (wide, section.primary[0])
    )
    bars = [sum(getattr(shape, "style", "") == "bar" for shape in figure.canvas.items) for figure in drawn]
    assert bars == [1, 1]


def test_models_trained_on_other_tasks_are_matrices_of_their_own():
    table = score_table(SEVEN, SEVEN, distance_matrices(SEVEN, ["syntactic"]), seeds=1)
    other = [dataclasses.replace(row, source_task="twin", score=row.score - 0.2) for row in table]
    own, trained = score_matrices(ScoreTable.of([*table, *other]))
    assert [matrix.source_task for matrix in (own, trained)] == ["mini-paraphrase", "twin"]
    assert {row.seeds for matrix in (own, trained) for row in matrix.rows} == {"1"}
    assert own.title != trained.title == "trained on twin"
    for one, twin in zip(own.rows, trained.rows, strict=True):
        assert twin.mean_zero_shot == pytest.approx(one.mean_zero_shot - 0.2)


def test_latex_states_slopes_of_scores_in_points():
    summary, _ = build(measures=("score",))
    assert "score: slope in points per unit" in latex.tables(summary)


def test_figures_of_distances_with_the_same_letters_do_not_replace_each_other():
    summary, _ = build(metrics=("a_b", "a-b", "语法", "音系"))
    names = [figure.name for figure in draw(summary)]
    assert len({*names}) == len(names)


def test_names_of_distances_and_columns_are_inside_the_figure_and_whole(small):
    name = "a distance with a name as long as this one is"
    section = build(metrics=(name, "genetic"))[0].results.sections[0]
    (text,) = (
        item for item in figures.slopes(section, "x").canvas.items if getattr(item, "text", "") == name
    )
    assert text.x - text_width(name, 12) >= 0
    many, _ = build(intermediates=MANY[:4], targets=MANY, metrics=("genetic",))
    drawn = draw(many).maps[0][0].canvas.items
    assert {*MANY} <= {item.text for item in drawn if isinstance(item, Text) and item.turn}


def test_seeds_are_not_said_to_spread_where_there_is_one():
    table = score_table(SEVEN, SEVEN, distance_matrices(SEVEN, ["syntactic"]), seeds=1)
    (matrix,) = score_matrices(ScoreTable.of(list(table)[1:]))
    assert {row.seeds for row in matrix.rows} == {"0–1", "1"}
    assert not matrix.has_spread


def test_a_single_further_measure_is_counted_in_plain_words():
    summary, _ = build(aggregators=("last", "D_3", "D_10"), measures=("gain",))
    text = Page(render.render(summary)).text
    assert "Scores of other models and tasks: 2" in text
    assert "1 more" not in text
