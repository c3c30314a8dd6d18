"""The SPARQL endpoint: a request read, its query evaluated, one response (SPARQL 1.1 Protocol)."""

from __future__ import annotations

from flask import Blueprint, Response, current_app, request
from pyoxigraph import Store
from werkzeug.exceptions import BadRequest, NotAcceptable, UnsupportedMediaType

from graph.evaluation import Query, evaluate
from graph.format import GRAPH_FORMATS, RESULT_FORMATS
from server.negotiate import best_format, named_format

blueprint = Blueprint("sparql", __name__)


@blueprint.route("/sparql", methods=["GET", "POST"])
def sparql() -> Response:
    """Answer a query by GET, by POST of a form, or by POST of the query itself."""
    store: Store = current_app.config["STORE"]
    answer = evaluate(store, read_query())
    response = Response(answer.body, mimetype=answer.format.media_type)
    response.vary.add("Accept")
    return response


def read_query() -> Query:
    """Return the query of the request with the formats that its client accepts."""
    text = query_text()
    name = request.values.get("format")
    if name:
        result_format = named_format(name, RESULT_FORMATS)
        graph_format = named_format(name, GRAPH_FORMATS)
        if result_format is None and graph_format is None:
            names = ", ".join(form.name for form in (*RESULT_FORMATS, *GRAPH_FORMATS))
            raise BadRequest(f"format={name} is not one of {names}")
    else:
        result_format = best_format(request.accept_mimetypes, RESULT_FORMATS)
        graph_format = best_format(request.accept_mimetypes, GRAPH_FORMATS)
        if result_format is None and graph_format is None:
            raise NotAcceptable("results are JSON, XML, CSV or TSV; graphs Turtle and others")
    return Query(text, result_format, graph_format)


def query_text() -> str:
    """Return the text of the query (SPARQL 1.1 Protocol, section 2.1)."""
    if request.method == "POST" and request.mimetype == "application/sparql-query":
        return decoded(request.get_data())
    if request.method == "POST" and request.mimetype != "application/x-www-form-urlencoded":
        raise UnsupportedMediaType(
            "post a form (application/x-www-form-urlencoded) or a query (application/sparql-query)"
        )
    given = (request.args if request.method == "GET" else request.form).getlist("query")
    if len(given) != 1:
        raise BadRequest(f"exactly one query is needed, not {len(given)}")
    return given[0]


def decoded(body: bytes) -> str:
    """Return a body as text; BadRequest where it is not UTF-8."""
    try:
        return body.decode()
    except UnicodeDecodeError as error:
        raise BadRequest(f"the query is not UTF-8: {error}") from None
