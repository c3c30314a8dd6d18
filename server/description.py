"""The endpoint without a query: a service description for programs, an editor for browsers."""

from __future__ import annotations

from dataclasses import asdict
from typing import Final

from flask import Response, request
from werkzeug.exceptions import BadRequest

from graph.answering.format import GRAPH_FORMATS, GraphFormat
from graph.answering.name import make_iri
from graph.engine.account import PROCESSOR_SECONDS
from graph.errors import UnknownNameError
from graph.publishing.resource import query_graphs, read_names
from graph.publishing.service_description import ServiceDescription, describe_service
from graph.reconciling.query import MOST_BYTES, MOST_QUERIES
from server.answer_page import editor_page
from server.cited_format import wants_citations
from server.conditional import digest
from server.exclusion import MOST_EXCLUDED, refuse_exclusion
from server.negotiate import Accept, choose_graph_format, prefers_html, read_accept
from server.parameters import MOST_PARAMETERS, read_address
from server.reply import Reply
from server.response import evaluate, send_body, write_content_type
from server.site import Site, current_site

LISTED_GRAPHS: Final = 1000
"""The maximum number of named graphs in a service description."""


def describe_endpoint() -> Response | Reply:
    """Return the service description, or the editor; raises BadRequest for a malformed `cite`."""
    accept = read_accept(request)
    parameters = read_address(request)
    wants_citations(parameters)
    name = parameters.get("format")
    if name is None and prefers_html(accept, GRAPH_FORMATS):
        return editor_page(parameters.get("question"))
    refuse_exclusion("the description of the endpoint")
    return send_description(current_site(), choose_graph_format(name, accept), accept)


def send_description(site: Site, form: GraphFormat, accept: Accept) -> Reply:
    """Return the service description of the requested address."""
    service = read_service(site, request.base_url)
    body = describe_service(service, form)
    tag = digest((site.engine.version, form.name, body.decode()))
    return send_body(site, body, tag, write_content_type(accept, form))


def read_service(site: Site, address: str) -> ServiceDescription:
    """Return the service at an address; raises BadRequest if the address is not an IRI."""
    try:
        endpoint = make_iri(address).value
    except UnknownNameError as error:
        raise BadRequest(f"the requested address is not an IRI: {error}") from None
    answer = evaluate(site, query_graphs(LISTED_GRAPHS)).answer
    return ServiceDescription(
        endpoint,
        site.engine_settings.default_graph == "union",
        site.token is not None and site.engine.writable,
        site.is_modified,
        tuple(read_names(answer)),
        list_limits(site),
        tuple(site.federation.addresses),
    )


def list_limits(site: Site) -> dict[str, int | float | str]:
    """Return the limits in force by their names."""
    engine, settings = site.engine_settings, site.settings
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
        "service_rows": settings.service_rows,
        "service_bytes": settings.service_bytes,
        "service_given": settings.service_given,
        "services_at_once": settings.services_at_once,
        **asdict(engine.limits),
    }
