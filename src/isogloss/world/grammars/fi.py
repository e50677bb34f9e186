"""Finnish: case endings with vowel harmony instead of prepositions; no articles, no gender.

Names that end in a consonant take -i- before the ending; of two words only the last declines.
"""

from isogloss.world.grammar import Grammar, Name

NAME = "fi"

_VOWELS = "aeiouyäö"


def inflect(name: Name, case: str) -> str:
    """Add a case ending: gen, lle (to), lta (from a person), ssa (in), sta (from a place) or ill (into)."""
    text = name.text
    word = text.lower().split()[-1]
    stem = text if word[-1] in _VOWELS else f"{text}i"
    if case == "gen":
        return f"{stem}n"
    if case == "ill":
        long_vowel = stem[-1] == stem[-2]
        return f"{stem}seen" if long_vowel else f"{stem}{stem[-1]}n"
    back = any(letter in "aou" for letter in word)
    return stem + (case if back else case.replace("a", "ä"))


GRAMMAR = Grammar(
    language="fi",
    title="Finnish",
    inflect=inflect,
    places={
        "berlin": "Berliini",
        "paris": "Pariisi",
        "london": "Lontoo",
        "rome": "Rooma",
        "vienna": "Wien",
        "moscow": "Moskova",
        "tokyo": "Tokio",
        "beijing": "Peking",
        "seoul": "Soul",
        "lisbon": "Lissabon",
        "athens": "Ateena",
        "prague": "Praha",
        "warsaw": "Varsova",
        "stockholm": "Tukholma",
        "copenhagen": "Kööpenhamina",
        "brussels": "Bryssel",
        "geneva": "Geneve",
        "milan": "Milano",
    },
    lexicon={
        "ADJ": "rikkaampi köyhempi kylmempää lämpimämpää",
        "ADP": "luona",
        "ADV": "aikaisemmin myöhemmin enemmän vähemmän",
        "AUX": "oli",
        "CCONJ": "mutta ja",
        "NOUN": "vuonna kirjeen talon opettaja oppilas vieraakseen asukkaita",
        "SCONJ": "kuin",
        "VERB": (
            "kirjoitti sai voitti hävisi myi osti vieraili saapui matkusti syntyi syntynyt kuoli kuollut "
            "asui työskenteli"
        ),
    },
    frames={
        "letter": """
            Vuonna {year} {a} kirjoitti kirjeen {b:lle} .
            {a} kirjoitti kirjeen {b:lle} vuonna {year} .
            Vuonna {year} {b} sai kirjeen {a:lta} .
            {b} sai kirjeen {a:lta} vuonna {year} .
        """,
        "defeat": """
            Vuonna {year} {a} voitti {b:gen} .
            {a} voitti {b:gen} vuonna {year} .
            Vuonna {year} {b} hävisi {a:lle} .
            {b} hävisi {a:lle} vuonna {year} .
        """,
        "sale": """
            Vuonna {year} {a} myi talon {b:lle} .
            {a} myi talon {b:lle} vuonna {year} .
            Vuonna {year} {b} osti talon {a:lta} .
            {b} osti talon {a:lta} vuonna {year} .
        """,
        "teaching": """
            Vuonna {year} {a} oli {b:gen} opettaja .
            {a} oli {b:gen} opettaja vuonna {year} .
            Vuonna {year} {b} oli {a:gen} oppilas .
            {b} oli {a:gen} oppilas vuonna {year} .
        """,
        "visit": """
            Vuonna {year} {a} vieraili {b:gen} luona .
            {a} vieraili {b:gen} luona vuonna {year} .
            Vuonna {year} {b} sai vieraakseen {a:gen} .
            {b} sai vieraakseen {a:gen} vuonna {year} .
        """,
        "wealth": """
            Vuonna {year} {a} oli rikkaampi kuin {b} .
            {a} oli rikkaampi kuin {b} vuonna {year} .
            Vuonna {year} {b} oli köyhempi kuin {a} .
            {b} oli köyhempi kuin {a} vuonna {year} .
        """,
        "arrival": """
            Vuonna {year} {a} saapui aikaisemmin kuin {b} .
            {a} saapui aikaisemmin kuin {b} vuonna {year} .
            Vuonna {year} {b} saapui myöhemmin kuin {a} .
            {b} saapui myöhemmin kuin {a} vuonna {year} .
        """,
        "journey": """
            Vuonna {year} {c} matkusti {a:sta} {b:ill} .
            {c} matkusti {a:sta} {b:ill} vuonna {year} .
            Vuonna {year} {c} matkusti {b:ill} {a:sta} .
            {c} matkusti {b:ill} {a:sta} vuonna {year} .
        """,
        "life": """
            {c} syntyi {a:ssa} mutta kuoli {b:ssa} vuonna {year} .
            {a:ssa} syntynyt {c} kuoli {b:ssa} vuonna {year} .
            {c} kuoli {b:ssa} vuonna {year} mutta syntyi {a:ssa} .
            Vuonna {year} {b:ssa} kuollut {c} syntyi {a:ssa} .
        """,
        "work": """
            Vuonna {year} {c} asui {a:ssa} ja työskenteli {b:ssa} .
            {c} asui {a:ssa} ja työskenteli {b:ssa} vuonna {year} .
            Vuonna {year} {c} työskenteli {b:ssa} ja asui {a:ssa} .
            {c} työskenteli {b:ssa} ja asui {a:ssa} vuonna {year} .
        """,
        "size": """
            Vuonna {year} {a:ssa} oli enemmän asukkaita kuin {b:ssa} .
            {a:ssa} oli vuonna {year} enemmän asukkaita kuin {b:ssa} .
            Vuonna {year} {b:ssa} oli vähemmän asukkaita kuin {a:ssa} .
            {b:ssa} oli vuonna {year} vähemmän asukkaita kuin {a:ssa} .
        """,
        "climate": """
            Vuonna {year} {a:ssa} oli kylmempää kuin {b:ssa} .
            {a:ssa} oli vuonna {year} kylmempää kuin {b:ssa} .
            Vuonna {year} {b:ssa} oli lämpimämpää kuin {a:ssa} .
            {b:ssa} oli vuonna {year} lämpimämpää kuin {a:ssa} .
        """,
    },
)
