"""The markup of a page for machines: a thing or an article in schema.org, as JSON-LD."""

from __future__ import annotations

from typing import Any, Final

from graph.presenting.article import ArticlePage
from graph.presenting.thing import Thing
from ontology.terms import SCHEMA
from server.linked_data import escape_name

SAME: Final = frozenset({"owl:sameAs", "schema:sameAs"})
"""The relations of links that schema.org calls sameAs."""


def thing_markup(thing: Thing, root: str) -> dict[str, Any]:
    """Return the names, the page and the equivalents of a thing."""
    types = [iri.removeprefix(SCHEMA) for iri in thing.classes if iri.startswith(SCHEMA)]
    translations = [text for language, text in thing.name.texts.items() if language != "en"]
    markup = {
        "@context": SCHEMA.rstrip("/"),
        "@type": types or "Thing",
        "@id": thing.name.iri,
        "name": thing.name.text,
        "alternateName": [*translations, *(alias.text for alias in thing.aliases)],
        "identifier": [code.text for _, code in thing.codes],
        "sameAs": [link.address for link in thing.links if link.relation in SAME],
        "url": root + escape_name(thing.name.path),
    }
    return {name: value for name, value in markup.items() if value}


def article_markup(article: ArticlePage, root: str) -> dict[str, Any]:
    """Return the authors, the publisher and the date of an article."""
    publisher = article.publisher
    markup = {
        "@context": SCHEMA.rstrip("/"),
        "@type": "NewsArticle",
        "@id": article.name.iri,
        "headline": article.name.text,
        "datePublished": article.date,
        "author": [{"@type": "Person", "name": author.text} for author in article.authors],
        "publisher": publisher and {"@type": "Organization", "name": publisher.text},
        "url": article.address or root + escape_name(article.name.path),
    }
    return {name: value for name, value in markup.items() if value}
