"""The kernel: a dataset closed by its ontology, kept up with every write, which tells why.

A triple *follows* where a rule of the ontology concludes it from others. A *support* of it is a set
of named graphs that holds it by itself: keep only those graphs and the ontology, close them, and
the triple is there; take one graph out, and it is not. `graph:ontology` is taken as given, so that
no support names it, and `graph:inferred` is never a reason. A triple of `graph:evidence` that
belongs to a source (graph/reasoning/record.py) counts as stated by that source: the support names
the source, and to keep a source is to keep its records.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from copy import copy
from dataclasses import dataclass, replace
from itertools import chain
from typing import Final, Self, TypeAlias

from pyoxigraph import NamedNode, Quad, Triple

from graph.dataset import graph_of, takes_part
from graph.reasoning.closure import EMPTY, Closure, Graphs
from graph.reasoning.contradiction import Contradiction, contradictions
from graph.reasoning.record import Records
from graph.reasoning.rule import Term
from graph.reasoning.rulebook import Fact, Lexicon
from graph.reasoning.support import Supports, SupportSearch
from graph.reasoning.tbox import TBox
from graph.reasoning.thresholds import THRESHOLDS, Thresholds
from ontology.namespace import EVIDENCE_GRAPH, INFERRED_GRAPH, ONTOLOGY_GRAPH

INFERRED: Final = NamedNode(INFERRED_GRAPH)
NOWHERE: Final = frozenset({"", INFERRED_GRAPH})
"""The graphs that state nothing: the default graph, which is the union, and what is inferred."""

Statement: TypeAlias = tuple[Fact, Graphs, int]
"""A fact, the source that states it, as a set of one, and the named graph that its quad is in.

