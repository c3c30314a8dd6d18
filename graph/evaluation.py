"""One SPARQL query answered from a store: the text goes in, the finished bytes come out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final
from xml.etree import ElementTree as ET

from pyoxigraph import (
    BlankNode,
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

from graph.complaint import syntax_error
from graph.errors import UnwritableError
from graph.format import GRAPH_FORMATS, RESULT_FORMATS, GraphFormat, ResultFormat
from ontology.namespace import PREFIXES

XSD_STRING: Final = PREFIXES["xsd"] + "string"
"""The datatype of a plain literal, which no format writes out."""


@dataclass(frozen=True, slots=True)
class Query:
    """A SPARQL query, the terms bound to its parameters, and the formats to answer in.

    A format is None where whoever asks takes no answer of that kind.
    """

    text: str
    result_format: ResultFormat | None = RESULT_FORMATS[0]
    graph_format: GraphFormat | None = GRAPH_FORMATS[0]
    bindings: Mapping[str, NamedNode | Literal] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Answer:
    """The bytes of a complete answer, and the format that they are in."""

    body: bytes
    format: ResultFormat | GraphFormat


def evaluate(store: Store, query: Query) -> Answer:
    """Return the answer of the store to the query.

    Raises QuerySyntaxError where the text is not a query (SPARQL 1.1 Query, section 19), and
    UnwritableError where the answer cannot be written in the format asked for.
    """
    solutions = select(store, query.text, query.bindings)
    if isinstance(solutions, QueryTriples):
        if query.graph_format is None:
            raise UnwritableError(f"the answer is a graph; ask for one of {listed(GRAPH_FORMATS)}")
        return Answer(write_graph(solutions, query.graph_format), query.graph_format)
    if query.result_format is None:
        raise UnwritableError(f"the answer is rows; ask for one of {listed(RESULT_FORMATS)}")
    body = solutions.serialize(format=query.result_format.writer) or b""
    return Answer(body, query.result_format)


def listed(formats: Sequence[ResultFormat | GraphFormat]) -> str:
    """Return the media types of formats, for a message."""
    return ", ".join(form.media_type for form in formats)


def select(
    store: Store, text: str, bindings: Mapping[str, NamedNode | Literal] | None = None
) -> QuerySolutions | QueryBoolean | QueryTriples:
    """Return the solutions of a query as terms; raises QuerySyntaxError."""
    terms: dict[Variable, NamedNode | BlankNode | Literal | Triple] = {
        Variable(name): term for name, term in (bindings or {}).items()
    }
    try:
        return store.query(text, prefixes=PREFIXES, substitutions=terms)
    except SyntaxError as error:
        raise syntax_error(str(error), text) from None


def write_graph(triples: QueryTriples, form: GraphFormat) -> bytes:
    """Return the set of triples written in a format; raises UnwritableError."""
    distinct = dict.fromkeys(triples)
    body = serialize(distinct, format=form.writer, prefixes=used_prefixes(distinct)) or b""
    if form.writer == RdfFormat.RDF_XML:
        require_well_formed(body)
    return body


def used_prefixes(statements: Iterable[Triple | Quad]) -> dict[str, str]:
    """Return the prefixes of the project that the statements have a use for."""
    terms = [term for statement in statements for term in statement]
    iris = {term.value for term in terms if isinstance(term, NamedNode)}
    iris |= {term.datatype.value for term in terms if isinstance(term, Literal)} - {XSD_STRING}
    return {
        prefix: namespace
        for prefix, namespace in PREFIXES.items()
        if any(iri.startswith(namespace) for iri in iris)
    }


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
