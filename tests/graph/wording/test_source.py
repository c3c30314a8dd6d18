"""A source has the fields that graph:evidence gives it, and no others."""

from pyoxigraph import Literal, NamedNode, Quad, Store

from graph.dataset import memory_store
from graph.wording.source import Bibliography, CitedSource
from ontology.namespace import EVIDENCE_GRAPH, ID
from ontology.terms import CPEC, DCTERMS, OA


def test_a_background_source_of_the_shipped_graph_has_a_quote_and_an_address(store: Store) -> None:
    evidence = Bibliography(store)
    names = [name.value for name in store.named_graphs() if isinstance(name, NamedNode)]
    background = [name for name in names if "/graph/background/" in name]
    assert background
    for name in background:
        source = evidence.source(name)
        assert source.quote
        assert (source.href or "").startswith("http")


def test_only_what_the_evidence_states_is_said_of_a_source() -> None:
    a, p, evidence = NamedNode(ID + "a"), NamedNode(CPEC + "p"), NamedNode(EVIDENCE_GRAPH)
    first, second, paper = (NamedNode(ID + name) for name in ("x/s01", "x/s02", "x"))
    quads = [
        Quad(a, p, a, first),
        Quad(a, p, a, second),
        Quad(first, OA.HAS_SOURCE, paper, evidence),
        Quad(paper, DCTERMS.TITLE, Literal('"Two" titles', language="en"), evidence),
        Quad(paper, DCTERMS.TITLE, Literal("no title of ours"), first),
        Quad(second, OA.HAS_SOURCE, Literal("a text"), evidence),
    ]
    sources = Bibliography(memory_store(quads))
    assert sources.source(first.value) == CitedSource(paper.value, '"Two" titles')
    assert sources.source(second.value) == CitedSource("a text")
    assert sources.source("not an IRI") == CitedSource()


def test_sentences_come_before_headlines_background_and_our_own_word(store: Store) -> None:
    evidence = Bibliography(store)
    article = ID + "inp-wealthpk-2026-04-29"
    graph = "https://w3id.org/cpec-graph/graph/"
    names = [
        f"{article}/s02",
        f"{article}/s10",
        f"{article}/s00",
        f"{graph}background/country-codes",
        f"{graph}editorial",
    ]
    assert sorted(set(names), key=evidence.rank) == names
