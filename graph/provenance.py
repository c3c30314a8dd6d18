"""Provenance: for each triple, the smallest sets of named graphs that hold it by themselves.

A triple holds in a set of graphs when one of them states it, or when it follows from what they
state under the ontology. `graph:ontology` is taken as given, `graph:inferred` is never a reason.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Container, Iterable, Iterator

from pyoxigraph import DefaultGraph, Quad, Triple

from graph.axiom import Term, rules
from graph.dataset import takes_part
from graph.derivation import Deduction, Derivation, deduce, derivations
from graph.fact import Fact, Facts, Lexicon, NumberedRule, numbered
from graph.support import GIVEN, NOTHING, Support, all_of, any_of, minimal
from ontology.namespace import INFERRED_GRAPH, ONTOLOGY_GRAPH


class Provenance:
    """Where every triple of a dataset comes from."""

    def __init__(self, quads: Iterable[Quad]) -> None:
        self.lexicon = Lexicon()
        self.union = Facts()
        self.by_graph: dict[str, list[Fact]] = defaultdict(list)
        for quad in quads:
            ends = terms(quad)
            if ends is not None and not isinstance(quad.graph_name, DefaultGraph):
                fact = self.lexicon.fact(*ends)
                self.by_graph[quad.graph_name.value].append(fact)
                self.union.add(fact)
        self.names = tuple(sorted(self.by_graph.keys() - {ONTOLOGY_GRAPH, INFERRED_GRAPH}))
        self.places = {name: place for place, name in enumerate(self.names)}
        self.given = frozenset(self.by_graph.get(ONTOLOGY_GRAPH, ()))
        self.inferred = frozenset(self.by_graph.get(INFERRED_GRAPH, ()))
        self.stated = self.statements(self.names)
        self.premises = self.statements(filter(takes_part, self.names))
        self.rules = self.rules_by_head()
        self.deduction = self.deduced()
        self.solved: dict[Fact, Support] = {}
        self.naming: dict[int, list[Fact]] = {}

    def statements(self, names: Iterable[str]) -> dict[Fact, int]:
        """Return the facts that the graphs of these names state, each with the set of them."""
        found: dict[Fact, int] = defaultdict(int)
        for name in names:
            for fact in self.by_graph[name]:
                found[fact] |= self.bit(name)
        return dict(found)

    def bit(self, name: str) -> int:
        """Return the set that holds one graph."""
        return 1 << self.places[name]

    def graphs(self, sets: int) -> tuple[str, ...]:
        """Return the names of the graphs of a set, sorted."""
        return tuple(self.names[one.bit_length() - 1] for one in bits(sets))

    def rules_by_head(self) -> dict[int, list[NumberedRule]]:
        """Return the rules of the ontology by the predicate of what they conclude."""
        found: dict[int, list[NumberedRule]] = defaultdict(list)
        for rule in rules(self.triple(fact) for fact in self.by_graph.get(ONTOLOGY_GRAPH, ())):
            one = numbered(rule, self.lexicon)
            found[one.head[1]].append(one)
        return dict(found)

    def deduced(self) -> Deduction:
        """Return all that follows from the graphs that take part in the closure."""
        every = [rule for group in self.rules.values() for rule in group]
        return deduce([*self.given, *self.premises], every, self.lexicon)

    def triple(self, fact: Fact) -> Triple:
        """Return a fact as a triple."""
        subject, predicate, value = (self.lexicon.terms[number] for number in fact)
        return Triple(subject, predicate, value)  # type: ignore[arg-type]

    def fact(self, subject: Term, predicate: Term, value: Term) -> Fact | None:
        """Return a triple as a fact, or None where a term of it is nowhere in the dataset."""
        numbers = self.lexicon.numbers
        found = numbers.get(subject), numbers.get(predicate), numbers.get(value)
        return None if None in found else found  # type: ignore[return-value]

    def mentions(self, node: int) -> list[Fact]:
        """Return the facts of which a node is the subject or the object."""
        if not self.naming:
            for fact in self.union.all:
                for end in {fact[0], fact[2]}:
                    self.naming.setdefault(end, []).append(fact)
        return self.naming.get(node, [])

    def support(self, fact: Fact) -> Support:
        """Return the support of a fact in the union of all graphs."""
        if fact in self.given:
            return GIVEN
        if self.stated.get(fact) == self.premises.get(fact):
            return self.premise(fact)
        aside = self.stated.get(fact, 0) & ~self.premises.get(fact, 0)
        return self.premise(fact) | minimal(bits(aside))

    def support_in(self, fact: Fact, graph: str) -> Support:
        """Return the support of a fact as a triple of one named graph."""
        if graph == INFERRED_GRAPH:
            return self.premise(fact) if fact in self.inferred else NOTHING
        if graph == ONTOLOGY_GRAPH:
            return GIVEN if fact in self.given else NOTHING
        if graph not in self.by_graph or not self.stated.get(fact, 0) & self.bit(graph):
            return NOTHING
        return Support((self.bit(graph),))

    def premise(self, fact: Fact) -> Support:
        """Return the support of a fact within the graphs that take part in the closure."""
        if fact not in self.solved:
            self.solve(fact)
        return self.solved[fact]

    def solve(self, goal: Fact) -> None:
        """Find the support of a fact and of all that it may rest on: the least fixed point.

        Starting from what is stated and growing, no support ever leans on itself.
        """
        cone = self.cone(goal, self.solved)
        users: dict[Fact, set[Fact]] = defaultdict(set)
        for conclusion, ways in cone.items():
            for way in ways:
                for premise in way.premises:
                    users[premise].add(conclusion)
        found = dict.fromkeys(cone, NOTHING)
        waiting = dict.fromkeys(cone)
        while waiting:
            fact, _ = waiting.popitem()
            inferred = any_of(
                all_of(found.get(one) or self.solved[one] for one in way.premises)
                for way in cone[fact]
            )
            grown = self.statement(fact) | inferred
            if grown != found[fact]:
                found[fact] = grown
                waiting.update(dict.fromkeys(users[fact]))
        self.solved.update(found)

    def statement(self, fact: Fact) -> Support:
        """Return the support that a fact has from being stated."""
        if fact in self.given:
            return GIVEN
        return minimal(bits(self.premises.get(fact, 0)))

    def cone(self, goal: Fact, known: Container[Fact] = ()) -> dict[Fact, list[Derivation]]:
        """Return what a fact may rest on and is not known yet, with all derivations of each."""
        found: dict[Fact, list[Derivation]] = {}
        waiting = [goal]
        while waiting:
            fact = waiting.pop()
            if fact in found or fact in known:
                continue
            found[fact] = [] if fact in self.given else list(self.derivations(fact))
            waiting.extend(premise for way in found[fact] for premise in way.premises)
        return found

    def derivations(self, fact: Fact) -> Iterator[Derivation]:
        """Yield each way to conclude a fact in one step."""
        if fact in self.deduction.facts:
            yield from derivations(self.deduction.facts, self.rules.get(fact[1], ()), fact)


def terms(quad: Quad) -> tuple[Term, Term, Term] | None:
    """Return the terms of a quad; None where one is a triple of RDF 1.2, which is not followed."""
    subject, value = quad.subject, quad.object
    if isinstance(subject, Triple) or isinstance(value, Triple):
        return None
    return subject, quad.predicate, value


def bits(graphs: int) -> Iterator[int]:
    """Yield the graphs of a set, each as a set of its own."""
    while graphs:
        yield graphs & -graphs
        graphs &= graphs - 1
