"""The T-Box: the ontology, compiled into rules and closed by itself, which is taken as given."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Self

from pyoxigraph import Literal, NamedNode

from graph.reasoning.axiom import rules
from graph.reasoning.closure import Closure, Graphs
from graph.reasoning.datatype import Datatypes
from graph.reasoning.rule import Term
from graph.reasoning.rulebook import Fact, Lexicon, Rulebook
from ontology.terms import OWL, RDF, RDFS, XSD

LANGUAGES: Final = (OWL, RDF, RDFS, XSD)
"""The namespaces of the languages in which the ontology is written."""


@dataclass(frozen=True, slots=True)
class TBox:
    """The facts that the graph of the ontology states, and what they make of others.

    `vocabulary` are the terms that it speaks of; what follows of these is not said.
    """

    facts: dict[Fact, None]
    rulebook: Rulebook
    datatypes: Datatypes
    given: Closure
    vocabulary: frozenset[Term]

    @classmethod
    def of(cls, facts: Iterable[Fact], lexicon: Lexicon, graph: Graphs) -> Self:
        """Return the T-Box of the facts that a graph states.

        Raises UnfollowedAxiomError where no rule follows an axiom.
        """
        stated = dict.fromkeys(facts)
        rulebook = Rulebook.of(rules(map(lexicon.triple, stated)), lexicon)
        return cls.closed(stated, rulebook, lexicon, graph)

    @classmethod
    def closed(
        cls, facts: dict[Fact, None], rulebook: Rulebook, lexicon: Lexicon, graph: Graphs
    ) -> Self:
        """Return the T-Box of facts of which the rules are known."""
        given = Closure(rulebook)
        given.add((fact, graph) for fact in facts)
        datatypes = Datatypes.of(map(lexicon.triple, facts))
        vocabulary = frozenset(lexicon.term(subject) for subject, _, _ in facts)
        return cls(facts, rulebook, datatypes, given, vocabulary)

    def reworded(self, facts: dict[Fact, None], lexicon: Lexicon, graph: Graphs) -> Self | None:
        """Return the T-Box of other facts, if they differ in nothing that other graphs depend on.

        None where they do: in rules, in facts that a rule takes, in terms. Raises
        UnfollowedAxiomError.
        """
        compiled = set(rules(map(lexicon.triple, facts)))
        same = (
            compiled == {numbered.rule for numbered in self.rulebook.rules}
            and {lexicon.term(subject) for subject, _, _ in facts} == self.vocabulary
            and not any(map(self.rulebook.takes, facts.keys() ^ self.facts.keys()))
        )
        return self.closed(facts, self.rulebook, lexicon, graph) if same else None

    def says(self, subject: Term, predicate: Term, value: Term) -> bool:
        """Return whether a triple is written to `graph:inferred` where it follows."""
        return subject not in self.vocabulary and is_worth_saying(subject, predicate, value)


def is_worth_saying(subject: Term, predicate: Term, value: Term) -> bool:
    """Return whether an inferred triple says something of a named thing of the domain."""
    return (
        isinstance(subject, NamedNode)
        and not subject.value.startswith(LANGUAGES)
        and not predicate.value.startswith((OWL, RDFS))
        and isinstance(value, Literal | NamedNode)
        and not (predicate == RDF.TYPE and value.value.startswith(LANGUAGES))
    )
