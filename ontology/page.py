"""The page of the vocabulary, `docs/vocabulary.md`, which `make docs` writes from the ontology."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from rdflib import OWL, RDF, RDFS, SDO, Graph, Literal, Namespace, URIRef
from rdflib.collection import Collection
from rdflib.term import Node

from ontology.namespace import CPEC, shorten
from ontology.vocabulary import AXIOM_FILES, FOLDER, MODALITIES

PAGE: Final = FOLDER.parent / "docs" / "vocabulary.md"
TERM: Final = Namespace(CPEC)

HEAD: Final = """# The vocabulary

Written by `make docs` from `ontology/cpec.ttl` and `ontology/alignments.ttl`; do not edit.
Namespace: `cpec:` = `{namespace}`. {classes} classes, {properties} properties. The Urdu and Chinese
labels of the vocabulary are drafts.
"""


def page() -> str:
    """Return the text of the page, in Markdown."""
    graph = Graph()
    for name in AXIOM_FILES:
        graph.parse(FOLDER / name)
    classes = terms(graph, OWL.Class)
    properties = terms(graph, OWL.ObjectProperty, OWL.DatatypeProperty, OWL.AnnotationProperty)
    counts = {"classes": len(classes), "properties": len(properties)}
    return "\n".join([
        HEAD.format(namespace=CPEC, **counts),
        "## Modalities, strongest first\n",
        *(f"- **{name}**: {text(graph, TERM[name])}" for name in MODALITIES),
        "\n## Classes\n",
        *(line for root in roots(graph, classes) for line in branch(graph, root, 0)),
        "\n## Properties",
        *(line for term in properties for line in property_entry(graph, term)),
        "",
    ])  # fmt: skip


def terms(graph: Graph, *types: URIRef) -> list[URIRef]:
    """Return the terms of our namespace that have one of the types, by name."""
    found = {term for kind in types for term in graph.subjects(RDF.type, kind)}
    return [term for term in iris(found) if term in TERM]


def iris(nodes: Iterable[Node]) -> list[URIRef]:
    """Return the IRIs among the nodes, sorted."""
    return sorted(node for node in nodes if isinstance(node, URIRef))


def text(graph: Graph, term: Node) -> str:
    """Return the comment on a term."""
    return str(graph.value(term, RDFS.comment) or "")


def labels(graph: Graph, term: Node) -> str:
    """Return the labels of a term, the English first."""
    found = [label for label in graph.objects(term, RDFS.label) if isinstance(label, Literal)]
    by_language = {label.language: str(label) for label in found}
    return " · ".join(by_language[language] for language in ("en", "ur", "zh"))


def roots(graph: Graph, classes: list[URIRef]) -> list[URIRef]:
    """Return the classes that have no wider class of our own."""
    return [
        term
        for term in classes
        if not any(wider in TERM for wider in iris(graph.objects(term, RDFS.subClassOf)))
    ]


def branch(graph: Graph, term: URIRef, depth: int) -> Iterator[str]:
    """Return the entry of a class, and below it those of its narrower classes."""
    aligned = names(graph, term, RDFS.subClassOf, foreign=True)
    also = f" Below {aligned}." if aligned else ""
    yield f"{'  ' * depth}- **{local(term)}** ({labels(graph, term)}): {text(graph, term)}{also}"
    for narrower in iris(graph.subjects(RDFS.subClassOf, term)):
        yield from branch(graph, narrower, depth + 1)


def property_entry(graph: Graph, term: URIRef) -> Iterator[str]:
    """Return the entry of a property."""
    modality = graph.value(term, TERM.modality)
    yield f"\n### {local(term)}\n"
    yield f"{labels(graph, term)}. {text(graph, term)}\n"
    if modality:
        yield f"- modality: {local(modality)}"
    if shape := signature(graph, term):
        yield f"- {shape}"
    yield from (f"- {axiom}" for axiom in axioms(graph, term))


def signature(graph: Graph, term: URIRef) -> str:
    """Return the domain and range of a property, or nothing where it has none."""
    domain = names(graph, term, RDFS.domain) or names(graph, term, SDO.domainIncludes)
    target = names(graph, term, RDFS.range) or names(graph, term, SDO.rangeIncludes)
    return f"{domain or 'anything'} → {target or 'anything'}" if domain or target else ""


def axioms(graph: Graph, term: URIRef) -> Iterator[str]:
    """Return what the ontology infers with a property, in words."""
    for kind in (OWL.SymmetricProperty, OWL.TransitiveProperty):
        if (term, RDF.type, kind) in graph:
            yield local(kind).removesuffix("Property").lower()
    for predicate, words in ((RDFS.subPropertyOf, "implies"), (OWL.inverseOf, "inverse of")):
        if found := names(graph, term, predicate):
            yield f"{words} {found}"
    for inverse in iris(graph.subjects(OWL.inverseOf, term)):
        yield f"inverse of {local(inverse)}"
    chains = (Collection(graph, chain) for chain in graph.objects(term, OWL.propertyChainAxiom))
    for steps in sorted(" then ".join(map(local, chain)) for chain in chains):
        yield f"follows from {steps}"


def names(graph: Graph, term: URIRef, predicate: URIRef, *, foreign: bool = False) -> str:
    """Return the values of a predicate by name, or only those of other vocabularies."""
    values = iris(graph.objects(term, predicate))
    return ", ".join(local(value) for value in values if not foreign or value not in TERM)


def local(term: Node) -> str:
    """Return our own terms by local name, others with their prefix."""
    return shorten(str(term)).removeprefix("cpec:").removeprefix("owl:")


if __name__ == "__main__":
    PAGE.write_text(page(), "utf-8")
