"""The solutions of a single triple pattern, found in the evidence index instead of the store."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from itertools import chain

from pyoxigraph import NamedNode, Variable

from graph.citing.following.solution import Numbering, Solutions
from graph.reasoning.facts.fact_index import OPEN, FactIndex
from graph.sparql.syntax import Group, TriplePattern, Triples, Values


class Scan:
    """A pattern of IRIs and different variables, of which VALUES may list the predicates.

    `listed` are its predicates, or the variable for which all are tried.
    """

    def __init__(self, pattern: TriplePattern, listed: Sequence[object]) -> None:
        self.pattern = pattern
        self.listed = listed

    @classmethod
    def of(cls, group: Group) -> Scan | None:
        """Return the scan that finds the solutions of a group; None where it is another."""
        match group.elements:
            case (Triples((pattern,)),):
                found = cls(pattern, [pattern.predicate])
            case (Values((variable,), rows), Triples((pattern,))) if variable == pattern.predicate:
                found = cls(pattern, [one for (one,) in rows])
            case _:
                return None
        return found if found.is_simple() else None

    def is_simple(self) -> bool:
        """Whether the pattern is of IRIs and different variables, and nothing is listed twice."""
        nodes = (self.pattern.subject, self.pattern.predicate, self.pattern.object)
        variables = [node for node in nodes if isinstance(node, Variable)]
        if len({*variables}) < len(variables) or len({*self.listed}) < len(self.listed):
            return False
        return all(isinstance(node, NamedNode | Variable) for node in (*nodes, *self.listed))

    def places(self, index: FactIndex, terms: Numbering) -> list[int]:
        """Return the places of the triples that match, each of them a solution.

        Those of the ontology, whose terms were numbered first, come last: they need no source.
        """
        subject, value, *predicates = (
            terms[node] if isinstance(node, NamedNode) else OPEN
            for node in (self.pattern.subject, self.pattern.object, *self.listed)
        )
        every = index.predicates if predicates == [OPEN] else predicates
        found = (index.matching(subject, predicate, value) for predicate in every)
        return list(chain.from_iterable(found))[::-1]

    def solutions(
        self, index: FactIndex, terms: Numbering, wanted: Collection[Variable], place: Variable
    ) -> Solutions:
        """Return the wanted columns of the solutions, and one of the places of their triples."""
        places = self.places(index, terms)
        columns = {place: places}
        for node, values in (
            (self.pattern.subject, index.subjects),
            (self.pattern.predicate, index.predicates_of),
            (self.pattern.object, index.objects),
        ):
            if isinstance(node, Variable) and node in wanted:
                columns[node] = values(places)
        return Solutions(len(places), columns)
