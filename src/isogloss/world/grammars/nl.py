"""Dutch: the finite verb stands second, participles and particles late; names bear no case."""

from isogloss.world.grammar import Grammar

NAME = "nl"

GRAMMAR = Grammar(
    language="nl",
    title="Dutch",
    places={
        "berlin": "Berlijn",
        "paris": "Parijs",
        "london": "Londen",
        "vienna": "Wenen",
        "moscow": "Moskou",
        "tokyo": "Tokio",
        "lisbon": "Lissabon",
        "athens": "Athene",
        "prague": "Praag",
        "warsaw": "Warschau",
        "budapest": "Boedapest",
        "copenhagen": "Kopenhagen",
        "brussels": "Brussel",
        "geneva": "Genève",
        "milan": "Milaan",
        "istanbul": "Istanboel",
    },
    lexicon={
        "ADJ": "rijker armer eerder later kouder warmer",
        "ADP": "in aan van door bij op naar vanuit",
        "AUX": "was werd",
        "CCONJ": "en maar",
        "DET": "een meer minder",
        "NOUN": "brief huis les bezoek inwoners",
        "PRON": "het die hij ze",
        "SCONJ": "dan",
        "VERB": (
            "schreef kreeg won verslagen verkocht kocht gaf ging bezocht kwam reisde geboren stierf "
            "woonde werkte had"
        ),
    },
    frames={
        "letter": """
            In {year} schreef {a} een brief aan {b} .
            {a} schreef in {year} een brief aan {b} .
            In {year} kreeg {b} een brief van {a} .
            {b} kreeg in {year} een brief van {a} .
        """,
        "defeat": """
            In {year} won {a} van {b} .
            {a} won in {year} van {b} .
            In {year} werd {b} door {a} verslagen .
            {b} werd in {year} door {a} verslagen .
        """,
        "sale": """
            In {year} verkocht {a} een huis aan {b} .
            {a} verkocht in {year} een huis aan {b} .
            In {year} kocht {b} een huis van {a} .
            {b} kocht in {year} een huis van {a} .
        """,
        "teaching": """
            In {year} gaf {a} les aan {b} .
            {a} gaf in {year} les aan {b} .
            In {year} kreeg {b} les van {a} .
            {b} kreeg in {year} les van {a} .
        """,
        "visit": """
            In {year} ging {a} bij {b} op bezoek .
            {a} ging in {year} bij {b} op bezoek .
            In {year} werd {b} door {a} bezocht .
            {b} werd in {year} door {a} bezocht .
        """,
        "wealth": """
            In {year} was {a} rijker dan {b} .
            {a} was in {year} rijker dan {b} .
            In {year} was {b} armer dan {a} .
            {b} was in {year} armer dan {a} .
        """,
        "arrival": """
            In {year} kwam {a} eerder aan dan {b} .
            {a} kwam in {year} eerder aan dan {b} .
            In {year} kwam {b} later aan dan {a} .
            {b} kwam in {year} later aan dan {a} .
        """,
        "journey": """
            In {year} reisde {c} van {a} naar {b} .
            {c} reisde in {year} van {a} naar {b} .
            In {year} reisde {c} naar {b} vanuit {a} .
            {c} reisde in {year} naar {b} vanuit {a} .
        """,
        "life": """
            {c} werd geboren in {a} maar stierf in {year} in {b} .
            {c} , die in {a} werd geboren , stierf in {year} in {b} .
            {c} stierf in {year} in {b} maar werd geboren in {a} .
            {c} , die in {year} in {b} stierf , werd geboren in {a} .
        """,
        "work": """
            In {year} woonde {c} in {a} en werkte {c?hij/ze} in {b} .
            {c} woonde in {year} in {a} en werkte in {b} .
            In {year} werkte {c} in {b} en woonde {c?hij/ze} in {a} .
            {c} werkte in {year} in {b} en woonde in {a} .
        """,
        "size": """
            In {year} had {a} meer inwoners dan {b} .
            {a} had in {year} meer inwoners dan {b} .
            In {year} had {b} minder inwoners dan {a} .
            {b} had in {year} minder inwoners dan {a} .
        """,
        "climate": """
            In {year} was het in {a} kouder dan in {b} .
            In {a} was het in {year} kouder dan in {b} .
            In {year} was het in {b} warmer dan in {a} .
            In {b} was het in {year} warmer dan in {a} .
        """,
    },
)
