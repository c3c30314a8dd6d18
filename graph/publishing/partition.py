"""The class and property partitions of the dataset, with their counts.

https://www.w3.org/TR/void/#class-property-partitions
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator

from pyoxigraph import NamedNode, Quad, Triple

from graph.publishing.dataset_quad import DATASET, expand, integer, partition_iri, state
from ontology.terms import RDF


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
