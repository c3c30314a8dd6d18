"""Checksums of graphs: equal for equal RDF values, and for nothing else."""

import pytest
from pyoxigraph import RdfFormat, Triple, parse

from server.remote.publication import hash_triples


def triples(text: str) -> list[Triple]:
    head = "@prefix xsd: <http://www.w3.org/2001/XMLSchema#> . "
    return [quad.triple for quad in parse(head + text, RdfFormat.TURTLE)]


@pytest.mark.parametrize(
    ("written", "other"),
    [
        ("01", "1"),
        ("+1", "1"),
        ("1.50", "1.5"),
        ("25400000000", "25400000000.0"),
        ('"1"^^xsd:boolean', "true"),
        ('"x"@zh-Hant', '"x"@zh-hant'),
        ("[ <urn:c> 1 ]", "[ <urn:c> 1 ]"),
        ("1", "1, 1"),
    ],
)
def test_the_same_in_another_form_has_the_same_checksum(written: str, other: str) -> None:
    first, second = (
        hash_triples(triples(f"<urn:a> <urn:b> {text} .")) for text in (written, other)
    )
    assert first == second


@pytest.mark.parametrize(
    ("written", "other"),
    [
        ("1", "1.5"),
        ("1", '"1"'),
        ('"x"@en', '"x"@de'),
        ('"no number"^^xsd:integer', "0"),
        ('"2"^^xsd:boolean', "true"),
        ("[ <urn:c> 1 ]", "[ <urn:c> 2 ]"),
        ("1", "1, 2"),
    ],
)
def test_what_is_another_has_another(written: str, other: str) -> None:
    first, second = (
        hash_triples(triples(f"<urn:a> <urn:b> {text} .")) for text in (written, other)
    )
    assert first != second
