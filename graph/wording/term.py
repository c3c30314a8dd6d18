"""A term as a page shows it: in words, with the address of its page."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote as percent_encoded

from pyoxigraph import Literal, NamedNode

from ontology.namespace import BASE, shorten
from ontology.terms import RdfTerm


@dataclass(frozen=True, slots=True)
class Term:
    """A term in words; `path` is its page here, percent-encoded, `address` its page elsewhere."""

    text: str
    path: str = ""
    address: str = ""
    language: str = ""


def read_text(node: RdfTerm | None) -> str:
    """Return the text of a term, "" for None."""
    if isinstance(node, NamedNode | Literal):
        return node.value
    return "" if node is None else str(node)


def make_term(node: RdfTerm, words: dict[str, str]) -> Term:
    """Return a term in words; only addresses of the web become links."""
    if isinstance(node, Literal):
        return Term(node.value, language=node.language or "")
    if not isinstance(node, NamedNode):
        return Term(str(node))
    text = words.get(node.value) or shorten(node.value).strip("<>")
    if node.value.startswith(BASE) and not node.value.startswith(f"{BASE}/"):  # no `//host`
        return Term(text, path=make_path(node.value))
    return Term(text, address=node.value if node.value.startswith(("https://", "http://")) else "")


def make_path(iri: str) -> str:
    """Return the path of an IRI of the project, below the root of its host.

    A `#` begins the place in a document; the name of a thing may contain it.
    """
    local = iri.removeprefix(BASE)
    if local.startswith("id/"):
        return percent_encoded(f"page/{local.removeprefix('id/')}")
    document, mark, place = local.partition("#")
    return percent_encoded(document) + mark + percent_encoded(place)
