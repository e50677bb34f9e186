"""The atlas: what is measured, what is expected, and where a line may stand."""

from __future__ import annotations

import dataclasses
import html
import json
import math
import re

import numpy as np
import pytest
from click.testing import CliRunner
from score_tables import cell
from transfer_tables import transfer_table

from isogloss.atlas import geometry
from isogloss.atlas.results import Atlas, atlas
from isogloss.cli.main import cli
from isogloss.errors import AnalysisError, DataError, FieldError, LanguageError
from isogloss.languages import resolve
from isogloss.report.atlas import radius, render_atlas
from isogloss.scores.importing import read_scores
from isogloss.scores.table import ScoreTable

HOSTILE = "</script><script>alert('x')</script>&\"'"


@pytest.fixture(scope="module")
def many() -> Atlas:
    table = read_scores(transfer_table()).table
    return atlas(table, title="many", source="en", languages=["da", "sw", "ko", "vi"])


@pytest.fixture(scope="module")
def star() -> Atlas:
    scores = {"de": 0.71, "fr": 0.74, "es": 0.75, "zh": 0.64, "ar": 0.61, "ur": 0.58, "ja": 0.6, "ru": 0.68}
    scores |= {"nl": 0.73, "hi": 0.6, "tr": 0.62}
    return atlas(
        ScoreTable.of(cell(code, score) for code, score in scores.items()), title="star", languages=["sv"]
    )


def entry_of(found: Atlas, code: str):
    return next(entry for entry in found.entries if entry.language.id == resolve(code).id)


def test_measured_scores_are_those_of_the_table_with_their_sampling_interval(star):
    assert star.source_codes == ("en",)
    german = entry_of(star, "de")
    assert german.measured[0]
    assert german.scores[0] == 0.71
    # Wilson's interval of 1420 of 2000, worked out by hand from its formula
    z, n, p = 1.959963984540054, 2000, 0.71
    centre, half = p + z * z / (2 * n), z * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n))
    assert german.low[0] == pytest.approx((centre - half) / (1 + z * z / n))
    assert german.high[0] == pytest.approx((centre + half) / (1 + z * z / n))


def test_a_language_without_a_score_is_expected_with_an_interval(star, many):
    for found, code in ((star, "sv"), (many, "da")):
        entry = entry_of(found, code)
        assert not entry.measured.any()
        assert entry.low[found.chosen] < entry.scores[found.chosen] < entry.high[found.chosen]
    assert "a line through the scores of the one source" in star.method
    assert "ridge regression" in many.method


def test_the_source_is_neither_measured_nor_expected_from_itself(many):
    english = entry_of(many, "en")
    assert math.isnan(english.scores[many.chosen])
    assert np.isfinite(english.scores).sum() == len(many.sources) - 1


def test_predictions_are_counted_without_the_source_and_languages_with_nothing_to_say(many, star):
    assert (many.n_measured, many.n_expected) == (len(many.entries) - 5, 4)  # English itself is neither
    assert (star.n_measured, star.n_expected) == (11, 1)


def test_predictions_do_not_see_the_language_that_they_are_about():
    """Raise every score of one target: what is expected of it must not move."""
    table = read_scores(transfer_table()).table
    changed = ScoreTable.of(
        dataclasses.replace(row, score=row.score * 0.5) if row.target_language == "fi" else row
        for row in table
    )
    without = [
        ScoreTable.of(row for row in one if "fi" not in (row.target_language, row.source_language))
        for one in (table, changed)
    ]
    first, second = (
        entry_of(atlas(one, title="x", source="en", languages=["fi"]), "fi").scores for one in without
    )
    np.testing.assert_array_equal(first, second)


def test_intervals_hold_as_often_as_they_say():
    """Over made-up tables, 90% intervals of one left-out target hold in 80% or more."""
    held = 0
    for seed in range(40):
        table = read_scores(transfer_table(seed=seed)).table
        rest = ScoreTable.of(r for r in table if "sv" not in (r.target_language, r.source_language))
        found = atlas(rest, title="x", source="de", languages=["sv"])
        entry, source = entry_of(found, "sv"), found.chosen
        truth = next(r.score for r in table if (r.source_language, r.target_language) == ("de", "sv"))
        held += bool(entry.low[source] <= truth <= entry.high[source])
    assert held >= 32


def test_too_few_targets_give_no_bound():
    found = atlas(
        ScoreTable.of(cell(code, 0.6 + 0.02 * k) for k, code in enumerate(("de", "fr", "zh"))),
        title="few",
        languages=["sv"],
    )
    entry = entry_of(found, "sv")
    assert math.isfinite(entry.scores[0])
    assert math.isnan(entry.low[0]) and math.isnan(entry.high[0])


