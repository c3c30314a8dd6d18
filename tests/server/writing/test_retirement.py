"""A write that retires an article removes all of it, and nothing of another one."""

import pytest
from pyoxigraph import DefaultGraph, Quad, RdfFormat, Store, parse, serialize

from graph.dataset import with_union
from graph.errors import ConflictError
from ontology.namespace import HEAD
from server.engine.writing.delta import Effect
from server.writing.retirement import RETIRED, is_retiring, with_retirements

KEPT = """
GRAPH <https://w3id.org/cpec-graph/id/other/s01> { id:Pakistan cpec:partyTo id:Shared . }
GRAPH graph:evidence {
  id:other dcterms:publisher id:Courier .
  <https://w3id.org/cpec-graph/id/other/s01> oa:hasSource id:other .
  _:both a rdf:Statement ; oa:hasSource <https://w3id.org/cpec-graph/id/other/s01> .
}
GRAPH graph:editorial {
  id:other a cpec:NewsArticle . id:gone-and-more rdfs:label "another name" .
  id:Pakistan rdfs:label "Pakistan" . id:Shared rdfs:label "shared" .
  id:Courier rdfs:label "Courier" .
  id:Unsaid rdfs:label "a thing that no source mentions" .
}
GRAPH <https://w3id.org/cpec-graph/graph/links/wd> { id:Pakistan owl:sameAs wd:Q843 . }
"""
GONE = """
GRAPH <https://w3id.org/cpec-graph/id/gone/s01> {
  id:Pakistan cpec:partyTo id:Shared , id:Only . id:Person cpec:memberOf id:Only .
}
GRAPH <x:notes> {
  id:Pakistan rdfs:seeAlso id:gone .
  id:Pakistan rdfs:comment
    <<( id:Pakistan rdfs:seeAlso <https://w3id.org/cpec-graph/id/gone/s01#1> )>> .
}
GRAPH graph:evidence {
  id:gone dcterms:publisher id:Courier ; dcterms:creator id:Person .
  <https://w3id.org/cpec-graph/id/gone/s01> oa:hasSource id:gone ;
    oa:hasSelector [ oa:exact "its words" ; oa:refinedBy [ oa:start 1 ] ] .
  _:record a rdf:Statement ; oa:hasSource <https://w3id.org/cpec-graph/id/gone/s01> ;
    oa:hasSelector <x:selector> .
  <x:selector> oa:exact "more of its words" .
  _:both oa:hasSource <https://w3id.org/cpec-graph/id/gone/s01> .
}
GRAPH graph:editorial {
  id:gone a cpec:NewsArticle ; rdfs:label "Its title" .
  id:Only rdfs:label "only there" ; skos:broader id:Wider . id:Wider rdfs:label "wider" .
  id:Person rdfs:label "a person" .
}
GRAPH <https://w3id.org/cpec-graph/graph/links/wd> { id:Person owl:sameAs wd:Q1 . }
"""
REVISION = """
GRAPH graph:editorial { id:revised a cpec:NewsArticle . }
GRAPH graph:evidence { id:revised prov:wasRevisionOf id:gone . }
GRAPH <https://w3id.org/cpec-graph/id/revised/s01> { id:Pakistan cpec:partyTo id:Shared . }
"""


def read(text: str) -> set[Quad]:
    return set(parse(HEAD + text, RdfFormat.TRIG))


def retire(name: str) -> set[Quad]:
    return read(f"GRAPH graph:retired {{ id:{name} owl:deprecated true }}")


def open_store(*texts: str) -> Store:
    """Return a store of texts, in which `_:both` is one blank node."""
    store = Store()
    store.extend(with_union(read("".join(texts))))
    return store


def list_named(store: Store) -> list[Quad]:
    return [quad for quad in store if quad.graph_name != DefaultGraph()]


def named(store: Store) -> str:
    """Return the quads of the named graphs in canonical lines."""
    lines = serialize(
        (quad for quad in store if str(quad.graph_name) != "DEFAULT"), format=RdfFormat.N_QUADS
    )
    return "\n".join(sorted((lines or b"").decode().splitlines()))


@pytest.mark.parametrize("more", ["", REVISION])
def test_nothing_of_an_article_stays_and_all_else_does(more: str) -> None:
    store = open_store(KEPT, GONE, more)
    with_retirements(store, Effect(set(), retire("gone")), union=True).delta().apply(
        store, union=True
    )
    left = [
        quad for quad in store if quad.graph_name != RETIRED and str(quad.graph_name) != "DEFAULT"
    ]
    assert len(left) == len(read(KEPT))
    text = named(store)
    assert "words" not in text
    for iri in ("id/gone>", "id/revised>") if more else ("id/gone>",):
        assert text.count(iri) == 1  # its retirement
    for name in ("id/Only", "id/Person", "id/Wider", "title", "notes"):
        assert name not in text, name
    for name in ("gone-and-more", "id/Unsaid", "wikidata.org/entity/Q843"):
        assert name in text, name
    union = store.quads_for_pattern(None, None, None, DefaultGraph())
    assert {quad.triple for quad in union} == {quad.triple for quad in list_named(store)}
    names = {str(name) for name in store.named_graphs()}
    assert not [name for name in names if "/gone/" in name or "/revised/" in name]


def test_a_retired_article_does_not_come_back_before_its_name_is_free() -> None:
    store = open_store(KEPT)
    store.extend(retire("gone"))
    again = read(
        "GRAPH <x:g> { id:Pakistan rdfs:seeAlso <https://w3id.org/cpec-graph/id/gone/s02> }"
    )
    with pytest.raises(ConflictError, match="id:gone is retired"):
        with_retirements(store, Effect(set(), again), union=True)
    free = Effect(retire("gone"), again)
    assert with_retirements(store, free, union=True) == free


def test_a_write_that_states_and_retires_an_article_leaves_nothing_of_it() -> None:
    store = open_store(KEPT)
    effect = with_retirements(store, Effect(set(), read(GONE) | retire("gone")), union=True)
    assert "words" not in str(effect.added)
    assert [str(quad) for quad in effect.added if "/gone" in str(quad)] == [
        str(quad) for quad in retire("gone")
    ]
    assert is_retiring(effect.delta())


def test_a_thing_that_another_replaces_takes_nothing_with_it() -> None:
    store = open_store(KEPT, GONE)
    merged = read(
        "GRAPH graph:retired { id:Shared owl:deprecated true ; dcterms:isReplacedBy id:Only }"
    )
    effect = Effect(set(), merged)
    assert with_retirements(store, effect, union=True) == effect


def test_the_default_graph_of_its_own_is_read_too() -> None:
    store = Store()
    store.extend(read("id:Pakistan rdfs:seeAlso id:gone . id:Pakistan rdfs:label 'Pakistan' ."))
    effect = with_retirements(store, Effect(set(), retire("gone")), union=False)
    assert [quad.object for quad in effect.removed] == [quad.subject for quad in retire("gone")]
