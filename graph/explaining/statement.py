"""A statement of a source: its own quote, how it is meant, who says it (curating/record.py).

What a proof is worth follows from its statements: it is as weak as its weakest premise, and a
triple as strong as the strongest of its proofs.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final, TypeAlias

from pyoxigraph import Literal, NamedNode, Store, Triple

from graph.answering.evaluation import run_select
from graph.reasoning.tree import Explanation, Statement, Tree, statements
from ontology.vocabulary import strongest_modality, weakest_modality

RECORDS: Final = """
SELECT ?record ?subject ?predicate ?object ?graph ?quote ?modality ?by ?reading {
  VALUES (?subject ?predicate ?object) { %s }
  GRAPH graph:evidence {
    ?record rdf:subject ?subject ; rdf:predicate ?predicate ; rdf:object ?object ;
      oa:hasSource ?graph .
    OPTIONAL { ?record oa:hasSelector/oa:exact ?quote }
    OPTIONAL { ?record cpec:modality ?modality }
    OPTIONAL { ?record cpec:attributedTo ?by }
    OPTIONAL { ?record cpec:reading ?reading }
  }
} ORDER BY ?record ?quote
"""


@dataclass(slots=True)
class Record:
    """What a source's statement has of its own; "" and nothing where it has no record."""

    name: str = ""
    modality: str = ""
    attributed_to: str = ""
    quotes: list[str] = field(default_factory=list)
    readings: list[str] = field(default_factory=list)


Records: TypeAlias = Mapping[tuple[Triple, str], Record]
"""The records by the triple and the graph that states it."""


def read_records(store: Store, triples: Iterable[Triple]) -> Records:
    """Return the records of triples."""
    asked = " ".join(map(write_pattern, filter(is_askable, dict.fromkeys(triples))))
    found: dict[tuple[Triple, str], Record] = {}
    for row in run_select(store, RECORDS % asked):
        triple = Triple(row["subject"], row["predicate"], row["object"])
        record = found.setdefault((triple, row["graph"].value), Record(row["record"].value))
        record.modality = read_text(row["modality"]) or record.modality
        record.attributed_to = read_text(row["by"]) or record.attributed_to
        for values, value in ((record.quotes, row["quote"]), (record.readings, row["reading"])):
            if value is not None and value.value not in values:
                values.append(value.value)
    return found


def read_text(node: NamedNode | Literal | None) -> str:
    """Return the text of a term, "" of none."""
    return "" if node is None else node.value


def is_askable(triple: Triple) -> bool:
    """Return whether a query can name a triple: it has no blank node and no triple term."""
    return isinstance(triple.subject, NamedNode) and isinstance(triple.object, NamedNode | Literal)


def write_pattern(triple: Triple) -> str:
    """Return a triple as a row of VALUES."""
    return f"({triple.subject} {triple.predicate} {triple.object})"


@dataclass(frozen=True, slots=True)
class Weighing:
    """Tells how statements and proofs are meant: `of_property` is the modality of a property."""

    records: Records
    of_property: Mapping[NamedNode, str]

    def statement(self, one: Statement) -> str:
        """Return how a statement is meant: by the strongest of the sources that make it."""
        usual = self.of_property.get(one.triple.predicate, "")
        known = [self.records.get((one.triple, graph), Record()).modality for graph in one.graphs]
        return strongest_modality(modality or usual for modality in known)

    def triple(self, explanation: Explanation) -> str:
        """Return how a triple is meant: by the strongest of its sources and of the proofs shown."""
        stated = self.statement(Statement(explanation.triple, explanation.stated))
        return strongest_modality([stated, *(self.proof(one.tree) for one in explanation.proofs)])

    def proof(self, tree: Tree) -> str:
        """Return how the conclusion of a proof is meant: no stronger than any of its premises."""
        if isinstance(tree, Statement):
            return self.statement(tree)
        premises = [self.statement(one) for one in statements(tree)]
        return weakest_modality([*premises, self.of_property.get(tree.triple.predicate, "")])
