"""The bridge to rdflib, which SHACL, owlrl and JSON-LD need; its switches are set here, once."""

from __future__ import annotations

import logging
from collections.abc import Iterable

import rdflib
from pyoxigraph import Quad, RdfFormat, Triple, parse, serialize
from rdflib.plugins import sparql

rdflib.NORMALIZE_LITERALS = False  # "01" stays "01": exports keep the lexical form
sparql.SPARQL_DEFAULT_GRAPH_UNION = False
sparql.SPARQL_LOAD_GRAPHS = False  # FROM <file:///...> reads no file
logging.getLogger("rdflib").setLevel(logging.ERROR)  # ill-typed literals are the checks' to report


def to_rdflib(triples: Iterable[Triple | Quad]) -> rdflib.Graph:
    """Return an rdflib graph of the triples of all graphs."""
    return parse_n_triples(write_n_triples(triples))


def parse_n_triples(body: bytes) -> rdflib.Graph:
    """Return the rdflib graph of a document in N-Triples."""
    return rdflib.Graph().parse(data=body, format="nt")


def write_n_triples(triples: Iterable[Triple | Quad]) -> bytes:
    """Return the triples of all graphs as a document in N-Triples."""
    plain = (Triple(triple.subject, triple.predicate, triple.object) for triple in triples)
    return serialize(plain, format=RdfFormat.N_TRIPLES) or b""


def from_rdflib(triples: Iterable[tuple[rdflib.term.Node, ...]]) -> list[Triple]:
    """Return the triples of an rdflib graph as pyoxigraph's, sorted."""
    lines = sorted(" ".join(node.n3() for node in triple) + " .\n" for triple in triples)
    return [quad.triple for quad in parse("".join(lines), format=RdfFormat.N_TRIPLES)]
