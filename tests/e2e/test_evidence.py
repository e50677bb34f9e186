"""`isogloss evidence` and `isogloss claims` as a user types them."""

import html.parser
import json
import re
import time

import pytest
from click.testing import CliRunner

from isogloss.cli.main import cli
from isogloss.errors import IsoglossError
from labelled_claims import long_papers, papers

QUESTION = "Does <b>fusing</b> layers improve transfer on PAWS-X?"


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))


def run(*arguments):
    """The command's output; errors of isogloss rise."""
    done = CliRunner().invoke(cli, [str(argument) for argument in arguments])
    if done.exception and not isinstance(done.exception, SystemExit):
        raise done.exception
    return done


@pytest.fixture(scope="module")
def report(tmp_path_factory):
    folder = papers("tuning", tmp_path_factory.mktemp("papers"))
    evil = "<script>alert(1)</script> [x](javascript:alert(1)) mBERT reaches 81.0 on PAWS-X & 61.0 on XNLI."
    (folder / "evil <img src=x>.txt").write_text(f"Evil <svg onload=alert(1)>\n\n{evil}\n", encoding="utf-8")
    out = tmp_path_factory.mktemp("out")
    done = run("evidence", QUESTION, "--papers", folder, "--out", out)
    assert done.exit_code == 0, done.output
    return out, done.output


class Links(html.parser.HTMLParser):
    """Tags, ids and links of a page."""

    def __init__(self, page):
        super().__init__()
        self.tags, self.ids, self.links = set(), set(), []
        self.feed(page)

    def handle_starttag(self, tag, attributes):
        named = dict(attributes)
        self.tags.add(tag)
        if "id" in named:
            self.ids.add(named["id"])
        if "href" in named:
            self.links.append(named["href"])


def test_every_claim_is_one_click_from_its_passage(report):
    page = (report[0] / "evidence.html").read_text(encoding="utf-8")
    links = Links(page)
    assert links.links
    assert all(link.startswith("#") and link[1:] in links.ids for link in links.links)
    data = json.loads((report[0] / "evidence.json").read_text(encoding="utf-8"))
    rows = re.findall(r'<tr id="([^"]+)">(.*?)</tr>', page, re.DOTALL)
    assert [row[0] for row in rows] == [claim["id"] for claim in data["claims"]]
    for (_, row), claim in zip(rows, data["claims"], strict=True):
        assert ("#passage-" in row) == bool(claim["document"] or claim["evidence"])


def test_html_escapes_everything(report):
    links = Links((report[0] / "evidence.html").read_text(encoding="utf-8"))
    assert links.tags.isdisjoint({"script", "img", "svg", "b", "iframe"})


def test_markdown_shows_markup_as_text_and_its_anchors_exist(report):
    text = (report[0] / "evidence.md").read_text(encoding="utf-8")
    assert "<script" not in text
    assert "](javascript" not in text
    anchors = set(re.findall(r"\]\(#(passage-\d+)\)", text))
    assert anchors
    assert anchors <= {f"passage-{n}" for n in re.findall(r"^### Passage (\d+)$", text, re.MULTILINE)}


def test_terminal_says_what_was_found_and_where(report):
    assert re.search(r"8 papers, \d+ passages, \d+ claims: \d+ supported", report[1])
    assert "evidence.html" in report[1]


def test_all_parts_of_the_report_are_there(report):
    page = (report[0] / "evidence.html").read_text(encoding="utf-8")
    parts = {"method", "claims", "review", "limitations", "passages", "references"}
    assert parts <= Links(page).ids
    review = json.loads((report[0] / "evidence.json").read_text(encoding="utf-8"))["review"]
    assert {each["rubric"] for each in review} == {
        "coverage of the question", "provenance", "numerical agreement", "recency", "diversity of sources",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--papers", "EMPTY"), "no paper in"),
        (("--papers", "nowhere"), "no folder of papers"),
        (("--search", "arxif"), "did you mean 'arxiv'"),
        (("--papers", "EMPTY", "--extractor", "rule"), "did you mean 'rules'"),
    ],
)
def test_bad_input_is_one_clear_error(tmp_path, arguments, message):
    (tmp_path / "empty").mkdir()
    given = [str(tmp_path / "empty") if each == "EMPTY" else each for each in arguments]
    with pytest.raises(IsoglossError, match=message):
        run("evidence", "a question", *given, "--out", tmp_path / "out")


def test_without_network_the_error_says_what_to_do(tmp_path, monkeypatch):
    from isogloss.evidence.connectors import base
    from isogloss.evidence.connectors.base import CONNECTORS

    monkeypatch.setattr(base, "N_RETRIES", 0)
    monkeypatch.setattr(type(CONNECTORS["arxiv"]), "url", "http://127.0.0.1:9/none")
    with pytest.raises(IsoglossError, match="cannot be reached") as error:
        run("evidence", "a question", "--search", "arxiv", "--out", tmp_path / "out")
    assert "--papers" in str(error.value)


def test_claims_are_listed_and_added(tmp_path):
    assert "paws-x-fused" in run("claims", "--list").output
    listed = run("claims", "--list", "--yaml").output
    (tmp_path / "mine.yaml").write_text(
        "- {id: mine, text: mBERT reaches 66.1% on XNLI., value: 66.1, unit: '%', source: arXiv:1}",
        encoding="utf-8",
    )
    assert "1 claims on record: mine" in run("claims", "add", tmp_path / "mine.yaml").output
    assert len(run("claims", "--list", "--yaml").output) > len(listed)


def test_usage_errors_have_exit_code_2(tmp_path):
    assert run("claims").exit_code == 2
    assert run("evidence", "a question").exit_code == 2


def test_claims_of_a_folder_that_is_no_study(tmp_path):
    with pytest.raises(IsoglossError, match="no study was run"):
        run("claims", tmp_path)


@pytest.mark.slow
def test_a_thousand_pages_in_a_minute(tmp_path):
    long_papers(tmp_path)
    start = time.process_time()
    run("evidence", "Does an intermediate task help PAWS-X?", "--papers", tmp_path, "--out", tmp_path / "out")
    assert time.process_time() - start < 60
