"""Swedish: the finite verb stands second; names bear no case; passive in -s."""

from isogloss.world.grammar import Grammar

NAME = "sv"

GRAMMAR = Grammar(
    language="sv",
    title="Swedish",
    places={
        "rome": "Rom",
        "vienna": "Wien",
        "moscow": "Moskva",
        "beijing": "Peking",
        "lisbon": "Lissabon",
        "athens": "Aten",
        "prague": "Prag",
        "warsaw": "Warszawa",
        "copenhagen": "Köpenhamn",
        "brussels": "Bryssel",
        "geneva": "Genève",
        "milan": "Milano",
    },
    lexicon={
        "ADJ": "rikare fattigare fler färre kallare varmare",
        "ADP": "till från över av åt på hos före efter i",
        "AUX": "var",
        "CCONJ": "men och",
        "DET": "ett",
        "NOUN": "år brev hus lektioner besök invånare",
        "PRON": "som det",
        "SCONJ": "än",
        "VERB": (
            "skrev fick vann besegrades sålde köpte gav hälsade anlände reste föddes dog bodde arbetade hade"
        ),
    },
    frames={
        "letter": """
            År {year} skrev {a} ett brev till {b} .
            {a} skrev ett brev till {b} år {year} .
            År {year} fick {b} ett brev från {a} .
            {b} fick ett brev från {a} år {year} .
        """,
        "defeat": """
            År {year} vann {a} över {b} .
            {a} vann över {b} år {year} .
            År {year} besegrades {b} av {a} .
            {b} besegrades av {a} år {year} .
        """,
        "sale": """
            År {year} sålde {a} ett hus till {b} .
            {a} sålde ett hus till {b} år {year} .
            År {year} köpte {b} ett hus av {a} .
            {b} köpte ett hus av {a} år {year} .
        """,
        "teaching": """
            År {year} gav {a} lektioner åt {b} .
            {a} gav lektioner åt {b} år {year} .
            År {year} fick {b} lektioner av {a} .
            {b} fick lektioner av {a} år {year} .
        """,
        "visit": """
            År {year} hälsade {a} på hos {b} .
            {a} hälsade på hos {b} år {year} .
            År {year} fick {b} besök av {a} .
            {b} fick besök av {a} år {year} .
        """,
        "wealth": """
            År {year} var {a} rikare än {b} .
            {a} var rikare än {b} år {year} .
            År {year} var {b} fattigare än {a} .
            {b} var fattigare än {a} år {year} .
        """,
        "arrival": """
            År {year} anlände {a} före {b} .
            {a} anlände före {b} år {year} .
            År {year} anlände {b} efter {a} .
            {b} anlände efter {a} år {year} .
        """,
        "journey": """
            År {year} reste {c} från {a} till {b} .
            {c} reste från {a} till {b} år {year} .
            År {year} reste {c} till {b} från {a} .
            {c} reste till {b} från {a} år {year} .
        """,
        "life": """
            {c} föddes i {a} men dog i {b} år {year} .
            {c} , som föddes i {a} , dog i {b} år {year} .
            {c} dog i {b} år {year} men föddes i {a} .
            {c} , som dog i {b} år {year} , föddes i {a} .
        """,
        "work": """
            År {year} bodde {c} i {a} och arbetade i {b} .
            {c} bodde i {a} och arbetade i {b} år {year} .
            År {year} arbetade {c} i {b} och bodde i {a} .
            {c} arbetade i {b} och bodde i {a} år {year} .
        """,
        "size": """
            År {year} hade {a} fler invånare än {b} .
            {a} hade fler invånare än {b} år {year} .
            År {year} hade {b} färre invånare än {a} .
            {b} hade färre invånare än {a} år {year} .
        """,
        "climate": """
            År {year} var det kallare i {a} än i {b} .
            I {a} var det kallare än i {b} år {year} .
            År {year} var det varmare i {b} än i {a} .
            I {b} var det varmare än i {a} år {year} .
        """,
    },
)
