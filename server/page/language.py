"""The language of a page: its texts, from the gettext catalogues in server/translations."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from gettext import GNUTranslations, NullTranslations
from io import BytesIO
from pathlib import Path
from typing import Final

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from flask import Flask, g, has_request_context, request
from markupsafe import Markup, escape
from werkzeug.exceptions import BadRequest

from graph.wording.sentence import GRAMMARS
from graph.wording.text import END, ISOLATE, MONTHS, clean_text, detect_language, write_time
from server.parameters import Parameters, read_address

NAMES: Final = "names"
"""The parameter for the language of a page."""

LANGUAGES: Final = {"en": "English", "ur": "اردو", "zh": "中文"}
CATALOGUES: Final = Path(__file__).parents[1] / "translations"

REFERENCE: Final = re.compile(
    r"(?P<name>.*?)(?:(?:, |^)(?P<date>(?:\d{1,2} )?[A-Z][a-z]+ \d{4}))?"
    r"(?:(?:, |^)(?:sentence (?P<sentence>\d+)|(?P<headline>headline)))?",
    re.IGNORECASE,
)
"""A reference in English words, INP-WealthPk, 29 April 2026, sentence 8."""


def add_translations(app: Flask) -> None:
    """Let the templates of an application translate: `{% trans %}`, `_` and `ngettext`."""
    app.jinja_env.add_extension("jinja2.ext.i18n")
    app.jinja_env.policies["ext.i18n.trimmed"] = True
    install = app.jinja_env.install_gettext_callables  # type: ignore[attr-defined]  # by i18n
    install(translate, translate_number, newstyle=True)
    app.add_template_global(mark_english, "english")
    app.add_template_filter(mark_reference)
    app.add_template_filter(mark_isolated)
    app.add_template_filter(mark_foreign)
    for function in (translate, translate_reference, translate_piece):
        app.add_template_filter(function)


@cache
def read_catalogue(language: str) -> NullTranslations:
    """Return the translations into a language; English is the language of the messages."""
    if language == "en":
        return NullTranslations()
    compiled = BytesIO()
    with (CATALOGUES / f"{language}.po").open("rb") as file:
        write_mo(compiled, read_po(file, locale=language))
    compiled.seek(0)
    return GNUTranslations(compiled)


def first_language() -> str:
    """Return the language of the page."""
    if not has_request_context():
        return "en"
    if "language" not in g:
        g.language = next((code for code in read_given().get_all(NAMES) if code in LANGUAGES), "en")
    return str(g.language)


def read_given() -> Parameters:
    """Return the parameters of this page, none on the page of an error in them."""
    try:
        return read_address(request)
    except BadRequest:
        return Parameters()


def translate(text: str) -> str:
    """Return a text in the language of the page, unchanged if its catalogue lacks it."""
    return read_catalogue(first_language()).gettext(text) if text else ""


def translate_number(singular: str, plural: str, number: int) -> str:
    """Return the text for a number in the language of the page."""
    return read_catalogue(first_language()).ngettext(singular, plural, number)


def mark_english() -> Markup:
    """Return the attributes of an element whose text is English on a page in any language."""
    attributes = Markup(' lang="en" dir="ltr"')
    return Markup() if first_language() == "en" else attributes


def mark_foreign(words: str) -> Markup:
    """Return the `lang` attribute for words that are not in the language of the page."""
    language = detect_language(words)
    is_foreign = language != first_language()
    return Markup(' lang="{}"').format(language) if is_foreign else Markup()


def mark_isolated(words: str) -> Markup:
    """Return a sentence in the language of the page, with its isolated foreign names marked."""
    parts = re.split(f"{ISOLATE}(.*?){END}", words)
    name = Markup("<bdi{}>{}</bdi>")
    return Markup().join(
        name.format(mark_foreign(part), clean_text(part)) if place % 2 else escape(clean_text(part))
        for place, part in enumerate(parts)
    )


def translate_reference(words: str) -> str:
    """Return the reference of a source with its date and its place in the language of the page."""
    return "".join(text for text, _ in split_reference(words))


def mark_reference(words: str) -> str:
    """Return a reference as `translate_reference` does, with the language of its name."""
    if first_language() == "en":
        return words
    parts = (
        Markup("<bdi{}>{}</bdi>").format(mark_foreign(text), text) if is_name else escape(text)
        for text, is_name in split_reference(words)
    )
    return Markup().join(parts)


def split_reference(words: str) -> Iterator[tuple[str, bool]]:
    """Yield the parts of a reference in the language of the page: texts, and whether a name."""
    match, language = REFERENCE.fullmatch(words), first_language()
    if language == "en" or match is None:
        yield words, language != "en"
        return
    name, date, sentence, headline = match.group("name", "date", "sentence", "headline")
    rest = [translate_day(date)] if date else []
    if sentence:
        rest.append(translate("sentence %(number)s") % {"number": sentence})
    if headline:
        rest.append(translate("headline"))
    if name:
        yield name, True
    comma = GRAMMARS[language].comma
    yield comma.join(["", *rest] if name and rest else rest), False


def translate_day(words: str) -> str:
    """Return a day or a month of English words, `29 April 2026`, `Apr 2026`, in the language."""
    *day, name, year = words.split()
    months = [month[:3] for month in MONTHS["en"].split()]
    if name[:3] not in months:
        return words
    text = f"{year}-{months.index(name[:3]) + 1:02}"
    return write_time(f"{text}-{int(day[0]):02}" if day else text, first_language())


def translate_piece(words: str) -> str:
    """Return the words between the marks of a citation, with the blanks around them."""
    text = words.strip(" ;,")
    return words.replace(text, translate(text)) if text else words
