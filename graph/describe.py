"""The description of the dataset for machines: VoID and DCAT, written by the build."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from pyoxigraph import Literal, NamedNode, Quad

from graph.dataset import graph_of
from ontology.namespace import BASE, DATASET_GRAPH, ID, LINKS, PREFIXES, RDF_TYPE

DATASET: Final = BASE + "dataset"
"""The IRI of the dataset itself."""

TITLE: Final = "A cited knowledge graph of Pakistan-China cooperation"
LICENCE: Final = "https://creativecommons.org/licenses/by/4.0/"
INTEGER: Final = NamedNode(PREFIXES["xsd"] + "integer")


def describe(quads: Iterable[Quad]) -> list[Quad]:
    """Return the quads of `graph:dataset`, which describe the others.

    `void:triples` counts the union, as https://www.w3.org/TR/void/#statistics has it; a linkset
    counts its links, not the evidence that stands beside them.
    """
    quads = list(quads)
    union = {(quad.subject, quad.predicate, quad.object) for quad in quads}
    links: dict[str, list[Quad]] = {}
    for quad in quads:
        if graph_of(quad).startswith(LINKS) and is_link(quad):
            links.setdefault(graph_of(quad), []).append(quad)
    return [
        *dataset(len(union), sorted(links)),
        *(
            quad
            for name in sorted(links)
            for quad in linkset(name, links[name], targets_of(name, quads))
        ),
    ]


def targets_of(name: str, quads: Iterable[Quad]) -> list[str]:
    """Return the datasets that a linkset is stated to point into."""
    return sorted(
        quad.object.value
        for quad in quads
        if quad.predicate == iri("void", "objectsTarget")
        and quad.subject == NamedNode(name)
        and isinstance(quad.object, NamedNode)
    )


def is_link(quad: Quad) -> bool:
    """Return whether a quad of a links graph is a link, and not the evidence of one."""
    return isinstance(quad.subject, NamedNode) and quad.subject.value.startswith(
        (ID, PREFIXES["cpec"])
    )


def dataset(triples: int, linksets: Iterable[str]) -> Iterator[Quad]:
    """Return what is said of the dataset as a whole."""
    yield said(DATASET, RDF_TYPE, iri("void", "Dataset"))
    yield said(DATASET, RDF_TYPE, iri("dcat", "Dataset"))
    yield said(DATASET, PREFIXES["dcterms"] + "title", Literal(TITLE, language="en"))
    yield said(DATASET, PREFIXES["dcterms"] + "license", NamedNode(LICENCE))
    yield said(DATASET, PREFIXES["void"] + "triples", Literal(str(triples), datatype=INTEGER))
    yield said(DATASET, PREFIXES["void"] + "sparqlEndpoint", NamedNode(BASE + "sparql"))
    yield said(DATASET, PREFIXES["void"] + "uriSpace", Literal(BASE))
    yield said(DATASET, PREFIXES["dcat"] + "landingPage", NamedNode(BASE))
    for name in linksets:
        yield said(DATASET, PREFIXES["void"] + "subset", NamedNode(name))


def linkset(name: str, links: list[Quad], targets: list[str]) -> Iterator[Quad]:
    """Return what is said of one graph of links: how many, with what, and to where."""
    yield said(name, RDF_TYPE, iri("void", "Linkset"))
    yield said(name, PREFIXES["void"] + "subjectsTarget", NamedNode(DATASET))
    yield said(name, PREFIXES["void"] + "triples", Literal(str(len(links)), datatype=INTEGER))
    for predicate in sorted({quad.predicate.value for quad in links}):
        yield said(name, PREFIXES["void"] + "linkPredicate", NamedNode(predicate))
    for target in [DATASET, *targets]:
        yield said(name, PREFIXES["void"] + "target", NamedNode(target))


def iri(prefix: str, local: str) -> NamedNode:
    """Return a prefixed name as a node."""
    return NamedNode(PREFIXES[prefix] + local)


def said(subject: str, predicate: str, value: NamedNode | Literal) -> Quad:
    """Return one quad of `graph:dataset`."""
    return Quad(NamedNode(subject), NamedNode(predicate), value, NamedNode(DATASET_GRAPH))
