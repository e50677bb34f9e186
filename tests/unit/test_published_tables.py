"""Cards of published tables, with the numbers beside them."""

from __future__ import annotations

from pathlib import Path

import pytest
from score_tables import cell

from isogloss.errors import DataError, RegistryError
from isogloss.recommend import recommend
from isogloss.scores.published import base
from isogloss.scores.published.base import PUBLISHED, read_published
from isogloss.scores.table import ScoreTable

FACTS = "citation: Somebody et al. (2026), somewhere\nlicence: facts\n"


def card(folder: Path, text: str) -> Path:
    path = folder / "some.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_the_table_of_a_run_is_read_from_the_file_next_to_its_card(tmp_path):
    rows = ScoreTable.of(cell(t, 0.5, source=s, seed=1) for s in ("de", "fr") for t in ("de", "fr", "es"))
    (tmp_path / "some.csv").write_text(rows.to_csv(), encoding="utf-8")
    table = read_published(card(tmp_path, FACTS + "table: some.csv\n")).scores()
    assert list(table) == list(rows)


def test_printed_numbers_are_in_percent(tmp_path):
    (tmp_path / "some.csv").write_text("source,target,score\nen,de,70.5\nen,fr,60\n", encoding="utf-8")
    table = read_published(card(tmp_path, FACTS + "table: some.csv\n")).scores()
    assert {row.target_language: row.score for row in table} == pytest.approx({"de": 0.705, "fr": 0.6})


@pytest.mark.parametrize("text", [FACTS, "table: some.csv\n", FACTS + "table: some.csv\ntask: xnli\n", "[1"])
def test_a_card_that_lacks_something_or_says_more_is_refused(text, tmp_path):
    with pytest.raises(RegistryError, match="not a published table") as caught:
        read_published(card(tmp_path, text))
    assert "some.yaml" in str(caught.value)


def test_every_table_has_a_card_with_source_and_licence():
    assert all(len(card.citation) > 20 and card.licence for card in PUBLISHED.values())
    folder = Path(base.__file__).parent
    assert {path.stem for path in folder.glob("*.csv")} <= set(PUBLISHED)


def test_a_recommendation_takes_a_published_table_by_its_name(tmp_path, monkeypatch):
    by_name = recommend("sw", scores="e5-udpos")
    assert by_name.to_dict() == recommend("sw", scores=PUBLISHED["e5-udpos"].scores()).to_dict()
    monkeypatch.chdir(tmp_path)
    (tmp_path / "e5-udpos").mkdir()
    with pytest.raises(DataError, match="the folder holds no score table"):
        recommend("sw", scores="e5-udpos")
    with pytest.raises(DataError, match="no such score table"):
        recommend("sw", scores="e5-udposs")
