"""English names in texts of a page, in its language where their things have a name in it."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from flask import Blueprint
from markupsafe import Markup, escape

from graph.errors import EngineError
from graph.presenting.name_index import NameIndex
from graph.wording.sentence import GRAMMARS
from graph.wording.text import clean_text, write_time
from server.page.language import first_language, mark_foreign
from server.page.search_page import read_index

blueprint = Blueprint("translated_name", __name__)

LARGE: Final = re.compile("[1-9][0-9]{4,17}")
"""A whole number that is read by its thousands."""

KEPT: Final = 4
"""The versions and languages whose names are kept."""


@lru_cache(KEPT)
def list_translations(index: NameIndex, language: str) -> dict[str, str]:
    """Return the names in a language by their English names."""
    return {
        texts["en"]: texts[language]
        for texts in index.labels.values()
        if "en" in texts and language in texts
    }


def find_translation(text: str) -> str | None:
    """Return an English name, with or without its article, in the language of the page, or None."""
    try:
        translations = list_translations(read_index(), first_language())
    except EngineError:
        return None
    return translations.get(text) or translations.get(text.removeprefix("the "))


@blueprint.app_template_filter("plain_name")
def translate_name(text: str) -> str:
    """Return an English name in the language of the page, unchanged if it has none."""
    return text if first_language() == "en" else find_translation(text) or text


@blueprint.app_template_filter("name")
def mark_name(names: str) -> str:
    """Return names, `A, B`, each in the language of the page or with its own."""
    if first_language() == "en":
        return names
    texts = [names] if find_translation(names) else names.split(", ")
    return escape(GRAMMARS[first_language()].comma).join(map(mark_text, texts))


def mark_text(text: str) -> Markup:
    """Return one name in the language of the page or with its own."""
    translation = find_translation(text)
    attributes = Markup() if translation else mark_foreign(text)
    return Markup("<bdi{}>{}</bdi>").format(attributes, escape(translation or text))


@blueprint.app_template_filter("write_value")
def write_value(text: str, kind: str = "") -> str:
    """Return the text of a literal: a date in the words of the language, a number with commas.

    Four digits may be a year, if their kind is not `number`.
    """
    if LARGE.fullmatch(text) or (kind == "number" and text.isdecimal()):
        return f"{int(text):,}"
    return clean_text(write_time(text, first_language()))
