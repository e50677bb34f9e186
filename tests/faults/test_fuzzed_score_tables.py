"""Whatever bytes a score table holds: a result that is read back equal, or one error of isogloss."""

import json
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from isogloss.errors import IsoglossError
from isogloss.scores.importing import Columns, describe, read_scores

LABELS = st.sampled_from(
    [
        *("en", "de", "French", "zho_Hans", "en-de", "En2Fr", "de_gsd", "UD_German-GSD", "avg", "AVG w/o en"),
        *(
            "seed 1",
            "source",
            "target",
            "score",
            "model",
            "language",
            "Train ↓ / Test →",
            "acc_de",
            "f1_de",
            "min",
        ),
        *(
            "",
            "nan",
            "#",
            "**de**",
            "\\textbf{fr}",
            "x" * 300,
            "'=1+1",
            "=1+1",
            "\u202e",
            "run",
            "F1 / EM",
            "XNLI",
        ),
        *("layer", "zero_shot"),
    ]
)
SCORES = st.sampled_from(
    [
        *(
            "81.2 ± 0.4",
            "81.2 (0.4)",
            "77.7 / 65.2",
            "**81.2**",
            "\\textbf{81.2}$_{\\pm 0.1}$",
            "81,2",
            "-1",
            "NA",
        ),
        *(
            "–",
            "",
            "1e400",
            "9" * 5000,
            "1e-999",
            "0x10",
            "∞",
            "٣",
            "81.2†",
            "81.2%",
            "good",
            "1/2/3",
            "-",
            "\x00",
        ),
    ]
)
NUMBERS = st.one_of(st.floats(0, 100).map(lambda value: f"{value:.1f}"), SCORES)
TEXTS = st.text(st.characters(codec="utf-8"), max_size=12)
ROWS = st.lists(st.lists(st.one_of(LABELS, NUMBERS, TEXTS), min_size=1, max_size=6), min_size=0, max_size=7)
GRIDS = st.one_of(
    ROWS,
    st.builds(
        lambda header, rows: [["model", *header], *([name, *row[: len(header)]] for name, row in rows)],
        st.lists(LABELS, min_size=2, max_size=5),
        st.lists(
            st.tuples(LABELS, st.lists(NUMBERS, min_size=5, max_size=5)),
            min_size=1,
            max_size=5,
        ),
    ),
)


def as_delimited(rows, delimiter):
    return "\n".join(delimiter.join(row) for row in rows).encode("utf-8", "surrogatepass")


def as_markdown(rows):
    lines = ["| " + " | ".join(row) + " |" for row in rows]
    return "\n".join([*lines[:1], "|---|---|", *lines[1:]]).encode()


def as_latex(rows):
    body = " \\\\\n".join(" & ".join(row) for row in rows)
    return f"\\begin{{tabular}}{{ll}}\n{body}\n\\end{{tabular}}".encode()


def as_html(rows):
    body = "".join("<tr>" + "".join(f"<td colspan=2>{cell}</td>" for cell in row) + "</tr>" for row in rows)
    return f"<table>{body}</table>".encode()


def as_json(rows):
    return json.dumps([dict(zip(rows[0], row, strict=False)) for row in rows[1:]] if rows else rows).encode()


def as_json_lines(rows):
    return "\n".join(json.dumps(dict(zip(rows[0], row, strict=False))) for row in rows[1:]).encode()


FILES = {
    "t.csv": lambda rows: as_delimited(rows, ","),
    "t.tsv": lambda rows: as_delimited(rows, "\t"),
    "t.txt": lambda rows: as_delimited(rows, "   "),
    "t.md": as_markdown,
    "t.tex": as_latex,
    "t.html": as_html,
    "t.json": as_json,
    "t.jsonl": as_json_lines,
}
NAMES = [*FILES, "t.xlsx", "t.parquet", "t.csv.gz", "t.csv.xz", "t.csv.bz2", "t.csv.zst"]
OPTIONS = st.fixed_dictionaries(
    {},
    optional={
        "source": st.sampled_from(["en", "source", "rows", "columns", "model"]),
        "target": st.sampled_from(["target", "language", "rows"]),
        "score": st.sampled_from(["score", "F1", "acc_de"]),
        "seed": st.sampled_from(["seed 1", "model"]),
        "editions": st.sampled_from(["mean", "first", "gsd", ""]),
        "table": st.sampled_from(["1", "2", "x"]),
    },
)


def check(path: Path, options) -> None:
    try:
        reading = read_scores(path, Columns(**options))
    except IsoglossError as error:
        assert error.what
        return
    assert len(describe(reading)) >= 4
    assert all(0 <= row.score <= 1 for row in reading.table)
    copy = path.parent / "copy.csv"
    copy.write_text(reading.table.to_csv(), encoding="utf-8", newline="")
    back = read_scores(copy).table
    columns = [name for name in back.to_frame() if name != "stage_id"]
    pd.testing.assert_frame_equal(
        back.to_frame()[columns].astype(object).fillna(""),
        reading.table.to_frame()[columns].astype(object).fillna(""),
    )


def fuzz(n_examples, folder):
    @settings(
        max_examples=n_examples, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
    )
    @given(st.sampled_from(list(FILES)), GRIDS, OPTIONS)
    def of_tables(name, rows, options):
        (folder / name).write_bytes(FILES[name](rows))
        check(folder / name, options)

    @settings(max_examples=n_examples // 3)
    @given(st.sampled_from(NAMES), st.binary(max_size=200), OPTIONS)
    def of_bytes(name, content, options):
        (folder / name).write_bytes(content)
        check(folder / name, options)

    of_tables()
    of_bytes()


def test_fuzzed_tables_are_read_or_refused(tmp_path):
    fuzz(100, tmp_path)


@pytest.mark.slow
@pytest.mark.timeout(7200)
def test_many_fuzzed_tables_are_read_or_refused(tmp_path):
    fuzz(7500, tmp_path)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("deep.json", b"[" * 100_000),
        ("deep.jsonl", b'{"a":' * 100_000),
        ("digits.json", b'[{"source":"en","target":"de","score":' + b"9" * 5000 + b"}]"),
        ("nul.csv", b"source,target,score\nen,de\0,0.5\n"),
        ("long.csv", b"source,target,score\nen,de," + b"9" * 2_000_000 + b"\n"),
        ("surrogate.json", b'[{"source":"en","target":"\\ud800","score":0.5}]'),
        ("lfs.parquet", b"version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n"),
    ],
)
def test_hostile_files_are_one_error(name, content, tmp_path):
    (tmp_path / name).write_bytes(content)
    with pytest.raises(IsoglossError) as error:
        read_scores(tmp_path / name)
    assert name in str(error.value)
    assert len(str(error.value)) < 1500


def test_paths_that_cannot_be_are_one_error():
    for path in ("a\0b.csv", "x" * 5000 + ".csv", ""):
        with pytest.raises(IsoglossError):
            read_scores(path)
