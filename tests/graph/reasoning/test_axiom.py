"""Axioms as rules: the rules of each axiom, and the axioms that the compiler refuses."""

import pytest

from graph.errors import UnfollowedAxiomError
from graph.reasoning.axiom import compile_axioms
from graph.reasoning.rule import Rule, text
from tests.graph import toy


def compile_rules(axioms: str) -> list[Rule]:
    compiled = compile_axioms(quad.triple for quad in toy.axioms(axioms))
    return [rule for rule in compiled if rule.name != "cls-nothing2"]


def write_rule(rule: Rule) -> str:
    """Return a rule as the tables of OWL 2 RL write it."""
    body = ", ".join(" ".join(map(text, atom)) for atom in rule.body)
    return f"{body} => {' '.join(map(text, rule.head))}" if rule.head else body


@pytest.mark.parametrize(
    ("axioms", "expected"),
    [
        (":A rdfs:subClassOf :B .", ["?x rdf:type cpec:A => ?x rdf:type cpec:B"]),
        (
            ":p owl:propertyChainAxiom ( :q :r :q ) .",
            ["?x0 cpec:q ?x1, ?x1 cpec:r ?x2, ?x2 cpec:q ?x3 => ?x0 cpec:p ?x3"],
        ),
        (
            ":A owl:onProperty :p ; owl:someValuesFrom owl:Thing .",
            ["?x cpec:p ?y => ?x rdf:type cpec:A"],
        ),
        (":p rdfs:range xsd:date .", ["?x cpec:p ?y => ?y rdf:type xsd:date"]),
        (":A owl:disjointWith :B .", ["?x rdf:type cpec:A, ?x rdf:type cpec:B"]),
        (":p rdfs:subPropertyOf :p . :p rdfs:label 'p' ; a owl:ObjectProperty .", []),
        (":p owl:propertyChainAxiom _:l . _:l rdf:first :p ; rdf:rest _:l .", []),
    ],
)
def test_an_axiom_is_a_rule(axioms: str, expected: list[str]) -> None:
    assert list(map(write_rule, compile_rules(axioms))) == expected


@pytest.mark.parametrize(
    "axioms",
    [
        ":A rdfs:subClassOf xsd:string .",
        "[] rdfs:domain :A .",
        "owl:Thing rdfs:subClassOf :A .",
        ":A owl:someValuesFrom :B .",
        ":A owl:onProperty :p ; owl:someValuesFrom xsd:date .",
        ":p owl:propertyChainAxiom ( :q 'r' ) .",
        ":p owl:propertyChainAxiom () .",
        ":p owl:inverseOf [ owl:inverseOf :q ] .",
        ":A owl:oneOf ( :a ) .",
        ":A owl:onProperty :p ; owl:maxCardinality 1 .",
        ":A owl:hasKey ( :p ) .",
        ":a owl:sameAs :b .",
        "[] a owl:NegativePropertyAssertion .",
        ":o owl:imports <x:other> .",
    ],
)
def test_an_axiom_that_says_more_than_a_rule_is_refused(axioms: str) -> None:
    with pytest.raises(UnfollowedAxiomError):
        compile_rules(axioms)
