"""UD POS: one of 17 universal parts of speech per word (Universal Dependencies, Nivre et al. 2020)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from isogloss.tasks._layouts import hub, treebanks, xtreme
from isogloss.tasks._reading import Row, WordRow, read_conllu, read_word_lines
from isogloss.tasks._splits import SplitRule
from isogloss.tasks._words import WordTask, read_table_of_words
from isogloss.tasks.base import TaskCard

NAME = "udpos"

_CODES = """
ab abq af aii ajp akk am apu aqz ar arr avl az azz bal bar be bej bg bho bm bn bor br bxr ca ceb ckt cop cpg
cs cu cy da de egy el eme en es ess et eu fa fi fo fr frm fro ga gd gl gn got grc gsw gu gub gun gv gya ha
hbo he hi hit hr hsb ht hu hy hyw id is it ja jaa jv ka kfm kk kmr ko koi kpv krl ky la lb lij lt ltg lv lzh
mdf mk ml mpu mr mt myu myv naq nap nds nhi nl nmf no nyq oc olo orv ota otk pad pcm pl ps pt quc rm ro ru
sa say sga si sjo sk sl sm sme sms soj sq sr ssp sv sw swl ta te th tl tn tpn tr tt ug uk ur urb uz vep vi
wbp wo wuu xav xcl xnr xum yi yo yrk yrl yue zea zh
"""
_TAGS = {"ajp": "apc", "kmr": "ku", "no": "nb", "sme": "se"}
"""Canonical tags where they are not the treebanks' code."""

CARD = TaskCard(
    name=NAME,
    title="UD POS",
    dataset="universal-dependencies/universal_dependencies",
    revision="unpinned: read from local files, whose hashes are recorded",
    licence="per treebank; some forbid commercial use",
    citation="Nivre et al. (2020), Universal Dependencies v2, LREC; splits: Hu et al. (2020), XTREME, ICML",
    labels=(
        *(
            "ADJ",
            "ADP",
            "ADV",
            "AUX",
            "CCONJ",
            "DET",
            "INTJ",
            "NOUN",
            "NUM",
            "PART",
            "PRON",
            "PROPN",
            "PUNCT",
        ),
        *("SCONJ", "SYM", "VERB", "X"),
    ),
    head="word",
    metric="word_accuracy",
    languages={_TAGS.get(code, code): code for code in _CODES.split()},
    epochs=10,
)

HUB_ORDER = (
    *(
        "NOUN",
        "PUNCT",
        "ADP",
        "NUM",
        "SYM",
        "SCONJ",
        "ADJ",
        "PART",
        "DET",
        "CCONJ",
        "PROPN",
        "PRON",
        "X",
        "_",
    ),
    *("ADV", "INTJ", "VERB", "AUX"),
)
"""What the hub's integers stand for where a file does not say so itself."""


class UdPos(WordTask):
    """Words with universal part-of-speech tags; all treebanks found for a language are one data set."""

    def rows(self, path: Path) -> Iterator[Row]:
        """Read one file of any of the three layouts."""
        if path.suffix == ".tsv":
            return read_word_lines(path)
        if path.suffix == ".conllu":
            return read_conllu(path)
        return map(syntactic_words, read_table_of_words(path, "upos", HUB_ORDER))

    def reason_to_drop(self, row: Row) -> str | None:
        """Name sentences of treebanks that may not publish their text: every form is an underscore."""
        withheld = isinstance(row, WordRow) and len(row.words) > 1 and all(word == "_" for word in row.words)
        return "text withheld (_)" if withheld else None


def syntactic_words(row: WordRow) -> WordRow:
    """Leave out multiword ranges, which the hub keeps among the words with the tag ``_``."""
    kept: Sequence[int] = [i for i, label in enumerate(row.labels) if label != "_"]
    return replace(row, words=[row.words[i] for i in kept], labels=[row.labels[i] for i in kept])


TASK = UdPos(
    CARD,
    (xtreme(NAME), hub(CARD.dataset, lambda config: config.split("_")[0]), treebanks()),
    SplitRule(validation_as_test=True),
)
