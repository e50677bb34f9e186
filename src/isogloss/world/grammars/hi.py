"""Hindi: subject-object-verb; postpositions follow the name; the verb agrees with whatever bears none.

After ने (the subject of a transitive perfective) the verb agrees with an unmarked object (चिट्ठी लिखी)
and is masculine singular where the object bears को. Foreign names in -ā keep it before a postposition
(वियना में); participles turn oblique (जन्मे पीटर की). Spelled without the dot of loan sounds (ज्यादा), as
many newspapers do.
Words as in UD Hindi HDTB: postpositions and auxiliaries are words of their own.
"""

from isogloss.world.grammar import Grammar

NAME = "hi"

GRAMMAR = Grammar(
    language="hi",
    title="Hindi",
    persons={
        "anna": "अन्ना",
        "maria": "मारिया",
        "clara": "क्लारा रोसी",
        "elena": "एलेना",
        "laura": "लौरा",
        "julia": "जूलिया",
        "nina": "नीना नोवाक",
        "sofia": "सोफिया",
        "eva": "ईवा",
        "irina": "इरीना",
        "lisa": "लिसा",
        "marta": "मार्टा वेबर",
        "olga": "ओल्गा सिल्वा",
        "sandra": "सैंड्रा",
        "vera": "वेरा",
        "diana": "डायना",
        "david": "डेविड",
        "peter": "पीटर",
        "martin": "मार्टिन",
        "daniel": "डेनियल",
        "robert": "रॉबर्ट",
        "thomas": "थॉमस वेबर",
        "paul": "पॉल",
        "victor": "विक्टर रोसी",
        "max": "मैक्स",
        "leo": "लियो",
        "simon": "साइमन",
        "felix": "फेलिक्स",
        "oscar": "ऑस्कर",
        "adam": "एडम",
        "emil": "एमिल नोवाक",
        "hugo": "ह्यूगो सिल्वा",
    },
    places={
        "berlin": "बर्लिन",
        "paris": "पेरिस",
        "london": "लंदन",
        "rome": "रोम",
        "madrid": "मैड्रिड",
        "vienna": "वियना",
        "moscow": "मॉस्को",
        "tokyo": "टोक्यो",
        "beijing": "बीजिंग",
        "seoul": "सियोल",
        "lisbon": "लिस्बन",
        "athens": "एथेंस",
        "prague": "प्राग",
        "warsaw": "वारसॉ",
        "budapest": "बुडापेस्ट",
        "stockholm": "स्टॉकहोम",
        "oslo": "ओस्लो",
        "copenhagen": "कोपेनहेगन",
        "amsterdam": "एम्सटर्डम",
        "brussels": "ब्रसेल्स",
        "dublin": "डबलिन",
        "geneva": "जिनेवा",
        "milan": "मिलान",
        "istanbul": "इस्तांबुल",
        "bangkok": "बैंकॉक",
        "boston": "बोस्टन",
        "chicago": "शिकागो",
        "toronto": "टोरंटो",
        "new_york": "न्यूयॉर्क",
        "buenos_aires": "ब्यूनस आयर्स",
    },
    lexicon={
        "ADJ": "अमीर गरीब रवाना दिवंगत",
        "ADP": "में ने को से का की के लिए पहले बाद",
        "AUX": "था थी गया",
        "CCONJ": "और जबकि",
        "DET": "ज्यादा कम",
        "NOUN": "चिट्ठी मकान शिक्षा घर मेहमान मेजबानी जन्म मृत्यु काम आबादी ठंड",
        "NUM": "एक",
        "PRON": "अपने",
        "VERB": ("लिखी मिली हराया हार बेचा खरीदा पढ़ाया पाई पहुँचा हुआ हुई हुए जन्मे रहता करता पड़ी"),
    },
    frames={
        "letter": """
            {year} में {a} ने {b} को एक चिट्ठी लिखी ।
            {a} ने {year} में {b} को एक चिट्ठी लिखी ।
            {year} में {b} को {a} से एक चिट्ठी मिली ।
            {b} को {year} में {a} से एक चिट्ठी मिली ।
        """,
        "defeat": """
            {year} में {a} ने {b} को हराया ।
            {a} ने {year} में {b} को हराया ।
            {year} में {b} {a} से हार {b?गया/गई} ।
            {b} {year} में {a} से हार {b?गया/गई} ।
        """,
        "sale": """
            {year} में {a} ने {b} को एक मकान बेचा ।
            {a} ने {year} में {b} को एक मकान बेचा ।
            {year} में {b} ने {a} से एक मकान खरीदा ।
            {b} ने {year} में {a} से एक मकान खरीदा ।
        """,
        "teaching": """
            {year} में {a} ने {b} को पढ़ाया ।
            {a} ने {year} में {b} को पढ़ाया ।
            {year} में {b} ने {a} से शिक्षा पाई ।
            {b} ने {year} में {a} से शिक्षा पाई ।
        """,
        "visit": """
            {year} में {a} {b} के घर मेहमान {a?था/थी} ।
            {a} {year} में {b} के घर मेहमान {a?था/थी} ।
            {year} में {b} ने अपने घर {a} की मेजबानी की|VERB ।
            {b} ने {year} में अपने घर {a} की मेजबानी की|VERB ।
        """,
        "wealth": """
            {year} में {a} {b} से ज्यादा अमीर {a?था/थी} ।
            {a} {year} में {b} से ज्यादा अमीर {a?था/थी} ।
            {year} में {b} {a} से ज्यादा गरीब {b?था/थी} ।
            {b} {year} में {a} से ज्यादा गरीब {b?था/थी} ।
        """,
        "arrival": """
            {year} में {a} {b} से पहले {a?पहुँचा/पहुँची} ।
            {a} {year} में {b} से पहले {a?पहुँचा/पहुँची} ।
            {year} में {b} {a} के बाद {b?पहुँचा/पहुँची} ।
            {b} {year} में {a} के बाद {b?पहुँचा/पहुँची} ।
        """,
        "journey": """
            {year} में {c} {a} से {b} के लिए रवाना {c?हुआ/हुई} ।
            {c} {year} में {a} से {b} के लिए रवाना {c?हुआ/हुई} ।
            {year} में {c} {b} के लिए {a} से रवाना {c?हुआ/हुई} ।
            {c} {year} में {b} के लिए {a} से रवाना {c?हुआ/हुई} ।
        """,
        "life": """
            {c} का जन्म {a} में हुआ और मृत्यु {year} में {b} में हुई ।
            {a} में {c?जन्मे/जन्मी} {c} की मृत्यु {year} में {b} में हुई ।
            {c} की मृत्यु {year} में {b} में हुई , जबकि जन्म {a} में हुआ था ।
            {year} में {b} में दिवंगत {c?हुए/हुई} {c} का जन्म {a} में हुआ था ।
        """,
        "work": """
            {year} में {c} {a} में {c?रहता/रहती} {c?था/थी} और {b} में काम {c?करता/करती} {c?था/थी} ।
            {c} {year} में {a} में {c?रहता/रहती} {c?था/थी} और {b} में काम {c?करता/करती} {c?था/थी} ।
            {year} में {c} {b} में काम {c?करता/करती} {c?था/थी} और {a} में {c?रहता/रहती} {c?था/थी} ।
            {c} {year} में {b} में काम {c?करता/करती} {c?था/थी} और {a} में {c?रहता/रहती} {c?था/थी} ।
        """,
        "size": """
            {year} में {a} की आबादी {b} से ज्यादा थी ।
            {a} की आबादी {year} में {b} से ज्यादा थी ।
            {year} में {b} की आबादी {a} से कम थी ।
            {b} की आबादी {year} में {a} से कम थी ।
        """,
        "climate": """
            {year} में {a} में {b} से ज्यादा ठंड पड़ी ।
            {a} में {year} में {b} से ज्यादा ठंड पड़ी ।
            {year} में {b} में {a} से कम ठंड पड़ी ।
            {b} में {year} में {a} से कम ठंड पड़ी ।
        """,
    },
)
