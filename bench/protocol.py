"""The W3C tests that are requests: SPARQL Protocol, Graph Store Protocol, Service Description.

The manifests hold the requests as RDF (https://www.w3.org/2011/http#); they are sent
unchanged, with the paths of this server instead of `/sparql/` and `/gsp`.
"""

import urllib.parse
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from xml.etree import ElementTree as ET

import rdflib
from rdflib.collection import Collection
from rdflib.compare import isomorphic
from rdflib.namespace import RDF, RDFS
from rdflib.term import Literal, Node

from bench.client import Client
from bench.wire import Reply

MF: Final = rdflib.Namespace("http://www.w3.org/2001/sw/DataAccess/tests/test-manifest#")
UT: Final = rdflib.Namespace("http://www.w3.org/2009/sparql/tests/test-update#")
HT: Final = rdflib.Namespace("http://www.w3.org/2011/http#")
CNT: Final = rdflib.Namespace("http://www.w3.org/2011/content#")
SD: Final = rdflib.Namespace("http://www.w3.org/ns/sparql-service-description#")

NAMED: Final = {"OK": 200, "Created": 201, "NoContent": 204, "NotFound": 404}
ROWS: Final = {
    "application/sparql-results+json",
    "application/sparql-results+xml",
    "text/csv",
    "text/tab-separated-values",
}
GRAPHS: Final = {
    "text/turtle": "turtle",
    "application/n-triples": "nt",
    "application/rdf+xml": "xml",
    "application/ld+json": "json-ld",
    "application/trig": "trig",
}
SD_CLASSES: Final = {
    "Service", "Language", "Function", "Aggregate", "EntailmentRegime", "EntailmentProfile",
    "GraphCollection", "Dataset", "Graph", "NamedGraph", "Feature",
}  # fmt: skip
SD_PROPERTIES: Final = {
    "endpoint", "feature", "defaultEntailmentRegime", "entailmentRegime",
    "defaultSupportedEntailmentProfile", "supportedEntailmentProfile", "extensionFunction",
    "extensionAggregate", "languageExtension", "supportedLanguage", "propertyFeature",
    "defaultDataset", "availableGraphs", "resultFormat", "inputFormat", "defaultGraph",
    "namedGraph", "name", "graph",
}  # fmt: skip


HOST: Final = "www.example"
"""What the tests call the server."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """The outcome of a test; `why` is empty if it passed."""

    name: str
    why: str


class FailedError(AssertionError):
    """An answer differs from the expected one."""


def protocol(kit: Path, writer: Client) -> list[Outcome]:
    """Run the tests of the SPARQL 1.1 Protocol."""
    return [*run(kit / "protocol" / "manifest.ttl", writer, "/sparql/", "/sparql")]


def graph_store(kit: Path, writer: Client) -> list[Outcome]:
    """Run the tests of the Graph Store Protocol, direct and indirect."""
    folder = kit / "graph-store-protocol"
    return [
        outcome
        for name in ("manifest-direct.ttl", "manifest-indirect.ttl")
        for outcome in run(folder / name, writer, "/gsp", "/store")
    ]


def service_description(writer: Client) -> list[Outcome]:
    """Run the three tests of the service description; their manifest has words only."""
    reply = writer.get("/sparql", Accept="text/turtle", Host=HOST)
    graph = rdflib.Graph()
    endpoint = rdflib.URIRef(f"http://{HOST}/sparql")
    if (reply.status, reply.type) == (200, "text/turtle"):
        graph.parse(data=reply.body, format="turtle", publicID=endpoint)
    return [
        Outcome("returns-rdf", "" if len(graph) else f"{reply.status} {reply.type}"),
        Outcome(
            "has-endpoint-triple",
            "" if (None, SD.endpoint, endpoint) in graph else "no sd:endpoint of this address",
        ),
        Outcome("conforms-to-schema", "; ".join(schema_faults(graph))),
    ]


def schema_faults(graph: rdflib.Graph) -> Iterator[str]:
    """Yield where a description breaks https://www.w3.org/ns/sparql-service-description."""
    if len(set(graph.subjects(RDF.type, SD.Service))) != 1:
        yield "not one sd:Service"
    for _, predicate, value in graph:
        if str(predicate) in SD and str(predicate)[len(SD) :] not in SD_PROPERTIES:
            yield f"no property {predicate}"
        if predicate == RDF.type and str(value) in SD and str(value)[len(SD) :] not in SD_CLASSES:
            yield f"no class {value}"
    for predicate, kind in (
        (SD.defaultDataset, SD.Dataset),
        (SD.availableGraphs, SD.GraphCollection),
        (SD.defaultGraph, SD.Graph),
        (SD.namedGraph, SD.NamedGraph),
        (SD.graph, SD.Graph),
    ):
        for value in graph.objects(None, predicate):
            if (value, RDF.type, kind) not in graph:
                yield f"{value} is no {kind}"
    for named in graph.subjects(RDF.type, SD.NamedGraph):
        if len(set(graph.objects(named, SD.name))) != 1:
            yield f"{named} has not one sd:name"


