"""Records that mark a deed as an aim, which version 0.1.0 of the vocabulary allowed.

Such a statement gets the counterpart of its property, which says the same as an aim. Without one
its record becomes a `cpec:UnassertedStatement`, and its triple leaves the graph of its source.
"""

from __future__ import annotations

from typing import Final

from pyoxigraph import NamedNode, Quad, Store

from graph.curating.check import Row
from graph.engine.writing.effect import Effect
from graph.engine.writing.modality_check import Slice, find_violations
from ontology.namespace import EVIDENCE_GRAPH, shorten
from ontology.terms import CPEC, RDF

EVIDENCE: Final = NamedNode(EVIDENCE_GRAPH)
TRIPLE: Final = ("subject", "predicate", "object")
ASSERTED: Final = (RDF.SUBJECT, RDF.PREDICATE, RDF.OBJECT)
UNASSERTED: Final = (CPEC.SAID_SUBJECT, CPEC.SAID_PREDICATE, CPEC.SAID_OBJECT)
NOT_ASSERTED: Final = "is said and not asserted"
RECORD_CHECKS: Final = frozenset({"crossing-statement", "unplaced-modality"})


def unassert_statements(store: Store, *, union: bool) -> tuple[Effect, tuple[str, ...]]:
    """Return the effect by which no record of a store marks a deed as an aim, a line for each.

    A reifier of RDF 1.2 stays as it is: without its triple it asserts nothing.
    """
    effect, lines = Effect(), []
    for check, row in find_violations(Slice(store, union=union).build_store(every=True)):
        if check in RECORD_CHECKS:
            step = unassert(store, row)
            effect.removed |= {quad for quad in step.removed if quad in store}
            effect.added |= step.added
            lines.append(describe_change(row))
    return effect, tuple(sorted(lines))


def unassert(store: Store, row: Row) -> Effect:
    """Return the effect by which the record or reifier of a row marks no deed as an aim."""
    if record_quad(row | {"kind": RDF.STATEMENT}, RDF.TYPE, "kind") not in store:
        return Effect({*build_statement(row)})
    return replace_property(row) if "counterpart" in row else unassert_statement(row)


def replace_property(row: Row) -> Effect:
    """Return the effect by which a statement and its record have the property's counterpart."""
    new = row | {"predicate": row["counterpart"]}
    return Effect(
        {*build_statement(row), record_quad(row, RDF.PREDICATE, "predicate")},
        {*build_statement(new), record_quad(new, RDF.PREDICATE, "predicate")},
    )


def unassert_statement(row: Row) -> Effect:
    """Return the effect by which a statement is said, and in no graph of its source."""
    kinds = row | {"asserted": RDF.STATEMENT, "unasserted": CPEC.UNASSERTED_STATEMENT}
    asserted = zip(ASSERTED, TRIPLE, strict=True)
    unasserted = zip(UNASSERTED, TRIPLE, strict=True)
    return Effect(
        {*build_statement(row), record_quad(kinds, RDF.TYPE, "asserted")}
        | {record_quad(row, predicate, name) for predicate, name in asserted},
        {record_quad(kinds, RDF.TYPE, "unasserted")}
        | {record_quad(row, predicate, name) for predicate, name in unasserted},
    )


def build_statement(row: Row) -> list[Quad]:
    """Return the statement of a record in the graph of its source; none if it names no source."""
    if "graph" not in row:
        return []
    return [Quad(*(row[name] for name in TRIPLE), row["graph"])]  # type: ignore[arg-type, call-arg]


def record_quad(row: Row, predicate: NamedNode, name: str) -> Quad:
    """Return what a record says by a predicate, a value of the row."""
    return Quad(row["record"], predicate, row[name], EVIDENCE)  # type: ignore[arg-type]


def describe_change(row: Row) -> str:
    """Return what becomes of the record of a row."""
    record, modality, predicate = (
        shorten(getattr(row[name], "value", str(row[name])))
        for name in ("record", "modality", "predicate")
    )
    newer = row.get("counterpart")
    now = f"becomes {shorten(newer.value)}" if isinstance(newer, NamedNode) else NOT_ASSERTED
    return f"{record}: {predicate}, marked {modality}, {now}"
