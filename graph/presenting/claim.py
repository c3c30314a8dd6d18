"""A claim: a triple of a page, with its sources or its proof."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final, TypeAlias

from pyoxigraph import NamedNode, Store, Triple

from graph.citing.index import EvidenceIndex
from graph.citing.modality import find_strongest
from graph.dataset import graph_of
from graph.errors import NotInGraphError
from graph.reasoning.tree import Inference, Proof, Statement, Tree
from graph.wording.record import Record, Records
from graph.wording.statement import Modality
from ontology.namespace import INFERRED_GRAPH, ONTOLOGY_GRAPH
from ontology.terms import CPEC, OWL, RDF, RDFS
from ontology.vocabulary import strongest_modality

NO_MODALITY: Final = Modality("", "")


@dataclass(slots=True)
class Claim:
    """A triple with its modality, an IRI or "", and its statements by sources, or its proof.

    `account` has who says so, and what has ended.
    """

    triple: Triple
    modality: str = ""
    statements: list[Record] = field(default_factory=list)
    proof: Tree | None = None
    graphs: tuple[tuple[str, ...], ...] = ()
    account: Modality = NO_MODALITY

    @property
    def follows(self) -> bool:
        """Whether no source states the triple."""
        return not self.statements


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
    """Makes claims of triples, with the records of a dataset and the proofs of an index, if any."""

    def __init__(self, records: Records, index: EvidenceIndex | None, schema: Schema) -> None:
        self.store, self.records, self.index, self.schema = records.store, records, index, schema

    def make_claims(self, triples: Equivalents) -> list[Claim]:
        """Return the claim of each triple."""
        return [self.make_claim(triple, same) for triple, same in triples.items()]

    def make_claim(self, triple: Triple, same: Iterable[Triple]) -> Claim:
        """Return the claim of a triple, by the sources that state it or an equivalent one."""
        stated = [self.records.find(t, source) for t in same for source in self.find_sources(t)]
        if not stated:
            return self.make_inferred(triple, self.find_proofs(next(iter(same))))
        usual = self.schema.default_modality(triple.predicate)
        modality = strongest_modality(record.modality or usual for record in stated) or usual
        leaves = [Statement(record.triple, (record.source,)) for record in stated]
        return Claim(triple, modality, stated, account=self.describe(leaves))

    def make_inferred(self, triple: Triple, proofs: Sequence[Proof]) -> Claim:
        """Return the claim of a triple that no source states.

        A triple that only rewords a statement has the sources of that statement.
        """
        if not proofs:
            return Claim(triple, self.schema.default_modality(triple.predicate))
        tree = self.drop_rewordings(proofs[0].tree)
        account = self.describe([tree])
        if isinstance(tree, Statement):
            sources = [source for source in tree.graphs if source != ONTOLOGY_GRAPH]
            stated = [self.records.find(tree.triple, source) for source in sources]
            return Claim(triple, account.iri, stated, None if stated else tree, account=account)
        return Claim(triple, account.iri, [], tree, tuple(p.graphs for p in proofs), account)

    def find_sources(self, triple: Triple) -> list[str]:
        """Return the graphs of the sources that state a triple, sorted."""
        quads = self.store.quads_for_pattern(*triple)
        return sorted({graph_of(quad) for quad in quads} - {"", INFERRED_GRAPH, ONTOLOGY_GRAPH})

    def find_proofs(self, triple: Triple) -> tuple[Proof, ...]:
        """Return the proofs of a triple, none without an index."""
        if self.index is None:
            return ()
        try:
            return self.index.explain(triple).proofs
        except NotInGraphError:  # it was written since the index was made
            return ()

    def describe(self, proofs: Iterable[Tree]) -> Modality:
        """Return the account of the strongest of some proofs; without an index it says nothing."""
        if self.index is None:
            return NO_MODALITY
        modalities = self.index.modalities
        account = find_strongest(map(modalities.rate_tree, proofs))
        return modalities.described[account] if account else NO_MODALITY

    def drop_rewordings(self, tree: Tree) -> Tree:
        """Return a proof without its steps that only reword a premise."""
        if isinstance(tree, Statement):
            return tree
        if tree.rule.rewords:
            return self.drop_rewordings(tree.premises[0])
        return Inference(tree.triple, tree.rule, tuple(map(self.drop_rewordings, tree.premises)))
