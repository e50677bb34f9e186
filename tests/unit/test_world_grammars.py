"""Grammars of the built-in world: realisation, and what a file of a language must hold."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from isogloss.errors import DataError, IsoglossError
from isogloss.registry import Registry
from isogloss.world import grammar as base
from isogloss.world.generator import pairs
from isogloss.world.grammar import Grammar, Proposition
from isogloss.world.grammar_file import GRAMMARS, read_grammar


class TestGrammar:
    english = GRAMMARS["en"]

    def test_hash_follows_sentences_only(self) -> None:
        frames = dict(self.english.frames)
        respaced = {**frames, "letter": frames["letter"].replace("    ", " ")}
        reworded = {**frames, "letter": frames["letter"].replace("a letter", "letters|NOUN")}
        assert replace(self.english, frames=respaced).canonical == self.english.canonical
        assert replace(self.english, frames=reworded).canonical != self.english.canonical
        assert replace(self.english, places={"rome": "Roma"}).canonical != self.english.canonical

    @pytest.mark.parametrize(
        ("old", "new", "message"),
        [
            ("wrote", "wrotte", r"'wrotte' has no UPOS tag(.|\n)*frame 'letter', pattern 1(.|\n)*'wrote'"),
            ("wrote", "wrote|VRB", r"'VRB' is not a UPOS tag"),
            ("{b}", "{a}", r"names of roles \['a', 'a'\]"),
            ("{year}", "1987|NUM", r"the year does not occur exactly once"),
            ("{a} wrote a letter to {b} in {year} .", "", r"1 pattern\(s\) that name a first"),
            ("{a}", "{a:dat}", r"form 'dat' of a name, but no inflection"),
            ("wrote", "{c?was/wrote}", r"'was/wrote' agrees with role 'c', which has no gender"),
        ],
    )
    def test_faulty_pattern(self, old: str, new: str, message: str) -> None:
        letter = self.english.frames["letter"].replace(old, new)
        broken = replace(self.english, frames={**self.english.frames, "letter": letter})
        with pytest.raises(DataError, match=message):
            _ = broken.canonical

    def test_missing_and_unknown_frame(self) -> None:
        frames = dict(self.english.frames)
        letter = frames.pop("letter")
        with pytest.raises(DataError, match="frames without patterns: letter"):
            _ = replace(self.english, frames=frames).canonical
        with pytest.raises(DataError, match=r"'leter' is not a frame(.|\n)*did you mean 'letter'"):
            _ = replace(self.english, frames={**frames, "leter": letter}).canonical

    def test_word_with_two_tags(self) -> None:
        with pytest.raises(DataError, match="'in' is both ADP and ADV"):
            _ = replace(self.english, lexicon={**self.english.lexicon, "ADV": "in"}).canonical

    def test_inflection_that_changes_the_number_of_words(self) -> None:
        letter = self.english.frames["letter"].replace("{a}", "{a:gen}")
        broken = replace(
            self.english,
            frames={**self.english.frames, "letter": letter},
            inflection=lambda name, form: f"{name.text} 's",
        )
        with pytest.raises(DataError, match="another number of words"):
            _ = broken.canonical

    def test_elision_and_agreement(self) -> None:
        french = GRAMMARS["fr"]
        said = [
            french.say(Proposition("arrival", "eva", "anna", None, 1987), pattern).text
            for pattern in french.realisations["arrival"]
        ]
        assert said[0] == "En 1987, Eva est arrivée avant Anna."
        letter = french.realisations["letter"][2]
        assert french.say(Proposition("letter", "eva", "anna", None, 1987), letter).text == (
            "En 1987, Anna a reçu une lettre d'Eva."
        )
        wealth = french.realisations["wealth"][1]
        assert french.say(Proposition("wealth", "leo", "hugo", None, 1987), wealth).text == (
            "Leo était plus riche qu'Hugo Silva en 1987."
        )

    @pytest.mark.parametrize(
        ("language", "proposition", "pattern", "expected"),
        [
            (
                "ar",
                Proposition("sale", "anna", "olga", None, 1987),
                1,
                "باعت آنا منزلا لأولغا سيلفا في عام 1987.",
            ),
            ("ar", Proposition("visit", "max", "leo", None, 1987), 1, "قام ماكس بزيارة ليو في عام 1987."),
            ("hi", Proposition("sale", "anna", "eva", None, 1987), 0, "1987 में अन्ना ने ईवा को एक मकान बेचा।"),
            ("hi", Proposition("letter", "max", "leo", None, 1987), 0, "1987 में मैक्स ने लियो को एक चिट्ठी लिखी।"),
            (
                *("hi", Proposition("life", "rome", "oslo", "leo", 1987), 1),
                "रोम में जन्मे लियो की मृत्यु 1987 में ओस्लो में हुई।",
            ),
            (
                *("pl", Proposition("journey", "stockholm", "seoul", "eva", 1987), 1),
                "Eva pojechała ze Sztokholmu do Seulu w 1987 roku.",
            ),
            (
                *("hu", Proposition("life", "athens", "oslo", "leo", 1986), 1),
                "Az Athénban született Leo 1986-ban Oslóban halt meg.",
            ),
            (
                *("hu", Proposition("life", "rome", "oslo", "leo", 1990), 3),
                "Az 1990-ben Oslóban elhunyt Leo Rómában született.",
            ),
        ],
    )
    def test_joined_and_agreeing_words(
        self, language: str, proposition: Proposition, pattern: int, expected: str
    ) -> None:
        grammar = GRAMMARS[language]
        assert grammar.say(proposition, grammar.realisations[proposition.frame][pattern]).text == expected

    def test_hash_follows_proclitics(self) -> None:
        apart = replace(GRAMMARS["ar"], proclitics=frozenset())
        assert apart.canonical != GRAMMARS["ar"].canonical

    @pytest.mark.parametrize(
        ("language", "referent", "form", "expected"),
        [
            ("ko", "martin", "는", "마틴은"),
            ("ko", "seoul", "로", "서울로"),
            ("ko", "london", "로", "런던으로"),
            ("ru", "olga", "gen", "Ольги Силвы"),
            ("ru", "nina", "dat", "Нине Новак"),
            ("ru", "emil", "dat", "Эмилю Новаку"),
            ("ru", "athens", "loc", "Афинах"),
            ("tr", "istanbul", "dat", "İstanbul'a"),
            ("tr", "bangkok", "loc", "Bangkok'ta"),
            ("tr", "geneva", "rel", "Cenevre'ninkinden"),
            ("fi", "london", "ill", "Lontooseen"),
            ("fi", "vienna", "sta", "Wienistä"),
            ("fi", "thomas", "lta", "Thomas Weberiltä"),
            ("pl", "olga", "dat", "Oldze Silvie"),
            ("pl", "maria", "gen", "Marii"),
            ("pl", "nina", "acc", "Ninę Novak"),
            ("pl", "emil", "ins", "Emilem Novakiem"),
            ("pl", "victor", "dat", "Victorowi Rossiemu"),
            ("pl", "hugo", "ins", "Hugonem Silvą"),
            ("pl", "felix", "acc", "Feliksa"),
            ("pl", "prague", "loc", "Pradze"),
            ("pl", "new_york", "loc", "Nowym Jorku"),
            ("hu", "anna", "nak", "Annának"),
            ("hu", "leo", "acc", "Leót"),
            ("hu", "thomas", "tól", "Thomas Webertől"),
            ("hu", "martin", "nál", "Martinnál"),
            ("hu", "emil", "acc", "Emil Novakot"),
            ("hu", "felix", "acc", "Felixet"),
            ("hu", "athens", "ban", "Athénban"),
            ("hu", "chicago", "ban", "Chicagóban"),
            ("hu", "budapest", "ból", "Budapestről"),
            ("hu", "buenos_aires", "ba", "Buenos Airesbe"),
        ],
    )
    def test_inflected_names(self, language: str, referent: str, form: str, expected: str) -> None:
        assert " ".join(GRAMMARS[language].declined[referent, form]) == expected


def _copy_of_english(folder: Path, tag: str) -> Path:
    """Write the English grammar under another tag, with a word of its own."""
    source = (Path(base.__file__).parent / "grammars" / "en.yaml").read_text(encoding="utf-8")
    copy = folder / f"{tag}.yaml"
    copy.write_text(source.replace("wrote", "wrate"), encoding="utf-8")
    return copy


def test_a_file_of_a_language_is_all_that_a_registry_needs(tmp_path: Path, monkeypatch) -> None:
    package = tmp_path / "more_grammars"
    package.mkdir()
    (package / "__init__.py").touch()
    _copy_of_english(package, "sco")
    monkeypatch.syspath_prepend(tmp_path)
    more: Registry[Grammar] = Registry("grammar", "more_grammars", "GRAMMAR", read=read_grammar)
    monkeypatch.setattr("isogloss.world.generator.GRAMMARS", more)
    texts = " ".join(pair.first.text for pair in pairs("sco", "train", 60))
    assert "wrate" in texts and list(more) == ["sco"]


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (
            "title: English",
            "name: English",
            r"title: missing; name: no such field",
        ),
        ("title: English", "title: English\ninflection: en", r"no inflection 'en'(.|\n)*fi, hu, ko"),
        ("title: English", "title: 'English", "not a readable YAML file"),
        ("lexicon:", "spaces: perhaps\nlexicon:", "spaces: 'perhaps' is not true or false"),
    ],
)
def test_a_faulty_file_is_named_with_its_fields(tmp_path: Path, old: str, new: str, message: str) -> None:
    copy = _copy_of_english(tmp_path, "sco")
    copy.write_text(copy.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")
    with pytest.raises(IsoglossError, match=message):
        read_grammar(copy)


SHOWS_THE_NEW_LANGUAGE = """
from isogloss.tasks.base import TASKS
from isogloss.world.grammar_file import GRAMMARS, read_grammar
from isogloss.world.generator import corpus
from isogloss.world.overlap import common_order
tasks = [name for name in TASKS if name.startswith("mini-")]
assert all(TASKS[name].load(None, "sco", "test").examples[0] for name in tasks)
assert all("sco" in TASKS[name].card.languages for name in tasks)
assert "sco" in {pair.language for pair in corpus(size=len(GRAMMARS))}
assert common_order(["en", "sco", "ja"])[0, 1] == 1
from isogloss.cli.main import cli
cli(["world"])
"""


TOY = """
from pathlib import Path
from isogloss.world.grammar_file import read_grammar
GRAMMAR = read_grammar(Path(__file__).with_name("sco.yaml"))
"""


def test_adding_a_language_touches_one_file(tmp_path: Path) -> None:
    """A grammar file of another distribution is at once in every list: tasks, text, overlaps, commands."""
    _copy_of_english(tmp_path, "sco")
    (tmp_path / "toy.py").write_text(TOY, encoding="utf-8")
    described = tmp_path / "toy-1.0.dist-info"
    described.mkdir()
    (described / "METADATA").write_text("Metadata-Version: 2.1\nName: toy\nVersion: 1.0\n")
    (described / "entry_points.txt").write_text("[isogloss.grammars]\nsco = toy:GRAMMAR\n")
    paths = os.pathsep.join((str(tmp_path), *filter(None, [os.environ.get("PYTHONPATH")])))
    told = subprocess.run(
        [sys.executable, "-c", SHOWS_THE_NEW_LANGUAGE],
        check=False,
        capture_output=True,
        text=True,
        encoding="utf-8",
        env={**os.environ, "PYTHONPATH": paths},
    )
    assert told.returncode == 0, told.stderr
    assert f"{len(GRAMMARS) + 1} languages" in told.stdout and "\nsco  " in told.stdout
