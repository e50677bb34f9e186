from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest
from click.testing import CliRunner

from isogloss.cli.main import cli
from isogloss.cli.output.world import meaning
from isogloss.errors import FieldError
from isogloss.modeling.tokenizer_file import subword_frequencies
from isogloss.world.grammar_file import GRAMMARS
from isogloss.world.overlap import (
    RankCorrelation,
    before,
    common_order,
    common_subwords,
    order_profile,
    rank_correlations,
)
from isogloss.world.roster import FRAMES


def test_common_subwords_are_the_smaller_shares() -> None:
    texts = [{"a": 0.5, "b": 0.5}, {"a": 0.25, "c": 0.75}, {"d": 1.0}]
    naive = [
        [sum(min(one.get(subword, 0), other.get(subword, 0)) for subword in "abcd") for other in texts]
        for one in texts
    ]
    assert common_subwords(texts) == pytest.approx(np.array(naive))
    assert naive[0] == [1, 0.25, 0]


def test_frequencies_leave_out_what_the_vocabulary_does_not_know() -> None:
    known = subword_frequencies(["Anna visited Maria in 1987."])
    assert sum(known.values()) == pytest.approx(1)
    mixed = subword_frequencies(["Anna visited Maria in 1987. ⵣⵣⵣ"])
    assert sum(mixed.values()) < 1


def test_order_of_an_english_frame_counted_by_hand() -> None:
    # Two patterns say "A wrote to B", two "B received from A": each role is half the time before the other.
    assert next(iter(FRAMES)) == "letter"
    assert order_profile(GRAMMARS["en"])[:3] == [0.5, 0.5, 0.5]
    # "C , who was born in A , died in B": two verbs. C comes before both, A before one of them.
    assert before([0], [3, 6]) == 1 and before([4], [3, 6]) == 0.5


def test_order_agrees_with_itself_and_more_within_verb_final_languages() -> None:
    agreement = common_order(["ja", "ko", "en", "de"])
    assert np.allclose(np.diag(agreement), 1) and np.allclose(agreement, agreement.T)
    assert agreement[0, 1] > agreement[0, 2]
    assert ((agreement >= 0) & (agreement <= 1)).all()


def test_correlations_are_over_known_pairs() -> None:
    distance = np.array([[0, 1, 2, np.nan], [1, 0, 3, 4], [2, 3, 0, 5], [np.nan, 4, 5, 0]])
    overlap = -np.nan_to_num(distance)
    found = rank_correlations({"o": overlap}, {"d": distance, "flat": np.zeros((4, 4))})
    assert found[0] == RankCorrelation("o", "d", pytest.approx(-1), 5)
    assert np.isnan(found[1].rho)


def test_meaning_names_the_strongest_correlation() -> None:
    weak = RankCorrelation("subwords", "genetic", -0.3, 91)
    strong = RankCorrelation("order", "syntactic", -0.7, 90)
    text = meaning([weak, strong, RankCorrelation("subwords", "overlap: order", 0.9, 91)])
    assert "order and syntactic distance go together (rho = -0.70, 90 pairs)" in text
    assert "too few" in meaning([RankCorrelation("subwords", "genetic", float("nan"), 1)])


def test_world_lists_every_language_and_frame() -> None:
    told = CliRunner().invoke(cli, ["world"])
    assert told.exit_code == 0
    for grammar in GRAMMARS.values():
        assert grammar.title in told.output
    assert all(frame.gloss in told.output for frame in FRAMES.values())
    assert told.output.count("; 1, the same") + told.output.count("; 0, roles swapped") == len(GRAMMARS)
    assert "it tests the pipeline and shows" in told.output


def test_more_of_one_language() -> None:
    told = CliRunner().invoke(cli, ["world", "--language", "de"])
    assert told.exit_code == 0
    assert told.output.count("\nde  ") == len(FRAMES) and "/PROPN/B-" in told.output


def test_overlap_of_one_language_and_of_all() -> None:
    one = CliRunner().invoke(cli, ["world", "--language", "de", "--overlap"]).output
    every = CliRunner().invoke(cli, ["world", "--overlap"]).output
    for text in (one, every):
        assert "Spearman's rho" in text and "In this world" in text
        for column in ("subwords", "order", "syntactic", "phonological"):
            assert column in text
    assert one.startswith("German and") and "\nde " not in one and "\nde " in every


def test_unknown_language_is_named_with_the_closest() -> None:
    told = CliRunner().invoke(cli, ["world", "--language", "kor"])
    assert isinstance(told.exception, FieldError) and "did you mean 'ko'" in str(told.exception)


@pytest.mark.parametrize("arguments", [["world"], ["world", "--overlap"]])
def test_no_torch(arguments: list[str]) -> None:
    code = (
        "import sys; from isogloss.cli.main import cli\n"
        f"cli({arguments}, standalone_mode=False)\n"
        "assert not {'torch', 'transformers'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True, capture_output=True)
