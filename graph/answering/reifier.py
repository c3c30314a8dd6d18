"""The reifiers of RDF 1.2 that `graph:reifiers` has: one for each record of `graph:evidence`.

The reifier has the name of the record, reifies its triple, and has its quotes, modality and source
directly (docs/decisions/0012-a-statement-has-a-record.md). No store, dump or file holds this graph:
it is computed from the records. A query sees it in its default dataset if its text has the syntax
of triple terms, since many readers of RDF 1.1 refuse an answer that holds one.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import product
from typing import Final, TypeAlias

from pyoxigraph import BlankNode, DefaultGraph, NamedNode, Quad, Store, Triple

from graph.dataset import RECORD_CLASSES, RECORD_TERMS
from graph.sparql.triple_term import names_graph, uses_triple_terms
from ontology.namespace import EVIDENCE, PREFIXES, REIFIERS, REIFIERS_GRAPH
from ontology.terms import CPEC, OA, RDF, RdfTerm

BESIDE_UNION: Final = (DefaultGraph(), REIFIERS)
"""The default graph of a query with triple terms, if a store has the reifiers apart."""

Node: TypeAlias = NamedNode | BlankNode


def names_reifiers(text: str, base: str | None, graphs: Iterable[str] = ()) -> bool:
    """Return whether a query, or the dataset of its request, names `graph:reifiers`."""
    return REIFIERS_GRAPH in graphs or names_graph(text, REIFIERS_GRAPH, PREFIXES, base or "")


def sees_reifiers(store: Store, text: str) -> bool:
    """Return whether a query gets the reifiers of a store beside the union.

    A store that also has the named graphs holds them in its default graph (`add_reifiers`).
    """
    return (
        uses_triple_terms(text)
        and isinstance(store, Store)
        and store.contains_named_graph(REIFIERS)
        and not store.contains_named_graph(EVIDENCE)
    )


def may_meet_triple_terms(store: Store, text: str) -> bool:
    """Return whether the solutions of a query may hold a triple term.

    A client may have written reifiers into a graph of its own.
    """
    if uses_triple_terms(text) or not isinstance(store, Store):
        return uses_triple_terms(text)
    graph = DefaultGraph() if store.contains_named_graph(REIFIERS) else None
    return next(store.quads_for_pattern(None, RDF.REIFIES, None, graph), None) is not None


def list_records(store: Store) -> Iterator[RdfTerm]:
    """Yield the records of `graph:evidence`."""
    for kind in RECORD_CLASSES:
        for quad in store.quads_for_pattern(None, RDF.TYPE, kind, EVIDENCE):
            yield quad.subject


def reify_record(store: Store, record: RdfTerm) -> Iterator[Triple]:
    """Yield the triples of the reifier of a record; of any other term nothing."""
    if not isinstance(record, Node):
        return
    values: dict[NamedNode, list[RdfTerm]] = defaultdict(list)
    for quad in store.quads_for_pattern(record, None, None, EVIDENCE):
        values[quad.predicate].append(quad.object)
    kinds = [kind for kind in RECORD_CLASSES if kind in values[RDF.TYPE]]
    for kind in kinds:
        for subject, predicate, value in product(*(values[end] for end in RECORD_TERMS[kind])):
            if isinstance(subject, Node) and isinstance(predicate, NamedNode):
                yield Triple(record, RDF.REIFIES, Triple(subject, predicate, value))
    if kinds:
        selectors = values[OA.HAS_SELECTOR]
        values[OA.EXACT] = [q for selector in selectors for q in list_quotes(store, selector)]
        for name in (OA.EXACT, CPEC.MODALITY, OA.HAS_SOURCE):
            yield from (Triple(record, name, value) for value in values[name])


def list_quotes(store: Store, selector: RdfTerm) -> Iterator[RdfTerm]:
    """Yield the quotes of an `oa:TextQuoteSelector`; of any other term nothing."""
    if not isinstance(selector, Node):
        return
    if Quad(selector, RDF.TYPE, OA.TEXT_QUOTE_SELECTOR, EVIDENCE) in store:
        for quad in store.quads_for_pattern(selector, OA.EXACT, None, EVIDENCE):
            yield quad.object


def list_reifiers(store: Store) -> Iterator[Triple]:
    """Yield the triples of `graph:reifiers`, computed from the records of a store."""
    for record in list_records(store):
        yield from reify_record(store, record)


def add_reifiers(store: Store, *, named: bool = False) -> None:
    """Add the reifiers to the default graph of a store, `named` to `graph:reifiers` instead."""
    graph = REIFIERS if named else DefaultGraph()
    store.extend([Quad(*triple, graph) for triple in list_reifiers(store)])  # type: ignore[call-arg]


def copy_reified(store: Store, text: str) -> Store:
    """Return a store, or for a query that asks for reifiers a copy that has them."""
    is_asked, is_named = uses_triple_terms(text), names_reifiers(text, None)
    if not (is_asked or is_named):
        return store
    copy = Store()
    copy.extend(store)
    if is_asked:
        add_reifiers(copy)
    if is_named:
        add_reifiers(copy, named=True)
    return copy
