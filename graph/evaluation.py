"""One SPARQL query answered from a store: the text goes in, the finished bytes come out."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import IO, Final, cast
from xml.etree import ElementTree as ET

from pyoxigraph import (
    BlankNode,
    DefaultGraph,
    Literal,
    NamedNode,
    Quad,
    QueryBoolean,
    QuerySolutions,
    QueryTriples,
    RdfFormat,
    Store,
    Triple,
    Variable,
    serialize,
)

from graph.errors import QuerySyntaxError, UnwritableError
from graph.format import GRAPH_FORMATS, RESULT_FORMATS, GraphFormat, ResultFormat
from graph.lexer import DatasetClause, dataset_clause
from graph.sink import Sink
from ontology.namespace import PREFIXES

POSITION: Final = re.compile(r"error at (\d+):(\d+): (.*)", re.DOTALL)
"""How pyoxigraph says where a query stops being one."""


UNBOUNDED: Final = sys.maxsize
"""The cap of an answer that nobody has to wait for or hold."""


@dataclass(frozen=True, slots=True)
class Query:
    """A SPARQL query, the terms bound to its parameters, and the formats to answer in.

    `default_graphs` and `named_graphs` are the dataset of the request (SPARQL 1.1 Protocol, section
    2.1.4): where either is given, they replace the dataset that the text describes.
    """

    text: str
    result_format: ResultFormat = RESULT_FORMATS[0]
    graph_format: GraphFormat = GRAPH_FORMATS[0]
    bindings: Mapping[str, NamedNode | Literal] = field(default_factory=dict)
    default_graphs: tuple[str, ...] = ()
    named_graphs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Answer:
    """The bytes of a complete answer, their format, and the version of the dataset, where known."""

    body: bytes
    format: ResultFormat | GraphFormat
    version: str = ""


def evaluate(store: Store, query: Query, cap: int = UNBOUNDED) -> Answer:
    """Return the answer of the store to the query.

    Raises QuerySyntaxError where the text is not a query (SPARQL 1.1 Query, section 19),
    UnwritableError where the graph that it constructs cannot be written in the format asked for,
    and AnswerTooLargeError where the answer is beyond the cap of bytes.
    """
    sink = Sink(cap)
    dataset = DatasetClause(query.default_graphs, query.named_graphs)
    given = dataset.default or dataset.named
    solutions = select(store, query.text, query.bindings, dataset if given else None)
    if isinstance(solutions, QueryTriples):
        write_graph(solutions, query.graph_format, sink)
        return Answer(sink.value(), query.graph_format)
    solutions.serialize(cast("IO[bytes]", sink), query.result_format.writer)
    return Answer(sink.value(), query.result_format)


def select(
    store: Store,
    text: str,
    bindings: Mapping[str, NamedNode | Literal] | None = None,
    dataset: DatasetClause | None = None,
) -> QuerySolutions | QueryBoolean | QueryTriples:
    """Return the solutions of a query as terms; raises QuerySyntaxError.

    A dataset replaces the one that the text describes. Where several graphs make its default graph
    that is their set union (SPARQL 1.1 Query, section 13.2): the engine's own union is a bag, in
    which a triple of two graphs counts twice (https://github.com/oxigraph/oxigraph/issues/1919).
    """
    terms: dict[Variable, NamedNode | BlankNode | Literal | Triple] = {
        Variable(name): term for name, term in (bindings or {}).items()
    }
    dataset = dataset or dataset_clause(text, PREFIXES)
    try:
        if not (dataset.default or dataset.named):
            return store.query(text, prefixes=PREFIXES, substitutions=terms)
        named: list[NamedNode | BlankNode] = [NamedNode(name) for name in dataset.named]
        store = store if len(dataset.default) <= 1 else merged(store, dataset)
        default: list[NamedNode | BlankNode | DefaultGraph] = [
            NamedNode(name) for name in dataset.default
        ]
        return store.query(
            text,
            prefixes=PREFIXES,
            substitutions=terms,
            default_graph=default if len(default) <= 1 else DefaultGraph(),
            named_graphs=named,
        )
    except SyntaxError as error:
        raise syntax_error(str(error)) from None
    except ValueError as error:
        raise QuerySyntaxError(str(error)) from None


def merged(store: Store, dataset: DatasetClause) -> Store:
    """Return a store whose default graph is the union of graphs, beside the named graphs."""
    part = Store()
    for name in dataset.named:
        part.extend(store.quads_for_pattern(None, None, None, NamedNode(name)))
    for name in dataset.default:
        quads = store.quads_for_pattern(None, None, None, NamedNode(name))
        part.extend(Quad(quad.subject, quad.predicate, quad.object) for quad in quads)
    return part


def syntax_error(message: str) -> QuerySyntaxError:
    """Return the engine's complaint as ours, with the line and column that it names."""
    if position := POSITION.fullmatch(message):
        line, column, text = position.groups()
        return QuerySyntaxError(text, int(line), int(column))
    return QuerySyntaxError(message)


def write_graph(triples: Iterable[Triple], form: GraphFormat, sink: Sink) -> None:
    """Write the set of triples in a format; raises UnwritableError and AnswerTooLargeError."""
    serialize(distinct(triples), cast("IO[bytes]", sink), form.writer, prefixes=PREFIXES)
    if form.writer == RdfFormat.RDF_XML:
        require_well_formed(sink.value())


def distinct(triples: Iterable[Triple]) -> Iterator[Triple]:
    """Yield each triple once: a graph is a set, the engine's answer a bag."""
    seen: set[Triple] = set()
    for triple in triples:
        if triple not in seen:
            seen.add(triple)
            yield triple


def require_well_formed(body: bytes) -> None:
    """Raise UnwritableError unless the bytes are XML.

    RDF/XML has no name for a predicate that ends in `/`, `#` or a digit alone, nor for a control
    character (https://www.w3.org/TR/rdf-syntax-grammar/#section-Serialising).
    """
    try:
        ET.fromstring(body)  # noqa: S314 - our own bytes, and they declare no entity
    except ET.ParseError as error:
        raise UnwritableError(
            f"RDF/XML cannot say this graph ({error}); ask for Turtle, JSON-LD or N-Triples"
        ) from None
