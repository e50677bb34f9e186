"""Polish: names decline, surnames too; past tense verbs agree in gender; word order is free.

Declension of persons follows the ending. Surnames in a consonant and in -i decline for men only, those in -a
for women as well. Genitives of places do not follow from the nominative, so the forms of places are listed.
"""

from isogloss.world.grammar import Grammar, Name

NAME = "pl"

_SOFTENED = {"n": "nie", "r": "rze", "t": "cie", "s": "sie", "v": "vie", "g": "dze", "i": "ii"}
_ADJECTIVAL = {"gen": "ego", "dat": "emu", "acc": "ego", "ins": "m"}
_MASCULINE = {"gen": "a", "dat": "owi", "acc": "a", "ins": "em"}
_STEMS = {"Hugo": "Hugon", "Leo": "Le", "Max": "Maks", "Felix": "Feliks"}
_PLACES = {  # genitive (out of, to) and locative (in); names not listed do not decline
    "berlin": ("Berlina", "Berlinie"),
    "paris": ("Paryża", "Paryżu"),
    "london": ("Londynu", "Londynie"),
    "rome": ("Rzymu", "Rzymie"),
    "madrid": ("Madrytu", "Madrycie"),
    "vienna": ("Wiednia", "Wiedniu"),
    "moscow": ("Moskwy", "Moskwie"),
    "beijing": ("Pekinu", "Pekinie"),
    "seoul": ("Seulu", "Seulu"),
    "lisbon": ("Lizbony", "Lizbonie"),
    "athens": ("Aten", "Atenach"),
    "prague": ("Pragi", "Pradze"),
    "warsaw": ("Warszawy", "Warszawie"),
    "budapest": ("Budapesztu", "Budapeszcie"),
    "stockholm": ("Sztokholmu", "Sztokholmie"),
    "copenhagen": ("Kopenhagi", "Kopenhadze"),
    "amsterdam": ("Amsterdamu", "Amsterdamie"),
    "brussels": ("Brukseli", "Brukseli"),
    "dublin": ("Dublina", "Dublinie"),
    "geneva": ("Genewy", "Genewie"),
    "milan": ("Mediolanu", "Mediolanie"),
    "istanbul": ("Stambułu", "Stambule"),
    "bangkok": ("Bangkoku", "Bangkoku"),
    "boston": ("Bostonu", "Bostonie"),
    "new_york": ("Nowego Jorku", "Nowym Jorku"),
}


def inflect(name: Name, case: str) -> str:
    """Decline every word of a person's name (gen, dat, acc, ins), or a place (gen, loc)."""
    if name.kind == "place":
        genitive, locative = _PLACES.get(name.id, (name.text, name.text))
        return {"gen": genitive, "loc": locative}[case]
    return " ".join(_decline(word, case, name, i) for i, word in enumerate(name.text.split()))


def _decline(word: str, case: str, name: Name, position: int) -> str:
    if word.endswith("a"):
        stem = word[:-1]
        if case == "dat":
            return stem[:-1] + _SOFTENED[stem[-1]]
        genitive = "i" if stem[-1] in "gki" else "y"
        return stem + {"gen": genitive, "acc": "ę", "ins": "ą"}[case]
    if position > 0 and name.gender == "f":
        return word
    if word.endswith("i"):
        return word + _ADJECTIVAL[case]
    stem = _STEMS.get(word, word)
    linking = "i" if case == "ins" and stem[-1] in "gk" else ""
    return stem + linking + _MASCULINE[case]


