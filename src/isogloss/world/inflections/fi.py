"""Finnish: case endings with vowel harmony instead of prepositions; no articles, no gender.

Names that end in a consonant take -i- before the ending; of two words only the last declines.
"""

from isogloss.world.roster import Name

NAME = "fi"

_VOWELS = "aeiouyäö"


def inflect(name: Name, case: str) -> str:
    """Add a case ending: gen, lle (to), lta (from a person), ssa (in), sta (from a place) or ill (into)."""
    text = name.text
    word = text.lower().split()[-1]
    stem = text if word[-1] in _VOWELS else f"{text}i"
    if case == "gen":
        return f"{stem}n"
    if case == "ill":
        long_vowel = stem[-1] == stem[-2]
        return f"{stem}seen" if long_vowel else f"{stem}{stem[-1]}n"
    back = any(letter in "aou" for letter in word)
    return stem + (case if back else case.replace("a", "ä"))
