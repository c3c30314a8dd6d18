"""Linked Data: the IRIs of the project, dereferenced for programs and people.

/id/X      303 to /page/X or to /data/X.ttl, by negotiation (https://www.w3.org/TR/cooluris/)
/data/X.F  the description of X in the format F
/graph/X, /ontology    documents, so 200; the ontology has a page too
/ontology/V            the version V of the ontology: 302 to /ontology for the current one, a
                       document for an earlier one
"""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from http import HTTPStatus
from typing import Final, cast
from urllib.parse import quote

from flask import Blueprint, Response, request
from pyoxigraph import NamedNode, Quad, RdfFormat, parse
from werkzeug.exceptions import Gone, NotFound

from graph.answering.evaluation import own_query, write_graph
from graph.answering.format import GRAPH_FORMATS, GRAPHS, RESULTS, GraphFormat
from graph.answering.name import make_iri
from graph.curating.master import Retired
from graph.errors import UnknownNameError
from graph.publishing.csv_table import BYTE_ORDER_MARK
from graph.publishing.jsonld import frame_thing
from graph.publishing.resource import (
    query_known,
    query_labels,
    query_statements,
    read_boolean,
    read_quads,
    write_resource,
)
from ontology.namespace import DATASET_GRAPH, GRAPH, ID, ONTOLOGY_GRAPH, RETIRED_GRAPH
from ontology.release import current_version, list_releases, read_release
from server.download import read_description
from server.engine.front.reply import Reply
from server.exclusion import add_exclusions, keep_exclusions, refuse_exclusion
from server.link import cite_link, escape_address, file_name_header, links
from server.negotiate import (
    HTML,
    Accept,
    best_format,
    choose_graph_format,
    prefers_html,
    read_preferences,
    wants_mark,
)
from server.page.frame import with_names
from server.page.language import first_language
from server.page.named_graph import background_page, ontology_page
from server.parameters import read_address
from server.response import (
    client_has,
    digest,
    evaluate,
    not_modified,
    send_body,
    write_content_type,
)
from server.site import Site, current_site

RETIREMENTS: Final = "CONSTRUCT { ?name ?p ?o } WHERE { GRAPH graph:retired { ?name ?p ?o } }"


def read_retired(site: Site) -> Retired:
    """Return the retired names of the present version."""
    query = replace(own_query(RETIREMENTS), graph_format=GRAPHS["nt"])
    return parse_retired(evaluate(site, query).answer.body)


@lru_cache(maxsize=2)
def parse_retired(body: bytes) -> Retired:
    """Return the retired names of N-Triples, and of the vocabulary."""
    graph = NamedNode(RETIRED_GRAPH)
    triples = parse(body, RdfFormat.N_TRIPLES)
    return Retired.of_things(Quad(t.subject, t.predicate, t.object, graph) for t in triples)


blueprint = Blueprint("linked_data", __name__)

HAS_FORMAT: Final = "http://purl.org/dc/terms/hasFormat"
"""The relation of a resource to another format of it, more precise than `alternate`."""

TABLE: Final = RESULTS["csv"]
"""The format of the table of an entity's statements."""

SUFFIXES: Final = (*(form.name for form in GRAPH_FORMATS), TABLE.name)
"""The suffixes of an entity's description."""


@blueprint.get("/id/<path:name>")
def dereference(name: str) -> Response:
    """Redirect from an entity to its description."""
    iri = follow_retirement(ID + name)
    if isinstance(iri, Response):
        return iri
    require_known(iri)
    accept = read_preferences(request)
    if prefers_html(accept, GRAPH_FORMATS):
        path = with_names(add_exclusions(f"page/{escape_name(name)}"), first_language())
    else:
        path = "/" + add_exclusions(f"data/{escape_name(name)}.{choose_format(accept).name}")
    response = redirect(request.root_url + path[1:], 303)
    response.headers.extend(links())
    return response


@blueprint.get("/data/<path:file>")
def describe_entity(file: str) -> Response | Reply:
    """Return the description of an entity, in the format of the suffix."""
    name, _, suffix = file.rpartition(".")
    form = GRAPHS.get(suffix)
    is_marked = wants_mark(read_address(request), form or TABLE)
    if form is None and suffix != TABLE.name:
        suffixes = ", ".join(f".{suffix}" for suffix in SUFFIXES)
        raise NotFound(f"a description has the name of its entity and one of {suffixes}")
    iri = follow_retirement(ID + name, "data/", f".{suffix}")
    if isinstance(iri, Response):
        return iri
    reply = write_description(iri, form) if form else write_table(iri)
    if is_marked and reply.status == HTTPStatus.OK:
        reply.body = BYTE_ORDER_MARK + cast("bytes", reply.body)
    reply.headers += [file_name_header(name, suffix), cite_link(iri.value)]
    return add_alternates(reply, name)


def write_description(iri: NamedNode, form: GraphFormat) -> Reply:
    """Return the description of an entity as a document of RDF; raises NotFound."""
    site = current_site()
    tagged = evaluate(site, query_statements(iri))
    description = read_quads(tagged.answer)
    if not description:
        raise NotFound(f"nothing is known of {iri.value}")
    context = request.root_url + "context.jsonld"
    tag = tagged.tag and digest((tagged.tag, "data", iri.value, form.name, context))
    if tag is not None and client_has(tag):
        return not_modified(tag)
    if form == GRAPHS["jsonld"]:
        labels = read_quads(evaluate(site, query_labels(description)).answer)
        body = frame_thing(iri, description, labels, context)
    else:
        body = write_resource(description, form, iri)
    return send_body(site, body, tag, write_content_type(Accept(()), form))