GRAMMAR = Grammar(
    language="pl",
    title="Polish",
    inflect=inflect,
    places={
        "paris": "Paryż",
        "london": "Londyn",
        "rome": "Rzym",
        "madrid": "Madryt",
        "vienna": "Wiedeń",
        "moscow": "Moskwa",
        "tokyo": "Tokio",
        "beijing": "Pekin",
        "seoul": "Seul",
        "lisbon": "Lizbona",
        "athens": "Ateny",
        "prague": "Praga",
        "warsaw": "Warszawa",
        "budapest": "Budapeszt",
        "stockholm": "Sztokholm",
        "copenhagen": "Kopenhaga",
        "brussels": "Bruksela",
        "geneva": "Genewa",
        "milan": "Mediolan",
        "istanbul": "Stambuł",
        "new_york": "Nowy Jork",
    },
    sandhi={"z": ("ze", "[SZ][^aeiouyó]")},
    lexicon={
        "ADJ": "bogatszy biedniejszy urodzony zmarły",
        "ADP": "w do od z u przed",
        "ADV": "później zimniej cieplej",
        "AUX": "był było",
        "CCONJ": "a i",
        "DET": "więcej mniej",
        "NOUN": "roku list dom ludzi",
        "PRON": "się siebie",
        "SCONJ": "niż",
        "VERB": (
            "napisał dostał pokonał przegrał sprzedał kupił uczył odwiedził gościł przyjechał pojechał "
            "urodził zmarł mieszkał mieszkało pracował"
        ),
    },
    frames={
        "letter": """
            W {year}|ADJ roku {a} {a?napisał/napisała} list do {b:gen} .
            {a} {a?napisał/napisała} list do {b:gen} w {year}|ADJ roku .
            W {year}|ADJ roku {b} {b?dostał/dostała} list od {a:gen} .
            {b} {b?dostał/dostała} list od {a:gen} w {year}|ADJ roku .
        """,
        "defeat": """
            W {year}|ADJ roku {a} {a?pokonał/pokonała} {b:acc} .
            {a} {a?pokonał/pokonała} {b:acc} w {year}|ADJ roku .
            W {year}|ADJ roku {b} {b?przegrał/przegrała} z {a:ins} .
            {b} {b?przegrał/przegrała} z {a:ins} w {year}|ADJ roku .
        """,
        "sale": """
            W {year}|ADJ roku {a} {a?sprzedał/sprzedała} dom {b:dat} .
            {a} {a?sprzedał/sprzedała} dom {b:dat} w {year}|ADJ roku .
            W {year}|ADJ roku {b} {b?kupił/kupiła} dom od {a:gen} .
            {b} {b?kupił/kupiła} dom od {a:gen} w {year}|ADJ roku .
        """,
        "teaching": """
            W {year}|ADJ roku {a} {a?uczył/uczyła} {b:acc} .
            {a} {a?uczył/uczyła} {b:acc} w {year}|ADJ roku .
            W {year}|ADJ roku {b} {b?uczył/uczyła} się u {a:gen} .
            {b} {b?uczył/uczyła} się u {a:gen} w {year}|ADJ roku .
        """,
        "visit": """
            W {year}|ADJ roku {a} {a?odwiedził/odwiedziła} {b:acc} .
            {a} {a?odwiedził/odwiedziła} {b:acc} w {year}|ADJ roku .
            W {year}|ADJ roku {b} {b?gościł/gościła} u siebie {a:acc} .
            {b} {b?gościł/gościła} u siebie {a:acc} w {year}|ADJ roku .
        """,
        "wealth": """
            W {year}|ADJ roku {a} {a?był/była} {a?bogatszy/bogatsza} od {b:gen} .
            {a} {a?był/była} {a?bogatszy/bogatsza} od {b:gen} w {year}|ADJ roku .
            W {year}|ADJ roku {b} {b?był/była} {b?biedniejszy/biedniejsza} od {a:gen} .
            {b} {b?był/była} {b?biedniejszy/biedniejsza} od {a:gen} w {year}|ADJ roku .
        """,
        "arrival": """
            W {year}|ADJ roku {a} {a?przyjechał/przyjechała} przed {b:ins} .
            {a} {a?przyjechał/przyjechała} przed {b:ins} w {year}|ADJ roku .
            W {year}|ADJ roku {b} {b?przyjechał/przyjechała} później niż {a} .
            {b} {b?przyjechał/przyjechała} w {year}|ADJ roku później niż {a} .
        """,
        "journey": """
            W {year}|ADJ roku {c} {c?pojechał/pojechała} z {a:gen} do {b:gen} .
            {c} {c?pojechał/pojechała} z {a:gen} do {b:gen} w {year}|ADJ roku .
            W {year}|ADJ roku {c} {c?pojechał/pojechała} do {b:gen} z {a:gen} .
            {c} {c?pojechał/pojechała} do {b:gen} z {a:gen} w {year}|ADJ roku .
        """,
        "life": """
            {c} {c?urodził/urodziła} się w {a:loc} , a {c?zmarł/zmarła} w {b:loc} w {year}|ADJ roku .
            {c?urodzony/urodzona} w {a:loc} {c} {c?zmarł/zmarła} w {b:loc} w {year}|ADJ roku .
            {c} {c?zmarł/zmarła} w {b:loc} w {year}|ADJ roku , a {c?urodził/urodziła} się w {a:loc} .
            {c?zmarły/zmarła} w {b:loc} w {year}|ADJ roku {c} {c?urodził/urodziła} się w {a:loc} .
        """,
        "work": """
            W {year}|ADJ roku {c} {c?mieszkał/mieszkała} w {a:loc} i {c?pracował/pracowała} w {b:loc} .
            {c} {c?mieszkał/mieszkała} w {a:loc} i {c?pracował/pracowała} w {b:loc} w {year}|ADJ roku .
            W {year}|ADJ roku {c} {c?pracował/pracowała} w {b:loc} i {c?mieszkał/mieszkała} w {a:loc} .
            {c} {c?pracował/pracowała} w {b:loc} i {c?mieszkał/mieszkała} w {a:loc} w {year}|ADJ roku .
        """,
        "size": """
            W {year}|ADJ roku w {a:loc} mieszkało więcej ludzi niż w {b:loc} .
            W {a:loc} w {year}|ADJ roku mieszkało więcej ludzi niż w {b:loc} .
            W {year}|ADJ roku w {b:loc} mieszkało mniej ludzi niż w {a:loc} .
            W {b:loc} w {year}|ADJ roku mieszkało mniej ludzi niż w {a:loc} .
        """,
        "climate": """
            W {year}|ADJ roku w {a:loc} było zimniej niż w {b:loc} .
            W {a:loc} w {year}|ADJ roku było zimniej niż w {b:loc} .
            W {year}|ADJ roku w {b:loc} było cieplej niż w {a:loc} .
            W {b:loc} w {year}|ADJ roku było cieplej niż w {a:loc} .
        """,
    },
)
