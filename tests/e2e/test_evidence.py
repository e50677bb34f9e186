"""`isogloss evidence` and `isogloss claims` as a user types them."""

import html.parser
import json
import os
import time
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner

from commands import isogloss
from isogloss.cli.main import cli
from isogloss.errors import IsoglossError
from papers import CLAIMS, long_papers, write_papers

QUESTION = "Do related donors <b>help</b> Basque?"


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


def run(*arguments):
    """Run a command; errors of isogloss rise."""
    done = CliRunner().invoke(cli, [str(argument) for argument in arguments])
    if done.exception and not isinstance(done.exception, SystemExit):
        raise done.exception
    return done


def claims_file(path, **fields):
    entries = [
        {"id": f"c{i}", "text": text, "source": "file:donors", **fields} for i, (text, _) in enumerate(CLAIMS)
    ]
    path.write_text(yaml.safe_dump({"claims": entries}), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def report(tmp_path_factory):
    papers = write_papers(tmp_path_factory.mktemp("papers"))
    evil = "<script>alert(1)</script> [x](javascript:alert(1)) Donors help Basque & gain 81.0% on NER."
    (papers / "evil <img src=x>.txt").write_text(f"Evil <svg onload=alert(1)>\n\n{evil}\n", encoding="utf-8")
    out = tmp_path_factory.mktemp("out")
    done = run("evidence", QUESTION, "--papers", papers, "--out", out, "--format", "html,md,json,bibtex")
    assert done.exit_code == 0, done.output
    return out, done.output


class Page(html.parser.HTMLParser):
    """Tags and ids of a page."""

    def __init__(self, page):
        super().__init__()
        self.tags, self.ids = [], []
        self.feed(page)

    def handle_starttag(self, tag, attributes):
        self.tags.append(tag)
        self.ids += [value for name, value in attributes if name == "id"]


def test_passages_come_first_and_claims_after(report):
    ids = Page((report[0] / "evidence.html").read_text(encoding="utf-8")).ids
    assert ids.index("passages") < ids.index("claims") < ids.index("review") < ids.index("references")


def test_html_escapes_everything(report):
    tags = set(Page((report[0] / "evidence.html").read_text(encoding="utf-8")).tags)
    assert tags.isdisjoint({"script", "img", "svg", "b", "iframe"})


def test_markdown_shows_markup_as_text(report):
    text = (report[0] / "evidence.md").read_text(encoding="utf-8")
    assert "<script" not in text
    assert "](javascript" not in text


def test_bibtex_names_every_document(report):
    text = (report[0] / "evidence.bib").read_text(encoding="utf-8")
    assert text.count("@misc{") == 3
    assert "Donor languages for tagging" in text


def test_json_has_the_stated_keys(tmp_path):
    papers = write_papers(tmp_path / "papers")
    run(
        "evidence",
        "--claims",
        claims_file(tmp_path / "c.yaml"),
        "--papers",
        papers,
        "--out",
        "out",
        "--format",
        "json",
    )
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["evidence.json"]
    found = json.loads((tmp_path / "out" / "evidence.json").read_text(encoding="utf-8"))
    claims = found["claims"]
    assert len(claims) == len(CLAIMS)
    assert "unseen papers" in found["method"][-1]
    for claim in claims:
        assert {"id", "text", "verdict", "document", "place", "quote", "passages"} <= set(claim)
        assert claim["verdict"] in {"supported", "contradicted", "related", "not found"}
        assert (claim["quote"] is None) == (claim["verdict"] == "not found")
        assert all(passage["document"] == "donors.md" for passage in claim["passages"])


def test_numbers_of_the_claim_are_marked(tmp_path):
    papers = write_papers(tmp_path / "papers")
    run("evidence", "--claims", claims_file(tmp_path / "c.yaml"), "--papers", papers, "--out", "out")
    assert "<mark>70.5</mark>" in (tmp_path / "out" / "evidence.html").read_text(encoding="utf-8")


def test_built_in_records_appear_only_where_they_fit_or_on_request(tmp_path):
    papers = write_papers(tmp_path / "papers")
    ids = {}
    for name, question, more in (
        ("no", "Do related donors speed up convergence?", ()),
        ("fit", "Does layer fusion help on PAWS-X?", ()),
        ("all", "Do related donors speed up convergence?", ("--records",)),
    ):
        run("evidence", question, "--papers", papers, "--out", name, "--format", "json", *more)
        data = json.loads((tmp_path / name / "evidence.json").read_text(encoding="utf-8"))
        ids[name] = {claim["id"] for claim in data["claims"]}
    assert not any(id.startswith("paws-x") for id in ids["no"])
    assert "paws-x-fused" in ids["fit"]
    assert "enf-noenf" in ids["all"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("q", "--papers", "EMPTY"), "it is empty"),
        (("q", "--papers", "nowhere"), "no folder of papers"),
        (("q", "--search", "arxif"), "no connector 'arxif'"),
        (("q", "--papers", "EMPTY", "--verifier", "rule"), "no verifier 'rule'"),
        (("--claims", "none.yaml", "--papers", "EMPTY"), "no file 'none.yaml'"),
    ],
)
def test_bad_input_is_one_clear_error(tmp_path, arguments, message):
    (tmp_path / "empty").mkdir()
    given = ["empty" if each == "EMPTY" else each for each in arguments]
    with pytest.raises(IsoglossError, match=message):
        run("evidence", *given, "--out", tmp_path / "out")


def test_claims_without_text_and_of_unknown_files_are_named(tmp_path):
    papers = write_papers(tmp_path / "papers")
    (tmp_path / "c.yaml").write_text("- {id: a, source: 'file:donors'}", encoding="utf-8")
    with pytest.raises(IsoglossError, match="text: missing"):
        run("evidence", "--claims", "c.yaml", "--papers", papers)
    claims_file(tmp_path / "d.yaml", source="file:absent")
    with pytest.raises(IsoglossError, match="no document for the source file:absent") as error:
        run("evidence", "--claims", "d.yaml", "--papers", papers)
    assert "donors" in str(error.value)


