"""Annotations of the master copy, as records: quote, modality and attribution in plain triples.

In the master copy each statement has an annotation of RDF 1.2
(https://www.w3.org/TR/rdf12-turtle/#reifying-triples). A fact is asserted and annotated; a
statement that its source denies, proposes, requests or makes conditional is annotated only::

    id:Pakistan cpec:advances id:CPEC ~ <s01#1> {| oa:exact "moved … on CPEC" ; oa:start 4, 18 |} .
    << id:CPEC cpec:hasParty id:Iran ~ <s01#2> >> oa:exact "denied" ; cpec:modality cpec:Denied .

In the graph the record of a fact is an `rdf:Statement` of `graph:evidence`, which SPARQL 1.1 can
ask and every format can write (docs/decisions/0012-a-statement-has-a-record.md). The record of any
other statement is a `cpec:UnassertedStatement`: it names its terms by properties of its own, so
that a join over `rdf:subject`, `rdf:predicate` and `rdf:object` does not take it for a fact.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple, TypeAlias

from pyoxigraph import BlankNode, Literal, NamedNode, Quad, Triple

from graph.dataset import QUOTING, RECORD_TERMS, graph_of
from graph.wording.quotation import JOINT, POSITION, Fragment, name_range, split_quotation
from graph.written_value import read_count
from ontology.namespace import EVIDENCE, EVIDENCE_GRAPH, ONTOLOGY_GRAPH
from ontology.terms import CPEC, OA, RDF, RdfTerm

Node: TypeAlias = NamedNode | BlankNode


@dataclass(frozen=True, slots=True)
class Annotation:
    """An annotation of the master copy: the name of the record, its triple, and its values.

    `kind` is the class of the record: an `rdf:Statement` if the graph asserts the triple.
    """

    name: Node
    graph: NamedNode
    triple: Triple
    kind: NamedNode
    values: dict[NamedNode, list[RdfTerm]] = field(default_factory=dict)


def replace_annotations(quads: Iterable[Quad]) -> Iterator[Quad]:
    """Yield the quads of a master copy, with a record instead of each annotation."""
    quads = list(quads)
    annotations = read_annotations(quads)
    names = {annotation.name for annotation in annotations}
    yield from (quad for quad in quads if quad.subject not in names)
    yield from dict.fromkeys(write_records(annotations, Defaults.read(quads)))


def read_annotations(quads: Iterable[Quad]) -> list[Annotation]:
    """Return the annotations, in the order of their statements."""
    quads = list(quads)
    reified = [
        (quad.subject, quad.object, quad.graph_name)
        for quad in quads
        if quad.predicate == RDF.REIFIES
        and isinstance(quad.object, Triple)
        and isinstance(quad.subject, Node)
        and isinstance(quad.graph_name, NamedNode)
    ]
    asserted = {as_quad(triple, graph) for _, triple, graph in reified}.intersection(quads)
    annotations = [
        Annotation(
            name,
            graph,
            triple,
            RDF.STATEMENT if as_quad(triple, graph) in asserted else CPEC.UNASSERTED_STATEMENT,
        )
        for name, triple, graph in reified
    ]
    by_name = {(annotation.name, annotation.graph): annotation for annotation in annotations[::-1]}
    for quad in quads:
        annotation = by_name.get((quad.subject, quad.graph_name))  # type: ignore[arg-type]
        if annotation is not None and quad.predicate != RDF.REIFIES:
            annotation.values.setdefault(quad.predicate, []).append(quad.object)
    return annotations


def as_quad(triple: Triple, graph: NamedNode) -> Quad:
    """Return a triple as a quad of a graph."""
    return Quad(triple.subject, triple.predicate, triple.object, graph)


@dataclass(frozen=True, slots=True)
class Defaults:
    """The values that a record inherits: the modality of its property, its source's attribution."""

    modality: dict[Node, RdfTerm]
    attribution: dict[Node, RdfTerm]

    @classmethod
    def read(cls, quads: Iterable[Quad]) -> Defaults:
        """Return the defaults that the quads of a master copy state."""
        defaults = cls({}, {})
        values = {
            (CPEC.MODALITY, ONTOLOGY_GRAPH): defaults.modality,
            (CPEC.ATTRIBUTED_TO, EVIDENCE_GRAPH): defaults.attribution,
        }
        for quad in quads:
            terms = values.get((quad.predicate, graph_of(quad)))
            if terms is not None and isinstance(quad.subject, Node):
                terms[quad.subject] = quad.object
        return defaults

    def complete(self, annotation: Annotation) -> dict[NamedNode, list[RdfTerm]]:
        """Return the values of an annotation, with the inherited values."""
        inherited = {
            CPEC.MODALITY: self.modality.get(annotation.triple.predicate),
            CPEC.ATTRIBUTED_TO: self.attribution.get(annotation.graph),
        }
        defaults = {name: [value] for name, value in inherited.items() if value is not None}
        return defaults | annotation.values


