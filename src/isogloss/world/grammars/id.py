"""Indonesian: subject-verb-object, names and verbs do not inflect for person; passive with di-."""

from isogloss.world.grammar import Grammar

NAME = "id"

GRAMMAR = Grammar(
    language="id",
    title="Indonesian",
    places={
        "rome": "Roma",
        "vienna": "Wina",
        "moscow": "Moskwa",
        "athens": "Athena",
        "prague": "Praha",
        "warsaw": "Warsawa",
        "copenhagen": "Kopenhagen",
        "brussels": "Brussel",
        "geneva": "Jenewa",
    },
    lexicon={
        "ADJ": "kaya miskin banyak sedikit dingin hangat",
        "ADP": "pada kepada dari oleh daripada sebelum setelah ke di",
        "ADV": "lebih",
        "CCONJ": "tetapi dan",
        "NOUN": "tahun surat rumah penduduk",
        "PRON": "yang",
        "VERB": (
            "menulis menerima mengalahkan dikalahkan menjual membeli mengajar diajar mengunjungi dikunjungi "
            "tiba pergi lahir meninggal tinggal bekerja memiliki"
        ),
    },
    frames={
        "letter": """
            Pada tahun {year} , {a} menulis surat kepada {b} .
            {a} menulis surat kepada {b} pada tahun {year} .
            Pada tahun {year} , {b} menerima surat dari {a} .
            {b} menerima surat dari {a} pada tahun {year} .
        """,
        "defeat": """
            Pada tahun {year} , {a} mengalahkan {b} .
            {a} mengalahkan {b} pada tahun {year} .
            Pada tahun {year} , {b} dikalahkan oleh {a} .
            {b} dikalahkan oleh {a} pada tahun {year} .
        """,
        "sale": """
            Pada tahun {year} , {a} menjual rumah kepada {b} .
            {a} menjual rumah kepada {b} pada tahun {year} .
            Pada tahun {year} , {b} membeli rumah dari {a} .
            {b} membeli rumah dari {a} pada tahun {year} .
        """,
        "teaching": """
            Pada tahun {year} , {a} mengajar {b} .
            {a} mengajar {b} pada tahun {year} .
            Pada tahun {year} , {b} diajar oleh {a} .
            {b} diajar oleh {a} pada tahun {year} .
        """,
        "visit": """
            Pada tahun {year} , {a} mengunjungi {b} .
            {a} mengunjungi {b} pada tahun {year} .
            Pada tahun {year} , {b} dikunjungi oleh {a} .
            {b} dikunjungi oleh {a} pada tahun {year} .
        """,
        "wealth": """
            Pada tahun {year} , {a} lebih kaya daripada {b} .
            {a} lebih kaya daripada {b} pada tahun {year} .
            Pada tahun {year} , {b} lebih miskin daripada {a} .
            {b} lebih miskin daripada {a} pada tahun {year} .
        """,
        "arrival": """
            Pada tahun {year} , {a} tiba sebelum {b} .
            {a} tiba sebelum {b} pada tahun {year} .
            Pada tahun {year} , {b} tiba setelah {a} .
            {b} tiba setelah {a} pada tahun {year} .
        """,
        "journey": """
            Pada tahun {year} , {c} pergi dari {a} ke {b} .
            {c} pergi dari {a} ke {b} pada tahun {year} .
            Pada tahun {year} , {c} pergi ke {b} dari {a} .
            {c} pergi ke {b} dari {a} pada tahun {year} .
        """,
        "life": """
            {c} lahir di {a} tetapi meninggal di {b} pada tahun {year} .
            {c} , yang lahir di {a} , meninggal di {b} pada tahun {year} .
            {c} meninggal di {b} pada tahun {year} tetapi lahir di {a} .
            {c} , yang meninggal di {b} pada tahun {year} , lahir di {a} .
        """,
        "work": """
            Pada tahun {year} , {c} tinggal di {a} dan bekerja di {b} .
            {c} tinggal di {a} dan bekerja di {b} pada tahun {year} .
            Pada tahun {year} , {c} bekerja di {b} dan tinggal di {a} .
            {c} bekerja di {b} dan tinggal di {a} pada tahun {year} .
        """,
        "size": """
            Pada tahun {year} , {a} memiliki lebih banyak penduduk daripada {b} .
            {a} memiliki lebih banyak penduduk daripada {b} pada tahun {year} .
            Pada tahun {year} , {b} memiliki lebih sedikit penduduk daripada {a} .
            {b} memiliki lebih sedikit penduduk daripada {a} pada tahun {year} .
        """,
        "climate": """
            Pada tahun {year} , {a} lebih dingin daripada {b} .
            {a} lebih dingin daripada {b} pada tahun {year} .
            Pada tahun {year} , {b} lebih hangat daripada {a} .
            {b} lebih hangat daripada {a} pada tahun {year} .
        """,
    },
)
