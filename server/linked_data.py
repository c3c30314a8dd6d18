"""Linked Data: the IRIs of the project looked up, for machines and for people.

/id/X      303 to /page/X or to /data/X.ttl, by negotiation (https://www.w3.org/TR/cooluris/)
/data/X.F  what is said of X in the format F
/graph/X, /ontology    documents themselves, so 200; the ontology is a page too
/ontology/V            the version V of the vocabulary: 302 to /ontology for that of now, and a
                       document for one before it
"""

from __future__ import annotations

from typing import Final
from urllib.parse import quote

from flask import Blueprint, Response, request
from pyoxigraph import NamedNode
from werkzeug.exceptions import Gone, NotFound

from graph.answering.evaluation import write_graph
from graph.answering.format import GRAPH_FORMATS, GRAPHS, RESULTS, GraphFormat
from graph.answering.name import named_node
from graph.errors import UnknownNameError
from graph.publishing.jsonld_frame import frame_thing
from graph.publishing.resource import (
    query_known,
    query_labels,
    query_statements,
    read_boolean,
    read_quads,
    write_resource,
)
from ontology.namespace import GRAPH, ID, ONTOLOGY_GRAPH
from ontology.release import current_version, released, released_versions
from server.answer import evaluate, labelled, send
from server.conditional import client_has, digest, not_modified
from server.link import escape_address, file_name_header, links
from server.negotiate import (
    HTML,
    Accept,
    best_format,
    graph_form,
    prefers_html,
    wanted,
)
from server.page.background import background
from server.reply import Reply
from server.site import site
from server.vocabulary import vocabulary

blueprint = Blueprint("linked_data", __name__)

HAS_FORMAT: Final = "http://purl.org/dc/terms/hasFormat"
"""The relation of a resource to the same in another format, which says more than `alternate`."""

TABLE: Final = RESULTS["csv"]
"""The format of the statements with an entity as a table."""

SUFFIXES: Final = (*(form.name for form in GRAPH_FORMATS), TABLE.name)
"""The suffixes of the data of an entity."""


@blueprint.get("/id/<path:name>")
def thing(name: str) -> Response:
    """Send whoever looks an entity up to a description of it."""
    iri = living(ID + name)
    if isinstance(iri, Response):
        return iri
    require_known(iri)
    accept = wanted(request)
    if prefers_html(accept, GRAPH_FORMATS):
        path = f"page/{escaped(name)}"
    else:
        path = f"data/{escaped(name)}.{negotiated(accept).name}"
    response = see(request.root_url + path, 303)
    response.headers.extend(links())
    return response


@blueprint.get("/data/<path:file>")
def data(file: str) -> Response | Reply:
    """Return what is said of an entity, in the format of the suffix."""
    name, _, suffix = file.rpartition(".")
    form = GRAPHS.get(suffix)
    if form is None and suffix != TABLE.name:
        suffixes = ", ".join(f".{one}" for one in SUFFIXES)
        raise NotFound(f"data are called by the name of an entity and one of {suffixes}")
    iri = living(ID + name, "data/", f".{suffix}")
    if isinstance(iri, Response):
        return iri
    reply = document_of(iri, form) if form else table_of(iri)
    reply.headers.append(file_name_header(name, suffix))
    return with_alternates(reply, name)


def document_of(iri: NamedNode, form: GraphFormat) -> Reply:
    """Return what is said of an entity as a document of RDF; raises NotFound."""
    here = site()
    tagged = evaluate(here, query_statements(iri))
    said = read_quads(tagged.answer)
    if not said:
        raise NotFound(f"nothing is known of {iri.value}")
    context = request.root_url + "context.jsonld"
    tag = tagged.tag and digest((tagged.tag, "data", iri.value, form.name, context))
    if tag is not None and client_has(tag):
        return not_modified(tag)
    if form == GRAPHS["jsonld"]:
        body = frame_thing(
            iri, said, read_quads(evaluate(here, query_labels(said)).answer), context
        )
    else:
        body = write_resource(said, form, iri)
    return send(here, body, tag, labelled(Accept(()), form))


def table_of(iri: NamedNode) -> Reply:
    """Return the statements with an entity as a table; raises NotFound."""
    here = site()
    require_known(iri)
    tag = digest((here.engine.version, "table", iri.value))
    if client_has(tag):
        return not_modified(tag)
    body, version = here.engine.table(iri.value)
    tag = digest((version, "table", iri.value))
    return send(here, body, tag, f"{TABLE.media_type}; charset=utf-8")


