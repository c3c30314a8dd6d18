"""Solutions are read from a table as the terms that the engine would give."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from pyoxigraph import (
    BlankNode,
    DefaultGraph,
    Literal,
    NamedNode,
    Quad,
    QuerySolutions,
    Store,
    Variable,
)

from graph.citing.answering.row import Rows
from graph.citing.following.solution import Numbering, Solutions
from graph.reasoning.facts.fact import Lexicon
from graph.reasoning.rules.axiom import Term
from tests.graph.reasoning.test_terms import TERMS

SUBJECT, PREDICATE = NamedNode("x:s"), NamedNode("x:p")
XSD = "http://www.w3.org/2001/XMLSchema#"
SHORTENED = [
    Literal(value, datatype=NamedNode(XSD + kind))
    for value, kind in (
        ("01", "integer"),
        ("-1", "integer"),
        ("1.50", "decimal"),
        ("1.", "decimal"),
        ("1e3", "double"),
        ("INF", "double"),
        ("true", "boolean"),
        ("maybe", "boolean"),
    )
]


def solved(store: Store, query: str) -> QuerySolutions:
    found = store.query(query)
    assert isinstance(found, QuerySolutions)
    return found


@given(st.lists(st.one_of(TERMS, st.sampled_from(SHORTENED)), unique=True))
def test_a_table_is_read_as_the_terms_of_the_solutions(terms: list[Term]) -> None:
    store = Store()
    for place, term in enumerate(terms):
        store.add(Quad(NamedNode(f"x:{place}"), PREDICATE, term, DefaultGraph()))
    query = "SELECT ?s ?o ?none { ?s <x:p> ?o }"
    lexicon = Lexicon()
    for quad in list(store)[::2]:
        lexicon.number(quad.object)
    lexicon.pack()
    numbers = Numbering(lexicon)
    read = Solutions.read(solved(store, query), numbers)
    keys = list(read.rows([Variable("s"), Variable("o"), Variable("none")]))
    assert list(Rows(keys, numbers)) == [tuple(row) for row in solved(store, query)]
    assert [lexicon.numbers.get(quad.object) is not None for quad in store] == [
        numbers[quad.object] >= 0 for quad in store
    ]


def test_solutions_without_a_variable_and_without_a_value_are_counted() -> None:
    numbers = Numbering(Lexicon())
    assert Solutions.read(solved(Store(), "SELECT * { {} UNION {} }"), numbers).size == 2
    assert Solutions.read(solved(Store(), "SELECT ?x { {} UNION {} }"), numbers).size == 2
    assert Solutions.read(solved(Store(), "SELECT ?x { ?x ?p ?o }"), numbers).size == 0


def test_a_triple_and_a_blank_node_are_read_too() -> None:
    store, numbers = Store(), Numbering(Lexicon())
    query = "SELECT ?t { BIND(<<( <x:s> <x:p> 'a\\tb' )>> AS ?t) }"
    read = Solutions.read(solved(store, query), numbers)
    assert list(Rows(list(read.rows([Variable("t")])), numbers)) == [
        tuple(row) for row in solved(store, query)
    ]
    store.add(Quad(BlankNode("b"), PREDICATE, SUBJECT, DefaultGraph()))
    read = Solutions.read(solved(store, "SELECT ?s { ?s ?p ?o }"), numbers)
    assert list(Rows(list(read.rows([Variable("s")])), numbers)) == [(BlankNode("b"),)]
