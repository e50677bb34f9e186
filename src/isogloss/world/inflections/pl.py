"""Polish: names decline, surnames too; past tense verbs agree in gender; word order is free.

Declension of persons follows the ending. Surnames in a consonant and in -i decline for men only, those in -a
for women as well. Genitives of places do not follow from the nominative: the grammar lists those of places.
"""

from isogloss.world.roster import Name

NAME = "pl"

_SOFTENED = {"n": "nie", "r": "rze", "t": "cie", "s": "sie", "v": "vie", "g": "dze", "i": "ii"}
_ADJECTIVAL = {"gen": "ego", "dat": "emu", "acc": "ego", "ins": "m"}
_MASCULINE = {"gen": "a", "dat": "owi", "acc": "a", "ins": "em"}
_STEMS = {"Hugo": "Hugon", "Leo": "Le", "Max": "Maks", "Felix": "Feliks"}


def inflect(name: Name, case: str) -> str:
    """Decline every word of a person's name (gen, dat, acc, ins); places stay as they are."""
    if name.kind == "place":
        return name.text  # those that decline are listed in the grammar
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
