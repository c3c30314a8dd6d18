"""The text of a web page: its title and the paragraphs of its article, and nothing around it."""

from __future__ import annotations

import re
from typing import Final

from graph.errors import DataError, Finding

MARKUP: Final = re.compile(r"\s*(?:<\?xml|<!--|<!doctype html|<html|<head|<body)", re.IGNORECASE)


def is_page(text: str) -> bool:
    """Return whether a text is HTML.

    >>> is_page("<!DOCTYPE html><p>One"), is_page("<3 of it")
    (True, False)
    """
    return bool(MARKUP.match(text))


def extract_text(page: str, name: str) -> tuple[str, str]:
    """Return the title of a page and the text of its article, a paragraph a line.

    The text begins with the title. Navigation, comments, scripts and styles are left out. Raises
    DataError, with the name of the page, if it has no article or the reader is not installed.
    """
    try:
        import trafilatura  # noqa: PLC0415 - an extra
    except ImportError:
        message = "is HTML, which needs a reader: pip install 'cpec-graph[html]'"
        raise DataError([Finding(name, None, message)]) from None
    document = trafilatura.bare_extraction(page, include_comments=False, with_metadata=True)
    body = (getattr(document, "text", "") or "").strip()
    if not body:
        raise DataError([Finding(name, None, "is HTML without an article: give it as plain text")])
    lines = [" ".join(line.split()) for line in body.split("\n") if line.strip()]
    title = " ".join((getattr(document, "title", "") or lines[0]).split())
    return title, "\n\n".join([title, *(lines[1:] if lines[0] == title else lines)]) + "\n"
