"""The modality of triples: how strongly some named graphs state or infer each of them.

A statement has the modality of its record in `graph:evidence`, or else that of its property. An
inference is as weak as the weakest statement that it uses and as the property that it concludes; a
triple is as strong as its strongest statement or inference. Names and types say nothing of a thing
that could be reported or aimed at, so they have no modality.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, NamedTuple

from pyoxigraph import DefaultGraph, Literal, NamedNode, Store

from graph.citing.lineage import TermTriple
from graph.citing.solution import Memo
from graph.reasoning.closure import Closure, Graphs, premises
from graph.reasoning.kernel import Kernel
from graph.reasoning.rulebook import Fact
from ontology.terms import CPEC, RDF, RDFS, SKOS
from ontology.vocabulary import MODALITIES, STRENGTH, strongest_modality, weakest_modality

ENDS: Final = (RDF.SUBJECT, RDF.PREDICATE, RDF.OBJECT)

OF_A_RECORD: Final = {
    *(end.value for end in ENDS),
    *(CPEC + term for term in ("saidSubject", "saidPredicate", "saidObject", "modality")),
}
"""The properties that make a record: a row that uses one of them shows what the record says."""

MEANINGLESS: Final = {
    RDF.TYPE.value,
    RDFS.LABEL.value,
    *(SKOS + f"{kind}Label" for kind in ("pref", "alt", "hidden")),
}
"""The properties that name or classify a thing, and say nothing more of it."""

NONE: Final = ""
"""In the place of the IRI of a modality: no triple has one."""

UNKNOWN: Final = "unknown"
"""In the place of the IRI of a modality: the triples in use were not traced."""

WORDS: Final = {NONE: "no modality", UNKNOWN: "not known"}

UNRANKED: Final = len(MODALITIES)
"""The place of modalities outside the order of strength, such as what is denied or proposed."""

NO_RECORD: Final = -1
"""The number of no IRI, so of no record."""

MOST_KEPT: Final = 20_000
"""The graphs whose records are kept, and the sets of graphs whose inferences are."""


class Modality(NamedTuple):
    """A modality: its IRI, and its English name; so many `members` of a basis have it.

    Without an IRI the name says that there is none, or that it is not known.
    """

    iri: str
    name: str
    members: int = 0

    def to_json(self) -> dict[str, str | int]:
        """Return the modality as citations.schema.json has it."""
        members = {"members": self.members} if self.members else {}
        return ({"iri": self.iri} if self.iri else {}) | {"name": self.name} | members


def rank_modality(modality: str) -> int:
    """Return the place of a modality, the strongest first: nothing weakens what has none."""
    if modality == NONE:
        return -1
    return UNRANKED + 1 if modality == UNKNOWN else STRENGTH.get(modality, UNRANKED)


def find_weakest(modalities: Iterable[str | None]) -> str | None:
    """Return the modality of a conjunction, None where a part of it does not hold."""
    weak = NONE
    for modality in modalities:
        if modality is None:
            return None
        if modality and rank_with_name(modality) > rank_with_name(weak):
            weak = modality
    return weak


def find_strongest(modalities: Iterable[str | None]) -> str | None:
    """Return the modality of a disjunction, None where no part of it holds."""
    holding = (modality for modality in modalities if modality is not None)
    return min(holding, key=rank_with_name, default=None)


def rank_with_name(modality: str) -> tuple[int, str]:
    """Return what modalities are sorted by; those outside the order, by their names."""
    return rank_modality(modality), modality


class Modalities:
    """The modalities of the statements and inferences of one dataset, each looked up once."""

    def __init__(self, store: Store, kernel: Kernel) -> None:
        self.store, self.kernel = store, kernel
        self.by_predicate = Memo(self.read_predicate)
        self.invariable = Memo(self.is_invariable)
        self.by_graph_set = Memo(self.is_as_usual, MOST_KEPT)
        self.by_record = Memo(self.read_record, MOST_KEPT)
        self.by_graph = Memo(self.read_graph, MOST_KEPT)
        self.by_triple = Memo(self.rate_triple, MOST_KEPT)
        self.inferred = Memo(self.rate_inferences, MOST_KEPT)
        self.named = Memo(self.name_modality)
        number = kernel.lexicon.number
        self.says, self.ends = number(CPEC.MODALITY), tuple(map(number, ENDS))

    def name_modality(self, iri: str) -> Modality:
        """Return a modality with its English name: its label in the ontology, or its local name."""
        if iri in WORDS:
            return Modality("", WORDS[iri])
        quads = self.store.quads_for_pattern(NamedNode(iri), RDFS.LABEL, None, DefaultGraph())
        labels = (quad.object for quad in quads if isinstance(quad.object, Literal))
        names = sorted(label.value for label in labels if label.language == "en")
        return Modality(iri, names[0] if names else iri.removeprefix(CPEC))

    def read_predicate(self, predicate: str) -> str:
        """Return the modality of a property, the strongest if the ontology gives it several."""
        if predicate in MEANINGLESS:
            return NONE
        quads = self.store.quads_for_pattern(
            NamedNode(predicate), CPEC.MODALITY, None, DefaultGraph()
        )
        return strongest_modality(
            quad.object.value for quad in quads if isinstance(quad.object, NamedNode)
        )

    def read_record(self, record: int) -> str:
        """Return the modality that a record says, NONE of what is no record."""
        facts = self.kernel.records.facts.get(record, ())
        values = [self.kernel.name(value) for _, name, value in facts if name == self.says]
        return min(values, key=rank_with_name, default=NONE)

    def read_graph(self, graph: int) -> dict[Fact, str]:
        """Return the modalities that the records of a graph say, where not those of properties."""
        ends: dict[int, dict[int, int]] = {}
        for record, end, term in self.kernel.by_source.get(graph, ()):
            if end in self.ends:
                ends.setdefault(record, {})[end] = term
        weaker: dict[Fact, str] = {}
        for record, values in ends.items():
            subject, predicate, value = (values.get(end) for end in self.ends)
            own = self.by_record[record]
            if own not in STRENGTH or subject is None or predicate is None or value is None:
                continue
            fact = subject, predicate, value
            if own != self.find_usual(fact):
                weaker[fact] = strongest_modality((own, weaker.get(fact, own)))
        return weaker

    def is_as_usual(self, graphs: Graphs) -> bool:
        """Return whether all that some graphs state has the modality of its property."""
        return not any(map(self.by_graph.__getitem__, graphs))

    def is_invariable(self, predicate: str) -> bool:
        """Return whether a property has its modality in all graphs in which nothing is weaker.

        So it is where no rule leads to it from a property that is weaker.
        """
        number = self.kernel.lexicon.numbers.get(NamedNode(predicate))
        rules = [] if number is None else self.kernel.tbox.rulebook.restrict_to([number]).rules
        names = {self.kernel.name(body[1]) for rule in rules for body in rule.body}
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

    def rate(self, triple: TermTriple, graphs: Graphs) -> str | None:
        """Return the modality of a triple in some graphs, None if it does not hold there.

        A triple of a record has the modality that the record says.
        """
        return self.by_triple[triple, graphs]

    def rate_triple(self, key: tuple[TermTriple, Graphs]) -> str | None:
        """Return the modality of a triple in some graphs."""
        triple, graphs = key
        subject, predicate, _ = triple
        name = getattr(predicate, "value", "")
        if name in OF_A_RECORD and isinstance(subject, NamedNode):
            return self.by_record[self.kernel.lexicon.numbers.get(subject, NO_RECORD)]
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
        """Return the modality of the strongest inference of a fact, None if there is none.

        The inference that was found first, which is at hand, settles it where it is as strong as
        its property allows. Graphs of many triples are not closed for a stronger one.
        """
        first, usual = self.rate_first_inference(fact, graphs), self.find_usual(fact)
        is_small = self.kernel.size(graphs) <= self.kernel.thresholds.closed
        if not is_small or (first is not None and first == usual):
            return first
        strength = self.inferred[graphs].get(fact)
        return first if strength is None else weakest_modality((strength, usual))

    def rate_first_inference(self, goal: Fact, graphs: Graphs) -> str | None:
        """Return the modality of the inference that was found first, None if graphs lack it."""
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

        The statements are taken up one modality after the other, the strongest first, and what
        follows at each level needs none that is weaker: the bottleneck semiring, whose least fixed
        point is reached in this order (Knuth, A generalization of Dijkstra's algorithm, 1977).
        """
        levels: dict[str, list[tuple[Fact, Graphs]]] = {}
        for fact, source, graph in self.kernel.list_statements(graphs):
            if graph in source and self.kernel.takes_part(graph):
                levels.setdefault(self.rate_statement(fact, source), []).append((fact, source))
        closure = Closure(self.kernel.tbox.rulebook, self.kernel.tbox.closure)
        known: dict[Fact, str] = {}
        for level in (NONE, *(CPEC + name for name in MODALITIES)):
            if level in levels:
                closure.add(levels[level])
                known |= dict.fromkeys(closure.why.keys() - known.keys(), level)
        return known
