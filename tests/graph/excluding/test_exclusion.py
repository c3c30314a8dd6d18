"""Excluded sources: their records go with them, and the statements of other sources stay."""

import pytest
from pyoxigraph import Literal, NamedNode, Quad

from graph.dataset import graph_of, memory_store
from graph.excluding.exclusion import Exclusion, read_sources
from graph.reasoning.kernel import Kernel
from ontology.namespace import EVIDENCE, EVIDENCE_GRAPH, ID, INFERRED_GRAPH, ONTOLOGY_GRAPH
from ontology.terms import CPEC, DCTERMS, OA, RDF, SCHEMA
from tests.graph.citing.test_record import QUADS
from tests.graph.reclosing import Reclosing

SENTENCES = [f"{ID}x/s0{number}" for number in (1, 2, 3)]


def keep_stated(exclusion: Exclusion) -> set[Quad]:
    """Return the stated quads that an exclusion leaves."""
    kernel = Kernel(QUADS)
    removal = exclusion.removal(memory_store(QUADS))
    stated = {quad for quad in QUADS if graph_of(quad) != INFERRED_GRAPH}
    kept = {kernel.quad(fact, graph) for fact, _, graph in removal.list_kept(kernel)}
    left = stated - {kernel.quad(*quad) for quad in removal.list_removed(kernel)}
    assert left == kept | {quad for quad in stated if graph_of(quad) == ONTOLOGY_GRAPH}
    return left


@pytest.mark.parametrize("sentence", SENTENCES)
def test_the_records_of_a_struck_sentence_go_with_it(sentence: str) -> None:
    belongs = set(Reclosing(QUADS).by_graph[sentence])
    assert any(graph_of(quad) == EVIDENCE_GRAPH for quad in belongs)
    stated = keep_stated(Exclusion(without=(sentence,)))
    assert belongs.isdisjoint(stated)
    assert not [quad for quad in stated if str(quad.subject).startswith(f"<{sentence}")]


def test_records_of_other_sources_and_of_none_stay() -> None:
    stated = keep_stated(Exclusion(only=(SENTENCES[2],)))
    by_graph = Reclosing(QUADS).by_graph
    assert stated >= set(by_graph[SENTENCES[2]])
    assert [quad for quad in stated if str(quad.subject).endswith("/alone>")]
    assert not stated & {*by_graph[SENTENCES[0]], *by_graph[SENTENCES[1]]}


def test_without_its_article_nothing_is_left_of_a_source() -> None:
    stated = keep_stated(Exclusion(without=(f"{ID}x",)))
    belongs = (f"<{ID}x>", f"<{ID}x/s0")
    assert not [quad for quad in stated if str(quad.subject).startswith(belongs)]


def test_an_archived_copy_goes_with_its_article() -> None:
    copy = NamedNode("https://archive.example/x")
    archived = [
        Quad(NamedNode(f"{ID}x"), SCHEMA.ARCHIVED_AT, copy, EVIDENCE),
        Quad(copy, SCHEMA.SHA256, Literal("0" * 64), EVIDENCE),
    ]
    quads = [*QUADS, *archived]
    kernel = Kernel(quads)
    removal = Exclusion((f"{ID}x",)).removal(memory_store(quads))
    assert {kernel.quad(*quad) for quad in removal.list_removed(kernel)} >= {*archived}
    kept = {kernel.quad(fact, graph) for fact, _, graph in removal.list_kept(kernel)}
    assert kept.isdisjoint(archived)


@pytest.mark.parametrize(
    ("dates", "day", "is_kept"),
    [
        (["2026-05-02"], "2026-05-01", False),
        (["2026-05-02"], "2026-05-02", True),
        (["2026-05"], "2026-05-30", False),
        (["2026-05"], "2026-05-31", True),
        (["2026"], "2026-12-30", False),
        (["2026-05-02T23:59:00Z"], "2026-05-02", True),
        (["2026-05-02", "2026-05-04"], "2026-05-03", False),
        (["2026-02-30"], "2000-01-01", True),
        (["once"], "2000-01-01", True),
        ([], "2000-01-01", True),
    ],
)
def test_a_source_counts_from_its_last_day_and_stays_without_one(
    dates: list[str], day: str, is_kept: bool
) -> None:
    dated = [Quad(NamedNode(f"{ID}x"), DCTERMS.DATE, Literal(own), EVIDENCE) for own in dates]
    store = memory_store([*QUADS, *dated])
    excluded = Exclusion(as_of=day).find_excluded_graphs(store, read_sources(store))
    assert (SENTENCES[0] not in excluded) is is_kept


def test_two_articles_of_one_day_that_differ_both_stay() -> None:
    other = NamedNode(f"{ID}y/s01")
    facts = [
        Quad(NamedNode(f"{ID}a"), NamedNode(f"{CPEC}p"), NamedNode(f"{ID}e"), other),
        Quad(other, RDF.TYPE, CPEC.SENTENCE, EVIDENCE),
        Quad(other, OA.HAS_SOURCE, NamedNode(f"{ID}y"), EVIDENCE),
        *(
            Quad(NamedNode(ID + name), DCTERMS.DATE, Literal("2026-05-02"), EVIDENCE)
            for name in "xy"
        ),
    ]
    store = memory_store([*QUADS, *facts])
    for day, number in (("2026-05-01", 0), ("2026-05-02", 4)):
        exclusion, sources = Exclusion(as_of=day), read_sources(store)
        kept = sources.keys() - exclusion.find_excluded_graphs(store, sources)
        assert len([graph for graph in kept if graph.startswith(ID)]) == number, kept
