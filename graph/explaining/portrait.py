"""A portrait of a resource, for people: its statements in words, each with its sources."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import chain
from typing import Final
from urllib.parse import urlencode

from pyoxigraph import Literal, NamedNode, Quad

from graph.dataset import STATEMENT, TYPE, graph_of
from graph.evaluation import Answer, Query
from graph.explaining.attestation import Source, Spo, source_of, sources_of
from graph.explaining.term import Term, term, text_of
from graph.name import short
from graph.publishing.resource import JSON, Node, rows
from ontology.namespace import INFERRED_GRAPH

MOST: Final = 2000
"""The number of names up to which labels are looked up."""

LABELS: Final = """
SELECT DISTINCT ?name ?label {
  VALUES ?name { %s }
  GRAPH ?graph { ?name rdfs:label|dcterms:title ?label FILTER (LANG(?label) IN ("en", "")) }
}
"""


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


def followed(cited: Answer) -> dict[Spo, Proofs]:
    """Return what each triple of a cited answer follows from, as far as that was found."""
    citations = json.loads(cited.body)["citations"]
    return {
        (subject, predicate, value): Proofs(tuple(map(tuple, one["proofs"])), "more" in one)
        for (subject, predicate, value), one in zip(rows(cited), citations, strict=True)
        if one["status"] == "cited" and subject and predicate and value
    }


def portrait(
    iri: str, quads: Iterable[Quad], labelled: Answer, quoted: Answer, proofs: Mapping[Spo, Proofs]
) -> Portrait:
    """Return the portrait of a resource from its statements and the answers about their names.

    What is inferred is said by what it follows from, where that is known.
    """
    words = texts(labelled)
    own = sources_of(quoted, words)
    said = said_of(quads, iri)
    groups: dict[str, list[Statement]] = defaultdict(list)
    for triple, graphs in said.items():
        follows = proofs.get(triple) if INFERRED_GRAPH in graphs else None
        sources = tuple(
            own.get((graph, triple)) or own.get((graph, None)) or source_of(graph, words)
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


def said_of(quads: Iterable[Quad], iri: str) -> dict[Spo, list[str]]:
    """Return the statements of a portrait, each with the graphs that say it.

    The records of a sentence are told beside the statements that they are about.
    """
    found: dict[Spo, list[str]] = {}
    for quad in quads:
        found.setdefault((quad.subject, quad.predicate, quad.object), []).append(graph_of(quad))
    records = {one[0] for one in found if one[1:] == (TYPE, STATEMENT)} - {NamedNode(iri)}
    return {triple: graphs for triple, graphs in found.items() if triple[0] not in records}


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
