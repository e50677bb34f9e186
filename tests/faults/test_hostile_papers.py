"""Papers that are broken, locked, endless or malicious are skipped; nothing in them is executed."""

import re
import time
import zlib
from pathlib import Path

import pytest
from fpdf import FPDF

from isogloss.errors import DataError
from isogloss.evidence.readers._apart import read_apart
from isogloss.evidence.readers.base import READERS, Limits, UnreadableError
from isogloss.evidence.reading import read_file, read_folder
from isogloss.evidence.retrieval import Index
from isogloss.evidence.verifiers.base import Options, make_verifier

GOOD = "A Paper\n\nmBERT reaches 65.4 on XNLI.\n"


def write(folder: Path, name: str, content: bytes | str) -> None:
    folder.mkdir(exist_ok=True)
    (folder / name).write_bytes(content if isinstance(content, bytes) else content.encode())


def page_tree(n_pages: int) -> bytes:
    """A small file that claims `n_pages` pages, all of them the same object."""
    kids = " ".join(["3 0 R"] * n_pages)
    objects = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {n_pages} >>",
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] >>",
    ]
    body, offsets = "%PDF-1.4\n", []
    for i, each in enumerate(objects, start=1):
        offsets.append(len(body))
        body += f"{i} 0 obj\n{each}\nendobj\n"
    table = "".join(f"{offset:010d} 00000 n \n" for offset in offsets)
    trailer = f"trailer\n<< /Size 4 /Root 1 0 R >>\nstartxref\n{len(body)}\n%%EOF"
    return (body + f"xref\n0 4\n0000000000 65535 f \n{table}{trailer}").encode()


def typeset(path: Path, change) -> None:
    pdf = FPDF()
    pdf.add_page()
    pdf.set_font("Times", size=11)
    pdf.multi_cell(0, 6, "Scripted. mBERT reaches 65.4 on XNLI.")
    change(pdf)
    pdf.output(str(path))


def encrypted(path: Path) -> None:
    typeset(path, lambda pdf: pdf.set_encryption("owner", "secret", permissions=0))


def with_script(path: Path, witness: Path) -> None:
    """A PDF that would write a file when it is opened, if anything ran it."""
    action = f"<< /S /JavaScript /JS (this.saveAs('{witness}'); app.launchURL('http://127.0.0.1:9');) >>"
    typeset(path, lambda pdf: None)
    path.write_bytes(
        path.read_bytes().replace(b"/Type /Catalog", b"/Type /Catalog /OpenAction " + action.encode())
    )


def test_hostile_files_are_skipped_and_the_rest_is_read(tmp_path):
    papers = tmp_path / "papers"
    write(papers, "good.txt", GOOD)
    write(papers, "broken.pdf", b"%PDF-1.7\n" + bytes(range(256)) * 20)
    write(papers, "endless.pdf", page_tree(10_000))
    write(papers, "empty.pdf", b"")
    write(papers, "binary.txt", b"text\x00text")
    write(papers, "copy.txt", GOOD)
    write(papers, "blank.tex", "% only a comment\n")
    encrypted(papers / "locked.pdf")
    with_script(papers / "script.pdf", tmp_path / "witness")
    found = read_folder(papers)
    reasons = {each.source: each.reason for each in found.skipped}
    assert {document.id for document in found.documents} == {"copy.txt", "script.pdf"}, reasons
    assert "broken" in reasons["broken.pdf"]
    assert "no text layer" in reasons["endless.pdf"]
    assert reasons["empty.pdf"] == "empty"
    assert "NUL" in reasons["binary.txt"]
    assert "the same paper as copy.txt" in reasons["good.txt"]
    assert "no text" in reasons["blank.tex"]
    assert "encrypted" in reasons["locked.pdf"]
    assert not (tmp_path / "witness").exists()


def test_a_reader_that_takes_too_long_is_stopped(tmp_path):
    write(tmp_path, "slow.pdf", page_tree(100))
    with pytest.raises(UnreadableError, match=r"longer than 0.01 seconds"):
        read_file(tmp_path / "slow.pdf", Limits(seconds=0.01), "pdf")


def test_a_pdf_of_too_many_pages_is_skipped(tmp_path):
    typeset(tmp_path / "long.pdf", lambda pdf: [pdf.add_page() for _ in range(3)])
    with pytest.raises(UnreadableError, match="more than 2 pages"):
        read_file(tmp_path / "long.pdf", Limits(pages=2), "pdf")


def test_a_large_file_is_not_opened(tmp_path):
    write(tmp_path, "large.txt", GOOD * 1000)
    with pytest.raises(DataError, match=r"more than the limit of 0.001 MB"):
        read_folder(tmp_path, Limits(megabytes=0.001))


