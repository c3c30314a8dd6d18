"""A remote store: its address, and the requests to it over SPARQL 1.1 Protocol."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Final, Self
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from pyoxigraph import (
    QueryBoolean,
    QueryResultsFormat,
    QuerySolutions,
    RdfFormat,
    Triple,
    parse,
    parse_query_results,
)

from graph.answering.name import make_iri
from graph.errors import AnswerTooLargeError, EndpointError, EndpointLimitError, ParameterError
from server.service.endpoint import check_endpoint
from server.service.relay import FIELDS, RESULTS, TYPES, Request, send_request

ROLE: Final = "the store"

AUTHORIZATION: Final = "CPEC_STORE_AUTHORIZATION"
"""The environment variable that holds the header of HTTP of that name: a password is no option."""

GRAPH: Final = "application/n-triples"
GRAPH_TYPES: Final = frozenset({GRAPH, "text/turtle", "application/x-turtle"})
"""Turtle is read too: N-Triples are Turtle."""

DEFAULT: Final = "default-graph-uri"
NAMED: Final = "named-graph-uri"
MAX_ANSWER_BYTES: Final = 1 << 30
"""The maximum bytes of a graph, or of another answer."""

MAX_MESSAGE_CHARACTERS: Final = 200
"""The characters of a parser's message that an error repeats."""

SIZES: Final = "SELECT ?g (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } } GROUP BY ?g"
SIZE: Final = "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"
TRIPLES: Final = "CONSTRUCT { ?s ?p ?o } WHERE { %s }"


@dataclass(frozen=True, slots=True)
class RemoteStore:
    """A store at an address; each request may take `seconds`.

    `union` is the default graph that the address names (`default-graph-uri`), "" for the store's
    own. `authorization` is the value of that header of HTTP.
    """

    address: str
    union: str = ""
    authorization: str = ""
    seconds: float = 300.0

    @classmethod
    def from_address(cls, address: str, authorization: str = "", seconds: float = 300.0) -> Self:
        """Return the store at an address; raises ParameterError for an invalid address."""
        plain, union = split_address(address)
        return cls(plain, union, authorization, seconds)

    @property
    def name(self) -> str:
        """The address in messages: without the query of the URL, which may hold a secret."""
        return strip_query(self.address)

    def ask(self, form: bytes, *, graph: bool = False, most: int = MAX_ANSWER_BYTES) -> bytes:
        """Return the answer to a form of SPARQL 1.1 Protocol: results JSON, or a graph if `graph`.

        Raises EndpointError, EndpointDeadlineError, and AnswerTooLargeError past so many bytes.
        """
        fields = {**FIELDS, "Accept": GRAPH if graph else RESULTS}
        types = GRAPH_TYPES if graph else TYPES
        return self.send(Request(self.address, form, fields, types), most)

    @property
    def default(self) -> tuple[tuple[str, str], ...]:
        """The parameter that names the default graph, if the address has one."""
        return ((DEFAULT, self.union),) if self.union else ()

    def send(self, request: Request, most: int = MAX_ANSWER_BYTES) -> bytes:
        """Return the answer to a request to this store; raises the errors of `ask`."""
        own = {"Authorization": self.authorization} if self.authorization else {}
        request = replace(request, fields={**request.fields, **own}, role=ROLE)
        try:
            return send_request(request, strip_query(request.address), self.seconds, most)
        except EndpointLimitError:
            raise AnswerTooLargeError(most) from None

    def solutions(self, text: str, dataset: Iterable[tuple[str, str]] = ()) -> QuerySolutions:
        """Return the solutions of a SELECT of our own; raises the errors of `ask`."""
        return self.read_rows(self.ask(encode_form(text, dataset)))

    def read_rows(self, body: bytes) -> QuerySolutions:
        """Return the solutions that results JSON has; raises EndpointError."""
        results = self.parse_results(body)
        if isinstance(results, QueryBoolean):
            raise self.error("answered yes or no, where solutions were asked for")
        return results

    def parse_results(self, body: bytes) -> QuerySolutions | QueryBoolean:
        """Return the results of a JSON body; raises EndpointError.

        A first pass reads them to their end, so that no caller meets a syntax error halfway.
        """
        try:
            results = parse_query_results(body, QueryResultsFormat.JSON)
            deque(results if isinstance(results, QuerySolutions) else (), 0)
            return parse_query_results(body, QueryResultsFormat.JSON)
        except (SyntaxError, ValueError) as error:
            raise self.error(f"answered no results JSON: {shorten_message(error)}") from None

    def read_graph(self, body: bytes) -> list[Triple]:
        """Return the triples of a graph, their blank nodes like no others; raises EndpointError."""
        try:
            quads = parse(body, RdfFormat.TURTLE, rename_blank_nodes=True)
            return list(dict.fromkeys(quad.triple for quad in quads))
        except (SyntaxError, ValueError) as error:
            raise self.error(f"answered no N-Triples: {shorten_message(error)}") from None

    def graph(self, name: str) -> list[Triple]:
        """Return the triples of a named graph, or of the default graph, ""; raises as `ask`."""
        pattern = f"GRAPH <{name}> {{ ?s ?p ?o }}" if name else "?s ?p ?o"
        dataset = () if name else self.default
        return self.read_graph(self.ask(encode_form(TRIPLES % pattern, dataset), graph=True))

    def sizes(self) -> dict[str, int]:
        """Return the store's own counts of triples in its named graphs, and in the default one, "".

        They show an engine whose union counts a triple of three graphs thrice.
        """
        try:
            sizes = {row["g"].value: int(row["n"].value) for row in self.solutions(SIZES)}
            (total,) = self.solutions(SIZE, self.default)
            return sizes | {"": int(total["n"].value)}
        except (AttributeError, KeyError, TypeError, ValueError):
            raise self.error("answered no counts where it was asked for its sizes") from None

    def error(self, message: str) -> EndpointError:
        """Return the error of the store with a message."""
        return EndpointError(self.name, message, ROLE)


def encode_form(text: str, dataset: Iterable[tuple[str, str]] = ()) -> bytes:
    """Return a query and its dataset as a form (SPARQL 1.1 Protocol, section 2.1.4)."""
    return urlencode([("query", text), *dataset], errors="replace").encode()


def split_address(address: str) -> tuple[str, str]:
    """Return an address without the default graph that it names, and that graph or "".

    Raises ParameterError for an invalid address, and UnknownNameError if the graph is not an IRI;
    messages do not repeat a password.
    """
    try:
        parts = urlsplit(address)
    except ValueError as error:
        raise ParameterError(f"the address of a store is no URL: {error}") from None
    if "@" in parts.netloc:
        raise ParameterError(f"the address of a store has no user in it: set {AUTHORIZATION}")
    check_endpoint(urlunsplit(parts._replace(query="")))
    pairs = parse_qsl(parts.query, keep_blank_values=True)
    graphs = [value for name, value in pairs if name == DEFAULT]
    if len(graphs) > 1:
        raise ParameterError(f"the address of a store has one {DEFAULT}, or none")
    for graph in filter(None, graphs):
        make_iri(graph)
    rest = urlencode([pair for pair in pairs if pair[0] != DEFAULT])
    return urlunsplit(parts._replace(query=rest)), "".join(graphs)


def strip_query(address: str) -> str:
    """Return an address without its query."""
    return urlunsplit(urlsplit(address)._replace(query="", fragment=""))


def shorten_message(error: Exception) -> str:
    """Return the beginning of a message."""
    return str(error)[:MAX_MESSAGE_CHARACTERS]
