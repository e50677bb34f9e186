"""Spanish: subject-verb-object, "a" before a person as object, participles and adjectives agree in gender."""

from isogloss.world.grammar import Grammar

NAME = "es"

GRAMMAR = Grammar(
    language="es",
    title="Spanish",
    places={
        "berlin": "Berlín",
        "paris": "París",
        "london": "Londres",
        "rome": "Roma",
        "vienna": "Viena",
        "moscow": "Moscú",
        "tokyo": "Tokio",
        "beijing": "Pekín",
        "seoul": "Seúl",
        "lisbon": "Lisboa",
        "athens": "Atenas",
        "prague": "Praga",
        "warsaw": "Varsovia",
        "stockholm": "Estocolmo",
        "copenhagen": "Copenhague",
        "amsterdam": "Ámsterdam",
        "brussels": "Bruselas",
        "dublin": "Dublín",
        "geneva": "Ginebra",
        "milan": "Milán",
        "istanbul": "Estambul",
        "new_york": "Nueva York",
    },
    lexicon={
        "ADJ": "rico rica pobre",
        "ADP": "en a de por desde",
        "ADV": "más menos antes después",
        "AUX": "fue era",
        "CCONJ": "pero y",
        "DET": "una la su",
        "NOUN": "carta casa clases visita habitantes frío calor",
        "SCONJ": "que",
        "VERB": (
            "escribió recibió derrotó derrotado derrotada vendió compró dio visitó llegó viajó nació murió "
            "vivía trabajaba tenía hacía"
        ),
    },
    frames={
        "letter": """
            En {year} , {a} escribió una carta a {b} .
            {a} escribió una carta a {b} en {year} .
            En {year} , {b} recibió una carta de {a} .
            {b} recibió una carta de {a} en {year} .
        """,
        "defeat": """
            En {year} , {a} derrotó a {b} .
            {a} derrotó a {b} en {year} .
            En {year} , {b} fue {b?derrotado/derrotada} por {a} .
            {b} fue {b?derrotado/derrotada} por {a} en {year} .
        """,
        "sale": """
            En {year} , {a} vendió su casa a {b} .
            {a} vendió su casa a {b} en {year} .
            En {year} , {b} compró la casa de {a} .
            {b} compró la casa de {a} en {year} .
        """,
        "teaching": """
            En {year} , {a} dio clases a {b} .
            {a} dio clases a {b} en {year} .
            En {year} , {b} recibió clases de {a} .
            {b} recibió clases de {a} en {year} .
        """,
        "visit": """
            En {year} , {a} visitó a {b} .
            {a} visitó a {b} en {year} .
            En {year} , {b} recibió la visita de {a} .
            {b} recibió la visita de {a} en {year} .
        """,
        "wealth": """
            En {year} , {a} era más {a?rico/rica} que {b} .
            {a} era más {a?rico/rica} que {b} en {year} .
            En {year} , {b} era más pobre que {a} .
            {b} era más pobre que {a} en {year} .
        """,
        "arrival": """
            En {year} , {a} llegó antes que {b} .
            {a} llegó antes que {b} en {year} .
            En {year} , {b} llegó después que {a} .
            {b} llegó después que {a} en {year} .
        """,
        "journey": """
            En {year} , {c} viajó de {a} a {b} .
            {c} viajó de {a} a {b} en {year} .
            En {year} , {c} viajó a {b} desde {a} .
            {c} viajó a {b} desde {a} en {year} .
        """,
        "life": """
            {c} nació en {a} , pero murió en {b} en {year} .
            {c} , que|PRON nació en {a} , murió en {b} en {year} .
            {c} murió en {b} en {year} , pero nació en {a} .
            {c} , que|PRON murió en {b} en {year} , nació en {a} .
        """,
        "work": """
            En {year} , {c} vivía en {a} y trabajaba en {b} .
            {c} vivía en {a} y trabajaba en {b} en {year} .
            En {year} , {c} trabajaba en {b} y vivía en {a} .
            {c} trabajaba en {b} y vivía en {a} en {year} .
        """,
        "size": """
            En {year} , {a} tenía más habitantes que {b} .
            {a} tenía más habitantes que {b} en {year} .
            En {year} , {b} tenía menos habitantes que {a} .
            {b} tenía menos habitantes que {a} en {year} .
        """,
        "climate": """
            En {year} , hacía más frío en {a} que en {b} .
            En {a} hacía más frío que en {b} en {year} .
            En {year} , hacía más calor en {b} que en {a} .
            En {b} hacía más calor que en {a} en {year} .
        """,
    },
)
