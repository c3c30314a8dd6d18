"""Which IRIs an operator may allow."""

import pytest

from graph.errors import ParameterError
from server.service.endpoint import check_endpoint, map_endpoints


@pytest.mark.parametrize(
    "iri",
    [
        "https://query.wikidata.org/sparql",
        "http://127.0.0.1:8890/sparql?default-graph-uri=http%3A%2F%2Fe%2F",
        "http://[::1]/",
        "https://例え.jp/質問",
    ],
)
def test_an_address_is_taken_as_it_is(iri: str) -> None:
    assert check_endpoint(iri) == iri


@pytest.mark.parametrize(
    ("iri", "reason"),
    [
        ("", "no IRI"),
        ("sparql", "no IRI"),
        ("http://e/a b", "no IRI"),
        ("http://e:99999/", "no IRI"),
        ("http://e:0/", "http or https"),
        ("http:///sparql", "http or https"),
        ("file:///etc/passwd", "http or https"),
        ("ftp://e/", "http or https"),
        ("urn:x-arq:DefaultGraph", "http or https"),
        ("http://user@e/", "user"),
        ("http://user:word@e/", "user"),
        ("http://e/sparql#", "fragment"),
    ],
)
def test_what_is_no_address_is_refused_with_the_reason(iri: str, reason: str) -> None:
    with pytest.raises(ParameterError, match=reason):
        check_endpoint(iri)


E, F, G = "http://e/sparql", "http://f/sparql", "http://10.0.0.1/sparql"


def test_an_endpoint_is_asked_at_its_own_address_unless_it_is_mapped() -> None:
    assert map_endpoints([E, F, E], [(F, G)]) == {E: E, F: G}


def test_who_is_on_the_map_is_allowed_too() -> None:
    assert map_endpoints([], [(E, G), (F, G), (E, G)]) == {E: G, F: G}


@pytest.mark.parametrize(
    ("pair", "reason"),
    [
        ((E, "file:///etc/passwd"), "<file:///etc/passwd> is no address of http or https"),
        (("urn:e", G), "<urn:e> is no address of http or https"),
        ((E, "http://name:word@10.0.0.1/"), "a user"),
        ((E, F), f"<{E}> is mapped to two addresses"),
    ],
)
def test_what_cannot_be_mapped_is_refused_with_the_reason(
    pair: tuple[str, str], reason: str
) -> None:
    with pytest.raises(ParameterError, match=reason):
        map_endpoints([], [(E, G), pair])
