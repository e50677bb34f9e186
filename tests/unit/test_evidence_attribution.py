"""Whose a number is, and under which conditions: cited work, other subjects, variants, amounts."""

import pytest

from isogloss.evidence.amounts import amounts_spelled
from isogloss.evidence.base import Block, Collection, Parsed, Passage, Place, Table
from isogloss.evidence.documents import document_of
from isogloss.evidence.findings import findings
from isogloss.evidence.index import Index
from isogloss.evidence.numbers import numbers
from isogloss.evidence.readers._grid import make_table
from isogloss.evidence.verify import Query, verify

TITLE = "FlatMix: Mixing Layers of XLM-R base"


def word(claim, *blocks):
    """The verdict on a paper about FlatMix with these paragraphs and tables."""
    parsed = Parsed((Block("title", TITLE), *blocks), 2022)
    paper = document_of(parsed, id="p", source="p", sha256="p")
    return verify(Query(claim), Index(Collection((paper,)))).word


def text(paragraph):
    return Block("paragraph", paragraph)


def table(caption, *rows):
    made = make_table(rows, caption)
    return Block("table", made.as_text(), None, None, made)


@pytest.mark.parametrize(
    "sentence",
    [
        "Mauro et al. (2019) report 70.3 on XNLI.",
        "[Cited work] report 70.3 on XNLI.",
        "Adapters (Mauro et al., 2019) reach 70.3 on XNLI.",
        "Stemming all inputs reaches 70.3 on XNLI.",
    ],
)
def test_what_others_reached_does_not_support_a_paper_s_own_method(sentence):
    own = text("On XNLI, FlatMix reaches 74.0.")
    assert word("FlatMix reaches 70.3 on XNLI.", own, text(sentence)) == "contradicted"
    assert word("FlatMix reaches 70.3 on XNLI.", text(sentence)) == "not found"


ABLATION = table(
    "Table 1: XNLI accuracy.",
    ["Variant", "XNLI"],
    ["FlatMix", "74.0"],
    ["w/o gate", "72.5"],
    ["- positions", "73.1"],
    ["+ more text", "74.8"],
    ["averaging", "71.9"],
)


@pytest.mark.parametrize(
    ("claim", "expected"),
    [
        ("FlatMix reaches 74.0 on XNLI.", "supported"),
        ("Without the gate, FlatMix reaches 72.5 on XNLI.", "supported"),
        ("Without positions, FlatMix reaches 73.1 on XNLI.", "supported"),
        ("Without positions, FlatMix reaches 72.5 on XNLI.", "contradicted"),
        ("FlatMix reaches 72.5 on XNLI.", "contradicted"),
        ("FlatMix reaches 71.9 on XNLI.", "contradicted"),
    ],
)
def test_rows_of_an_ablation_are_of_the_method_above(claim, expected):
    assert word(claim, ABLATION) == expected


SHOTS = table("NER F1 by number of examples.", ["Examples", "FlatMix"], ["1k", "50.2"], ["10k", "61.3"])


@pytest.mark.parametrize(
    ("claim", "expected"),
    [
        ("With 10,000 examples, FlatMix reaches 61.3 F1 on NER.", "supported"),
        ("With 1000 examples, FlatMix reaches 61.3 F1 on NER.", "contradicted"),
    ],
)
def test_amounts_are_conditions_however_they_are_written(claim, expected):
    assert word(claim, SHOTS) == expected


def test_amounts_have_one_spelling():
    assert amounts_spelled("1k and 1,000 and 1000 examples").split()[::2] == ["#1000"] * 3
    assert amounts_spelled("half of it").split()[0] == amounts_spelled("50 percent").strip() == "#50%"
    assert "#" not in amounts_spelled("in 2019, Table 3 and 71.3")


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("it keeps 91% of the teacher's F1", [(91.0, "ratio")]),
        ("it is 3.5 times faster", [(3.5, "ratio")]),
        ("a standard deviation of 0.6", []),
        ("at a sparsity of 30%, it is worse", [(30.0, "condition")]),
        ("from 1.200 sentences", [(1200.0, "count")]),
        ("XQuAD F1/EM of 75.4/61.2", [(75.4, "level"), (61.2, "level")]),
    ],
)
def test_kinds_of_numbers(sentence, expected):
    assert [(n.value, n.kind) for n in numbers(sentence)] == expected


def test_cells_with_two_scores_become_two_columns():
    made = make_table([["System", "XQuAD (F1/EM)"], ["A", "75.4/61.2"], ["B", "70.0/55.1"]])
    assert made == Table(
        "", ("System", "XQuAD F1", "XQuAD EM"), (("A", "75.4", "61.2"), ("B", "70.0", "55.1"))
    )


def test_cells_below_a_coefficient_are_correlations():
    made = make_table([["Distance", "Spearman"], ["syntactic", "-.61"], ["genetic", "-.44"]])
    found = findings(Passage("p", "d", made.as_text(), Place(), made))
    assert [(each.value, each.kind) for each in found] == [(-0.61, "correlation"), (-0.44, "correlation")]
