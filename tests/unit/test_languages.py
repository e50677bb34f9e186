"""Codes and names to languages."""

import gzip
import importlib
import subprocess
import sys
from pathlib import Path

import pytest

from isogloss.errors import DataError, LanguageError
from isogloss.languages import _glottocodes, read_together, recorded, resolve, resolve_all
from isogloss.languages._iso639 import iso639
from isogloss.languages.rules import MACROLANGUAGES, WITHDRAWN

PANX = (
    "af ar az bg bn de el en es et eu fa fi fr gu he hi hu id it ja jv ka kk ko lt ml mr ms my nl pa pl pt "
    "qu ro ru sw ta te tl tr uk ur vi yo zh"
)
UDPOS = (
    "af ar bg de el en es et eu fa fi fr he hi hu id it ja kk ko lt mr nl pl pt ro ru ta te th tl tr uk ur "
    "vi wo yo zh"
)


@pytest.mark.parametrize(
    ("code", "id"),
    [
        ("de", "deu"),
        ("deu", "deu"),
        ("ger", "deu"),
        ("DE", "deu"),
        (" de ", "deu"),
        ("German", "deu"),
        ("zh", "cmn"),
        ("chi", "cmn"),
        ("zho", "cmn"),
        ("zh-Hant-TW", "cmn"),
        ("zh_CN", "cmn"),
        ("Chinese", "cmn"),
        ("ar", "arb"),
        ("ms", "zsm"),
        ("sw", "swh"),
        ("fa", "pes"),
        ("et", "ekk"),
        ("az", "azj"),
        ("no", "nob"),
        ("lv", "lvs"),
        ("ne", "npi"),
        ("uz", "uzn"),
        ("sq", "als"),
        ("alb", "als"),
        ("ku", "kmr"),
        ("mn", "khk"),
        ("ps", "pbt"),
        ("yi", "ydd"),
        ("qu", "quz"),
        ("iw", "heb"),
        ("jw", "jav"),
        ("in", "ind"),
        ("ji", "ydd"),
        ("sh", "srp"),
        ("hbs", "srp"),
        ("mo", "ron"),
        ("tl", "tgl"),
        ("fil", "fil"),
        ("nb", "nob"),
        ("nn", "nno"),
        ("sr-Latn", "srp"),
        ("eng_Latn", "eng"),
        ("zh-yue", "yue"),
        ("zh_min_nan", "nan"),
        ("i-klingon", "tlh"),
        ("en_ewt", "eng"),
        ("en_XX", "eng"),
        ("Norwegian Bokmål", "nob"),
        ("norwegian bokmal", "nob"),
        ("Greek", "ell"),
        ("Farsi", "pes"),
        ("fri", "fry"),
        ("Swahili", "swh"),
        ("Modern Greek (1453-)", "ell"),
        ("ga", "gle"),
        ("or", "ory"),
        ("om", "orm"),
        ("UD_English-EWT", "eng"),
        ("UD_Ancient_Greek-PROIEL", "grc"),
        ("zh-classical", "lzh"),
        ("be_x_old", "bel"),
        ("simple", "eng"),
        ("zho_Hans", "cmn"),
    ],
)
def test_spellings(code: str, id: str) -> None:
    found = resolve(code)
    assert found.id == id
    assert found.input == code


@pytest.mark.parametrize("code", sorted({*PANX.split(), *UDPOS.split()}))
def test_languages_of_xtreme_keep_their_tag(code: str) -> None:
    found = resolve(code)
    assert found.tag == ("nb" if code == "no" else code)
    assert found.script is not None
    assert found.coordinates is not None
    assert found.family or code == "eu"


def test_equal_however_spelled() -> None:
    assert len({resolve(code) for code in ("zh", "cmn", "zho", "chi", "zh-Hans", "Mandarin Chinese")}) == 1


def test_rules_say_what_was_done() -> None:
    assert resolve("zh").rules[0].startswith("macrolanguage zho is cmn here: ")
    assert resolve("cmn").rules == ()
    assert resolve("iw").rules == ("iw is heb: withdrawn in 1989 in favour of he",)
    assert "CLDR would turn it into fil" in resolve("tl").rules[0]
    assert resolve("om").rules == ("orm is a macrolanguage without a rule: it stands for itself",)
    assert resolve("pt_BR").rules == ("BR: varieties are not distinguished",)


def test_script_of_the_tag_comes_before_the_usual_one() -> None:
    assert [resolve(code).script for code in ("sr", "sr-Latn", "sh", "ja", "zh-Hant")] == [
        "Cyrl", "Latn", "Latn", "Jpan", "Hant",
    ]  # fmt: skip


