"""The description of the dataset for machines, in VoID and DCAT-AP 3: the build writes it.

It has the class and property partitions (https://www.w3.org/TR/void/#class-property-partitions),
and the catalogue: each question is a `sh:SPARQLExecutable`, for query editors
(https://www.w3.org/TR/shacl12-sparql/#sparql-executable).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final, NamedTuple, Self

from pyoxigraph import Literal, NamedNode, Quad, Triple

from graph.answering.binding import load_questions
from graph.dataset import graph_of
from graph.publishing.dataset_quad import (
    CATALOGUE,
    DATASET,
    TITLE,
    expand,
    partition_iri,
    read_description,
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
VCARD: Final = "http://www.w3.org/2006/vcard/ns#"
LANGUAGES: Final = "http://id.loc.gov/vocabulary/iso639-1/"
"""The IRIs of languages that DCAT 3 recommends, by two-letter code: the Library of Congress's."""


class TripleCounts(NamedTuple):
    """The numbers of some triples, and of their distinct subjects and objects."""

    triples: int
    subjects: int
    objects: int


@dataclass(frozen=True, slots=True)
class Statistics:
    """The counts of a graph, of each property, and the subjects of each class."""

    whole: TripleCounts
    properties: Mapping[str, TripleCounts]
    classes: Mapping[str, int]

    @classmethod
    def count(cls, quads: Iterable[Quad]) -> Self:
        """Count the union of quads."""
        triples = {quad.triple for quad in quads}
        entities: dict[str, set[str]] = defaultdict(set)
        properties: dict[str, list[Triple]] = defaultdict(list)
        for triple in triples:
            properties[triple.predicate.value].append(triple)
            if triple.predicate == RDF.TYPE and isinstance(triple.object, NamedNode):
                entities[triple.object.value].add(str(triple.subject))
        counted = {name: count_ends(own) for name, own in properties.items()}
        classes = {name: len(own) for name, own in entities.items()}
        return cls(count_ends(triples), counted, classes)


def count_ends(triples: Collection[Triple]) -> TripleCounts:
    """Count triples and their ends."""
    subjects = len({str(triple.subject) for triple in triples})
    return TripleCounts(len(triples), subjects, len({str(triple.object) for triple in triples}))


def describe_dataset(quads: Iterable[Quad], statistics: Statistics | None = None) -> list[Quad]:
    """Return the quads of `graph:dataset`, which describe the given quads.

    The statistics are those of the union (https://www.w3.org/TR/void/#statistics); a linkset counts
    its links without their evidence. If the statistics are given, the quads may be those of labels
    and linksets alone.
    """
    quads = list(quads)
    links: dict[str, list[Quad]] = {}
    for quad in quads:
        if graph_of(quad).startswith(LINKS) and is_link(quad):
            links.setdefault(graph_of(quad), []).append(quad)
    description = [
        *describe_contents(quads, sorted(links)),
        *describe_partitions(statistics or Statistics.count(quads)),
        *(quad for name in sorted(links) for quad in describe_linkset(name, links[name], quads)),
        *describe_questions(load_questions().values()),
    ]
    return list(dict.fromkeys(description))


def is_link(quad: Quad) -> bool:
    """Return whether a quad of a linkset is a link: its evidence has other subjects than ours."""
    return isinstance(quad.subject, NamedNode) and quad.subject.value.startswith((ID, CPEC))


def describe_contents(quads: Iterable[Quad], linksets: Iterable[str]) -> Iterator[Quad]:
    """Yield the title, publisher and addresses of the dataset, its languages and its linksets.

    `dcterms:issued` is missing: the day of a build says nothing about the data.
    """
    keywords = " , ".join(str(Literal(keyword, language="en")) for keyword in KEYWORDS)
    words = {"title": TITLE, "about": ABOUT, "publisher": PUBLISHER, "keywords": keywords}
    yield from read_description("dataset", **words)
    for name in linksets:
        yield state(DATASET, "void:subset", NamedNode(name))
    for code in sorted(set(map(label_language, quads)) - {""}):
        yield state(DATASET, "dcterms:language", NamedNode(LANGUAGES + code))
        yield state(LANGUAGES + code, "rdf:type", expand("dcterms:LinguisticSystem"))


