"""Which numbers of a sentence are results, and what they belong to."""

import pytest

from isogloss.evidence.agreement import compare, numbers_agree
from isogloss.evidence.base import Passage, Place
from isogloss.evidence.findings import findings
from isogloss.evidence.mentions import mentions
from isogloss.evidence.numbers import numbers
from isogloss.evidence.scope import EMPTY
from isogloss.evidence.words import normalise, sentences, terms


def of(text):
    return findings(Passage("p", "d", text, Place()))


def facet(finding, name):
    found = finding.facets.get(name)
    return set(found.values) if found else set()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("It reaches 67.2% on XNLI.", [(67.2, "level", 0)]),
        ("a gain of 2.6 points", [(2.6, "difference", 1)]),
        ("accuracy drops by 3.1 points", [(3.1, "difference", -1)]),
        ("0.7 points below the full model", [(0.7, "difference", -1)]),
        ("Swahili (+6.2 F1)", [(6.2, "difference", 1)]),
        ("we lose two points", [(2.0, "difference", -1)]),
        ("improvements of 5.0 and 2.7 points", [(5.0, "difference", 1), (2.7, "difference", 1)]),
        ("accuracy of 79.9, one point above English", [(79.9, "level", 0), (1.0, "difference", 1)]),
        ("the correlation with distance is -0.41", [(-0.41, "correlation", 0)]),
        ("with 30% noise", [(30.0, "condition", 0)]),
        ("five seeds and 40,000 sentences", [(5.0, "count", 0), (40000.0, "count", 0)]),
        ("see Table 2, Section 4 and layer 9 of Hu et al. (2020) [12]", []),
        ("a learning rate of 3e-5", []),
        ("84.3 ± 0.5", [(84.3, "level", 0)]),
        ("accuracy is 84,3 % and r = -0,58", [(84.3, "level", 0), (-0.58, "correlation", 0)]),
        ("1,200 sentences", [(1200.0, "count", 0)]),
        (
            "the gain is 1.5 points for A, 0.3 for B and 0.7 for C",
            [(1.5, "difference", 1), (0.3, "difference", 1), (0.7, "difference", 1)],
        ),
        (
            "a gain of 1.5 points for A, where it is at 71.3 in B",
            [(1.5, "difference", 1), (71.3, "level", 0)],
        ),
        ("significant (p = 0.03), with p is 0.29 and a p-value of 0.04", []),
        ("replacing 20% of the words", [(20.0, "condition", 0)]),
        ("it explains 81% of the variance", [(81.0, "ratio", 0)]),
    ],
)
def test_numbers_of_a_sentence(text, expected):
    assert [(n.value, n.kind, n.sign) for n in numbers(text)] == expected


def test_range_is_one_quantity():
    (number,) = [n for n in numbers("beats the last layer by 1 to 3 points") if n.kind == "difference"]
    assert (number.value, number.upper, number.unit) == (1.0, 3.0, "points")


@pytest.mark.parametrize(
    ("claim", "found", "agree"),
    [
        ("scores 84.3 on XNLI", "scores 84.33 on XNLI", True),
        ("scores 84.33 on XNLI", "scores 84.3 on XNLI", True),
        ("scores 84.33 on XNLI", "scores 84.34 on XNLI", False),
        ("scores 84.3 on XNLI", "scores 84.4 on XNLI", False),
        ("scores 84.33% on XNLI", "accuracy on XNLI of 0.8433", True),
        ("gains 2.0 points", "gains 1 to 3 points", True),
        ("gains 1 to 3 points", "gains 2.39 points", True),
        ("gains 1 to 3 points", "gains 4.2 points", False),
        ("gains range from 1.0 to 3.0 points", "gains range from 1 to 3 points", True),
        ("gains range from 1.0 to 3.0 points", "gains range from 1.5 to 2.5 points", False),
        ("accuracy on XNLI is more than 80.0%", "accuracy on XNLI is 84.3%", True),
        ("accuracy on XNLI is more than 90.0%", "accuracy on XNLI is 84.3%", False),
        ("accuracy on XNLI is about 84%", "accuracy on XNLI is 84.9%", True),
        ("it rises by 2.0 points", "it falls by 2.0 points", False),
        ("the difference is 2.0 points", "it falls by 2.0 points", True),
    ],
)
def test_numbers_agree_as_far_as_they_are_written(claim, found, agree):
    assert numbers_agree(of(claim)[0], of(found)[0]) is agree


def test_numbers_and_languages_in_two_lists_are_paired_in_order():
    found = of("For French, German and Spanish, the Finnish stage yields 88.0, 87.4 and 87.9 respectively.")
    assert [(f.value, facet(f, "language"), facet(f, "training_language")) for f in found] == [
        (88.0, {"fr"}, {"fi"}),
        (87.4, {"de"}, {"fi"}),
        (87.9, {"es"}, {"fi"}),
    ]


def test_each_number_takes_the_task_of_its_clause():
    found = of("It scores 65.8 on XNLI and 82.3 on PAWS-X; NER stays at 61.0 F1.")
    assert [facet(f, "task") for f in found] == [{"xnli"}, {"paws-x"}, {"ner"}]


def test_a_sentence_inherits_from_the_one_before():
    found = of("In German, AltFuse reaches 86.7 on PAWS-X. In Korean it stays at 75.1.")
    assert (facet(found[1], "task"), facet(found[1], "language")) == ({"paws-x"}, {"ko"})
    assert found[1].facets["task"].ring == "near"


def test_from_a_to_b_states_a_difference():
    before, after, change = of("Fusion raises accuracy on PAWS-X from 82.3 to 84.9.")
    assert before.is_before
    assert facet(before, "method") == {"baseline"}
    assert (after.value, change.kind, change.value, change.sign) == (84.9, "difference", 2.6, 1)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("bert-base-multilingual-cased", [("model", "mbert")]),
        ("XLM-R large", [("model", "xlm-r/large")]),
        ("trained on Finnish", [("training_language", "fi")]),
        ("in Finnish", [("language", "fi")]),
        ("D_10", [("method", "layer 10")]),
        (
            "intermediate POS tagging in Turkish",
            [("method", "intermediate pos"), ("training_language", "tr")],
        ),
        ("an intermediate stage on XNLI", [("method", "intermediate xnli")]),
        ("Latin script", []),
        ("a dinner", []),
    ],
)
def test_mentions(text, expected):
    assert [(m.facet, m.value) for m in mentions(text)] == expected


def test_words_are_normalised():
    assert normalise("zero-\nshot trans\u00adfer \ufb01ne\u2212tuned") == "zeroshot transfer fine-tuned"
    assert list(sentences("See Fig. 2. It is 3.5. Next")) == [(0, 11), (12, 22), (23, 27)]
    assert "no:stage" in terms("without an intermediate stage")


def test_a_range_over_languages_is_of_none_of_them():
    low, high, both = of("Gains on XNLI range from 0.4 points in French to 6.1 points in Urdu.")
    assert (facet(low, "language"), facet(high, "language"), facet(both, "language")) == (
        {"fr"},
        {"ur"},
        set(),
    )
    assert (both.value, both.upper, both.qualifier) == (0.4, 6.1, "spread")


def test_a_single_value_says_nothing_about_what_values_range_over():
    claim = of("Gains on XNLI range from 0.4 to 6.1 points.")[-1]
    (single,) = of("The gain on XNLI is 2.1 points.")
    assert compare(claim, single, EMPTY, {}) is None
    assert compare(single, claim, EMPTY, {}) is None