The two graphs differ for a record: its quads are in `graph:evidence` and belong to another source.
"""


@dataclass(frozen=True, slots=True)
class Consequences:
    """What a write changes besides itself: quads of `graph:inferred`, and new contradictions."""

    added: tuple[Quad, ...] = ()
    removed: tuple[Quad, ...] = ()
    contradictions: tuple[Contradiction, ...] = ()


class Kernel:
    """The statements of a dataset with all that follows from them.

    Facts and graphs are in the numbers of the `lexicon`; the number of a graph is that of its name.
    `tbox` is the ontology, `closure` holds the statements that take part in the closure, and
    `apart` all others: those of graphs that take no part, and the records. `by_graph` are the facts
    that each graph states itself, `by_source` those of its records, which are in `graph:evidence`.
    """

    def __init__(self, quads: Iterable[Quad] = (), thresholds: Thresholds = THRESHOLDS) -> None:
        """Close the stated quads of a dataset; those of `graph:inferred` are left aside.

        Raises UnfollowedAxiomError where the ontology has an axiom that no rule follows.
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
        statements = self.statements(quads)
        stated = (fact for fact, _, graph in statements if graph == self.ontology)
        self.ground(TBox.of(stated, self.lexicon, self.singleton(self.ontology)))
        self.take(self.attributed(statements, ())[0])

    def ground(self, tbox: TBox) -> None:
        """Begin anew with an ontology as given."""
        self.tbox = tbox
        self.by_graph[self.ontology] = tbox.facts
        self.closure = Closure(tbox.rulebook, tbox.given)
        self.search = self.begun()

    def begun(self) -> SupportSearch:
        """Return a search for supports in what is stated, good until a write."""
        stated = self.by_graph, self.by_source
        return SupportSearch(self.closure, self.apart, *stated, self.ontology, self.thresholds)

    @property
    def given(self) -> Closure:
        """What the ontology states and what follows from it alone."""
        return self.tbox.given

    def statements(self, quads: Iterable[Quad]) -> list[Statement]:
        """Return the quads that state something, each as if its graph were its source."""
        number, statements = self.lexicon.number, list[Statement]()
        for quad in quads:
            if graph_of(quad) not in NOWHERE:
                fact = number(quad.subject), number(quad.predicate), number(quad.object)  # type: ignore[arg-type]
                graph = number(quad.graph_name)  # type: ignore[arg-type]
                statements.append((fact, self.singleton(graph), graph))
        return statements

    def attributed(
        self, additions: Collection[Statement], removals: Collection[Statement]
    ) -> tuple[list[Statement], list[Statement]]:
        """Return the statements that a write begins and those that it ends, by their sources."""
        evidence = self.evidence
        assignments = self.records.write(
            [fact for fact, _, graph in additions if graph == evidence],
            [fact for fact, _, graph in removals if graph == evidence],
        )
        begun, ended = (
            [statement for statement in changes if statement[2] != evidence]
            for changes in (additions, removals)
        )
        for statements, assigned in zip((begun, ended), assignments, strict=True):
            statements.extend(
                (fact, self.singleton(source), evidence)
                for fact, sources in assigned
                for source in sources
            )
        return begun, ended

    def singleton(self, graph: int) -> Graphs:
        """Return the set of one graph, the same one each time."""
        return self.singletons.setdefault(graph, frozenset((graph,)))

    def write(self, added: Iterable[Quad] = (), removed: Iterable[Quad] = ()) -> Consequences:
        """Retract statements, take up others, and return what changes besides.

        Raises UnfollowedAxiomError, and changes nothing, where the ontology would have an axiom
        that no rule follows.
        """
        additions, removals = self.statements(added), self.statements(removed)
        if any(graph == self.ontology for _, _, graph in chain(additions, removals)):
            return self.rewrite(additions, removals)
        return self.extend(additions, removals)

    def extend(self, additions: list[Statement], removals: list[Statement]) -> Consequences:
        """Retract statements and take up others, and return what changes besides."""
        touched = self.follow(*self.attributed(additions, removals))
        added, removed = (tuple(map(self.inference, facts)) for facts in self.inferences(touched))
        new = [fact for fact, (known, _) in touched.items() if not known and fact in self.closure]
        return Consequences(added, removed, self.contradictions(new))

    def follow(
        self, additions: Iterable[Statement], removals: Iterable[Statement]
    ) -> dict[Fact, tuple[bool, bool]]:
        """Retract statements and take up others, and return what the closure noted of it."""
        self.search = self.begun()
        touched: dict[Fact, tuple[bool, bool]] = {}
        self.closure.touched = touched
        self.leave(removals)
        self.take(additions)
        self.closure.touched = None
        return touched

    def inferences(self, touched: dict[Fact, tuple[bool, bool]]) -> tuple[set[Fact], set[Fact]]:
        """Return the facts of `graph:inferred` that come and go with facts that were touched."""
        added: set[Fact] = set()
        removed: set[Fact] = set()
        for fact, (_, was_inferred) in touched.items():
            inferred = self.closure.is_inferred(fact)
            if inferred != was_inferred and self.is_said(fact):
                (added if inferred else removed).add(fact)
        return added, removed

    def take(self, statements: Iterable[Statement]) -> None:
        """Take up statements, each in the closure or apart from it."""
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

    def leave(self, statements: Iterable[Statement]) -> None:
        """Retract statements."""
        closed = []
        for fact, source, graph in statements:
            (number,) = source
            facts = self.by_graph if graph == number else self.by_source
            if fact not in facts.get(number, ()):
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

    def rewrite(self, additions: list[Statement], removals: list[Statement]) -> Consequences:
        """Write what changes the ontology: unless that is only words, all is closed again."""
        ontology, source = self.ontology, self.singleton(self.ontology)
        unstated = {fact for fact, _, graph in removals if graph == ontology}
        stated = {fact: None for fact in self.tbox.facts if fact not in unstated}
        stated |= {fact: None for fact, _, graph in additions if graph == ontology}
        additions, removals = (
            [statement for statement in statements if statement[2] != ontology]
            for statements in (additions, removals)
        )
        if tbox := self.tbox.reworded(stated, self.lexicon, source):
            self.tbox, self.by_graph[self.ontology] = tbox, tbox.facts
            self.closure.base = tbox.given
            return self.extend(additions, removals)
        tbox = TBox.of(stated, self.lexicon, source)
        inferred, known, former = {*self.inferred()}, {*self.contradictions()}, self.closure
        self.ground(tbox)
        stating = former.stated.items()
        self.closure.add((fact, self.singleton(n)) for fact, graphs in stating for n in graphs)
        begun, ended = self.attributed(additions, removals)
        self.leave(ended)
        self.take(begun)
        after = {*self.inferred()}
        new = sorted({*self.contradictions()} - known, key=str)
        return Consequences(tuple(after - inferred), tuple(inferred - after), tuple(new))

    def takes_part(self, graph: int) -> bool:
        """Return whether what a graph states takes part in the closure."""
        part = self.taking_part.get(graph)
        if part is None:
            part = self.taking_part[graph] = takes_part(self.name(graph))
        return part

    def inferred(self) -> Iterator[Quad]:
        """Yield the quads of `graph:inferred`: what follows, is not stated, and is worth saying."""
        return map(self.inference, self.inferred_facts())

    def inferred_facts(self) -> Iterator[Fact]:
        """Yield the facts of `graph:inferred`."""
        stated = self.closure.stated
        return (fact for fact in self.closure.why if fact not in stated and self.is_said(fact))

    def inference(self, fact: Fact) -> Quad:
        """Return a fact as a quad of `graph:inferred`."""
        return self.lexicon.quad(fact, INFERRED)

    def is_said(self, fact: Fact) -> bool:
        """Return whether a fact is written to `graph:inferred` where it follows."""
        return self.tbox.says(*map(self.lexicon.term, fact))

    def contradictions(self, facts: Iterable[Fact] | None = None) -> tuple[Contradiction, ...]:
        """Return the contradictions that some facts take part in, or all of them."""
        return tuple(contradictions(self.closure, self.lexicon, self.tbox.datatypes, facts))

    def fact(self, subject: Term, predicate: Term, value: Term) -> Fact | None:
        """Return a triple as a fact, or None where a term of it is nowhere in the dataset."""
        numbers = self.lexicon.numbers
        fact = numbers.get(subject), numbers.get(predicate), numbers.get(value)
        return None if None in fact else fact  # type: ignore[return-value]

    def triple(self, fact: Fact) -> Triple:
        """Return a fact as a triple."""
        return self.lexicon.triple(fact)

    def graph(self, name: str) -> int | None:
        """Return the number of a graph, or None where no term has that name."""
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
        stated = self.stating(fact) or fact in self.by_graph[self.ontology]
        return bool(stated) or (fact in self.closure.why and self.is_said(fact))

    def stating(self, fact: Fact) -> Graphs:
        """Return the sources that state a fact, themselves or in a record, but the ontology."""
        return self.closure.stated.get(fact, EMPTY) | self.apart.get(fact, EMPTY)

    def asserting(self, fact: Fact) -> Graphs:
        """Return the graphs that state a fact themselves, but the ontology."""
        return frozenset(
            graph for graph in self.stating(fact) if fact in self.by_graph.get(graph, ())
        )

    def stating_in(self, fact: Fact, graph: int) -> Graphs:
        """Return the sources of a quad: its graph, or those that a record belongs to."""
        if graph == self.evidence:
            return self.records.sources(fact)
        return self.singleton(graph) if fact in self.by_graph.get(graph, ()) else EMPTY

    def has_quad(self, fact: Fact, graph: int) -> bool:
        """Return whether a named graph has a fact; `graph:evidence` has those of all records."""
        if fact in self.by_graph.get(graph, ()):
            return True
        return graph == self.evidence and any(
            fact in self.by_source.get(source, ()) for source in self.stating(fact)
        )

    def supports(self, fact: Fact, at_most: int) -> Supports:
        """Return supports of a fact that holds, the smallest first, and whether there are more."""
        return self.search.all(fact, at_most)

    def size(self, graphs: Iterable[int]) -> int:
        """Return how many triples some graphs state, with those of their records."""
        stated = self.by_graph, self.by_source
        return sum(len(facts.get(graph, ())) for graph in graphs for facts in stated)

    def closed(self, graphs: Iterable[int]) -> Self:
        """Return the kernel of some graphs and the ontology alone, over the same lexicon."""
        part = copy(self)
        part.by_graph, part.by_source = {self.ontology: self.by_graph[self.ontology]}, {}
        part.apart = {}
        part.closure = Closure(self.tbox.rulebook, self.given)
        part.search = part.begun()
        part.take(self.stated_by(graphs))
        return part

    def concerning(self, predicates: Iterable[Term]) -> Self:
        """Return the kernel with only what leads to facts of some predicates; it is not written."""
        numbers = self.lexicon.numbers
        wanted = frozenset(numbers[term] for term in predicates if term in numbers)
        rulebook = self.tbox.rulebook.leading_to(wanted)
        part = copy(self)
        part.tbox = replace(self.tbox, rulebook=rulebook)
        part.predicates = wanted.union(predicate for predicate, _ in rulebook.triggers)
        return part

    def stated_by(self, graphs: Iterable[int]) -> list[Statement]:
        """Return the statements of some graphs, with those of their records."""
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
        """All graphs that state something, themselves or in a record, but the ontology."""
        return frozenset(self.by_graph.keys() | self.by_source.keys()) - {self.ontology}

    def quads(self) -> Iterator[Quad]:
        """Yield all quads: what the graphs state, the ontology's own, and what follows."""
        yield from map(self.quad, self.stated_by((self.ontology, *self.sources)))
        yield from self.inferred()

    def quad(self, statement: Statement) -> Quad:
        """Return a statement as a quad."""
        fact, _, graph = statement
        return self.lexicon.quad(fact, self.lexicon.term(graph))  # type: ignore[arg-type]
