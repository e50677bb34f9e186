"""Tables that a reader understands at a glance: true claims are supported, those with another value never."""

import random

import pytest

from isogloss.evidence.readers.base import READERS, Limits
from isogloss.evidence.reading import document_of
from isogloss.evidence.retrieval import Index
from isogloss.evidence.verifiers.base import Options, make_verifier

LANGUAGES = {
    "German": ("de", "deu"),
    "Swahili": ("sw", "swa"),
    "Finnish": ("fi", "fin"),
    "Hindi": ("hi", "hin"),
}
MODELS = ("mBERT", "XLM-R", "RemBERT", "mT5")
SPELLINGS = {
    "names": lambda name: name,
    "codes": lambda name: LANGUAGES[name][0],
    "capital codes": lambda name: LANGUAGES[name][0].upper(),
    "three letters": lambda name: LANGUAGES[name][1],
    "with the data set": lambda name: f"XNLI ({LANGUAGES[name][0]})",
}
PHRASES = (
    "{model} reaches {value} {metric} on {task} in {language}.",
    "The {metric} of {model} on {language} {task} is {value}.",
    "On {task}, {model} obtains {value} {metric} for {language}.",
)


def drawn(seed, metrics=("accuracy",), task="XNLI"):
    """Values of every metric, model and language, no two of them alike."""
    rng = random.Random(seed)
    values = iter(rng.sample(range(300, 950), 60))
    return {
        (metric, model, language): f"{next(values) / 10:.1f}"
        for metric in metrics for model in MODELS for language in LANGUAGES
    }  # fmt: skip


def grid(cells, metric, spell, extra, *, turned):
    """Rows of a table of one metric, models down or across, with a further column."""
    rows = [["Model", *map(spell, LANGUAGES)]]
    rows += [[model, *(cells[metric, model, language] for language in LANGUAGES)] for model in MODELS]
    if extra:
        rows = [[*row, extra if not i else f"{5 + i}.0{i}"] for i, row in enumerate(rows)]
    return [list(row) for row in zip(*rows, strict=True)] if turned else rows


def markdown(caption, rows):
    lines = [" | ".join(row) for row in (rows[0], ["---"] * len(rows[0]), *rows[1:])]
    return f"{caption}\n\n" + "\n".join(f"| {line} |" for line in lines)


def index_of(tmp_path, *tables):
    path = tmp_path / "paper.md"
    text = "\n\n".join(["# A study of transfer", "Encoders transfer to other languages.", *tables])
    path.write_text(text, encoding="utf-8")
    return Index([document_of(READERS["text"].parse(path, Limits()), id=path.name, source=str(path))])


def check(index, cells, task="XNLI"):
    """Every claim about every cell: with its value, and with that of a neighbour and of another metric."""
    verifier = make_verifier("rules", Options())
    wrong = []
    for (metric, model, language), value in cells.items():
        about = {"metric": metric, "model": model, "language": language, "task": task}
        others = [
            other for key, other in cells.items()
            if sum(a != b for a, b in zip(key, (metric, model, language), strict=True)) == 1
        ]  # fmt: skip
        for phrase in PHRASES:
            claim = phrase.format(value=value, **about)
            wrong += [claim] if verifier.verify(claim, index).word != "supported" else []
            for other in others[:: 1 + len(others) // 4]:
                claim = phrase.format(value=other, **about)
                wrong += [claim] if verifier.verify(claim, index).word == "supported" else []
    return wrong


@pytest.mark.parametrize("extra", ["", "Params", "Avg."])
@pytest.mark.parametrize("turned", [False, True])
@pytest.mark.parametrize("spelling", SPELLINGS)
def test_one_table(tmp_path, spelling, turned, extra):
    cells = drawn(f"{spelling} {turned} {extra}")
    rows = grid(cells, "accuracy", SPELLINGS[spelling], extra, turned=turned)
    assert check(index_of(tmp_path, markdown("Table 1: Accuracy on XNLI.", rows)), cells) == []


@pytest.mark.parametrize("spelling", ["names", "codes"])
def test_two_tables_that_differ_in_their_captions(tmp_path, spelling):
    cells = drawn(spelling, ("F1", "EM"))
    tables = [
        markdown(f"Table {i}: {m} on XQuAD.", grid(cells, m, SPELLINGS[spelling], "", turned=False))
        for i, m in enumerate(("F1", "EM"), start=1)
    ]
    assert check(index_of(tmp_path, *tables), cells, "XQuAD") == []


@pytest.mark.parametrize("spelling", ["names", "codes"])
def test_two_rows_of_heads(tmp_path, spelling):
    cells = drawn(f"heads {spelling}", ("F1", "EM"))
    heads = [["", *(h for name in LANGUAGES for h in (SPELLINGS[spelling](name), ""))]]
    heads.append(["Model", *(["F1", "EM"] * len(LANGUAGES))])
    rows = [
        [model, *(cells[metric, model, language] for language in LANGUAGES for metric in ("F1", "EM"))]
        for model in MODELS
    ]
    table = markdown("Table 1: Results on XQuAD.", [*heads, *rows])
    assert check(index_of(tmp_path, table), cells, "XQuAD") == []
