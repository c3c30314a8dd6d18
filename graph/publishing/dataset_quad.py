"""The quads of `graph:dataset`, written with prefixed names."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from pyoxigraph import Literal, NamedNode, Quad, RdfFormat, parse

from ontology.namespace import BASE, DATASET_GRAPH, HEAD, PREFIXES, shorten

DATASET: Final = BASE + "dataset"
"""The IRI of the dataset."""

CATALOGUE: Final = DATASET + "#catalogue"
"""The IRI of the catalogue that has the dataset and its services alone."""

TITLE: Final = "A cited knowledge graph of Pakistan-China cooperation"
LICENCE: Final = "https://creativecommons.org/licenses/by/4.0/"


def expand(name: str) -> NamedNode:
    """Return the node of a prefixed name such as `void:Dataset`."""
    prefix, _, local = name.partition(":")
    return NamedNode(PREFIXES[prefix] + local)


def state(subject: str, predicate: str, value: NamedNode | Literal) -> Quad:
    """Return a quad of `graph:dataset`; the predicate is a prefixed name, the subject an IRI."""
    return Quad(NamedNode(subject), expand(predicate), value, NamedNode(DATASET_GRAPH))


def read_description(file: str, **values: str | int) -> Iterator[Quad]:
    """Yield the quads of `graph:dataset` in a Turtle file of this folder, with values in braces."""
    text = Path(__file__).with_name(f"{file}.ttl").read_text("utf-8")
    text = HEAD + text.format(base=BASE, licence=LICENCE, **values)
    for quad in parse(text, RdfFormat.TURTLE, base_iri=BASE):
        yield Quad(quad.subject, quad.predicate, quad.object, NamedNode(DATASET_GRAPH))


def partition_iri(kind: str, name: str) -> str:
    """Return the IRI of a partition, such as `dataset#class-cpec:Sentence`."""
    return f"{DATASET}#{kind}-{shorten(name).strip('<>').replace('#', '%23')}"
