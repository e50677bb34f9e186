"""Russian: names decline for six cases, past tense verbs agree in gender, word order is free.

Declension follows the ending. Foreign surnames in a consonant decline for men only; names in -о, -и do not.
"""

from isogloss.world.grammar import Grammar, Name

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


GRAMMAR = Grammar(
    language="ru",
    title="Russian",
    inflect=inflect,
    persons={
        "anna": "Анна",
        "maria": "Мария",
        "clara": "Клара Росси",
        "elena": "Елена",
        "laura": "Лаура",
        "julia": "Юлия",
        "nina": "Нина Новак",
        "sofia": "София",
        "eva": "Ева",
        "irina": "Ирина",
        "lisa": "Лиза",
        "marta": "Марта Вебер",
        "olga": "Ольга Силва",
        "sandra": "Сандра",
        "vera": "Вера",
        "diana": "Диана",
        "david": "Давид",
        "peter": "Петер",
        "martin": "Мартин",
        "daniel": "Даниэль",
        "robert": "Роберт",
        "thomas": "Томас Вебер",
        "paul": "Пауль",
        "victor": "Виктор Росси",
        "max": "Макс",
        "leo": "Лео",
        "simon": "Симон",
        "felix": "Феликс",
        "oscar": "Оскар",
        "adam": "Адам",
        "emil": "Эмиль Новак",
        "hugo": "Хуго Силва",
    },
    places={
        "berlin": "Берлин",
        "paris": "Париж",
        "london": "Лондон",
        "rome": "Рим",
        "madrid": "Мадрид",
        "vienna": "Вена",
        "moscow": "Москва",
        "tokyo": "Токио",
        "beijing": "Пекин",
        "seoul": "Сеул",
        "lisbon": "Лиссабон",
        "athens": "Афины",
        "prague": "Прага",
        "warsaw": "Варшава",
        "budapest": "Будапешт",
        "stockholm": "Стокгольм",
        "oslo": "Осло",
        "copenhagen": "Копенгаген",
        "amsterdam": "Амстердам",
        "brussels": "Брюссель",
        "dublin": "Дублин",
        "geneva": "Женева",
        "milan": "Милан",
        "istanbul": "Стамбул",
        "bangkok": "Бангкок",
        "boston": "Бостон",
        "chicago": "Чикаго",
        "toronto": "Торонто",
        "new_york": "Нью-Йорк",
        "buenos_aires": "Буэнос-Айрес",
    },
    lexicon={
        "ADJ": "богаче беднее",
        "ADP": "в от у из",
        "ADV": "раньше позже больше меньше холоднее теплее",
        "AUX": "был была было",
        "CCONJ": "но и",
        "NOUN": "году письмо дом жителей",
        "PRON": "себя",
        "SCONJ": "чем",
        "VERB": (
            "написал получил победил проиграл продал купил учил учился навестил принимал приехал "
            "отправился родился родившийся умер умерший жил работал"
        ),
    },
    frames={
        "letter": """
            В {year} году {a} {a?написал/написала} письмо {b:dat} .
            {a} {a?написал/написала} письмо {b:dat} в {year} году .
            В {year} году {b} {b?получил/получила} письмо от {a:gen} .
            {b} {b?получил/получила} письмо от {a:gen} в {year} году .
        """,
        "defeat": """
            В {year} году {a} {a?победил/победила} {b:acc} .
            {a} {a?победил/победила} {b:acc} в {year} году .
            В {year} году {b} {b?проиграл/проиграла} {a:dat} .
            {b} {b?проиграл/проиграла} {a:dat} в {year} году .
        """,
        "sale": """
            В {year} году {a} {a?продал/продала} дом {b:dat} .
            {a} {a?продал/продала} дом {b:dat} в {year} году .
            В {year} году {b} {b?купил/купила} дом у {a:gen} .
            {b} {b?купил/купила} дом у {a:gen} в {year} году .
        """,
        "teaching": """
            В {year} году {a} {a?учил/учила} {b:acc} .
            {a} {a?учил/учила} {b:acc} в {year} году .
            В {year} году {b} {b?учился/училась} у {a:gen} .
            {b} {b?учился/училась} у {a:gen} в {year} году .
        """,
        "visit": """
            В {year} году {a} {a?навестил/навестила} {b:acc} .
            {a} {a?навестил/навестила} {b:acc} в {year} году .
            В {year} году {b} {b?принимал/принимала} у себя {a:acc} .
            {b} {b?принимал/принимала} у себя {a:acc} в {year} году .
        """,
        "wealth": """
            В {year} году {a} {a?был/была} богаче {b:gen} .
            {a} {a?был/была} богаче {b:gen} в {year} году .
            В {year} году {b} {b?был/была} беднее {a:gen} .
            {b} {b?был/была} беднее {a:gen} в {year} году .
        """,
        "arrival": """
            В {year} году {a} {a?приехал/приехала} раньше {b:gen} .
            {a} {a?приехал/приехала} раньше {b:gen} в {year} году .
            В {year} году {b} {b?приехал/приехала} позже {a:gen} .
            {b} {b?приехал/приехала} позже {a:gen} в {year} году .
        """,
        "journey": """
            В {year} году {c} {c?отправился/отправилась} из {a:gen} в {b:acc} .
            {c} {c?отправился/отправилась} из {a:gen} в {b:acc} в {year} году .
            В {year} году {c} {c?отправился/отправилась} в {b:acc} из {a:gen} .
            {c} {c?отправился/отправилась} в {b:acc} из {a:gen} в {year} году .
        """,
        "life": """
            {c} {c?родился/родилась} в {a:loc} , но {c?умер/умерла} в {b:loc} в {year} году .
            {c} , {c?родившийся/родившаяся} в {a:loc} , {c?умер/умерла} в {b:loc} в {year} году .
            {c} {c?умер/умерла} в {b:loc} в {year} году , но {c?родился/родилась} в {a:loc} .
            {c} , {c?умерший/умершая} в {b:loc} в {year} году , {c?родился/родилась} в {a:loc} .
        """,
        "work": """
            В {year} году {c} {c?жил/жила} в {a:loc} и {c?работал/работала} в {b:loc} .
            {c} {c?жил/жила} в {a:loc} и {c?работал/работала} в {b:loc} в {year} году .
            В {year} году {c} {c?работал/работала} в {b:loc} и {c?жил/жила} в {a:loc} .
            {c} {c?работал/работала} в {b:loc} и {c?жил/жила} в {a:loc} в {year} году .
        """,
        "size": """
            В {year} году в {a:loc} было больше жителей , чем в {b:loc} .
            В {a:loc} в {year} году было больше жителей , чем в {b:loc} .
            В {year} году в {b:loc} было меньше жителей , чем в {a:loc} .
            В {b:loc} в {year} году было меньше жителей , чем в {a:loc} .
        """,
        "climate": """
            В {year} году в {a:loc} было холоднее , чем в {b:loc} .
            В {a:loc} в {year} году было холоднее , чем в {b:loc} .
            В {year} году в {b:loc} было теплее , чем в {a:loc} .
            В {b:loc} в {year} году было теплее , чем в {a:loc} .
        """,
    },
)
