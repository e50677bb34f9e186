"""Hungarian: case suffixes with vowel harmony, also on the year; no gender; focus stands before the verb.

A final -a, -e or -o is long before a suffix (Anna, Annának; Oslo, Oslóban); of two words only the last takes
it. One is on Budapest (Budapesten), but in foreign cities. A word is what stands between spaces.
"""

from isogloss.world.roster import Name

NAME = "hu"

_FRONT_SHAPE = {"nak": "nek", "nál": "nél", "tól": "től", "ban": "ben", "ból": "ből", "ba": "be"}
_LONG = {"a": "á", "e": "é", "o": "ó"}
_BUDAPEST = {"ban": "en", "ból": "ről", "ba": "re"}


def inflect(name: Name, suffix: str) -> str:
    """Add a suffix given in its back shape: nak (to), nál (than), tól (from), ban (in), ból, ba, or acc."""
    stem = name.text[:-1] + _LONG.get(name.text[-1], name.text[-1])
    back = _is_back(name.text.split()[-1])
    if suffix == "acc":
        linking = "" if stem[-1] in "áéóilnr" else "o" if back else "e"
        return f"{stem}{linking}t"
    if name.id == "budapest" and suffix in _BUDAPEST:
        return stem + _BUDAPEST[suffix]
    return stem + (suffix if back else _FRONT_SHAPE[suffix])


def _is_back(word: str) -> bool:
    """Tell the harmony by the last vowel that is not neutral; i, í and é are."""
    last = next((letter for letter in reversed(word.lower()) if letter in "aáoóuúeöőüű"), "e")
    return last in "aáoóuú"
