"""Connectors against answers that we wrote after each service's documentation, served by a local server."""

import json
import shutil
import subprocess
from collections import Counter
from urllib.parse import parse_qs, urlsplit

import pytest
from local_server import QuietHandler, serving

from isogloss.errors import NetworkError, RegistryError
from isogloss.evidence.connectors.base import CONNECTORS, Paper
from isogloss.evidence.search import merged, search_papers

ATOM = """<?xml version="1.0" encoding="UTF-8"?>
<feed xmlns="http://www.w3.org/2005/Atom" xmlns:opensearch="http://a9.com/-/spec/opensearch/1.1/">
<title>query</title>
<opensearch:totalResults>1</opensearch:totalResults><opensearch:startIndex>0</opensearch:startIndex>
<entry><id>http://arxiv.org/abs/2999.00001v2</id><published>2023-05-01T00:00:00Z</published>
<updated>2023-05-01T00:00:00Z</updated><title>An Invented Paper</title>
<summary>AltFuse reaches 67.2% accuracy on XNLI.</summary><author><name>Ada Invented</name></author>
<link href="http://arxiv.org/abs/2999.00001v2" rel="alternate"/></entry></feed>"""
S2 = {
    "total": 1, "offset": 0,
    "data": [
        {
            "paperId": "f00", "title": "An invented paper",
            "abstract": "AltFuse reaches 67.2% accuracy on XNLI. It is fast.",
            "year": 2023, "venue": "Nowhere", "authors": [{"authorId": "1", "name": "A. Invented"}],
            "externalIds": {"ArXiv": "2999.00001"}, "url": "https://example.org/f00", "openAccessPdf": None,
        }
    ],
}  # fmt: skip
OPENALEX = {
    "meta": {"count": 1},
    "results": [
        {
            "id": "https://openalex.org/W1", "doi": "https://doi.org/10.9999/made-up",
            "display_name": "Another invented paper", "publication_year": 2021,
            "abstract_inverted_index": {
                word: [i] for i, word in enumerate(["MixBatch", "reaches", "74.6", "F1", "on", "NER."])
            },
            "authorships": [{"author": {"display_name": "B. Made-Up"}}],
            "primary_location": {"landing_page_url": "https://example.org/w1",
                                 "source": {"display_name": "J"}},
            "best_oa_location": None,
        }
    ],
}  # fmt: skip
ACL = """<?xml version='1.0' encoding='UTF-8'?>
<collection id="2020.nothing"><volume id="1" type="proceedings"><meta>
<booktitle>Proceedings of Nothing</booktitle>
<year>2020</year></meta><paper id="1">
<title><fixed-case>M</fixed-case>ixBatch: Languages within one Batch</title>
<author><first>Maria</first><last>Inventada</last></author>
<abstract>MixBatch obtains 74.6 F1 on NER.</abstract>
<bibkey>inventada-2020-mixbatch</bibkey></paper></volume></collection>
"""


@pytest.fixture
def server():
    """A server whose answers a test sets by the end of the path; keeps parameters and counts."""
    answers, seen, counts = {}, {}, Counter()

    class Handler(QuietHandler):
        def do_GET(self):
            parts = urlsplit(self.path)
            name = parts.path.strip("/").split("/")[0]
            counts[name] += 1
            seen[name] = parse_qs(parts.query)
            self.answer(*answers[name])

    with serving(Handler) as http:
        http.answers, http.seen, http.counts = answers, seen, counts
        http.urls = {
            name: f"http://127.0.0.1:{http.server_port}/{name}"
            for name in ("arxiv", "openalex", "semanticscholar")
        }
        answers |= {
            "arxiv": (200, ATOM.encode()),
            "openalex": (200, json.dumps(OPENALEX).encode()),
            "semanticscholar": (200, json.dumps(S2).encode()),
        }
        yield http


@pytest.fixture
def anthology(tmp_path):
    """A repository in the layout of the ACL Anthology's, with one paper."""
    import acl_anthology

    folder = tmp_path / "anthology"
    (folder / "data" / "xml").mkdir(parents=True)
    (folder / "data" / "yaml").mkdir()
    for name in ("people", "venues"):
        (folder / "data" / "yaml" / name).mkdir()
    schema = next(__import__("pathlib").Path(acl_anthology.__file__).parent.rglob("schema.rnc"))
    shutil.copy(schema, folder / "data" / "xml" / "schema.rnc")
    (folder / "data" / "xml" / "2020.nothing.xml").write_text(ACL, encoding="utf-8")
    (folder / "data" / "yaml" / "people.yaml").write_text("{}\n")
    (folder / "data" / "yaml" / "sigs").mkdir()
    for command in (
        ["init", "-q"],
        ["add", "-A"],
        ["-c", "user.name=a", "-c", "user.email=a@b", "commit", "-qm", "x"],
    ):
        subprocess.run(["git", *command], cwd=folder, check=True)
    return str(folder)


