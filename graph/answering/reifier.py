"""The reifiers of RDF 1.2 that `graph:reifiers` has: one for each record of `graph:evidence`.

The reifier has the name of the record, reifies its triple, and has its quotes, modality and source
directly (docs/decisions/0012-a-statement-has-a-record.md). No store, dump or file holds this graph:
it is computed from the records. A query sees it in its default dataset if its text has the syntax
of triple terms, since many readers of RDF 1.1 refuse an answer that holds one.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final, Self, TypeAlias

from pyoxigraph import BlankNode, DefaultGraph, NamedNode, Quad, Store, Triple

from graph.dataset import QUOTING, RECORD_CLASSES, RECORD_TERMS
from graph.sparql.scope import walk_parts
from graph.sparql.syntax import QueryUnit
from graph.sparql.triple_term import names_graph, uses_triple_terms
from ontology.namespace import EVIDENCE, PREFIXES, REIFIERS, REIFIERS_GRAPH
from ontology.terms import CPEC, OA, RDF, RdfTerm

PREMISES: Final = frozenset(
    (RDF.TYPE, OA.HAS_SOURCE, OA.HAS_SELECTOR, *QUOTING, CPEC.MODALITY)
).union(*RECORD_TERMS.values())
"""The predicates of the triples from which reifiers are computed."""

BESIDE_UNION: Final = (DefaultGraph(), REIFIERS)
"""The default graph of a query with triple terms, if a store has the reifiers apart."""

Node: TypeAlias = NamedNode | BlankNode
Premise: TypeAlias = tuple[RdfTerm, RdfTerm, RdfTerm]


@dataclass(frozen=True, slots=True)
class Reification:
    """Where a query sees the reifiers: in its default graph, by name as `graph:reifiers`, or both.

    It sees them in its default graph if its text has the syntax of triple terms, or announces
    version 1.2.
    """

    is_default: bool = False
    is_named: bool = False

    @classmethod
    def read(cls, text: str, base: str | None = None, graphs: Iterable[str] = ()) -> Self:
        """Return the reification of a query; `graphs` are the dataset of its request."""
        is_named = names_graph(text, REIFIERS_GRAPH, PREFIXES, base or "")
        return cls(uses_triple_terms(text), is_named or REIFIERS_GRAPH in graphs)

    @classmethod
    def of_query(cls, query: QueryUnit) -> Self:
        """Return the reification of a query as data."""
        return cls(query.version is not None, REIFIERS in walk_parts(query))

    def __bool__(self) -> bool:
        """Return whether the query sees the reifiers at all."""
        return self.is_default or self.is_named

    def list_quads(self, store: Store) -> list[Quad]:
        """Return the quads of reifiers that a store lacks for the query."""
        graphs = [DefaultGraph()] * self.is_default + [REIFIERS] * self.is_named
        triples = list(list_reifiers(store)) if graphs else []
        quads = dict.fromkeys(
            Quad(triple.subject, triple.predicate, triple.object, graph)
            for graph in graphs
            for triple in triples
        )
        return [quad for quad in quads if quad not in store]


UNREIFIED: Final = Reification()
"""The reification of a query of SPARQL 1.1 that names no reifiers."""


def has_beside(store: Store) -> bool:
    """Return whether a store has the union with the reifiers beside it.

    A store that also has the other named graphs holds them as a `Reification` puts them.
    """
    has_reifiers = isinstance(store, Store) and store.contains_named_graph(REIFIERS)
    return has_reifiers and not store.contains_named_graph(EVIDENCE)


def sees_reifiers(store: Store, text: str) -> bool:
    """Return whether a query gets the reifiers beside the union of a store."""
    return uses_triple_terms(text) and has_beside(store)


def may_meet_triple_terms(store: Store, text: str) -> bool:
    """Return whether the solutions of a query may hold a triple term.

    A client may have written reifiers into a graph of its own.
    """
    if uses_triple_terms(text) or not isinstance(store, Store):
        return uses_triple_terms(text)
    graph = DefaultGraph() if has_beside(store) else None
    return next(store.quads_for_pattern(None, RDF.REIFIES, None, graph), None) is not None


def list_premises(store: Store, triple: Premise) -> Iterator[tuple[Premise, ...]]:
    """Yield each set of triples of `graph:evidence` from which a triple of a reifier follows."""
    record, predicate, value = triple
    for kind, ends in RECORD_TERMS.items():
        typed = (record, RDF.TYPE, kind)
        if predicate == RDF.REIFIES and isinstance(value, Triple):
            yield typed, *((record, end, term) for end, term in zip(ends, value, strict=True))
        elif isinstance(predicate, NamedNode) and predicate in QUOTING and isinstance(record, Node):
            for quad in store.quads_for_pattern(record, OA.HAS_SELECTOR, None, EVIDENCE):
                selector = quad.object
                holds = (record, OA.HAS_SELECTOR, selector)
                quotes = (selector, RDF.TYPE, QUOTING[predicate]), (selector, predicate, value)
                yield typed, holds, *quotes
        elif predicate in {CPEC.MODALITY, OA.HAS_SOURCE}:
            yield typed, triple


def list_records(store: Store) -> Iterator[RdfTerm]:
    """Yield the records of `graph:evidence`."""
    for kind in RECORD_CLASSES:
        for quad in store.quads_for_pattern(None, RDF.TYPE, kind, EVIDENCE):
            yield quad.subject


def reify_record(store: Store, record: RdfTerm) -> Iterator[Triple]:
    """Yield the triples of the reifier of a record; of any other term nothing.

    A record with two subjects names no triple: a client could make a thousand of each end.
    """
    if not isinstance(record, Node):
        return
    values: dict[NamedNode, list[RdfTerm]] = defaultdict(list)
    for quad in store.quads_for_pattern(record, None, None, EVIDENCE):
        values[quad.predicate].append(quad.object)
    kinds = [kind for kind in RECORD_CLASSES if kind in values[RDF.TYPE]]
    for kind in kinds:
        ends = [values[end] for end in RECORD_TERMS[kind]]
        if all(len(terms) == 1 for terms in ends):
            subject, predicate, value = (terms[0] for terms in ends)
            if isinstance(subject, Node) and isinstance(predicate, NamedNode):
                yield Triple(record, RDF.REIFIES, Triple(subject, predicate, value))
    if kinds:
        selectors = values[OA.HAS_SELECTOR]
        for name in QUOTING:
            values[name] = [q for selector in selectors for q in list_quotes(store, selector, name)]
        for name in (*QUOTING, CPEC.MODALITY, OA.HAS_SOURCE):
            yield from (Triple(record, name, value) for value in values[name])


def list_quotes(store: Store, selector: RdfTerm, name: NamedNode) -> Iterator[RdfTerm]:
    """Yield the quotes or anchors of a selector of their class; of any other term nothing."""
    if not isinstance(selector, Node):
        return
    if Quad(selector, RDF.TYPE, QUOTING[name], EVIDENCE) in store:
        for quad in store.quads_for_pattern(selector, name, None, EVIDENCE):
            yield quad.object


def list_reifiers(store: Store) -> Iterator[Triple]:
    """Yield the triples of `graph:reifiers`, computed from the records of a store."""
    for record in list_records(store):
        yield from reify_record(store, record)


def copy_reified(store: Store, text: str) -> Store:
    """Return a store, or a copy with reifiers for a query that sees them."""
    reification = Reification.read(text)
    if not reification:
        return store
    copy = Store()
    copy.extend(store)
    copy.extend(reification.list_quads(store))
    return copy
