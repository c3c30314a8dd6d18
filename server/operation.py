"""What a request asks of the endpoint: to query or to update (SPARQL 1.1 Protocol, section 2).

GET, HEAD    `query` in the address
POST         a form with `query` or `update`; or the text itself, as `application/sparql-query` or
             `application/sparql-update`
QUERY        a form with `query`, or the text itself (the HTTP QUERY method)

The dataset of a request is given by parameters of its address, and of its form. One that is the
default graph alone, as rdflib names it, is that of a request which names none.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from werkzeug.exceptions import BadRequest, UnsupportedMediaType
from werkzeug.wrappers import Request

from graph.answering.name import named_node
from graph.dataset import WHOLE
from graph.errors import UnknownNameError
from graph.sparql.prologue import DatasetClause
from server.body import read_body, read_text
from server.parameters import Parameters

FORM: Final = "application/x-www-form-urlencoded"
QUERY: Final = "application/sparql-query"
UPDATE: Final = "application/sparql-update"

DATASET: Final = {
    "query": ("default-graph-uri", "named-graph-uri"),
    "update": ("using-graph-uri", "using-named-graph-uri"),
}
"""The parameters of each verb that name its default graphs, and its named graphs."""

STRANGE: Final = {"query": DATASET["update"], "update": (*DATASET["query"], "cite")}
"""The parameters that only the other verb has: they are not passed over in silence."""

Verb = str
"""What is asked: "query" or "update"."""


@dataclass(frozen=True, slots=True)
class Operation:
    """A query or an update, and the dataset that its request names."""

    verb: Verb
    text: str
    default_graphs: tuple[str, ...]
    named_graphs: tuple[str, ...]
    parameters: Parameters


def read_operation(request: Request, limit: int) -> Operation | None:
    """Return what the request asks, or None where it asks nothing; the body is up to `limit` bytes.

    Raises BadRequest, UnsupportedMediaType and TooLarge.
    """
    address = Parameters.parse(request.query_string)
    if request.method in {"GET", "HEAD"}:
        refuse_update(address, "GET")
        return of_parameters(address)
    if request.mimetype == FORM:
        parameters = address + Parameters.parse(read_body(request, limit))
        if request.method == "QUERY":
            refuse_update(parameters, "QUERY")
        operation = of_parameters(parameters)
        if operation is None:
            raise BadRequest("the form has neither a query nor an update")
        return operation
    if request.mimetype == QUERY or (request.mimetype == UPDATE and request.method == "POST"):
        return of_text(request, address, limit)
    direct = QUERY if request.method == "QUERY" else f"{QUERY}, {UPDATE}"
    sent = request.mimetype or "nothing said of its type"
    raise UnsupportedMediaType(f"send a form ({FORM}) or the text itself ({direct}), not {sent}")


def refuse_update(parameters: Parameters, method: str) -> None:
    """Raise BadRequest where a safe method brings an update."""
    if parameters.get_all("update"):
        raise BadRequest(f"an update is sent by POST, not by {method}")


def of_parameters(parameters: Parameters) -> Operation | None:
    """Return what a form or an address asks; raises BadRequest where it asks two things."""
    query, update = parameters.get("query"), parameters.get("update")
    if query is not None and update is not None:
        raise BadRequest("a request has a query or an update, not both")
    if query is not None:
        return operation("query", query, parameters)
    return None if update is None else operation("update", update, parameters)


def of_text(request: Request, address: Parameters, limit: int) -> Operation:
    """Return what a body that is itself a query or an update asks."""
    if address.get_all("query") or address.get_all("update"):
        raise BadRequest("the query or update is in the body or in the address, not in both")
    verb = "query" if request.mimetype == QUERY else "update"
    return operation(verb, read_text(request, limit), address)


def operation(verb: Verb, text: str, parameters: Parameters) -> Operation:
    """Return the operation with its dataset; raises BadRequest."""
    for name in STRANGE[verb]:
        if parameters.get_all(name):
            raise BadRequest(f"{name} is not a parameter of a{'n' * (verb[0] == 'u')} {verb}")
    default, named = (tuple(map(graph_iri, parameters.get_all(name))) for name in DATASET[verb])
    if DatasetClause(default, named) == WHOLE:
        default = ()
    return Operation(verb, text, default, named, parameters)


def graph_iri(text: str) -> str:
    """Return the name of a graph; raises BadRequest unless it is an absolute IRI (RFC 3987)."""
    try:
        return named_node(text).value
    except UnknownNameError as error:
        raise BadRequest(f"the name of a graph is an absolute IRI: {error}") from None
