"""Contradictions: found in the whole, and in each write, in words that name the things."""

import pytest
from pyoxigraph import Literal, NamedNode, Quad, RdfFormat, parse

from graph.reasoning.datatype import PATTERNS, is_well_formed
from graph.reasoning.kernel import Kernel
from ontology.namespace import PREFIXES
from ontology.terms import XSD
from tests.graph import toy

ONTOLOGY = toy.axioms("""
:K owl:disjointWith :L . :M owl:complementOf :N .
[] a owl:AllDisjointClasses ; owl:members ( :O :P :Q ) .
[] a owl:AllDisjointProperties ; owl:members ( :n :o ) .
:l owl:propertyDisjointWith :m . :r a owl:FunctionalProperty . :s a owl:InverseFunctionalProperty .
:t a owl:IrreflexiveProperty . :u a owl:AsymmetricProperty .
:d rdfs:range xsd:integer . :V rdfs:subClassOf owl:Nothing .
""")


@pytest.mark.parametrize(
    ("stated", "message"),
    [
        (":a a :K , :L", "Disjoint classes cpec:K and cpec:L have a common individual id:a"),
        (":a a :M , :N", "id:a is of cpec:M and of its complement cpec:N"),
        (":a a :O , :Q", "Disjoint classes cpec:O and cpec:Q have a common individual id:a"),
        (":a a :V", "id:a is of owl:Nothing, of which nothing is"),
        (":a :n :b ; :o :b", "id:a has id:b by the disjoint properties cpec:n and cpec:o"),
        (":a :l :b ; :m :b", "id:a has id:b by the disjoint properties cpec:l and cpec:m"),
        (
            ":a :r :c , :b",
            "id:b and id:c would be the same: id:a has both by the functional property cpec:r",
        ),
        (
            ":a :s :c . :b :s :c",
            "id:a and id:b would be the same: both have id:c by the inverse functional cpec:s",
        ),
        (":a :t :a", "id:a has itself by the irreflexive property cpec:t"),
        (":a :u :b . :b :u :a", "id:a and id:b have each other by the asymmetric property cpec:u"),
        (':a :d "one"', '"one" is of xsd:string: cpec:d takes xsd:integer'),
        (":a :d :b", "id:b is no literal: cpec:d takes xsd:integer"),
        (':a :e "x"^^xsd:integer', '"x" is not an xsd:integer'),
    ],
)
def test_a_contradiction_is_named_in_the_whole_and_in_a_write(stated: str, message: str) -> None:
    text = f"""PREFIX xsd: <{XSD}> PREFIX : <urn:> {stated} ."""
    quads = [rename_quad(quad) for quad in parse(text, RdfFormat.TURTLE)]
    assert Kernel(ONTOLOGY).contradictions() == ()
    assert message in {
        violation.message for violation in Kernel([*ONTOLOGY, *quads]).contradictions()
    }
    kernel = Kernel([*ONTOLOGY, *quads[:1]])
    change = kernel.write(quads) if len(quads) > 1 else Kernel(ONTOLOGY).write(quads)
    assert message in {violation.message for violation in change.contradictions}
    kernel.write(removed=quads)
    assert kernel.contradictions() == ()


def rename_quad(quad: Quad) -> Quad:
    """Return a quad of short names with full names in a sentence; a small letter names a thing."""

    def term(node: object) -> object:
        if not isinstance(node, NamedNode) or not node.value.startswith("urn:"):
            return node
        name = node.value.removeprefix("urn:")
        return NamedNode(PREFIXES["id" if name in "abc" else "cpec"] + name)

    subject, predicate, value = map(term, (quad.subject, quad.predicate, quad.object))
    return Quad(subject, predicate, value, NamedNode(toy.GRAPHS[0]))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("datatype", "good", "bad"),
    [
        ("integer", "-12", "1.5"),
        ("positiveInteger", "12", "twelve"),
        ("decimal", ".5", "5e3"),
        ("double", "5e3", "5e"),
        ("float", "-INF", "inf"),
        ("boolean", "true", "yes"),
        ("date", "2028-02-29", "2026-02-29"),
        ("date", "2026-03-31+05:00", "31-03-2026"),
        ("dateTime", "2026-03-31T10:00:00Z", "2026-03-31T25:00:00"),
        ("time", "10:00:00", "10:61:00"),
        ("gYear", "2026", "26"),
        ("gYearMonth", "2026-04", "2026-13"),
        ("gMonth", "--04", "04"),
        ("gMonthDay", "--04-29", "04-29"),
        ("gDay", "---29", "29"),
    ],
)
def test_a_literal_is_well_formed_as_its_datatype_says(datatype: str, good: str, bad: str) -> None:
    kind = NamedNode(XSD + datatype)
    assert is_well_formed(Literal(good, datatype=kind))
    assert not is_well_formed(Literal(bad, datatype=kind))


def test_owlrl_reads_the_same_literals() -> None:
    from owlrl.DatatypeHandling import AltXSDToPYTHON
    from rdflib import URIRef

    texts = ["1", "-1", "1.5", "x", "true", "2026-04-29", "2026-02-30", "2026-04", "2026", "1e3"]
    for kind in PATTERNS:
        for text in texts:
            try:
                AltXSDToPYTHON[URIRef(kind)](text)
            except (ValueError, ArithmeticError):
                assert not is_well_formed(Literal(text, datatype=NamedNode(kind))), (kind, text)
