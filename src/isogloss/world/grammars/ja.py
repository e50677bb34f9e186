"""Japanese: subject-object-verb, particles after the noun, free order before the verb.

Words as in UD Japanese: particles, endings and auxiliaries are words of their own.
"""

from isogloss.world.grammar import Grammar

NAME = "ja"

GRAMMAR = Grammar(
    language="ja",
    title="Japanese",
    spaces=False,
    persons={
        "anna": "アンナ",
        "maria": "マリア",
        "clara": "クララ ・ ロッシ",
        "elena": "エレナ",
        "laura": "ラウラ",
        "julia": "ユリア",
        "nina": "ニーナ ・ ノヴァク",
        "sofia": "ソフィア",
        "eva": "エヴァ",
        "irina": "イリーナ",
        "lisa": "リサ",
        "marta": "マルタ ・ ウェーバー",
        "olga": "オルガ ・ シルヴァ",
        "sandra": "サンドラ",
        "vera": "ヴェラ",
        "diana": "ダイアナ",
        "david": "デイヴィッド",
        "peter": "ピーター",
        "martin": "マーティン",
        "daniel": "ダニエル",
        "robert": "ロバート",
        "thomas": "トーマス ・ ウェーバー",
        "paul": "ポール",
        "victor": "ヴィクトル ・ ロッシ",
        "max": "マックス",
        "leo": "レオ",
        "simon": "サイモン",
        "felix": "フェリックス",
        "oscar": "オスカー",
        "adam": "アダム",
        "emil": "エミール ・ ノヴァク",
        "hugo": "ウーゴ ・ シルヴァ",
    },
    places={
        "berlin": "ベルリン",
        "paris": "パリ",
        "london": "ロンドン",
        "rome": "ローマ",
        "madrid": "マドリード",
        "vienna": "ウィーン",
        "moscow": "モスクワ",
        "tokyo": "東京",
        "beijing": "北京",
        "seoul": "ソウル",
        "lisbon": "リスボン",
        "athens": "アテネ",
        "prague": "プラハ",
        "warsaw": "ワルシャワ",
        "budapest": "ブダペスト",
        "stockholm": "ストックホルム",
        "oslo": "オスロ",
        "copenhagen": "コペンハーゲン",
        "amsterdam": "アムステルダム",
        "brussels": "ブリュッセル",
        "dublin": "ダブリン",
        "geneva": "ジュネーヴ",
        "milan": "ミラノ",
        "istanbul": "イスタンブール",
        "bangkok": "バンコク",
        "boston": "ボストン",
        "chicago": "シカゴ",
        "toronto": "トロント",
        "new_york": "ニューヨーク",
        "buenos_aires": "ブエノスアイレス",
    },
    lexicon={
        "ADJ": "裕福 貧しかっ 多かっ 少なかっ 寒かっ 暖かかっ",
        "ADP": "に は を から より の へ で が",
        "AUX": "た だっ い",
        "NOUN": "年 手紙 家 勉強 訪問 先 後 人口",
        "SCONJ": "て",
        "VERB": (
            "書い 受け取っ 勝っ 負け 売っ 買っ 教え 教わっ 訪ね 受け 着い 行っ "
            "生まれ 亡くなっ 住み 住ん 働き 働い"
        ),
    },
    frames={
        "letter": """
            {year} 年 に {a} は {b} に 手紙 を 書い た 。
            {a} は {year} 年 に {b} に 手紙 を 書い た 。
            {year} 年 に {b} は {a} から 手紙 を 受け取っ た 。
            {b} は {year} 年 に {a} から 手紙 を 受け取っ た 。
        """,
        "defeat": """
            {year} 年 に {a} は {b} に 勝っ た 。
            {a} は {year} 年 に {b} に 勝っ た 。
            {year} 年 に {b} は {a} に 負け た 。
            {b} は {year} 年 に {a} に 負け た 。
        """,
        "sale": """
            {year} 年 に {a} は {b} に 家 を 売っ た 。
            {a} は {year} 年 に {b} に 家 を 売っ た 。
            {year} 年 に {b} は {a} から 家 を 買っ た 。
            {b} は {year} 年 に {a} から 家 を 買っ た 。
        """,
        "teaching": """
            {year} 年 に {a} は {b} に 勉強 を 教え た 。
            {a} は {year} 年 に {b} に 勉強 を 教え た 。
            {year} 年 に {b} は {a} から 勉強 を 教わっ た 。
            {b} は {year} 年 に {a} から 勉強 を 教わっ た 。
        """,
        "visit": """
            {year} 年 に {a} は {b} を 訪ね た 。
            {a} は {year} 年 に {b} を 訪ね た 。
            {year} 年 に {b} は {a} の 訪問 を 受け た 。
            {b} は {year} 年 に {a} の 訪問 を 受け た 。
        """,
        "wealth": """
            {year} 年 に は {a} は {b} より 裕福 だっ た 。
            {a} は {year} 年 に は {b} より 裕福 だっ た 。
            {year} 年 に は {b} は {a} より 貧しかっ た 。
            {b} は {year} 年 に は {a} より 貧しかっ た 。
        """,
        "arrival": """
            {year} 年 に {a} は {b} より 先 に 着い た 。
            {a} は {year} 年 に {b} より 先 に 着い た 。
            {year} 年 に {b} は {a} より 後 に 着い た 。
            {b} は {year} 年 に {a} より 後 に 着い た 。
        """,
        "journey": """
            {year} 年 に {c} は {a} から {b} へ 行っ た 。
            {c} は {year} 年 に {a} から {b} へ 行っ た 。
            {year} 年 に {c} は {b} へ {a} から 行っ た 。
            {c} は {year} 年 に {b} へ {a} から 行っ た 。
        """,
        "life": """
            {c} は {a} で 生まれ 、 {year} 年 に {b} で 亡くなっ た 。
            {a} で 生まれ た {c} は {year} 年 に {b} で 亡くなっ た 。
            {c} は {year} 年 に {b} で 亡くなっ た が|SCONJ 、 {a} で 生まれ た 。
            {year} 年 に {b} で 亡くなっ た {c} は {a} で 生まれ た 。
        """,
        "work": """
            {year} 年 に {c} は {a} に 住み 、 {b} で 働い て い た 。
            {c} は {year} 年 に {a} に 住み 、 {b} で 働い て い た 。
            {year} 年 に {c} は {b} で 働き 、 {a} に 住ん で|SCONJ い た 。
            {c} は {year} 年 に {b} で 働き 、 {a} に 住ん で|SCONJ い た 。
        """,
        "size": """
            {year} 年 に は {a} は {b} より 人口 が 多かっ た 。
            {a} は {year} 年 に は {b} より 人口 が 多かっ た 。
            {year} 年 に は {b} は {a} より 人口 が 少なかっ た 。
            {b} は {year} 年 に は {a} より 人口 が 少なかっ た 。
        """,
        "climate": """
            {year} 年 に は {a} は {b} より 寒かっ た 。
            {a} は {year} 年 に は {b} より 寒かっ た 。
            {year} 年 に は {b} は {a} より 暖かかっ た 。
            {b} は {year} 年 に は {a} より 暖かかっ た 。
        """,
    },
)
