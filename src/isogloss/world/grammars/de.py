"""German: the finite verb stands second, participles and particles last; names bear no case.

A bare object name beside a bare subject name would leave open who did what, so patterns mark the
object by a preposition or use the passive with "von".
"""

from isogloss.world.grammar import Grammar

NAME = "de"

GRAMMAR = Grammar(
    language="de",
    title="German",
    places={
        "rome": "Rom",
        "vienna": "Wien",
        "moscow": "Moskau",
        "tokyo": "Tokio",
        "beijing": "Peking",
        "lisbon": "Lissabon",
        "athens": "Athen",
        "prague": "Prag",
        "warsaw": "Warschau",
        "copenhagen": "Kopenhagen",
        "brussels": "Brüssel",
        "geneva": "Genf",
        "milan": "Mailand",
    },
    lexicon={
        "ADJ": "reicher ärmer kälter wärmer",
        "ADP": "an von gegen bei zu vor nach in aus",
        "ADV": "zwar aber",
        "AUX": "war wurde",
        "CCONJ": "und als",
        "DET": "einen ein mehr weniger",
        "NOUN": "Brief Haus Lehrer Lehrerin Besuch Einwohner",
        "PRON": "es der die",
        "VERB": (
            "schrieb bekam gewann besiegt verkaufte kaufte unterrichtet besucht kam reiste geboren starb "
            "wohnte arbeitete hatte"
        ),
    },
    frames={
        "letter": """
            {year} schrieb {a} einen Brief an {b} .
            {a} schrieb {year} einen Brief an {b} .
            {year} bekam {b} einen Brief von {a} .
            {b} bekam {year} einen Brief von {a} .
        """,
        "defeat": """
            {year} gewann {a} gegen {b} .
            {a} gewann {year} gegen {b} .
            {year} wurde {b} von {a} besiegt .
            {b} wurde {year} von {a} besiegt .
        """,
        "sale": """
            {year} verkaufte {a} ein Haus an {b} .
            {a} verkaufte {year} ein Haus an {b} .
            {year} kaufte {b} ein Haus von {a} .
            {b} kaufte {year} ein Haus von {a} .
        """,
        "teaching": """
            {year} war {a} {a?Lehrer/Lehrerin} von {b} .
            {a} war {year} {a?Lehrer/Lehrerin} von {b} .
            {year} wurde {b} von {a} unterrichtet .
            {b} wurde {year} von {a} unterrichtet .
        """,
        "visit": """
            {year} war {a} bei {b} zu Besuch .
            {a} war {year} bei {b} zu Besuch .
            {year} wurde {b} von {a} besucht .
            {b} wurde {year} von {a} besucht .
        """,
        "wealth": """
            {year} war {a} reicher als {b} .
            {a} war {year} reicher als {b} .
            {year} war {b} ärmer als {a} .
            {b} war {year} ärmer als {a} .
        """,
        "arrival": """
            {year} kam {a} vor {b} an .
            {a} kam {year} vor {b} an .
            {year} kam {b} nach {a} an .
            {b} kam {year} nach {a} an .
        """,
        "journey": """
            {year} reiste {c} von {a} nach {b} .
            {c} reiste {year} von {a} nach {b} .
            {year} reiste {c} nach {b} , und zwar von {a} aus .
            Nach {b} reiste {c} {year} von {a} aus .
        """,
        "life": """
            {c} wurde in {a} geboren und starb {year} in {b} .
            {c} , {c?der/die} in {a} geboren wurde , starb {year} in {b} .
            {c} starb {year} in {b} , wurde aber in {a} geboren .
            {c} , {c?der/die} {year} in {b} starb , wurde in {a} geboren .
        """,
        "work": """
            {year} wohnte {c} in {a} und arbeitete in {b} .
            {c} wohnte {year} in {a} und arbeitete in {b} .
            {year} arbeitete {c} in {b} und wohnte in {a} .
            {c} arbeitete {year} in {b} und wohnte in {a} .
        """,
        "size": """
            {year} hatte {a} mehr Einwohner als {b} .
            {a} hatte {year} mehr Einwohner als {b} .
            {year} hatte {b} weniger Einwohner als {a} .
            {b} hatte {year} weniger Einwohner als {a} .
        """,
        "climate": """
            {year} war es in {a} kälter als in {b} .
            In {a} war es {year} kälter als in {b} .
            {year} war es in {b} wärmer als in {a} .
            In {b} war es {year} wärmer als in {a} .
        """,
    },
)
