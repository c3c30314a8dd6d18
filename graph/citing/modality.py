"""The modality of triples: how strongly some named graphs state or infer each of them.

A statement has the modality of its record in `graph:evidence`, or else the one of its property. An
inference is as weak as its weakest statement and as the property that it concludes; a triple is as
strong as its strongest statement or inference. This is the bottleneck semiring: minimum for a
conjunction, maximum for a disjunction. Names and types are neither reported nor aimed at, so they
have no modality.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import partial
from itertools import chain
from typing import Final

from pyoxigraph import DefaultGraph, NamedNode, Store, Triple

from graph.citing.lineage import TermTriple
from graph.citing.solution import Memo
from graph.reasoning.closure import Closure, Graphs, premises
from graph.reasoning.kernel import Kernel
from graph.reasoning.rulebook import Fact
from graph.wording.display_name import Names
from graph.wording.statement import NONE, UNKNOWN, name_modality
from ontology.terms import CPEC, RDF, RDFS, SKOS, RdfTerm
from ontology.vocabulary import MODALITIES, STRENGTH, strongest_modality, weakest_modality

ENDS: Final = (RDF.SUBJECT, RDF.PREDICATE, RDF.OBJECT)

OF_A_RECORD: Final = {
    *(end.value for end in ENDS),
    *(CPEC + term for term in ("saidSubject", "saidPredicate", "saidObject", "modality")),
}
"""The properties of a record: a row that uses one shows the record."""

MEANINGLESS: Final = {
    RDF.TYPE.value,
    RDFS.LABEL.value,
    *(SKOS + f"{kind}Label" for kind in ("pref", "alt", "hidden")),
}
"""The properties that only name or classify a thing."""

UNRANKED: Final = len(MODALITIES)
"""The rank of modalities outside the order of strength, such as denied or proposed."""

NO_RECORD: Final = -1
"""A number that the lexicon gives to no IRI, so to no record."""

MAX_CACHED_MODALITIES: Final = 20_000
"""The size of each memo: of graphs, records, triples, sets of graphs."""


def rank_modality(modality: str) -> int:
    """Return the rank of a modality, 0 for the strongest; -1, NONE, weakens no other."""
    if modality == NONE:
        return -1
    return UNRANKED + 1 if modality == UNKNOWN else STRENGTH.get(modality, UNRANKED)


def find_weakest(modalities: Iterable[str | None]) -> str | None:
    """Return the modality of a conjunction, None if a part of it does not hold."""
    weak = NONE
    for modality in modalities:
        if modality is None:
            return None
        if modality and rank_with_name(modality) > rank_with_name(weak):
            weak = modality
    return weak


def find_strongest(modalities: Iterable[str | None]) -> str | None:
    """Return the modality of a disjunction, None if no part of it holds."""
    holding = (modality for modality in modalities if modality is not None)
    return min(holding, key=rank_with_name, default=None)


def rank_with_name(modality: str) -> tuple[int, str]:
    """Return the sort key of a modality; the name decides between equal ranks."""
    return rank_modality(modality), modality


class Modalities:
    """The modalities of the statements and inferences of one dataset, each computed once."""

    def __init__(self, store: Store, kernel: Kernel) -> None:
        self.store, self.kernel = store, kernel
        self.by_predicate = Memo(self.read_predicate)
        self.invariable = Memo(self.is_invariable)
        self.by_graph_set = Memo(self.is_as_usual, MAX_CACHED_MODALITIES)
        self.by_record = Memo(self.read_record, MAX_CACHED_MODALITIES)
        self.by_graph = Memo(self.read_graph, MAX_CACHED_MODALITIES)
        self.by_triple = Memo(self.rate_triple, MAX_CACHED_MODALITIES)
        self.inferred = Memo(self.rate_inferences, MAX_CACHED_MODALITIES)
        self.sizes = Memo(self.kernel.size, MAX_CACHED_MODALITIES)
        self.named = Memo(partial(name_modality, Names(store)))
        number = kernel.lexicon.number
        self.says, self.ends = number(CPEC.MODALITY), tuple(map(number, ENDS))

    def read_predicate(self, iri: str) -> str:
        """Return the modality of a property, the strongest if the ontology gives it several."""
        if iri in MEANINGLESS:
            return NONE
        quads = self.store.quads_for_pattern(NamedNode(iri), CPEC.MODALITY, None, DefaultGraph())
        values = (quad.object for quad in quads)
        return strongest_modality(value.value for value in values if isinstance(value, NamedNode))

    def read_record(self, record: int) -> str:
        """Return the modality of a record, NONE for a number without a record."""
        facts = self.kernel.records.facts.get(record, ())
        values = [self.kernel.name(value) for _, name, value in facts if name == self.says]
        return min(values, key=rank_with_name, default=NONE)

    def read_graph(self, graph: int) -> dict[Fact, str]:
        """Return the facts whose records in a graph differ from the modality of their property.

        A reifier that a client wrote into the graph itself says as much as a record.
        """
        weaker: dict[Fact, str] = {}
        for fact, own in chain(self.list_recorded(graph), self.list_reified(graph)):
            if own in STRENGTH and own != self.find_usual(fact):
                weaker[fact] = strongest_modality((own, weaker.get(fact, own)))
        return weaker

    def list_recorded(self, graph: int) -> Iterator[tuple[Fact, str]]:
        """Yield the facts of the records of a graph, each with the modality of its record."""
        ends: dict[int, dict[int, int]] = {}
        for record, end, term in self.kernel.by_source.get(graph, ()):
            if end in self.ends:
                ends.setdefault(record, {})[end] = term
        for record, values in ends.items():
            subject, predicate, value = (values.get(end) for end in self.ends)
            if subject is not None and predicate is not None and value is not None:
                yield (subject, predicate, value), self.by_record[record]

    def list_reified(self, graph: int) -> Iterator[tuple[Fact, str]]:
        """Yield the facts of the reifiers in a graph (RDF 1.2), each with its modality."""
        reifies = self.kernel.lexicon.numbers.get(RDF.REIFIES)
        if reifies is None:
            return
        modalities: dict[int, list[int]] = defaultdict(list)
        reified: list[tuple[int, RdfTerm]] = []
        for subject, predicate, value in self.kernel.by_graph.get(graph, ()):
            if predicate == self.says:
                modalities[subject].append(value)
            elif predicate == reifies:
                reified.append((subject, self.kernel.lexicon.term(value)))
        for reifier, triple in reified:
            fact = self.kernel.fact(*triple) if isinstance(triple, Triple) else None
            if fact is not None:
                yield from ((fact, self.kernel.name(value)) for value in modalities[reifier])

    def is_as_usual(self, graphs: Graphs) -> bool:
        """Whether every statement of some graphs has the modality of its property."""
        return not any(map(self.by_graph.__getitem__, graphs))

    def is_invariable(self, predicate: str) -> bool:
        """Whether a property has its own modality in all graphs that hold nothing weaker.

        It has, if no rule concludes it from a property that is weaker.
        """
        number = self.kernel.lexicon.numbers.get(NamedNode(predicate))
        rulebook = self.kernel.tbox.rulebook.restrict_to(() if number is None else (number,))
        bodies = (rule.body for rule in rulebook.rules.values())
        names = {self.kernel.name(pattern[1]) for body in bodies for pattern in body}
        usual = rank_modality(self.by_predicate[predicate])
        return predicate in MEANINGLESS or all(
            rank_modality(self.by_predicate[name]) <= usual for name in names
        )

    def find_usual(self, fact: Fact) -> str:
        """Return the modality of the property of a fact."""
        return self.by_predicate[self.kernel.name(fact[1])]

    def rate_statement(self, fact: Fact, graphs: Iterable[int]) -> str:
        """Return the modality of a statement, by the strongest of the graphs that make it."""
        usual = self.find_usual(fact)
        return strongest_modality(self.by_graph[graph].get(fact, usual) for graph in graphs)

    def number_subject(self, triple: TermTriple) -> int:
        """Return the number of the subject of a triple, NO_RECORD for an unknown term."""
        return self.kernel.lexicon.numbers.get(triple[0], NO_RECORD)  # type: ignore[arg-type]

    def shows_record(self, triple: TermTriple) -> bool:
        """Whether a triple is part of a record: by its property, or by its subject."""
        name = getattr(triple[1], "value", "")
        return name in OF_A_RECORD or self.kernel.records.is_record(self.number_subject(triple))

    def rate_triple(self, key: tuple[TermTriple, Graphs]) -> str | None:
        """Return the modality of a triple in some graphs, None if it does not hold there.

        A triple of a record has the modality of the record.
        """
        triple, graphs = key
        name = getattr(triple[1], "value", "")
        if self.shows_record(triple):
            return self.by_record[self.number_subject(triple)]
        fact = self.kernel.fact(*triple)  # type: ignore[arg-type]
        if fact is None or fact not in self.kernel:
            return None
        stating = self.kernel.sources_stating(fact) & graphs
        usual, strength = self.by_predicate[name], self.rate_statement(fact, stating)
        if name in MEANINGLESS or fact in self.kernel.tbox.closure:
            return usual
        if stating and (strength == usual or not self.kernel.tbox.rulebook.rules_for(fact)):
            return strength
        inferred = self.rate_inference(fact, graphs)
        if stating:
            return strongest_modality((strength, inferred or NONE))
        return inferred

    def rate_inference(self, fact: Fact, graphs: Graphs) -> str | None:
        """Return the modality of the strongest inference of a fact, None without an inference.

        The first derivation is at hand, and decides if it is as strong as the property allows.
        Graphs of many triples are not closed again for a stronger one.
        """
        first, usual = self.rate_first_inference(fact, graphs), self.find_usual(fact)
        is_small = self.sizes[graphs] <= self.kernel.thresholds.closed_triples
        if not is_small or (first is not None and first == usual):
            return first
        strength = self.inferred[graphs].get(fact)
        return first if strength is None else weakest_modality((strength, usual))

    def rate_first_inference(self, goal: Fact, graphs: Graphs) -> str | None:
        """Return the modality of the first derivation, None if the graphs lack a premise."""
        closure = self.kernel.closure
        strength, seen, waiting = self.find_usual(goal), {goal}, [goal]
        while waiting:
            fact = waiting.pop()
            stating = closure.stated.get(fact, frozenset()) & graphs
            if stating and fact is not goal:
                strength = weakest_modality((strength, self.rate_statement(fact, stating)))
            elif fact in closure.why:
                new = [premise for premise in premises(closure.why[fact]) if premise not in seen]
                seen.update(new)
                waiting += new
            elif not closure.is_in_base(fact):
                return None
        return strength

    def rate_inferences(self, graphs: Graphs) -> dict[Fact, str]:
        """Return the facts that follow from some graphs, by the weakest statement that each needs.

        Statements enter the closure by modality, the strongest first, so that an inference at a
        level needs no weaker statement: the least fixed point over the bottleneck semiring, in the
        order of Knuth (A generalization of Dijkstra's algorithm, 1977).
        """
        levels: dict[str, list[tuple[Fact, Graphs]]] = {}
        for fact, source, graph in self.kernel.list_statements(graphs):
            if graph in source and self.kernel.takes_part(graph):
                levels.setdefault(self.rate_statement(fact, source), []).append((fact, source))
        closure = Closure(self.kernel.tbox.rulebook, self.kernel.tbox.closure)
        strengths: dict[Fact, str] = {}
        for level in (NONE, *(CPEC + name for name in MODALITIES)):
            if level in levels:
                closure.add(levels[level])
                strengths |= dict.fromkeys(closure.why.keys() - strengths.keys(), level)
        return strengths