@pytest.mark.parametrize(
    ("name", "id", "title", "year", "author", "part"),
    [
        ("arxiv", "arXiv:2999.00001", "An Invented Paper", 2023, "Ada Invented", "67.2%"),
        ("semanticscholar", "arXiv:2999.00001", "An invented paper", 2023, "A. Invented", "67.2%"),
        ("openalex", "doi:10.9999/made-up", "Another invented paper", 2021, "B. Made-Up", "74.6 F1 on NER."),
    ],
)
def test_answers_become_papers(server, tmp_path, name, id, title, year, author, part):
    (paper,) = CONNECTORS[name]("batch of languages?", 5, tmp_path, server.urls[name])
    assert (paper.id, paper.title, paper.year, paper.authors[0]) == (id, title, year, author)
    assert part in paper.abstract


def test_the_anthology_is_cloned_and_searched(anthology, tmp_path):
    (paper,) = CONNECTORS["acl"]("languages within a batch", 5, tmp_path / "cache", anthology)
    assert (paper.title, paper.year) == ("MixBatch: Languages within one Batch", 2020)
    assert paper.authors == ("Maria Inventada",)
    assert "74.6 F1" in paper.abstract


def test_every_connector_is_tested():
    assert set(CONNECTORS) == {"acl", "arxiv", "openalex", "semanticscholar"}


def test_a_paper_of_two_indexes_is_one_document(server, tmp_path):
    found = search_papers(
        "layers", ["arxiv", "semanticscholar", "openalex"], tmp_path / "cache", urls=server.urls
    )
    assert [document.id for document in found.documents] == ["arXiv:2999.00001", "doi:10.9999/made-up"]
    assert not found.documents[0].full_text
    assert "74.6 F1 on NER." in found.documents[1].passages[0].text


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"doi": "https://doi.org/10.1/A"}, {"doi": "10.1/a"}),
        ({"arxiv": "2205.08497v2"}, {"doi": "10.48550/arXiv.2205.08497"}),
        ({"title": "Feature Aggregation!"}, {"title": "Feature aggregation"}),
    ],
)
def test_papers_are_merged_by_doi_arxiv_id_or_title(one, other):
    first, second = Paper(**{"title": "A", **one}), Paper(**{"title": "B", "abstract": "Text.", **other})
    (paper,) = merged([first, second])
    assert (paper.title, paper.abstract) == (first.title, "Text.")


def test_the_question_reaches_the_service(server, tmp_path):
    CONNECTORS["openalex"]("distance & transfer?", 7, tmp_path, server.urls["openalex"])
    assert server.seen["openalex"]["search"] == ["distance & transfer?"]
    assert "7" in str(server.seen["openalex"])


@pytest.mark.parametrize("name", ["arxiv", "openalex"])
def test_the_second_time_nothing_is_asked(server, tmp_path, name):
    for _ in range(2):
        search_papers("layers", [name], tmp_path / "cache", urls=server.urls)
    assert server.counts[name] == 1


@pytest.mark.parametrize("name", ["openalex", "semanticscholar"])
def test_an_answer_that_is_something_else_is_an_error(server, tmp_path, name):
    server.answers[name] = (200, b"<html>maintenance</html>")
    with pytest.raises(NetworkError, match="no usable answer") as error:
        search_papers("languages", [name], tmp_path / "cache", urls=server.urls)
    assert "--papers" in str(error.value)


def test_an_index_out_of_reach_is_reported_if_another_answers(server, tmp_path):
    server.answers["openalex"] = (403, b"{}")
    found = search_papers("layers", ["openalex", "arxiv"], tmp_path / "cache", urls=server.urls)
    assert len(found.documents) == 1
    assert [each.source for each in found.skipped] == ["openalex"]


def test_unknown_connector_suggests_the_closest(tmp_path):
    with pytest.raises(RegistryError, match="no connector 'arxif'") as error:
        search_papers("layers", ["arxif"], tmp_path)
    assert "did you mean 'arxiv'" in str(error.value)
