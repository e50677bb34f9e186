"""Korean: subject-object-verb; particles are written together with the noun and depend on its last sound.

A word is what stands between spaces, as in UD Korean GSD and WikiAnn: a name with its particle is one word.
"""

from isogloss.world.roster import Name

NAME = "ko"

_AFTER_CONSONANT = {"는": "은", "를": "을"}
_FIRST_SYLLABLE, _N_FINALS, _FINAL_L = 0xAC00, 28, 8


def inflect(name: Name, particle: str) -> str:
    """Attach a particle, given in its shape after a vowel, to the last syllable of a name."""
    final = (ord(name.text[-1]) - _FIRST_SYLLABLE) % _N_FINALS
    if particle == "로":
        return name.text + ("로" if final in (0, _FINAL_L) else "으로")
    return name.text + (_AFTER_CONSONANT.get(particle, particle) if final else particle)
