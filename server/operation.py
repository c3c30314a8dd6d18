"""The operation of a request, a query or an update (SPARQL 1.1 Protocol, section 2).

GET, HEAD    `query` in the address
POST         a form with `query` or `update`; or the text itself, as `application/sparql-query` or
             `application/sparql-update`
QUERY        a form with `query`, or the text itself (the HTTP QUERY method)

Parameters of the address and of the form give the dataset. rdflib names the default graph alone in
every request; that dataset is the same as none.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final, Literal

from werkzeug.exceptions import BadRequest, UnsupportedMediaType
from werkzeug.wrappers import Request

from graph.answering.evaluation import Query
from graph.answering.name import make_iri
from graph.dataset import WHOLE
from graph.errors import UnknownNameError
from graph.sparql.prologue import DatasetClause
from server.body import read_body, read_text
from server.exclusion import EXCLUSION_PARAMETERS
from server.parameters import FORM, Parameters, read_address, read_form

QUERY: Final = "application/sparql-query"
UPDATE: Final = "application/sparql-update"

DATASET_PARAMETERS: Final = {
    "query": ("default-graph-uri", "named-graph-uri"),
    "update": ("using-graph-uri", "using-named-graph-uri"),
}
"""The parameters of each verb that name the default graphs, and the named graphs."""

FOREIGN_PARAMETERS: Final = {
    "query": DATASET_PARAMETERS["update"],
    "update": (*DATASET_PARAMETERS["query"], "cite", *EXCLUSION_PARAMETERS),
}
"""The parameters that only the other verb has: 400, since a client expects an effect."""

Verb = Literal["query", "update"]


@dataclass(frozen=True, slots=True)
class Operation:
    """A query or an update, and the dataset that its request names."""

    verb: Verb
    text: str
    default_graphs: tuple[str, ...]
    named_graphs: tuple[str, ...]
    parameters: Parameters


def read_query(operation: Operation, base: str, **more: Any) -> Query:
    """Return the query of an operation, with more that its answer takes."""
    default, named = operation.default_graphs, operation.named_graphs
    return Query(operation.text, default_graphs=default, named_graphs=named, base=base, **more)


def read_operation(request: Request, limit: int) -> Operation | None:
    """Return the operation of a request, None if it has none; a body has up to `limit` bytes.

    Raises BadRequest, UnsupportedMediaType and TooLarge.
    """
    address = read_address(request)
    if request.method in {"GET", "HEAD"}:
        refuse_update(address, "GET")
        return read_parameters(address)
    if request.mimetype == FORM:
        parameters = read_form(request, read_body(request, limit))
        if request.method == "QUERY":
            refuse_update(parameters, "QUERY")
        operation = read_parameters(parameters)
        if operation is None:
            raise BadRequest("the form has neither a query nor an update")
        return operation
    if request.mimetype == QUERY or (request.mimetype == UPDATE and request.method == "POST"):
        if address.get_all("query") or address.get_all("update"):
            raise BadRequest("the query or update is in the body or in the address, not in both")
        verb: Verb = "query" if request.mimetype == QUERY else "update"
        return build_operation(verb, read_text(request, limit), address)
    direct = QUERY if request.method == "QUERY" else f"{QUERY}, {UPDATE}"
    sent = request.mimetype or "a body without Content-Type"
    raise UnsupportedMediaType(f"send a form ({FORM}) or the text itself ({direct}), not {sent}")


def refuse_update(parameters: Parameters, method: str) -> None:
    """Raise BadRequest for an update by a safe method."""
    if parameters.get_all("update"):
        raise BadRequest(f"an update is sent by POST, not by {method}")


def read_parameters(parameters: Parameters) -> Operation | None:
    """Return the operation of a form or an address, or None; raises BadRequest for two."""
    query, update = parameters.get("query"), parameters.get("update")
    if query is not None and update is not None:
        raise BadRequest("a request has a query or an update, not both")
    if query is not None:
        return build_operation("query", query, parameters)
    return None if update is None else build_operation("update", update, parameters)


def build_operation(verb: Verb, text: str, parameters: Parameters) -> Operation:
    """Return an operation with its dataset; raises BadRequest for a foreign parameter."""
    for name in FOREIGN_PARAMETERS[verb]:
        if parameters.get_all(name):
            raise BadRequest(f"{name} is not a parameter of a{'n' * (verb[0] == 'u')} {verb}")
    if parameters.get_all("bom"):
        raise BadRequest(
            "/sparql writes CSV as SPARQL 1.1 defines it, without bom; tables take bom=1: "
            "/api/queries/NAME?format=csv and /data/NAME.csv"
        )
    default, named = (
        tuple(map(read_graph_iri, parameters.get_all(name))) for name in DATASET_PARAMETERS[verb]
    )
    if DatasetClause(default, named) == WHOLE:
        default = ()
    return Operation(verb, text, default, named, parameters)


def read_graph_iri(text: str) -> str:
    """Return the IRI of a graph; raises BadRequest unless it is absolute (RFC 3987)."""
    try:
        return make_iri(text).value
    except UnknownNameError as error:
        raise BadRequest(f"the name of a graph is an absolute IRI: {error}") from None
