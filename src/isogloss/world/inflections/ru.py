"""Russian: names decline for six cases, past tense verbs agree in gender, word order is free.

Declension follows the ending. Foreign surnames in a consonant decline for men only; names in -о, -и do not.
"""

from isogloss.world.roster import Name

NAME = "ru"

# endings after the stem, by declension
_ENDINGS = {
    "а": {"gen": "ы", "dat": "е", "acc": "у", "loc": "е"},  # Анна, Москва
    "ия": {"gen": "ии", "dat": "ии", "acc": "ию", "loc": "ии"},  # Мария
    "ь": {"gen": "я", "dat": "ю", "acc": "я", "loc": "е"},  # Эмиль, Брюссель
    "": {"gen": "а", "dat": "у", "acc": "а", "loc": "е"},  # Мартин, Берлин
    "ы": {"gen": "", "dat": "ам", "acc": "ы", "loc": "ах"},  # Афины
}


def inflect(name: Name, case: str) -> str:
    """Decline every word of a name."""
    return " ".join(_decline(word, case, name, i) for i, word in enumerate(name.text.split()))


def _decline(word: str, case: str, name: Name, position: int) -> str:
    declension = next((ending for ending in ("ия", "а", "ь", "ы") if word.endswith(ending)), "")
    consonant_stem = not declension
    if consonant_stem and (word[-1] in "аеёиоуыэюя" or (position > 0 and name.gender == "f")):
        return word
    if case == "acc" and name.kind == "place" and declension in ("", "ь"):
        return word
    stem = word[: len(word) - len(declension)]
    ending = _ENDINGS[declension][case]
    if ending == "ы" and declension == "а" and stem[-1] in "гкхжчшщ":
        ending = "и"
    return stem + ending
