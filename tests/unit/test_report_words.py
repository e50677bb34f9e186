"""Shapes, words and numbers of reports that are checked by themselves."""

from __future__ import annotations

import math
from types import SimpleNamespace
from xml.etree import ElementTree

import numpy as np
import pytest

from isogloss.analysis.overall import Overall
from isogloss.atlas.predictions import _nested_error
from isogloss.narrative.analysis import amount
from isogloss.narrative.atlas import why
from isogloss.narrative.layers import gain_text
from isogloss.narrative.numbers import interval
from isogloss.narrative.recommendation import _told, reasons
from isogloss.narrative.study import on_average
from isogloss.recommend.evaluation import LossDifference
from isogloss.report.canvas import Canvas
from isogloss.report.export import as_csv
from isogloss.report.render import _cell
from isogloss.report.shapes import Text
from isogloss.scores.effectiveness import Condition
from isogloss.statistics.average import average as mean_of

SVG = "{http://www.w3.org/2000/svg}"


def test_text_of_a_figure_is_escaped_in_svg():
    canvas = Canvas(100, 50)
    canvas.add(Text(10, 20, "a < b & <script>"))
    root = ElementTree.fromstring(canvas.svg("x > y", standalone=True))
    assert [text.text for text in root.iter(f"{SVG}text")] == ["a < b & <script>"]


def test_text_turns_the_same_way_in_svg_and_in_files():
    from matplotlib.figure import Figure

    canvas = Canvas(100, 50)
    canvas.add(Text(10, 20, "up", turn=-90))
    axes = Figure().add_axes((0, 0, 1, 1))
    canvas.items[0].draw(axes, 0)
    assert 'transform="rotate(-90 10 20)"' in canvas.svg("")  # SVG turns clockwise, matplotlib the other way
    assert axes.texts[0].get_rotation() == 90


def test_a_missing_value_is_an_empty_field_of_a_csv_file():
    assert as_csv(["a", "b"], [[math.nan, 0.1], [None, "nan"]]) == "a,b\n,0.1\n,nan\n"


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ([-0.03, -0.03, -0.02, -0.03, 0.01], "lowered 4 of 5 zero-shot scores, by 2.0 points on average"),
        (
            [-0.01, -0.01, -0.01, -0.01, 0.14],
            "lowered 4 of 5 zero-shot scores, though all of them together rose",
        ),
        ([0.01, 0.01, 0.01, 0.0, -0.08], "raised 3 of 5 zero-shot scores, though all of them together fell"),
        ([0.0] * 5, "changed none of 5 zero-shot scores."),
    ],
)
def test_an_average_that_goes_against_most_scores_says_so(changes, words):
    condition = Condition("pawsx", "mini", "last", "tags", "pawsx", "en", "test", "accuracy")
    average = Overall(condition, 5, 0.7, {}, {"gain": mean_of(np.array([[changes]]))})
    (sentence,) = on_average(average)
    assert words in sentence


def test_a_good_donor_is_above_the_mean_source():
    assert why({}, 2, donor=0.03) == "3.0 points above the mean source on other targets"
    assert why({}, 2, donor=-0.03) == "3.0 points below the mean source on other targets"


def test_a_left_out_language_has_no_part_in_its_own_prediction():
    y, x = np.array([0.5, 0.6, 0.7, 0.8, 0.2]), np.array([0.5, 0.4, 0.3, 0.2, 0.1])
    assert _nested_error(y, [x], 4) == pytest.approx(0.7)  # the line of the others is 1 - x


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (-0.252, "-25.2"),
        (-0.0025, "-0.25"),
        (0.00049, "0.049"),
        (0.0, "0.0"),
        (0.008, "0.8"),
        (1e-12, "0.0000"),
    ],
)
def test_slopes_on_distances_of_a_wide_scale_keep_two_digits(value, shown):
    assert amount("score", value) == shown


def test_both_ends_of_an_interval_have_the_digits_of_the_larger():
    assert [amount("gain", low, high) for low, high in ((-0.0071, 0.0012), (0.0012, -0.0071))] == [
        "-0.7",
        "0.1",
    ]
    assert amount("gain", 0.000012, -0.000071) == "0.0012"
    assert amount("gain", 0.0012, float("inf")) == "0.12"


def test_page_and_terminal_give_bounds_the_same_digits():
    assert interval(-0.0071, 0.0012, 100) == "−0.7 to +0.1"
    assert interval(-math.inf, 0.0012, 100) == "−∞ to +0.12"
    assert gain_text(SimpleNamespace(estimate=0.005, ci_low=0.000008, ci_high=0.01)) == "+0.5 [0.0, +1.0]"


def test_nothing_is_minus_zero():
    assert amount("gain", -0.0001, -0.02) == "0.0"
    entry = LossDifference("ridge", "random", -0.01, -0.5, 0.5, 20)
    assert _told([entry]).startswith("random (+0.0 percent")


def test_one_score_and_one_target_are_singular():
    donor = SimpleNamespace(points=1.0, n_targets=1, place=1, n_sources=2)
    entry = SimpleNamespace(closeness=(), donor=donor, pretraining_gib=math.nan)
    assert reasons(entry)[0].startswith("for 1 other target 1.0 points above")


def test_a_small_p_value_behind_a_figure_is_not_zero():
    assert [_cell(value) for value in (0.00002, 0.1234567, 0.0, None)] == [
        "0.000020",
        "0.1235",
        "0.0000",
        "–",
    ]