def complete_description(triples: Iterable[Triple], modified: str) -> Iterator[Triple]:
    """Yield the description as it is served: valid by DCAT-AP 3, with the day of the last change.

    A store turns the datatype of a size into xsd:integer, which DCAT-AP does not take.
    """
    for triple in triples:
        if triple.predicate == expand("dcat:byteSize") and isinstance(triple.object, Literal):
            size = Literal(triple.object.value, datatype=expand("xsd:nonNegativeInteger"))
            yield Triple(triple.subject, triple.predicate, size)
        else:
            yield triple
    for resource in (DATASET, CATALOGUE):
        day = Literal(modified, datatype=expand("xsd:date"))
        yield Triple(NamedNode(resource), expand("dcterms:modified"), day)


def describe_contact(address: str) -> Iterator[Triple]:
    """Yield the contact of whoever serves the dataset, as DCAT-AP 3 has it, nothing for ""."""
    if address:
        point = NamedNode(DATASET + "#contact")
        kind = "hasEmail" if address.startswith("mailto:") else "hasURL"
        yield Triple(NamedNode(DATASET), expand("dcat:contactPoint"), point)
        yield Triple(point, RDF.TYPE, NamedNode(VCARD + "Kind"))
        yield Triple(point, NamedNode(VCARD + kind), NamedNode(address))


def label_language(quad: Quad) -> str:
    """Return the two-letter language code of an `rdfs:label`, "" for any other quad."""
    label = quad.object
    if quad.predicate != expand("rdfs:label") or not isinstance(label, Literal):
        return ""
    code = (label.language or "").partition("-")[0]
    return code if len(code) == 2 else ""


def describe_linkset(name: str, links: list[Quad], quads: Iterable[Quad]) -> Iterator[Quad]:
    """Yield the size, the predicates and the target datasets of one linkset.

    The quads of the dataset name the targets (`void:objectsTarget`).
    """
    targets = sorted(
        quad.object.value
        for quad in quads
        if quad.predicate == expand("void:objectsTarget")
        and quad.subject == NamedNode(name)
        and isinstance(quad.object, NamedNode)
    )
    yield state(name, "rdf:type", expand("void:Linkset"))
    yield state(name, "void:subjectsTarget", NamedNode(DATASET))
    yield state(name, "void:triples", Literal(len(links)))
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


def describe_partitions(statistics: Statistics) -> Iterator[Quad]:
    """Yield the counts of the union, of each class and of each property."""
    classes, properties = statistics.classes, statistics.properties
    yield from describe_ends(DATASET, statistics.whole)
    yield state(DATASET, "void:classes", Literal(len(classes)))
    yield state(DATASET, "void:properties", Literal(len(properties)))
    yield from name_vocabularies([*classes, *properties])
    for name in sorted(classes):
        partition = partition_iri("class", name)
        yield state(DATASET, "void:classPartition", NamedNode(partition))
        yield state(partition, "rdf:type", expand("void:Dataset"))
        yield state(partition, "void:class", NamedNode(name))
        yield state(partition, "void:entities", Literal(classes[name]))
    for name in sorted(properties):
        partition = partition_iri("property", name)
        yield state(DATASET, "void:propertyPartition", NamedNode(partition))
        yield state(partition, "rdf:type", expand("void:Dataset"))
        yield state(partition, "void:property", NamedNode(name))
        yield from describe_ends(partition, properties[name])


def describe_ends(subject: str, ends: TripleCounts) -> Iterator[Quad]:
    """Yield the numbers of triples, of distinct subjects and of distinct objects."""
    yield state(subject, "void:triples", Literal(ends.triples))
    yield state(subject, "void:distinctSubjects", Literal(ends.subjects))
    yield state(subject, "void:distinctObjects", Literal(ends.objects))


def name_vocabularies(names: Iterable[str]) -> Iterator[Quad]:
    """Yield the namespaces of the classes and properties; a name such as `urn:x:y` has none."""
    namespaces = {name[: max(name.rfind("#"), name.rfind("/")) + 1] for name in names}
    for namespace in sorted(namespaces - {""}):
        yield state(DATASET, "void:vocabulary", NamedNode(namespace))
