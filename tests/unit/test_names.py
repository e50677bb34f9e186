"""Names, and words that are read by sensitivity analyses."""

import pytest

from isogloss.errors import LanguageError
from isogloss.languages import read_together, refusal, resolve, resolve_all, two_readings
from isogloss.languages._iso639 import iso639
from isogloss.languages.rules import NAMES, TREEBANK_LANGUAGES, TREEBANKS


def read(*words: str) -> dict[str, str]:
    return {word: language.id for word, language in read_together(words).languages.items()}


@pytest.mark.parametrize(
    ("name", "id", "script"),
    [
        ("Chinese (Simplified)", "cmn", "Hans"),
        ("Chinese (Traditional)", "cmn", "Hant"),
        ("Chinese_Traditional", "cmn", "Hant"),
        ("Chinese (Taiwan)", "cmn", "Hant"),
        ("Kurdish (Kurmanji)", "kmr", "Latn"),
        ("Sorani Kurdish", "ckb", "Arab"),
        ("Serbian (Latin)", "srp", "Latn"),
        ("Uzbek_Cyrillic", "uzn", "Cyrl"),
        ("Hindi (Romanized)", "hin", "Latn"),
        ("Portuguese (Brazil)", "por", "Latn"),
        ("Norwegian (Bokmål)", "nob", "Latn"),
        ("Chinese (Cantonese)", "yue", "Hant"),
        ("Hebrew (Modern)", "heb", "Hebr"),
        ("ko (Korean)", "kor", "Kore"),
        ("Korean / ko", "kor", "Kore"),
        ("BO (Tibetan)", "bod", "Tibt"),
        ("mon (Mongolian)", "khk", "Cyrl"),
        ("Mon (Burmese)", "mnw", "Mymr"),
        ("German (de)", "deu", "Latn"),
        ("Arabic (arz)", "arz", "Arab"),
        ("Kurdish (ckb)", "ckb", "Arab"),
        ("Norwegian (nb)", "nob", "Latn"),
        ("ku (Sorani)", "ckb", "Arab"),
        ("sr (Latin)", "srp", "Latn"),
        ("Oriya", "ory", "Orya"),
        ("Odia", "ory", "Orya"),
        ("Malay", "zsm", "Latn"),
        ("Konkani", "kok", "Deva"),
        ("Waray", "war", "Latn"),
        ("Naija", "pcm", "Latn"),
        ("Classical Chinese", "lzh", "Hans"),
        ("Assyrian", "aii", None),
        ("Kiche", "quc", "Latn"),
        ("Võro", "vro", "Latn"),
        ("Voro", "vor", None),
        ("Lo-Toga", "lht", None),
        ("Bahasa Indonesia", "ind", "Latn"),
    ],
)
def test_names(name: str, id: str, script: str | None) -> None:
    found = resolve(name)
    assert (found.id, found.script) == (id, script)
    assert found.input == name
    assert found.rules


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("Berber", r"denotes a group of languages \(Berber languages\)"),
        ("nah", r"'nah' denotes a group of languages"),
        ("oto", r"'oto' denotes a group of languages \(Otomian languages\)"),  # the name is Oto
        ("UD_Nahuatl-X", r"denotes a group of languages \(Nahuatl languages\)"),
        ("qtd_sagt", "Turkish mixed with German"),
        ("UD_Turkish_German-SAGT", "two mixed languages"),
        ("Ndebele", r"South Ndebele \(nbl\) or North Ndebele \(nde\)"),
        ("qaa", "codes from qaa to qtz are for private use"),
        (
            "Finnish (Martian)",
            r"(?s)'Martian' in 'Finnish \(Martian\)' is neither a script.*write 'Finnish' alone",
        ),
    ],
)
def test_names_of_no_one_language(name: str, message: str) -> None:
    with pytest.raises(LanguageError, match=message):
        resolve(name)


@pytest.mark.parametrize(
    ("tag", "script"),
    [
        ("zh-TW", "Hant"), ("zh_tw", "Hant"), ("zh-HK", "Hant"), ("zh-MO", "Hant"), ("zh-CN", "Hans"),
        ("cmn-TW", "Hant"), ("sr-ME", "Latn"), ("srp_ME", "Latn"), ("sr-RS", "Cyrl"), ("pa-PK", "Arab"),
        ("uz-AF", "Arab"), ("zh-Hans-TW", "Hans"), ("zho_Hant", "Hant"), ("pt-BR", "Latn"), ("en_XX", "Latn"),
    ],
)  # fmt: skip
def test_regions_decide_the_script(tag: str, script: str) -> None:
    assert resolve(tag).script == script


