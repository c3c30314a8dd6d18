"""The endpoint without a query: a service description for machines, an editor for people."""

from __future__ import annotations

from dataclasses import asdict
from typing import Final

from flask import Response, request
from werkzeug.exceptions import BadRequest

from graph.answering.format import GRAPH_FORMATS, GraphFormat
from graph.answering.name import named_node
from graph.errors import UnknownNameError
from graph.publishing.resource import query_graphs, read_names
from graph.publishing.service_description import ServiceDescription, describe_service
from server.answer import evaluate, labelled, send
from server.answer_page import editor_page
from server.conditional import digest
from server.negotiate import Accept, accepted, graph_form, prefers_html
from server.parameters import Parameters
from server.reply import Reply
from server.site import Site, site

MOST_GRAPHS: Final = 1000
"""The number of named graphs up to which they are listed."""


def describe() -> Response | Reply:
    """Return the service description, or the editor for browsers."""
    accept = accepted(request)
    parameters = Parameters.parse(request.query_string)
    name = parameters.get("format")
    if name is None and prefers_html(accept, GRAPH_FORMATS):
        return editor_page(parameters.get("question"))
    return description(site(), graph_form(name, accept), accept)


def description(here: Site, form: GraphFormat, accept: Accept) -> Reply:
    """Return the description of the address that was asked."""
    service = service_at(here, request.base_url)
    body = describe_service(service, form)
    tag = digest((here.engine.version, form.name, body.decode()))
    return send(here, body, tag, labelled(accept, form))


def service_at(here: Site, address: str) -> ServiceDescription:
    """Return the service that stands at an address; raises BadRequest where that is no IRI."""
    try:
        endpoint = named_node(address).value
    except UnknownNameError as error:
        raise BadRequest(f"the address that was asked is not an IRI: {error}") from None
    answer = evaluate(here, query_graphs(MOST_GRAPHS)).answer
    return ServiceDescription(
        endpoint,
        here.engine_settings.default_graph == "union",
        here.token is not None and here.engine.writable,
        here.written,
        tuple(read_names(answer)),
        limits(here),
        tuple(here.federation.addresses),
    )


def limits(here: Site) -> dict[str, int | float | str]:
    """Return the limits in force by their names."""
    engine, settings = here.engine_settings, here.settings
    return {
        "deadline_seconds": engine.deadline,
        "write_deadline_seconds": engine.write_deadline,
        "queue_seconds": engine.queue_time,
        "answer_bytes": engine.max_answer,
        "memory_bytes": engine.memory,
        "memory_bytes_of_all": engine.memory_budget,
        "memory_bytes_of_a_client": engine.client_memory,
        "processor_seconds_a_minute_of_a_client": engine.client_seconds,
        "long_queries_at_once": engine.long_workers,
        "cited_quads": engine.cite_most,
        "body_bytes": settings.max_body,
        "requests_at_once": settings.concurrent_requests,
        "requests_at_once_of_a_client": settings.client_requests,
        "service_rows": settings.service_rows,
        "service_bytes": settings.service_bytes,
        "service_given": settings.service_given,
        "services_at_once": settings.services_at_once,
        **asdict(engine.limits),
    }
