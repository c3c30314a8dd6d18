"""Which IRIs an operator may allow."""

from __future__ import annotations

import pytest

from graph.errors import ParameterError
from graph.federation.endpoint import endpoint


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
    assert endpoint(iri) == iri


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
        endpoint(iri)
