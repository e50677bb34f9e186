"""Korean: subject-object-verb; particles are written together with the noun and depend on its last sound.

A word is what stands between spaces, as in UD Korean GSD and WikiAnn: a name with its particle is one word.
"""

from isogloss.world.grammar import Grammar, Name

NAME = "ko"

_AFTER_CONSONANT = {"는": "은", "를": "을"}
_FIRST_SYLLABLE, _N_FINALS, _FINAL_L = 0xAC00, 28, 8


def inflect(name: Name, particle: str) -> str:
    """Attach a particle, given in its shape after a vowel, to the last syllable of a name."""
    final = (ord(name.text[-1]) - _FIRST_SYLLABLE) % _N_FINALS
    if particle == "로":
        return name.text + ("로" if final in (0, _FINAL_L) else "으로")
    return name.text + (_AFTER_CONSONANT.get(particle, particle) if final else particle)


GRAMMAR = Grammar(
    language="ko",
    title="Korean",
    inflect=inflect,
    persons={
        "anna": "안나",
        "maria": "마리아",
        "clara": "클라라 로시",
        "elena": "엘레나",
        "laura": "라우라",
        "julia": "율리아",
        "nina": "니나 노바크",
        "sofia": "소피아",
        "eva": "에바",
        "irina": "이리나",
        "lisa": "리사",
        "marta": "마르타 베버",
        "olga": "올가 실바",
        "sandra": "산드라",
        "vera": "베라",
        "diana": "다이애나",
        "david": "데이비드",
        "peter": "피터",
        "martin": "마틴",
        "daniel": "다니엘",
        "robert": "로버트",
        "thomas": "토마스 베버",
        "paul": "폴",
        "victor": "빅토르 로시",
        "max": "막스",
        "leo": "레오",
        "simon": "사이먼",
        "felix": "펠릭스",
        "oscar": "오스카",
        "adam": "아담",
        "emil": "에밀 노바크",
        "hugo": "우고 실바",
    },
    places={
        "berlin": "베를린",
        "paris": "파리",
        "london": "런던",
        "rome": "로마",
        "madrid": "마드리드",
        "vienna": "빈",
        "moscow": "모스크바",
        "tokyo": "도쿄",
        "beijing": "베이징",
        "seoul": "서울",
        "lisbon": "리스본",
        "athens": "아테네",
        "prague": "프라하",
        "warsaw": "바르샤바",
        "budapest": "부다페스트",
        "stockholm": "스톡홀름",
        "oslo": "오슬로",
        "copenhagen": "코펜하겐",
        "amsterdam": "암스테르담",
        "brussels": "브뤼셀",
        "dublin": "더블린",
        "geneva": "제네바",
        "milan": "밀라노",
        "istanbul": "이스탄불",
        "bangkok": "방콕",
        "boston": "보스턴",
        "chicago": "시카고",
        "toronto": "토론토",
        "new_york": "뉴욕",
        "buenos_aires": "부에노스아이레스",
    },
    lexicon={
        "ADJ": "부유했다 가난했다 많았다 적었다 추웠다 따뜻했다",
        "ADV": "먼저 늦게",
        "NOUN": "{year}년에 편지를 집을 방문을 인구가",
        "VERB": (
            "썼다 받았다 이겼다 졌다 팔았다 샀다 가르쳤다 배웠다 방문했다 도착했다 여행했다 "
            "여행했는데 출발했다 태어나 태어난 태어났다 사망했다 사망했지만 사망한 살고 살았다 일하고 일했다"
        ),
    },
    frames={
        "letter": """
            {year}년에 {a:는} {b:에게} 편지를 썼다 .
            {a:는} {year}년에 {b:에게} 편지를 썼다 .
            {year}년에 {b:는} {a:에게서} 편지를 받았다 .
            {b:는} {year}년에 {a:에게서} 편지를 받았다 .
        """,
        "defeat": """
            {year}년에 {a:는} {b:를} 이겼다 .
            {a:는} {year}년에 {b:를} 이겼다 .
            {year}년에 {b:는} {a:에게} 졌다 .
            {b:는} {year}년에 {a:에게} 졌다 .
        """,
        "sale": """
            {year}년에 {a:는} {b:에게} 집을 팔았다 .
            {a:는} {year}년에 {b:에게} 집을 팔았다 .
            {year}년에 {b:는} {a:에게서} 집을 샀다 .
            {b:는} {year}년에 {a:에게서} 집을 샀다 .
        """,
        "teaching": """
            {year}년에 {a:는} {b:를} 가르쳤다 .
            {a:는} {year}년에 {b:를} 가르쳤다 .
            {year}년에 {b:는} {a:에게서} 배웠다 .
            {b:는} {year}년에 {a:에게서} 배웠다 .
        """,
        "visit": """
            {year}년에 {a:는} {b:를} 방문했다 .
            {a:는} {year}년에 {b:를} 방문했다 .
            {year}년에 {b:는} {a:의} 방문을 받았다 .
            {b:는} {year}년에 {a:의} 방문을 받았다 .
        """,
        "wealth": """
            {year}년에 {a:는} {b:보다} 부유했다 .
            {a:는} {year}년에 {b:보다} 부유했다 .
            {year}년에 {b:는} {a:보다} 가난했다 .
            {b:는} {year}년에 {a:보다} 가난했다 .
        """,
        "arrival": """
            {year}년에 {a:는} {b:보다} 먼저 도착했다 .
            {a:는} {year}년에 {b:보다} 먼저 도착했다 .
            {year}년에 {b:는} {a:보다} 늦게 도착했다 .
            {b:는} {year}년에 {a:보다} 늦게 도착했다 .
        """,
        "journey": """
            {year}년에 {c:는} {a:에서} {b:로} 여행했다 .
            {c:는} {year}년에 {a:에서} {b:로} 여행했다 .
            {year}년에 {c:는} {b:로} 여행했는데 {a:에서} 출발했다 .
            {c:는} {year}년에 {b:로} 여행했는데 {a:에서} 출발했다 .
        """,
        "life": """
            {c:는} {a:에서} 태어나 {year}년에 {b:에서} 사망했다 .
            {a:에서} 태어난 {c:는} {year}년에 {b:에서} 사망했다 .
            {c:는} {year}년에 {b:에서} 사망했지만 {a:에서} 태어났다 .
            {year}년에 {b:에서} 사망한 {c:는} {a:에서} 태어났다 .
        """,
        "work": """
            {year}년에 {c:는} {a:에서} 살고 {b:에서} 일했다 .
            {c:는} {year}년에 {a:에서} 살고 {b:에서} 일했다 .
            {year}년에 {c:는} {b:에서} 일하고 {a:에서} 살았다 .
            {c:는} {year}년에 {b:에서} 일하고 {a:에서} 살았다 .
        """,
        "size": """
            {year}년에 {a:는} {b:보다} 인구가 많았다 .
            {a:는} {year}년에 {b:보다} 인구가 많았다 .
            {year}년에 {b:는} {a:보다} 인구가 적었다 .
            {b:는} {year}년에 {a:보다} 인구가 적었다 .
        """,
        "climate": """
            {year}년에 {a:는} {b:보다} 추웠다 .
            {a:는} {year}년에 {b:보다} 추웠다 .
            {year}년에 {b:는} {a:보다} 따뜻했다 .
            {b:는} {year}년에 {a:보다} 따뜻했다 .
        """,
    },
)
