"""`isogloss data --fetch` against a small hub on this machine."""

import hashlib
import json

import pytest
from click.testing import CliRunner
from local_server import QuietHandler, serving

from isogloss.cli.commands.data import data as command
from isogloss.errors import DataError, FieldError
from isogloss.tasks.base import TASKS
from isogloss.tasks.fetching import RECORD, fetch

ROWS = b'{"tokens": ["Bonn", "ja"], "ner_tags": [5, 0]}\n'
FILES = {
    "de/test.jsonl": ROWS,
    "sw/test.jsonl": ROWS * 3,
    "README.md": b"# WikiAnn\n",
    "../../outside/test.jsonl": ROWS,
    "de/../../../../outside/test.jsonl": ROWS,
}


class Hub:
    """Files of one repository, how many bytes of a file are sent, and what was asked for."""

    def __init__(self, files):
        self.files, self.cut, self.stated, self.asked = dict(files), None, {}, []

    def listing(self):
        def entry(name, content):
            content = self.stated.get(name, content)
            blob = hashlib.sha1(f"blob {len(content)}\0".encode() + content).hexdigest()
            large = {"lfs": {"sha256": hashlib.sha256(content).hexdigest()}} if name.startswith("sw") else {}
            return {"rfilename": name, "size": len(content), "blobId": blob, **large}

        return {"sha": "0" * 40, "siblings": [entry(*item) for item in self.files.items()]}


@pytest.fixture
def hub(monkeypatch):
    own = Hub(FILES)

    class Handler(QuietHandler):
        def do_GET(self):
            own.asked.append((self.path, self.headers.get("Range")))
            if self.path.startswith("/api/datasets/unimelb-nlp/wikiann/revision/main"):
                return self.answer(200, json.dumps(own.listing()).encode())
            content = own.files.get(self.path.partition("/resolve/" + "0" * 40 + "/")[2])
            if content is None:
                return self.answer(404, b"")
            start = int((self.headers.get("Range") or "bytes=0-")[6:-1])
            body = content[start:]
            self.send_response(206 if start else 200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body[: own.cut])
            return None

    with serving(Handler) as server:
        monkeypatch.setenv("HF_ENDPOINT", f"http://127.0.0.1:{server.server_address[1]}/")
        yield own


def test_what_is_fetched_is_read(hub, tmp_path):
    arguments = ["--fetch", "--task", "panx", "--data-dir", str(tmp_path), "--language", "de,sw"]
    done = CliRunner().invoke(command, arguments)
    assert done.exit_code == 0, done.output
    assert "panx: 2 files" in done.stdout
    assert "1 of 2: de/test.jsonl (0.0 MB)" in done.stderr
    assert len(TASKS["panx"].load(tmp_path, "sw", "test").examples) == 3
    assert json.loads((tmp_path / "unimelb-nlp/wikiann" / RECORD).read_text())["revision"] == "0" * 40
    assert {path.parent.name for path in tmp_path.rglob("test.jsonl")} == {"de", "sw"}
    n_asked = len(hub.asked)
    assert CliRunner().invoke(command, arguments).exit_code == 0
    assert len(hub.asked) == n_asked + 1  # the list alone


def test_only_the_languages_that_are_named(hub, tmp_path):
    assert [path.parent.name for path in fetch(TASKS["panx"], tmp_path, ["sw"])] == ["sw"]
    with pytest.raises(FieldError, match="no language qq"):
        fetch(TASKS["panx"], tmp_path, ["qq"])


def test_a_broken_download_goes_on(hub, tmp_path):
    hub.cut = 10
    with pytest.raises(DataError, match="the download broke off"):
        fetch(TASKS["panx"], tmp_path, ["sw"])
    folder = tmp_path / "unimelb-nlp/wikiann/sw"
    assert not (folder / "test.jsonl").exists()
    hub.cut = None
    fetch(TASKS["panx"], tmp_path, ["sw"])
    assert hub.asked[-1][1] == "bytes=10-"
    assert (folder / "test.jsonl").read_bytes() == FILES["sw/test.jsonl"]


@pytest.mark.parametrize("language", ["de", "sw"])
@pytest.mark.parametrize("other", [ROWS[::-1] * 3, ROWS * 4])
def test_other_content_than_the_hub_states_is_refused(hub, tmp_path, language, other):
    hub.stated = {f"{language}/test.jsonl": FILES[f"{language}/test.jsonl"]}
    hub.files[f"{language}/test.jsonl"] = other
    with pytest.raises(DataError, match=r"checksum|more bytes"):
        fetch(TASKS["panx"], tmp_path, [language])
    assert not list(tmp_path.rglob("test.jsonl"))


def test_another_layout_and_a_hub_that_is_not_there_are_said(hub, tmp_path, monkeypatch):
    hub.files = {"wikiann.py": b"", "data/de.zip": b""}
    with pytest.raises(DataError, match="no file of the layout that is read, of 2 files"):
        fetch(TASKS["panx"], tmp_path)
    with pytest.raises(DataError, match="the download failed: Not Found"):
        fetch(TASKS["xnli"], tmp_path)
    monkeypatch.setenv("HF_ENDPOINT", "file:///etc")
    with pytest.raises(DataError, match="not an address of the web"):
        fetch(TASKS["panx"], tmp_path)


def test_what_fetching_needs_is_said(tmp_path):
    assert "--fetch needs --task and --data-dir" in CliRunner().invoke(command, ["--fetch"]).output
    assert "--language belongs to --fetch" in CliRunner().invoke(command, ["--language", "de"]).output