def test_family_path_starts_at_the_root_and_macrolanguages_fill_in() -> None:
    assert resolve("de").family[:3] == ("Indo-European", "Germanic", "Northwest Germanic")
    assert resolve("nb").family[-1] == "West Scandinavian"  # on record for nor only
    assert resolve("eu").family == ()


@pytest.mark.parametrize(
    ("code", "latitude", "longitude"), [("de", 48.65, 12.47), ("ja", 35.0, 135.0), ("qu", -14.0, -72.0)]
)
def test_coordinates_are_worked_back_from_distances(code: str, latitude: float, longitude: float) -> None:
    assert resolve(code).coordinates == pytest.approx((latitude, longitude), abs=0.7)


@pytest.mark.parametrize(
    ("code", "message"),
    [
        ("Germna", r"no language 'Germna'\n  allowed: nearest: .*German \(deu\)"),
        ("ej", r"no language 'ej'\n  allowed: nearest: \w\w \("),
        ("Klingonn", r"nearest: Klingon \(tlh\)"),
        ("", "an empty language code: ''"),
        ("mul", r"'mul' denotes no language \(Multiple languages\)"),
        ("gmo", r"(?s)'gmo' is retired .*Gamo \[gmv\]"),
        ("zh-deu", "'deu' in 'zh-deu' is not a language of the macrolanguage 'zh'"),
        ("qaa", "no language 'qaa'"),
    ],
)
def test_unknown(code: str, message: str) -> None:
    with pytest.raises(LanguageError, match=message):
        resolve(code)


def test_three_nearest() -> None:
    with pytest.raises(LanguageError) as error:
        resolve("Finish")
    assert error.value.allowed is not None
    assert error.value.allowed.count("(") == 3
    assert "Finnish (fin)" in error.value.allowed


def test_ambiguous_name_lists_the_languages() -> None:
    with pytest.raises(LanguageError, match=r"the name 'Ngombe' denotes \d languages\n  allowed: \w{3} \("):
        resolve("Ngombe")


def test_resolve_all_keeps_the_order() -> None:
    assert [language.id for language in resolve_all(["fr", "de", "zh"])] == ["fra", "deu", "cmn"]


@pytest.mark.parametrize("code", ["en", "ko", "hu", "yo", "sa"])
def test_two_small_letters_are_a_code_also_beside_names(code: str) -> None:
    alone = resolve(code)
    found = read_together([code, "german", "french", "japanese"])
    assert found.languages[code].id == alone.id
    assert "two small letters are seldom a name" in " ".join(found.notes)
    assert read_together(["Ga", "Ewe", "Twi", "Yoruba"]).languages["Ga"].id == "gaa"


def test_rules_name_codes_that_exist_and_belong_together() -> None:
    tables = iso639()
    for macro, (individual, reason, _) in MACROLANGUAGES.items():
        assert tables.macrolanguage[individual] == macro
        assert reason
    for choice in WITHDRAWN.values():
        assert choice.individual in tables.names


def test_glottocodes() -> None:
    assert resolve("mand1415").id == "cmn"
    assert resolve("STAN1318").rules == ("Glottocode stan1318 is ISO 639-3 arb",)
    assert resolve("zh").glottocode == "mand1415"
    assert resolve("samo1299").rules == (
        "Glottocode samo1299 is ISO 639-3 zkb",
        "zkb is retired in ISO 639-3 in favour of kjh",
    )


def test_glottocodes_of_retired_codes_have_a_language_or_say_why_not() -> None:
    found = {"language": 0, "none": 0}
    for glottocode, iso in _glottocodes._iso_codes().items():
        if iso and iso not in iso639().names:
            try:
                found["language"] += resolve(glottocode).id in iso639().names
            except LanguageError:
                found["none"] += 1
    assert found["language"] > 150
    assert found["none"] > 100


def test_serbo_croatian_is_one_language_under_every_spelling() -> None:
    spellings = ["sh", "hbs", "Serbo-Croatian", "sout1528"]
    assert {resolve(code).id for code in spellings} == {"srp"}
    assert {resolve(code).script for code in spellings} == {"Latn"}


@pytest.mark.parametrize("code", ["und", "und-Latn", "UND", "mis", "mul", "zxx"])
def test_codes_for_no_language(code: str) -> None:
    with pytest.raises(LanguageError, match=f"'{code}' denotes no language"):
        resolve(code)


