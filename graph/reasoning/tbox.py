"""The T-Box: the ontology, compiled into rules and closed; the kernel takes it as given."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Self

from pyoxigraph import Literal, NamedNode

from graph.reasoning.axiom import compile_axioms
from graph.reasoning.closure import Closure, Graphs
from graph.reasoning.datatype import Datatypes
from graph.reasoning.rule import Term
from graph.reasoning.rulebook import Fact, Lexicon, Rulebook
from ontology.terms import OWL, RDF, RDFS, XSD

LANGUAGES: Final = (OWL, RDF, RDFS, XSD)
"""The namespaces of the ontology languages and of their datatypes."""


@dataclass(frozen=True, slots=True)
class TBox:
    """The facts of `graph:ontology`, with the rules and the datatypes compiled from them.

    `vocabulary` are the terms that the ontology describes: inferences about them stay internal.
    """

    facts: dict[Fact, None]
    rulebook: Rulebook
    datatypes: Datatypes
    closure: Closure
    vocabulary: frozenset[Term]

    @classmethod
    def compile(
        cls,
        facts: Iterable[Fact],
        lexicon: Lexicon,
        graph: Graphs,
        former: Rulebook | None = None,
    ) -> Self:
        """Compile the facts of the ontology's graph; the rules of a former book keep their numbers.

        Raises UnfollowedAxiomError if no rule implements an axiom.
        """
        stated = dict.fromkeys(facts)
        compiled = compile_axioms(map(lexicon.triple, stated))
        rulebook = Rulebook.from_rules(compiled, lexicon, former)
        closure = Closure(rulebook)
        closure.add((fact, graph) for fact in stated)
        datatypes = Datatypes.from_triples(map(lexicon.triple, stated))
        vocabulary = frozenset(lexicon.term(subject) for subject, _, _ in stated)
        return cls(stated, rulebook, datatypes, closure, vocabulary)

    def materialises(self, subject: Term, predicate: Term, value: Term) -> bool:
        """Return whether `graph:inferred` has a triple if it is inferred."""
        return subject not in self.vocabulary and is_about_the_domain(subject, predicate, value)


def is_about_the_domain(subject: Term, predicate: Term, value: Term) -> bool:
    """Return whether a triple describes a named thing of the domain, with a term of the domain."""
    return (
        isinstance(subject, NamedNode)
        and not subject.value.startswith(LANGUAGES)
        and not predicate.value.startswith((OWL, RDFS))
        and isinstance(value, Literal | NamedNode)
        and not (predicate == RDF.TYPE and value.value.startswith(LANGUAGES))
    )
