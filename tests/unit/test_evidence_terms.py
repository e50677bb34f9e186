"""Numbers, names and sentences of claims and passages."""

import pytest

from isogloss.evidence.numbers import is_value, numbers
from isogloss.evidence.terms import language_of, sentences, terms, words


def only(text):
    (number,) = numbers(text)
    return number


@pytest.mark.parametrize(
    ("text", "value", "kind", "bound"),
    [
        ("mBERT reaches 12.34% POS accuracy.", 12.34, "score", ""),
        ("It gains +1.4 points.", 1.4, "difference", ""),
        ("It improves by 3% over mBERT.", 3.0, "difference", ""),
        ("It is 2.5 points behind XLM-R.", 2.5, "difference", ""),
        ("Trained on 104 languages.", 104, "count", ""),
        ("A shared vocabulary of 110k.", 110_000, "count", ""),
        ("It has 385'320 segments.", 385_320, "count", ""),
        ("It reaches over 80% accuracy.", 80, "score", ">"),
        ("It gains on more than half of the pairs.", 50, "score", ">"),
        ("It reaches about 70.1 F1.", 70.1, "score", "~"),
        ("We sample 5,000 sentences.", 5000, "count", ""),
        ("Three native speakers annotated it.", 3, "count", ""),
        ("We halted at the 16th epoch.", 16, "ordinal", ""),
        ("It has 0.8 million parameters.", 800_000, "count", ""),
        ("They cover 20 languages.", 20, "count", ""),
        ("We use 10-fold cross-validation.", 10, "count", ""),
        ("It has ∼7.8k documents.", 7800, "count", "~"),
        ("It gets no more than 16 F1.", 16, "score", "<"),
        ("It is averaged over five seeds.", 5, "count", ""),
        ("It was trained on 24 GB of text.", 24, "count", ""),
        ("It was trained on 42GB text.", 42, "count", ""),
        ("It reaches 48 F1 on Russian.", 48, "score", ""),
        ("It rose up to 59.4 F1.", 59.4, "score", ""),
        ("It reaches 82.9 F 1 on Catalan.", 82.9, "score", ""),
        ("It was trained for 1.5 Million updates.", 1_500_000, "count", ""),
    ],
)
def test_a_number_is_read_with_its_kind(text, value, kind, bound):
    number = only(text)
    assert (number.value, number.kind, number.bound) == (value, kind, bound)


@pytest.mark.parametrize(
    "text",
    [
        "See Table 3.",
        "Ball and Garrette (2018) report it.",
        "Layer 8 of BERT-12 in 2019.",
        "F1 of XLM-R2.",
        "SQuAD 2.0 is harder.",
        "In all four languages.",
    ],
)
def test_years_pointers_and_names_are_not_values(text):
    assert numbers(text) == []


@pytest.mark.parametrize(
    ("claim", "value", "decimals", "answer"),
    [
        ("91% accuracy", 91.1, 1, True),
        ("91% accuracy", 91.6, 1, False),
        ("90.8% accuracy", 0.908, 3, True),
        ("0.984 F1", 98.4, 1, True),
        ("91.3% accuracy", 91, 0, None),
        ("over 80% accuracy", 85.9, 1, True),
        ("over 80% accuracy", 79.9, 1, False),
        ("over 5000 documents", 85_721, 0, None),
        ("no more than 40 epochs", 2, 0, None),
        ("a gain above 0 points", 4.1, 1, True),
        ("about 70% accuracy", 71.5, 1, True),
    ],
)
def test_numbers_agree_as_far_as_they_are_written(claim, value, decimals, answer):
    assert only(claim).agrees(value, decimals) is answer


def test_spellings_of_one_name_are_one_term():
    assert words("multilingual BERT") & words("M-BERT") == {"model:mbert"}
    assert "model:mbert" not in words("BERT")
    assert "lang:deu" in words("German NER") and "task:ner" in words("named entity recognition")


def test_words_that_are_codes_elsewhere_are_not_languages_in_a_sentence():
    assert not any(t.kind == "lang:" for t in terms("It is so that no one may be as good in it."))
    assert language_of("de", codes=True) == "deu"
    assert language_of("zh-CN", codes=True) == "cmn"
    assert language_of("Table") is None


def test_abbreviations_do_not_end_a_sentence():
    text = "Smith et al. (2019) agree, i.e. they do. We differ. See Fig. 2."
    assert [text[a:b].strip() for a, b in sentences(text)] == [
        "Smith et al. (2019) agree, i.e. they do.", "We differ.", "See Fig. 2.",
    ]  # fmt: skip


def test_a_data_set_is_of_a_task_and_not_the_task():
    assert "task:ner" in words("WikiANN")
    assert not any(term.kind == "task:" for term in terms("WikiANN"))
    assert words("WikiANN") & words("CoNLL") == {"task:ner"}


@pytest.mark.parametrize(
    "cell", ["90.3", "12.3%", "88.0±0.4", "77.1 / 65.0", "–", "3.4M", "+1.2", "91.2*", "1e-4"]
)
def test_cells_with_numbers_or_placeholders_are_values(cell):
    assert is_value(cell)


@pytest.mark.parametrize("cell", ["", "mBERT", "XLM-R 17", "Lample et al. (2016)", "(2016)"])
def test_labels_are_no_values(cell):
    assert not is_value(cell)
