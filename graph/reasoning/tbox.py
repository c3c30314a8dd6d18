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
    def compile(cls, facts: Iterable[Fact], lexicon: Lexicon, graph: Graphs) -> Self:
        """Compile the facts of the ontology's graph.

        Raises UnfollowedAxiomError if no rule implements an axiom.
        """
        stated = dict.fromkeys(facts)
        rulebook = Rulebook.from_rules(compile_axioms(map(lexicon.triple, stated)), lexicon)
        return cls.close(stated, rulebook, lexicon, graph)

    @classmethod
    def close(
        cls, facts: dict[Fact, None], rulebook: Rulebook, lexicon: Lexicon, graph: Graphs
    ) -> Self:
        """Return the T-Box of facts whose rules are compiled already."""
        closure = Closure(rulebook)
        closure.add((fact, graph) for fact in facts)
        datatypes = Datatypes.from_triples(map(lexicon.triple, facts))
        vocabulary = frozenset(lexicon.term(subject) for subject, _, _ in facts)
        return cls(facts, rulebook, datatypes, closure, vocabulary)

    def reword(self, facts: dict[Fact, None], lexicon: Lexicon, graph: Graphs) -> Self | None:
        """Return the T-Box of facts that differ only in annotations, such as labels, or else None.

        The rules, the terms and the facts that match a rule's body must be the same: the inferences
        of other graphs depend on them. Raises UnfollowedAxiomError.
        """
        compiled = set(compile_axioms(map(lexicon.triple, facts)))
        same = (
            compiled == {numbered.rule for numbered in self.rulebook.rules}
            and {lexicon.term(subject) for subject, _, _ in facts} == self.vocabulary
            and not any(map(self.rulebook.takes, facts.keys() ^ self.facts.keys()))
        )
        return self.close(facts, self.rulebook, lexicon, graph) if same else None

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
