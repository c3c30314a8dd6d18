"""Records that mark a deed as an aim, which version 0.1.0 of the vocabulary allowed.

The statement gets the counterpart of its property, which says the same as an aim. Without a
counterpart the record becomes a `cpec:UnassertedStatement`, and the graph of its source loses the
triple. A record that is stronger than its property gets the modality of the property.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from typing import Final

from pyoxigraph import NamedNode, Quad, Store

from graph.curating.check import Row
from graph.dataset import RECORD_TERMS
from graph.engine.writing.delta import Effect
from graph.engine.writing.modality_check import (
    OUT_OF_BOUNDS,
    Slice,
    find_violations,
    read_position,
)
from ontology.namespace import EVIDENCE, shorten
from ontology.terms import CPEC, OA, RDF

ASSERTED: Final = RECORD_TERMS[RDF.STATEMENT]
UNASSERTED: Final = RECORD_TERMS[CPEC.UNASSERTED_STATEMENT]


def unassert_statements(store: Store, *, union: bool) -> tuple[Effect, tuple[str, ...]]:
    """Return the effect by which every record of a store is lawful, and a line for each change.

    A reifier of RDF 1.2 stays as it is: without its triple it asserts nothing.
    """
    effect, lines = Effect(), set()
    part = Slice(store, union=union).build_store(every=True)
    for check, row in find_violations(part):
        if check == OUT_OF_BOUNDS:
            step, line = change_record(store, part, row)
            effect.removed |= {quad for quad in step.removed if quad in store}
            effect.added |= step.added
            lines.add(line)
    return effect, tuple(sorted(lines))


def change_record(store: Store, part: Store, row: Row) -> tuple[Effect, str]:
    """Return the effect by which the record or reifier of a row is lawful, and a line about it."""
    record, modality, newer = row["subject"], row["object"], row.get("counterpart")
    head = f"{show(row, 'subject')}: {show(row, 'property')}, marked {show(row, 'object')},"
    statements = {*read_statements(part, row)}
    if not any(store.quads_for_pattern(record, RDF.TYPE, RDF.STATEMENT, EVIDENCE)):  # type: ignore[arg-type]
        return Effect(statements), f"{head} is not asserted any more"
    if 0 < read_position(part, modality) < read_position(part, row["allowed"]):
        return (
            Effect(
                {Quad(record, CPEC.MODALITY, modality, EVIDENCE)},  # type: ignore[arg-type]
                {Quad(record, CPEC.MODALITY, row["allowed"], EVIDENCE)},  # type: ignore[arg-type]
            ),
            f"{head} is {show(row, 'allowed')}",
        )
    if isinstance(newer, NamedNode):
        renamed = {Quad(quad.subject, newer, quad.object, quad.graph_name) for quad in statements}
        old = Quad(record, RDF.PREDICATE, row["property"], EVIDENCE)  # type: ignore[arg-type]
        new = Quad(record, RDF.PREDICATE, newer, EVIDENCE)  # type: ignore[arg-type]
        return Effect(statements | {old}, renamed | {new}), f"{head} becomes {shorten(newer.value)}"
    return unassert_record(store, row, statements), f"{head} is not asserted any more"


def unassert_record(store: Store, row: Row, statements: set[Quad]) -> Effect:
    """Return the effect by which a record asserts nothing, and its source states no such triple."""
    record = row["subject"]
    removed = {*statements, Quad(record, RDF.TYPE, RDF.STATEMENT, EVIDENCE)}  # type: ignore[arg-type]
    added = {Quad(record, RDF.TYPE, CPEC.UNASSERTED_STATEMENT, EVIDENCE)}  # type: ignore[arg-type]
    for asserted, unasserted in zip(ASSERTED, UNASSERTED, strict=True):
        for quad in store.quads_for_pattern(record, asserted, None, EVIDENCE):  # type: ignore[arg-type]
            removed.add(quad)
            added.add(Quad(quad.subject, unasserted, quad.object, EVIDENCE))
    return Effect(removed, added)


def read_statements(part: Store, row: Row) -> Iterator[Quad]:
    """Yield the statements of a record, each in the graph of its source."""
    values = (
        [quad.object for quad in part.quads_for_pattern(row["subject"], name, None, EVIDENCE)]  # type: ignore[arg-type]
        for name in (*ASSERTED, OA.HAS_SOURCE)
    )
    for subject, predicate, value, graph in product(*values):
        if isinstance(predicate, NamedNode) and isinstance(graph, NamedNode):
            yield Quad(subject, predicate, value, graph)  # type: ignore[arg-type]


def show(row: Row, name: str) -> str:
    """Return a term of a row as a person reads it."""
    value = row[name]
    return shorten(value.value) if isinstance(value, NamedNode) else str(value)
