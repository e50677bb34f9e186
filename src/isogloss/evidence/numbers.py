"""Numbers in a sentence: which are scores, changes, correlations, counts or conditions."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Protocol

from isogloss.evidence.amounts import is_setting_before
from isogloss.evidence.base import Facet, Finding, Found, Kind, Number, Passage, Qualifier, Ring
from isogloss.evidence.number_groups import with_ranges, with_shared_kinds

_THOUSANDS = re.compile(r"[+-]?\d{1,3}(?:,\d{3})+(?:\.\d+)?")
_POINTED = re.compile(r"[1-9]\d{0,2}\.\d{3}")
"""With a point between thousands, as a noun behind it shows: 1.200 sentences."""
DIGITS = r"(?:\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d*\.\d+|\d{1,3},\d{1,2}|\d+)"
"""With commas between thousands, or with a point or a comma before the decimals."""

_NUMBER = re.compile(
    rf"(?:(?<![\w.,/#-])(?<!\d[-–])|(?<=\.\d/)|(?<=\.\d\d/))(?P<sign>[+-]|±\s?)?(?P<digits>{DIGITS})"
    r"(?P<exponent>e-?\d+)?(?!\d|(?!x\b)\w|-[A-Za-z]|[.,]\d|/(?!\d+\.\d)\d)"
)
_WORDS = {"one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9,
          "ten": 10, "eleven": 11, "twelve": 12}  # fmt: skip
_NUMBER_WORD = re.compile(rf"\b(?:{'|'.join(_WORDS)})\b(?=\s+[a-z])", re.IGNORECASE)
_REFERENCE = re.compile(
    r"(?:\b(?:tables?|figures?|figs?\.?|tabs?\.?|sections?|sec\.?|§|eqs?\.?|equations?|appendix|chapters?|pages?|pp\.?|"
    r"layers?|step|version|stage|fold|seed|epoch|vol\.?|no\.?|width|size|rank|dimension|top)|D_|\[|@)\s*$",
    re.IGNORECASE,
)
_DEVIATION = re.compile(r"\b(?:standard deviations?|std\.?|s\.d\.)\s*(?:of|:|=)?\s*\(?$", re.IGNORECASE)
_P_VALUE = re.compile(r"\bp(?:[- ]values?)?\s*(?:[=<>\u2264\u2265]|is|was|of)\s*$", re.IGNORECASE)
_YEAR = re.compile(r"(?:19|20)\d\d$")
_UNIT = re.compile(
    r"\s?(?P<unit>%|percent\b|per cent\b)?\s*(?P<absolute>absolute|relative)?\s*"
    r"(?P<points>(?:percentage |accuracy |F1 |BLEU |LAS |UAS |EM )?(?:points?|pts?|pp)\b)?",
    re.IGNORECASE,
)
_NOUN = re.compile(r"\s+(?:[a-z]+(?:-[a-z]+)* )?(?P<noun>[a-z]{3,}s|GB|MB|sentences|people|GPUs?)\b")
_NO_CONDITION = (
    "above absolute accuracies accuracy across after against and are as at average before below "
    "better but by correct decrease difference drop exact f1 for from gain higher improvement in "
    "increase is less lower macro micro more of on only or over per point points reduction relative "
    "respectively than that the to under using was when which while with without worse "
)
_CONDITION = re.compile(
    rf"\s?(?:label )?(?!(?:{'|'.join(_NO_CONDITION.split())}|[a-z]+ly)\b)(?P<noun>[a-z]{{3,}})", re.IGNORECASE
)
"""A share of something: 30% noise, 60% overlap."""
_SHARE_OF = re.compile(r"\s?of (?:the|all|its|our) [a-z]+", re.IGNORECASE)
_DOING = re.compile(
    r"(?:\b(?:using|with|only|on)|\b(?!reach|attain|achiev|obtain|scor|explain|keep|retain|recover|yield|giv)[a-z]+ing|^)\s+$|^$",
    re.IGNORECASE,
)
"""What is done to a share ("replacing 20% of the words") is a condition, what it reaches is none."""
_AT_RATE = re.compile(
    r"\b(?:rate|ratio|share|sparsity|level|threshold|probability|proportion|degree|amount|overlap|noise) "
    r"(?:of|=) $|"
    r"(?:^|[,;(] ?)(?:[Aa]t|[Ww]ith|[Oo]nly) $"
)
"""What stands before a share that is a condition: "at a sparsity of 50%", "At 50%, ..."."""
_KEPT = re.compile(
    r"\b(?:keep|retain|recover|preserv|maintain)(?:s|es|ed|ing)?(?: about| only| over| more than)? $"
)
_OF_ANOTHER = re.compile(r"\s?of (?:the|its|their|our|what)\b")
_TIMES = re.compile(r"\s?(?:times\b|[x\u00d7](?!\w)|-fold\b)")
_SIZE = re.compile(
    r"\s(?:[a-z]+ly )?(?:shorter|longer|faster|slower|smaller|larger|cheaper|fewer|more|less)\b"
)
_BETTER = re.compile(r"\s(?:higher|lower|better|worse|above|below)\b")
_RELATIVE = re.compile(r"\brelative (?:[\w-]+ ){0,5}(?:of|by|is) $")
_CHANGE_BEFORE = re.compile(
    r"(?:\bby(?: (?:about|only|up to|as much as|as little as|more than|nearly|almost|another))*|"
    r"\b(?:gains?|loss|losses|drops?|decline|decrease|increase|improvements?|reduction|difference|differences|gap|"
    r"advantage|penalty|deficit|rise|change)\s+(?:[\w-]+ ){0,5}?(?:of|is|was|are|were|:)"
    r"(?: only| about| at most)?|"
    r"\b(?:gains?|gained|loses?|lost|costs?|adds?|improves?|drops?|falls?)"
    r"(?: only| about| another| up to)?)\s*$",
    re.IGNORECASE,
)
_CORRELATION = re.compile(r"\b(?:correlat\w+|Spearman|Pearson|Kendall|rho|tau)\b|[ρτ]|\br\s*=", re.IGNORECASE)
_UP = re.compile(
    r"\b(?:improv\w+|rais\w+|ris\w+|rose|increas\w+|gain\w*|grow\w*|grew|higher|above|better|outperform\w*|boost\w*|"
    r"benefit\w*|exceed\w*|surpass\w*|beats?|add(?:s|ed)?|profit\w*|advantage|more)\b",
    re.IGNORECASE,
)
_DOWN = re.compile(
    r"\b(?:drop\w*|fall\w*|fell|decreas\w+|los[est]\w*|lowers?|lowered|lower|below|worse\w*|hurts?|harm\w*|cost\w*|reduc\w+|"
    r"declin\w+|degrad\w+|behind|trail\w*|lags?|underperform\w*|suffer\w*|penalty|deficit|less|down)\b",
    re.IGNORECASE,
)
_QUALIFIER: tuple[tuple[Qualifier, re.Pattern[str]], ...] = (
    ("about", re.compile(r"\b(?:about|around|approximately|roughly|nearly|almost|some|circa|~)\s*$", re.I)),
    ("at least", re.compile(r"\b(?:more than|at least|over|above|exceed(?:s|ing)?)\s*$", re.I)),
    ("at most", re.compile(r"\b(?:less than|fewer than|at most|under|below|up to)\s*$", re.I)),
)


def numbers(text: str) -> list[Number]:
    """Numbers of one sentence that could be a result or a condition of one.

    References to tables, layers, years and citations are none; a bare whole number is one only with a
    unit, a noun, a sign or a word for a score before it.
    """
    found: list[Number] = []
    for match in _NUMBER.finditer(text):
        number = _classify(text, match)
        if number is not None:
            found.append(number)
    for match in _NUMBER_WORD.finditer(text):
        number = _from_word(text, match)
        if number is not None:
            found.append(number)
    found.sort(key=lambda number: number.start)
    return with_shared_kinds(text, with_ranges(text, found))


def value_of(digits: str) -> tuple[float, int]:
    """Value and number of decimals of a number as it is written: 1,200 is a thousand, 84,3 a decimal."""
    text = digits.replace(",", "") if _THOUSANDS.fullmatch(digits) else digits.replace(",", ".")
    return float(text), len(text.partition(".")[2])


def direction(text: str) -> int:
    """1 for words of a rise, -1 for words of a fall, 0 for neither or both; a denied one is turned round."""
    from isogloss.evidence.words import is_negated

    up, down = bool(_UP.search(text)), bool(_DOWN.search(text))
    if up == down:
        return 0
    return (1 if up else -1) * (-1 if is_negated(text) else 1)


def _classify(text: str, match: re.Match[str]) -> Number | None:
    before, after = text[: match.start()], text[match.end() :]
    digits, sign_text = match["digits"], (match["sign"] or "").strip()
    if sign_text == "±" or before.rstrip().endswith("±") or match["exponent"] or _REFERENCE.search(before):
        return None
    if _P_VALUE.search(before) or _DEVIATION.search(before):
        return None
    if _YEAR.match(digits) or (
        re.search(r"\(\s*$", before) and re.match(r"\s*\)", after) and digits.isdigit()
    ):
        return None
    unit_match = _UNIT.match(after)
    unit = (
        "points" if unit_match and unit_match["points"] else "%" if unit_match and unit_match["unit"] else ""
    )
    end = match.end() + (len(after[: unit_match.end()].rstrip()) if unit_match and unit else 0)
    rest = text[end:]
    if _POINTED.fullmatch(digits) and _NOUN.match(rest) and not unit:
        digits = digits.replace(".", "")
    value, decimals = value_of(digits)
    sign = {"+": 1, "-": -1}.get(sign_text, 0)
    number = Number(match.start(), end, value, decimals, "level", sign, unit)
    return _with_kind(number, text, before, rest)


def _with_kind(  # noqa: PLR0911 - one return for each kind
    number: Number, text: str, before: str, rest: str
) -> Number | None:
    def make(kind: Kind, *, sign: int = 0, unit: str = number.unit, value: float = number.value) -> Number:
        return Number(number.start, number.end, value, number.decimals, kind, sign, unit, _qualifier(before))

    if number.value <= 1 and number.decimals and not number.unit and _CORRELATION.search(before):
        return make("correlation", value=number.value * (number.sign or 1))
    if number.decimals and not number.unit and is_setting_before(before[-40:]):
        return make("condition")
    if number.unit and (_RELATIVE.search(before) or text[number.start : number.end].endswith("relative")):
        return make("ratio")
    if number.unit == "points" or number.sign == 1 or _CHANGE_BEFORE.search(_last_clause(before)):
        return make("difference", sign=number.sign or _sign_of_change(before, rest))
    if _TIMES.match(rest) and not number.unit:
        return make("ratio", unit="times")
    if number.unit == "%":
        if _BETTER.match(rest):
            return make("difference", sign=_sign_of_change(before, rest))
        if _AT_RATE.search(before) and not re.match(r"\s(?:on|in|for)\b", rest):
            return make("condition")
        if _is_ratio(before, rest):
            return make("ratio")
        condition = _CONDITION.match(rest) or (_SHARE_OF.match(rest) and _DOING.search(before))
        return make("condition") if condition else make("level")
    return (
        make("level", value=number.value * (number.sign or 1))
        if number.decimals
        else _whole(make, before, rest)
    )


def _is_ratio(before: str, rest: str) -> bool:
    """Whether a percentage is one of another quantity: "93% of the teacher's F1", "41% shorter"."""
    is_part = _OF_ANOTHER.match(rest) and not _DOING.search(before)
    return bool(is_part or _KEPT.search(before) or _SIZE.match(rest))


class _Make(Protocol):
    def __call__(self, kind: Kind, *, unit: str = ...) -> Number: ...


def _whole(make: _Make, before: str, rest: str) -> Number | None:
    """A bare whole number: a count with a noun, a score with a word for one, else nothing."""
    noun = _NOUN.match(rest)
    if noun and not re.match(r"\s+(?:points?|pts?)\b", rest):
        return make("count", unit=noun["noun"].lower())
    if re.match(r"\s*(?:F-?1\b|accuracy|BLEU|LAS|UAS|EM\b)", rest) or _scored(before):
        return make("level")
    return None


def _scored(before: str) -> bool:
    return bool(
        re.search(
            r"\b(?:score[sd]?|reach(?:es|ed)?|obtain\w*|attain\w*|achiev\w*|accuracy(?: of| is)?|"
            r"F-?1(?: of| is)?)\s*$",
            before,
        )
    )


def _sign_of_change(before: str, rest: str) -> int:
    """Direction of a change: from the words right behind it, else from its clause."""
    behind = direction(re.split(r"[,;.]|\b(?:and|but|while)\b", rest)[0][:30])
    return behind or direction(_last_clause(before)) or direction(before)


def _last_clause(before: str) -> str:
    return re.split(r"[;(]|\b(?:while|whereas|but)\b|, ", before)[-1]


def _qualifier(before: str) -> Qualifier:
    return next((word for word, pattern in _QUALIFIER if pattern.search(before)), "")


def _from_word(text: str, match: re.Match[str]) -> Number | None:
    rest = text[match.end() :]
    points = re.match(r"\s+(?:percentage )?points?\b", rest)
    noun = _NOUN.match(rest)
    value = float(_WORDS[match.group().lower()])
    before = text[: match.start()]
    if points:
        end = match.end() + points.end()
        return Number(
            match.start(), end, value, 0, "difference", _sign_of_change(before, text[end:]), "points"
        )
    if noun:
        return Number(match.start(), match.end(), value, 0, "count", 0, noun["noun"].lower())
    return None


def finding_of(
    passage: Passage,
    number: Number,
    offset: int,
    sentence: tuple[int, int],
    facets: Mapping[Facet, Found],
    rings: Mapping[Ring, frozenset[str]],
    *,
    is_before: bool = False,
) -> Finding:
    """A number with its context; `offset` is where the text that its span counts from begins."""
    return Finding(
        passage=passage.id,
        start=offset + number.start,
        end=offset + number.end,
        sentence=sentence,
        value=number.value,
        upper=number.upper,
        qualifier=number.qualifier,
        decimals=number.decimals,
        kind=number.kind,
        sign=number.sign,
        unit=number.unit,
        facets=facets,
        terms=rings,
        is_before=is_before,
    )
