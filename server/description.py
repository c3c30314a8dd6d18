"""The endpoint without a query: a service description for programs, an editor for browsers.

Beside it the description of the dataset stands at its well-known address.
"""

from __future__ import annotations

from dataclasses import asdict
from typing import Final

from flask import Blueprint, Response, render_template, request
from pyoxigraph import RdfFormat, Triple, parse
from werkzeug.exceptions import BadRequest

from graph.answering.evaluation import UNBOUNDED, write_graph
from graph.answering.format import GRAPH_FORMATS, INPUT_FORMATS, RESULT_FORMATS
from graph.answering.name import make_iri
from graph.checking.text_check import MOST_CHARACTERS, MOST_CLAUSES, MOST_SECONDS
from graph.errors import UnknownNameError
from graph.publishing.resource import query_graphs, read_names
from graph.reconciling.query import MOST_BYTES, MOST_QUERIES
from ontology.namespace import BASE, DATASET_GRAPH, HEAD
from server.engine.account import PROCESSOR_SECONDS
from server.engine.front.reply import Reply
from server.exclusion import MOST_EXCLUDED, refuse_exclusion
from server.linked_data import send_graph
from server.negotiate import choose_graph_format, prefers_html, read_accept, wants_citations
from server.page.answer_page import editor_page
from server.parameters import MOST_PARAMETERS, read_address
from server.response import digest, evaluate, send_body, write_content_type
from server.site import Site, current_site

blueprint = Blueprint("description", __name__)

LISTED_GRAPHS: Final = 1000
"""The maximum number of named graphs in a service description."""


@blueprint.get("/.well-known/void")
def send_void() -> Response | Reply:
    """Return the description of the dataset (https://www.w3.org/TR/void/#well-known).

    Without one, as in an empty store, it returns the service description.
    """
    try:
        return send_graph(DATASET_GRAPH, None)
    except UnknownNameError:
        return describe_endpoint()


def describe_endpoint() -> Response | Reply:
    """Return the service description, or the editor; raises BadRequest for a malformed `cite`."""
    accept = read_accept(request)
    parameters = read_address(request)
    wants_citations(parameters)
    name = parameters.get("format")
    if name is None and prefers_html(accept, GRAPH_FORMATS):
        return editor_page(parameters.get("question"))
    refuse_exclusion("the description of the endpoint")
    site, form = current_site(), choose_graph_format(name, accept)
    body = write_graph(list_triples(site, request.base_url), form, UNBOUNDED)
    tag = digest((site.engine.version, form.name, body.decode()))
    return send_body(site, body, tag, write_content_type(accept, form))


def list_triples(site: Site, address: str) -> list[Triple]:
    """Return the service description; raises BadRequest if the address is not an IRI."""
    try:
        endpoint = make_iri(address).value
    except UnknownNameError as error:
        raise BadRequest(f"the requested address is not an IRI: {error}") from None
    text = render_template(
        "service.ttl",
        me=endpoint,
        base=BASE,
        union=site.engine.settings.default_graph == "union",
        writable=site.tokens.current is not None and site.engine.writable,
        # whether a client wrote data after the build counted them
        written=site.engine.has_writes and site.engine.settings.source is not None,
        result_formats=(*RESULT_FORMATS, *GRAPH_FORMATS),
        input_formats=INPUT_FORMATS,
        graphs=sorted(read_names(evaluate(site, query_graphs(LISTED_GRAPHS)).answer)),
        limits=list_limits(site),
        services=list(site.federation.addresses),
    )
    return [quad.triple for quad in parse(HEAD + text, RdfFormat.TURTLE)]


def list_limits(site: Site) -> dict[str, float]:
    """Return the limits in force by their names."""
    engine, settings = site.engine.settings, site.settings
    return {
        "deadline_seconds": engine.deadline,
        "write_deadline_seconds": engine.write_deadline,
        "queue_seconds": engine.queue_time,
        "answer_bytes": engine.max_answer,
        "memory_bytes": engine.memory,
        "memory_bytes_of_all": engine.memory_budget,
        "memory_bytes_of_a_client": engine.client_memory,
        "processor_seconds_a_minute_of_all_clients": PROCESSOR_SECONDS,
        "long_queries_at_once": engine.long_workers,
        "change_log_bytes": engine.log_bytes,
        "cited_quads": engine.cite_most,
        "parameters": MOST_PARAMETERS,
        "body_bytes": settings.max_body,
        "requests_at_once": settings.concurrent_requests,
        "requests_at_once_of_a_client": settings.client_requests,
        "excluded_sources": MOST_EXCLUDED,
        "reconciled_queries": MOST_QUERIES,
        "reconciled_bytes": MOST_BYTES,
        "checked_characters": MOST_CHARACTERS,
        "checked_clauses": MOST_CLAUSES,
        "checked_processor_seconds": MOST_SECONDS,
        "service_rows": settings.service.rows,
        "service_bytes": settings.service.bytes,
        "service_given": settings.service.given,
        "services_at_once": settings.service.at_once,
        **asdict(engine.limits),
    }