def write_records(
    annotations: Iterable[Annotation],
    defaults: Defaults,
    number: Callable[[Selection], object] | None = None,
) -> Iterator[Quad]:
    """Yield the records of annotations; equal quotes of a source share one selector.

    The selectors without a place are numbered in the order of the annotations, or by `number`.
    """
    selectors: dict[NamedNode, dict[Selection, NamedNode]] = {}
    for annotation in annotations:
        name, source = annotation.name, annotation.graph
        values = defaults.complete(annotation)
        numbered = selectors.setdefault(source, {})
        yield Quad(name, RDF.TYPE, annotation.kind, EVIDENCE)
        yield Quad(name, OA.HAS_SOURCE, source, EVIDENCE)
        for predicate, term in zip(RECORD_TERMS[annotation.kind], annotation.triple, strict=True):
            yield Quad(name, predicate, term, EVIDENCE)
        for selection in take_selections(values):
            own_number = number(selection) if number else len(numbered) + 1
            own_name = selection.name_selector(source.value, own_number)
            selector = numbered.setdefault(selection, own_name)
            yield Quad(name, OA.HAS_SELECTOR, selector, EVIDENCE)
            yield Quad(source, OA.HAS_SELECTOR, selector, EVIDENCE)
            yield from selection.describe(selector, source)
        for predicate, terms in values.items():
            yield from (Quad(name, predicate, term, EVIDENCE) for term in terms)


class Selection(NamedTuple):
    """The words of a source that an annotation repeats; an anchor has the offsets of its passage.

    `start` is the offset of the words in the sentence, -1 if they have none.
    """

    property: NamedNode
    words: RdfTerm
    starts: tuple[RdfTerm, ...] = ()
    ends: tuple[RdfTerm, ...] = ()
    start: int = -1

    def name_selector(self, source: str, number: object) -> NamedNode:
        """Return the name of its selector: the range of the words, else a number."""
        if self.start >= 0:
            words = getattr(self.words, "value", "")
            if self.property == CPEC.ANCHOR:
                words = Fragment.read_anchor("", words).words
            return NamedNode(name_range(source, Fragment(self.start, words)))
        kind = "quote" if self.property == OA.EXACT else "anchor"
        return NamedNode(f"{source}#{kind}-{number}")

    def describe(self, selector: NamedNode, source: NamedNode) -> Iterator[Quad]:
        """Yield the description of the selector.

        The offsets of a passage are positions in the text of the sentence, named as RFC 5147 names
        them. The range ends where its end selector begins:
        https://www.w3.org/TR/annotation-model/#range-selector
        """
        yield Quad(selector, RDF.TYPE, QUOTING[self.property], EVIDENCE)
        yield Quad(selector, self.property, self.words, EVIDENCE)
        for end, offsets in (
            (OA.HAS_START_SELECTOR, self.starts),
            (OA.HAS_END_SELECTOR, self.ends),
        ):
            for offset in offsets:
                position = NamedNode(f"{source.value}{POSITION}{getattr(offset, 'value', '')}")
                yield Quad(selector, end, position, EVIDENCE)


def take_selections(values: dict[NamedNode, list[RdfTerm]]) -> list[Selection]:
    """Remove the quotes and the anchors, with their offsets, from the values of an annotation."""
    selections = take_quotes(values)
    if anchors := values.pop(CPEC.ANCHOR, []):
        starts, ends = (tuple(values.pop(end, ())) for end in (OA.START, OA.END))
        ordered = sorted(starts, key=read_offset)
        # the passage starts at the lesser offset, and the anchor within it at the greater one
        start = read_offset(ordered[-1]) if 1 <= len(ordered) <= 2 and len(anchors) == 1 else -1
        first = tuple(ordered[:1]) if start >= 0 else starts
        selections += [Selection(CPEC.ANCHOR, words, first, ends, start) for words in anchors]
    return selections


def read_offset(term: RdfTerm) -> int:
    """Return an offset, -1 for another term."""
    number = read_count(getattr(term, "value", ""))
    return -1 if number is None else number


def take_quotes(values: dict[NamedNode, list[RdfTerm]]) -> list[Selection]:
    """Remove the quotes from the values of an annotation: a selection for each of their phrases.

    The offsets of a quote are those of its phrases, in order. Offsets that are not as many as the
    phrases stay with the record, where `misplaced-quote.rq` finds them.
    """
    quotes = values.pop(OA.EXACT, [])
    phrases = [phrase for quote in quotes for phrase in split_literal(quote)]
    offsets = [getattr(start, "value", "") for start in values.get(OA.START, ())]
    starts = sorted(int(offset) for offset in offsets if re.fullmatch(r"\d{1,9}", offset))
    if len(quotes) != 1 or len(starts) != len(phrases) or CPEC.ANCHOR in values:
        return [Selection(OA.EXACT, phrase) for phrase in phrases]
    values.pop(OA.START)
    pairs = zip(phrases, starts, strict=True)
    return [Selection(OA.EXACT, phrase, start=start) for phrase, start in pairs]


def split_literal(quote: RdfTerm) -> list[RdfTerm]:
    """Return the phrases of a quote; a term that is no text stays whole."""
    if not isinstance(quote, Literal) or JOINT not in quote.value:
        return [quote]
    return [Literal(p, language=quote.language) for p in split_quotation(quote.value)]
