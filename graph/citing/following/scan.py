"""The solutions of a single triple pattern, found in the evidence index instead of the store."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from itertools import chain
from typing import cast

from pyoxigraph import NamedNode, Variable

from graph.citing.extending.plan import Edge, Need, Presence
from graph.citing.following.solution import Numbering, Solutions
from graph.reasoning.facts.fact_index import GIVEN_MARK, INFERRED, OPEN, FactIndex
from graph.reasoning.facts.terms import Names
from graph.sparql.scope import mentioned
from graph.sparql.syntax import Group, InGraph, Node, TriplePattern, Triples, Values
from ontology.namespace import INFERRED_GRAPH, ONTOLOGY_GRAPH


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
        return Solutions(len(places), {place: places, **self.ends(index, places, wanted)})

    def ends(
        self, index: FactIndex, places: Sequence[int], wanted: Collection[Variable]
    ) -> dict[Variable, Sequence[int]]:
        """Return what the wanted variables of the pattern are in the triples of places."""
        nodes = (
            (self.pattern.subject, index.subjects),
            (self.pattern.predicate, index.predicates_of),
            (self.pattern.object, index.objects),
        )
        return {
            node: values(places)
            for node, values in nodes
            if isinstance(node, Variable) and node in wanted
        }


class GraphScan:
    """A scan in each named graph: a solution for each that has a triple."""

    def __init__(self, name: Variable, scan: Scan) -> None:
        self.name = name
        self.scan = scan

    @classmethod
    def of(cls, group: Group) -> GraphScan | None:
        """Return the scan that finds the solutions of a group; None where it is another."""
        match group.elements:
            case (InGraph(Variable() as name, inner),):
                scan = Scan.of(inner)
                if scan is not None and name not in mentioned(inner):
                    return cls(name, scan)
        return None

    @property
    def needs(self) -> Sequence[Need]:
        """What each solution needs."""
        pattern = self.scan.pattern
        predicate = cast("Node", pattern.predicate)  # no path, which the scan looks at
        return Presence(self.name), Edge(pattern.subject, predicate, pattern.object, self.name)

    def solutions(self, index: FactIndex, names: Names, terms: Numbering) -> Solutions:
        """Return the solutions, with a column for each variable."""
        derived = [
            (mark, terms[NamedNode(name)])
            for mark, name in ((INFERRED, INFERRED_GRAPH), (GIVEN_MARK, ONTOLOGY_GRAPH))
        ]
        places: list[int] = []
        graphs: list[int] = []
        for place in self.scan.places(index, terms):
            marks = index.marks[place]
            stating = [names.terms[code >> 1] for code in index.holders(place) if code & 1]
            stating += [number for mark, number in derived if marks & mark]
            graphs += stating
            places += [place] * len(stating)
        wanted = {*mentioned(self.scan.pattern)}
        return Solutions(len(places), {self.name: graphs, **self.scan.ends(index, places, wanted)})