def test_best_sources_are_the_three_with_the_highest_scores_and_say_why(many):
    dutch = entry_of(many, "nl")
    order = np.argsort(-np.where(np.isnan(dutch.scores), -1, dutch.scores))[:3]
    assert [best.code for best in dutch.best] == [many.source_codes[i] for i in order]
    assert all(best.measured and "distance" in best.why for best in dutch.best)
    assert "mean source on other targets" in dutch.best[0].why
    assert all(not best.measured for best in entry_of(many, "da").best)


def test_best_sources_of_a_star_are_ranked_by_distance_and_have_no_made_up_score(star):
    best = entry_of(star, "sv").best
    assert {entry.code for entry in best} <= {*star.source_codes, *(e.code for e in star.entries)}
    assert [entry.code for entry in best if not math.isnan(entry.score)] in ([], ["en"])
    assert {"de", "nl"} & {entry.code for entry in best}


def test_unknown_source_and_language_are_refused():
    table = read_scores(transfer_table()).table
    with pytest.raises(FieldError, match="no zero-shot score with the source language 'ko'"):
        atlas(table, title="x", source="ko")
    with pytest.raises(LanguageError):
        atlas(table, title="x", languages=["no such language"])
    with pytest.raises(AnalysisError, match="no score"):
        atlas(ScoreTable.of([]), title="x")


def test_of_several_conditions_the_largest_is_shown_and_the_others_are_named():
    small = [cell(code, 0.5, encoder="other") for code in ("de", "fr")]
    large = [cell(code, 0.6) for code in ("de", "fr", "zh")]
    found = atlas(ScoreTable.of([*small, *large]), title="x", languages=[])
    assert found.condition.encoder == "mini"
    assert any("left out" in note and "other" in note for note in found.notes)


# The map


def test_projection_keeps_the_order_of_places_and_their_symmetry():
    points = geometry.project([(0, 0), (0, 90), (45, 0), (-45, 0), (0, -90)])
    assert points[0][0] == geometry.WIDTH / 2
    assert points[1][0] - points[0][0] == pytest.approx(points[0][0] - points[4][0])
    assert points[2][1] < points[0][1] < points[3][1]
    assert points[0][1] - points[2][1] == pytest.approx(points[3][1] - points[0][1])


def test_projection_keeps_areas():
    """A small box of the globe keeps its area, cos(latitude) times its sides, wherever it lies."""
    side = 1e-4
    for latitude, longitude in ((0.0, 0.0), (35.0, 100.0), (-50.0, -170.0), (80.0, 20.0)):
        corners = [(latitude, longitude), (latitude, longitude + side), (latitude + side, longitude)]
        origin, east, north = geometry._equal_earth(*np.array(corners).T)
        (a, b), (c, d) = east - origin, north - origin
        assert a * d - b * c == pytest.approx(np.cos(np.radians(latitude)) * np.radians(side) ** 2, rel=1e-4)


def test_outlines_stay_on_the_map_and_hold_known_places():
    rings = geometry.land()
    every = np.vstack(rings)
    assert every[:, 0].min() >= -1 and every[:, 0].max() <= geometry.WIDTH + 1
    for ring in rings:  # no line across the map where an outline meets the date line
        assert np.abs(np.diff(ring[:, 0])).max() < 0.2 * geometry.WIDTH

    def on_land(place):
        x, y = geometry.project([place])[0]
        inside = False
        for ring in rings:
            for (a, b), (c, d) in zip(ring, np.roll(ring, -1, axis=0), strict=True):
                if (b > y) != (d > y) and x < a + (y - b) / (d - b) * (c - a):
                    inside = not inside
        return inside

    assert all(map(on_land, [(48, 9), (-25, 133), (40, -100), (9, 8), (60, 100), (-10, -55)]))
    assert not any(map(on_land, [(0, -30), (40, -40), (-40, 80), (30, -160)]))


def test_a_border_stands_half_way_between_neighbours_and_nowhere_else():
    places = [(48.0, 2.0), (52.0, 13.0), (40.0, -4.0), (35.0, 139.0)]
    found = geometry.borders(places)
    points = geometry.project(places)
    assert found
    for i, j, (x, y, u, v) in found:
        assert geometry.kilometres(places[i], places[j]) <= geometry.FARTHEST
        for end in ((x, y), (u, v)):
            distances = [math.dist(end, point) for point in points]
            assert distances[i] == pytest.approx(distances[j])
            assert min(distances) == pytest.approx(distances[i])
        assert math.dist((x, y), (u, v)) <= geometry.LONGEST + 1e-6
    assert not any(3 in (i, j) for i, j, _ in found)  # Tokyo is nobody's neighbour here


@pytest.mark.parametrize(
    "places", [[], [(1.0, 2.0)], [(1.0, 2.0), (3.0, 4.0)], [(0.0, 0.0), (0.0, 5.0), (0.0, 9.0)]]
)
def test_borders_of_few_places_and_of_places_in_a_row(places):
    assert len(geometry.borders(places)) == max(0, len(places) - 1)


