"""A statement of `graph:dataset`: what the build says of the dataset itself."""

from __future__ import annotations

from typing import Final

from pyoxigraph import Literal, NamedNode, Quad

from ontology.namespace import BASE, DATASET_GRAPH, PREFIXES, shorten

DATASET: Final = BASE + "dataset"
"""The IRI of the dataset itself."""

TITLE: Final = "A cited knowledge graph of Pakistan-China cooperation"
LICENCE: Final = "https://creativecommons.org/licenses/by/4.0/"


def expand(name: str) -> NamedNode:
    """Return a prefixed name, `void:Dataset`, as a node."""
    prefix, _, local = name.partition(":")
    return NamedNode(PREFIXES[prefix] + local)


def state(subject: str, predicate: str, value: NamedNode | Literal) -> Quad:
    """Return one quad of `graph:dataset`; the predicate is a prefixed name."""
    return Quad(NamedNode(subject), expand(predicate), value, NamedNode(DATASET_GRAPH))


def integer(value: int) -> Literal:
    """Return a number as a literal."""
    return Literal(str(value), datatype=expand("xsd:integer"))


def partition_iri(kind: str, name: str) -> str:
    """Return the IRI of a part of the description: `dataset#class-cpec:Sentence`."""
    return f"{DATASET}#{kind}-{shorten(name).strip('<>')}"