@pytest.mark.parametrize(
    ("code", "message"),
    [
        ("germ1287", r"(?s)'germ1287' has no ISO 639-3 code: .* family, a dialect.*name one language"),
        ("oldl1238", r"'oldl1238' has no ISO 639-3 code"),  # a code for private use in Glottolog
        ("polc1243", r"(?s)'polc1243' is retired in ISO 639-3 .*Split into Pesse \[pze\]"),
        (
            "mand1400",
            r"(?s)no languoid .* 'mand1400'.*: nearest: mand1\d+ \(.+\), .+ \(.+\), .+ \(.+\)",
        ),
    ],
)
def test_glottocodes_without_a_language(code: str, message: str) -> None:
    with pytest.raises(LanguageError, match=message):
        resolve(code)


@pytest.fixture
def no_glottocodes_yet(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """An empty cache folder."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    _glottocodes._iso_codes.cache_clear()
    yield
    _glottocodes._iso_codes.cache_clear()


@pytest.mark.usefixtures("no_glottocodes_yet")
def test_glottocodes_from_the_database_and_from_the_cache(monkeypatch: pytest.MonkeyPatch) -> None:
    assert _glottocodes.from_glottocode("hind1269") == "hin"
    _glottocodes._iso_codes.cache_clear()
    monkeypatch.setattr(_glottocodes, "_identifiers", lambda path: pytest.fail("decoded although kept"))
    assert _glottocodes.from_glottocode("hind1269") == "hin"


@pytest.mark.usefixtures("no_glottocodes_yet")
def test_glottocode_without_a_table_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    real = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None if name == "qq" else real(name))
    with pytest.raises(LanguageError, match="pip install qwanqwa"):
        _glottocodes.from_glottocode("hind1269")


EMPTY_TABLE = gzip.compress(b"{}", mtime=0)


@pytest.mark.usefixtures("no_glottocodes_yet")
@pytest.mark.parametrize(
    "content",
    [b"", b"no gzip at all", EMPTY_TABLE, EMPTY_TABLE[:-9]],
    ids=["empty", "no gzip", "no table", "cut short"],
)
def test_damaged_table_of_glottocodes(
    content: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "db.json.gz").write_bytes(content)
    monkeypatch.setattr(_glottocodes, "_database", lambda: tmp_path / "db.json.gz")
    with pytest.raises(DataError, match=r"(?s)Glottocodes cannot be read.*db.json.gz.*qwanqwa"):
        _glottocodes.from_glottocode("hind1269")


@pytest.mark.parametrize(
    ("code", "area"),
    [
        ("de", "Eurasia"), ("is", "Eurasia"), ("ja", "Eurasia"), ("ms", "Eurasia"), ("ar", "Eurasia"),
        ("mt", "Eurasia"), ("ckt", "Eurasia"), ("sw", "Africa"), ("mg", "Africa"), ("arz", "Africa"),
        ("kea", "Africa"), ("id", "Papunesia"), ("tl", "Papunesia"), ("ami", "Papunesia"),
        ("haw", "Papunesia"), ("rap", "Papunesia"), ("ho", "Papunesia"), ("fj", "Papunesia"),
        ("wbp", "Australia"), ("mwp", "Australia"), ("nv", "North America"), ("kl", "North America"),
        ("cuk", "North America"), ("ht", "North America"), ("qu", "South America"), ("guc", "South America"),
        ("emp", "South America"),
    ],
)  # fmt: skip
def test_macro_areas_are_those_of_glottolog(code: str, area: str) -> None:
    assert resolve(code).macroarea == area


def test_every_recorded_language_once() -> None:
    languages = recorded()
    ids = {language.id for language in languages}
    assert len(ids) == len(languages) == 7947
    assert {choice.individual for choice in MACROLANGUAGES.values()} < ids
    assert not ids & {*MACROLANGUAGES, *WITHDRAWN, *iso639().special}


def test_neither_lang2vec_nor_iso639_is_imported() -> None:
    code = (
        "import sys; from isogloss.languages import resolve; resolve('zh'); resolve('Chinese');"
        "print(sorted({'lang2vec', 'iso639', 'pandas', 'torch'} & set(sys.modules)))"
    )
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert out.stdout.strip() == "[]"


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("Algerian", "Algerian Arabic (arq)"),
        ("Gulf", "Gulf Arabic (afb)"),
        ("Cantonees", "Yue Chinese (yue)"),
        ("Mandrin", "Mandarin Chinese (cmn)"),
        ("Norwegain", "Norwegian (nor)"),
    ],
)
def test_of_an_unknown_name_those_with_it_as_a_word_and_those_spelt_alike_are_nearest(
    text: str, first: str
) -> None:
    with pytest.raises(LanguageError) as caught:
        resolve(text)
    assert caught.value.allowed is not None
    assert caught.value.allowed.startswith(f"nearest: {first}")