def test_lines_of_the_page_join_measured_languages_alone(many):
    data = data_of(render_atlas(many))
    for source, lines in data["lines"].items():
        for first, second, *_ in lines:
            assert data["measured"][first][int(source)] == data["measured"][second][int(source)] == "1"
    assert any(data["lines"].values())


def data_of(page: str):
    return json.loads(
        re.search(r'<script type="application/json" id="data">(.*?)</script>', page, re.S).group(1)
    )


def test_page_is_small_loads_nothing_and_has_a_row_for_every_language(many):
    page = render_atlas(many)
    assert len(page.encode()) < 400_000
    assert not re.search(r"""(?:src|href)=["'](?!#)|@import|url\((?!#)""", page)
    assert page.count("<tr data-i=") == len(many.entries)
    assert len(re.findall(r'class="mark [a-z-]+" data-i=', page)) == sum(
        e.place is not None for e in many.entries
    )
    assert geometry.LAND_SOURCE in html.unescape(page)


def test_hostile_names_are_escaped_everywhere(many):
    entries = tuple(
        dataclasses.replace(
            entry,
            language=dataclasses.replace(entry.language, name=HOSTILE, input=HOSTILE, family=(HOSTILE,)),
            best=tuple(dataclasses.replace(best, code=HOSTILE, why=HOSTILE) for best in entry.best),
        )
        for entry in many.entries
    )
    condition = dataclasses.replace(many.condition, task=HOSTILE, encoder=HOSTILE, metric=HOSTILE)
    sources = tuple(dataclasses.replace(one, name=HOSTILE, input=HOSTILE) for one in many.sources)
    page = render_atlas(
        dataclasses.replace(
            many,
            title=HOSTILE,
            condition=condition,
            sources=sources,
            entries=entries,
            method=HOSTILE,
            notes=(HOSTILE,),
        )
    )
    assert page.count("<script") == 2
    assert "alert('x')</script>" not in page
    assert HOSTILE in html.unescape(page)


def test_marks_are_larger_the_more_certain():
    sizes = [radius(0.5 - w, 0.5 + w, 0.4, measured=False) for w in (0.01, 0.1, 0.2)]
    assert sizes == sorted(sizes, reverse=True)
    assert radius(math.nan, math.nan, 0.4, measured=False) == pytest.approx(min(sizes))
    assert min(sizes) < radius(math.nan, math.nan, 0.4, measured=True) < max(sizes)


def test_the_command_writes_a_map_of_a_table_with_intermediate_languages(tmp_path):
    rows = [
        cell(target, 0.6 + 0.01 * k + 0.02 * len(first), intermediate=first)
        for k, target in enumerate(("en", "de", "fr", "ja", "zh"))
        for first in ("it", "nl", "ru")
    ]
    (tmp_path / "scores.csv").write_text(ScoreTable.of(rows).to_csv(), encoding="utf-8")
    out = tmp_path / "new" / "map.html"
    command = ["atlas", "--scores", str(tmp_path / "scores.csv"), "--predict", "sv", "--out", str(out)]
    done = CliRunner().invoke(cli, command, catch_exceptions=False)
    assert done.exit_code == 0, done.output
    assert "4 languages measured from it" in done.output and "predictions by " in done.output
    page = out.read_text(encoding="utf-8")
    assert "Intermediate language <select" in page and "Swedish" in page


def test_the_command_maps_a_table_of_one_stated_source(tmp_path):
    rows = [f"{code},{0.5 + i / 20}" for i, code in enumerate(("de", "fr", "ja", "zh", "fi"))]
    (tmp_path / "scores.csv").write_text("\n".join(["language,acc", *rows]), encoding="utf-8")
    command = ["atlas", "--scores", str(tmp_path / "scores.csv"), "--out", str(tmp_path / "map.html")]
    done = CliRunner().invoke(cli, [*command, "--source", "en"], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    assert "5 languages measured from en" in done.output
    with pytest.raises(DataError, match="source language"):
        CliRunner().invoke(cli, command, catch_exceptions=False, standalone_mode=False)


@pytest.mark.parametrize("given", [[], ["--published", "xnli-mbert", "--scores", "x.csv"]])
def test_the_command_takes_one_input(given):
    with pytest.raises(FieldError, match=r"no scores|--scores and --published together"):
        CliRunner().invoke(cli, ["atlas", *given], catch_exceptions=False, standalone_mode=False)


def test_what_a_hard_target_scores_from_others_is_what_is_expected_from_one_that_is_missing():
    frame = transfer_table()
    hard = frame["target"] == "hi"
    frame.loc[hard, "score"] -= 0.3
    known = frame[hard]["score"].max()
    found = atlas(read_scores(frame[~(hard & (frame["source"] == "tr"))]).table, title="t", source="tr")
    (entry,) = (each for each in found.entries if each.language.code == "hi")
    assert not entry.measured[found.chosen]
    assert entry.scores[found.chosen] < known + 0.1
