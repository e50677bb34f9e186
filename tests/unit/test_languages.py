"""Codes and names to languages."""

import importlib
import subprocess
import sys
from pathlib import Path

import pytest

from isogloss.errors import LanguageError
from isogloss.languages import _glottocodes, resolution, resolve, resolve_all
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
        ("or", "ori"),
        ("om", "orm"),
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
    assert resolve("pt_BR").rules == ("BR: varieties are not told apart",)


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
        ("zh-deu", "'deu' in 'zh-deu' is no language of the macrolanguage 'zh'"),
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


def test_rules_name_codes_that_exist_and_belong_together() -> None:
    tables = iso639()
    for macro, (individual, reason) in MACROLANGUAGES.items():
        assert tables.macrolanguage[individual] == macro
        assert reason
    for choice in WITHDRAWN.values():
        assert choice.individual in tables.names


@pytest.fixture
def glottocodes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """A package urielplus of our own making that carries two Glottocodes."""
    folder = tmp_path / "urielplus" / "database" / "urielplus_csvs"
    folder.mkdir(parents=True)
    table = "iso_code,glottocode\ncmn,mand1415\narb,stan1318\nabc,\n"
    (folder / "uriel_glottocode_map.csv").write_text(table, encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    importlib.invalidate_caches()
    _glottocodes._table.cache_clear()
    resolution._resolve.cache_clear()
    yield
    _glottocodes._table.cache_clear()
    resolution._resolve.cache_clear()


@pytest.mark.usefixtures("glottocodes")
def test_glottocodes() -> None:
    assert resolve("mand1415").id == "cmn"
    assert resolve("STAN1318").rules == ("Glottocode stan1318 is ISO 639-3 arb",)
    with pytest.raises(LanguageError, match="no language with the Glottocode 'germ1287'"):
        resolve("germ1287")


def test_glottocode_without_a_table_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    real = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None if name == "urielplus" else real(name))
    _glottocodes._table.cache_clear()
    with pytest.raises(LanguageError, match="pip install urielplus"):
        resolve("hind1269")


def test_neither_lang2vec_nor_iso639_is_imported() -> None:
    code = (
        "import sys; from isogloss.languages import resolve; resolve('zh'); resolve('Chinese');"
        "print(sorted({'lang2vec', 'iso639', 'pandas', 'torch'} & set(sys.modules)))"
    )
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert out.stdout.strip() == "[]"
