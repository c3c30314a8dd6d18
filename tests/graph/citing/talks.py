"""A dataset of a few talks, small enough to check proofs by eye; and proofs in short."""

import json
from collections.abc import Iterable

import jsonschema
from pyoxigraph import RdfFormat, parse

from graph.citing.answer import Citation
from graph.publishing.schema import read_schema
from ontology.namespace import HEAD
from tests.graph import toy

DATA = """
<https://w3id.org/cpec-graph/id/x/s01> { id:a cpec:p id:b . id:a cpec:n 01 . id:d cpec:v id:c }
<https://w3id.org/cpec-graph/id/x/s02> { id:b cpec:q id:c . id:b cpec:n 2 . id:a cpec:n "one" }
<https://w3id.org/cpec-graph/id/x/s03> { id:a cpec:q id:c . id:d cpec:v id:c . id:e cpec:r id:e }
graph:editorial { id:a cpec:w "A"@en . id:b cpec:w "B"@en }
graph:evidence {
  id:x dcterms:title "Talks" ; dcterms:date "2026-05-02" ;
    dcterms:source <https://news.example/talks> .
  <https://w3id.org/cpec-graph/id/x/s01> oa:hasSource id:x ; cpec:attributedTo id:reporter ;
    oa:hasSelector <https://w3id.org/cpec-graph/id/x/s01#quote-1> .
  <https://w3id.org/cpec-graph/id/x/s01#quote-1> oa:exact "well-known, a p b" .
}
"""
QUADS = toy.close(tuple(parse(HEAD + DATA, RdfFormat.TRIG)))
VALIDATOR = jsonschema.Draft202012Validator(json.loads(read_schema("citations")))


def short(citation: Citation) -> list[str]:
    """Return the proofs of a citation, each as the local names of its graphs, or its basis."""
    if citation.basis is not None:
        return [f"basis {local(citation.basis)}"]
    return list(map(local, citation.proofs))


def local(graphs: Iterable[str]) -> str:
    """Return the local names of graphs."""
    return " ".join(name.rpartition("/")[2] for name in graphs)
