"""English: subject-verb-object, no case on names, passive with "by"."""

from isogloss.world.grammar import Grammar

NAME = "en"

GRAMMAR = Grammar(
    language="en",
    title="English",
    lexicon={
        "ADJ": "richer poorer more fewer colder warmer",
        "ADP": "in to from by than before after",
        "AUX": "was",
        "CCONJ": "but and",
        "DET": "a",
        "NOUN": "letter house inhabitants",
        "PRON": "who",
        "VERB": (
            "wrote received defeated sold bought taught visited arrived travelled born died lived worked had"
        ),
    },
    frames={
        "letter": """
            In {year} {a} wrote a letter to {b} .
            {a} wrote a letter to {b} in {year} .
            In {year} {b} received a letter from {a} .
            {b} received a letter from {a} in {year} .
        """,
        "defeat": """
            In {year} {a} defeated {b} .
            {a} defeated {b} in {year} .
            In {year} {b} was defeated by {a} .
            {b} was defeated by {a} in {year} .
        """,
        "sale": """
            In {year} {a} sold a house to {b} .
            {a} sold a house to {b} in {year} .
            In {year} {b} bought a house from {a} .
            {b} bought a house from {a} in {year} .
        """,
        "teaching": """
            In {year} {a} taught {b} .
            {a} taught {b} in {year} .
            In {year} {b} was taught by {a} .
            {b} was taught by {a} in {year} .
        """,
        "visit": """
            In {year} {a} visited {b} .
            {a} visited {b} in {year} .
            In {year} {b} was visited by {a} .
            {b} was visited by {a} in {year} .
        """,
        "wealth": """
            In {year} {a} was richer than {b} .
            {a} was richer than {b} in {year} .
            In {year} {b} was poorer than {a} .
            {b} was poorer than {a} in {year} .
        """,
        "arrival": """
            In {year} {a} arrived before {b} .
            {a} arrived before {b} in {year} .
            In {year} {b} arrived after {a} .
            {b} arrived after {a} in {year} .
        """,
        "journey": """
            In {year} {c} travelled from {a} to {b} .
            {c} travelled from {a} to {b} in {year} .
            In {year} {c} travelled to {b} from {a} .
            {c} travelled to {b} from {a} in {year} .
        """,
        "life": """
            {c} was born in {a} but died in {b} in {year} .
            {c} , who was born in {a} , died in {b} in {year} .
            {c} died in {b} in {year} but was born in {a} .
            {c} , who died in {b} in {year} , was born in {a} .
        """,
        "work": """
            In {year} {c} lived in {a} and worked in {b} .
            {c} lived in {a} and worked in {b} in {year} .
            In {year} {c} worked in {b} and lived in {a} .
            {c} worked in {b} and lived in {a} in {year} .
        """,
        "size": """
            In {year} {a} had more inhabitants than {b} .
            {a} had more inhabitants than {b} in {year} .
            In {year} {b} had fewer inhabitants than {a} .
            {b} had fewer inhabitants than {a} in {year} .
        """,
        "climate": """
            In {year} {a} was colder than {b} .
            {a} was colder than {b} in {year} .
            In {year} {b} was warmer than {a} .
            {b} was warmer than {a} in {year} .
        """,
    },
)
