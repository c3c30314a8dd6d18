"""A claim: a triple of a page, with its sources or its proof."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final, TypeAlias

from pyoxigraph import NamedNode, Store, Triple

from graph.dataset import graph_of
from graph.errors import NotInGraphError
from graph.reasoning.kernel import Kernel
from graph.reasoning.tree import Inference, Proof, Statement, Tree, explain, statements
from graph.wording.statement import Record, Records, Weighing, read_records
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
    """A triple with its modality, an IRI or "", and its sources or its proof."""

    triple: Triple
    modality: str = ""
    attestations: list[Attestation] = field(default_factory=list)
    proof: Tree | None = None
    graphs: tuple[tuple[str, ...], ...] = ()
    records: Records = field(default_factory=dict)

    @property
    def follows(self) -> bool:
        """Whether no source states the triple."""
        return not self.attestations


Equivalents: TypeAlias = dict[Triple, list[Triple]]
"""The triples of claims, each with the stated triples that are equivalent to it."""


class Schema:
    """The modality, the inverse and the super-property of each property of the ontology."""

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
        """Return the value of a predicate for each term of the ontology."""
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
        """Return the modality IRI of a property, "" if the ontology gives none."""
        modality = self.modality.get(predicate)
        return modality.value if modality else ""

    def invert(self, triple: Triple) -> Triple | None:
        """Return the inverse of a triple, None if its property has none."""
        inverse = self.inverse.get(triple.predicate)
        if inverse is None or not isinstance(triple.object, NamedNode):
            return None
        return Triple(triple.object, inverse, triple.subject)

    def drop_wider(self, triples: Equivalents) -> Equivalents:
        """Return the triples that no other triple implies by a sub-property."""
        covered: set[Triple] = set()
        for triple in triples:
            wider = self.wider.get(triple.predicate)
            while wider is not None:
                same = Triple(triple.subject, wider, triple.object)
                covered |= {same, self.invert(same) or same}
                wider = self.wider.get(wider)
        return {triple: same for triple, same in triples.items() if triple not in covered}


class Claims:
    """Makes claims of triples, with the records of a store and the proofs of a kernel, if any."""

    def __init__(self, store: Store, kernel: Kernel | None, schema: Schema) -> None:
        self.store, self.kernel, self.schema = store, kernel, schema
        self.met: set[Triple] = set()
        self.records: dict[tuple[Triple, str], Record] = {}

    def make_claims(self, triples: Mapping[Triple, Iterable[Triple]]) -> list[Claim]:
        """Return the claim of each triple."""
        stating = {t: self.find_sources(t) for same in triples.values() for t in same}
        proofs = {
            triple: self.find_proofs(next(iter(same)))
            for triple, same in triples.items()
            if not any(stating[t] for t in same)
        }
        trees = {triple: self.drop_rewordings(own[0].tree) for triple, own in proofs.items() if own}
        premises = [leaf.triple for tree in trees.values() for leaf in statements(tree)]
        known = self.read_records([*stating, *premises])
        return [
            self.make_stated(triple, stating, same, known)
            if triple not in proofs
            else self.make_inferred(triple, proofs[triple], trees.get(triple), known)
            for triple, same in triples.items()
        ]

    def read_records(self, triples: Iterable[Triple]) -> Records:
        """Read the records of triples, and return all records read so far."""
        new = dict.fromkeys(triple for triple in triples if triple not in self.met)
        self.met.update(new)
        self.records.update(read_records(self.store, new) if new else {})
        return self.records

    def find_sources(self, triple: Triple) -> list[str]:
        """Return the graphs of the sources that state a triple, sorted."""
        quads = self.store.quads_for_pattern(*triple)
        return sorted({graph_of(quad) for quad in quads} - {"", INFERRED_GRAPH, ONTOLOGY_GRAPH})

    def find_proofs(self, triple: Triple) -> tuple[Proof, ...]:
        """Return the proofs of a triple, none without a kernel."""
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
        attestations = [
            Attestation(graph, known.get((stated, graph), NO_RECORD))
            for stated in same
            for graph in stating[stated]
        ]
        modality = strongest_modality(a.record.modality or usual for a in attestations) or usual
        return Claim(triple, modality, attestations)

    def make_inferred(
        self, triple: Triple, proofs: tuple[Proof, ...], tree: Tree | None, known: Records
    ) -> Claim:
        """Return the claim of a triple that no source states.

        A triple that only rewords a statement has the sources of that statement.
        """
        if isinstance(tree, Statement):
            sources = [Attestation(g, known.get((tree.triple, g), NO_RECORD)) for g in tree.graphs]
            sources = [a for a in sources if a.graph != ONTOLOGY_GRAPH]
            weighing = Weighing(known, self.default_modalities(tree))
            return Claim(
                triple, weighing.weigh_statement(tree), sources, tree if not sources else None
            )
        graphs = tuple(proof.graphs for proof in proofs)
        if tree is None:
            return Claim(triple, self.schema.default_modality(triple.predicate))
        weighing = Weighing(known, self.default_modalities(tree))
        return Claim(triple, weighing.weigh_proof(tree), proof=tree, graphs=graphs, records=known)

    def default_modalities(self, tree: Tree) -> dict[NamedNode, str]:
        """Return the modality of each property of a proof."""
        named = {leaf.triple.predicate for leaf in statements(tree)} | {tree.triple.predicate}
        return {predicate: self.schema.default_modality(predicate) for predicate in named}

    def drop_rewordings(self, tree: Tree) -> Tree:
        """Return a proof without its steps that only reword a premise."""
        if isinstance(tree, Statement):
            return tree
        if tree.rule.rewords:
            return self.drop_rewordings(tree.premises[0])
        return Inference(tree.triple, tree.rule, tuple(map(self.drop_rewordings, tree.premises)))
