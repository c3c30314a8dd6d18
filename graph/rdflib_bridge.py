"""The bridge to rdflib, on which SHACL, owlrl and JSON-LD run; its switches are set here, once."""

from __future__ import annotations

import logging
from collections.abc import Iterable

import rdflib
from pyoxigraph import Quad, RdfFormat, Triple, parse, serialize
from rdflib.plugins import sparql

rdflib.NORMALIZE_LITERALS = False  # "01" stays "01": what was written is what is exported
sparql.SPARQL_DEFAULT_GRAPH_UNION = False
sparql.SPARQL_LOAD_GRAPHS = False  # FROM <file:///...> reads no file
logging.getLogger("rdflib").setLevel(logging.ERROR)  # ill-typed literals are the checks' to report


def to_rdflib(triples: Iterable[Triple | Quad]) -> rdflib.Graph:
    """Return an rdflib graph of the triples, whatever graph they stand in."""
    return parsed(n_triples(triples))


def parsed(body: bytes) -> rdflib.Graph:
    """Return the rdflib graph of a document in N-Triples."""
    return rdflib.Graph().parse(data=body, format="nt")


def n_triples(triples: Iterable[Triple | Quad]) -> bytes:
    """Return the triples as a document in N-Triples, whatever graph they stand in."""
    plain = (Triple(triple.subject, triple.predicate, triple.object) for triple in triples)
    return serialize(plain, format=RdfFormat.N_TRIPLES) or b""


def from_rdflib(triples: Iterable[tuple[rdflib.term.Node, ...]]) -> list[Triple]:
    """Return the triples of an rdflib graph as pyoxigraph's, sorted."""
    lines = sorted(" ".join(node.n3() for node in triple) + " .\n" for triple in triples)
    return [quad.triple for quad in parse("".join(lines), format=RdfFormat.N_TRIPLES)]
