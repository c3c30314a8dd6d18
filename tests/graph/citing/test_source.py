"""The source of a graph is the same whichever way it is asked for."""

from __future__ import annotations

import json

from pyoxigraph import Literal, NamedNode, Quad, Store

from graph.citing.answering.source import Evidence, Source
from graph.dataset import memory_store
from graph.reasoning.provenance import Provenance
from ontology.namespace import CPEC, EVIDENCE_GRAPH, ID, PREFIXES

TITLE = NamedNode(PREFIXES["dcterms"] + "title")
ARTICLE = NamedNode(PREFIXES["oa"] + "hasSource")


def test_every_source_of_the_shipped_graph_is_written_as_it_is_read(store: Store) -> None:
    evidence = Evidence(Provenance(store))
    fields: set[str] = set()
    names = evidence.provenance.names
    members = evidence.members(evidence.names(range(len(names))))
    written = json.loads(b"{%b}" % b"".join(members))
    assert list(written) == list(names)
    for name in names:
        found = evidence.source(name).to_json()
        assert written[name] == found
        fields |= found.keys()
    assert fields >= {"article", "title", "published", "attributedTo", "quote"}


def test_sources_are_put_in_words_where_it_is_told_how(store: Store) -> None:
    evidence = Evidence(Provenance(store))
    names = evidence.names(range(len(evidence.provenance.names)))
    members = evidence.members(names, lambda graph: f"“{graph}”")
    for name, found in json.loads(b"{%b}" % b"".join(members)).items():
        assert found == {**evidence.source(name).to_json(), "words": f"“{name}”"}


def test_only_what_the_evidence_states_is_said_of_a_source() -> None:
    a, p, evidence = NamedNode(ID + "a"), NamedNode(CPEC + "p"), NamedNode(EVIDENCE_GRAPH)
    first, second, paper = (NamedNode(ID + name) for name in ("x/s01", "x/s02", "x"))
    quads = [
        Quad(a, p, a, first),
        Quad(a, p, a, second),
        Quad(first, ARTICLE, paper, evidence),
        Quad(paper, TITLE, Literal('"Two" titles', language="en"), evidence),
        Quad(paper, TITLE, Literal("no title of ours"), first),
        Quad(second, ARTICLE, Literal("a text"), evidence),
    ]
    found = Evidence(Provenance(memory_store(quads)))
    assert found.source(first.value) == Source(paper.value, '"Two" titles')
    names = first.value, second.value, EVIDENCE_GRAPH
    members = found.members(found.names([*map(found.provenance.names.number, names)]))
    written = json.loads(b"{%b}" % b"".join(members))
    assert written[first.value]["title"] == '"Two" titles'
    assert [written[name] for name in names[1:]] == [{"article": "a text"}, {}]
    assert found.members({}) == []
    assert found.source("not an IRI") == Source()
