"""A claim: a triple as a page tells it, with what each source says or what it follows from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final, TypeAlias

from pyoxigraph import NamedNode, Store, Triple

from graph.dataset import graph_of
from graph.errors import NotInGraphError
from graph.explaining.statement import Record, Records, Weighing, records
from graph.reasoning.kernel import Kernel
from graph.reasoning.tree import Inference, Proof, Statement, Tree, explain
from ontology.namespace import INFERRED_GRAPH, ONTOLOGY_GRAPH
from ontology.terms import CPEC, OWL, RDF, RDFS
from ontology.vocabulary import strongest_modality

NO_RECORD: Final = Record()


@dataclass(frozen=True, slots=True)
class Attestation:
    """A source of a claim: the graph, and the record of the statement in it."""

    graph: str
    record: Record


@dataclass(slots=True)
class Claim:
    """A triple with how it is meant, an IRI or "", and who states it or how it is proved."""

    triple: Triple
    modality: str = ""
    attestations: list[Attestation] = field(default_factory=list)
    proof: Tree | None = None
    graphs: tuple[tuple[str, ...], ...] = ()
    records: Records = field(default_factory=dict)

    @property
    def follows(self) -> bool:
        """Whether no source states it."""
        return not self.attestations


Equivalents: TypeAlias = dict[Triple, list[Triple]]
"""The triples of which claims are made, each with those that say the same."""


class Schema:
    """What the ontology says of properties: how they are meant, inverses, wider ones."""

    def __init__(self, store: Store) -> None:
        self.modality = self.read_pairs(store, CPEC.MODALITY.value)
        inverse = self.read_pairs(store, OWL.INVERSE_OF.value)
        self.inverse = {**{o: s for s, o in inverse.items()}, **inverse}
        self.wider = self.read_pairs(store, RDFS.SUB_PROPERTY_OF.value)
        symmetric = OWL.SYMMETRIC_PROPERTY
        kind = RDF.TYPE
        quads = store.quads_for_pattern(None, kind, symmetric, NamedNode(ONTOLOGY_GRAPH))
        self.inverse |= {q.subject: q.subject for q in quads if isinstance(q.subject, NamedNode)}

    @staticmethod
    def read_pairs(store: Store, predicate: str) -> dict[NamedNode, NamedNode]:
        """Return the value of a property for each term of ours."""
        quads = store.quads_for_pattern(None, NamedNode(predicate), None, NamedNode(ONTOLOGY_GRAPH))
        ends = ((quad.subject, quad.object) for quad in quads)
        return {
            subject: value
            for subject, value in ends
            if isinstance(subject, NamedNode)
            and isinstance(value, NamedNode)
            and (value.value.startswith(CPEC) or "subPropertyOf" not in predicate)
        }

    def default_modality(self, predicate: NamedNode) -> str:
        """Return how statements with a property are meant, "" where that is not said."""
        found = self.modality.get(predicate)
        return found.value if found else ""

    def invert(self, triple: Triple) -> Triple | None:
        """Return the triple that says the same of the other end, or None."""
        inverse = self.inverse.get(triple.predicate)
        if inverse is None or not isinstance(triple.object, NamedNode):
            return None
        return Triple(triple.object, inverse, triple.subject)

    def drop_wider(self, said: Equivalents) -> Equivalents:
        """Return the triples without those that a narrower property says already."""
        covered: set[Triple] = set()
        for triple in said:
            wider = self.wider.get(triple.predicate)
            while wider is not None:
                same = Triple(triple.subject, wider, triple.object)
                covered |= {same, self.invert(same) or same}
                wider = self.wider.get(wider)
        return {triple: same for triple, same in said.items() if triple not in covered}


class Claims:
    """Makes claims of triples: with the records of a store, and the proofs of an index, if any."""

    def __init__(self, store: Store, kernel: Kernel | None, schema: Schema) -> None:
        self.store, self.kernel, self.schema = store, kernel, schema
        self.met: set[Triple] = set()
        self.records: dict[tuple[Triple, str], Record] = {}

    def make_claims(self, said: Mapping[Triple, Iterable[Triple]]) -> list[Claim]:
        """Return the claim of each triple."""
        stating = {one: self.find_sources(one) for same in said.values() for one in same}
        proofs = {
            triple: self.find_proofs(next(iter(same)))
            for triple, same in said.items()
            if not any(stating[one] for one in same)
        }
        trees = {
            triple: self.drop_rewordings(found[0].tree) for triple, found in proofs.items() if found
        }
        premises = [one.triple for tree in trees.values() for one in list_leaves(tree)]
        known = self.read_records([*stating, *premises])
        return [
            self.make_stated(triple, stating, same, known)
            if triple not in proofs
            else self.make_inferred(triple, proofs[triple], trees.get(triple), known)
            for triple, same in said.items()
        ]

    def read_records(self, triples: Iterable[Triple]) -> Records:
        """Return the records that have been read, those of some triples among them."""
        new = dict.fromkeys(one for one in triples if one not in self.met)
        self.met.update(new)
        self.records.update(records(self.store, new) if new else {})
        return self.records

    def find_sources(self, triple: Triple) -> list[str]:
        """Return the graphs of sources that state a triple."""
        quads = self.store.quads_for_pattern(*triple)
        return sorted({graph_of(quad) for quad in quads} - {"", INFERRED_GRAPH, ONTOLOGY_GRAPH})

    def find_proofs(self, triple: Triple) -> tuple[Proof, ...]:
        """Return the proofs of a triple, as far as there is an index to find them with."""
        if self.kernel is None:
            return ()
        try:
            return explain(self.kernel, triple).proofs
        except NotInGraphError:  # it was written since the index was made
            return ()

    def make_stated(
        self,
        triple: Triple,
        stating: Mapping[Triple, list[str]],
        same: Iterable[Triple],
        known: Records,
    ) -> Claim:
        """Return the claim of a triple that sources state."""
        usual = self.schema.default_modality(triple.predicate)
        found = [
            Attestation(graph, known.get((one, graph), NO_RECORD))
            for one in same
            for graph in stating[one]
        ]
        meant = strongest_modality(one.record.modality or usual for one in found) or usual
        return Claim(triple, meant, found)

    def make_inferred(
        self, triple: Triple, proofs: tuple[Proof, ...], tree: Tree | None, known: Records
    ) -> Claim:
        """Return the claim of a triple that no source states.

        What only says in other words what one does is as good as stated.
        """
        if isinstance(tree, Statement):
            found = [Attestation(g, known.get((tree.triple, g), NO_RECORD)) for g in tree.graphs]
            found = [one for one in found if one.graph != ONTOLOGY_GRAPH]
            weighing = Weighing(known, self.default_modalities(tree))
            return Claim(triple, weighing.statement(tree), found, tree if not found else None)
        graphs = tuple(proof.graphs for proof in proofs)
        if tree is None:
            return Claim(triple, self.schema.default_modality(triple.predicate))
        weighing = Weighing(known, self.default_modalities(tree))
        return Claim(triple, weighing.proof(tree), proof=tree, graphs=graphs, records=known)

    def default_modalities(self, tree: Tree) -> dict[NamedNode, str]:
        """Return how the properties of a proof are meant."""
        named = {one.triple.predicate for one in list_leaves(tree)} | {tree.triple.predicate}
        return {predicate: self.schema.default_modality(predicate) for predicate in named}

    def drop_rewordings(self, tree: Tree) -> Tree:
        """Return a proof without the steps that only say the same in other words."""
        if isinstance(tree, Statement):
            return tree
        if tree.rule.rewords:
            return self.drop_rewordings(tree.premises[0])
        return Inference(tree.triple, tree.rule, tuple(map(self.drop_rewordings, tree.premises)))


def list_leaves(tree: Tree) -> list[Statement]:
    """Return the statements that a proof ends in."""
    if isinstance(tree, Statement):
        return [tree]
    return [one for premise in tree.premises for one in list_leaves(premise)]
