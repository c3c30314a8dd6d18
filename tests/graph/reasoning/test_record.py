"""A record belongs to the source that it names, in any order of its triples."""

from collections import defaultdict
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyoxigraph import BlankNode, Literal, NamedNode, Quad, RdfFormat, parse

from graph.dataset import graph_of
from graph.reasoning.kernel import Kernel
from ontology.namespace import EVIDENCE_GRAPH, HEAD, ID, INFERRED_GRAPH, ONTOLOGY_GRAPH
from ontology.terms import CPEC, OA, RDF
from tests.graph import toy
from tests.graph.reclosing import QUOTES, RECORDS, SOURCES, sources, sources_of_records

RECORD = """
BASE <https://w3id.org/cpec-graph/id/x/>
GRAPH <s01> { id:a cpec:p id:b }
GRAPH graph:evidence {
  <s01> a cpec:Sentence ; oa:hasSource id:x ; schema:position 1 ;
    oa:hasSelector <s01#position> , <s01#quote-1> .
  <s01#position> a oa:TextPositionSelector ; oa:start 1 .
  <s01#1> a rdf:Statement ; rdf:subject id:a ; rdf:predicate cpec:p ; rdf:object id:b ;
    oa:hasSource <s01> ; oa:hasSelector <s01#quote-1> ; cpec:modality cpec:Ongoing .
  <s01#quote-1> a oa:TextQuoteSelector ; oa:exact "a p b" .
  <s01#2> a cpec:UnassertedStatement ; cpec:saidSubject id:a ; cpec:saidPredicate cpec:q ;
    cpec:saidObject id:c ; oa:hasSource <s01> ; cpec:modality cpec:Denied .
  <alone> a rdf:Statement ; rdf:subject id:d ; cpec:modality cpec:Aim .
}
"""
QUADS = tuple(parse(HEAD + RECORD, RdfFormat.TRIG))
S01 = ID + "x/s01"


def map_sources(kernel: Kernel) -> dict[Quad, tuple[str, ...]]:
    """Return the sources of each quad of a kernel."""
    sources_by_quad = {}
    for quad in kernel.quads():
        fact, graph = kernel.fact(*quad.triple), kernel.graph(graph_of(quad))
        assert fact is not None
        assert graph is not None
        if graph_of(quad) not in {INFERRED_GRAPH, ONTOLOGY_GRAPH}:
            sources_by_quad[quad] = kernel.names(kernel.sources_of_quad(fact, graph))
    return sources_by_quad


def expect_sources(quads: list[Quad]) -> dict[Quad, tuple[str, ...]]:
    """Return the sources of each quad, as the data model defines them."""
    records = sources_of_records(quads)
    return {quad: tuple(sorted(sources(quad, records))) for quad in quads}


def test_records_and_quotes_belong_to_their_sentence_and_its_description_does_not() -> None:
    by_source: dict[str, set[str]] = defaultdict(set)
    for quad, (source,) in map_sources(Kernel(QUADS)).items():
        if graph_of(quad) == EVIDENCE_GRAPH:
            name = "sentence" if source == S01 else source.rpartition("/")[2]
            last = getattr(quad.predicate, "value", "").rpartition("#")[2].rpartition("/")[2]
            by_source[name].add(f"{str(quad.subject).rpartition('/')[2][:-1]} {last}")
    assert by_source["sentence"] == {
        "s01 hasSelector",
        *(f"s01#1 {p}" for p in ("type", "subject", "predicate", "object")),
        *(f"s01#1 {p}" for p in ("hasSource", "hasSelector", "modality")),
        *(f"s01#2 {p}" for p in ("type", "saidSubject", "saidPredicate", "saidObject")),
        *(f"s01#2 {p}" for p in ("hasSource", "modality")),
        "s01#quote-1 type",
        "s01#quote-1 exact",
    }
    assert by_source["evidence"] == {
        *(f"s01 {p}" for p in ("type", "hasSource", "position", "hasSelector")),
        *(f"s01#position {p}" for p in ("type", "start")),
        *(f"alone {p}" for p in ("type", "subject", "modality")),
    }


