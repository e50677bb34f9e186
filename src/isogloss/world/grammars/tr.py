"""Turkish: subject-object-verb; case endings follow the name after an apostrophe and obey vowel harmony.

A comma after the subject keeps it apart from the next name. A word is what stands between spaces.
"""

from isogloss.world.grammar import Grammar, Name

NAME = "tr"

_VOWELS = "aıoueiöüâ"
_VOICELESS = "fstkçşhpx"  # x is said "ks"
_HIGH = {"a": "ı", "ı": "ı", "o": "u", "u": "u", "e": "i", "i": "i", "ö": "ü", "ü": "ü"}
_SAID = {
    "paul": "ü",
    "seoul": "ü",
    "stockholm": "ü",
}  # names whose last vowel sounds otherwise than it is written


def inflect(name: Name, case: str) -> str:
    """Add a case ending: dat, acc, gen, loc, abl, or rel (genitive, -ki, ablative: "than that of")."""
    text = name.text.lower().replace("i̇", "i")
    vowel = _SAID.get(name.id) or next(letter for letter in reversed(text) if letter in _VOWELS)
    high = _HIGH[vowel]
    low = "a" if high in "ıu" else "e"
    ends_in_vowel = text[-1] in _VOWELS
    stop = "t" if text[-1] in _VOICELESS else "d"
    genitive = f"n{high}n" if ends_in_vowel else f"{high}n"
    endings = {
        "dat": f"y{low}" if ends_in_vowel else low,
        "acc": f"y{high}" if ends_in_vowel else high,
        "gen": genitive,
        "loc": stop + low,
        "abl": f"{stop}{low}n",
        "rel": f"{genitive}kinden",
    }
    return f"{name.text}'{endings[case]}"


GRAMMAR = Grammar(
    language="tr",
    title="Turkish",
    inflect=inflect,
    places={
        "london": "Londra",
        "rome": "Roma",
        "vienna": "Viyana",
        "moscow": "Moskova",
        "beijing": "Pekin",
        "seoul": "Seul",
        "lisbon": "Lizbon",
        "athens": "Atina",
        "prague": "Prag",
        "warsaw": "Varşova",
        "budapest": "Budapeşte",
        "copenhagen": "Kopenhag",
        "brussels": "Brüksel",
        "geneva": "Cenevre",
        "milan": "Milano",
        "istanbul": "İstanbul",
    },
    lexicon={
        "ADJ": "zengindi fakirdi fazlaydı azdı soğuktu sıcaktı",
        "ADP": "önce sonra tarafından",
        "ADV": "daha",
        "CCONJ": "ve ama",
        "DET": "bir",
        "NOUN": "yılında mektup ev satın ders ziyaret nüfusu",
        "VERB": (
            "yazdı aldı yendi yenildi sattı verdi etti edildi geldi gitti doğdu doğan doğmuştu öldü ölen "
            "yaşıyor yaşıyordu çalışıyor çalışıyordu"
        ),
    },
    frames={
        "letter": """
            {year} yılında {a} , {b:dat} bir mektup yazdı .
            {a} {year} yılında {b:dat} bir mektup yazdı .
            {year} yılında {b} , {a:abl} bir mektup aldı .
            {b} {year} yılında {a:abl} bir mektup aldı .
        """,
        "defeat": """
            {year} yılında {a} , {b:acc} yendi .
            {a} {year} yılında {b:acc} yendi .
            {year} yılında {b} , {a:dat} yenildi .
            {b} {year} yılında {a:dat} yenildi .
        """,
        "sale": """
            {year} yılında {a} , {b:dat} bir ev sattı .
            {a} {year} yılında {b:dat} bir ev sattı .
            {year} yılında {b} , {a:abl} bir ev satın aldı .
            {b} {year} yılında {a:abl} bir ev satın aldı .
        """,
        "teaching": """
            {year} yılında {a} , {b:dat} ders verdi .
            {a} {year} yılında {b:dat} ders verdi .
            {year} yılında {b} , {a:abl} ders aldı .
            {b} {year} yılında {a:abl} ders aldı .
        """,
        "visit": """
            {year} yılında {a} , {b:acc} ziyaret etti .
            {a} {year} yılında {b:acc} ziyaret etti .
            {year} yılında {b} , {a} tarafından ziyaret edildi .
            {b} {year} yılında {a} tarafından ziyaret edildi .
        """,
        "wealth": """
            {year} yılında {a} , {b:abl} daha zengindi .
            {a} {year} yılında {b:abl} daha zengindi .
            {year} yılında {b} , {a:abl} daha fakirdi .
            {b} {year} yılında {a:abl} daha fakirdi .
        """,
        "arrival": """
            {year} yılında {a} , {b:abl} önce geldi .
            {a} {year} yılında {b:abl} önce geldi .
            {year} yılında {b} , {a:abl} sonra geldi .
            {b} {year} yılında {a:abl} sonra geldi .
        """,
        "journey": """
            {year} yılında {c} , {a:abl} {b:dat} gitti .
            {c} {year} yılında {a:abl} {b:dat} gitti .
            {year} yılında {c} , {b:dat} {a:abl} gitti .
            {c} {year} yılında {b:dat} {a:abl} gitti .
        """,
        "life": """
            {c} , {a:loc} doğdu ve {year} yılında {b:loc} öldü .
            {a:loc} doğan {c} , {year} yılında {b:loc} öldü .
            {c} {year} yılında {b:loc} öldü ama {a:loc} doğmuştu .
            {year} yılında {b:loc} ölen {c} , {a:loc} doğmuştu .
        """,
        "work": """
            {year} yılında {c} , {a:loc} yaşıyor ve {b:loc} çalışıyordu .
            {c} {year} yılında {a:loc} yaşıyor ve {b:loc} çalışıyordu .
            {year} yılında {c} , {b:loc} çalışıyor ve {a:loc} yaşıyordu .
            {c} {year} yılında {b:loc} çalışıyor ve {a:loc} yaşıyordu .
        """,
        "size": """
            {year} yılında {a:gen} nüfusu {b:rel} daha fazlaydı .
            {a:gen} nüfusu {year} yılında {b:rel} daha fazlaydı .
            {year} yılında {b:gen} nüfusu {a:rel} daha azdı .
            {b:gen} nüfusu {year} yılında {a:rel} daha azdı .
        """,
        "climate": """
            {year} yılında {a} , {b:abl} daha soğuktu .
            {a} {year} yılında {b:abl} daha soğuktu .
            {year} yılında {b} , {a:abl} daha sıcaktı .
            {b} {year} yılında {a:abl} daha sıcaktı .
        """,
    },
)
