"""French: subject-verb-object, perfect with "avoir" or "être", elision, participles agree."""

from isogloss.world.grammar import Grammar

NAME = "fr"

_VOWEL = "[AEIOUaeiouÀàÉé]|habitants|Hugo"  # h is mute in both

GRAMMAR = Grammar(
    language="fr",
    title="French",
    places={
        "london": "Londres",
        "vienna": "Vienne",
        "moscow": "Moscou",
        "beijing": "Pékin",
        "seoul": "Séoul",
        "lisbon": "Lisbonne",
        "athens": "Athènes",
        "warsaw": "Varsovie",
        "copenhagen": "Copenhague",
        "brussels": "Bruxelles",
        "geneva": "Genève",
    },
    sandhi={"de": ("d'", _VOWEL), "que": ("qu'", _VOWEL)},
    lexicon={
        "ADJ": "riche pauvre froid chaud",
        "ADP": "en à de par avant après depuis",
        "ADV": "plus moins",
        "AUX": "a été est était",
        "CCONJ": "mais et",
        "DET": "une sa la des les",
        "NOUN": "lettre maison cours visite habitants",
        "PRON": "qui il",
        "SCONJ": "que",
        "VERB": (
            "écrit reçu battu battue vendu acheté donné suivi rendu arrivé arrivée allé allée né née "
            "mort morte habitait travaillait avait faisait"
        ),
    },
    frames={
        "letter": """
            En {year} , {a} a écrit une lettre à {b} .
            {a} a écrit une lettre à {b} en {year} .
            En {year} , {b} a reçu une lettre de {a} .
            {b} a reçu une lettre de {a} en {year} .
        """,
        "defeat": """
            En {year} , {a} a battu {b} .
            {a} a battu {b} en {year} .
            En {year} , {b} a été {b?battu/battue} par {a} .
            {b} a été {b?battu/battue} par {a} en {year} .
        """,
        "sale": """
            En {year} , {a} a vendu sa maison à {b} .
            {a} a vendu sa maison à {b} en {year} .
            En {year} , {b} a acheté la maison de {a} .
            {b} a acheté la maison de {a} en {year} .
        """,
        "teaching": """
            En {year} , {a} a donné des cours à {b} .
            {a} a donné des cours à {b} en {year} .
            En {year} , {b} a suivi les cours de {a} .
            {b} a suivi les cours de {a} en {year} .
        """,
        "visit": """
            En {year} , {a} a rendu visite à {b} .
            {a} a rendu visite à {b} en {year} .
            En {year} , {b} a reçu la visite de {a} .
            {b} a reçu la visite de {a} en {year} .
        """,
        "wealth": """
            En {year} , {a} était plus riche que {b} .
            {a} était plus riche que {b} en {year} .
            En {year} , {b} était plus pauvre que {a} .
            {b} était plus pauvre que {a} en {year} .
        """,
        "arrival": """
            En {year} , {a} est {a?arrivé/arrivée} avant {b} .
            {a} est {a?arrivé/arrivée} avant {b} en {year} .
            En {year} , {b} est {b?arrivé/arrivée} après {a} .
            {b} est {b?arrivé/arrivée} après {a} en {year} .
        """,
        "journey": """
            En {year} , {c} est {c?allé/allée} de {a} à {b} .
            {c} est {c?allé/allée} de {a} à {b} en {year} .
            En {year} , {c} est {c?allé/allée} à {b} depuis {a} .
            {c} est {c?allé/allée} à {b} depuis {a} en {year} .
        """,
        "life": """
            {c} est {c?né/née} à {a} mais est {c?mort/morte} à {b} en {year} .
            {c} , qui est {c?né/née} à {a} , est {c?mort/morte} à {b} en {year} .
            {c} est {c?mort/morte} à {b} en {year} mais est {c?né/née} à {a} .
            {c} , qui est {c?mort/morte} à {b} en {year} , est {c?né/née} à {a} .
        """,
        "work": """
            En {year} , {c} habitait à {a} et travaillait à {b} .
            {c} habitait à {a} et travaillait à {b} en {year} .
            En {year} , {c} travaillait à {b} et habitait à {a} .
            {c} travaillait à {b} et habitait à {a} en {year} .
        """,
        "size": """
            En {year} , {a} avait plus de habitants que {b} .
            {a} avait plus de habitants que {b} en {year} .
            En {year} , {b} avait moins de habitants que {a} .
            {b} avait moins de habitants que {a} en {year} .
        """,
        "climate": """
            En {year} , il faisait plus froid à {a} que à {b} .
            À {a} , il faisait plus froid que à {b} en {year} .
            En {year} , il faisait plus chaud à {b} que à {a} .
            À {b} , il faisait plus chaud que à {a} en {year} .
        """,
    },
)
