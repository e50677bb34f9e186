"""Papers that are broken, locked, endless or malicious are skipped; nothing in them is executed."""

from pathlib import Path

import pytest
from pypdf import PdfWriter
from pypdf.generic import DictionaryObject, NameObject, TextStringObject

from isogloss.errors import DataError
from isogloss.evidence.documents import parse, read_folder
from isogloss.evidence.readers.base import READERS, Limits, UnreadableError

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


def encrypted(path: Path) -> None:
    writer = PdfWriter()
    writer.add_blank_page(99, 99)
    writer.encrypt("secret")
    writer.write(path)


def with_script(path: Path, witness: Path) -> None:
    """A PDF that would write a file when it is opened, if anything ran it."""
    from fpdf import FPDF

    pdf = FPDF()
    pdf.add_page()
    pdf.set_font("Times", size=11)
    pdf.multi_cell(0, 6, "Scripted. mBERT reaches 65.4 on XNLI.")
    pdf.output(str(path))
    writer = PdfWriter(clone_from=path)
    script = f"this.saveAs('{witness}'); app.launchURL('http://127.0.0.1:9');"
    action = {NameObject("/S"): NameObject("/JavaScript"), NameObject("/JS"): TextStringObject(script)}
    writer.root_object[NameObject("/OpenAction")] = DictionaryObject(action)
    writer.write(path)


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
    assert "10000 pages, more than the limit of 500" in reasons["endless.pdf"]
    assert reasons["empty.pdf"] == "empty"
    assert "NUL" in reasons["binary.txt"]
    assert "the same file as copy.txt" in reasons["good.txt"]
    assert "no text" in reasons["blank.tex"]
    assert "encrypted" in reasons["locked.pdf"]
    assert not (tmp_path / "witness").exists()


def test_a_reader_that_takes_too_long_is_stopped(tmp_path):
    write(tmp_path, "slow.pdf", page_tree(100))
    with pytest.raises(UnreadableError, match=r"longer than 0.01 seconds"):
        parse(READERS["pdf"], tmp_path / "slow.pdf", Limits(seconds=0.01))


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


def test_tex_includes_nothing(tmp_path):
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
