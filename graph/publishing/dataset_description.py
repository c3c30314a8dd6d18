"""The description of the dataset for machines, in VoID and DCAT 3: the build writes it.

It has the class and property partitions (https://www.w3.org/TR/void/#class-property-partitions),
and the catalogue: each question is a `sh:SPARQLExecutable`, for query editors
(https://www.w3.org/TR/shacl12-sparql/#sparql-executable).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Final

from pyoxigraph import Literal, NamedNode, Quad, Triple

from graph.answering.binding import load_questions
from graph.dataset import graph_of
from graph.publishing.dataset_quad import (
    DATASET,
    LICENCE,
    TITLE,
    expand,
    integer,
    partition_iri,
    state,
)
from ontology.namespace import BASE, ID, LINKS, PREFIXES
from ontology.terms import CPEC, RDF
from queries.question import Question

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


def describe_partitions(union: Iterable[Triple]) -> Iterator[Quad]:
    """Yield the counts of the union, of each class and of each property."""
    triples = list(union)
    entities: dict[str, set[str]] = defaultdict(set)
    properties: dict[str, list[Triple]] = defaultdict(list)
    for triple in triples:
        properties[triple.predicate.value].append(triple)
        if triple.predicate == RDF.TYPE and isinstance(triple.object, NamedNode):
            entities[triple.object.value].add(str(triple.subject))
    yield state(DATASET, "void:triples", integer(len(triples)))
    yield from count_ends(DATASET, triples)
    yield state(DATASET, "void:classes", integer(len(entities)))
    yield state(DATASET, "void:properties", integer(len(properties)))
    yield from name_vocabularies([*entities, *properties])
    for name in sorted(entities):
        yield from describe_class(name, len(entities[name]))
    for name in sorted(properties):
        yield from describe_property(name, properties[name])


def count_ends(subject: str, triples: list[Triple]) -> Iterator[Quad]:
    """Yield the numbers of distinct subjects and of distinct objects."""
    subjects = len({str(triple.subject) for triple in triples})
    objects = len({str(triple.object) for triple in triples})
    yield state(subject, "void:distinctSubjects", integer(subjects))
    yield state(subject, "void:distinctObjects", integer(objects))


def describe_class(name: str, entities: int) -> Iterator[Quad]:
    """Yield the number of entities of one class."""
    partition = partition_iri("class", name)
    yield state(DATASET, "void:classPartition", NamedNode(partition))
    yield state(partition, "rdf:type", expand("void:Dataset"))
    yield state(partition, "void:class", NamedNode(name))
    yield state(partition, "void:entities", integer(entities))


def describe_property(name: str, triples: list[Triple]) -> Iterator[Quad]:
    """Yield the counts of the triples of one property."""
    partition = partition_iri("property", name)
    yield state(DATASET, "void:propertyPartition", NamedNode(partition))
    yield state(partition, "rdf:type", expand("void:Dataset"))
    yield state(partition, "void:property", NamedNode(name))
    yield state(partition, "void:triples", integer(len(triples)))
    yield from count_ends(partition, triples)


def name_vocabularies(names: Iterable[str]) -> Iterator[Quad]:
    """Yield the namespaces of the classes and properties."""
    for namespace in sorted({name[: namespace_length(name)] for name in names}):
        yield state(DATASET, "void:vocabulary", NamedNode(namespace))


def namespace_length(name: str) -> int:
    """Return the length of the namespace at the start of an IRI."""
    return max(name.rfind("#"), name.rfind("/")) + 1
