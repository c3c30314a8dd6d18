"""Folding: the words of a name as they are compared, in Latin, Arabic and Han script.

Transliteration alone finds too little (گوادر becomes "gwdr"), so scripts meet in the labels of a
thing. Here each script is only freed of its variants: letters, spellings, numerals, plurals.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from pathlib import Path
from typing import Final

from graph.presenting.name_index import URDU_LETTERS

LONGEST_NAME: Final = 200
"""The most characters of a name that are compared."""

TRADITIONAL: Final = (
    "國經濟聯會員戰畧夥係關門業報導發計劃務議權區協調雲聖蘭開電氣災準備應對變長轉術機領學獎項雙邊進際產創驅動質環據習農礦鐵網"
    "絡總統體書記與個來時後實過這貿證監東華灣條約資訊傳廣場島縣鎮飛歐亞馬達維爾頓陽龍鳳樓橋燈財團銀幣價標規範論說讀寫語漢緬韓"
    "獨衛視藝類終編紀錄題圖劉張陳趙吳黃楊鄭鄧齊賈賽魯溫補貸綠無為萬億從眾線紅車輛強處設續別賴勞礎氫測衝觀點築醫藥態獻歡請課"
)
SIMPLIFIED: Final = (
    "国经济联会员战略伙系关门业报导发计划务议权区协调云圣兰开电气灾准备应对变长转术机领学奖项双边进际产创驱动质环据习农矿铁网"
    "络总统体书记与个来时后实过这贸证监东华湾条约资讯传广场岛县镇飞欧亚马达维尔顿阳龙凤楼桥灯财团银币价标规范论说读写语汉缅韩"
    "独卫视艺类终编纪录题图刘张陈赵吴黄杨郑邓齐贾赛鲁温补贷绿无为万亿从众线红车辆强处设续别赖劳础氢测冲观点筑医药态献欢请课"
)
LETTERS: Final[dict[int, str | int]] = {**URDU_LETTERS, **str.maketrans(TRADITIONAL, SIMPLIFIED)}
"""Letters with two codes, and the traditional ideographs that names of this field have."""

SPELLINGS: Final = dict(
    line.split("\t")
    for line in Path(__file__).with_name("spellings.tsv").read_text("utf-8").splitlines()[1:]
)
"""Words with another spelling, or that are numbers, and the words that they are compared as."""

UNWEIGHTED: Final = frozenset({
    *("a", "an", "and", "at", "by", "for", "in", "of", "on", "or", "the", "to"),
    *("و", "اور", "کا", "کی", "کے", "میں", "پر", "سے", "کو", "的", "和", "与", "及"),
})  # fmt: skip
"""Words that tell nothing apart."""

HAN: Final = "\u3400-\u9fff"
WORD: Final = re.compile(rf"[{HAN}]|[^\W_{HAN}]+")
"""A word, or an ideograph: Chinese is written without spaces between words."""

INITIALS: Final = re.compile(r"\b(?:[^\W\d_]\.){2,}(?:[^\W\d_]\b)?")
BRACKETED: Final = re.compile(r"\s*[（(](\w{2,6})[)）]")
PART: Final = re.compile(r"[^\W_]+")
COMPOUND: Final = re.compile(r"[^\W_]+(?:-[^\W_]+)*")
"""Words of which a hyphen makes two, as in "China-Pakistan", or one, as in "Co-operation"."""

ROMAN: Final = re.compile(r"\b(?:II|III|IV|VI|VII|VIII|IX)\b")
ROMANS: Final = {"II": "2", "III": "3", "IV": "4", "VI": "6", "VII": "7", "VIII": "8", "IX": "9"}
ORDINAL: Final = re.compile(r"(?<=\d)(?:st|nd|rd|th|ویں|واں)\b", re.IGNORECASE)
HAN_ORDINAL: Final = re.compile("第([一二三四五六七八九十]{1,3})")
SEPARATOR: Final = re.compile(r"(?<=\d)[,٬](?=\d{3}\b)|(?<=\d)\.0\b")
MINISTRY: Final = re.compile(r"\bm/o\b", re.IGNORECASE)


@lru_cache(maxsize=4096)
def split_words(text: str) -> tuple[str, ...]:
    """Return the folded words of a name, in order.

    >>> split_words("The Joint Co-operation Committee (JCC)"), split_words("第十四次聯委會")
    (('the', 'joint', 'co', 'operation', 'committee'), ('14', '次', '联', '委', '会'))
    >>> split_words("CPEC Phase-II"), split_words("C.P.E.C. phase 2.0"), split_words("پاكستان")
    (('cpec', 'phase', '2'), ('cpec', 'phase', '2'), ('پاکستان',))
    """
    spaced = "".join(write_plain(character) for character in text[:LONGEST_NAME])
    spaced = INITIALS.sub(lambda match: match[0].replace(".", ""), spaced)
    spaced = ROMAN.sub(lambda match: ROMANS[match[0]], MINISTRY.sub("ministry of", spaced))
    spaced = HAN_ORDINAL.sub(lambda match: f" {read_han_number(match[1])} ", spaced)
    spaced = SEPARATOR.sub("", ORDINAL.sub("", drop_initials(spaced)))
    parts = unicodedata.normalize("NFKD", re.sub("['’]", "", spaced.casefold()))
    plain = "".join(sign for sign in parts if not unicodedata.combining(sign)).translate(LETTERS)
    return tuple(fold_word(word) for word in WORD.findall(unicodedata.normalize("NFC", plain)))


def write_plain(character: str) -> str:
    """Return a character as it is compared: digits in ASCII, controls as blanks, marks away."""
    category = unicodedata.category(character)
    if category == "Nd":
        return str(unicodedata.digit(character))
    if category in {"Cc", "Cs", "Co", "Cn"} or character == "\N{ZERO WIDTH NON-JOINER}":
        return " "
    return "" if category == "Cf" else character


def drop_initials(text: str) -> str:
    """Return a text without the brackets that repeat the initials of the words before them.

    >>> drop_initials("Joint Cooperation Committee (JCC)"), drop_initials("minutes (2026)")
    ('Joint Cooperation Committee', 'minutes (2026)')
    """
    for match in list(BRACKETED.finditer(text))[::-1]:
        initials = match[1].casefold()
        before = [pattern.findall(text[: match.start()]) for pattern in (PART, COMPOUND)]
        if any("".join(word[0] for word in own).casefold().endswith(initials) for own in before):
            text = text[: match.start()] + text[match.end() :]
    return text


def read_han_number(numeral: str) -> int:
    """Return a Chinese number up to 99.

    >>> read_han_number("十四"), read_han_number("二十"), read_han_number("三")
    (14, 20, 3)
    """
    digits = "零一二三四五六七八九"
    tens, ten, ones = numeral.rpartition("十")
    ten_count = (digits.find(tens) if tens else 1) if ten else 0
    return 10 * ten_count + max(0, digits.find(ones) if ones else 0)


def fold_word(word: str) -> str:
    """Return a word in its one spelling, without the ending of a plural.

    >>> [fold_word(word) for word in ("programmes", "technologies", "industrialisation", "first")]
    ['program', 'technology', 'industrialization', '1']
    """
    if word.isascii() and len(word) > 3 and not word.endswith(("ss", "us", "is")):
        word = f"{word[:-3]}y" if word.endswith("ies") else word.removesuffix("s")
    if word.endswith("isation"):
        word = f"{word[:-7]}ization"
    return SPELLINGS.get(word, word)
