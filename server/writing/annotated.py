"""The records of annotations that a write brings: quotes, speakers and modalities are cited.

An annotation of RDF 1.2 stays in its graph as a client wrote it. As a build does for the master
copy (graph/curating/annotation.py), a write derives its record in `graph:evidence`, and takes it
back with the annotation. A reifier without words, speaker and modality gets none.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache
from hashlib import sha256
from typing import Final

from pyoxigraph import Literal, NamedNode, Quad, Store, Triple

from graph.curating.annotation import (
    Annotation,
    Defaults,
    Node,
    Selection,
    as_quad,
    read_annotations,
    write_records,
)
from graph.dataset import QUOTING, UNNAMED_GRAPH, graph_of, is_source_graph
from graph.errors import AnnotationError
from ontology.namespace import EVIDENCE, VOCABULARY, shorten
from ontology.terms import CPEC, OA, RDF, RdfTerm, term_text
from server.engine.writing.delta import Effect
from server.writing.modality_check import Slice

WORDS: Final = frozenset(QUOTING)
CITED: Final = WORDS | {CPEC.ATTRIBUTED_TO, CPEC.MODALITY}
"""The properties of an annotation that a citation shows: they make a record."""

RECORDED: Final = CITED | {OA.START, OA.END, CPEC.READING}
"""The properties of an annotation that its record has."""


def with_records(store: Store, effect: Effect, *, union: bool) -> Effect:
    """Return an effect with the records of the annotations that it touches.

    The store may hold the effect already. Raises AnnotationError.
    """
    if not (reifiers := set(find_touched(store, effect))):
        return effect
    after, before = (Slice(store, each, union=union) for each in (effect, effect.invert()))
    kept = list_annotations(after, reifiers)
    for annotation in kept:
        require_citable(after, annotation)
    new = {*derive_records(after, kept)}
    old = {*derive_records(before, list_annotations(before, reifiers))} - new
    gone = {quad for quad in old if after.holds(quad) and not is_shared(store, quad, reifiers)}
    return effect.then(Effect(gone, {quad for quad in new if not after.holds(quad)}))


def find_touched(store: Store, effect: Effect) -> Iterator[Node]:
    """Yield the nodes that may be reifiers whose record an effect changes."""
    has_any = next(store.quads_for_pattern(None, RDF.REIFIES, None), None) is not None
    for quad in (*effect.added, *effect.removed):
        reifying: Iterable[Quad] = ()
        if quad.predicate in RECORDED or quad.predicate == RDF.REIFIES:
            yield quad.subject  # type: ignore[misc]
        if has_any and quad.graph_name == EVIDENCE and quad.predicate == CPEC.ATTRIBUTED_TO:
            reifying = store.quads_for_pattern(None, RDF.REIFIES, None, quad.subject)  # type: ignore[arg-type]
        elif has_any:  # the statement comes or goes
            reifying = store.quads_for_pattern(None, RDF.REIFIES, quad.triple, quad.graph_name)
        yield from (found.subject for found in reifying)  # type: ignore[misc]


def list_annotations(part: Slice, reifiers: Iterable[Node]) -> list[Annotation]:
    """Return the annotations of reifiers that a citation shows."""
    own = [quad for reifier in reifiers for quad in part.quads(reifier, RDF.REIFIES)]
    values = [
        quad
        for reifier in {quad.subject for quad in own}
        for quad in part.quads(reifier)  # type: ignore[arg-type]
        if quad.predicate in RECORDED
    ]
    stated = (
        as_quad(quad.object, quad.graph_name)
        for quad in own
        if isinstance(quad.object, Triple) and isinstance(quad.graph_name, NamedNode)
    )
    annotations = read_annotations([*own, *values, *filter(part.holds, stated)])
    return [annotation for annotation in annotations if CITED & annotation.values.keys()]


def derive_records(part: Slice, annotations: Iterable[Annotation]) -> Iterator[Quad]:
    """Yield the records of annotations, with what they inherit.

    A statement that is not asserted has no modality but its own.
    """
    read = cache(lambda *pattern: [*part.quads(*pattern)])  # one graph has many annotations
    for own in annotations:
        inherited = read(own.graph, CPEC.ATTRIBUTED_TO, None, EVIDENCE)
        if own.kind == RDF.STATEMENT:
            inherited = [*inherited, *read(own.triple.predicate, CPEC.MODALITY, None, VOCABULARY)]
        yield from write_records([own], Defaults.read(inherited), hash_words)


def hash_words(selection: Selection) -> str:
    """Return the number of a selector: that of its words, whatever else was written before."""
    ends = map(term_text, (selection.words, *selection.starts, *selection.ends))
    return sha256(" ".join(ends).encode()).hexdigest()[:16]


def is_shared(store: Store, quad: Quad, reifiers: set[Node]) -> bool:
    """Return whether a quad about a selector belongs to a record that is not touched too."""
    selector = quad.object if quad.predicate == OA.HAS_SELECTOR else quad.subject
    if quad.subject in reifiers or not isinstance(selector, Node):
        return False
    held = store.quads_for_pattern(None, OA.HAS_SELECTOR, selector, EVIDENCE)
    source = selector.value.rpartition("#")[0]
    return any(quad.subject not in reifiers and term_text(quad.subject) != source for quad in held)


def require_citable(part: Slice, annotation: Annotation) -> None:
    """Raise AnnotationError for an annotation that cannot be cited as it is written."""
    triples = {quad.object for quad in part.quads(annotation.name, RDF.REIFIES)}
    source = graph_of(as_quad(annotation.triple, annotation.graph))
    wrong = ""
    if len(triples) > 1:
        wrong = f"it reifies {len(triples)} statements: give each a reifier of its own"
    elif not is_source_graph(source) and annotation.graph != UNNAMED_GRAPH:
        wrong = f"{shorten(source)} is no source: write it into the graph of a sentence"
    elif not isinstance(annotation.triple.subject, NamedNode):
        wrong = "the subject of its statement is a blank node: give it an IRI"
    for name, values in annotation.values.items():
        kind, words = (Literal, "a text") if name in WORDS else (NamedNode, "an IRI")
        if name in CITED and not all(isinstance(value, kind) for value in values):
            wrong = f"its {shorten(name.value)} is {values[0]}: write {words}"
    if wrong:
        statement = " ".join(map(show, annotation.triple))
        raise AnnotationError(f"the annotation of {statement} cannot be cited: {wrong}")


def show(term: RdfTerm) -> str:
    """Return a term as a person reads it."""
    return shorten(term.value) if isinstance(term, NamedNode) else str(term)