@blueprint.get("/graph/<path:name>")
def graph(name: str) -> Reply:
    """Return a named graph of the project; a background source as a page, for people."""
    iri = node(GRAPH + name)
    page = background(iri) if prefers_html(wanted(request), GRAPH_FORMATS) else None
    return page or document(iri.value, None)


@blueprint.get("/ontology")
@blueprint.get("/ontology.<suffix>")
def ontology(suffix: str | None = None) -> Reply:
    """Return the vocabulary, as a page for people."""
    if suffix is None and prefers_html(wanted(request), GRAPH_FORMATS):
        return vocabulary()
    return document(ONTOLOGY_GRAPH, suffix)


@blueprint.get("/ontology/<version>")
def ontology_version(version: str) -> Response | Reply:
    """Return what a version of the vocabulary stated; send on to the one of now."""
    if version == current_version():
        return see(request.root_url + "ontology", 302)
    stated = released(version)
    if stated is None:
        known = ", ".join([*released_versions(), current_version()])
        raise NotFound(f"there is no version {version} of the vocabulary, but {known}")
    accept = wanted(request)
    form = negotiated(accept)
    tag = digest(("ontology", version, form.name))
    if client_has(tag):
        return not_modified(tag)
    here, triples = site(), [quad.triple for quad in stated]
    body = write_graph(triples, form, here.engine_settings.max_answer)
    reply = send(here, body, tag, labelled(accept, form))
    reply.headers.append(file_name_header(f"ontology-{version}", form.name))
    return reply


def document(name: str, suffix: str | None) -> Reply:
    """Return a named graph in the format of the suffix, or the one that the client likes best."""
    here, accept = site(), wanted(request)
    form = GRAPHS.get(suffix) if suffix else negotiated(accept)
    if form is None:
        raise NotFound(f"there is no format {suffix}")
    answer = here.engine.graph(name, form)
    tag = digest((answer.version, "graph", name, form.name))
    label = labelled(accept if suffix is None else Accept(()), form)
    reply = send(here, answer.body, tag, label)
    reply.headers.append(file_name_header(name.removeprefix(GRAPH), form.name))
    return reply


def negotiated(accept: Accept) -> GraphFormat:
    """Return the format that the client likes best, the first for one who takes pages alone.

    Raises NotAcceptable.
    """
    if best_format(accept, GRAPH_FORMATS) is None and accept.weight(HTML) > 0:
        return GRAPH_FORMATS[0]
    return graph_form(None, accept)


def living(iri: str, folder: str = "id/", suffix: str = "") -> NamedNode | Response:
    """Return the IRI, or the response that sends on where it was merged; raises Gone, NotFound."""
    retired = site().retired
    successor = retired.successor(iri)
    if successor is not None:
        local = request.root_url + folder + escaped(successor.removeprefix(ID)) + suffix
        return see(local if successor.startswith(ID) else successor, 301)
    if iri in retired.gone:
        raise Gone(f"{iri} is not used any more")
    return node(iri)


def node(iri: str) -> NamedNode:
    """Return the IRI; raises NotFound where no IRI can be so written."""
    try:
        return named_node(iri)
    except UnknownNameError as error:
        raise NotFound(str(error)) from None


def require_known(iri: NamedNode) -> None:
    """Raise NotFound unless the graph speaks of the IRI."""
    if not read_boolean(evaluate(site(), query_known(iri)).answer):
        raise NotFound(f"nothing is known of {iri.value}")


def escaped(name: str) -> str:
    """Return a local name as a path of an address has it, whatever signs are in it."""
    return quote(name, safe="/:@!$&'()*+,;=~")


def see(address: str, status: int) -> Response:
    """Return a redirect, with no page of its own to be shown."""
    response = Response(status=status)
    response.location = escape_address(address)
    return response


def with_alternates(reply: Reply, name: str) -> Reply:
    """Return the reply with links to the other formats of a description (RFC 8288).

    JSON-LD alone is `alternate` and nothing else: the document loaders of JSON-LD take one link of
    that relation (JSON-LD 1.1, section 6.3), and pyld fails where there are several.
    """
    local = escaped(name)
    documents = [
        (f"data/{local}.{form.name}", form.media_type, form.name != "jsonld")
        for form in GRAPH_FORMATS
    ]
    for path, media_type, more in [*documents, (f"page/{local}", HTML, True)]:
        address, also = escape_address(request.root_url + path), f" {HAS_FORMAT}" if more else ""
        link = f'<{address}>; rel="alternate{also}"; type="{media_type}"'
        reply.headers.append(("Link", link))
    return reply
