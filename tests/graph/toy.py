"""A toy world with every kind of axiom, small enough to try all sets of its graphs."""

from hypothesis import strategies as st
from pyoxigraph import Literal, NamedNode, Quad, RdfFormat, parse

from ontology.namespace import BACKGROUND, EDITORIAL_GRAPH, HEAD, ID, LINKS, ONTOLOGY_GRAPH
from ontology.terms import CPEC, RDF
from tests.graph.reclosing import Reclosing

ONTOLOGY = """
:A a owl:Class ; rdfs:subClassOf :B . :B a owl:Class ; rdfs:subClassOf :C .
:C a owl:Class ; owl:equivalentClass :D . :D a owl:Class .
:E a owl:Class ; owl:equivalentClass [
  a owl:Restriction ; owl:onProperty :p ; owl:hasValue <https://w3id.org/cpec-graph/id/a> ] .
:p a owl:ObjectProperty ; rdfs:subPropertyOf :q ; rdfs:domain :A .
:q a owl:ObjectProperty , owl:TransitiveProperty ; rdfs:range :D .
:r a owl:ObjectProperty , owl:SymmetricProperty .
:s a owl:ObjectProperty ; owl:inverseOf :p .
:t a owl:ObjectProperty ; owl:propertyChainAxiom ( :p :r ) , ( :t :p ) ; owl:equivalentProperty :v .
:u a owl:ObjectProperty ; owl:propertyChainAxiom ( :q :s :r ) .
:v a owl:ObjectProperty .
:n a owl:DatatypeProperty ; rdfs:domain :B ; rdfs:subPropertyOf :m .
:m a owl:DatatypeProperty .
"""
CLASS_EXPRESSIONS = """
:F a owl:Class ; rdfs:subClassOf [ a owl:Restriction ; owl:onProperty :r ; owl:allValuesFrom :G ] .
:G a owl:Class ; owl:equivalentClass [ a owl:Class ; owl:intersectionOf ( :A :E ) ] .
:H a owl:Class ; owl:unionOf ( :E :F ) .
[] a owl:Restriction ; owl:onProperty :t ; owl:someValuesFrom :E ; rdfs:subClassOf :F .
[] a owl:Restriction ; owl:onProperty :u ; owl:someValuesFrom owl:Thing ; rdfs:subClassOf :E .
"""


def axioms(text: str) -> tuple[Quad, ...]:
    """Return the axioms of a text in Turtle, in which `:` is ours, as quads of the ontology."""
    return tuple(
        Quad(quad.subject, quad.predicate, quad.object, NamedNode(ONTOLOGY_GRAPH))
        for quad in parse(f"{HEAD}PREFIX : <{CPEC}>\n{text}", RdfFormat.TURTLE)
    )


AXIOMS = axioms(ONTOLOGY)
EVERY_AXIOM = axioms(ONTOLOGY + CLASS_EXPRESSIONS)
"""The axioms above, and axioms of class expressions."""

SINGLE_AXIOMS = tuple(
    axioms(line + " .")
    for line in """\
:A rdfs:subClassOf :B
:B rdfs:subClassOf :A
:C owl:equivalentClass :D
:E owl:equivalentClass [ a owl:Restriction ; owl:onProperty :p ; owl:hasValue id:a ]
:F rdfs:subClassOf [ a owl:Restriction ; owl:onProperty :r ; owl:allValuesFrom :C ]
:C owl:equivalentClass [ a owl:Class ; owl:intersectionOf ( :A :B ) ]
:p rdfs:subPropertyOf :q
:p rdfs:domain :A
:q rdfs:range :D
:q a owl:TransitiveProperty
:r a owl:SymmetricProperty
:s owl:inverseOf :p
:t owl:propertyChainAxiom ( :p :r )
:p owl:propertyChainAxiom ( :t :s )
:A owl:disjointWith :B
:B owl:disjointWith :A
:p a owl:FunctionalProperty
:q a owl:IrreflexiveProperty
:n rdfs:range <http://www.w3.org/2001/XMLSchema#integer>
:p rdfs:label "p"@en
:A :p :B
id:a a :A
id:a :p id:b
id:b :q id:c
""".splitlines()
)
"""Axioms that may be added and removed each by itself, some of them about the things themselves."""

GRAPHS = (ID + "x/s01", ID + "x/s02", BACKGROUND + "b", EDITORIAL_GRAPH, LINKS + "l")
PREDICATES = tuple(NamedNode(CPEC + name) for name in "pqrstuv")
CLASSES = tuple(NamedNode(CPEC + name) for name in "ABCDEF")
THINGS = tuple(NamedNode(ID + name) for name in "abcd")

statements = st.one_of(
    st.tuples(st.sampled_from(THINGS), st.sampled_from(PREDICATES), st.sampled_from(THINGS)),
    st.tuples(st.sampled_from(THINGS), st.just(RDF.TYPE), st.sampled_from(CLASSES)),
    st.tuples(
        st.sampled_from(THINGS),
        st.just(NamedNode(CPEC + "n")),
        st.sampled_from([Literal("one"), Literal("two", language="en")]),
    ),
)
datasets = st.lists(st.tuples(statements, st.sampled_from(GRAPHS)), max_size=9).map(
    lambda stated: tuple(
        dict.fromkeys(Quad(s, p, o, NamedNode(name)) for (s, p, o), name in stated)
    )
)
"""Sets of a few statements, each in a graph that may be one of five."""


def close(stated: tuple[Quad, ...]) -> list[Quad]:
    """Return statements with the axioms and the closure of both."""
    quads = [*AXIOMS, *stated]
    return [*quads, *Reclosing(quads).infer(quads)]
