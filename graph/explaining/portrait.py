"""A portrait of a resource, for people: its statements in words, each with its sources."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import chain
from typing import Final
from urllib.parse import quote as percent_encoded
from urllib.parse import urlencode

from pyoxigraph import Literal, NamedNode, Quad

from graph.dataset import graph_of
from graph.evaluation import Answer, Query
from graph.name import short
from graph.publishing.resource import JSON, Node, rows
from ontology.namespace import BASE, INFERRED_GRAPH, shorten

MOST: Final = 2000
"""The number of names up to which labels are looked up."""

LABELS: Final = """
SELECT DISTINCT ?name ?label {
  VALUES ?name { %s }
  GRAPH ?graph { ?name rdfs:label|dcterms:title ?label FILTER (LANG(?label) IN ("en", "")) }
}
"""
QUOTES: Final = """
SELECT DISTINCT ?source ?quote {
  VALUES ?source { %s }
  GRAPH graph:evidence { ?source oa:hasSelector ?selector . ?selector oa:exact ?quote }
} ORDER BY ?source ?selector
"""


@dataclass(frozen=True, slots=True)
class Term:
    """A term in words; `path` is where it is read about here, `address` where it is elsewhere.

    The path is as an address has it, other signs percent-encoded.
    """

    text: str
    path: str = ""
    address: str = ""
    language: str = ""


@dataclass(frozen=True, slots=True)
class Source:
    """What says a statement, and the phrases that are quoted from it."""

    name: Term
    quotes: tuple[str, ...]


Spo = tuple[Node, Node, Node]
"""The subject, predicate and object of a statement."""


@dataclass(frozen=True, slots=True)
class Proofs:
    """The graphs from which a statement follows, set by set; `more` where there are others."""

    sets: tuple[tuple[str, ...], ...]
    more: bool


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement, everything that says it, what it follows from, and where that is explained."""

    subject: Term
    predicate: Term
    value: Term
    sources: tuple[Source, ...]
    proofs: Proofs | None
    explained: str


@dataclass(frozen=True, slots=True)
class Portrait:
    """A resource: what is said of it, what it states, where it is spoken of, and its parts.

    Each statement stands in the first of these that it belongs to.
    """

    iri: str
    label: str
    about: tuple[Statement, ...]
    stated: tuple[Statement, ...]
    mentions: tuple[Statement, ...]
    parts: tuple[Statement, ...]

    def graphs(self) -> set[str]:
        """Return the names of the graphs from which statements follow."""
        every = chain(self.about, self.stated, self.mentions, self.parts)
        return {graph for one in every if one.proofs for of in one.proofs.sets for graph in of}


def labels(quads: Iterable[Quad], iri: str) -> Query:
    """Return the query for the English labels of the names in the statements."""
    nodes = {node for quad in quads for node in (*quad.triple, quad.graph_name)}
    iris = sorted({str(node) for node in nodes if isinstance(node, NamedNode)})[:MOST]
    return Query(LABELS % " ".join([f"<{iri}>", *iris]), JSON, None)


def quotes(quads: Iterable[Quad]) -> Query:
    """Return the query for what is quoted from the graphs of the statements."""
    graphs = sorted({str(quad.graph_name) for quad in quads if graph_of(quad)})
    return Query(QUOTES % " ".join(graphs), JSON, None)


def followed(cited: Answer) -> dict[Spo, Proofs]:
    """Return what each triple of a cited answer follows from, as far as that was found."""
    citations = json.loads(cited.body)["citations"]
    return {
        (subject, predicate, value): Proofs(tuple(map(tuple, one["proofs"])), "more" in one)
        for (_, subject, predicate, value), one in zip(rows(cited), citations, strict=True)
        if one["status"] == "cited" and subject and predicate and value
    }


def portrait(
    iri: str, quads: Iterable[Quad], labelled: Answer, quoted: Answer, proofs: Mapping[Spo, Proofs]
) -> Portrait:
    """Return the portrait of a resource from its statements and the answers about their names.

    What is inferred is said by what it follows from, where that is known.
    """
    words = texts(labelled)
    spoken: dict[str, list[str]] = {}
    for name, quote in rows(quoted):
        spoken.setdefault(text_of(name), []).append(text_of(quote))
    said: dict[Spo, list[str]] = {}
    for quad in quads:
        said.setdefault((quad.subject, quad.predicate, quad.object), []).append(graph_of(quad))
    groups: dict[str, list[Statement]] = defaultdict(list)
    for triple, graphs in said.items():
        follows = proofs.get(triple) if INFERRED_GRAPH in graphs else None
        sources = tuple(
            Source(term(NamedNode(graph), words), tuple(spoken.get(graph, ())))
            for graph in graphs
            if not (follows and graph == INFERRED_GRAPH)
        )
        subject, predicate, value = (term(node, words) for node in triple)
        explained = explanation_of(*triple)
        groups[group_of(triple, graphs, NamedNode(iri))].append(
            Statement(subject, predicate, value, sources, follows, explained)
        )
    about, stated, mentions, parts = (
        tuple(groups[name]) for name in ("about", "stated", "mentions", "parts")
    )
    return Portrait(iri, words.get(iri, short(iri)), about, stated, mentions, parts)


def group_of(triple: Spo, graphs: Iterable[str], this: NamedNode) -> str:
    """Return the group of a portrait in which a statement stands."""
    if triple[0] == this:
        return "about"
    if this.value in graphs:
        return "stated"
    return "mentions" if triple[2] == this else "parts"


def explanation_of(*nodes: Node) -> str:
    """Return the path on which a statement is explained, "" where it has no name to ask by."""
    if not all(isinstance(node, NamedNode | Literal) for node in nodes):
        return ""
    return "explain?" + urlencode(dict(zip("spo", map(spelt, nodes), strict=True)))


def spelt(node: Node) -> str:
    """Return a name as it can be asked for: an IRI like `urn:x` could pass for a prefixed one."""
    if isinstance(node, NamedNode) and "://" in node.value:
        return node.value
    return str(node)


def texts(answer: Answer) -> dict[str, str]:
    """Return the first label of each name."""
    found: dict[str, str] = {}
    for name, label in rows(answer):
        found.setdefault(text_of(name), text_of(label))
    return found


def text_of(node: Node | None) -> str:
    """Return the text of a name or literal."""
    return node.value if isinstance(node, NamedNode | Literal) else str(node)


def term(node: Node, words: dict[str, str]) -> Term:
    """Return a term in words; only addresses of the web become links."""
    if isinstance(node, Literal):
        return Term(node.value, language=node.language or "")
    if not isinstance(node, NamedNode):
        return Term(str(node))
    text = words.get(node.value) or shorten(node.value).strip("<>")
    if node.value.startswith(BASE) and not node.value.startswith(f"{BASE}/"):  # no `//host`
        return Term(text, path=path_of(node.value))
    return Term(text, address=node.value if node.value.startswith(("https://", "http://")) else "")


def path_of(iri: str) -> str:
    """Return the path of an IRI of the project, below the root of whatever host serves it.

    What stands behind a `#` is a place in a document, but for a thing, which has its own.
    """
    local = iri.removeprefix(BASE)
    if local.startswith("id/"):
        return percent_encoded(f"page/{local.removeprefix('id/')}")
    document, mark, place = local.partition("#")
    return percent_encoded(document) + mark + percent_encoded(place)