def write_table(iri: NamedNode) -> Reply:
    """Return the statements of an entity as a table; raises NotFound."""
    site = current_site()
    require_known(iri)
    tag = digest((site.engine.version, "table", iri.value))
    if client_has(tag):
        return not_modified(tag)
    body, version = site.engine.table(iri.value)
    tag = digest((version, "table", iri.value))
    return send_body(site, body, tag, f"{TABLE.media_type}; charset=utf-8")


@blueprint.get("/graph/<path:name>")
def send_named_graph(name: str) -> Reply:
    """Return a named graph of the project; a browser gets the page of a background source."""
    iri = read_iri(GRAPH + name)
    if iri.value == DATASET_GRAPH:
        refuse_exclusion("the description of the dataset")
    page = background_page(iri) if prefers_html(read_preferences(request), GRAPH_FORMATS) else None
    return page or send_graph(iri.value, None)


@blueprint.get("/ontology")
@blueprint.get("/ontology.<suffix>")
def send_ontology(suffix: str | None = None) -> Reply:
    """Return the ontology; a browser gets its page."""
    if suffix is None and prefers_html(read_preferences(request), GRAPH_FORMATS):
        return ontology_page()
    return send_graph(ONTOLOGY_GRAPH, suffix)


@blueprint.get("/ontology/<version>")
def send_version(version: str) -> Response | Reply:
    """Return an earlier version of the ontology; redirect from the current one to /ontology."""
    if version == current_version():
        return redirect(request.root_url + "ontology", 302)
    release = read_release(version)
    if release is None:
        versions = ", ".join([*list_releases(), current_version()])
        raise NotFound(f"there is no version {version} of the vocabulary, but {versions}")
    accept = read_preferences(request)
    form = choose_format(accept)
    tag = digest(("ontology", version, form.name))
    if client_has(tag):
        return not_modified(tag)
    site, triples = current_site(), [quad.triple for quad in release]
    body = write_graph(triples, form, site.engine.settings.max_answer)
    reply = send_body(site, body, tag, write_content_type(accept, form))
    reply.headers.append(file_name_header(f"ontology-{version}", form.name))
    return reply


def send_graph(name: str, suffix: str | None) -> Reply:
    """Return a named graph in the format of the suffix, else by content negotiation."""
    site, accept = current_site(), read_preferences(request)
    form = GRAPHS.get(suffix) if suffix else choose_format(accept)
    if form is None:
        raise NotFound(f"there is no format {suffix}")
    if name == DATASET_GRAPH:
        description, state = read_description(site)
        body = write_graph(description, form, site.engine.settings.max_answer)
    else:
        answer = site.engine.graph(name, form)
        body, state = answer.body, answer.version
    tag = digest((state, "graph", name, form.name))
    label = write_content_type(accept if suffix is None else Accept(()), form)
    reply = send_body(site, body, tag, label)
    reply.headers.append(file_name_header(name.removeprefix(GRAPH), form.name))
    return reply


def choose_format(accept: Accept) -> GraphFormat:
    """Return the format of a graph that the client accepts, Turtle if it accepts only HTML.

    Raises NotAcceptable.
    """
    if best_format(accept, GRAPH_FORMATS) is None and accept.weight(HTML) > 0:
        return GRAPH_FORMATS[0]
    return choose_graph_format(None, accept)


def follow_retirement(iri: str, folder: str = "id/", suffix: str = "") -> NamedNode | Response:
    """Return a current IRI, or a redirect from a merged one; raises Gone and NotFound."""
    retired = read_retired(current_site())
    successor = retired.successor(iri)
    if successor is not None:
        path = folder + escape_name(successor.removeprefix(ID)) + suffix
        if not successor.startswith(ID):
            return redirect(successor, 301)
        kept = (
            with_names("/" + add_exclusions(path), first_language())
            if not suffix
            else "/" + add_exclusions(path)
        )
        return redirect(request.root_url + kept[1:], 301)
    if retired.is_gone(iri):
        raise Gone(f"{iri} is retired")
    return read_iri(iri)


def read_iri(iri: str) -> NamedNode:
    """Return an IRI; raises NotFound for text that is no IRI."""
    try:
        return make_iri(iri)
    except UnknownNameError as error:
        raise NotFound(str(error)) from None


def require_known(iri: NamedNode) -> None:
    """Raise NotFound unless a statement of the dataset has the IRI."""
    if not read_boolean(evaluate(current_site(), query_known(iri)).answer):
        raise NotFound(f"nothing is known of {iri.value}")


def escape_name(name: str) -> str:
    """Return a local name as a part of a path (RFC 3986, section 3.3)."""
    return quote(name, safe="/:@!$&'()*+,;=~")


def redirect(address: str, status: int) -> Response:
    """Return a redirect without a body."""
    response = Response(status=status)
    response.location = escape_address(address)
    return response


def add_alternates(reply: Reply, name: str) -> Reply:
    """Return the reply with links to the other formats of a description (RFC 8288).

    Only the link to JSON-LD is `alternate` alone: JSON-LD loaders follow that one (JSON-LD 1.1,
    section 6.3), and pyld fails on two.
    """
    local = escape_name(name)
    documents = [
        (f"data/{local}.{form.name}", form.media_type, form.name != "jsonld")
        for form in GRAPH_FORMATS
    ]
    for path, media_type, is_format in [*documents, (f"page/{local}", HTML, True)]:
        relation = f"alternate {HAS_FORMAT}" if is_format else "alternate"
        if excluded := keep_exclusions(path):
            address = escape_address(request.root_url + excluded)
            link = f'<{address}>; rel="{relation}"; type="{media_type}"'
            reply.headers.append(("Link", link))
    return reply