@pytest.mark.parametrize("seed", range(20))
def test_a_record_may_come_and_go_triple_by_triple(seed: int) -> None:
    dice = Random(seed)  # noqa: S311 - the same orders each time
    kernel = Kernel()
    dataset: list[Quad] = []
    for quad in dice.sample(QUADS, len(QUADS)):
        kernel.write(added=[quad])
        dataset.append(quad)
        assert map_sources(kernel) == expect_sources(dataset)
    for quad in dice.sample(QUADS, len(QUADS)):
        kernel.write(removed=[quad])
        dataset.remove(quad)
        assert map_sources(kernel) == expect_sources(dataset)
    assert not kernel.records.facts
    assert not kernel.records.holders
    assert not kernel.apart
    assert not kernel.by_source


def test_a_sentence_that_is_typed_as_a_quote_keeps_its_own_quotes() -> None:
    document = f"""
    BASE <{ID}>
    GRAPH <{EVIDENCE_GRAPH}> {{
      <x/s01> a cpec:Sentence ; oa:hasSelector <x/s02> .
      <x/s02> a cpec:Sentence , oa:TextQuoteSelector ; oa:hasSelector <q> .
      <q> a oa:TextQuoteSelector ; oa:exact "words" .
    }}
    """
    quads = [*parse(HEAD + document, RdfFormat.TRIG)]
    assert map_sources(Kernel(quads)) == expect_sources(quads)


NAMES = [NamedNode(ID + name) for name in ("x/s01", "x/s02", "r", "q")]
NODES = [*NAMES, BlankNode("r")]
described = st.one_of(
    st.tuples(
        st.sampled_from(NODES),
        st.just(RDF.TYPE),
        st.sampled_from(sorted({*RECORDS, *SOURCES, *QUOTES}, key=str)),
    ),
    st.tuples(
        st.sampled_from(NODES),
        st.just(OA.HAS_SOURCE),
        st.sampled_from(
            [*NODES, Literal("s01"), *map(NamedNode, (ONTOLOGY_GRAPH, EVIDENCE_GRAPH))]
        ),
    ),
    st.tuples(st.sampled_from(NODES), st.just(OA.HAS_SELECTOR), st.sampled_from(NODES)),
    st.tuples(
        st.sampled_from(NODES),
        st.just(OA.EXACT),
        st.just(Literal("words")),
    ),
    st.tuples(st.sampled_from(NODES), st.just(NamedNode(CPEC + "p")), st.sampled_from(NODES)),
)
records = st.lists(
    st.tuples(described, st.sampled_from([EVIDENCE_GRAPH] * 5 + [ID + "x/s01"])), max_size=25
).map(
    lambda stated: tuple(
        dict.fromkeys(Quad(s, p, o, NamedNode(name)) for (s, p, o), name in stated)  # type: ignore[arg-type]
    )
)


@settings(max_examples=200)
@given(records, st.lists(records, max_size=3), st.data())
def test_whatever_is_written_each_quad_has_the_sources_of_a_kernel_made_anew(
    stated: tuple[Quad, ...], writes: list[tuple[Quad, ...]], data: st.DataObject
) -> None:
    kernel, dataset = Kernel([*toy.EVERY_AXIOM, *stated]), {*stated}
    for added in writes:
        removed = {quad for quad in sorted(dataset, key=str) if data.draw(st.booleans())}
        kernel.write(added, removed)
        dataset = dataset - removed | {*added}
        anew = Kernel([*toy.EVERY_AXIOM, *dataset])
        assert map_sources(kernel) == map_sources(anew) == expect_sources(sorted(dataset, key=str))
        assert {*kernel.quads()} == {*anew.quads()}
        assert {kernel.triple(f): kernel.names(g) for f, g in kernel.apart.items()} == {
            anew.triple(f): anew.names(g) for f, g in anew.apart.items()
        }
        assert {*map(kernel.triple, kernel.closure)} == {*map(anew.triple, anew.closure)}