@pytest.mark.parametrize(
    "arguments",
    [
        "evidence q",
        "evidence --papers .",
        "evidence q --papers . --format x",
        "claims",
        "claims add",
        "claims remove",
    ],
)
def test_usage_errors_have_exit_code_2(arguments):
    assert run(*arguments.split()).exit_code == 2


def test_without_network_the_error_says_what_to_do(tmp_path, monkeypatch):
    import arxiv

    monkeypatch.setattr(arxiv.Client, "query_url_format", "http://127.0.0.1:9/none?{}")
    with pytest.raises(IsoglossError, match="no usable answer") as error:
        run("evidence", "a question", "--search", "arxiv", "--out", tmp_path / "out")
    assert "--papers" in str(error.value)


def test_claims_are_listed_added_and_removed(tmp_path):
    assert "paws-x-fused" in run("claims", "--list").output
    listed = run("claims", "--list", "--yaml").output
    (tmp_path / "mine.yaml").write_text(
        "- {id: mine, text: mBERT reaches 66.1% on XNLI., value: 66.1, unit: '%', source: arXiv:1}",
        encoding="utf-8",
    )
    assert "1 claim added: mine" in run("claims", "add", "mine.yaml").output
    assert (tmp_path / "isogloss-claims" / "mine.yaml").is_file()
    assert "id: mine" in run("claims", "--list", "--yaml").output
    assert "removed mine" in run("claims", "remove", "mine").output
    assert run("claims", "--list", "--yaml").output == listed
    with pytest.raises(IsoglossError, match="no added claim 'mine'"):
        run("claims", "remove", "mine")
    with pytest.raises(IsoglossError, match="belongs to the package"):
        run("claims", "remove", "xnli-fused")


def test_claims_of_a_folder_that_is_no_study(tmp_path):
    with pytest.raises(IsoglossError, match="no study was run"):
        run("claims", tmp_path)


@pytest.mark.slow
def test_a_thousand_pages_in_a_minute(tmp_path):
    papers = long_papers(tmp_path / "papers")
    start = time.process_time()
    run("evidence", "Do related donors help Basque?", "--papers", papers, "--out", tmp_path / "out")
    assert time.process_time() - start < 60


def test_names_that_are_not_utf8_and_folders_that_are_files(tmp_path):
    papers = write_papers(tmp_path / "papers")
    odd = Path(os.fsdecode(os.fsencode(papers) + b"/caf\xe9.md"))
    odd.write_text("# A paper with an odd name\n\nmBERT reaches 88.8 UAS.\n", encoding="utf-8")
    done = isogloss("evidence", "Does mBERT reach 88.8 UAS?", "--papers", papers, "--out", tmp_path / "out")
    assert done.returncode == 0, done.stderr
    assert json.loads((tmp_path / "out" / "evidence.json").read_text(encoding="utf-8"))
    done = isogloss("evidence", "What?", "--papers", str(odd), "--out", tmp_path / "out")
    assert done.returncode == 1
    assert "caf\\udce9.md is not UTF-8" in done.stderr
    (tmp_path / "file").write_text("")
    for out in ("file", "file/sub"):
        done = isogloss("evidence", "What?", "--papers", papers, "--out", tmp_path / out)
        assert done.returncode == 1
        assert "is a file, not a folder" in done.stderr


def test_a_claim_on_record_whose_paper_is_not_there_stops_nothing(tmp_path):
    papers = write_papers(tmp_path / "papers")
    claims = [{"id": "elsewhere", "text": "Donors help Basque on NER.", "source": "file:oldpaper"}]
    (tmp_path / "add.yaml").write_text(yaml.safe_dump({"claims": claims}))
    assert run("claims", "add", tmp_path / "add.yaml").exit_code == 0
    done = run("evidence", QUESTION, "--papers", papers, "--out", tmp_path / "out", "--records")
    assert done.exit_code == 0
    found = json.loads((tmp_path / "out" / "evidence.json").read_text(encoding="utf-8"))["claims"]
    assert "elsewhere" in [claim["id"] for claim in found]
    (tmp_path / "own.yaml").write_text(yaml.safe_dump({"claims": [claims[0] | {"source": ""}]}))
    both = ("--claims", tmp_path / "own.yaml", "--records")
    assert run("evidence", "--papers", papers, "--out", tmp_path / "out", *both).exit_code == 0
    found = json.loads((tmp_path / "out" / "evidence.json").read_text(encoding="utf-8"))["claims"]
    assert [claim["id"] for claim in found].count("elsewhere") == 1


def test_marked_numbers_keep_their_spaces_and_keys_are_distinct(tmp_path):
    for name in ("статья", "论文"):
        (tmp_path / f"{name}.md").write_text(f"# {name} about parsers\n\nmBERT reaches 88.8 UAS on {name}.\n")
    (tmp_path / "c.yaml").write_text(
        yaml.safe_dump({"claims": [{"id": "c", "text": "mBERT reaches 88.8 UAS."}]})
    )
    out = ("--out", tmp_path / "out", "--format", "md,bibtex")
    assert run("evidence", "--claims", tmp_path / "c.yaml", "--papers", tmp_path, *out).exit_code == 0
    assert "reaches **88.8** UAS" in (tmp_path / "out" / "evidence.md").read_text(encoding="utf-8").replace(
        "\\", ""
    )
    keys = [line for line in (tmp_path / "out" / "evidence.bib").read_text().splitlines() if line[:1] == "@"]
    assert len(set(keys)) == 2
