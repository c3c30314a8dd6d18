"""A census of a dataset: reads its graphs, and finds what each holds by itself."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from typing import Final

from pyoxigraph import BlankNode, Literal, NamedNode, Quad, Store, Triple, Variable

from graph.dataset import graph_of, takes_part
from graph.errors import EngineError
from graph.reasoning.facts.fact import Lexicon, NumberedRule, numbered
from graph.reasoning.facts.fact_index import (
    APART,
    AXIOM,
    CLOSED,
    GIVEN_MARK,
    INFERRED,
    JOINED,
    TOGETHER,
    UNION,
    FactIndex,
)
from graph.reasoning.facts.rulebook import END, PREDICATE, SUBJECT, Closure, Rulebook
from graph.reasoning.facts.terms import Names
from graph.reasoning.facts.whole import Whole
from graph.reasoning.rules.axiom import Term, rules
from ontology.namespace import INFERRED_GRAPH, ONTOLOGY_GRAPH

MOST_TERMS: Final = END
MOST_PREDICATES: Final = (1 << 64 - PREDICATE) - 1


class Census:
    """One run over a dataset, graph by graph; `index` and what it is read with are its result."""

    def __init__(self, quads: Iterable[Quad] | Store) -> None:
        self.lexicon = Lexicon()
        self.literals = bytearray()
        self.places: dict[Term, int] = {}
        self.marks: dict[int, int] = {}
        self.holders: dict[int, int | list[int]] = {}
        self.size = 0
        graphs = Graphs(quads)
        names = sorted(graphs.names() - {"", ONTOLOGY_GRAPH, INFERRED_GRAPH})
        given = self.read(graphs.quads(ONTOLOGY_GRAPH))
        self.vocabulary = frozenset(fact >> SUBJECT & END for fact in given)
        self.rules = self.rules_by_head(graphs.quads(ONTOLOGY_GRAPH))
        numbers = {self.lexicon.number(term): place for term, place in self.places.items()}
        self.rulebook = Rulebook(chain.from_iterable(self.rules.values()), numbers)
        self.axioms = Closure(self.rulebook, self.literals)
        self.mark(given, UNION | GIVEN_MARK)
        self.mark(self.axioms.add(given), CLOSED | AXIOM)
        self.graph_by_graph(graphs, names)
        self.mark(self.read(graphs.quads(INFERRED_GRAPH)), UNION | INFERRED)
        predicates = [self.lexicon.number(term) for term in self.places]
        self.index = FactIndex(self.marks, self.holders, predicates)
        self.marks, self.holders = {}, {}
        terms = [self.number(NamedNode(name)) for name in names]
        self.lexicon.pack()
        self.names = Names(terms, self.lexicon.written)

    def graph_by_graph(self, graphs: Graphs, names: Sequence[str]) -> None:
        """Take up what each graph holds by itself, and what follows from several."""
        alone: set[int] = set()
        joined: list[int] = []
        paths = self.rulebook.paths
        for number, name in enumerate(names):
            stated = self.read(graphs.quads(name))
            self.mark(stated, UNION if takes_part(name) else UNION | APART)
            if takes_part(name):
                closure = Closure(self.rulebook, self.literals, self.axioms)
                found = closure.add(stated)
                self.mark(found, CLOSED)
                self.hold(closure.known.difference(stated), number << 1)
                joined.extend(one for one in found if one >> PREDICATE in paths)
                alone |= closure.known
            self.hold(stated, number << 1 | 1)
        self.all_together(alone, joined, list(map(takes_part, names)))

    def all_together(self, alone: set[int], joined: list[int], parts: Sequence[bool]) -> None:
        """Take up what follows from several graphs, each with the first set that holds it."""
        whole = Whole(self.axioms, alone, self.holders, parts)
        whole.gather(joined)
        self.mark(whole.several, JOINED)
        self.mark(whole.together, CLOSED | TOGETHER)
        for fact, codes in whole.together.items():
            others = self.holders.get(fact)
            also = [others] if isinstance(others, int) else others or []
            self.holders[fact] = codes + also if also else codes

    def hold(self, facts: Iterable[int], code: int) -> None:
        """Take up that a graph holds facts."""
        holders = self.holders
        for fact in facts:
            known = holders.get(fact)
            if known is None:
                holders[fact] = code
            elif isinstance(known, int):
                holders[fact] = [known, code]
            else:
                known.append(code)

    def mark(self, facts: Iterable[int], marks: int) -> None:
        """Give marks to facts."""
        known = self.marks
        for fact in facts:
            known[fact] = known.get(fact, 0) | marks

    def read(self, quads: Iterable[Quad]) -> list[int]:
        """Return the triples of quads as packed facts, each once."""
        found: dict[int, None] = {}
        numbers, places = self.lexicon.numbers, self.places
        for quad in quads:
            subject, predicate, value = quad.subject, quad.predicate, quad.object
            left, right = numbers.get(subject), numbers.get(value)  # type: ignore[arg-type]
            if left is None or right is None:
                if isinstance(subject, Triple) or isinstance(value, Triple):
                    continue  # a triple in a triple is not followed
                left, right = self.number(subject), self.number(value)
            place = places.get(predicate)
            if place is None:
                place = self.place(predicate)
            found[place << PREDICATE | left << SUBJECT | right] = None
        self.size += len(found)
        return list(found)

    def number(self, term: Term) -> int:
        """Return the number of a term."""
        number = self.lexicon.number(term)
        if number > MOST_TERMS:
            raise EngineError(f"the dataset has more than {MOST_TERMS} terms, so it is not indexed")
        if number == len(self.literals):
            self.literals.append(isinstance(term, Literal))
        return number

    def place(self, predicate: NamedNode) -> int:
        """Return the place of a predicate among the predicates."""
        self.number(predicate)
        place = self.places.setdefault(predicate, len(self.places))
        if place > MOST_PREDICATES:
            reason = f"the dataset has more than {MOST_PREDICATES} properties, so it is not indexed"
            raise EngineError(reason)
        return place

    def rules_by_head(self, ontology: Iterable[Quad]) -> dict[int, list[NumberedRule]]:
        """Return the rules of the ontology by the predicate of what they conclude."""
        found: dict[int, list[NumberedRule]] = defaultdict(list)
        for rule in rules(quad.triple for quad in ontology):
            for _, predicate, _ in (*rule.body, rule.head):
                self.place(predicate)
            for end in chain.from_iterable((s, o) for s, _, o in (*rule.body, rule.head)):
                if not isinstance(end, Variable):
                    self.number(end)
            one = numbered(rule, self.lexicon)
            found[one.head[1]].append(one)
        return dict(found)


class Graphs:
    """The named graphs of a dataset, read one at a time."""

    def __init__(self, quads: Iterable[Quad] | Store) -> None:
        self.store = quads if isinstance(quads, Store) else None
        self.listed: dict[str, list[Quad]] = defaultdict(list)
        if not isinstance(quads, Store):
            for quad in quads:
                if not isinstance(quad.graph_name, BlankNode):
                    self.listed[graph_of(quad)].append(quad)

    def names(self) -> set[str]:
        """Return the names of the graphs."""
        if self.store is None:
            return set(self.listed)
        return {name.value for name in self.store.named_graphs() if isinstance(name, NamedNode)}

    def quads(self, name: str) -> Iterator[Quad]:
        """Yield the quads of a graph."""
        if self.store is None:
            return iter(self.listed.get(name, ()))
        return iter(self.store.quads_for_pattern(None, None, None, NamedNode(name)))
