"""Hungarian: case suffixes with vowel harmony, also on the year; no gender; focus stands before the verb.

A final -a, -e or -o is long before a suffix (Anna, Annának; Oslo, Oslóban); of two words only the last takes
it. One is on Budapest (Budapesten), but in foreign cities. A word is what stands between spaces.
"""

from isogloss.world.grammar import Grammar, Name
from isogloss.world.roster import YEARS

NAME = "hu"

_FRONT_SHAPE = {"nak": "nek", "nál": "nél", "tól": "től", "ban": "ben", "ból": "ből", "ba": "be"}
_LONG = {"a": "á", "e": "é", "o": "ó"}
_BUDAPEST = {"ban": "en", "ból": "ről", "ba": "re"}


def inflect(name: Name, suffix: str) -> str:
    """Add a suffix given in its back shape: nak (to), nál (than), tól (from), ban (in), ból, ba, or acc."""
    stem = name.text[:-1] + _LONG.get(name.text[-1], name.text[-1])
    back = _is_back(name.text.split()[-1])
    if suffix == "acc":
        return stem + _accusative(stem, back)
    if name.id == "budapest" and suffix in _BUDAPEST:
        return stem + _BUDAPEST[suffix]
    return stem + (suffix if back else _FRONT_SHAPE[suffix])


def _is_back(word: str) -> bool:
    """Tell the harmony by the last vowel that is not neutral; i, í and é are."""
    last = next((letter for letter in reversed(word.lower()) if letter in "aáoóuúeöőüű"), "e")
    return last in "aáoóuú"


def _accusative(stem: str, back: bool) -> str:
    if stem[-1] in "áéóilnr":
        return "t"
    return "ot" if back else "et"


def _year_is_back(year: int) -> bool:
    """Tell the harmony of the last numeral: három, hat, nyolc, hatvan and nyolcvan are back."""
    return year % 10 in (3, 6, 8) or year % 100 in (60, 80)


GRAMMAR = Grammar(
    language="hu",
    title="Hungarian",
    inflect=inflect,
    places={
        "paris": "Párizs",
        "rome": "Róma",
        "vienna": "Bécs",
        "moscow": "Moszkva",
        "tokyo": "Tokió",
        "beijing": "Peking",
        "seoul": "Szöul",
        "lisbon": "Lisszabon",
        "athens": "Athén",
        "prague": "Prága",
        "warsaw": "Varsó",
        "copenhagen": "Koppenhága",
        "amsterdam": "Amszterdam",
        "brussels": "Brüsszel",
        "geneva": "Genf",
        "milan": "Milánó",
        "istanbul": "Isztambul",
    },
    sandhi={
        "a": ("az", "[AEIO1]"),  # 1950 to 1999 begin with "ezer"
        **{f"{year}-ben": (f"{year}-ban", "") for year in YEARS if _year_is_back(year)},
    },
    lexicon={
        "ADJ": "gazdagabb szegényebb hidegebb melegebb elhunyt",
        "ADV": "korábban később",
        "AUX": "volt",
        "CCONJ": "és de",
        "DET": "a egy több kevesebb",
        "NOUN": "levelet házat vereséget vendégül lakosa",
        "NUM": "{year}-ben",
        "PART": "meg",
        "SCONJ": "mint",
        "VERB": (
            "írt kapott legyőzte szenvedett eladott vett tanította tanult meglátogatta látta érkezett "
            "utazott született halt élt dolgozott"
        ),
    },
    frames={
        "letter": """
            {year}-ben {a} levelet írt {b:nak} .
            {a} {year}-ben levelet írt {b:nak} .
            {year}-ben {b} levelet kapott {a:tól} .
            {b} {year}-ben levelet kapott {a:tól} .
        """,
        "defeat": """
            {year}-ben {a} legyőzte {b:acc} .
            {a} {year}-ben legyőzte {b:acc} .
            {year}-ben {b} vereséget szenvedett {a:tól} .
            {b} {year}-ben vereséget szenvedett {a:tól} .
        """,
        "sale": """
            {year}-ben {a} eladott egy házat {b:nak} .
            {a} {year}-ben eladott egy házat {b:nak} .
            {year}-ben {b} vett egy házat {a:tól} .
            {b} {year}-ben vett egy házat {a:tól} .
        """,
        "teaching": """
            {year}-ben {a} tanította {b:acc} .
            {a} {year}-ben tanította {b:acc} .
            {year}-ben {b} {a:tól} tanult .
            {b} {year}-ben {a:tól} tanult .
        """,
        "visit": """
            {year}-ben {a} meglátogatta {b:acc} .
            {a} {year}-ben meglátogatta {b:acc} .
            {year}-ben {b} vendégül látta {a:acc} .
            {b} {year}-ben vendégül látta {a:acc} .
        """,
        "wealth": """
            {year}-ben {a} gazdagabb volt {b:nál} .
            {a} {year}-ben gazdagabb volt {b:nál} .
            {year}-ben {b} szegényebb volt {a:nál} .
            {b} {year}-ben szegényebb volt {a:nál} .
        """,
        "arrival": """
            {year}-ben {a} korábban érkezett , mint {b} .
            {a} {year}-ben korábban érkezett , mint {b} .
            {year}-ben {b} később érkezett , mint {a} .
            {b} {year}-ben később érkezett , mint {a} .
        """,
        "journey": """
            {year}-ben {c} {a:ból} {b:ba} utazott .
            {c} {year}-ben {a:ból} {b:ba} utazott .
            {year}-ben {c} {b:ba} utazott {a:ból} .
            {c} {year}-ben {b:ba} utazott {a:ból} .
        """,
        "life": """
            {c} {a:ban} született , és {year}-ben {b:ban} halt meg .
            a {a:ban} született|ADJ {c} {year}-ben {b:ban} halt meg .
            {c} {year}-ben {b:ban} halt meg , de {a:ban} született .
            a {year}-ben {b:ban} elhunyt {c} {a:ban} született .
        """,
        "work": """
            {year}-ben {c} {a:ban} élt , és {b:ban} dolgozott .
            {c} {year}-ben {a:ban} élt , és {b:ban} dolgozott .
            {year}-ben {c} {b:ban} dolgozott , és {a:ban} élt .
            {c} {year}-ben {b:ban} dolgozott , és {a:ban} élt .
        """,
        "size": """
            {year}-ben {a:nak} több lakosa volt|VERB , mint {b:nak} .
            {a:nak} {year}-ben több lakosa volt|VERB , mint {b:nak} .
            {year}-ben {b:nak} kevesebb lakosa volt|VERB , mint {a:nak} .
            {b:nak} {year}-ben kevesebb lakosa volt|VERB , mint {a:nak} .
        """,
        "climate": """
            {year}-ben {a:ban} hidegebb volt , mint {b:ban} .
            {a:ban} {year}-ben hidegebb volt , mint {b:ban} .
            {year}-ben {b:ban} melegebb volt , mint {a:ban} .
            {b:ban} {year}-ben melegebb volt , mint {a:ban} .
        """,
    },
)
