"""The kernel: a dataset closed by its ontology, kept up with every write, and its supports.

A triple *follows* if a rule of the ontology derives it from other triples. A *support* is a minimal
set of named graphs that entails a triple: keep only these graphs and the ontology, close them, and
the triple is there; take one graph out, and it is not. The kernel takes `graph:ontology` as given:
no support names it. `graph:inferred` supports nothing. A triple of `graph:evidence` that belongs
to a source (graph/reasoning/record.py) counts as stated by that source: the support names the
source, and to keep a source is to keep its records.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from copy import copy
from dataclasses import dataclass, replace
from typing import Final, Self, TypeAlias

from pyoxigraph import NamedNode, Quad, Triple

from graph.dataset import graph_of, takes_part
from graph.reasoning.closure import EMPTY, Closure, Graphs
from graph.reasoning.contradiction import Contradiction, find_contradictions
from graph.reasoning.record import Records
from graph.reasoning.rule import Term
from graph.reasoning.rulebook import Fact, Lexicon, select_facts
from graph.reasoning.support import Supports, SupportSearch
from graph.reasoning.tbox import TBox
from graph.reasoning.thresholds import THRESHOLDS, Thresholds
from ontology.namespace import EVIDENCE_GRAPH, INFERRED_GRAPH, ONTOLOGY_GRAPH

INFERRED: Final = NamedNode(INFERRED_GRAPH)
NOWHERE: Final = frozenset({"", INFERRED_GRAPH})
"""The graphs that state nothing: the default graph, which is the union, and `graph:inferred`."""

Statement: TypeAlias = tuple[Fact, Graphs, int]
"""A fact, the singleton of the source that states it, and the named graph of its quad.

