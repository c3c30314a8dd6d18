"""What machines read in a page: a thing in the words of schema.org, as JSON-LD."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from ontology.terms import SCHEMA
from server.linked_data import escape_name

SAME: Final = frozenset({"owl:sameAs", "schema:sameAs"})
"""The relations of links that schema.org calls sameAs."""


def thing_markup(thing: Mapping[str, Any], root: str) -> dict[str, Any]:
    """Return a thing with its names, its page and the same elsewhere."""
    types = [iri.removeprefix(SCHEMA) for iri in thing["classes"] if iri.startswith(SCHEMA)]
    others = [text for language, text in thing["name"]["texts"].items() if language != "en"]
    found = {
        "@context": SCHEMA.rstrip("/"),
        "@type": types or "Thing",
        "@id": thing["name"]["iri"],
        "name": thing["name"]["text"],
        "alternateName": [*others, *(alias["text"] for alias in thing["aliases"])],
        "identifier": [code["text"] for _, code in thing["codes"]],
        "sameAs": [link["address"] for link in thing["links"] if link["relation"] in SAME],
        "url": root + escape_name(thing["name"]["path"]),
    }
    return {name: value for name, value in found.items() if value}


def article_markup(article: Mapping[str, Any], root: str) -> dict[str, Any]:
    """Return an article with who wrote and published it, and when."""
    found = {
        "@context": SCHEMA.rstrip("/"),
        "@type": "NewsArticle",
        "@id": article["name"]["iri"],
        "headline": article["name"]["text"],
        "datePublished": article["date"],
        "author": [{"@type": "Person", "name": one["text"]} for one in article["authors"]],
        "publisher": article["publisher"]
        and {"@type": "Organization", "name": article["publisher"]["text"]},
        "url": article["address"] or root + escape_name(article["name"]["path"]),
    }
    return {name: value for name, value in found.items() if value}
