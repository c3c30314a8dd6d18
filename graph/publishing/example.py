"""The catalogue as RDF: each question a `sh:SPARQLExecutable`, which query editors offer.

https://www.w3.org/TR/shacl12-sparql/#sparql-executable and the prefixes beside it (`sh:declare`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from pyoxigraph import Literal, NamedNode, Quad

from graph.publishing.dataset_quad import DATASET, expand, state
from ontology.namespace import BASE, PREFIXES
from queries.question import Question


def describe_questions(questions: Iterable[Question]) -> Iterator[Quad]:
    """Yield the questions, each at the address of its page, and the prefixes that they share."""
    for question in questions:
        here = f"{BASE}questions/{question.name}"
        yield state(here, "rdf:type", expand("sh:SPARQLExecutable"))
        yield state(here, "rdf:type", expand("sh:SPARQLSelectExecutable"))
        yield state(here, "rdfs:label", Literal(question.summary, language="en"))
        yield state(here, "rdfs:comment", Literal(question.description.strip(), language="en"))
        yield state(here, "sh:prefixes", NamedNode(DATASET))
        yield state(here, "sh:select", Literal(question.text))
        yield state(here, "schema:target", NamedNode(BASE + "sparql"))
        for tag in question.tags:
            yield state(here, "schema:keywords", Literal(tag))
    yield from declare_prefixes()


def declare_prefixes() -> Iterator[Quad]:
    """Yield the prefixes of the project."""
    for prefix, namespace in PREFIXES.items():
        here = f"{DATASET}#prefix-{prefix}"
        yield state(DATASET, "sh:declare", NamedNode(here))
        yield state(here, "rdf:type", expand("sh:PrefixDeclaration"))
        yield state(here, "sh:prefix", Literal(prefix))
        yield state(here, "sh:namespace", Literal(namespace, datatype=expand("xsd:anyURI")))