The two differ for a record: its quads are in `graph:evidence` and belong to another source.
"""


NumberedQuad: TypeAlias = tuple[Fact, int]
"""A fact and the named graph of its quad."""


@dataclass(frozen=True, slots=True)
class Consequences:
    """The effects of a write on `graph:inferred`, and the new contradictions."""

    added: tuple[Quad, ...] = ()
    removed: tuple[Quad, ...] = ()
    contradictions: tuple[Contradiction, ...] = ()


class Kernel:
    """The statements of a dataset with all inferences from them.

    Facts and graphs are numbered by the `lexicon`; a graph has the number of its name. `tbox` is
    the ontology and `closure` the closure of the A-Box. `apart` maps the facts outside the closure
    to their sources: facts of graphs that take no part in it, and facts of records. `by_graph` maps
    each graph to the facts that it states itself, `by_source` to the facts of its records, which
    are in `graph:evidence`.
    """

    def __init__(self, quads: Iterable[Quad] = (), thresholds: Thresholds = THRESHOLDS) -> None:
        """Close the stated quads of a dataset, without the quads of `graph:inferred`.

        Raises UnfollowedAxiomError if the ontology has an axiom that no rule implements.
        """
        self.thresholds = thresholds
        self.lexicon = Lexicon()
        self.taking_part: dict[int, bool] = {}
        self.by_graph: dict[int, dict[Fact, None]] = {}
        self.by_source: dict[int, dict[Fact, None]] = {}
        self.apart: dict[Fact, Graphs] = {}
        self.singletons: dict[int, Graphs] = {}
        self.ontology = self.lexicon.number(NamedNode(ONTOLOGY_GRAPH))
        self.evidence = self.lexicon.number(NamedNode(EVIDENCE_GRAPH))
        self.records = Records(self.lexicon, self.evidence, self.singleton)
        self.predicates: frozenset[int] | None = None
        statements = self.number_statements(quads)
        stated = (fact for fact, _, graph in statements if graph == self.ontology)
        self.tbox = TBox.compile(stated, self.lexicon, self.singleton(self.ontology))
        self.by_graph[self.ontology] = self.tbox.facts
        self.closure = Closure(self.tbox.rulebook, self.tbox.closure)
        self.search = self.start_search()
        self.add(self.attribute(statements, ())[0])

    def start_search(self) -> SupportSearch:
        """Return a new search for supports; its caches are valid until the next write."""
        stated = self.by_graph, self.by_source
        return SupportSearch(self.closure, self.apart, *stated, self.ontology, self.thresholds)

    def number_statements(self, quads: Iterable[Quad]) -> list[Statement]:
        """Return quads as statements, each with its graph as the source."""
        number, statements = self.lexicon.number, list[Statement]()
        for quad in quads:
            if graph_of(quad) not in NOWHERE:
                fact = number(quad.subject), number(quad.predicate), number(quad.object)  # type: ignore[arg-type]
                graph = number(quad.graph_name)  # type: ignore[arg-type]
                statements.append((fact, self.singleton(graph), graph))
        return statements

    def attribute(
        self, additions: Collection[Statement], removals: Collection[Statement]
    ) -> tuple[list[Statement], list[Statement]]:
        """Return the additions and the removals of a write with the sources that they belong to."""
        evidence = self.evidence
        assignments = self.records.write(
            [fact for fact, _, graph in additions if graph == evidence],
            [fact for fact, _, graph in removals if graph == evidence],
        )
        added, removed = (
            [statement for statement in statements if statement[2] != evidence]
            for statements in (additions, removals)
        )
        for statements, assigned in zip((added, removed), assignments, strict=True):
            statements.extend(
                (fact, self.singleton(source), evidence)
                for fact, sources in assigned
                for source in sources
            )
        return added, removed

    def singleton(self, graph: int) -> Graphs:
        """Return the set of one graph: the same object each time, to save memory."""
        return self.singletons.setdefault(graph, frozenset((graph,)))

    def write(self, added: Iterable[Quad] = (), removed: Iterable[Quad] = ()) -> Consequences:
        """Retract statements, add others, and return the consequences.

        Raises UnfollowedAxiomError, and changes nothing, if the ontology would have an axiom that
        no rule implements.
        """
        additions, removals = self.number_statements(added), self.number_statements(removed)
        former, tbox = self.tbox, self.compile_ontology(additions, removals)
        suspects = [] if tbox is former else self.find_suspects(tbox)
        known = {*self.contradictions(suspects)}
        touched = self.update(*self.attribute(additions, removals), tbox)
        entering, leaving = self.list_changes(touched, former)
        new = (fact for fact, (was_present, _) in touched.items() if not was_present)
        present = [fact for fact in (*new, *suspects) if fact in self.closure]
        return Consequences(
            tuple(map(self.inference, entering)),
            tuple(map(self.inference, leaving)),
            tuple(violated for violated in self.contradictions(present) if violated not in known),
        )

    def compile_ontology(
        self, additions: Iterable[Statement], removals: Iterable[Statement]
    ) -> TBox:
        """Return the ontology after a write; raises UnfollowedAxiomError."""
        added, removed = (
            {fact: None for fact, _, graph in statements if graph == self.ontology}
            for statements in (additions, removals)
        )
        if not added and not removed:
            return self.tbox
        facts = {fact: None for fact in self.tbox.facts if fact not in removed} | added
        source = self.singleton(self.ontology)
        return TBox.compile(facts, self.lexicon, source, self.tbox.rulebook)

    def find_suspects(self, tbox: TBox) -> list[Fact]:
        """Return the facts that may contradict an ontology and not the present one.

        A constraint is new for them, or the datatypes of their predicate.
        """
        ranges, former = tbox.datatypes.ranges, self.tbox.datatypes.ranges
        terms = {term for term in {*ranges, *former} if ranges.get(term) != former.get(term)}
        predicates = {self.lexicon.numbers[term] for term in terms}
        constraints = tbox.rulebook.without(self.tbox.rulebook).constraints
        if not constraints and not predicates:
            return []
        facts = [*self.tbox.closure, *self.closure]
        ranged = (fact for fact in facts if fact[1] in predicates)
        return [*select_facts(constraints, facts), *ranged]

    def update(
        self,
        additions: Iterable[Statement],
        removals: Iterable[Statement],
        tbox: TBox | None = None,
    ) -> dict[Fact, tuple[bool, bool]]:
        """Retract and add statements; return the former state of the touched facts.

        The statements of the ontology are those of `tbox`, if it differs from the present one.
        """
        self.search = self.start_search()
        touched: dict[Fact, tuple[bool, bool]] = {}
        self.closure.touched = touched
        if tbox is not None and tbox is not self.tbox:
            self.replace_ontology(tbox)
        self.retract(removals)
        self.add(additions)
        self.closure.touched = None
        return touched

    def replace_ontology(self, tbox: TBox) -> None:
        """Replace the ontology; whether `graph:inferred` has a fact depends on its vocabulary."""
        terms = map(self.lexicon.numbers.get, self.tbox.vocabulary ^ tbox.vocabulary)
        if turned := {*terms}:
            for fact in self.closure.why:
                if fact[0] in turned:
                    self.closure.touch(fact)
        self.tbox, self.by_graph[self.ontology] = tbox, tbox.facts
        self.closure.replace_rules(tbox.rulebook, tbox.closure)

    def list_changes(
        self, touched: dict[Fact, tuple[bool, bool]], former: TBox | None = None
    ) -> tuple[set[Fact], set[Fact]]:
        """Return the touched facts that enter and that leave `graph:inferred`.

        `former` is the ontology before the write, if the write changed it.
        """
        added: set[Fact] = set()
        removed: set[Fact] = set()
        materialised = (former or self.tbox).materialises
        for fact, (_, was_inferred) in touched.items():
            before = was_inferred and materialised(*map(self.lexicon.term, fact))
            after = self.closure.is_inferred(fact) and self.is_materialised(fact)
            if before != after:
                (added if after else removed).add(fact)
        return added, removed

    def add(self, statements: Iterable[Statement]) -> None:
        """Add statements to the closure, or apart from it if their graph takes no part in it."""
        closed = []
        for fact, source, graph in statements:
            (number,) = source
            facts = self.by_graph if graph == number else self.by_source
            facts.setdefault(number, {})[fact] = None
            if number == self.ontology:
                continue
            if graph == number and self.takes_part(number):
                closed.append((fact, source))
            else:
                self.apart[fact] = self.apart.get(fact, source) | source
        self.closure.add(closed)

    def retract(self, statements: Iterable[Statement]) -> None:
        """Retract statements from the closure, or from the facts apart from it."""
        closed = []
        for fact, source, graph in statements:
            (number,) = source
            facts = self.by_graph if graph == number else self.by_source
            if number == self.ontology or fact not in facts.get(number, ()):
                continue
            del facts[number][fact]
            if not facts[number]:
                del facts[number]
            if graph == number and self.takes_part(number):
                closed.append((fact, source))
            elif not self.is_apart(fact, number):
                self.apart[fact] -= source
                if not self.apart[fact]:
                    del self.apart[fact]
        self.closure.remove(closed)

    def is_apart(self, fact: Fact, source: int) -> bool:
        """Return whether a source states a fact that takes no part in the closure."""
        if fact in self.by_source.get(source, ()):
            return True
        return not self.takes_part(source) and fact in self.by_graph.get(source, ())

    def takes_part(self, graph: int) -> bool:
        """Return whether the triples of a graph take part in the closure."""
        part = self.taking_part.get(graph)
        if part is None:
            part = self.taking_part[graph] = takes_part(self.name(graph))
        return part

    def inferred_quads(self) -> Iterator[Quad]:
        """Yield the quads of `graph:inferred`: inferred, unstated, about the domain."""
        return map(self.inference, self.inferred_facts())

    def inferred_facts(self) -> Iterator[Fact]:
        """Yield the facts of `graph:inferred`."""
        stated = self.closure.stated
        return (
            fact for fact in self.closure.why if fact not in stated and self.is_materialised(fact)
        )

    def inference(self, fact: Fact) -> Quad:
        """Return a fact as a quad of `graph:inferred`."""
        return self.lexicon.quad(fact, INFERRED)

    def is_materialised(self, fact: Fact) -> bool:
        """Return whether `graph:inferred` has a fact if it is inferred."""
        return self.tbox.materialises(*map(self.lexicon.term, fact))

    def contradictions(self, facts: Iterable[Fact] | None = None) -> tuple[Contradiction, ...]:
        """Return the contradictions that some facts take part in, or all of them."""
        return tuple(find_contradictions(self.closure, self.lexicon, self.tbox.datatypes, facts))

    def fact(self, subject: Term, predicate: Term, value: Term) -> Fact | None:
        """Return a triple as a fact, or None if the dataset lacks one of its terms."""
        numbers = self.lexicon.numbers
        fact = numbers.get(subject), numbers.get(predicate), numbers.get(value)
        return None if None in fact else fact  # type: ignore[return-value]

    def triple(self, fact: Fact) -> Triple:
        """Return a fact as a triple."""
        return self.lexicon.triple(fact)

    def graph(self, name: str) -> int | None:
        """Return the number of a graph, or None if the dataset has no term of that name."""
        return self.lexicon.numbers.get(NamedNode(name))

    def name(self, graph: int) -> str:
        """Return the name of a graph."""
        return str(getattr(self.lexicon.term(graph), "value", ""))

    def names(self, graphs: Iterable[int]) -> tuple[str, ...]:
        """Return the names of some graphs, sorted."""
        return tuple(sorted(map(self.name, graphs)))

    def __contains__(self, fact: Fact) -> bool:
        return fact in self.closure or fact in self.apart

    def shows(self, fact: Fact) -> bool:
        """Return whether a fact is in the dataset: stated, or in `graph:inferred`."""
        stated = self.sources_stating(fact) or fact in self.by_graph[self.ontology]
        return bool(stated) or (fact in self.closure.why and self.is_materialised(fact))

    def sources_stating(self, fact: Fact) -> Graphs:
        """Return the sources, except the ontology, that state a fact, themselves or in a record."""
        return self.closure.stated.get(fact, EMPTY) | self.apart.get(fact, EMPTY)

    def graphs_asserting(self, fact: Fact) -> Graphs:
        """Return the graphs, except the ontology, that state a fact themselves."""
        return frozenset(
            graph for graph in self.sources_stating(fact) if fact in self.by_graph.get(graph, ())
        )

    def sources_of_quad(self, fact: Fact, graph: int) -> Graphs:
        """Return the sources of a quad: its graph, or the sources that a record belongs to."""
        if graph == self.evidence:
            return self.records.sources(fact)
        return self.singleton(graph) if fact in self.by_graph.get(graph, ()) else EMPTY

    def has_quad(self, fact: Fact, graph: int) -> bool:
        """Return whether a graph has a fact; `graph:evidence` has the facts of all records."""
        if fact in self.by_graph.get(graph, ()):
            return True
        return graph == self.evidence and any(
            fact in self.by_source.get(source, ()) for source in self.sources_stating(fact)
        )

    def supports(self, fact: Fact, at_most: int) -> Supports:
        """Return supports of a fact that holds, the smallest first, and whether there are more."""
        return self.search.all(fact, at_most)

    def size(self, graphs: Iterable[int]) -> int:
        """Return the number of triples that some graphs and their records state."""
        stated = self.by_graph, self.by_source
        return sum(len(facts.get(graph, ())) for graph in graphs for facts in stated)

    def restrict_to_graphs(self, graphs: Iterable[int]) -> Self:
        """Return the kernel of some graphs and the ontology alone, for reading."""
        part = self.clear()
        part.add(self.list_statements(graphs))
        return part

    def restrict_to_statements(self, statements: Collection[Statement]) -> Self:
        """Return the kernel of some statements and the ontology alone."""
        part = self.clear()
        part.records = Records(self.lexicon, self.evidence, self.singleton)
        part.add(part.attribute(statements, ())[0])
        return part

    def clear(self) -> Self:
        """Return the kernel of the ontology alone, over the same lexicon and records."""
        part = copy(self)
        part.by_graph, part.by_source = {self.ontology: self.by_graph[self.ontology]}, {}
        part.apart = {}
        part.closure = Closure(self.tbox.rulebook, self.tbox.closure)
        part.search = part.start_search()
        return part

    def restrict_to_predicates(self, predicates: Iterable[Term]) -> Self:
        """Return a read-only kernel of the rules and statements that derive some predicates."""
        numbers = self.lexicon.numbers
        goals = frozenset(numbers[term] for term in predicates if term in numbers)
        rulebook = self.tbox.rulebook.restrict_to(goals)
        part = copy(self)
        part.tbox = replace(self.tbox, rulebook=rulebook)
        part.predicates = goals.union(predicate for predicate, _ in rulebook.triggers)
        return part

    def list_statements(self, graphs: Iterable[int]) -> list[Statement]:
        """Return the statements of some graphs and of their records."""
        predicates = self.predicates
        return [
            (fact, self.singleton(source), graph)
            for source in graphs
            for facts, graph in ((self.by_graph, source), (self.by_source, self.evidence))
            for fact in facts.get(source, ())
            if predicates is None or fact[1] in predicates
        ]

    @property
    def sources(self) -> frozenset[int]:
        """All graphs, except the ontology, that state triples, themselves or in a record."""
        return frozenset(self.by_graph.keys() | self.by_source.keys()) - {self.ontology}

    def quads(self) -> Iterator[Quad]:
        """Yield all quads: the ontology, the statements of the other graphs, and the inferences."""
        statements = self.list_statements((self.ontology, *self.sources))
        yield from (self.quad(fact, graph) for fact, _, graph in statements)
        yield from self.inferred_quads()

    def quad(self, fact: Fact, graph: int) -> Quad:
        """Return a numbered quad as a quad."""
        return self.lexicon.quad(fact, self.lexicon.term(graph))  # type: ignore[arg-type]
