"""Traces the solutions of a query to the lineage of each of its atoms.

Each distinct triple, path or inner row is traced once, and has a number; a solution is the
conjunction of its numbers, column by column.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from functools import partial
from itertools import chain, repeat
from typing import Any, TypeAlias, cast

from pyoxigraph import (
    DefaultGraph,
    Literal,
    NamedNode,
    Quad,
    Store,
    Triple,
    Variable,
)

from graph.citing.index import EvidenceIndex, Search
from graph.citing.lineage import (
    GIVEN,
    NOTHING,
    UNKNOWN,
    AbsenceAtom,
    AllOf,
    AnswerAtom,
    AnyOf,
    BranchAtom,
    ExistsAtom,
    GraphAtom,
    Lineage,
    Members,
    PatternAtom,
    QueryAtom,
    SubselectAtom,
    TermTriple,
    Walk,
    join_lineages,
    unite_lineages,
)
from graph.citing.path import Reached, Walker
from graph.citing.solution import UNBOUND, Key, Memo, SolutionSequence, TermNumbers
from graph.dataset import QUOTING
from graph.sparql.scope import select_columns
from graph.sparql.syntax import Node, Path, Repeat, TripleTerm
from graph.wording.absence import Absence
from ontology.namespace import INFERRED_GRAPH, ONTOLOGY_GRAPH, REIFIERS_GRAPH
from ontology.terms import RDF, RdfTerm

Monomial: TypeAlias = tuple[int, ...]
"""The lineages of the atoms of a solution, by number: their conjunction."""

InnerAtom: TypeAlias = SubselectAtom | ExistsAtom | AbsenceAtom
"""An atom that a question of its own traces."""

GIVEN_NUMBER = 0
"""The number of the lineage GIVEN."""

MOST_SUPPORTS = 1000
"""The supports of a triple that `Tracer.list_parts` lists."""

FIRST_SERVICE = 1 << 62
"""The number of the first endpoint: no graph has it."""

ANY = NamedNode("x:any")
NO_GRAPH = ""
"""The name of an unbound graph."""


class Tracer:
    """Traces solutions; `default` are the graphs of the default graph, None for all graphs.

    The reifiers are `beside` these, if the query sees them. `services` are the endpoints that
    solutions rest on, by the numbers that supports have of them.

    `inner_rows` gives the lineages of rows of a subselect, or of an EXISTS, in a graph.
    """

    def __init__(
        self,
        store: Store,
        index: EvidenceIndex,
        terms: TermNumbers,
        default: tuple[str, ...] | None,
        beside: tuple[NamedNode, ...],
        inner_rows: Callable[[InnerAtom, Collection[Key], str | None], Mapping[Key, Lineage]],
    ) -> None:
        self.store, self.index, self.terms = store, index, terms
        self.default, self.beside = default, beside
        self.inner_rows = inner_rows
        self.most = 2 * index.thresholds.proofs
        self.search = Search.ALL
        self.lineages: list[Lineage] = []
        self.numbers: dict[Lineage, int] = {}
        self.triples = Memo(self.number_triples_of)
        self.reached = Memo(self.follow_path)
        self.constants = Memo(self.number_constant)
        self.composed = Memo(self.compose_triple)
        self.services: dict[int, str] = {}
        self.answers = Memo(self.number_answer)
        self.enter(GIVEN)

    def enter(self, lineage: Lineage) -> int:
        """Return the number of a lineage."""
        number = self.numbers.get(lineage)
        if number is None:
            number = self.numbers[lineage] = len(self.lineages)
            self.lineages.append(lineage)
        return number

    def limit_search(self, rows: int) -> None:
        """Search for a single proof of each of so many rows, if they are many."""
        if self.search is Search.ALL and rows > self.index.thresholds.rows_with_proofs:
            self.search = Search.QUICK

    def trace(self, atoms: Iterable[QueryAtom], solutions: SolutionSequence) -> Iterator[Monomial]:
        """Yield the monomial of each solution."""
        columns = list(self.trace_atoms(atoms, solutions))
        if columns:
            return zip(*columns, strict=True)
        return iter([()] * solutions.size)

    def list_absences(self, numbers: Iterable[int]) -> Iterator[Absence]:
        """Yield the absences of lineages."""
        for number in dict.fromkeys(numbers):
            yield from self.lineages[number].absences

    def join(self, monomial: Monomial, most: int) -> Lineage:
        """Return the lineage of a solution."""
        return join_lineages(map(self.lineages.__getitem__, monomial), most)

    def list_parts(self, numbers: Iterable[int]) -> Iterator[Lineage]:
        """Yield the lineages of the triples and graphs in some lineages, without given ones.

        Each has all its supports, or is not complete. A path has the steps of its first shortest
        way; one without a step rests on no triple.
        """
        queue = [*map(self.lineages.__getitem__, dict.fromkeys(numbers))]
        met = {*queue}
        for lineage in queue:
            parts: Iterable[Lineage] = ()
            match lineage.composition:
                case AllOf(lineages):
                    parts = lineages
                case AnyOf(lineages):
                    parts = (part for part in lineages if part is not NOTHING)
                case Members(monomials) if monomials:
                    parts = map(self.lineages.__getitem__, chain.from_iterable(monomials))
                case Walk(start, path, end, _, graph):
                    is_step = start != end or not isinstance(path, Repeat) or path.times == "+"
                    ways = lineage.triples if is_step else ()
                    parts = (self.find_lineage(triple, graph) for triple in ways)
                case _ if lineage.triples and not lineage.complete:
                    yield self.index.find_lineage(lineage.triples[0], MOST_SUPPORTS, Search.ALL)
                case _ if lineage.triples or lineage.sets != GIVEN.sets or not lineage.complete:
                    yield lineage
            new = [part for part in dict.fromkeys(parts) if part not in met]
            met.update(new)
            queue += new

    def trace_atoms(
        self, atoms: Iterable[QueryAtom], solutions: SolutionSequence
    ) -> Iterator[Sequence[int]]:
        """Yield for each atom the number of its lineage in each solution."""
        for atom in atoms:
            match atom:
                case PatternAtom():
                    trace = self.trace_triples if atom.is_triple else self.trace_paths
                    yield trace(atom, solutions)
                case GraphAtom(name):
                    numbers = Memo(self.number_presence)
                    yield list(map(numbers.__getitem__, self.read_node(name, solutions)))
                case BranchAtom():
                    yield from self.trace_branch(atom, solutions)
                case AnswerAtom(services):
                    yield [self.answers[services]] * solutions.size
                case SubselectAtom():
                    yield self.trace_inner(atom, select_columns(atom.select), solutions)
                case ExistsAtom() | AbsenceAtom():
                    yield self.trace_inner(atom, atom.shared, solutions)

    def trace_triples(self, atom: PatternAtom, solutions: SolutionSequence) -> Sequence[int]:
        """Return the lineage of a triple in each solution."""
        nodes: tuple[Any, ...] = (atom.pattern.subject, atom.pattern.predicate, atom.pattern.object)
        triples = zip(*(self.read_node(node, solutions) for node in nodes), strict=True)
        if atom.context is None:
            return list(map(self.triples[None].__getitem__, triples))
        graphs = self.read_node(atom.context, solutions)
        return [self.triples[graph][key] for graph, key in zip(graphs, triples, strict=True)]

    def number_triples_of(self, graph: int | None) -> Memo[Key, int]:
        """Return a memo of the lineages of triples in a graph; None is the default graph."""
        return Memo(partial(self.number_triple, None if graph is None else self.graph_name(graph)))

    def number_triple(self, graph: str | None, key: Key) -> int:
        """Return the lineage of a triple in a graph, by its number."""
        subject, predicate, value = self.terms.row(key)
        if subject is None or not isinstance(predicate, NamedNode) or value is None:
            return self.enter(NOTHING)
        return self.enter(self.find_lineage((subject, predicate, value), graph))

    def trace_paths(self, atom: PatternAtom, solutions: SolutionSequence) -> Sequence[int]:
        """Return the lineage of a path in each solution, traced once for the same ends."""
        ends = (
            self.read_node(end, solutions) for end in (atom.pattern.subject, atom.pattern.object)
        )
        paths = list(zip(*ends, self.list_contexts(atom, solutions), strict=True))
        numbers = {key: self.enter(self.trace_path(atom, *key)) for key in dict.fromkeys(paths)}
        return list(map(numbers.__getitem__, paths))

    def list_contexts(
        self, atom: PatternAtom | InnerAtom, solutions: SolutionSequence
    ) -> Iterator[str | None]:
        """Yield the graph of an atom in each solution, None for the default graph."""
        if atom.context is None:
            return repeat(None, solutions.size)
        return map(self.graph_name, self.read_node(atom.context, solutions))

    def trace_path(self, atom: PatternAtom, start: int, end: int, graph: str | None) -> Lineage:
        """Return the lineage of a path: of the steps of a shortest way.

        It starts at the constant end, so that one search serves all solutions. Other ways may need
        fewer graphs: `Prover` walks again in the union of some graphs. In a single graph, or in the
        graphs of FROM, only verification can tell.
        """
        pattern = atom.pattern
        back = isinstance(pattern.subject, Variable) and not isinstance(pattern.object, Variable)
        first, last = self.terms.row((end, start) if back else (start, end))
        if graph == NO_GRAPH or first is None or last is None:
            return NOTHING
        way = self.reached[first, pattern.predicate, back, graph].get(last)
        if way is None:
            return NOTHING
        steps = join_lineages((self.find_lineage(triple, graph) for triple in way), self.most)
        walk = Walk(first, pattern.predicate, last, back, graph)
        sound = steps.sound and graph is None and self.default is None and not self.beside
        return Lineage(
            steps.sets, complete=False, sound=sound, triples=steps.triples, composition=walk
        )

    def follow_path(self, key: tuple[RdfTerm, Path | Variable, bool, str | None]) -> Reached:
        """Return the nodes that a path reaches from a node, or back along it, in a graph."""
        start, path, back, graph = key
        walker = self.make_walker(self.store, graph)
        return walker.follow(cast("Path", path), {start: ()}, back=back)

    def make_walker(
        self,
        store: Store,
        graph: str | None,
        allowed: Callable[[TermTriple], bool] = lambda _: True,
    ) -> Walker:
        """Return a walker of paths in a graph of a store; None is the default graph."""
        names = self.default or () if graph is None else (graph,)
        graphs = tuple(map(NamedNode, names))
        return Walker(store, graphs or (DefaultGraph(), *self.beside), allowed)

    def number_answer(self, services: tuple[str, ...]) -> int:
        """Return the lineage of the answers of other endpoints, each a source of its own."""
        known = {service: number for number, service in self.services.items()}
        for service in services:
            known.setdefault(service, FIRST_SERVICE + len(known))
        self.services = {number: service for service, number in known.items()}
        return self.enter(Lineage((frozenset(known[service] for service in services),)))

    def number_presence(self, graph: int) -> int:
        """Return the lineage of the presence of a named graph, by its number."""
        name = self.graph_name(graph)
        if name == ONTOLOGY_GRAPH:
            return GIVEN_NUMBER
        if name == INFERRED_GRAPH:
            return self.enter(Lineage(GIVEN.sets, complete=False, sound=False))
        return self.enter(self.index.find_presence(name, self.most))

    def trace_branch(
        self, atom: BranchAtom, solutions: SolutionSequence
    ) -> Iterator[Sequence[int]]:
        """Yield the lineages of a branch in the solutions that bind its marker."""
        bound = [marker != UNBOUND for marker in solutions.column(atom.marker)]
        for column in self.trace_atoms(atom.atoms, solutions.filter(bound)):
            lineages = iter(column)
            yield [next(lineages) if is_bound else GIVEN_NUMBER for is_bound in bound]
        if atom.optional and not all(bound):
            unsure = self.enter(Lineage(GIVEN.sets, sound=False))
            yield [GIVEN_NUMBER if is_bound else unsure for is_bound in bound]
        if atom.absence is not None and not all(bound):
            unmatched = solutions.filter([not is_bound for is_bound in bound])
            absences = iter(next(self.trace_atoms((atom.absence,), unmatched)))
            yield [GIVEN_NUMBER if is_bound else next(absences) for is_bound in bound]

    def trace_inner(
        self,
        atom: InnerAtom,
        shared: Sequence[Variable],
        solutions: SolutionSequence,
    ) -> Sequence[int]:
        """Return the lineage of an inner atom in each solution, with one question a graph."""
        pairs = list(zip(solutions.rows(shared), self.list_contexts(atom, solutions), strict=True))
        is_needed = isinstance(atom, SubselectAtom) or (
            isinstance(atom, ExistsAtom) and atom.required
        )
        missing = self.enter(UNKNOWN if is_needed else GIVEN)
        numbers: dict[tuple[Key, str | None], int] = {}
        for graph in {graph for _, graph in pairs} - {NO_GRAPH}:
            rows = dict.fromkeys(key for key, other in pairs if other == graph)
            for key, lineage in self.inner_rows(atom, rows, graph).items():
                numbers[key, graph] = self.enter(lineage)
        return [numbers.get(key, missing) for key in pairs]

    def find_lineage(self, triple: TermTriple, graph: str | None) -> Lineage:
        """Return the lineage of a triple in a graph; None is the default graph."""
        if graph is not None:
            return self.find_lineage_in(triple, graph)
        if self.default is None:
            lineage = self.index.find_lineage(triple, self.most, self.search)
            if self.beside and triple[1] in {RDF.REIFIES, *QUOTING}:
                reified = self.index.find_reified_lineage(triple, self.most)
                return unite_lineages((lineage, reified), self.most) if lineage.sets else reified
            return lineage
        lineages = (self.find_lineage_in(triple, name) for name in self.default)
        return unite_lineages(lineages, self.most)

    def find_lineage_in(self, triple: TermTriple, graph: str) -> Lineage:
        """Return the lineage of a triple in a named graph."""
        if graph == NO_GRAPH:
            return UNKNOWN
        if graph == REIFIERS_GRAPH:
            return self.index.find_reified_lineage(triple, self.most)
        if graph == INFERRED_GRAPH:
            lineage = self.index.find_lineage(triple, self.most, self.search)
            return Lineage(lineage.sets, complete=False, sound=False, triples=lineage.triples)
        return self.index.find_lineage_in(triple, graph, self.most)

    def graph_name(self, number: int) -> str:
        """Return the name of a graph, NO_GRAPH for an unbound one."""
        term = self.terms[number]
        return term.value if isinstance(term, NamedNode) else NO_GRAPH

    def read_node(self, node: Node, solutions: SolutionSequence) -> Sequence[int]:
        """Return the value of a node in each solution."""
        if isinstance(node, Variable):
            return solutions.column(node)
        if isinstance(node, TripleTerm):
            ends: tuple[Node, ...] = (node.subject, node.predicate, node.object)
            columns = [self.read_node(end, solutions) for end in ends]
            return list(map(self.composed.__getitem__, zip(*columns, strict=True)))
        return [self.constants[node]] * solutions.size

    def compose_triple(self, key: Key) -> int:
        """Return the number of the triple term of three terms."""
        subject, predicate, value = self.terms.row(key)
        if isinstance(subject, Literal | Triple | None) or value is None:
            return UNBOUND
        return self.terms.number(Triple(subject, predicate, value))  # type: ignore[arg-type]

    def number_constant(self, node: Node) -> int:
        """Return the number of a term of the query."""
        return self.terms.number(normalise_literal(node) if isinstance(node, Literal) else node)  # type: ignore[arg-type]


def normalise_literal(literal: Literal) -> RdfTerm:
    """Return a literal in the store's own spelling: `01` comes back as `1`."""
    store = Store()
    store.add(Quad(ANY, ANY, literal))
    term: RdfTerm = next(iter(store)).object
    return term
