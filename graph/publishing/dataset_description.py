"""The description of the dataset for machines, in VoID and DCAT 3: the build writes it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from pyoxigraph import Literal, NamedNode, Quad, Triple

from graph.answering.binding import load_questions
from graph.dataset import graph_of
from graph.publishing.dataset_quad import DATASET, LICENCE, TITLE, expand, integer, state
from graph.publishing.example import describe_questions
from graph.publishing.partition import describe_partitions
from ontology.namespace import BASE, ID, LINKS
from ontology.terms import CPEC

ABOUT: Final = (
    "Pakistan-China cooperation as a news article reports it: the named graph of each "
    "sentence and source holds the statements that it makes."
)
KEYWORDS: Final = (
    *("Pakistan", "China", "China-Pakistan Economic Corridor", "CPEC"),
    *("news", "provenance", "knowledge graph"),
)
PUBLISHER: Final = "the cpec-graph project"
LANGUAGES: Final = "http://id.loc.gov/vocabulary/iso639-1/"
"""The IRIs of languages that DCAT 3 recommends, by two-letter code: the Library of Congress's."""


def describe_dataset(quads: Iterable[Quad]) -> list[Quad]:
    """Return the quads of `graph:dataset`, which describe the given quads.

    The statistics count the union (https://www.w3.org/TR/void/#statistics); a linkset counts its
    links without their evidence.
    """
    quads = list(quads)
    union = dict.fromkeys(Triple(quad.subject, quad.predicate, quad.object) for quad in quads)
    links: dict[str, list[Quad]] = {}
    for quad in quads:
        if graph_of(quad).startswith(LINKS) and is_link(quad):
            links.setdefault(graph_of(quad), []).append(quad)
    description = [
        *describe_contents(sorted(links)),
        *describe_publication(union),
        *describe_partitions(union),
        *(
            quad
            for name in sorted(links)
            for quad in describe_linkset(name, links[name], linkset_targets(name, quads))
        ),
        *describe_questions(load_questions().values()),
    ]
    return list(dict.fromkeys(description))


def linkset_targets(name: str, quads: Iterable[Quad]) -> list[str]:
    """Return the IRIs of the datasets that a linkset points into (`void:objectsTarget`), sorted."""
    return sorted(
        quad.object.value
        for quad in quads
        if quad.predicate == expand("void:objectsTarget")
        and quad.subject == NamedNode(name)
        and isinstance(quad.object, NamedNode)
    )


def is_link(quad: Quad) -> bool:
    """Return whether a quad of a linkset is a link: its evidence has other subjects than ours."""
    return isinstance(quad.subject, NamedNode) and quad.subject.value.startswith((ID, CPEC))


def describe_contents(linksets: Iterable[str]) -> Iterator[Quad]:
    """Yield the title, licence, endpoint and linksets of the dataset."""
    yield state(DATASET, "rdf:type", expand("void:Dataset"))
    yield state(DATASET, "rdf:type", expand("dcat:Dataset"))
    yield state(DATASET, "dcterms:title", Literal(TITLE, language="en"))
    yield state(DATASET, "dcterms:description", Literal(ABOUT, language="en"))
    yield state(DATASET, "dcterms:license", NamedNode(LICENCE))
    yield state(DATASET, "void:sparqlEndpoint", NamedNode(BASE + "sparql"))
    yield state(DATASET, "void:uriSpace", Literal(BASE))
    yield state(DATASET, "void:exampleResource", NamedNode(ID + "Pakistan"))
    yield state(DATASET, "void:rootResource", NamedNode(ID + "CPEC"))
    yield state(DATASET, "dcat:landingPage", NamedNode(BASE))
    for name in linksets:
        yield state(DATASET, "void:subset", NamedNode(name))


def describe_publication(union: Iterable[Triple]) -> Iterator[Quad]:
    """Yield the publisher of the dataset, its keywords and the languages of its labels.

    `dcterms:issued` is missing: the day of a build says nothing about the data.
    """
    publisher = DATASET + "#publisher"
    yield state(DATASET, "dcterms:publisher", NamedNode(publisher))
    yield state(publisher, "rdf:type", expand("foaf:Agent"))
    yield state(publisher, "foaf:name", Literal(PUBLISHER, language="en"))
    for keyword in KEYWORDS:
        yield state(DATASET, "dcat:keyword", Literal(keyword, language="en"))
    for code in sorted(set(map(label_language, union)) - {""}):
        yield state(DATASET, "dcterms:language", NamedNode(LANGUAGES + code))


def label_language(triple: Triple) -> str:
    """Return the two-letter language code of an `rdfs:label`, "" for any other triple."""
    label = triple.object
    if triple.predicate != expand("rdfs:label") or not isinstance(label, Literal):
        return ""
    code = (label.language or "").partition("-")[0]
    return code if len(code) == 2 else ""


def describe_linkset(name: str, links: list[Quad], targets: list[str]) -> Iterator[Quad]:
    """Yield the size, the predicates and the target datasets of one linkset."""
    yield state(name, "rdf:type", expand("void:Linkset"))
    yield state(name, "void:subjectsTarget", NamedNode(DATASET))
    yield state(name, "void:triples", integer(len(links)))
    for predicate in sorted({quad.predicate.value for quad in links}):
        yield state(name, "void:linkPredicate", NamedNode(predicate))
    for target in [DATASET, *targets]:
        yield state(name, "void:target", NamedNode(target))
