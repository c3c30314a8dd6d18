"""A client that knows VoID and DCAT alone: from `/.well-known/void` to each distribution."""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import sha256
from socket import socket
from urllib.request import urlopen
from xml.etree import ElementTree as ET

import pandas as pd
import pytest
from pyoxigraph import RdfFormat, Store
from rdflib import DCAT, DCTERMS, RDF, VOID, Graph, Namespace, URIRef

from tests.clients.conftest import serve

SPDX = Namespace("http://spdx.org/rdf/terms#")


@pytest.fixture(scope="module")
def host(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a server that is the base of its IRIs, so that each of them can be opened."""
    folder = tmp_path_factory.mktemp("host")
    with socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    options = ("--out", folder / "build", "--port", str(port))
    with serve(folder, *options, CPEC_BASE=f"http://127.0.0.1:{port}/") as served:
        yield served


@pytest.fixture(scope="module")
def catalogue(host: str) -> Graph:
    """The description of the dataset, found by its well-known address alone."""
    return Graph().parse(f"{host}/.well-known/void")


@pytest.fixture(scope="module")
def dataset(catalogue: Graph) -> URIRef:
    """The dataset that the catalogue describes."""
    (dataset,) = catalogue.subjects(RDF.type, DCAT.Dataset)
    assert isinstance(dataset, URIRef)
    return dataset


def count_rdf(body: bytes, media_type: str, address: str) -> int:
    """Return the number of the distinct statements of a document."""
    form = RdfFormat.from_media_type(media_type)
    assert form
    store = Store()
    store.load(body, form, base_iri=address)
    return len(store)


def count_nodes(body: bytes) -> int:
    """Return the number of the nodes of a network in GraphML."""
    return len(ET.fromstring(body).findall(".//{*}node"))  # noqa: S314 - of the tested server


def test_each_distribution_is_read_as_the_catalogue_says(catalogue: Graph, dataset: URIRef) -> None:
    distributions = list(catalogue.objects(dataset, DCAT.distribution))
    counts = {}
    for distribution in distributions:
        address = str(catalogue.value(distribution, DCAT.downloadURL))
        with urlopen(address) as reply:
            body, media_type = reply.read(), reply.headers.get_content_type()
        assert str(catalogue.value(distribution, DCAT.mediaType)).endswith(f"/{media_type}")
        assert str(catalogue.value(distribution, DCAT.byteSize)) == str(len(body))
        checksum = catalogue.value(distribution, SPDX.checksum)
        assert str(catalogue.value(checksum, SPDX.checksumValue)) == sha256(body).hexdigest()
        assert catalogue.value(distribution, DCTERMS.license)
        if media_type == "text/csv":
            counts[address] = len(pd.read_csv(address))
        elif media_type == "application/graphml+xml":
            counts[address] = count_nodes(body)
        else:
            counts[address] = count_rdf(body, media_type, address)
    assert len(counts) == len(distributions) == 10
    assert min(counts.values()) > 0
    triples = int(str(catalogue.value(dataset, VOID.triples)))
    assert counts[f"{dataset}".replace("dataset", "data/dumps/cpec-graph.nt")] == triples


def test_each_dump_of_void_is_a_distribution_of_dcat(catalogue: Graph, dataset: URIRef) -> None:
    dumps = set(catalogue.objects(dataset, VOID.dataDump))
    distributions = set(catalogue.objects(dataset, DCAT.distribution))
    assert dumps
    assert dumps < distributions


def test_each_service_answers_at_its_endpoint(catalogue: Graph, dataset: URIRef) -> None:
    services = list(catalogue.subjects(DCAT.servesDataset, dataset))
    specifications = {str(catalogue.value(service, DCTERMS.conformsTo)) for service in services}
    assert specifications == {
        "https://www.w3.org/TR/sparql11-protocol/",
        "https://w3id.org/ldes/specification",
    }
    for service in services:
        with urlopen(str(catalogue.value(service, DCAT.endpointURL))) as reply:
            assert reply.status == 200


def test_the_example_of_void_is_looked_up(catalogue: Graph, dataset: URIRef) -> None:
    example = catalogue.value(dataset, VOID.exampleResource)
    assert (example, None, None) in Graph().parse(str(example))
