"""The service description of an endpoint (SPARQL 1.1 Service Description): abilities and limits.

Fragments of the address of the endpoint name its parts, so that it has no blank nodes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from pyoxigraph import Literal, NamedNode, Triple

from graph.answering.evaluation import UNBOUNDED, write_graph
from graph.answering.format import GRAPH_FORMATS, INPUT_FORMATS, RESULT_FORMATS, GraphFormat
from graph.publishing.dataset_quad import expand
from ontology.namespace import BASE
from ontology.terms import XSD

WRITTEN: Final = "Data were written since the build: graph:dataset counts the data of the build."


@dataclass(frozen=True, slots=True)
class ServiceDescription:
    """The address of an endpoint, its abilities, and the limits in force by name.

    `written` says that its data changed after the build, so that `graph:dataset` counts the old
    data. `services` are the other endpoints that a SERVICE may ask.
    """

    endpoint: str
    union: bool
    writable: bool
    written: bool = False
    graphs: tuple[str, ...] = ()
    limits: Mapping[str, int | float | str] = field(default_factory=dict)
    services: tuple[str, ...] = ()


def describe_service(service: ServiceDescription, form: GraphFormat) -> bytes:
    """Return the description of an endpoint in a format of RDF."""
    return write_graph(describe_endpoint(service), form, UNBOUNDED)


def describe_endpoint(service: ServiceDescription) -> Iterator[Triple]:
    """Yield the triples of the description."""
    me, dataset = service.endpoint, service.endpoint + "#dataset"
    yield make_triple(me, "rdf:type", expand("sd:Service"))
    yield make_triple(me, "sd:endpoint", NamedNode(service.endpoint))
    yield make_triple(me, "sd:supportedLanguage", expand("sd:SPARQL11Query"))
    if service.writable:
        yield make_triple(me, "sd:supportedLanguage", expand("sd:SPARQL11Update"))
    if service.union:
        yield make_triple(me, "sd:feature", expand("sd:UnionDefaultGraph"))
    if service.services:
        yield make_triple(me, "sd:feature", expand("sd:BasicFederatedQuery"))
    for form in (*RESULT_FORMATS, *GRAPH_FORMATS):
        yield make_triple(me, "sd:resultFormat", NamedNode(form.iri))
    for graph in INPUT_FORMATS if service.writable else ():
        yield make_triple(me, "sd:inputFormat", NamedNode(graph.iri))
    yield make_triple(me, "sd:defaultDataset", NamedNode(dataset))
    yield make_triple(me, "sd:availableGraphs", NamedNode(dataset))
    yield from describe_dataset(service, dataset)
    yield from describe_limits(service)
    yield from describe_services(service)


def describe_dataset(service: ServiceDescription, dataset: str) -> Iterator[Triple]:
    """Yield the dataset of the endpoint: its default graph and its named graphs."""
    default = service.endpoint + "#default-graph"
    yield make_triple(dataset, "rdf:type", expand("sd:Dataset"))
    yield make_triple(dataset, "rdf:type", expand("sd:GraphCollection"))
    yield make_triple(dataset, "rdfs:seeAlso", NamedNode(BASE + "dataset"))
    if service.written:
        yield make_triple(dataset, "rdfs:comment", Literal(WRITTEN, language="en"))
    yield make_triple(dataset, "sd:defaultGraph", NamedNode(default))
    yield make_triple(default, "rdf:type", expand("sd:Graph"))
    makes = "the set union of the named graphs" if service.union else "the store's own"
    comment = f"The graph of a query that names none: {makes}."
    yield make_triple(default, "rdfs:comment", Literal(comment, language="en"))
    for number, name in enumerate(sorted(service.graphs), 1):
        entry = f"{service.endpoint}#graph-{number}"
        content = f"{service.endpoint}#content-{number}"
        yield make_triple(dataset, "sd:namedGraph", NamedNode(entry))
        yield make_triple(entry, "rdf:type", expand("sd:NamedGraph"))
        yield make_triple(entry, "sd:name", NamedNode(name))
        yield make_triple(entry, "sd:graph", NamedNode(content))
        yield make_triple(content, "rdf:type", expand("sd:Graph"))


def describe_limits(service: ServiceDescription) -> Iterator[Triple]:
    """Yield the limits in force, each a `schema:PropertyValue`."""
    for name, value in service.limits.items():
        limit = f"{service.endpoint}#limit-{name.replace('_', '-')}"
        yield make_triple(service.endpoint, "schema:additionalProperty", NamedNode(limit))
        yield make_triple(limit, "rdf:type", expand("schema:PropertyValue"))
        yield make_triple(limit, "schema:name", Literal(name))
        yield make_triple(limit, "schema:value", typed_literal(value))


def describe_services(service: ServiceDescription) -> Iterator[Triple]:
    """Yield the endpoints that a SERVICE may ask, in schema.org: SD has no term for them."""
    for number, endpoint in enumerate(service.services, 1):
        entry = f"{service.endpoint}#service-{number}"
        yield make_triple(service.endpoint, "schema:additionalProperty", NamedNode(entry))
        yield make_triple(entry, "rdf:type", expand("schema:PropertyValue"))
        yield make_triple(entry, "schema:name", Literal("service_endpoint"))
        yield make_triple(entry, "schema:url", NamedNode(endpoint))


def typed_literal(value: float | str) -> Literal:
    """Return a limit as an `xsd:integer`, `xsd:decimal` or `xsd:string`."""
    if isinstance(value, str):
        return Literal(value)
    kind = "integer" if isinstance(value, int) else "decimal"
    return Literal(str(value), datatype=NamedNode(XSD + kind))


def make_triple(subject: str, predicate: str, value: NamedNode | Literal) -> Triple:
    """Return a triple of the description; the predicate is a prefixed name."""
    return Triple(NamedNode(subject), expand(predicate), value)
