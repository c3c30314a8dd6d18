"""Figures: the dates, ordinals and amounts of a sentence, as precise as it tells them.

Small grammars of our own: dateparser's search and quantulum3 find dates and units that no text has.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Final

from babel import Locale

from graph.reconciling.folding import read_han_number
from graph.written_value import read_day
from ontology.vocabulary import ONTOLOGY_FOLDER
from queries.question import read_yaml

DATE, ORDINAL, QUANTITY = "Date", "Ordinal", "Quantity"

WORDS: Final = read_yaml((ONTOLOGY_FOLDER / "figures.yaml").read_text("utf-8"))
RELATIVE, SHIFTS = WORDS["relative"], WORDS["shifts"]
NUMBERS, ORDINALS, SCALES = WORDS["numbers"], WORDS["ordinals"], WORDS["scales"]
SIGNS, MONEY, BOUNDS = WORDS["signs"], WORDS["money"], WORDS["bounds"]
"""The words of dates, numbers, currencies and bounds, with what they mean."""


@dataclass(frozen=True, slots=True)
class Figure:
    """A date, an ordinal or an amount: its offsets, its value, and for an amount unit and bound.

    A value is `2026-03-26`, `2026-03`, `2026`, or a plain decimal; a unit a word of the text, or a
    currency of ISO 4217, which `is_money`.
    """

    start: int
    end: int
    kind: str
    value: str
    unit: str = ""
    bound: str = ""
    is_money: bool = False


def list_names(width: str) -> dict[str, int]:
    """Return the English and Urdu names of months, in small letters, with their numbers."""
    return {
        name.casefold().rstrip("."): number
        for language in ("en", "ur")
        for number, name in Locale(language).months["format"][width].items()
    }


MONTHS: Final = {**list_names("abbreviated"), **list_names("wide"), "sept": 9}
WEEKDAYS: Final = {
    name.casefold(): number
    for language in ("en", "ur")
    for number, name in Locale(language).days["format"]["wide"].items()
}
MONTH: Final = "|".join(sorted(MONTHS, key=len, reverse=True))
WEEKDAY: Final = "|".join(sorted(WEEKDAYS, key=len, reverse=True))
YEAR: Final = r"(?:19|20)\d\d"
BEFORE: Final = "|".join(
    rf"(?<=\b{word}\ )" for word in ("in", "by", "to", "of", "for", "until", "till", "since")
)

DATES: Final = re.compile(
    rf"""(?P<iso>\b{YEAR}-\d\d-\d\d\b)
    |(?P<zy>{YEAR})年(?:(?P<zm>\d\d?)月(?:(?P<zd>\d\d?)[日号])?)?
    |(?P<wm>\d\d?)月(?P<wd>\d\d?)日(?!电)
    |(?P<zshift>[去今明])年|(?P<zmonth>[上本下])个?月
    |\b(?P<day>\d\d?)(?:st|nd|rd|th)?\ (?:of\ )?(?P<dm>{MONTH})\b\.?(?:,?\ (?P<dy>{YEAR})\b)?
    |\b(?P<md>{MONTH})\b\.?\ (?P<mday>\d\d?)(?:st|nd|rd|th)?\b(?!,\d)(?:,?\ (?P<my>{YEAR})\b)?
    |\b(?P<mm>{MONTH})\b\.?,?\ (?:(?P<mmy>{YEAR})\b|(?P<mshift>last|next|this)\ year)
    |\b(?P<shift>last|next|this|گزشتہ|آئندہ|رواں)\ (?P<unit>year|month|سال|ماہ|{MONTH}
        |{WEEKDAY})\b
    |(?:{BEFORE})(?P<month>{MONTH})\b
    |\b(?P<weekday>{WEEKDAY})\b
    |\b(?P<near>today|yesterday|tomorrow|آج|گزشتہ\ روز)\b|(?P<znear>今天|昨天)
    |(?<![\d,.$-])\b(?P<from>{YEAR})(?:\ ?[-–—]\ ?(?P<until>{YEAR}))?\b(?![,.]?\d|\ ?[%a-z]*s\b)
    """,
    re.VERBOSE | re.IGNORECASE,
)

AHEAD: Final = re.compile(
    r"\b(?:will|shall|would|(?:is|are|was|were) to|due|scheduled|expected|planned)\b[^,;]*$",
    re.IGNORECASE,
)
"""The words before a day of the week that is to come."""

BOUND: Final = "|".join(BOUNDS.values()).replace(" ", r"\ ")
NUMBER: Final = r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?"
STOP: Final = (
    "of|to|for|from|in|on|at|by|and|or|with|under|over|will|would|is|are|was|were|has|have|had|be"
    "|been|a|an|the|worth|since|that|which|until|during|per|as|into|کو|کے|کی|کا|میں|سے|پر|اور"
)
AMOUNTS: Final = re.compile(
    rf"""(?:\b(?<!hand\ )(?<!hands\ )(?<!handed\ )(?P<bound>{BOUND})\ ?)?
    (?:(?:(?P<sign>(?:\b(?:Rs\.?|PKR|USD|RMB|CNY)|US\$|[$€¥£]))\ ?|(?<![A-Za-z0-9_.,/-]))
        (?P<number>{NUMBER})|\b(?P<word>{"|".join(NUMBERS)})\b)(?!\d|\.\d|[-–]\w|[A-Za-z])
    (?:\ ?(?P<scale>(?:{"|".join(SCALES)})))?(?P<odd>余|多)?
    (?:\ ?(?P<money>{"|".join(sorted(MONEY, key=len, reverse=True))}))?
    (?P<rest>(?:\ ?[套个名份座台条人])|(?:(?:\ (?!(?:{STOP})\b)[^\W\d]+(?:-[^\W\d]+)*){{0,4}}))
    """,
    re.VERBOSE | re.IGNORECASE,
)
HAN: Final = re.compile("[\u3400-\u9fff]")
DURATION: Final = re.compile(
    r"(?:year|month|week|day|hour|minute|time|percent|side|countr|nation|phase|way|party|parties"
    r"|leader|neighbou?r)", re.IGNORECASE,
)  # fmt: skip
ORDINAL_WORD: Final = re.compile(
    rf"\b(?:(?P<digits>\d{{1,3}})(?:st|nd|rd|th|\s?(?:واں|ویں))|(?P<word>{'|'.join(ORDINALS)}))\b"
    r"|第(?P<han>[一二三四五六七八九十]{1,3}|\d{1,3})(?:次|届)",
    re.IGNORECASE,
)


def find_figures(sentence: str, day: date) -> list[Figure]:
    """Return the figures of a sentence of an article of a day, in order; none overlaps another."""
    figures: list[Figure] = [*find_dates(sentence, day)]
    taken = [match.span() for match in DATES.finditer(sentence)]
    for find in (find_ordinals, find_amounts):
        for figure in find(sentence):
            if all(figure.end <= start or end <= figure.start for start, end in taken):
                figures.append(figure)
                taken.append((figure.start, figure.end))
    return sorted(figures, key=lambda figure: figure.start)


def find_dates(sentence: str, day: date) -> Iterator[Figure]:
    """Yield the dates of a sentence, absolute or relative to the day of publication."""
    for match in DATES.finditer(sentence):
        for group, value in read_date(match, day):
            start, end = match.span(group)
            yield Figure(start, end, DATE, value)


def read_date(match: re.Match[str], day: date) -> list[tuple[str | int, str]]:
    """Return the dates of a match, each with its group; none for a day that no calendar has."""
    own = {name: value for name, value in match.groupdict().items() if value}
    if "from" in own:
        return [(name, own[name]) for name in ("from", "until") if name in own]
    reader = next(read for name, read in READERS.items() if name in own)
    if reader is read_weekday and AHEAD.search(match.string, 0, match.start()):
        reader = read_coming_weekday
    value = reader(own, day)
    return [(0, value)] if value and (len(value) < 10 or read_day(value)) else []


def read_month(own: Mapping[str, str], day: date) -> str:
    """Return the month of "in March", which is the nearest; none of the verb "may"."""
    is_name = own["month"][0].isupper() or not own["month"].isascii()
    return near_day(find_month(own["month"]), 15, day)[:7] if is_name else ""


def read_month_of_year(own: Mapping[str, str], day: date) -> str:
    """Return the date of "March 2026" or "March last year"."""
    year = own.get("mmy") or str(day.year + SHIFTS[own["mshift"].casefold()])
    return f"{year}-{find_month(own['mm']):02}"


def read_weekday(own: Mapping[str, str], day: date) -> str:
    """Return the last such day of the week, which may be the day of publication."""
    return str(day - timedelta((day.weekday() - WEEKDAYS[own["weekday"].casefold()]) % 7))


def read_coming_weekday(own: Mapping[str, str], day: date) -> str:
    """Return the first such day of the week from the day of publication: will be held on Friday."""
    return read_weekday(own, day + timedelta(6))


def find_month(name: str) -> int:
    """Return the number of a month."""
    return MONTHS[name.casefold()]


READERS: Final[dict[str, Callable[[Mapping[str, str], date], str]]] = {
    "iso": lambda own, _: own["iso"],
    "zy": lambda own, _: "-".join(
        [own["zy"], *(f"{int(own[name]):02}" for name in ("zm", "zd") if name in own)]
    ),
    "wm": lambda own, day: near_day(int(own["wm"]), int(own["wd"]), day),
    "zshift": lambda own, day: str(day.year + SHIFTS[own["zshift"]]),
    "zmonth": lambda own, day: shift_month(day, SHIFTS[own["zmonth"]]),
    "dm": lambda own, day: write_day(own.get("dy"), find_month(own["dm"]), own["day"], day),
    "md": lambda own, day: write_day(own.get("my"), find_month(own["md"]), own["mday"], day),
    "mm": read_month_of_year,
    "shift": lambda own, day: read_relative(
        own["unit"].casefold(), SHIFTS[own["shift"].casefold()], day
    ),
    "month": read_month,
    "weekday": read_weekday,
    "near": lambda own, day: str(day + timedelta(RELATIVE[own["near"].casefold()])),
    "znear": lambda own, day: str(day + timedelta(RELATIVE[own["znear"]])),
}
"""How a date is read, by the group of its form."""


def read_relative(unit: str, shift: int, day: date) -> str:
    """Return the date of "last month", "next Friday", "this year", "last March"."""
    if unit in {"year", "سال"}:
        return str(day.year + shift)
    if unit in {"month", "ماہ"}:
        return shift_month(day, shift)
    if unit in WEEKDAYS:
        days = (WEEKDAYS[unit] - day.weekday()) % 7
        return str(day + timedelta(days - 7 if shift < 0 else days or 7 * shift))
    month = MONTHS[unit]
    is_past = (shift < 0 and month >= day.month) or (shift > 0 and month > day.month)
    return f"{day.year + (shift if is_past == (shift < 0) else 0)}-{month:02}"


def shift_month(day: date, shift: int) -> str:
    """Return the month of a day, or the one before or after."""
    years, month = divmod(day.month - 1 + shift, 12)
    return f"{day.year + years}-{month + 1:02}"


def write_day(year: str | None, month: int, number: str, day: date) -> str:
    """Return a day; without a year it is the one that is nearest to the publication."""
    return f"{year}-{month:02}-{int(number):02}" if year else near_day(month, int(number), day)


def near_day(month: int, number: int, day: date) -> str:
    """Return the day of a month that is nearest to another day."""
    days = (f"{year}-{month:02}-{number:02}" for year in (day.year, day.year - 1, day.year + 1))
    real = filter(None, map(read_day, days))
    return str(min(real, key=lambda own: abs(own - day), default="")) or "0000-00-00"


def find_ordinals(sentence: str) -> Iterator[Figure]:
    """Yield the ordinals of a sentence."""
    for match in ORDINAL_WORD.finditer(sentence):
        han = match["han"] or ""
        number = (
            match["digits"]
            or (han if han.isdecimal() else han and read_han_number(han))
            or ORDINALS[match["word"].casefold()]
        )
        yield Figure(*match.span(), ORDINAL, str(int(number)))


def find_amounts(sentence: str) -> Iterator[Figure]:
    """Yield the amounts of a sentence, each with its unit; a duration is none."""
    for match in AMOUNTS.finditer(sentence):
        number = Decimal(
            (match["number"] or "").replace(",", "") or NUMBERS[match["word"].casefold()]
        )
        number *= SCALES.get((match["scale"] or "").casefold(), 1)
        money = SIGNS.get((match["sign"] or "").casefold()) or MONEY.get(
            (match["money"] or "").casefold()
        )
        unit, end = (money, match.end("money")) if money else find_unit(match)
        if not money and ((match["word"] and not unit) or DURATION.match(unit)):
            continue
        if not unit and HAN.match(sentence, end):
            continue
        if money and not match["money"]:
            end = max(match.end("number"), match.end("scale"))
        written = (match["bound"] or "").casefold()
        bound = next((name for name, words in BOUNDS.items() if written in words.split("|")), "")
        yield Figure(
            match.start(), end, QUANTITY, f"{number.normalize():f}", unit, bound, bool(money)
        )


def find_unit(match: re.Match[str]) -> tuple[str, int]:
    """Return the unit of an amount and its end: the first plural of the words behind it."""
    rest = match["rest"]
    words = [(word[0], match.start("rest") + word.end()) for word in re.finditer(r"\S+", rest)]
    if words and not words[0][0].isascii():
        return words[0]
    plural = [word for word in words if word[0].endswith(("s", "people", "men", "women"))]
    at = max(match.end("number"), match.end("word"), match.end("scale"))
    return plural[0] if plural else ("", at)
