"""The check of a write: no aim becomes a fact, and no source states what it denies.

The build and the writer share the queries of `graph/curating/checks/written/`. A write evaluates
them on a slice of the dataset: the records that it touches, their statements, and the modality of
each property. So its cost grows with the write, and not with the dataset.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from itertools import product
from typing import Final

from pyoxigraph import DefaultGraph, Literal, NamedNode, Quad, Store, Triple

from graph.curating.annotation import Node
from graph.curating.check import Row, read_checks, select_rows
from graph.curating.master_file import term
from graph.dataset import RECORD_TERMS, UNNAMED_GRAPH
from graph.errors import ModalityError
from graph.written_value import read_count
from ontology.namespace import (
    DATASET_GRAPH,
    EVIDENCE,
    INFERRED_GRAPH,
    VOCABULARY,
    shorten,
)
from ontology.terms import CPEC, OA, OWL, RDF, RDFS, SCHEMA, GraphName, RdfTerm
from server.engine.writing.delta import Effect

MODALITY_PREDICATES: Final = (
    *(CPEC.MODALITY, CPEC.COUNTERPART, SCHEMA.POSITION),
    *(RDFS.SUB_PROPERTY_OF, OWL.INVERSE_OF),
)
"""The predicates of the modality of a property, and of the properties that it implies."""

RECORD_PROPERTIES: Final = frozenset(
    {RDF.TYPE, OA.HAS_SOURCE, CPEC.MODALITY}.union(*RECORD_TERMS.values())
)
"""The properties of a record that the checks read."""

CHECKS: Final = {check.name: check for check in read_checks("written")}
"""The checks of writes by their names, read here: a worker cannot open files."""

OUT_OF_BOUNDS: Final = "modality-out-of-bounds"
COMPUTED_GRAPHS: Final = (NamedNode(INFERRED_GRAPH), NamedNode(DATASET_GRAPH))
MODALITIES: Final = NamedNode(CPEC + "Modality")
WEAKEST_OF_FACTS: Final = 3
"""The place of the weakest modality of a fact."""


def require_modalities(store: Store, effect: Effect, *, union: bool) -> None:
    """Raise ModalityError if the dataset violates a check after an effect.

    The store may hold the effect already. A store without a vocabulary violates none.
    """
    touched = Slice(store, effect, union=union)
    part = touched.build_store()
    if not len(part):
        return
    for name, before, after in touched.find_lost_modalities():
        if read_position(part, before) > WEAKEST_OF_FACTS:
            places = [read_position(part, modality) for modality in after]
            if not places or min(places) <= WEAKEST_OF_FACTS:
                raise explain_lost_modality(name, before)
    for check, row in find_violations(part):
        raise explain_violation(check, row)


def find_violations(store: Store) -> Iterator[tuple[str, Row]]:
    """Yield the violations in a store: the name of the check, and the row of its query."""
    for check in CHECKS.values():
        for row in sorted(select_rows(store, check.query), key=str):
            yield check.name, row


def explain_lost_modality(name: Node, before: RdfTerm) -> ModalityError:
    """Return the error of a property that loses the modality of its statements."""
    return ModalityError(
        f"{shorten(term(name))} is {shorten(term(before))}, and readers would take its statements "
        "for facts: remove them first, or write them with another property",
        property=term(name),
        modality=term(before),
    )


def read_position(store: Store, modality: RdfTerm) -> int:
    """Return the position of a modality in the order of strength, 0 if it has none."""
    if not isinstance(modality, NamedNode):
        return 0
    places = store.quads_for_pattern(modality, SCHEMA.POSITION, None, VOCABULARY)
    numbers = (quad.object.value for quad in places if isinstance(quad.object, Literal))
    return max((read_count(number) or 0 for number in numbers), default=0)


def explain_violation(check: str, row: Row) -> ModalityError:
    """Return the error for one row of a check."""
    values = {name: term(value) for name, value in row.items()}
    words = {
        name: shorten(value.value) if isinstance(value, NamedNode) else values[name]
        for name, value in row.items()
    }
    is_record = check == OUT_OF_BOUNDS  # its place in a file is that of its modality
    return ModalityError(
        CHECKS[check].message.format_map(words),
        record=values.get("subject" if is_record else "record"),
        property=values.get("property", values.get("predicate")),
        modality=values.get("object" if is_record else "modality"),
        counterpart=values.get("counterpart"),
    )


class Slice:
    """The part of a dataset that the checks of an effect need, as it is after the effect."""

    def __init__(self, store: Store, effect: Effect | None = None, *, union: bool) -> None:
        effect = effect or Effect()
        self._store = store
        self._effect = effect
        self._union = union
        self._added: dict[Node | Triple, list[Quad]] = defaultdict(list)
        for quad in effect.added:
            self._added[quad.subject].append(quad)

    def build_store(self, *, every: bool = False) -> Store:
        """Return the records that the effect touches, or every one, with statements and axioms.

        The store is empty if the dataset has no vocabulary.
        """
        axioms = [quad for quad in self._list_changes() if quad.graph_name == VOCABULARY]
        every = every or bool(axioms)
        changed = {q.subject for q in self._list_changes() if q.graph_name == EVIDENCE}
        touched = {own for own in changed if isinstance(own, Node)} | {*self._find_contradicted()}
        records = self._list_records() if every else touched
        # a write derives the record of an annotation (annotated.py); earlier releases did not
        reifying = [*self.quads(None, RDF.REIFIES)] if every else []
        evidence = [quad for record in records for quad in self._describe(record)]
        evidence += [quad for reifier in reifying for quad in self._build_record(reifier)]
        vocabulary = [*self._list_axioms(whole=every)] if evidence or every else []
        part = Store()
        if vocabulary:
            part.extend([*evidence, *vocabulary])
        return part

    def _list_changes(self) -> Iterator[Quad]:
        """Yield the quads that come and go."""
        yield from self._effect.added
        yield from self._effect.removed

    def quads(
        self,
        subject: Node | None = None,
        predicate: NamedNode | None = None,
        value: RdfTerm | None = None,
        graph: GraphName | None = None,
    ) -> Iterator[Quad]:
        """Yield the quads of a pattern after the effect, without the copies in the union."""
        removed, added = self._effect.removed, self._effect.added
        for quad in self._store.quads_for_pattern(subject, predicate, value, graph):
            is_view = self._union and isinstance(quad.graph_name, DefaultGraph)
            if quad not in removed and quad not in added and not is_view:
                yield quad
        for quad in added if subject is None else self._added.get(subject, ()):
            if (
                predicate in {None, quad.predicate}
                and value in {None, quad.object}
                and graph in {None, quad.graph_name}
            ):
                yield quad

    def holds(self, quad: Quad) -> bool:
        """Return whether a quad is there after the effect."""
        effect = self._effect
        return quad in effect.added or (quad in self._store and quad not in effect.removed)

    def _list_records(self) -> set[Node]:
        """Return the records of all statements, asserted or not."""
        kinds = (RDF.STATEMENT, CPEC.UNASSERTED_STATEMENT)
        quads = (quad for kind in kinds for quad in self.quads(None, RDF.TYPE, kind, EVIDENCE))
        return {quad.subject for quad in quads if isinstance(quad.subject, Node)}

    def _find_contradicted(self) -> Iterator[Node]:
        """Yield the records of unasserted statements that the effect may state."""
        if (
            next(self._store.quads_for_pattern(None, CPEC.SAID_SUBJECT, None, EVIDENCE), None)
            is None
        ):
            return
        ends: dict[RdfTerm, set[RdfTerm]] = defaultdict(set)
        for quad in self._effect.added:
            ends[quad.subject].add(quad.object)
            ends[quad.object].add(quad.subject)  # an inverse may state it
        for subject, opposite in ends.items():
            quads = self._store.quads_for_pattern(None, CPEC.SAID_SUBJECT, subject, EVIDENCE)
            for quad in quads:
                record = quad.subject
                values = self._store.quads_for_pattern(record, CPEC.SAID_OBJECT, None, EVIDENCE)
                if isinstance(record, Node) and any(value.object in opposite for value in values):
                    yield record

    def _describe(self, record: Node) -> Iterator[Quad]:
        """Yield a record, and the statements of its source between the ends of its triple.

        A record without a source gets `graph:evidence`, since the queries need a source.
        """
        parts: dict[NamedNode, list[RdfTerm]] = defaultdict(list)
        for quad in self.quads(record, None, None, EVIDENCE):
            if quad.predicate in RECORD_PROPERTIES:
                parts[quad.predicate].append(quad.object)
                yield quad
        sources = parts[OA.HAS_SOURCE]
        if not sources:
            yield Quad(record, OA.HAS_SOURCE, EVIDENCE, EVIDENCE)
        ends = parts[CPEC.SAID_SUBJECT], parts[CPEC.SAID_OBJECT]
        for graph, subject, value in product(sources, *ends):
            for first, second in ((subject, value), (value, subject)):
                if isinstance(graph, NamedNode) and isinstance(first, Node):
                    yield from self.quads(first, None, second, graph)

    def _build_record(self, reifying: Quad) -> Iterator[Quad]:
        """Yield the record that replaces a reifier, if its graph states the triple."""
        reifier, triple, graph = reifying.subject, reifying.object, reifying.graph_name
        if not isinstance(triple, Triple):
            return
        if not self.holds(Quad(triple.subject, triple.predicate, triple.object, graph)):
            return
        source = UNNAMED_GRAPH if isinstance(graph, DefaultGraph) else graph
        yield Quad(reifier, RDF.TYPE, RDF.STATEMENT, EVIDENCE)
        yield Quad(reifier, OA.HAS_SOURCE, source, EVIDENCE)
        for predicate, value in zip((RDF.SUBJECT, RDF.PREDICATE, RDF.OBJECT), triple, strict=True):
            yield Quad(reifier, predicate, value, EVIDENCE)
        for quad in self.quads(reifier, CPEC.MODALITY):  # type: ignore[arg-type]
            yield Quad(reifier, CPEC.MODALITY, quad.object, EVIDENCE)

    def _list_axioms(self, *, whole: bool) -> Iterator[Quad]:
        """Yield the modality of each property, or the whole ontology."""
        if whole:
            yield from self.quads(None, None, None, VOCABULARY)
            return
        for kind in (MODALITIES, OWL.SYMMETRIC_PROPERTY):
            yield from self.quads(None, RDF.TYPE, kind, VOCABULARY)
        for predicate in MODALITY_PREDICATES:
            yield from self.quads(None, predicate, None, VOCABULARY)

    def find_lost_modalities(self) -> Iterator[tuple[Node, RdfTerm, list[RdfTerm]]]:
        """Yield each used property that loses a modality, that modality, and those it has now."""
        for quad in self._effect.removed:
            name = quad.subject
            if quad.predicate != CPEC.MODALITY or quad.graph_name != VOCABULARY:
                continue
            if isinstance(name, NamedNode) and any(
                used.graph_name not in COMPUTED_GRAPHS for used in self.quads(None, name)
            ):
                after = self.quads(name, CPEC.MODALITY, None, VOCABULARY)
                yield name, quad.object, [other.object for other in after]
