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
    "ori": Representative("ory", "the written standard of Odisha, and Wikipedia's or, is Odia"),
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
    "nds-nl": Replacement("nds", "Low Saxon of the Netherlands; the varieties are not distinguished"),
    "roa-rup": Replacement("rup", "Wikipedia's code for Aromanian"),
    "roa-tara": Replacement("nap", "Wikipedia's code for Tarantino, a variety of Neapolitan in ISO 639-3"),
    "simple": Replacement("eng", "Wikipedia in simple English"),
    "zh-classical": Replacement("lzh", "Wikipedia's code for Literary Chinese"),
}
"""Codes of Wikipedia's editions, and so of WikiAnn, that are not BCP 47 tags of the language meant."""

EDITIONS: dict[str, Replacement] = {
    "als": Replacement("gsw", "Wikipedia's code for Alemannic; in ISO 639-3 als is Tosk Albanian"),
    "nrm": Replacement("nrf", "Wikipedia's code for Norman; in ISO 639-3 nrm is Narom"),
}
"""Codes that Wikipedia uses in another sense than ISO 639-3.

Read so where the data are Wikipedia's (`of_wikipedia`), or where codes that only Wikipedia has occur with
them.
"""

TREEBANKS: dict[str, str] = {
    "no_bokmaal": "nb",
    "no_nynorsk": "nn",
    "no_nynorsklia": "nn",
    "zh_gsd": "zh-Hant",
    "zh_hk": "zh-Hant",
    "zh_pud": "zh-Hant",
}
"""Treebanks of Universal Dependencies that say more than the code before them: language or script."""

TREEBANK_LANGUAGES: dict[str, str] = {"karo": "arr", "madi": "jaa", "yupik": "ess"}
"""Names that Universal Dependencies gives to one language and others to several, or to another."""

NAMES: dict[str, tuple[str, str]] = {
    "assyrian": ("aii", "the name of Assyrian Neo-Aramaic in Universal Dependencies"),
    "bahasa indonesia": ("id", "Indonesian in its own words"),
    "bahasa malaysia": ("zsm", "Standard Malay in its own words"),
    "bahasa melayu": ("ms", "Malay in its own words"),
    "bokmaal": ("nb", "Norwegian Bokmål without the letter å"),
    "bokmal": ("nb", "short for Norwegian Bokmål"),
    "chishona": ("sn", "Shona in its own words"),
    "classical chinese": ("lzh", "ISO 639-3 calls it Literary Chinese"),
    "darija": ("ary", "Moroccan Arabic in its own words"),
    "eastern punjabi": ("pa", "Panjabi of India, as opposed to Western Panjabi"),
    "emilian romagnol": ("egl", "one code until 2009; Emilian for the most part"),
    "filipino tagalog": ("fil", "Filipino is the standardised Tagalog"),
    "gheg": ("aln", "short for Gheg Albanian"),
    "hnahnu": ("ote", "Mezquital Otomi in its own words"),
    "isixhosa": ("xh", "Xhosa in its own words"),
    "kiche": ("quc", "K'iche' without apostrophes"),
    "kikongo": ("kg", "Kongo in its own words"),
    "lak": ("lbe", "Lak of Dagestan"),
    "luba kasai": ("lua", "ISO 639-3 calls it Luba-Lulua"),
    "meiteilon": ("mni", "Manipuri in its own words"),
    "naija": ("pcm", "the name of Nigerian Pidgin in Universal Dependencies"),
    "otomi mezquital": ("ote", "Mezquital Otomi"),
    "pesh": ("pay", "ISO 639-3 calls it Pech"),
    "plattdeutsch": ("nds", "Low German in its own words"),
    "raramuri": ("tar", "Central Tarahumara in its own words"),
    "ripuarian": ("ksh", "of the Ripuarian dialects ISO 639-3 lists Kölsch"),
    "shipibo konibo": ("shp", "ISO 639-3 spells it Shipibo-Conibo"),
    "siswati": ("ss", "Swati in its own words"),
    "sranan": ("srn", "short for Sranan Tongo"),
    "tagalog filipino": ("tl", "Filipino is the standardised Tagalog"),
    "tat": ("ttt", "ISO 639-3 calls it Muslim Tat"),
    "te reo": ("mi", "Maori in its own words"),
    "te reo maori": ("mi", "Maori in its own words"),
    "teko": ("eme", "ISO 639-3 calls it Emerillon"),
    "western sierra puebla nahuatl": ("nhi", "Zacatlán-Ahuacatlán-Tepetzintla Nahuatl in ISO 639-3"),
    "wixarika": ("hch", "Huichol in its own words"),
    "zaar": ("say", "ISO 639-3 calls it Saya"),
}
"""English names that ISO 639-3, CLDR and Glottolog do not have, or have for something else, in lower case."""

NO_LANGUAGE: dict[str, str] = {
    "qaf": "the private code of Universal Dependencies for Maghrebi Arabic mixed with French",
    "qfn": "the private code of Universal Dependencies for Frisian mixed with Dutch",
    "qhe": "the private code of Universal Dependencies for Hindi mixed with English",
    "qpm": "the private code of Universal Dependencies for Pomak, which ISO 639-3 does not list",
    "qtd": "the private code of Universal Dependencies for Turkish mixed with German",
    "qte": "the private code of Universal Dependencies for Telugu mixed with English",
    "frisian dutch": "text of Universal Dependencies in two mixed languages",
    "hindi english": "text of Universal Dependencies in two mixed languages",
    "maghrebi arabic french": "text of Universal Dependencies in two mixed languages",
    "ndebele": "South Ndebele (nbl) or North Ndebele (nde)",
    "otomi": "ISO 639-3 lists nine Otomi languages, among them ote (Mezquital Otomi)",
    "pomak": "a name that ISO 639-3 does not list; Glottolog counts Pomak as a dialect of Bulgarian (bg)",
    "tamazight": "Central Atlas Tamazight (tzm), Standard Moroccan Tamazight (zgh) or others of their group",
    "telugu english": "text of Universal Dependencies in two mixed languages",
    "turkish german": "text of Universal Dependencies in two mixed languages",
}
"""Codes and names in use that denote no one language of ISO 639-3, and what they are."""

NOTES: dict[str, str] = {
    "tgl": "tl is Tagalog here; CLDR would turn it into fil (Filipino), which URIEL keeps as another record",
    "fil": "fil is Filipino, the standardised Tagalog; URIEL keeps most of its facts under tgl (tl)",
    "als": "als is Tosk Albanian (ISO 639-3); Wikipedia's als is Alemannic, gsw here",
    "nrm": "nrm is Narom (ISO 639-3); Wikipedia's nrm is Norman, nrf here",
}
"""Remarks on some languages, added to the rules whenever one of them is the result."""
