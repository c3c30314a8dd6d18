"""The service description: what an endpoint can do, as RDF (SPARQL 1.1 Service Description).

Its IRIs stand under the address of the endpoint, so that it has no blank nodes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from pyoxigraph import Literal, NamedNode, Triple, serialize

from graph.answering.evaluation import used_prefixes
from graph.answering.format import GRAPH_FORMATS, RESULT_FORMATS, GraphFormat
from ontology.namespace import BASE, PREFIXES
from ontology.terms import RDF, RDFS, SCHEMA, XSD

SD: Final = PREFIXES["sd"]
FORMATS: Final = "http://www.w3.org/ns/formats/"
"""Where the W3C names formats: https://www.w3.org/ns/formats/."""

FORMAT_NAMES: Final = {
    "json": "SPARQL_Results_JSON",
    "xml": "SPARQL_Results_XML",
    "csv": "SPARQL_Results_CSV",
    "tsv": "SPARQL_Results_TSV",
    "ttl": "Turtle",
    "nt": "N-Triples",
    "jsonld": "JSON-LD",
    "rdf": "RDF_XML",
    "trig": "TriG",
    "nq": "N-Quads",
}

WRITTEN: Final = "Data were written since the build: graph:dataset counts what there was then."


@dataclass(frozen=True, slots=True)
class ServiceDescription:
    """An endpoint's address, its abilities, and the limits in force by their names.

    It is `written` where the counts of the build are no longer those of its data. `services` are
    the other endpoints that a SERVICE may ask.
    """

    endpoint: str
    union: bool
    writable: bool
    written: bool = False
    graphs: tuple[str, ...] = ()
    limits: Mapping[str, int | float | str] = field(default_factory=dict)
    services: tuple[str, ...] = ()


def describe_service(service: ServiceDescription, form: GraphFormat) -> bytes:
    """Return the description of an endpoint, written in a format."""
    triples = dict.fromkeys(description(service))
    return serialize(triples, format=form.writer, prefixes=used_prefixes(triples)) or b""


def description(service: ServiceDescription) -> Iterator[Triple]:
    """Yield the triples of the description."""
    me, dataset = service.endpoint, service.endpoint + "#dataset"
    yield said(me, RDF.TYPE.value, NamedNode(SD + "Service"))
    yield said(me, SD + "endpoint", NamedNode(service.endpoint))
    yield said(me, SD + "supportedLanguage", NamedNode(SD + "SPARQL11Query"))
    if service.writable:
        yield said(me, SD + "supportedLanguage", NamedNode(SD + "SPARQL11Update"))
    if service.union:
        yield said(me, SD + "feature", NamedNode(SD + "UnionDefaultGraph"))
    if service.services:
        yield said(me, SD + "feature", NamedNode(SD + "BasicFederatedQuery"))
    for form in (*RESULT_FORMATS, *GRAPH_FORMATS):
        yield said(me, SD + "resultFormat", NamedNode(FORMATS + FORMAT_NAMES[form.name]))
    for graph in GRAPH_FORMATS if service.writable else ():
        yield said(me, SD + "inputFormat", NamedNode(FORMATS + FORMAT_NAMES[graph.name]))
    yield said(me, SD + "defaultDataset", NamedNode(dataset))
    yield said(me, SD + "availableGraphs", NamedNode(dataset))
    yield from dataset_of(service, dataset)
    yield from limits_of(service)
    yield from services_of(service)


def dataset_of(service: ServiceDescription, dataset: str) -> Iterator[Triple]:
    """Yield what is said of the dataset: its default graph and its named graphs."""
    default = service.endpoint + "#default-graph"
    yield said(dataset, RDF.TYPE.value, NamedNode(SD + "Dataset"))
    yield said(dataset, RDF.TYPE.value, NamedNode(SD + "GraphCollection"))
    yield said(dataset, RDFS.SEE_ALSO.value, NamedNode(BASE + "dataset"))
    if service.written:
        yield said(dataset, RDFS.COMMENT.value, Literal(WRITTEN, language="en"))
    yield said(dataset, SD + "defaultGraph", NamedNode(default))
    yield said(default, RDF.TYPE.value, NamedNode(SD + "Graph"))
    makes = "the set union of the named graphs" if service.union else "the store's own"
    comment = f"The graph of a query that names none: {makes}."
    yield said(default, RDFS.COMMENT.value, Literal(comment, language="en"))
    for number, name in enumerate(sorted(service.graphs), 1):
        entry = f"{service.endpoint}#graph-{number}"
        content = f"{service.endpoint}#content-{number}"
        yield said(dataset, SD + "namedGraph", NamedNode(entry))
        yield said(entry, RDF.TYPE.value, NamedNode(SD + "NamedGraph"))
        yield said(entry, SD + "name", NamedNode(name))
        yield said(entry, SD + "graph", NamedNode(content))
        yield said(content, RDF.TYPE.value, NamedNode(SD + "Graph"))


def limits_of(service: ServiceDescription) -> Iterator[Triple]:
    """Yield the limits in force, each a `schema:PropertyValue`."""
    for name, value in service.limits.items():
        limit = f"{service.endpoint}#limit-{name.replace('_', '-')}"
        yield said(service.endpoint, SCHEMA + "additionalProperty", NamedNode(limit))
        yield said(limit, RDF.TYPE.value, NamedNode(SCHEMA + "PropertyValue"))
        yield said(limit, SCHEMA + "name", Literal(name))
        yield said(limit, SCHEMA + "value", literal(value))


def services_of(service: ServiceDescription) -> Iterator[Triple]:
    """Yield the endpoints that a SERVICE may ask; SD has no term for them."""
    for number, endpoint in enumerate(service.services, 1):
        entry = f"{service.endpoint}#service-{number}"
        yield said(service.endpoint, SCHEMA + "additionalProperty", NamedNode(entry))
        yield said(entry, RDF.TYPE.value, NamedNode(SCHEMA + "PropertyValue"))
        yield said(entry, SCHEMA + "name", Literal("service_endpoint"))
        yield said(entry, SCHEMA + "url", NamedNode(endpoint))


def literal(value: float | str) -> Literal:
    """Return a value as a literal of its XML Schema type."""
    if isinstance(value, str):
        return Literal(value)
    kind = "integer" if isinstance(value, int) else "decimal"
    return Literal(str(value), datatype=NamedNode(XSD + kind))


def said(subject: str, predicate: str, value: NamedNode | Literal) -> Triple:
    """Return one triple of the description."""
    return Triple(NamedNode(subject), NamedNode(predicate), value)
