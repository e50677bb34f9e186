"""Explicit choices that turn a code of benchmarks into one individual language.

Every row that is used for a language is written into `Language.rules`, with its reason.
"""

from __future__ import annotations

from typing import NamedTuple


class Representative(NamedTuple):
    """The individual language that a macrolanguage code stands for in benchmarks, and why."""

    individual: str
    reason: str


MACROLANGUAGES: dict[str, Representative] = {
    "ara": Representative("arb", "written Arabic in benchmarks and Wikipedia is Modern Standard Arabic"),
    "aze": Representative(
        "azj", "the Latin-script standard of Azerbaijan and of Wikipedia is North Azerbaijani"
    ),
    "est": Representative("ekk", "the written standard is Standard Estonian, not Võro"),
    "fas": Representative("pes", "the standard of Iran, of Wikipedia and of the Persian treebanks"),
    "kur": Representative(
        "kmr", "the Latin-script standard and Wikipedia's ku are Northern Kurdish (Kurmanji)"
    ),
    "lav": Representative("lvs", "the written standard is Standard Latvian, not Latgalian"),
    "mon": Representative("khk", "the standard of Mongolia is Halh Mongolian"),
    "msa": Representative("zsm", "Wikipedia's ms is Standard Malay; Indonesian has its own code, id"),
    "nep": Representative("npi", "the standard of Nepal; the other member is Dotyali"),
    "nor": Representative(
        "nob", "most written Norwegian, and Wikipedia's no, is Bokmål; Nynorsk has its own code, nn"
    ),
    "pus": Representative("pbt", "the literary standard rests on the Kandahari speech, Southern Pashto"),
    "que": Representative(
        "quz", "Cusco Quechua is the default of CLDR; Wikipedia's qu follows the Southern standard"
    ),
    "sqi": Representative("als", "the standard since 1972 rests on Tosk"),
    "swa": Representative("swh", "the standard is coastal Swahili, not Congo Swahili"),
    "uzb": Representative("uzn", "the standard of Uzbekistan is Northern Uzbek"),
    "yid": Representative("ydd", "the living literary language is Eastern Yiddish"),
    "zho": Representative("cmn", "written Chinese in benchmarks and Wikipedia's zh is Mandarin"),
}
"""Macrolanguages (ISO 639-3) with a written standard that data under the macrolanguage's code follow.

Macrolanguages that are not listed have no such standard and stand for themselves.
"""

REPRESENTED: dict[str, str] = {choice.individual: macro for macro, choice in MACROLANGUAGES.items()}
"""Individual language to the macrolanguage whose code stands for it."""


class Replacement(NamedTuple):
    """The ISO 639-3 code that took a withdrawn code's place; `script` where the old code implied one."""

    individual: str
    reason: str
    script: str | None = None


WITHDRAWN: dict[str, Replacement] = {
    "in": Replacement("ind", "withdrawn in 1989 in favour of id"),
    "iw": Replacement("heb", "withdrawn in 1989 in favour of he"),
    "ji": Replacement("yid", "withdrawn in 1989 in favour of yi"),
    "jw": Replacement("jav", "withdrawn in 2001 in favour of jv"),
    "mo": Replacement("ron", "withdrawn in 2008 in favour of ro"),
    "sh": Replacement("srp", "deprecated in 2000; CLDR reads it as Serbian in Latin script", "Latn"),
    "hbs": Replacement("srp", "the ISO 639-3 code of sh; CLDR reads it as Serbian in Latin script", "Latn"),
}
"""Codes that BCP 47 or ISO 639 gave up and old data sets still use (IANA subtag registry; CLDR aliases)."""

WIKIPEDIA: dict[str, Replacement] = {
    "bat-smg": Replacement("sgs", "Wikipedia's code for Samogitian"),
    "be-tarask": Replacement("bel", "Belarusian in the orthography of Taraškievica"),
    "be-x-old": Replacement(
        "bel", "Wikipedia's former code for Belarusian in the orthography of Taraškievica"
    ),
    "bh": Replacement("bho", "withdrawn (Bihari languages); Wikipedia's bh is in Bhojpuri"),
    "cbk-zam": Replacement("cbk", "Wikipedia's code for Chavacano of Zamboanga"),
    "eml": Replacement(
        "egl", "split into Emilian and Romagnol in 2009; Wikipedia's eml is Emilian for the most part"
    ),
    "fiu-vro": Replacement("vro", "Wikipedia's former code for Võro"),
    "map-bms": Replacement("jav", "Wikipedia's code for Banyumasan, a variety of Javanese", "Latn"),
    "nds-nl": Replacement("nds", "Low Saxon of the Netherlands; the varieties are not told apart"),
    "roa-rup": Replacement("rup", "Wikipedia's code for Aromanian"),
    "roa-tara": Replacement("nap", "Wikipedia's code for Tarantino, a variety of Neapolitan in ISO 639-3"),
    "simple": Replacement("eng", "Wikipedia in simple English"),
    "zh-classical": Replacement("lzh", "Wikipedia's code for Literary Chinese"),
}
"""Codes of Wikipedia's editions, and so of WikiAnn, that are no BCP 47 tags of the language meant."""

NOTES: dict[str, str] = {
    "tgl": "tl is Tagalog here; CLDR would turn it into fil (Filipino), which URIEL keeps as another record",
    "fil": "fil is Filipino, the standardised Tagalog; URIEL keeps most of its facts under tgl (tl)",
    "als": "als is Tosk Albanian (ISO 639-3); Wikipedia's als is Alemannic, gsw here",
}
"""What a user of these languages should know, added to the rules whenever one of them comes out."""