def run(manifest: Path, writer: Client, prefix: str, path: str) -> Iterator[Outcome]:
    """Yield the outcome of each test that a manifest lists."""
    graph = rdflib.Graph().parse(manifest, format="turtle", publicID=manifest.as_uri())
    for entries in graph.objects(None, MF.entries):
        for test in Collection(graph, entries):
            name = str(test).partition("#")[2]
            try:
                writer.update("DROP ALL")
                load(graph, test, writer)
                exchange(graph, test, writer, lambda text: text.replace(prefix, path, 1))
            except (FailedError, OSError) as error:
                yield Outcome(name, str(error) or repr(error))
            else:
                yield Outcome(name, "")


def load(graph: rdflib.Graph, test: Node, writer: Client) -> None:
    """Load the graphs that a test starts from."""
    for node in graph.objects(test, UT.graphData):
        source = urllib.parse.urlsplit(str(graph.value(node, UT.graph)))
        lines = Path(urllib.parse.unquote(source.path)).read_text("utf-8")
        writer.update(f"INSERT DATA {{ GRAPH <{graph.value(node, RDFS.label)}> {{ {lines} }} }}")


def exchange(graph: rdflib.Graph, test: Node, writer: Client, placed: Callable[[str], str]) -> None:
    """Send the requests of a test; raises FailedError at the first wrong answer."""
    location = ""
    action = graph.value(test, MF.action)
    for request in Collection(graph, graph.value(action, HT.requests) or RDF.nil):
        path = placed(str(graph.value(request, HT.absolutePath))).replace("$LOCATION$", location)
        method = str(graph.value(request, HT.methodName))
        body = content(graph, request)
        sent = dict(fields(graph, request))
        reply = writer.send(method, path, body, **{"Host": HOST, **sent})
        expected = graph.value(request, HT.resp)
        what = f"{method} {path}: {reply.status} {reply.body[:200]!r}"
        require_status(graph, expected, reply.status, what)
        new_location = reply.headers["Location"]
        location = new_location or location
        if graph.value(expected, MF.expectedLocation) is not None and new_location is None:
            raise FailedError(f"{method} {path}: no Location")
        require_format(graph, expected, reply)
        require_graph(graph, expected, reply)


def content(graph: rdflib.Graph, message: Node) -> bytes | None:
    """Return the body of a request or an answer."""
    node = graph.value(message, HT.body)
    if node is None:
        return None
    return str(graph.value(node, CNT.chars)).encode(str(graph.value(node, CNT.characterEncoding)))


def fields(graph: rdflib.Graph, message: Node) -> Iterator[tuple[str, str]]:
    """Yield the header fields of a request or an answer."""
    headers = graph.value(message, HT.headers)
    for field in Collection(graph, headers) if headers is not None else ():
        yield str(graph.value(field, HT.fieldName)), str(graph.value(field, HT.fieldValue))


def require_status(graph: rdflib.Graph, expected: Node | None, status: int, what: str) -> None:
    """Raise FailedError unless the status is expected."""
    names = [str(iri).partition("#")[2] for iri in graph.objects(expected, MF.expectedStatus)]
    classes = {name[len("StatusCode")] for name in names if name.startswith("StatusCode")}
    if status not in {NAMED.get(name) for name in names} and str(status)[0] not in classes:
        raise FailedError(f"{what}, expected {', '.join(sorted(names))}")


def require_format(graph: rdflib.Graph, expected: Node | None, reply: Reply) -> None:
    """Raise FailedError unless the answer is of the kind that is expected."""
    kind, form = reply.type, str(graph.value(expected, MF.expectedFormat))
    known = {"boolean": ROWS - {"text/csv", "text/tab-separated-values"}, "tabular": ROWS}
    if form != "None" and kind not in known.get(form, set(GRAPHS)):
        raise FailedError(f"answered as {kind}, expected {form}")
    boolean = graph.value(expected, MF.expectedBoolean)
    if isinstance(boolean, Literal) and truth(reply) != boolean.toPython():
        raise FailedError(f"answered {reply.body!r}, expected {boolean}")


def truth(reply: Reply) -> bool:
    """Return the answer of an ASK query."""
    if reply.type.endswith("json"):
        return bool(reply.json["boolean"])
    return "true" in "".join(ET.fromstring(reply.body).itertext())  # noqa: S314 - our own server


def require_graph(graph: rdflib.Graph, expected: Node | None, reply: Reply) -> None:
    """Raise FailedError unless the answer is the graph that is expected."""
    given = dict(fields(graph, expected)) if expected is not None else {}
    if "content-type" in given and media_type(given) != reply.type:
        raise FailedError(f"answered as {reply.type}, expected {given['content-type']}")
    body = content(graph, expected) if expected is not None else None
    if body is None:
        return
    wanted = rdflib.Graph().parse(data=body, format=GRAPHS[media_type(given)])
    answer = rdflib.Graph().parse(data=reply.body, format=GRAPHS[reply.type])
    if not isomorphic(wanted, answer):
        raise FailedError(f"another graph: {reply.body!r}")


def media_type(headers: dict[str, str]) -> str:
    """Return the media type that headers tell, without its parameters."""
    return headers.get("content-type", "").partition(";")[0].strip().lower()
