"""The service description: what an endpoint can do, as RDF (SPARQL 1.1 Service Description).

Its IRIs stand under the address of the endpoint, so that it has no blank nodes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from pyoxigraph import Literal, NamedNode, Triple

from graph.answering.evaluation import UNBOUNDED, write_graph
from graph.answering.format import GRAPH_FORMATS, INPUT_FORMATS, RESULT_FORMATS, GraphFormat
from ontology.namespace import BASE, PREFIXES
from ontology.terms import RDF, RDFS, SCHEMA, XSD

SD: Final = PREFIXES["sd"]

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
    return write_graph(describe_endpoint(service), form, UNBOUNDED)


def describe_endpoint(service: ServiceDescription) -> Iterator[Triple]:
    """Yield the triples of the description."""
    me, dataset = service.endpoint, service.endpoint + "#dataset"
    yield state(me, RDF.TYPE.value, NamedNode(SD + "Service"))
    yield state(me, SD + "endpoint", NamedNode(service.endpoint))
    yield state(me, SD + "supportedLanguage", NamedNode(SD + "SPARQL11Query"))
    if service.writable:
        yield state(me, SD + "supportedLanguage", NamedNode(SD + "SPARQL11Update"))
    if service.union:
        yield state(me, SD + "feature", NamedNode(SD + "UnionDefaultGraph"))
    if service.services:
        yield state(me, SD + "feature", NamedNode(SD + "BasicFederatedQuery"))
    for form in (*RESULT_FORMATS, *GRAPH_FORMATS):
        yield state(me, SD + "resultFormat", NamedNode(form.iri))
    for graph in INPUT_FORMATS if service.writable else ():
        yield state(me, SD + "inputFormat", NamedNode(graph.iri))
    yield state(me, SD + "defaultDataset", NamedNode(dataset))
    yield state(me, SD + "availableGraphs", NamedNode(dataset))
    yield from describe_dataset(service, dataset)
    yield from describe_limits(service)
    yield from describe_services(service)


def describe_dataset(service: ServiceDescription, dataset: str) -> Iterator[Triple]:
    """Yield what is said of the dataset: its default graph and its named graphs."""
    default = service.endpoint + "#default-graph"
    yield state(dataset, RDF.TYPE.value, NamedNode(SD + "Dataset"))
    yield state(dataset, RDF.TYPE.value, NamedNode(SD + "GraphCollection"))
    yield state(dataset, RDFS.SEE_ALSO.value, NamedNode(BASE + "dataset"))
    if service.written:
        yield state(dataset, RDFS.COMMENT.value, Literal(WRITTEN, language="en"))
    yield state(dataset, SD + "defaultGraph", NamedNode(default))
    yield state(default, RDF.TYPE.value, NamedNode(SD + "Graph"))
    makes = "the set union of the named graphs" if service.union else "the store's own"
    comment = f"The graph of a query that names none: {makes}."
    yield state(default, RDFS.COMMENT.value, Literal(comment, language="en"))
    for number, name in enumerate(sorted(service.graphs), 1):
        entry = f"{service.endpoint}#graph-{number}"
        content = f"{service.endpoint}#content-{number}"
        yield state(dataset, SD + "namedGraph", NamedNode(entry))
        yield state(entry, RDF.TYPE.value, NamedNode(SD + "NamedGraph"))
        yield state(entry, SD + "name", NamedNode(name))
        yield state(entry, SD + "graph", NamedNode(content))
        yield state(content, RDF.TYPE.value, NamedNode(SD + "Graph"))


def describe_limits(service: ServiceDescription) -> Iterator[Triple]:
    """Yield the limits in force, each a `schema:PropertyValue`."""
    for name, value in service.limits.items():
        limit = f"{service.endpoint}#limit-{name.replace('_', '-')}"
        yield state(service.endpoint, SCHEMA + "additionalProperty", NamedNode(limit))
        yield state(limit, RDF.TYPE.value, NamedNode(SCHEMA + "PropertyValue"))
        yield state(limit, SCHEMA + "name", Literal(name))
        yield state(limit, SCHEMA + "value", typed_literal(value))


def describe_services(service: ServiceDescription) -> Iterator[Triple]:
    """Yield the endpoints that a SERVICE may ask; SD has no term for them."""
    for number, endpoint in enumerate(service.services, 1):
        entry = f"{service.endpoint}#service-{number}"
        yield state(service.endpoint, SCHEMA + "additionalProperty", NamedNode(entry))
        yield state(entry, RDF.TYPE.value, NamedNode(SCHEMA + "PropertyValue"))
        yield state(entry, SCHEMA + "name", Literal("service_endpoint"))
        yield state(entry, SCHEMA + "url", NamedNode(endpoint))


def typed_literal(value: float | str) -> Literal:
    """Return a value as a literal of its XML Schema type."""
    if isinstance(value, str):
        return Literal(value)
    kind = "integer" if isinstance(value, int) else "decimal"
    return Literal(str(value), datatype=NamedNode(XSD + kind))


def state(subject: str, predicate: str, value: NamedNode | Literal) -> Triple:
    """Return one triple of the description."""
    return Triple(NamedNode(subject), NamedNode(predicate), value)
