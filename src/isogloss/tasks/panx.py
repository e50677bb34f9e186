"""PAN-X: named entities of Wikipedia in 176 languages (Pan et al. 2017; splits of Rahimi et al. 2019)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from isogloss.tasks._layouts import hub, xtreme
from isogloss.tasks._reading import Row, read_word_lines
from isogloss.tasks._splits import SplitRule
from isogloss.tasks._words import WordTask, read_table_of_words
from isogloss.tasks.base import Example, TaskCard, WordExample

NAME = "panx"

# Left out: Wikipedia editions whose codes are no language codes of their own (als bat-smg bh cbk-zam eml
# fiu-vro map-bms zh-classical), and second editions in one language (be-x-old sh simple).
_CODES = """
ace af am an ang ar arc arz as ast ay az ba bar be bg bn bo br bs ca cdo ce ceb ckb co crh cs csb cv cy da
de diq dv el en eo es et eu ext fa fi fo fr frr fur fy ga gan gd gl gn gu hak he hi hr hsb hu hy ia id ig
ilo io is it ja jbo jv ka kk km kn ko ksh ku ky la lb li lij lmo ln lt lv mg mhr mi min mk ml mn mr ms mt
mwl my mzn nap nds ne nl nn no nov oc or os pa pdc pl pms pnb ps pt qu rm ro ru rw sa sah scn sco sd si sk
sl so sq sr su sv sw szl ta te tg th tk tl tr tt ug uk ur uz vec vep vi vls vo wa war wuu xmf yi yo zea zh
zh-min-nan zh-yue
"""
_TAGS = {"no": "nb", "zh-min-nan": "nan", "zh-yue": "yue"}
"""Canonical tags where they are not Wikipedia's code."""

CARD = TaskCard(
    name=NAME,
    title="PAN-X",
    dataset="unimelb-nlp/wikiann",
    revision="unpinned: read from local files, whose hashes are recorded",
    licence="unstated; derived from Wikipedia (CC-BY-SA)",
    citation="Pan et al. (2017), ACL P17-1178; splits: Rahimi et al. (2019), ACL P19-1015",
    labels=("O", "B-PER", "I-PER", "B-ORG", "I-ORG", "B-LOC", "I-LOC"),
    head="word",
    metric="entity_f1",
    languages={_TAGS.get(code, code): code for code in _CODES.split()},
    epochs=10,
)


class PanX(WordTask):
    """Words with BIO tags over person, organisation and location."""

    def rows(self, path: Path) -> Iterator[Row]:
        """Read one file of either layout."""
        if path.suffix == ".tsv":
            return read_word_lines(path)
        return iter(read_table_of_words(path, "ner_tags", self.card.labels))

    def remarks(self, examples: Sequence[Example]) -> tuple[str, ...]:
        """Count tags that break BIO, and tell words from characters."""
        n_broken = sum(broken_bio(example.labels) for example in examples if isinstance(example, WordExample))
        return (f"{n_broken} I- tags continue no entity of their type; each begins one",) if n_broken else ()


def broken_bio(labels: Sequence[int]) -> int:
    """Count I- tags that stand neither after the B- nor after the I- tag of their type."""
    inside = (index for index in range(1, len(labels)) if labels[index] and labels[index] % 2 == 0)
    first = bool(labels and labels[0] and labels[0] % 2 == 0)
    return first + sum(labels[index - 1] not in (labels[index], labels[index] - 1) for index in inside)


# XTREME's own test files come without labels where they are not rebuilt; dev is then the evaluation data.
TASK = PanX(CARD, (xtreme(NAME), hub(CARD.dataset)), SplitRule(validation_as_test=True))
