"""The tables of a report as LaTeX: they compile, whatever the names hold."""

from __future__ import annotations

import dataclasses
import shutil
import subprocess

import pytest
from test_report import build

from isogloss.report.latex import escape, tables

TEX = shutil.which("pdflatex")
HOSTILE = "a_b & 50% {x} $y$ #1 \\input{/etc/passwd} ~^<>|\"'`[z] − → ∞ é ß 中文 \x07\n\\end{longtable}"


def test_signs_of_tex_lose_their_meaning():
    text = escape(HOSTILE)
    assert "\\input" not in text and "\\end{" not in text
    assert "\n" not in text
    assert text.startswith(r"a\_b \& 50\% \{x\} \$y\$ \#1 \textbackslash{}input\{")
    assert "U+4E2D" in text and "é" in text


@pytest.mark.skipif(TEX is None, reason="no TeX is installed")
def test_tables_compile_with_hostile_names(tmp_path):
    summary, _ = build(measures=("gain", "relative"))
    first = summary.results.matrices[0]
    targets = (HOSTILE, *first.columns[1:])
    matrix = dataclasses.replace(first, task=HOSTILE, encoder=HOSTILE, columns=targets)
    section = dataclasses.replace(summary.results.sections[0], title=HOSTILE)
    results = dataclasses.replace(
        summary.results, matrices=(matrix,), sections=(section, *summary.results.sections[1:])
    )
    text = tables(dataclasses.replace(summary, results=results))
    (tmp_path / "tables.tex").write_text(text, encoding="utf-8")
    (tmp_path / "paper.tex").write_text(
        "\\documentclass{article}\\usepackage[T1]{fontenc}\\usepackage{booktabs,longtable,textcomp}\n"
        "\\begin{document}\\input{tables}\\end{document}\n",
        encoding="utf-8",
    )
    command = [str(TEX), "-interaction=nonstopmode", "-halt-on-error", "-no-shell-escape", "paper.tex"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, encoding="latin-1", check=False)
    assert done.returncode == 0, done.stdout[-1500:]
    assert (tmp_path / "paper.pdf").stat().st_size > 1000
    assert text.count(r"\toprule") == 3
