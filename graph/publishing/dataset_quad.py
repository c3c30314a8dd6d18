"""The quads of `graph:dataset`, written with prefixed names."""

from __future__ import annotations

from typing import Final

from pyoxigraph import Literal, NamedNode, Quad

from ontology.namespace import BASE, DATASET_GRAPH, PREFIXES, shorten
from ontology.terms import XSD

DATASET: Final = BASE + "dataset"
"""The IRI of the dataset."""

TITLE: Final = "A cited knowledge graph of Pakistan-China cooperation"
LICENCE: Final = "https://creativecommons.org/licenses/by/4.0/"


def expand(name: str) -> NamedNode:
    """Return the node of a prefixed name such as `void:Dataset`."""
    prefix, _, local = name.partition(":")
    return NamedNode(PREFIXES[prefix] + local)


def state(subject: str, predicate: str, value: NamedNode | Literal) -> Quad:
    """Return a quad of `graph:dataset`; the predicate is a prefixed name, the subject an IRI."""
    return Quad(NamedNode(subject), expand(predicate), value, NamedNode(DATASET_GRAPH))


def integer(value: int) -> Literal:
    """Return a number as an `xsd:integer`."""
    return Literal(str(value), datatype=XSD.INTEGER)


def partition_iri(kind: str, name: str) -> str:
    """Return the IRI of a partition, such as `dataset#class-cpec:Sentence`."""
    return f"{DATASET}#{kind}-{shorten(name).strip('<>')}"
