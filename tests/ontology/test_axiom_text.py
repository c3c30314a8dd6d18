"""Axioms compare by their content, independent of the labels of their blank nodes."""

from pyoxigraph import Quad, RdfFormat, parse

from ontology.axiom_text import write_axioms
from ontology.namespace import HEAD
from ontology.release import packaged_quads


def read(text: str) -> list[Quad]:
    return list(parse(HEAD + text, RdfFormat.TURTLE, rename_blank_nodes=True))


CHAIN = "cpec:p owl:propertyChainAxiom ( cpec:q cpec:r ) . "
DISJOINT = "[] a owl:AllDisjointClasses ; owl:members ( cpec:A cpec:B ) . "


def test_an_axiom_with_blank_nodes_is_one_text_each_time_it_is_read() -> None:
    first, second = write_axioms(read(CHAIN + DISJOINT)), write_axioms(read(DISJOINT + CHAIN))
    assert first.keys() == second.keys()
    assert len(first) == 2
    assert [len(quads) for quads in first.values()] == [5, 6]


def test_other_members_or_another_order_are_another_axiom() -> None:
    turned = "cpec:p owl:propertyChainAxiom ( cpec:r cpec:q ) ."
    assert not write_axioms(read(CHAIN)).keys() & write_axioms(read(turned)).keys()


def test_a_circle_of_blank_nodes_ends() -> None:
    circle = "cpec:p rdfs:seeAlso _:a . _:a rdfs:seeAlso _:b . _:b rdfs:seeAlso _:a ."
    assert len(write_axioms(read(circle))) == 1


def test_every_statement_of_the_vocabulary_is_a_part_of_one_axiom() -> None:
    statements = [quad for quads in write_axioms(packaged_quads()).values() for quad in quads]
    assert len(statements) == len(set(statements))
    assert set(statements) == set(packaged_quads())
