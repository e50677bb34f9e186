"""Verification, comparison by comparison, on documents of a few sentences."""

import numpy as np
import pytest

from isogloss.evidence.base import Block, Collection, Parsed
from isogloss.evidence.documents import document_of
from isogloss.evidence.extractors.base import EXTRACTORS
from isogloss.evidence.index import Index
from isogloss.evidence.investigation import group_claims, investigate
from isogloss.evidence.verify import Query, verify


def index_of(**texts):
    """An index over documents of one paragraph each."""
    documents = [
        document_of(
            Parsed((Block("title", f"Paper {name}"), Block("paragraph", text)), 2022),
            id=name,
            source=name,
            sha256=name,
        )
        for name, text in texts.items()
    ]
    return Index(Collection(tuple(documents)))


PAPER = (
    "We study mBERT. With the last layer, mBERT reaches 65.4 on XNLI and 81.9 on PAWS-X. "
    "In German it is 85.0 on PAWS-X."
)


@pytest.mark.parametrize(
    ("claim", "word"),
    [
        ("mBERT reaches 65.4 on XNLI.", "supported"),
        ("mBERT reaches 66.4 on XNLI.", "contradicted"),
        ("mBERT reaches 81.9 on XNLI.", "contradicted"),
        ("mBERT reaches 65.4 on NER.", "not found"),
        ("XLM-R reaches 65.4 on XNLI.", "not found"),
        ("mBERT reaches 85.0 on PAWS-X in German.", "supported"),
        ("mBERT reaches 85.0 on PAWS-X in French.", "not found"),
    ],
)
def test_number_task_model_and_language_are_checked(claim, word):
    assert verify(Query(claim), index_of(a=PAPER)).word == word


def test_each_check_is_reported_by_itself():
    verdict = verify(Query("mBERT reaches 66.4 on XNLI."), index_of(a=PAPER))
    assert verdict.evidence[0].checks["number"] == "differs"
    assert verdict.evidence[0].checks["task"] == "agrees"
    assert verdict.evidence[0].checks["language"] == "not claimed"
    assert "65.4 on XNLI" in verdict.evidence[0].quote


def test_a_typed_task_goes_before_the_text():
    verdict = verify(Query("It reaches 65.4.", {"task": "ner"}), index_of(a=PAPER))
    assert verdict.word == "not found"


@pytest.mark.parametrize(
    ("claim", "word"),
    [
        ("Script matters more than overlap.", "supported"),
        ("Overlap matters more than script.", "contradicted"),
        ("Script matters less than overlap.", "contradicted"),
        ("Script matters more than size.", "not found"),
    ],
)
def test_comparisons_have_a_direction(claim, word):
    assert verify(Query(claim), index_of(a="Script matters more than overlap.")).word == word


def test_without_says_what_is_compared_and_denies_nothing():
    index = index_of(a="Restoring accents is better than training without them.")
    assert (
        verify(Query("Training without accents is better than restoring them."), index).word == "contradicted"
    )


def test_two_scores_are_of_the_model_that_one_side_names():
    index = index_of(
        a="On XNLI in German, XLM-R reaches 76.2 with DeepFuse and 75.0 with AltFuse.",
        b="On XNLI in German, mBERT reaches 70.1 with DeepFuse.",
    )
    claim = Query("With XLM-R, AltFuse is better than DeepFuse on XNLI in German.")
    assert verify(claim, index).word == "contradicted"


def test_amounts_of_data_tell_rows_apart():
    index = index_of(
        a="With 1k examples AltFuse reaches 68.8 on XNLI. With 10k examples AltFuse reaches 75.0 on XNLI."
    )
    assert verify(Query("With 1k examples, AltFuse reaches 75.0 on XNLI."), index).word == "contradicted"


def test_two_scores_settle_a_comparison():
    index = index_of(a="On XNLI, AltFuse reaches 70.1 and DeepFuse reaches 68.0.")
    assert verify(Query("AltFuse outperforms DeepFuse on XNLI."), index).word == "supported"
    assert verify(Query("DeepFuse outperforms AltFuse on XNLI."), index).word == "contradicted"


def test_a_denied_statement_contradicts():
    index = index_of(a="Early stopping does not repair the damage.")
    assert verify(Query("Early stopping repairs the damage."), index).word == "contradicted"


def test_one_paper_supports_another_disputes():
    index = index_of(a="mBERT reaches 65.4 on XNLI.", b="mBERT reaches 66.9 on XNLI.")
    verdict = verify(Query("mBERT reaches 66.9 on XNLI."), index)
    assert verdict.word == "supported"
    assert verdict.is_disputed
    assert verdict.evidence[0].passage.document == "b"


def test_a_claim_of_a_paper_is_held_against_the_others():
    index = index_of(a="mBERT reaches 65.4 on XNLI.", b="mBERT reaches 66.9 on XNLI.")
    found = investigate("What does mBERT reach on XNLI?", index, (), EXTRACTORS["rules"], year=2024)
    assert [(claim.document, claim.verdict.word) for claim in found.claims] == [
        ("a", "contradicted"),
        ("b", "contradicted"),
    ]
    (group,) = group_claims(found.claims)
    assert not group.agree
    assert "xnli" in group.about


def test_an_encoder_can_find_what_shares_no_word():
    index = index_of(a="Felines purr.", b="Dogs bark loudly.", c="Rocks are hard.")

    def embed(texts):
        return np.array([[1.0, 0.0] if "purr" in t or "cat" in t else [0.0, 1.0] for t in texts])

    joined = Index(index.collection, embed)
    assert joined.search("a cat")[0][0].document == "a"
    assert index.search("a cat")[0][1] == 0.0


def test_bm25_orders_like_a_naive_count_of_rare_words():
    index = index_of(a="common common rare", b="common common common", c="common other thing")
    assert [passage.document for passage, score in index.search("rare") if score > 0] == ["a"]
