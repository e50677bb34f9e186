"""Tables, options and values of a user who distrusts every answer."""

from __future__ import annotations

import copy
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from rich.console import Console

import isogloss as ig
from isogloss.analysis import Correlation
from isogloss.cli.output import correlation, recommendation
from isogloss.errors import AnalysisError, DataError, FieldError, LanguageError
from isogloss.recommend import evaluate
from isogloss.scores.importing import Columns, describe, read_scores
from isogloss.scores.table import ScoreTable

TARGETS = ("de", "fr", "ja", "sw", "fi", "tr")
SCORES = (0.85, 0.84, 0.7, 0.6, 0.77, 0.72)


def _frame(**columns: list[float]) -> pd.DataFrame:
    return pd.DataFrame({"source": "en", "target": TARGETS, **columns})


@pytest.fixture(scope="module")
def in_two_metrics() -> Correlation:
    """A table without a model, in two metrics."""
    return ig.correlate(
        _frame(accuracy=list(SCORES), f1=[s - 0.05 for s in SCORES]), distances="syntactic", sensitivity=False
    )


def test_blocks_of_two_metrics_say_which_is_which(in_two_metrics: Correlation) -> None:
    assert set(in_two_metrics.to_frame()["condition"]) == {"accuracy", "f1"}


def test_models_in_two_metrics_say_which_is_which() -> None:
    frame = pd.concat(
        _frame(accuracy=list(SCORES), f1=list(SCORES)).assign(model=model) for model in ("mBERT", "XLM-R")
    )
    found = ig.correlate(frame, distances="syntactic", sensitivity=False)
    names = set(found.to_frame()["condition"])
    assert len(names) == 4
    assert all(name.endswith(("accuracy", "f1")) for name in names)


def test_an_error_about_one_table_names_no_aggregator_that_nobody_named() -> None:
    with pytest.raises(AnalysisError, match="too few languages") as caught:
        ig.correlate(_frame(accuracy=list(SCORES)).head(1))
    assert not caught.value.where
    assert caught.value.hint == "add scores of further languages"


@pytest.mark.parametrize("name", ["error rate", "WER", "Err. (CER)", "loss", "perplexity"])
def test_errors_are_not_taken_for_scores(name: str) -> None:
    with pytest.raises(DataError, match="less is better") as caught:
        ig.correlate(_frame(**{name: list(SCORES)}))
    assert "1 - error" in str(caught.value.hint)


@pytest.mark.parametrize("name", ["1 - error", "accuracy (error analysis)", "performance"])
def test_a_score_that_is_named_after_errors_is_a_score(name: str) -> None:
    assert len(ig.read_scores(_frame(**{name: list(SCORES)})).table) == len(TARGETS)


def test_errors_beside_a_score_are_left_out() -> None:
    found = ig.read_scores(_frame(accuracy=list(SCORES), wer=list(SCORES)))
    assert {row.metric for row in found.table} == {"accuracy"}


@pytest.mark.parametrize("width", [80, 100])
def test_no_verdict_is_cut(
    in_two_metrics: Correlation,
    width: int,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(correlation, "terminal", lambda: Console(width=width, highlight=False))
    analysis = ig.correlate(_frame(accuracy=list(SCORES)), sensitivity=False).analyses[0]
    correlation.print_answer(analysis, {analysis.condition: ""})
    printed = capsys.readouterr().out
    assert "…" not in printed
    for record in analysis.primary:
        lines = [line for line in printed.splitlines() if line.startswith(f"{record.distance} ")]
        assert lines
        assert all(record.verdict in line for line in lines)


def test_no_figure_of_an_evaluation_is_cut(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from isogloss.recommend import evaluate

    languages = ("en", "de", "fr", "ru", "fi", "tr")
    rows = [
        (a, b, 0.5 + 0.01 * (i * j % 7)) for i, a in enumerate(languages) for j, b in enumerate(languages)
    ]
    found = evaluate(pd.DataFrame(rows, columns=["source", "target", "accuracy"]))
    monkeypatch.setattr(recommendation, "terminal", lambda: Console(width=80, highlight=False))
    recommendation._print_evaluation(found)
    printed = capsys.readouterr().out
    assert "…" not in printed
    assert "nearest:phonological" in printed
    assert "family out" in printed


@pytest.mark.parametrize("scores", [None, [1, 2], {"source": ["en"]}, 3])
def test_what_is_no_table_is_refused(scores: object) -> None:
    with pytest.raises(DataError, match="scores cannot be read from a") as caught:
        ig.correlate(scores)  # type: ignore[arg-type]
    assert "data frame" in str(caught.value.allowed)


def test_a_language_that_is_no_text_is_refused() -> None:
    with pytest.raises(LanguageError, match="named by a text, not by 1"):
        ig.distance(1, "de")  # type: ignore[arg-type]


def test_one_code_is_one_language_and_not_its_letters() -> None:
    with pytest.raises(FieldError, match="one candidate, en, leaves nothing to choose"):
        ig.recommend("sw", candidates="en")
    assert ig.power("en", list(TARGETS), distances="syntactic", n_simulations=50).tests[0].n_dyads == 6


@pytest.mark.parametrize("word", ["Русский", "中文"])
def test_a_word_of_another_script_gets_no_far_fetched_neighbours(word: str) -> None:
    with pytest.raises(LanguageError) as caught:
        ig.resolve(word)
    assert caught.value.allowed is None
    assert "English name" in str(caught.value.hint)


def test_distances_and_tables_print() -> None:
    assert str(ig.distance_matrices(["de", "nl"], ["syntactic"])).splitlines()[1].split()[:2] == ["de", "nl"]
    assert "target language: column 'target'" in str(ig.read_scores(_frame(accuracy=list(SCORES))))


def test_one_of_a_thing_is_not_called_many() -> None:
    one = dict(describe(read_scores(_frame(accuracy=list(SCORES)).head(1))))
    assert "1 row x 3 columns" in one["table"]
    assert one["scores"] == "1 in 1 cell"


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("", "empty"),
        ("source,target,score\n", "header and no row"),
        ("source,target,score\nen,de\n", "2 fields"),
    ],
)
def test_what_is_missing_in_a_file_is_said(tmp_path: Path, text: str, place: str) -> None:
    (tmp_path / "scores.csv").write_text(text)
    with pytest.raises(DataError, match=place) as caught:
        ig.read_scores(tmp_path / "scores.csv")
    assert caught.value.hint


