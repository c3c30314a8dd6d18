"""The catalogue as RDF: each question a `sh:SPARQLExecutable`, for query editors.

https://www.w3.org/TR/shacl12-sparql/#sparql-executable; `sh:declare` lists the prefixes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from pyoxigraph import Literal, NamedNode, Quad

from graph.publishing.dataset_quad import DATASET, expand, state
from ontology.namespace import BASE, PREFIXES
from queries.question import Question


def describe_questions(questions: Iterable[Question]) -> Iterator[Quad]:
    """Yield the questions, each named by the address of its page, and their common prefixes."""
    for question in questions:
        page = f"{BASE}questions/{question.name}"
        yield state(page, "rdf:type", expand("sh:SPARQLExecutable"))
        yield state(page, "rdf:type", expand("sh:SPARQLSelectExecutable"))
        yield state(page, "rdfs:label", Literal(question.summary, language="en"))
        yield state(page, "rdfs:comment", Literal(question.description.strip(), language="en"))
        yield state(page, "sh:prefixes", NamedNode(DATASET))
        yield state(page, "sh:select", Literal(question.text))
        yield state(page, "schema:target", NamedNode(BASE + "sparql"))
        for tag in question.tags:
            yield state(page, "schema:keywords", Literal(tag))
    yield from declare_prefixes()


def declare_prefixes() -> Iterator[Quad]:
    """Yield a `sh:PrefixDeclaration` for each prefix of the project."""
    for prefix, namespace in PREFIXES.items():
        declaration = f"{DATASET}#prefix-{prefix}"
        yield state(DATASET, "sh:declare", NamedNode(declaration))
        yield state(declaration, "rdf:type", expand("sh:PrefixDeclaration"))
        yield state(declaration, "sh:prefix", Literal(prefix))
        yield state(declaration, "sh:namespace", Literal(namespace, datatype=expand("xsd:anyURI")))
