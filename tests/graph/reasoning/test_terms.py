"""Terms that are packed are the same terms, with the same numbers."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from pyoxigraph import BaseDirection, BlankNode, Literal, NamedNode, Quad

from graph.reasoning.facts.terms import Numbers, Terms
from graph.reasoning.rules.axiom import Term

IRI = NamedNode("https://w3id.org/cpec-graph/id/a")
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
TERMS: st.SearchStrategy[Term] = st.one_of(
    TEXTS.map(Literal),
    TEXTS.map(lambda text: Literal(text, language="ur")),
    TEXTS.map(lambda text: Literal(text, language="ar", direction=BaseDirection.RTL)),
    TEXTS.map(lambda text: Literal(text, datatype=IRI)),
    st.integers(0, 99).map(lambda number: NamedNode(f"{IRI.value}{number}#é")),
    st.integers(0, 99).map(lambda number: BlankNode(f"b{number}")),
)


@given(st.lists(TERMS, unique=True))
def test_each_term_is_read_as_it_was_and_found_by_its_number(terms: list[Term]) -> None:
    packed = Terms(terms)
    numbers = Numbers(packed)
    assert list(packed) == terms
    for number, term in enumerate(terms):
        assert packed[number] == term
        assert numbers[term] == numbers.of(packed.written(number)) == number
    assert len(numbers) == len(terms)
    assert Literal("none of them") not in numbers
    assert numbers.get(Literal("none of them"), -7) == -7


def test_the_terms_of_the_shipped_graph_are_kept(shipped_quads: list[Quad]) -> None:
    terms: list[Term] = list(
        dict.fromkeys(
            term
            for quad in shipped_quads
            for term in (quad.subject, quad.predicate, quad.object)
            if isinstance(term, NamedNode | BlankNode | Literal)
        )
    )
    packed = Terms(terms)
    assert list(packed) == terms
    assert packed[1:3] == terms[1:3]
