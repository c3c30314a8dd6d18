"""The catalogue as RDF: each question a `sh:SPARQLExecutable`, which query editors offer.

https://www.w3.org/TR/shacl12-sparql/#sparql-executable and the prefixes beside it (`sh:declare`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from pyoxigraph import Literal, NamedNode, Quad

from graph.publishing.statement import DATASET, iri, said
from ontology.namespace import BASE, PREFIXES
from queries.question import Question


def examples(questions: Iterable[Question]) -> Iterator[Quad]:
    """Yield the questions, each at the address of its page, and the prefixes that they share."""
    for question in questions:
        here = f"{BASE}questions/{question.name}"
        yield said(here, "rdf:type", iri("sh:SPARQLExecutable"))
        yield said(here, "rdf:type", iri("sh:SPARQLSelectExecutable"))
        yield said(here, "rdfs:label", Literal(question.summary, language="en"))
        yield said(here, "rdfs:comment", Literal(question.description.strip(), language="en"))
        yield said(here, "sh:prefixes", NamedNode(DATASET))
        yield said(here, "sh:select", Literal(question.text))
        yield said(here, "schema:target", NamedNode(BASE + "sparql"))
        for tag in question.tags:
            yield said(here, "schema:keywords", Literal(tag))
    yield from declarations()


def declarations() -> Iterator[Quad]:
    """Yield the prefixes of the project."""
    for prefix, namespace in PREFIXES.items():
        here = f"{DATASET}#prefix-{prefix}"
        yield said(DATASET, "sh:declare", NamedNode(here))
        yield said(here, "rdf:type", iri("sh:PrefixDeclaration"))
        yield said(here, "sh:prefix", Literal(prefix))
        yield said(here, "sh:namespace", Literal(namespace, datatype=iri("xsd:anyURI")))
