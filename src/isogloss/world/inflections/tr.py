"""Turkish: subject-object-verb; case endings follow the name after an apostrophe and obey vowel harmony.

A comma after the subject keeps it apart from the next name. A word is what stands between spaces.
"""

from isogloss.world.roster import Name

NAME = "tr"

_VOWELS = "aıoueiöüâ"
_VOICELESS = "fstkçşhpx"  # x is said "ks"
_HIGH = {"a": "ı", "ı": "ı", "o": "u", "u": "u", "e": "i", "i": "i", "ö": "ü", "ü": "ü"}
# Names whose last vowel sounds otherwise than it is written.
_SAID = dict.fromkeys(("paul", "seoul", "stockholm"), "ü")


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
