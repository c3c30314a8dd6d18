"""The dataset that a zygote holds and its workers share: a store, its union, kernel and index."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Final

from pyoxigraph import DefaultGraph, NamedNode, Quad, RdfFormat, Store, Triple, serialize

from graph.answering.reifier import Reification, list_records, reify_record
from graph.checking.text_check import TextChecker
from graph.citing.index import EvidenceIndex
from graph.dataset import QUOTING
from graph.errors import NoKernelError, NoReifiersError, OverloadedError
from graph.excluding.exclusion import NO_EXCLUSION, Exclusion
from graph.reconciling.reconciliation import Reconciliation
from ontology.namespace import EVIDENCE, REIFIERS
from ontology.terms import OA, RDF, RdfTerm
from server.engine.writing.delta import Delta, parse_quads
from server.remote.asked import AskedStore
from server.writing.materialisation import Materialisation, rebuild

NOT_UNION: Final = "the default graph is not the union of the named graphs, so it names no sources"
LOADING: Final = "the dataset is still being loaded; ask again in a while"

ASK_SOURCE: Final = (
    "What a source itself states can be asked for by its named graph: "
    "SELECT * { GRAPH <IRI> { ?s ?p ?o } }"
)
"""The advice to a client whose sources cannot be excluded."""

ASK_RECORDS: Final = (
    "Reifiers are computed in memory alone; the records of statements can be asked for: "
    "?record rdf:subject ?s ; rdf:predicate ?p ; rdf:object ?o ; oa:hasSelector/oa:exact ?quote"
)
"""The advice to a client who asks for reifiers where there are none."""


@dataclass(frozen=True, slots=True)
class EvidenceState:
    """The evidence index of a dataset, or the reason for its absence; `pending` while it loads."""

    index: EvidenceIndex | None
    reason: str = ""
    pending: bool = False


ON_DISK: Final = EvidenceState(
    None, "the dataset is read from disk, where its evidence is not indexed"
)
BEING_LOADED: Final = EvidenceState(None, LOADING, pending=True)


@dataclass(slots=True)
class WorkerDataset:
    """A dataset for queries and writes; an answer has at most `cap` bytes.

    `union_store` holds the default graph alone, where that is the `union` of the named graphs; both
    stores lack the sources of `exclusion`. Answers are `provisional` while workers read from disk
    and the dataset is being loaded: from memory the same rows may come in another order. Queries go
    to the `remote` store, if any; then `store` is its copy in memory, or the remote itself.
    `excluded` is the change that excluded them; if they are a third of the dataset, `whole` is the
    store that has them, and `store` a new one. It `is_reified` after a query that added the
    reifiers to `store`.
    """

    store: Store
    union: bool
    cap: int
    union_store: Store | None = None
    evidence: EvidenceState = ON_DISK
    materialisation: Materialisation = field(default_factory=Materialisation)
    provisional: bool = False
    remote: AskedStore | None = None
    exclusion: Exclusion = NO_EXCLUSION
    excluded: Delta = field(default_factory=Delta)
    whole: Store | None = None
    is_reified: bool = False
    _reconciliation: Reconciliation | None = None
    _checker: TextChecker | None = None

    @property
    def reconciliation(self) -> Reconciliation:
        """The names of the dataset, which a worker reads once, but those of a remote store."""
        if self._reconciliation is None or self._reconciliation.store is not self.store:
            names = Reconciliation(self.store)
            if not isinstance(self.store, Store):
                return names
            self._reconciliation = names
        return self._reconciliation

    @property
    def checker(self) -> TextChecker:
        """The checker of texts by the dataset, whose names a worker reads once.

        Raises NoKernelError, or OverloadedError while the dataset is being loaded.
        """
        if (index := self.evidence.index) is None:
            kind = OverloadedError if self.evidence.pending else NoKernelError
            raise kind(f"no text can be checked: {self.evidence.reason}")
        if self._checker is None or self._checker.index is not index:
            self._checker = TextChecker(index)
        return self._checker

    def apply(self, delta: Delta) -> None:
        """Change both stores by a delta; the kernel and the index are left to the caller."""
        delta.apply(self.store, union=self.union)
        self._reconciliation = None
        if self.union_store is not None:
            follow_union(self.union_store, self.store, delta)

    def follow(self, delta: Delta) -> None:
        """Change the stores, the kernel and the index by a delta."""
        self.apply(delta)
        self.materialisation.apply(delta)
        if self.evidence.index is not None:
            self.index_evidence()

    def reify(self, store: Store, text: str, base: str | None, graphs: Iterable[str]) -> None:
        """Add the reifiers that a query asks for to a store; the `graphs` are of its request.

        The union alone has them beside it already. Raises NoReifiersError, or OverloadedError
        while the dataset is being loaded.
        """
        reification = Reification.read(text, base, graphs)
        if not reification or not self.union or store is self.union_store:
            return
        if self.remote is not None:
            raise NoReifiersError(f"{self.remote.remote.name} answers the queries. {ASK_RECORDS}")
        if self.union_store is None:
            if next(list_records(store), None) is None:
                return
            kind = OverloadedError if self.evidence.pending else NoReifiersError
            raise kind(f"{self.evidence.reason}. {ASK_RECORDS}")
        self.is_reified = True
        if reification.is_default:
            beside = self.union_store.quads_for_pattern(None, None, None, REIFIERS)
            store.extend([Quad(quad.subject, quad.predicate, quad.object) for quad in beside])
        if reification.is_named:
            store.extend(Reification(is_named=True).list_quads(store))

    def exclude_sources(self, exclusion: Exclusion) -> None:
        """Remove sources from this worker's dataset, and the inferences from them alone.

        Raises ParameterError for a name that is no source, and NoKernelError (or OverloadedError,
        while it is being loaded) if the dataset has no kernel.
        """
        materialisation = self.materialisation
        if (kernel := materialisation.kernel) is None:
            kind = OverloadedError if self.evidence.pending else NoKernelError
            raise kind(f"a source cannot be excluded: {self.evidence.reason}. {ASK_SOURCE}")
        self.remote = None  # the remote store still has the sources: memory alone answers
        removal = exclusion.removal(self.store)
        if removal.is_most and self.union and kernel.tbox.rulebook.heads:
            self.whole = self.store
            self.store, kernel = rebuild(self.store, kernel, removal)
            self.materialisation = Materialisation(kernel)
            if self.union_store is not None:
                self.union_store = copy_union(self.store)
        else:
            self.excluded = materialisation.exclude(self.store, kernel, removal, union=self.union)
            self.apply(self.excluded)
        if self.evidence.index is not None:
            index = EvidenceIndex(self.store, kernel, exclusion=exclusion)
            self.evidence = EvidenceState(index)
        self.exclusion = exclusion

    @contextmanager
    def open_whole(self) -> Iterator[Store]:
        """Read the store with the excluded sources in this block; the kernel lacks them still."""
        if self.whole is not None:
            yield self.whole
            return
        delta = self.excluded
        Delta(delta.added, delta.removed, delta.created, delta.dropped).apply(
            self.store, union=self.union
        )
        try:
            yield self.store
        finally:
            delta.apply(self.store, union=self.union)

    def index_evidence(self) -> None:
        """Index the evidence of the store, over its kernel, or note why that is impossible."""
        kernel, drift = self.materialisation.kernel, self.materialisation.drift
        if not self.union:
            self.evidence = EvidenceState(None, NOT_UNION)
        elif kernel is None:
            self.evidence = EvidenceState(None, self.materialisation.reason)
        else:
            lacks = bool(drift.added or drift.removed)
            self.evidence = EvidenceState(EvidenceIndex(self.store, kernel, lacks=lacks))


def copy_union(store: Store) -> Store:
    """Return a store of the default graph alone, for queries that name no graph.

    pyoxigraph's memory store finds a pattern by walking all quads of one of its terms. For a hub,
    such as a country, the copies in the named graphs make that walk much longer. The types come
    first, side by side in memory, so that a count by class reads them in one run; the rest keeps
    its order, subject by subject, as joins ask for it. Beside it are the reifiers.
    """
    union = Store()
    for predicate in (RDF.TYPE, None):
        union.extend(store.quads_for_pattern(None, predicate, None, DefaultGraph()))
    union.extend(reify_beside(union, store, list_records(store)))
    return union


def follow_union(union: Store, store: Store, delta: Delta) -> None:
    """Change the copy of the union as a delta has changed the default graph of a store."""
    touched: dict[RdfTerm, None] = {}
    for quad in (*parse_quads(delta.removed), *parse_quads(delta.added)):
        touched[quad.subject] = None
        triple = Quad(quad.subject, quad.predicate, quad.object)
        if triple in store:
            union.add(triple)
        else:
            union.remove(triple)
    holders = [
        quad.subject
        for subject in touched
        for quad in store.quads_for_pattern(None, OA.HAS_SELECTOR, subject, EVIDENCE)
    ]
    touched |= dict.fromkeys(holders)
    for subject in touched:
        for quad in list(union.quads_for_pattern(subject, None, None, REIFIERS)):  # type: ignore[arg-type]
            union.remove(quad)
    union.extend(reify_beside(union, store, touched))


def reify_beside(union: Store, store: Store, records: Iterable[RdfTerm]) -> list[Quad]:
    """Return the quads of the reifiers of records that the union lacks.

    It has their modality and source, in the record itself. A query that sees both graphs as its
    default graph meets no triple twice: the engine makes a bag of them.
    """
    triples = (triple for record in records for triple in reify_record(store, record))
    return [
        Quad(triple.subject, triple.predicate, triple.object, REIFIERS)
        for triple in triples
        if triple.predicate in {RDF.REIFIES, *QUOTING} and Quad(*triple) not in union
    ]


def sort_triples(store: Store, graph: NamedNode | DefaultGraph) -> list[Triple]:
    """Return the triples of one graph in an order that does not depend on the store."""
    quads = store.quads_for_pattern(None, None, None, graph)
    return sorted((quad.triple for quad in quads), key=str)


def digest_triples(triples: Iterable[Triple]) -> str:
    """Return the state of a graph: 32 hex digits of the SHA-256 of its sorted triples."""
    lines = serialize(triples, format=RdfFormat.N_TRIPLES) or b""
    return sha256(lines).hexdigest()[:32]
