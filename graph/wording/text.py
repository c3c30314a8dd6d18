"""Text of a dataset, safe and readable: bounded, isolated, times in the words of a language."""

from __future__ import annotations

import re
from typing import Final
from unicodedata import bidirectional

from ontology.namespace import shorten

MONTHS: Final = {
    "en": "January February March April May June July August September October November December",
    "ur": "جنوری فروری مارچ اپریل مئی جون جولائی اگست ستمبر اکتوبر نومبر دسمبر",
}
"""Not of the calendar module, which speaks the language of the locale."""

LONGEST: Final = 240
"""The characters of a text that a page shows; an honest label has a tenth of them."""

LONGEST_PART: Final = 1000
"""The characters of a part of a query in words; a query may be a megabyte long."""

IRI: Final = re.compile(r"<([^<> ]+)>")

UNSEEN: Final = re.compile(
    "[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]+"
)
"""Invisible characters, and controls that reorder the text around them (Unicode TR 36, 3.2)."""

ISOLATE: Final = "\N{FIRST STRONG ISOLATE}"
END: Final = "\N{POP DIRECTIONAL ISOLATE}"

DATE: Final = re.compile(r"(\d{4})-(0[1-9]|1[0-2])(?:-(\d\d))?")
DURATION: Final = re.compile(r"P(?=\d)(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)D)?")
UNITS: Final = {
    "en": ("year", "month", "day"),
    "ur": ("سال", "ماہ", "دن"),
    "zh": ("年", "个月", "天"),
}
"""The units of a duration, in the order of its letters."""


def clean_text(text: str, longest: int = LONGEST) -> str:
    """Return a text of at most `longest` characters, on one line, without invisible characters."""
    clean = UNSEEN.sub(" ", text[: longest * 2]).strip()
    return clean if len(clean) <= longest else clean[:longest].rstrip() + " …"


def isolate(text: str) -> str:
    """Return a text isolated if it has right-to-left letters, which would reorder its surroundings.

    https://www.unicode.org/reports/tr9/#Explicit_Directional_Isolates
    """
    turns = any(bidirectional(character) in {"R", "AL"} for character in text)
    return f"{ISOLATE}{text}{END}" if turns else text


def write_time(text: str, language: str = "en") -> str:
    """Return a day, a month or a duration in the words of a language, any other text unchanged.

    >>> write_time("2026-04"), write_time("2026-03-31"), write_time("2026-03-31", "zh")
    ('April 2026', '31 March 2026', '2026年3月31日')
    """
    match = DATE.fullmatch(text)
    if match is None:
        return write_duration(text, language)
    year, month, day = match.groups()
    if language == "zh":
        return f"{year}年{int(month)}月" + (f"{int(day)}日" if day else "")
    return f"{f'{int(day)} ' if day else ''}{MONTHS[language].split()[int(month) - 1]} {year}"


def write_duration(text: str, language: str = "en") -> str:
    """Return a duration of years, months or days in the words of a language, or else the text.

    >>> write_duration("P1Y"), write_duration("P1Y6M"), write_duration("P3M", "zh")
    ('one year', 'one year 6 months', '3个月')
    """
    match = DURATION.fullmatch(text)
    if match is None:
        return text
    units = zip(match.groups(), UNITS[language], strict=True)
    parts = [(number, unit) for number, unit in units if number]
    if language == "zh":
        return "".join(number + unit for number, unit in parts)
    one, plural = ("one", "s") if language == "en" else ("ایک", "")
    return " ".join(
        f"{one} {unit}" if number == "1" else f"{number} {unit}{plural}" for number, unit in parts
    )


def write_literal(text: str) -> str:
    """Return the text of a literal for a page, with a time in words."""
    return clean_text(write_time(text))


def shorten_iris(text: str) -> str:
    """Return a text with prefixed names in place of IRIs, cut to LONGEST_PART."""
    return clean_text(IRI.sub(lambda match: shorten(match[1]), text), LONGEST_PART)


def add_article(noun: str) -> str:
    """Return a noun with its article.

    >>> add_article("Undertaking")
    'an undertaking'
    """
    noun = noun[:1].lower() + noun[1:]
    return f"{'an' if noun[:1] in {*'aeiou'} else 'a'} {noun}"


def web_address(address: str) -> str:
    """Return an address that may be a link, or nothing."""
    return address if address.startswith(("https://", "http://")) else ""


def detect_language(text: str) -> str:
    """Return the language that the script of most letters suggests: en, ur or zh; en of none."""
    counts = {
        "en": len(re.findall(r"[A-Za-z]", text)),
        "ur": len(re.findall(r"[\u0600-\u06ff]", text)),
        "zh": 3 * len(re.findall(r"[\u4e00-\u9fff]", text)),  # an ideograph is some three letters
    }
    return max(counts, key=counts.__getitem__)