def test_a_mistyped_published_table_gets_the_closest_one() -> None:
    with pytest.raises(DataError, match="no such score table") as caught:
        ig.recommend("nl", scores="e5-udposs")
    assert "did you mean 'e5-udpos'?" in str(caught.value.allowed)


@pytest.mark.parametrize(
    ("name", "content"),
    [("a.json", b"{"), ("a.jsonl", b"{}\n{"), ("a.csv.gz", b"no"), ("a.csv", b"")],
)
def test_every_broken_file_comes_with_what_to_do_next(tmp_path: Path, name: str, content: bytes) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(DataError) as caught:
        ig.read_scores(tmp_path / name)
    assert caught.value.hint


@pytest.mark.parametrize("table", ["xnli-mbert", ig.published_scores("xnli-mbert")])
@pytest.mark.parametrize("options", [{"columns": Columns(source="fr")}, {"scale": "percent"}])
def test_how_a_table_is_read_is_not_said_of_one_that_has_its_columns(
    table: str | ScoreTable, options: dict[str, Any]
) -> None:
    with pytest.raises(FieldError, match=r"has its columns already, so (source|scale) would be ignored"):
        ig.recommend("nl", scores=table, **options)
    with pytest.raises(FieldError, match="has its columns already"):
        evaluate(table, **options)


def test_numbers_name_columns_and_tables(tmp_path: Path) -> None:
    numbered = _frame(accuracy=list(SCORES)).set_axis([0, 1, 2], axis="columns")
    found = read_scores(numbered, Columns(source=0, target=np.int64(1), score=2))  # type: ignore[arg-type]
    assert {row.target_language for row in found.table} == {*TARGETS}
    path = tmp_path / "two.md"
    head = "| target | accuracy |\n|---|---|\n"
    rows = [f"| {target} | {score} |\n" for target, score in zip(TARGETS, SCORES, strict=True)]
    path.write_text("\n".join([head + "".join(rows[:4]), head + "".join(rows)]), encoding="utf-8")
    assert len(read_scores(path, Columns(source="en", table=2)).table) == 6  # type: ignore[arg-type]


@pytest.mark.parametrize("name", [2.5, True, b"source", ["source"]])
def test_what_names_no_column_is_refused(name: object) -> None:
    with pytest.raises(FieldError, match="does not name a column\n  where:   target"):
        ig.correlate(_frame(accuracy=list(SCORES)), target=name)
    with pytest.raises(FieldError, match="where:   columns"):
        ig.read_scores(_frame(accuracy=list(SCORES)), {"target": name})  # type: ignore[arg-type]


def _or_one(wrong: Any) -> Any:
    """Something wrong where None is right."""
    return 1 if wrong is None else wrong


@pytest.mark.parametrize("wrong", [None, 3, ["x"], {"x": 1}], ids=str)
@pytest.mark.parametrize(
    "call",
    [
        ig.read_distances,
        ig.published_scores,
        ig.resolve,
        ig.report,
        ig.run,
        ig.load,
        lambda wrong: ig.predict(wrong, ["a"]),
        lambda wrong: ig.distance("de", wrong),
        lambda wrong: ig.distance("de", "nl", wrong),
        lambda wrong: ig.distance_matrix([wrong, "de"]),
        lambda wrong: ig.recommend("nl", candidates=wrong),
        lambda wrong: ig.recommend("nl", candidates=["de", "fr"], ranker=_or_one(wrong)),
        lambda wrong: ig.recommend("nl", states=wrong),
        lambda wrong: ig.power(["en", "de", "fr"], ["fi", "ja", "zh"], _or_one(wrong)),
        lambda wrong: ig.power(["en", "de", "fr"], ["fi", "ja", "zh"], pilot=_or_one(wrong)),
        lambda wrong: ig.correlate(_frame(accuracy=list(SCORES)), _or_one(wrong)),
        lambda wrong: ig.correlate(
            _frame(accuracy=list(SCORES)), controls="x", language_facts={"x": _or_one(wrong)}
        ),
    ],
)
def test_an_argument_of_a_wrong_type_is_one_clear_error(call: Callable[[Any], object], wrong: object) -> None:
    with pytest.raises(ig.IsoglossError):
        call(wrong)


def test_languages_are_taken_where_their_codes_are() -> None:
    dutch, german, french = map(ig.resolve, ("nl", "de", "fr"))
    assert ig.resolve(dutch) is dutch
    assert str(ig.recommend(dutch, candidates=[german, french])) == str(
        ig.recommend("nl", candidates=["de", "fr"])
    )


def test_answers_can_be_compared_and_put_into_sets(in_two_metrics: Correlation) -> None:
    again = copy.deepcopy(in_two_metrics)
    assert in_two_metrics != again  # arrays are not compared: an answer is itself
    assert in_two_metrics.analyses[0] != again.analyses[0]
    assert len({in_two_metrics, again, *again.analyses}) == 4
    assert str(again) == str(in_two_metrics)
