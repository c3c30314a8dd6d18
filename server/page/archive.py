"""The archive: the texts of articles that the operator has, with the quotes marked."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

from graph.curating.verification import read_text, sha256
from graph.errors import DataError
from graph.presenting.article import ArticlePage
from graph.wording.quotation import split_quotation
from ontology.namespace import ID

Pieces = list[tuple[str, bool]]
"""A text in pieces, and whether each is a quote."""


def read_sentences(archive: str | None, article: ArticlePage) -> dict[str, Pieces]:
    """Return the text of each sentence by its anchor, if it has the SHA-256 of the evidence."""
    name = article.name.iri.removeprefix(ID)
    if archive is None or "/" in name or not Path(archive, f"{name}.txt").is_file():
        return {}
    try:
        text = read_text(Path(archive, f"{name}.txt"))
    except (DataError, OSError):
        return {}
    sentences = {}
    for sentence in article.sentences:
        own = text[sentence.start : sentence.start + sentence.length]
        if own and sha256(own) == sentence.sha256:
            quotes = [q for line in sentence.lines for quote in line.quotes for q in quote.quotes]
            quotations = [*sentence.quotes, *quotes]
            phrases = [p for quotation in quotations for p in split_quotation(quotation)]
            sentences[sentence.anchor] = mark_quotes(own, phrases)
    return sentences


def mark_quotes(text: str, quotes: Iterable[str]) -> Pieces:
    """Return a text in pieces, each with whether it is a quote.

    >>> mark_quotes("both have moved forward", ["have moved"])
    [('both ', False), ('have moved', True), (' forward', False)]
    """
    longest = sorted(set(quotes) - {""}, key=len, reverse=True)
    if not longest:
        return [(text, False)]
    parts = re.split(f"({'|'.join(map(re.escape, longest))})", text)
    return [(part, place % 2 == 1) for place, part in enumerate(parts) if part]
