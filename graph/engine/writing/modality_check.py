"""What a write may not do: make an aim a deed, or state what its source is said not to assert.

The checks of the build (`graph/curating/checks/written/`) are asked of a part of the dataset: the
records that the write touches, as they are after it, the statements that they are about, and how
each property is meant. So the cost goes with the write, and not with the dataset.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from itertools import product
from typing import Final

from pyoxigraph import BlankNode, DefaultGraph, Literal, NamedNode, Quad, Store, Triple

from graph.curating.check import Row, read_checks, rows
from graph.curating.master_file import term
from graph.curating.record import TERMS
from graph.dataset import UNNAMED_GRAPH
from graph.engine.writing.effect import Effect
from graph.errors import ModalityError
from ontology.namespace import (
    DATASET_GRAPH,
    EVIDENCE_GRAPH,
    INFERRED_GRAPH,
    ONTOLOGY_GRAPH,
    shorten,
)
from ontology.terms import CPEC, OA, OWL, RDF, RDFS, SCHEMA

EVIDENCE: Final = NamedNode(EVIDENCE_GRAPH)
VOCABULARY: Final = NamedNode(ONTOLOGY_GRAPH)
MEANT: Final = (
    *(CPEC.MODALITY, CPEC.COUNTERPART, SCHEMA.POSITION),
    *(RDFS.SUB_PROPERTY_OF, OWL.INVERSE_OF),
)
"""The predicates by which the ontology says how a property is meant, and what it implies."""

PARTS: Final = frozenset({RDF.TYPE, OA.HAS_SOURCE, CPEC.MODALITY}.union(*TERMS.values()))
"""What a record is judged by."""

CHECKS: Final = {check.name: check for check in read_checks("written")}
"""The checks of writes by their names, read here: a worker cannot open files."""

OUT_OF_BOUNDS: Final = "modality-out-of-bounds"
COMPUTED: Final = (NamedNode(INFERRED_GRAPH), NamedNode(DATASET_GRAPH))
MODALITIES: Final = NamedNode(CPEC + "Modality")
FACTS: Final = 3
"""The place of the weakest modality of a fact."""

Node = NamedNode | BlankNode
Term = NamedNode | BlankNode | Literal | Triple
Graph = NamedNode | BlankNode | DefaultGraph


def require_meant(store: Store, effect: Effect, *, union: bool) -> None:
    """Raise ModalityError where a statement would be meant in a way that its property forbids.

    The store may hold the effect already, in part or whole. Where it has no vocabulary nothing is
    refused.
    """
    touched = Slice(store, effect, union=union)
    part = touched.build_store()
    if not len(part):
        return
    for name, before, after in touched.find_turned():
        if read_position(part, before) > FACTS >= read_position(part, after) > 0:
            raise explain_turn(name, before, after)
    for check, row in find_violations(part):
        raise explain_violation(check, row)


def find_violations(store: Store) -> Iterator[tuple[str, Row]]:
    """Yield what a store has against the checks: the name of each, and its rows in order."""
    for check in CHECKS.values():
        for row in sorted(rows(store, check.query), key=str):
            yield check.name, row


def explain_turn(name: Node, before: Term, after: Term) -> ModalityError:
    """Return the error that the statements of a property would be meant as facts from now on."""
    words = [shorten(term(node)) for node in (name, before, after)]
    return ModalityError(
        "{} is {}, and what is stated with it would become {}".format(*words),
        property=term(name),
        modality=term(before),
    )


def read_position(store: Store, modality: Term) -> int:
    """Return the place of a modality in the order of strength, 0 where it has none."""
    if not isinstance(modality, NamedNode):
        return 0
    places = store.quads_for_pattern(modality, SCHEMA.POSITION, None, VOCABULARY)
    numbers = (quad.object.value for quad in places if isinstance(quad.object, Literal))
    return max((int(number) for number in numbers if number.isdecimal()), default=0)


def explain_violation(check: str, row: Row) -> ModalityError:
    """Return the error that a row of a check stands for."""
    values = {name: term(value) for name, value in row.items()}
    words = {
        name: shorten(value.value) if isinstance(value, NamedNode) else values[name]
        for name, value in row.items()
    }
    is_record = check == OUT_OF_BOUNDS  # which stands where its modality does
    return ModalityError(
        CHECKS[check].message.format_map(words),
        record=values.get("subject" if is_record else "record"),
        property=values.get("property", values.get("predicate")),
        modality=values.get("object" if is_record else "modality"),
        counterpart=values.get("counterpart"),
    )


class Slice:
    """The part of a dataset, after an effect, by which the effect is judged."""

    def __init__(self, store: Store, effect: Effect | None = None, *, union: bool) -> None:
        effect = effect or Effect()
        self._store = store
        self._effect = effect
        self._union = union
        self._added: dict[Node | Triple, list[Quad]] = defaultdict(list)
        for quad in effect.added:
            self._added[quad.subject].append(quad)

    def build_store(self, *, every: bool = False) -> Store:
        """Return the records that the effect touches, or every one, with what they are judged by.

        The store is empty where there is no vocabulary.
        """
        axioms = [quad for quad in self._list_changes() if quad.graph_name == VOCABULARY]
        every = every or bool(axioms)
        touched = () if every else (*self._find_touched(), *self._find_contradicted())
        records = self._list_records() if every else {*touched}
        reifying = self._find_reifiers(every)
        held = [quad for record in records for quad in self._describe(record)]
        held += [quad for reifier in reifying for quad in self._build_record(reifier)]
        vocabulary = [*self._list_axioms(whole=every)] if held or every else []
        part = Store()
        if vocabulary:
            part.extend([*held, *vocabulary])
        return part

    def _list_changes(self) -> Iterator[Quad]:
        """Yield the quads that come and go."""
        yield from self._effect.added
        yield from self._effect.removed

    def _quads(
        self,
        subject: Node | None = None,
        predicate: NamedNode | None = None,
        value: Term | None = None,
        graph: Graph | None = None,
    ) -> Iterator[Quad]:
        """Yield the quads of a pattern after the effect, those of the union left out."""
        removed, added = self._effect.removed, self._effect.added
        for quad in self._store.quads_for_pattern(subject, predicate, value, graph):
            if quad not in removed and quad not in added and self._is_stated(quad.graph_name):
                yield quad
        for quad in added if subject is None else self._added.get(subject, ()):
            if (
                predicate in {None, quad.predicate}
                and value in {None, quad.object}
                and graph in {None, quad.graph_name}
            ):
                yield quad

    def _is_stated(self, graph: Graph) -> bool:
        """Return whether a graph is one of the dataset, and not the union of the others."""
        return not (self._union and isinstance(graph, DefaultGraph))

    def _holds(self, quad: Quad) -> bool:
        """Return whether a quad is there after the effect."""
        effect = self._effect
        return quad in effect.added or (quad in self._store and quad not in effect.removed)

    def _find_touched(self) -> Iterator[Node]:
        """Yield what has another description in `graph:evidence` after the effect."""
        for quad in self._list_changes():
            if quad.graph_name == EVIDENCE and isinstance(quad.subject, Node):
                yield quad.subject

    def _list_records(self) -> set[Node]:
        """Return the records of all statements, asserted or not."""
        kinds = (RDF.STATEMENT, CPEC.UNASSERTED_STATEMENT)
        quads = (quad for kind in kinds for quad in self._quads(None, RDF.TYPE, kind, EVIDENCE))
        return {quad.subject for quad in quads if isinstance(quad.subject, Node)}

    def _find_contradicted(self) -> Iterator[Node]:
        """Yield the records of unasserted statements that the effect may state."""
        kind = CPEC.UNASSERTED_STATEMENT
        if next(self._store.quads_for_pattern(None, RDF.TYPE, kind, EVIDENCE), None) is None:
            return
        ends: dict[Term, set[Term]] = defaultdict(set)
        for quad in self._effect.added:
            ends[quad.subject].add(quad.object)
            ends[quad.object].add(quad.subject)  # an inverse may state it
        for subject, others in ends.items():
            said = self._store.quads_for_pattern(None, CPEC.SAID_SUBJECT, subject, EVIDENCE)
            for quad in said:
                record = quad.subject
                values = self._store.quads_for_pattern(record, CPEC.SAID_OBJECT, None, EVIDENCE)
                if isinstance(record, Node) and any(value.object in others for value in values):
                    yield record

    def _describe(self, record: Node) -> Iterator[Quad]:
        """Yield a record, and what its source states of the two ends of its triple.

        A record without a source is its own: it is judged all the same.
        """
        parts: dict[NamedNode, list[Term]] = defaultdict(list)
        for quad in self._quads(record, None, None, EVIDENCE):
            if quad.predicate in PARTS:
                parts[quad.predicate].append(quad.object)
                yield quad
        sources = parts[OA.HAS_SOURCE]
        if not sources:
            yield Quad(record, OA.HAS_SOURCE, EVIDENCE, EVIDENCE)
        ends = parts[CPEC.SAID_SUBJECT], parts[CPEC.SAID_OBJECT]
        for graph, subject, value in product(sources, *ends):
            for first, second in ((subject, value), (value, subject)):
                if isinstance(graph, NamedNode) and isinstance(first, Node):
                    yield from self._quads(first, None, second, graph)

    def _find_reifiers(self, every: bool) -> set[Quad]:
        """Return the quads by which reifiers are tied to the triples that the effect is about."""
        if every:
            return set(self._quads(None, RDF.REIFIES))
        about = {
            quad.subject
            for quad in self._effect.added
            if quad.predicate in {RDF.REIFIES, CPEC.MODALITY} and isinstance(quad.subject, Node)
        }
        tied = {quad for reifier in about for quad in self._quads(reifier, RDF.REIFIES)}
        if next(self._store.quads_for_pattern(None, RDF.REIFIES, None), None) is not None:
            for quad in self._effect.added:
                pattern = None, RDF.REIFIES, quad.triple, quad.graph_name
                tied |= {one for one in self._store.quads_for_pattern(*pattern) if self._holds(one)}
        return tied

    def _build_record(self, reifying: Quad) -> Iterator[Quad]:
        """Yield the record that the reifier of a triple stands for, where its graph states that."""
        reifier, triple, graph = reifying.subject, reifying.object, reifying.graph_name
        if not isinstance(triple, Triple):
            return
        if not self._holds(Quad(triple.subject, triple.predicate, triple.object, graph)):
            return
        source = UNNAMED_GRAPH if isinstance(graph, DefaultGraph) else graph
        yield Quad(reifier, RDF.TYPE, RDF.STATEMENT, EVIDENCE)
        yield Quad(reifier, OA.HAS_SOURCE, source, EVIDENCE)
        for predicate, value in zip((RDF.SUBJECT, RDF.PREDICATE, RDF.OBJECT), triple, strict=True):
            yield Quad(reifier, predicate, value, EVIDENCE)
        for quad in self._quads(reifier, CPEC.MODALITY):  # type: ignore[arg-type]
            yield Quad(reifier, CPEC.MODALITY, quad.object, EVIDENCE)

    def _list_axioms(self, *, whole: bool) -> Iterator[Quad]:
        """Yield how each property is meant, or the whole ontology."""
        if whole:
            yield from self._quads(None, None, None, VOCABULARY)
            return
        yield from self._quads(None, RDF.TYPE, MODALITIES, VOCABULARY)
        for predicate in MEANT:
            yield from self._quads(None, predicate, None, VOCABULARY)

    def find_turned(self) -> Iterator[tuple[Node, Term, Term]]:
        """Yield the properties of which the effect changes the modality, those before and after.

        Only properties that state something are among them.
        """
        before = {
            quad.subject: quad.object
            for quad in self._effect.removed
            if quad.predicate == CPEC.MODALITY and quad.graph_name == VOCABULARY
        }
        for quad in self._effect.added:
            name, after = quad.subject, quad.object
            if name not in before or quad.predicate != CPEC.MODALITY:
                continue
            if quad.graph_name == VOCABULARY and isinstance(name, NamedNode):
                used = self._quads(None, name)
                if any(use.graph_name not in COMPUTED for use in used):
                    yield name, before[name], after
