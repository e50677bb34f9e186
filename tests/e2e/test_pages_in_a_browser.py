"""Report and atlas in a real browser, from a file, without a network: wide and narrow, light and dark."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from browser import CHROMIUM, Browser
from test_report import build
from transfer_tables import transfer_table

from isogloss.atlas.results import atlas
from isogloss.report.atlas import render_atlas
from isogloss.report.render import render
from isogloss.scores.importing import read_scores

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium is installed")

AXE = os.environ.get("ISOGLOSS_AXE", "")
"""Path of axe.min.js (npm package axe-core); without it the accessibility rules are not run."""
VIEWS = [(1400, False), (1400, True), (400, False), (400, True)]


@pytest.fixture(scope="module")
def browser(tmp_path_factory):
    found = Browser(tmp_path_factory.mktemp("profile"))
    yield found
    found.close()


@pytest.fixture(scope="module")
def pages(tmp_path_factory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("pages")
    report, table = folder / "report.html", read_scores(transfer_table()).table
    report.write_text(
        render(build(aggregators=("last", "D_3"), measures=("gain", "fusion_gain"))[0]), encoding="utf-8"
    )
    (folder / "atlas.html").write_text(
        render_atlas(atlas(table, title="made up", source="en", languages=["da", "sw", "ko"])),
        encoding="utf-8",
    )
    return {"report": report, "atlas": folder / "atlas.html"}


@pytest.mark.parametrize("name", ["report", "atlas"])
@pytest.mark.parametrize(("width", "dark"), VIEWS)
def test_page_opens_without_a_problem_a_request_or_a_scroll_bar(browser, pages, name, width, dark):
    browser.problems.clear()
    browser.requests.clear()
    browser.look(pages[name], width, dark=dark)
    assert browser.run("document.querySelectorAll('svg.fig').length") > 1
    assert browser.problems == []
    assert [url for url in browser.requests if not url.startswith(("file:", "about:"))] == []
    assert browser.run("document.documentElement.scrollWidth") <= width
    paper = browser.run("getComputedStyle(document.body).backgroundColor")
    assert (sum(map(int, paper[4:-1].split(","))) < 200) == dark


@pytest.mark.skipif(not AXE, reason="ISOGLOSS_AXE names no axe.min.js")
@pytest.mark.parametrize("name", ["report", "atlas"])
@pytest.mark.parametrize(("width", "dark"), VIEWS)
def test_accessibility_rules_find_nothing_serious(browser, pages, name, width, dark):
    browser.look(pages[name], width, dark=dark)
    browser.run("document.querySelectorAll('details').forEach(each => { each.open = true; })")
    browser.run(Path(AXE).read_text(encoding="utf-8") + "; 0")
    found = browser.run(
        "axe.run().then(r => r.violations.filter(v => ['serious', 'critical'].includes(v.impact))"
        ".map(v => v.id + ': ' + v.nodes.slice(0, 3).map(n => n.html.slice(0, 160)).join(' | ')))"
    )
    assert found == []


# The report


def test_the_address_holds_a_distance_whatever_its_name(browser, tmp_path):
    page = tmp_path / "report.html"
    page.write_text(render(build(metrics=("genetic", "a/b %"), measures=("gain",))[0]), encoding="utf-8")
    for name in ("a%2Fb%20%25", "genetic"):
        browser.look(page, 1000, fragment=f"#view/1/{name}")
        chosen = browser.run("encodeURIComponent(document.querySelector('select[name=distance]').value)")
        assert chosen == name


def test_pointer_over_a_point_says_its_pair(browser, pages):
    browser.look(pages["report"], 1400)
    last = (
        "[...document.querySelectorAll('.relation:not([hidden]) svg')[0].querySelectorAll('[data-t]')].at(-1)"
    )
    browser.run(f"{last}.id = 'topmost'")  # no other point lies over it
    browser.hover("#topmost")
    said = browser.run(f"{last}.dataset.t")
    assert "distance" in said
    tip = "document.getElementById('tip')"
    assert browser.run(f"{tip}.hidden ? '' : {tip}.textContent") == said


def test_arrow_keys_go_from_point_to_point(browser, pages):
    browser.look(pages["report"], 1400)
    browser.run("document.querySelector('.relation:not([hidden]) svg').focus()")
    said = []
    for _ in range(2):
        browser.key("ArrowRight")
        said.append(browser.run("document.getElementById('tip').textContent"))
    assert len(set(said)) == 2
    browser.key("Escape")
    assert browser.run("document.getElementById('tip').hidden")


def test_table_sorts_by_a_click_both_ways(browser, pages):
    browser.look(pages["report"], 1400)
    column = (
        "[...document.querySelectorAll('table.results tbody')[0].rows]"
        ".map(r => parseFloat(r.cells[2].textContent.replace('\\u2212', '-')))"
    )
    button = "document.querySelectorAll('table.results')[0].tHead.rows[0].cells[2].querySelector('button')"
    browser.run(f"{button}.click()")
    rising = browser.run(column)
    assert rising == sorted(rising) and len(set(rising)) > 1
    browser.run(f"{button}.click()")
    assert browser.run(column) == rising[::-1]
    assert browser.run(f"{button}.closest('th').getAttribute('aria-sort')") == "descending"


def test_choice_of_distance_and_measure_stands_in_the_address(browser, pages):
    browser.look(pages["report"], 1400)
    shown = (
        "[...document.querySelectorAll('.relation:not([hidden])')]"
        ".map(r => r.dataset.section + r.dataset.distance)"
    )
    assert browser.run(shown) == ["1syntactic"]
    browser.run(
        "(() => { const s = document.querySelector('select[name=distance]'); s.value = 'genetic'; "
        "s.dispatchEvent(new Event('change')); })()"
    )
    assert browser.run(shown) == ["1genetic"]
    assert browser.run("location.hash") == "#view/1/genetic"
    browser.look(pages["report"], 1400, fragment="#view/2/geographic")
    assert browser.run(shown) == ["2geographic"]
    browser.look(pages["report"], 1400, fragment="#view/99/%3Cscript%3E")
    assert browser.run(shown) == ["1syntactic"]


def test_every_link_of_the_contents_leads_to_a_section(browser, pages):
    browser.look(pages["report"], 400)
    assert browser.run(
        "[...document.querySelectorAll('.contents a')].every(a => document.getElementById(a.hash.slice(1)))"
    )


# The atlas

DETAIL = "document.getElementById('detail').textContent"


def test_click_on_a_mark_shows_three_sources_and_why(browser, pages):
    browser.look(pages["atlas"], 1400)
    browser.run(
        "document.querySelector('.mark.measured').dispatchEvent(new MouseEvent('click', {bubbles: true}))"
    )
    assert browser.run("document.querySelectorAll('#detail li').length") == 3
    assert "measured" in browser.run(DETAIL) and "distance" in browser.run(DETAIL)


def test_arrow_keys_move_between_marks_of_the_map(browser, pages):
    browser.look(pages["atlas"], 1400)
    browser.run("document.querySelector('.mark[tabindex=\"0\"]').focus()")
    first = browser.run(DETAIL)
    seen = {first}
    for key in ("ArrowRight", "ArrowDown", "ArrowLeft", "ArrowUp", "ArrowLeft"):
        browser.key(key)
        seen.add(browser.run(DETAIL))
    assert len(seen) > 1
    assert browser.run("document.querySelectorAll('.mark[tabindex=\"0\"]').length") == 1


def test_search_family_and_predictions_filter_map_and_table_alike(browser, pages):
    browser.look(pages["atlas"], 1400)
    shown = (
        "[[...document.querySelectorAll('#marks .mark:not([hidden])')].map(m => m.dataset.i).sort().join(), "
        "[...document.querySelectorAll('#table tbody tr:not([hidden])')].map(r => r.dataset.i).sort().join()]"
    )

    def put(name, value, event="input"):
        browser.run(
            f"(() => {{ const e = document.getElementById('{name}'); e.value = '{value}'; "
            f"e.dispatchEvent(new Event('{event}')); }})()"
        )
        return browser.run(shown)

    whole = browser.run(shown)
    assert whole[0] == whole[1] and whole[0].count(",") > 10
    found = put("search", "dani")
    assert found[0] == found[1] != whole[0] and "," not in found[0]
    put("search", "")
    uralic = put("family", "Uralic")
    assert uralic[0] == uralic[1] and uralic[0].count(",") == 1
    assert put("family", "") == whole
    browser.run("document.getElementById('expected').click()")
    assert browser.run("document.querySelectorAll('#marks .mark.expected:not([hidden])').length") == 0


def test_line_stands_only_between_measured_neighbours_on_either_side(browser, pages):
    browser.look(pages["atlas"], 1400)
    assert browser.run("document.querySelectorAll('#lines path').length") == 0
    counts = {}
    for at in (40, 60, 65, 99):
        browser.run(
            f"(() => {{ const t = document.getElementById('threshold'); t.max = 100; t.value = {at}; "
            "t.dispatchEvent(new Event('input')); })()"
        )
        counts[at] = browser.run("document.querySelectorAll('#lines path').length")
        wanted = browser.run(
            "(() => { const d = JSON.parse(document.getElementById('data').textContent), s = d.chosen; "
            f"const below = i => d.scores[i][s] < {10 * at}; "
            "return d.lines[s].filter(([a, b]) => below(a) !== below(b)).length; })()"
        )
        assert counts[at] == wanted
    assert max(counts.values()) > 0 and counts[99] == 0


def test_another_source_repaints_map_and_table(browser, pages):
    browser.look(pages["atlas"], 1400)
    text = "[...document.querySelectorAll('#table tbody tr')].map(r => r.cells[4].textContent).join()"
    before = browser.run(text)
    browser.run(
        "(() => { const s = document.getElementById('source'); s.value = s.options.length - 1; "
        "s.dispatchEvent(new Event('change')); })()"
    )
    assert browser.run(text) != before
    assert browser.run("document.querySelectorAll('.mark.source').length") == 1
    code = browser.run("document.getElementById('source').selectedOptions[0].textContent").split()[0]
    kinds = browser.run("[...document.querySelectorAll('#table tbody tr')].map(r => r.cells[3].textContent)")
    said = browser.run("document.querySelector('.description').textContent")
    assert f"{kinds.count('measured')} languages measured" in said
    assert f"language {code}, {kinds.count('expected')} shown as predictions" in said


def test_table_sorts_by_score_and_languages_without_one_come_last(browser, pages):
    browser.look(pages["atlas"], 1400)
    browser.run("document.querySelectorAll('#table th button')[4].click()")
    values = browser.run("[...document.querySelectorAll('#table tbody tr')].map(r => r.cells[4].dataset.v)")
    known = [float(value) for value in values if value]
    assert known == sorted(known)
    assert values[: len(known)] == [value for value in values if value] != values


def test_zoom_keeps_the_map_in_its_frame(browser, pages):
    browser.look(pages["atlas"], 400)
    box = "document.getElementById('map').getAttribute('viewBox')"
    before = browser.run(box)
    browser.run("document.getElementById('in').click()")
    inside = [
        float(part) for part in browser.run("document.getElementById('map').getAttribute('viewBox')").split()
    ]
    assert inside[2] < float(before.split()[2])
    browser.run("document.getElementById('all').click()")
    assert browser.run(box) == before
