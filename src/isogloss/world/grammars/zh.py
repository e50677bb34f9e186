"""Mandarin Chinese in simplified characters: no inflection; order and coverbs show the roles."""

from isogloss.world.grammar import Grammar

NAME = "zh"

GRAMMAR = Grammar(
    language="zh",
    title="Chinese",
    spaces=False,
    persons={
        "anna": "安娜",
        "maria": "玛丽亚",
        "clara": "克拉拉 · 罗西",
        "elena": "埃莱娜",
        "laura": "劳拉",
        "julia": "朱莉娅",
        "nina": "尼娜 · 诺瓦克",
        "sofia": "索菲娅",
        "eva": "伊娃",
        "irina": "伊琳娜",
        "lisa": "莉萨",
        "marta": "玛尔塔 · 韦伯",
        "olga": "奥尔加 · 席尔瓦",
        "sandra": "桑德拉",
        "vera": "薇拉",
        "diana": "黛安娜",
        "david": "大卫",
        "peter": "彼得",
        "martin": "马丁",
        "daniel": "丹尼尔",
        "robert": "罗伯特",
        "thomas": "托马斯 · 韦伯",
        "paul": "保罗",
        "victor": "维克托 · 罗西",
        "max": "马克斯",
        "leo": "利奥",
        "simon": "西蒙",
        "felix": "费利克斯",
        "oscar": "奥斯卡",
        "adam": "亚当",
        "emil": "埃米尔 · 诺瓦克",
        "hugo": "雨果 · 席尔瓦",
    },
    places={
        "berlin": "柏林",
        "paris": "巴黎",
        "london": "伦敦",
        "rome": "罗马",
        "madrid": "马德里",
        "vienna": "维也纳",
        "moscow": "莫斯科",
        "tokyo": "东京",
        "beijing": "北京",
        "seoul": "首尔",
        "lisbon": "里斯本",
        "athens": "雅典",
        "prague": "布拉格",
        "warsaw": "华沙",
        "budapest": "布达佩斯",
        "stockholm": "斯德哥尔摩",
        "oslo": "奥斯陆",
        "copenhagen": "哥本哈根",
        "amsterdam": "阿姆斯特丹",
        "brussels": "布鲁塞尔",
        "dublin": "都柏林",
        "geneva": "日内瓦",
        "milan": "米兰",
        "istanbul": "伊斯坦布尔",
        "bangkok": "曼谷",
        "boston": "波士顿",
        "chicago": "芝加哥",
        "toronto": "多伦多",
        "new_york": "纽约",
        "buenos_aires": "布宜诺斯艾利斯",
    },
    lexicon={
        "ADJ": "富有 贫穷 多 少 冷 暖和",
        "ADP": "给 把 从 在 于 比",
        "ADV": "早 晚",
        "AUX": "了 被 是",
        "CCONJ": "但",
        "NOUN": "年 封 信 房子 老师 学生 拜访 人口",
        "NUM": "一",
        "PART": "的",
        "PRON": "那里",
        "VERB": "写 收到 击败 卖给 买下 接受 到 前往 出发 出生 去世 住 工作",
    },
    frames={
        "letter": """
            {year} 年 ， {a} 给 {b} 写 了 一 封 信 。
            {a} 在 {year} 年 给 {b} 写 了 一 封 信 。
            {year} 年 ， {b} 收到 了 {a} 的 一 封 信 。
            {b} 在 {year} 年 收到 了 {a} 的 一 封 信 。
        """,
        "defeat": """
            {year} 年 ， {a} 击败 了 {b} 。
            {a} 在 {year} 年 击败 了 {b} 。
            {year} 年 ， {b} 被 {a} 击败 。
            {b} 在 {year} 年 被 {a} 击败 。
        """,
        "sale": """
            {year} 年 ， {a} 把 房子 卖给 了 {b} 。
            {a} 在 {year} 年 把 房子 卖给 了 {b} 。
            {year} 年 ， {b} 从 {a} 那里 买下 了 房子 。
            {b} 在 {year} 年 从 {a} 那里 买下 了 房子 。
        """,
        "teaching": """
            {year} 年 ， {a} 是 {b} 的 老师 。
            {a} 在 {year} 年 是 {b} 的 老师 。
            {year} 年 ， {b} 是 {a} 的 学生 。
            {b} 在 {year} 年 是 {a} 的 学生 。
        """,
        "visit": """
            {year} 年 ， {a} 拜访|VERB 了 {b} 。
            {a} 在 {year} 年 拜访|VERB 了 {b} 。
            {year} 年 ， {b} 接受 了 {a} 的 拜访 。
            {b} 在 {year} 年 接受 了 {a} 的 拜访 。
        """,
        "wealth": """
            {year} 年 ， {a} 比 {b} 富有 。
            {a} 在 {year} 年 比 {b} 富有 。
            {year} 年 ， {b} 比 {a} 贫穷 。
            {b} 在 {year} 年 比 {a} 贫穷 。
        """,
        "arrival": """
            {year} 年 ， {a} 比 {b} 早 到 。
            {a} 在 {year} 年 比 {b} 早 到 。
            {year} 年 ， {b} 比 {a} 晚 到 。
            {b} 在 {year} 年 比 {a} 晚 到 。
        """,
        "journey": """
            {year} 年 ， {c} 从 {a} 前往 {b} 。
            {c} 在 {year} 年 从 {a} 前往 {b} 。
            {year} 年 ， {c} 前往 {b} ， 是 从 {a} 出发 的 。
            {c} 在 {year} 年 前往 {b} ， 是 从 {a} 出发 的 。
        """,
        "life": """
            {c} 出生 于 {a} ， {year} 年 在 {b} 去世 。
            出生 于 {a} 的 {c} {year} 年 在 {b} 去世 。
            {c} {year} 年 在 {b} 去世 ， 但 出生 于 {a} 。
            {year} 年 在 {b} 去世 的 {c} 出生 于 {a} 。
        """,
        "work": """
            {year} 年 ， {c} 住 在 {a} ， 在 {b} 工作 。
            {c} {year} 年 住 在 {a} ， 在 {b} 工作 。
            {year} 年 ， {c} 在 {b} 工作 ， 住 在 {a} 。
            {c} {year} 年 在 {b} 工作 ， 住 在 {a} 。
        """,
        "size": """
            {year} 年 ， {a} 的 人口 比 {b} 多 。
            {a} {year} 年 的 人口 比 {b} 多 。
            {year} 年 ， {b} 的 人口 比 {a} 少 。
            {b} {year} 年 的 人口 比 {a} 少 。
        """,
        "climate": """
            {year} 年 ， {a} 比 {b} 冷 。
            {a} 在 {year} 年 比 {b} 冷 。
            {year} 年 ， {b} 比 {a} 暖和 。
            {b} 在 {year} 年 比 {a} 暖和 。
        """,
    },
)
