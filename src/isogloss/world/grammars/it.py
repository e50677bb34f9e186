"""Italian: subject-verb-object, simple past, participles and adjectives agree; "a" becomes "ad" before a."""

from isogloss.world.grammar import Grammar

NAME = "it"

GRAMMAR = Grammar(
    language="it",
    title="Italian",
    places={
        "berlin": "Berlino",
        "paris": "Parigi",
        "london": "Londra",
        "rome": "Roma",
        "moscow": "Mosca",
        "beijing": "Pechino",
        "seoul": "Seul",
        "lisbon": "Lisbona",
        "athens": "Atene",
        "prague": "Praga",
        "warsaw": "Varsavia",
        "stockholm": "Stoccolma",
        "copenhagen": "Copenaghen",
        "brussels": "Bruxelles",
        "dublin": "Dublino",
        "geneva": "Ginevra",
        "milan": "Milano",
    },
    sandhi={"a": ("ad", "[Aa]")},
    lexicon={
        "ADJ": "ricco ricca povero povera",
        "ADP": "nel a da di dopo",
        "ADV": "più prima",
        "AUX": "fu era",
        "CCONJ": "ma e",
        "DET": "una la meno",
        "NOUN": "lettera casa lezioni visita abitanti freddo caldo",
        "SCONJ": "che",
        "VERB": (
            "scrisse ricevette sconfisse sconfitto sconfitta vendette comprò diede prese fece arrivò "
            "andò partendo nacque morì viveva lavorava aveva faceva"
        ),
    },
    frames={
        "letter": """
            Nel {year} {a} scrisse una lettera a {b} .
            {a} scrisse una lettera a {b} nel {year} .
            Nel {year} {b} ricevette una lettera da {a} .
            {b} ricevette una lettera da {a} nel {year} .
        """,
        "defeat": """
            Nel {year} {a} sconfisse {b} .
            {a} sconfisse {b} nel {year} .
            Nel {year} {b} fu {b?sconfitto/sconfitta} da {a} .
            {b} fu {b?sconfitto/sconfitta} da {a} nel {year} .
        """,
        "sale": """
            Nel {year} {a} vendette una casa a {b} .
            {a} vendette una casa a {b} nel {year} .
            Nel {year} {b} comprò una casa da {a} .
            {b} comprò una casa da {a} nel {year} .
        """,
        "teaching": """
            Nel {year} {a} diede lezioni a {b} .
            {a} diede lezioni a {b} nel {year} .
            Nel {year} {b} prese lezioni da {a} .
            {b} prese lezioni da {a} nel {year} .
        """,
        "visit": """
            Nel {year} {a} fece visita a {b} .
            {a} fece visita a {b} nel {year} .
            Nel {year} {b} ricevette la visita di {a} .
            {b} ricevette la visita di {a} nel {year} .
        """,
        "wealth": """
            Nel {year} {a} era più {a?ricco/ricca} di {b} .
            {a} era più {a?ricco/ricca} di {b} nel {year} .
            Nel {year} {b} era più {b?povero/povera} di {a} .
            {b} era più {b?povero/povera} di {a} nel {year} .
        """,
        "arrival": """
            Nel {year} {a} arrivò prima di {b} .
            {a} arrivò prima di {b} nel {year} .
            Nel {year} {b} arrivò dopo {a} .
            {b} arrivò dopo {a} nel {year} .
        """,
        "journey": """
            Nel {year} {c} andò da {a} a {b} .
            {c} andò da {a} a {b} nel {year} .
            Nel {year} {c} andò a {b} partendo da {a} .
            {c} andò a {b} partendo da {a} nel {year} .
        """,
        "life": """
            {c} nacque a {a} , ma morì a {b} nel {year} .
            {c} , che|PRON nacque a {a} , morì a {b} nel {year} .
            {c} morì a {b} nel {year} , ma nacque a {a} .
            {c} , che|PRON morì a {b} nel {year} , nacque a {a} .
        """,
        "work": """
            Nel {year} {c} viveva a {a} e lavorava a {b} .
            {c} viveva a {a} e lavorava a {b} nel {year} .
            Nel {year} {c} lavorava a {b} e viveva a {a} .
            {c} lavorava a {b} e viveva a {a} nel {year} .
        """,
        "size": """
            Nel {year} {a} aveva più|DET abitanti di {b} .
            {a} aveva più|DET abitanti di {b} nel {year} .
            Nel {year} {b} aveva meno abitanti di {a} .
            {b} aveva meno abitanti di {a} nel {year} .
        """,
        "climate": """
            Nel {year} faceva più|DET freddo a {a} che a {b} .
            a {a} faceva più|DET freddo che a {b} nel {year} .
            Nel {year} faceva più|DET caldo a {b} che a {a} .
            a {b} faceva più|DET caldo che a {a} nel {year} .
        """,
    },
)
