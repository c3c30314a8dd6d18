"""The partitions of the dataset: how many entities a class has, and triples a property.

https://www.w3.org/TR/void/#class-property-partitions
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator

from pyoxigraph import NamedNode, Quad, Triple

from graph.publishing.statement import DATASET, iri, number, part, said
from ontology.terms import RDF


def partitions(union: Iterable[Triple]) -> Iterator[Quad]:
    """Yield the statistics of the union, its class partitions and its property partitions."""
    triples = list(union)
    entities: dict[str, set[str]] = defaultdict(set)
    properties: dict[str, list[Triple]] = defaultdict(list)
    for triple in triples:
        properties[triple.predicate.value].append(triple)
        if triple.predicate == RDF.TYPE and isinstance(triple.object, NamedNode):
            entities[triple.object.value].add(str(triple.subject))
    yield said(DATASET, "void:triples", number(len(triples)))
    yield from statistics(DATASET, triples)
    yield said(DATASET, "void:classes", number(len(entities)))
    yield said(DATASET, "void:properties", number(len(properties)))
    yield from vocabularies([*entities, *properties])
    for name in sorted(entities):
        yield from class_partition(name, len(entities[name]))
    for name in sorted(properties):
        yield from property_partition(name, properties[name])


def statistics(subject: str, triples: list[Triple]) -> Iterator[Quad]:
    """Yield how many subjects and objects some triples have."""
    subjects = len({str(one.subject) for one in triples})
    objects = len({str(one.object) for one in triples})
    yield said(subject, "void:distinctSubjects", number(subjects))
    yield said(subject, "void:distinctObjects", number(objects))


def class_partition(name: str, entities: int) -> Iterator[Quad]:
    """Yield what is said of the entities of one class."""
    here = part("class", name)
    yield said(DATASET, "void:classPartition", NamedNode(here))
    yield said(here, "rdf:type", iri("void:Dataset"))
    yield said(here, "void:class", NamedNode(name))
    yield said(here, "void:entities", number(entities))


def property_partition(name: str, triples: list[Triple]) -> Iterator[Quad]:
    """Yield what is said of the triples of one property."""
    here = part("property", name)
    yield said(DATASET, "void:propertyPartition", NamedNode(here))
    yield said(here, "rdf:type", iri("void:Dataset"))
    yield said(here, "void:property", NamedNode(name))
    yield said(here, "void:triples", number(len(triples)))
    yield from statistics(here, triples)


def vocabularies(names: Iterable[str]) -> Iterator[Quad]:
    """Yield the vocabularies that the names of classes and properties come from."""
    for namespace in sorted({name[: cut(name)] for name in names}):
        yield said(DATASET, "void:vocabulary", NamedNode(namespace))


def cut(name: str) -> int:
    """Return where the namespace of a name ends."""
    return max(name.rfind("#"), name.rfind("/")) + 1
