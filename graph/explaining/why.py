"""Why a triple holds, whole: its proofs, who else states it, and what contradicts it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from pyoxigraph import Literal, NamedNode, Store, Triple

from graph.answering.binding import load_questions
from graph.answering.evaluation import run_select
from graph.answering.result_json import term_json
from graph.citing.index import EvidenceIndex
from graph.citing.source import CitedSource
from graph.errors import NotInGraphError
from graph.explaining.corroboration import Corroboration, corroborate
from graph.explaining.statement import Records, Weighing, read_records
from graph.explaining.unasserted import (
    Unasserted,
    list_unasserted_of_triple,
    unasserted_json,
    write_unasserted,
)
from graph.explaining.wording import Wording, write_name
from graph.reasoning.rule import Term
from graph.reasoning.tree import Explanation, Proof, Statement, Tree, explain, nearest, statements

CONTESTED: Final = load_questions()["contested"].text
"""Read at once, since a worker can open no file."""


@dataclass(frozen=True, slots=True)
class Rival:
    """Another value of a property that has one, and the graph that states it."""

    value: Term
    graph: str


@dataclass(frozen=True, slots=True)
class Why:
    """An explanation with the independent sources of its triple, and the values beside it."""

    explanation: Explanation
    corroboration: Corroboration
    rivals: tuple[Rival, ...]
    records: Records
    unasserted: tuple[Unasserted, ...] = ()

    @property
    def graphs(self) -> tuple[str, ...]:
        """The named graphs that are spoken of, sorted."""
        found = {graph for one in self.leaves for graph in one.graphs}
        found.update(self.explanation.stated, (rival.graph for rival in self.rivals))
        found.update(statement.source for statement in self.unasserted)
        return tuple(sorted(found))

    @property
    def leaves(self) -> list[Statement]:
        """The statements that the proofs end in."""
        return [one for proof in self.explanation.proofs for one in statements(proof.tree)]

    @property
    def recorded(self) -> list[str]:
        """The names of the records of the statements that are spoken of."""
        whole = self.explanation
        spoken = [(whole.triple, whole.stated), *((one.triple, one.graphs) for one in self.leaves)]
        places = dict.fromkeys((triple, graph) for triple, graphs in spoken for graph in graphs)
        recorded = [self.records[place].name for place in places if place in self.records]
        return [*recorded, *(statement.record for statement in self.unasserted)]

    def weighing(self, words: Wording) -> Weighing:
        """Return what tells how the proofs are meant."""
        named = {one.triple.predicate for one in self.leaves} | {self.explanation.triple.predicate}
        return Weighing(self.records, {one: words.of_property(one) for one in named})


def explain_triple(store: Store, index: EvidenceIndex, triple: Triple) -> Why:
    """Return why a triple holds.

    Raises NotInGraphError where it does not, with the sources that deny it, propose it or the like.
    """
    unasserted = list_unasserted_of_triple(store, triple)
    try:
        explanation = explain(index.kernel, triple)
    except NotInGraphError:
        words = Wording(index)
        spoken = [write_unasserted(statement, words) for statement in unasserted]
        raise NotInGraphError(triple, nearest(index.kernel, triple), spoken) from None
    stated = [one.triple for proof in explanation.proofs for one in statements(proof.tree)]
    return Why(
        explanation,
        corroborate(store, triple),
        find_rivals(store, triple),
        read_records(store, [triple, *stated]),
        tuple(unasserted),
    )


def find_rivals(store: Store, triple: Triple) -> tuple[Rival, ...]:
    """Return the other values that sources give where there can be one (queries/contested.rq)."""
    if not isinstance(triple.subject, NamedNode):
        return ()
    bindings: dict[str, NamedNode | Literal] = {
        "subject": triple.subject,
        "property": triple.predicate,
    }
    found: dict[Rival, None] = {}
    for row in run_select(store, CONTESTED, bindings):
        for value, graph in (("value", "source"), ("otherValue", "otherSource")):
            if row[value] != triple.object:
                found[Rival(row[value], row[graph].value)] = None
    return tuple(found)


def explanation_json(found: Why, index: EvidenceIndex) -> dict[str, Any]:
    """Return an explanation as explanation.schema.json has it."""
    return Told(found, index).explanation()


class Told:
    """An explanation in JSON: proofs with how they are meant, sources with the quotes in use."""

    def __init__(self, found: Why, index: EvidenceIndex) -> None:
        self.why, self.words = found, Wording(index)
        self.trees = [proof.tree for proof in found.explanation.proofs]
        self.leaves = found.leaves
        self.weighing = found.weighing(self.words)
        self.sources = {graph: self.source(graph) for graph in found.graphs}

    def explanation(self) -> dict[str, Any]:
        """Return the whole of it."""
        explanation, agreement = self.why.explanation, self.why.corroboration
        meant = self.weighing.triple(explanation)
        return {
            **triple_json(explanation.triple, self.words, meant),
            "modality": self.words.modality(meant).to_json(),
            "citation": self.words.citation(explanation.triple, meant, self.trees, self.sources),
            "stated": list(explanation.stated),
            "proofs": [self.proof(proof) for proof in explanation.proofs],
            "more": explanation.more,
            "corroboration": {
                "articles": list(agreement.articles),
                "publishers": list(agreement.publishers),
                "copies": [{"copy": copy, "of": of} for copy, of in agreement.copies],
            },
            "contested": [self.rival(one) for one in self.why.rivals],
            "unasserted": [
                unasserted_json(statement, self.words) for statement in self.why.unasserted
            ],
            "sources": {
                graph: {**source.to_json(), "words": self.words.quoted(graph, source)}
                for graph, source in self.sources.items()
            },
        }

    def proof(self, proof: Proof) -> dict[str, Any]:
        """Return a proof: its graphs, how its conclusion is meant, and its tree."""
        meant = self.words.modality(self.weighing.proof(proof.tree)).to_json()
        return {"graphs": list(proof.graphs), "modality": meant, "tree": self.tree(proof.tree)}

    def rival(self, rival: Rival) -> dict[str, Any]:
        """Return another value of a property that has one."""
        words = self.words.term(rival.value)
        return {"value": term_json(rival.value), "words": words, "source": rival.graph}

    def tree(self, tree: Tree) -> dict[str, Any]:
        """Return a proof: a statement with its graphs, or an inference with its premises."""
        found = triple_json(tree.triple, self.words, self.weighing.proof(tree))
        if isinstance(tree, Statement):
            return {**found, **self.statement(tree)}
        rule = {
            "name": tree.rule.name,
            "words": self.words.rule(tree.rule),
            "reading": self.words.reading(tree.rule),
            "axiom": [term_json(term) for term in tree.rule.axiom],
        }
        return {**found, "rule": rule, "premises": [self.tree(one) for one in tree.premises]}

    def statement(self, one: Statement) -> dict[str, Any]:
        """Return the graphs of a statement, how it is meant, its quotes and readings by graph."""
        known = {g: r for g in one.graphs if (r := self.why.records.get((one.triple, g)))}
        members = {
            "quotes": {graph: record.quotes for graph, record in known.items() if record.quotes},
            "readings": {g: record.readings for g, record in known.items() if record.readings},
        }
        return {
            "graphs": list(one.graphs),
            "modality": self.words.modality(self.weighing.statement(one)).to_json(),
            **{name: values for name, values in members.items() if values},
        }

    def source(self, graph: str) -> CitedSource:
        """Return a source with the quotes of its statements that the proofs use, and who says them.

        Where these have no record, as in a graph that was written over HTTP, with all its quotes.
        """
        whole = self.words.evidence.source(graph)
        used = [r for one in self.leaves if (r := self.why.records.get((one.triple, graph)))]
        quotes = [quote for record in used for quote in record.quotes]
        agents = {record.attributed_to or whole.attributed_to for record in used}
        return whole.narrow(quotes, agents)


def triple_json(triple: Triple, words: Wording, modality: str) -> dict[str, Any]:
    """Return a triple that is meant so: its terms, its words, its names as a person types them."""
    ends = ("subject", triple.subject), ("predicate", triple.predicate), ("object", triple.object)
    return {
        "triple": {place: term_json(term) for place, term in ends},
        "words": words.triple(triple, modality),
        "names": " ".join(write_name(term) for _, term in ends),
    }
