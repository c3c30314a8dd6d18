"""A statement of a source: its quotes, its modality, who says it (curating/annotation.py).

The modality of a proof follows from its statements: it is as weak as its weakest premise, and a
triple as strong as the strongest of its proofs.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final, NamedTuple, TypeAlias

from pyoxigraph import Literal, NamedNode, Store, Triple

from graph.answering.evaluation import run_select
from graph.reasoning.tree import Explanation, Statement, Tree, statements
from graph.wording.display_name import Names, read_text
from graph.wording.quotation import Fragment, quote_fragments
from ontology.vocabulary import strongest_modality, weakest_modality

RECORDS: Final = """
SELECT ?record ?subject ?predicate ?object ?graph ?selector ?quote ?anchor ?modality ?by ?reading {
  VALUES (?subject ?predicate ?object) { %s }
  GRAPH graph:evidence {
    ?record rdf:subject ?subject ; rdf:predicate ?predicate ; rdf:object ?object ;
      oa:hasSource ?graph .
    OPTIONAL { ?record oa:hasSelector ?selector . ?selector oa:exact ?quote }
    OPTIONAL { ?record oa:hasSelector/cpec:anchor ?anchor }
    OPTIONAL { ?record cpec:modality ?modality }
    OPTIONAL { ?record cpec:attributedTo ?by }
    OPTIONAL { ?record cpec:reading ?reading }
  }
} ORDER BY ?record ?quote ?anchor
"""

NONE: Final = ""
"""Instead of the IRI of a modality: no triple has a modality."""

UNKNOWN: Final = "unknown"
"""Instead of the IRI of a modality: the triples in use were not traced."""

WORDS: Final = {NONE: "no modality", UNKNOWN: "not known"}


@dataclass(slots=True)
class Record:
    """The record of a source's statement; empty for a statement without a record."""

    name: str = ""
    modality: str = ""
    attributed_to: str = ""
    fragments: list[Fragment] = field(default_factory=list)
    anchors: list[str] = field(default_factory=list)
    readings: list[str] = field(default_factory=list)

    @property
    def quotes(self) -> list[str]:
        """The quotations that its fragments make."""
        return quote_fragments(self.fragments)


Records: TypeAlias = Mapping[tuple[Triple, str], Record]
"""The records by the triple and the graph that states it."""


def read_records(store: Store, triples: Iterable[Triple]) -> Records:
    """Return the records of triples."""
    rows = " ".join(map(write_pattern, filter(is_askable, dict.fromkeys(triples))))
    records: dict[tuple[Triple, str], Record] = {}
    for row in run_select(store, RECORDS % rows):
        triple = Triple(row["subject"], row["predicate"], row["object"])
        record = records.setdefault((triple, row["graph"].value), Record(row["record"].value))
        record.modality = read_text(row["modality"]) or record.modality
        record.attributed_to = read_text(row["by"]) or record.attributed_to
        if row["quote"] is not None:
            record.fragments.append(Fragment.read(read_text(row["selector"]), row["quote"].value))
        for values, value in (
            (record.anchors, row["anchor"]),
            (record.readings, row["reading"]),
        ):
            if value is not None and value.value not in values:
                values.append(value.value)
    return records


def is_askable(triple: Triple) -> bool:
    """Return whether a query can name a triple: it has no blank node and no triple term."""
    return isinstance(triple.subject, NamedNode) and isinstance(triple.object, NamedNode | Literal)


def write_pattern(triple: Triple) -> str:
    """Return a triple as a row of VALUES."""
    return f"({triple.subject} {triple.predicate} {triple.object})"


class Modality(NamedTuple):
    """A modality: its IRI and English name; so many `members` of a basis have it.

    Without an IRI the name is `no modality` or `not known`.
    """

    iri: str
    name: str
    members: int = 0

    def to_json(self) -> dict[str, str | int]:
        """Return the modality as citations.schema.json defines it."""
        members = {"members": self.members} if self.members else {}
        return ({"iri": self.iri} if self.iri else {}) | {"name": self.name} | members


def name_modality(names: Names, iri: str) -> Modality:
    """Return a modality with its English name."""
    return Modality("", WORDS[iri]) if iri in WORDS else Modality(iri, names.find(iri).text)


@dataclass(frozen=True, slots=True)
class Weighing:
    """Finds the modality of statements and proofs; `defaults` are the modalities of properties."""

    records: Records
    defaults: Mapping[NamedNode, str]

    def weigh_statement(self, leaf: Statement) -> str:
        """Return the strongest modality that the sources of a statement give it."""
        default = self.defaults.get(leaf.triple.predicate, "")
        own = [self.records.get((leaf.triple, graph), Record()).modality for graph in leaf.graphs]
        return strongest_modality(modality or default for modality in own)

    def weigh_triple(self, explanation: Explanation) -> str:
        """Return the strongest modality of a triple by its sources and the proofs shown."""
        stated = self.weigh_statement(Statement(explanation.triple, explanation.stated))
        proofs = (self.weigh_proof(proof.tree) for proof in explanation.proofs)
        return strongest_modality([stated, *proofs])

    def weigh_proof(self, tree: Tree) -> str:
        """Return the modality of a proof's conclusion: no stronger than any of its premises."""
        if isinstance(tree, Statement):
            return self.weigh_statement(tree)
        premises = map(self.weigh_statement, statements(tree))
        return weakest_modality([*premises, self.defaults.get(tree.triple.predicate, "")])