def test_scripts_and_hidden_text_of_html_are_no_text(tmp_path):
    write(
        tmp_path,
        "page.html",
        "<h1>T</h1><script>XNLI 99.9</script><style>NER 88.8</style><p>mBERT reaches 65.4 on XNLI.</p>",
    )
    (document,) = read_folder(tmp_path).documents
    assert [passage.text for passage in document.passages] == ["mBERT reaches 65.4 on XNLI."]


def test_deep_nesting_is_survived(tmp_path):
    write(tmp_path, "deep.html", "<div>" * 5000 + "mBERT reaches 65.4 on XNLI." + "</div>" * 5000)
    write(tmp_path, "deep.tex", "{" * 5000 + "mBERT" + "}" * 5000)
    write(tmp_path, "good.txt", GOOD)
    found = read_folder(tmp_path)
    assert len(found.documents) + len(found.skipped) == 3


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("tables.tex", r"\begin{table} " * 2000),
        ("braces.tex", "{a" * 10_000),
        ("headings.tex", r"\section{ " * 2000),
        (
            "cells.tex",
            r"\begin{tabular}{l} a & b \\ " + r"\multicolumn{99}{c}{x} & 3 \\" * 2000 + r"\end{tabular}",
        ),
        ("laughs.tex", r"\newcommand{\a}{xxxxxxxxx}\newcommand{\b}{" + r"\a" * 99 + "}" + r"\b " * 2000),
        ("loop.tex", r"\newcommand{\a}{\b\b\b}\newcommand{\b}{\a\a\a}" + r"\a " * 200),
        ("headings.txt", "# a\n" * 5000),
        ("endless.txt", "T\n\n" + "mBERT reaches 65.4 on XNLI and " * 400),
        ("word.txt", "T\n\n" + "a1" * 50_000),
        ("blocks.html", "<div>" * 20_000 + "x"),
        ("cells.html", "<table>" + "<tr><td colspan=99999 rowspan=99999>1" * 500),
        ("tables.html", "<table><tr><td>1" * 2000),
        ("comments.html", "<!-- " * 5000),
        ("entities.html", "&amp" * 5000),
    ],
)
def test_no_text_takes_long(tmp_path, name, content):
    write(tmp_path, name, content)
    write(tmp_path, "good.txt", GOOD)
    start = time.process_time()
    found = read_folder(tmp_path, Limits(seconds=10))
    assert {"good.txt", name} == {document.id for document in found.documents} | {
        s.source for s in found.skipped
    }
    index = Index(found.documents)
    make_verifier("rules", Options()).verify("mBERT reaches 65.4 on XNLI.", index)
    assert time.process_time() - start < 5


@pytest.mark.parametrize("name", ["large.tex", "large.html"])
def test_a_large_text_is_read_apart_and_stopped(tmp_path, name):
    write(tmp_path, name, "<p>mBERT reaches 65.4 on XNLI. " * 11_000)
    with pytest.raises(UnreadableError, match=r"longer than 0.01 seconds"):
        read_file(tmp_path / name, Limits(seconds=0.01), name.partition(".")[2])


def test_reading_apart_makes_no_difference(tmp_path):
    rows = r"\begin{tabular}{ll} & XNLI \\ \hline mBERT & 65.4 \\ \end{tabular}"
    write(tmp_path, "a.tex", rf"\title{{T}} \section{{A}} Text of it. {rows} More.")
    reader = READERS["tex"]
    here = reader.parse(tmp_path / "a.tex", Limits())
    assert here == read_apart("tex", tmp_path / "a.tex", Limits())
    assert any(block.table for block in here)


def test_nothing_is_imported_from_the_current_folder(tmp_path, monkeypatch):
    witness = tmp_path / "witness"
    for name in ("pdfplumber", "bs4", "lxml", "json", "pylatexenc"):
        (tmp_path / f"{name}.py").write_text(f"open({str(witness)!r}, 'w').close()\n")
    write(tmp_path / "papers", "a.html", "<h1>A page</h1><p>mBERT reaches 65.4 on XNLI.</p>")
    monkeypatch.chdir(tmp_path)
    assert read_folder(tmp_path / "papers").documents
    assert not witness.exists()