@pytest.mark.parametrize(
    ("code", "id", "script"),
    [
        ("UD_Norwegian-Nynorsk", "nno", "Latn"),
        ("no_nynorsklia", "nno", "Latn"),
        ("no_bokmaal", "nob", "Latn"),
        ("zh_gsd", "cmn", "Hant"),
        ("zh_gsdsimp", "cmn", "Hans"),
        ("UD_Chinese-GSD", "cmn", "Hant"),
        ("UD_Karo-TuDeT", "arr", None),
        ("UD_Soi-AHA", "soj", None),
        ("UD_German", "deu", "Latn"),
        ("German-GSD", "deu", "Latn"),
    ],
)
def test_treebanks(code: str, id: str, script: str | None) -> None:
    found = resolve(code)
    assert (found.id, found.script, found.input) == (id, script, code)


def test_editions_of_wikipedia() -> None:
    assert read("als", "de")["als"] == "als"
    assert read("als", "de", "bat-smg")["als"] == "gsw"


def test_every_name_of_the_table_denotes_a_language() -> None:
    for name, (code, reason, _) in NAMES.items():
        assert resolve(name.title() if len(name) == 3 else name).id == resolve(code).id, name
        assert reason
    for code in (*TREEBANKS.values(), *(meant.individual for meant in TREEBANK_LANGUAGES.values())):
        assert resolve(code)


def test_reference_names_lead_back_to_their_codes() -> None:
    """Nothing in between reads another language into them; two letters are codes unless names stand near."""
    wrong = {}
    for code, name in iso639().names.items():
        if code not in iso639().special and len(name) > 2:
            try:
                found = resolve(name).id
            except LanguageError as error:
                found = error.what
            if found != resolve(code).id:
                wrong[name] = found
    assert wrong == {}


@pytest.mark.parametrize(
    ("words", "id"),
    [
        (("Mon", "Dutch", "Turkish"), "mnw"),
        (("Mon", "Deu", "Nld"), "khk"),
        (("Mon", "de", "nl"), "mnw"),
        (("mon", "deu", "nld"), "khk"),
        (("mon", "dutch", "turkish"), "mnw"),
        (("MON", "DEU"), "khk"),
        (("MON", "DUTCH"), "mnw"),
        (("Ga", "Dutch", "Turkish"), "gaa"),
        (("Ga", "En", "De"), "gle"),
        (("Ga",), "gle"),
        (("ga", "German"), "gle"),
        (("Mon", "Ewe", "Twi", "Fang"), "mnw"),  # "Ewe" is code and name of one language: no evidence
    ],
)
def test_the_words_beside_it_decide(words: tuple[str, ...], id: str) -> None:
    found = read_together(words)
    assert found.languages[words[0]].id == id
    assert not found.problems


def test_a_decision_is_said() -> None:
    (note,) = read_together(["Mon", "Dutch", "Turkish"]).notes
    assert note.startswith("'Mon' has two readings: read as the name of Mon (mnw), since 2 other words")
    assert "the code of Halh Mongolian (khk)" in note
    assert len(two_readings([resolve("Mon"), resolve("Ga")])) == 2
    assert read_together(["mon", "de", "ga"]).notes == ()
    assert len(read_together(["ga", "German"]).notes) == 1


def test_one_unknown_word_hides_no_other() -> None:
    found = read_together(["zh", "xx", "Bavarian", "Germna", "zh"])
    assert list(found.languages) == ["zh", "Bavarian"]
    assert list(found.problems) == ["xx", "Germna"]
    with pytest.raises(LanguageError, match=r"(?s)2 codes or names denote no language.*'xx'.*'Germna'"):
        resolve_all(["zh", "xx", "Bavarian", "Germna"])
    with pytest.raises(LanguageError, match=r"no language 'xx'\n  allowed"):
        found = read_together(["zh", "xx"]).check()
    assert "and 70 more" in str(refusal(read_together(f"q{n}" for n in range(100)).problems))


def test_codes_of_wals() -> None:
    assert resolve("wals:hok").id == "nan"
    with pytest.raises(LanguageError, match=r"(?s)no language 'cct'.*in WALS cct is .*wals:cct"):
        resolve("cct")
    alone = read("eng", "fin", "tur", "rus", "cct")  # all of them codes of WALS
    assert alone["cct"] == resolve("wals:cct").id
    assert "cct" not in read("eng", "deu", "nld", "cct")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("\x00", "characters that cannot be written"),
        ("d\x00e", r"no language 'd\\x00e'"),
        ("\ud800", r"'\\ud800'"),
        ("\ufeff", "an empty language code"),
        ("x" * 100_000, "a text of 100,000 characters is not a language"),
        ("9" * 5000, "a text of 5,000 characters"),
    ],
)
def test_hostile_texts(text: str, message: str) -> None:
    with pytest.raises(LanguageError, match=message):
        resolve(text)
    assert text in read_together([text, "de"]).problems


def test_invisible_marks_around_a_code_are_no_part_of_it() -> None:
    assert resolve("\ufeffde\u200b").id == "deu"