def bomb(path: Path, megabytes: int) -> None:
    """A page whose text is packed to a seven-hundredth of its size."""
    packed = zlib.compress(b"(a) Tj " * (megabytes * 1_000_000 // 7), 9)
    typeset(path, lambda pdf: None)
    data = path.read_bytes()
    start = data.index(b"stream") + len(b"stream\n")
    old = data[start : data.index(b"endstream")]
    path.write_bytes(
        data.replace(old, packed + b"\n").replace(b"/Length %d" % (len(old) - 1), b"/Length %d" % len(packed))
    )


@pytest.mark.parametrize(
    ("megabytes", "limits", "reason"),
    [
        (400, Limits(seconds=30, memory_megabytes=512), "^it needs more than 512 MB of memory"),
        (40, Limits(seconds=2, memory_megabytes=1024), "longer than 2 seconds"),
    ],
)
def test_a_packed_bomb_is_skipped(tmp_path, megabytes, limits, reason):
    """One that does not fit in the memory it may take, and one that fits and takes minutes to read."""
    bomb(tmp_path / "bomb.pdf", megabytes)
    write(tmp_path, "good.txt", GOOD)
    found = read_folder(tmp_path, limits)
    assert [document.id for document in found.documents] == ["good.txt"]
    (skipped,) = found.skipped
    assert skipped.source == "bomb.pdf"
    assert re.search(reason, skipped.reason)


def test_links_that_lead_nowhere_or_round_are_reported(tmp_path):
    write(tmp_path, "good.txt", GOOD)
    (tmp_path / "loop.txt").symlink_to(tmp_path / "loop.txt")
    (tmp_path / "gone.pdf").symlink_to(tmp_path / "no such file")
    (tmp_path / "round").symlink_to(tmp_path)
    found = read_folder(tmp_path)
    assert [document.id for document in found.documents] == ["good.txt"]
    reasons = {each.source: each.reason for each in found.skipped}
    assert set(reasons) == {"loop.txt", "gone.pdf"}
    assert all("cannot be opened" in reason for reason in reasons.values())


def test_a_file_that_may_not_be_read_is_skipped(tmp_path, monkeypatch):
    write(tmp_path, "good.txt", GOOD)
    write(tmp_path, "secret.txt", "Not for you.")
    allowed = Path.read_bytes

    def read_bytes(path: Path) -> bytes:
        if path.name == "secret.txt":
            raise PermissionError(13, "Permission denied")
        return allowed(path)

    monkeypatch.setattr(Path, "read_bytes", read_bytes)
    (skipped,) = read_folder(tmp_path).skipped
    assert (skipped.source, skipped.reason) == ("secret.txt", "it cannot be opened: Permission denied")


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "latin-1"])
def test_other_encodings_are_read(tmp_path, encoding):
    write(tmp_path, "a.txt", "A Paper\n\nIn São Tomé mBERT reaches 65.4 on XNLI.\n".encode(encoding))
    (document,) = read_folder(tmp_path).documents
    assert document.passages[0].text == "In São Tomé mBERT reaches 65.4 on XNLI."


def test_tex_runs_and_writes_nothing(tmp_path):
    witness = tmp_path / "witness"
    command = rf"\immediate\write18{{touch {witness}}} \input{{|touch {witness}}} \openout1={witness}"
    write(
        tmp_path / "papers",
        "a.tex",
        rf"\begin{{document}}Text of it. {command} More.\input{{a}}\end{{document}}",
    )
    (document,) = read_folder(tmp_path / "papers").documents
    assert not witness.exists()
    assert "touch" not in document.passages[0].text


def test_event_handlers_of_html_are_no_text(tmp_path):
    page = "<h1>T</h1><p onclick='alert(1)'>mBERT reaches <img src=x onerror='alert(2)'>65.4 on XNLI.</p>"
    write(tmp_path, "a.html", page)
    (document,) = read_folder(tmp_path).documents
    assert [passage.text for passage in document.passages] == ["mBERT reaches 65.4 on XNLI."]


def test_tex_includes_nothing_from_outside_its_folder(tmp_path):
    write(tmp_path, "secret.txt", "The secret is 12.3 on XNLI.")
    write(
        tmp_path / "papers", "a.tex", r"\begin{document}Text of it. \input{../secret.txt} More.\end{document}"
    )
    (document,) = read_folder(tmp_path / "papers").documents
    assert "secret" not in document.passages[0].text


@pytest.mark.parametrize(
    ("files", "message"),
    [
        ({}, "it is empty"),
        ({"a.docx": b"x"}, "it holds 1 other files"),
        ({"a.pdf": b"no"}, "none of the 1 papers"),
    ],
)
def test_a_folder_without_a_paper_is_an_error(tmp_path, files, message):
    for name, content in files.items():
        write(tmp_path, name, content)
    with pytest.raises(DataError, match=message):
        read_folder(tmp_path)


def test_a_missing_folder_is_an_error(tmp_path):
    with pytest.raises(DataError, match="no folder of papers"):
        read_folder(tmp_path / "nowhere")
