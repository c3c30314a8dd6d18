"""The record of a statement in `graph:evidence`: its triple, its source, its words, who says so.

The master copy writes it as an annotation (curating/annotation.py).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache
from typing import NamedTuple, Self

from pyoxigraph import BlankNode, NamedNode, Quad, Store, Triple

from graph.dataset import RECORD_TERMS
from graph.wording.display_name import MOST_KEPT, read_text
from graph.wording.quotation import Fragment, merge_fragments, quote_fragments
from ontology.namespace import EVIDENCE
from ontology.terms import CPEC, OA, RDF, RdfTerm


class SelectedWords(NamedTuple):
    """The words of a source that statements rest on: quoted, or anchors where it is not quoted."""

    fragments: list[Fragment]
    located: list[Fragment]

    def __bool__(self) -> bool:
        """Return whether there are any."""
        return any(self)

    @property
    def quotes(self) -> list[str]:
        """The quotations that the fragments make."""
        return quote_fragments(self.fragments)

    @property
    def anchors(self) -> list[str]:
        """The anchors in the order of the text, those that overlap as one."""
        return [fragment.anchor for fragment in merge_fragments(self.located)]

    def join(self, other: SelectedWords) -> SelectedWords:
        """Return these words and others."""
        return SelectedWords([*self.fragments, *other.fragments], [*self.located, *other.located])


class Description(dict[str, list[RdfTerm]]):
    """The description of a subject in `graph:evidence`: values by predicate, sorted by text."""

    def first(self, predicate: str) -> str | None:
        """Return the text of the first value of a predicate."""
        values = self.get(predicate)
        return getattr(values[0], "value", None) if values else None


@dataclass(frozen=True, slots=True)
class Record:
    """A statement of a source with its record; without a record it has a triple and a source.

    `modality` and `attributed_to`, the agent who says so, are IRIs. The source of a statement that
    is not `is_asserted` denies it, proposes it or the like.
    """

    name: str
    triple: Triple
    source: str
    modality: str = ""
    attributed_to: str = ""
    words: SelectedWords = field(default_factory=lambda: SelectedWords([], []))
    readings: tuple[str, ...] = ()
    is_asserted: bool = True

    def join(self, other: Record) -> Record:
        """Return the record with the words and readings of another one of its statement too."""
        return replace(
            self,
            modality=other.modality or self.modality,
            attributed_to=other.attributed_to or self.attributed_to,
            words=self.words.join(other.words),
            readings=tuple(dict.fromkeys((*self.readings, *other.readings))),
        )


class Records:
    """The records of one dataset, each read once."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.describe = lru_cache(MOST_KEPT)(self.read_description)
        self.read = lru_cache(MOST_KEPT)(self.read_record)
        self.list_records = lru_cache(MOST_KEPT)(self.read_source)
        self.by_triple = lru_cache(MOST_KEPT)(self.group_by_triple)

    def read_description(self, subject: RdfTerm) -> Description:
        """Return the description of a subject; of its blank nodes, selectors alone."""
        description = Description()
        if not isinstance(subject, NamedNode | BlankNode):
            return description
        for quad in self.store.quads_for_pattern(subject, None, None, EVIDENCE):
            if not isinstance(quad.object, BlankNode) or quad.predicate == OA.HAS_SELECTOR:
                description.setdefault(quad.predicate.value, []).append(quad.object)
        for values in description.values():
            if len(values) > 1:
                values.sort(key=str)
        return description

    @classmethod
    def from_quads(cls, quads: Iterable[Quad]) -> Self:
        """Return the records of a dataset that is at hand as quads."""
        store = Store()
        store.extend(quad for quad in quads if quad.graph_name == EVIDENCE)
        return cls(store)

    def select_words(self, own: Description) -> SelectedWords:
        """Return the fragments and the anchors of a sentence or a statement."""
        selectors = own.get(OA.HAS_SELECTOR.value, ())
        pairs = [(s.value if isinstance(s, NamedNode) else "", self.describe(s)) for s in selectors]
        quoting = (OA.EXACT.value, CPEC.ANCHOR.value)
        # the label of a blank node differs from store to store: its words order it
        pairs.sort(key=lambda pair: (len(pair[0]), pair[0], str([*map(pair[1].get, quoting)])))
        fragments = [
            Fragment.read(name, read_text(text))
            for name, described in pairs
            for text in described.get(OA.EXACT.value, ())
        ]
        located = [
            Fragment.read_anchor(name, read_text(text))
            for name, described in pairs
            for text in described.get(CPEC.ANCHOR.value, ())
        ]
        return SelectedWords(fragments, located)

    def read_record(self, name: RdfTerm) -> Record | None:
        """Return a record, None for a term that lacks a triple or a source."""
        own = self.describe(name)
        source = own.first(OA.HAS_SOURCE.value)
        for kind, ends in RECORD_TERMS.items():
            subject, predicate, value = (next(iter(own.get(end.value, ())), None) for end in ends)
            if not source or not value:
                continue
            if isinstance(subject, NamedNode) and isinstance(predicate, NamedNode):
                return Record(
                    name.value if isinstance(name, NamedNode) else "",
                    Triple(subject, predicate, value),
                    source,
                    own.first(CPEC.MODALITY.value) or "",
                    own.first(CPEC.ATTRIBUTED_TO.value) or "",
                    self.select_words(own),
                    tuple(map(read_text, own.get(CPEC.READING.value, ()))),
                    kind == RDF.STATEMENT,
                )
        return None

    def read_source(self, source: str) -> list[Record]:
        """Return the records of a source; a graph whose name is no IRI has none."""
        try:
            return list(self.walk(NamedNode(source)))
        except ValueError:
            return []

    def look_up(self, graph: str) -> Description:
        """Return the description of a graph; empty if its name is no IRI."""
        try:
            return self.describe(NamedNode(graph))
        except ValueError:
            return Description()

    @cached_property
    def said_subjects(self) -> frozenset[RdfTerm]:
        """The subjects of the statements that their sources do not assert."""
        quads = self.store.quads_for_pattern(None, CPEC.SAID_SUBJECT, None, EVIDENCE)
        return frozenset(quad.object for quad in quads)

    def list_unasserted_of(self, triple: Iterable[RdfTerm]) -> list[Record]:
        """Return the records that speak of a triple without asserting it, by name."""
        subject, *others = triple
        if subject not in self.said_subjects:
            return []
        ends = list(zip((CPEC.SAID_PREDICATE, CPEC.SAID_OBJECT), others, strict=True))
        names = (
            quad.subject
            for quad in self.store.quads_for_pattern(None, CPEC.SAID_SUBJECT, subject, EVIDENCE)
            if all(Quad(quad.subject, *end, EVIDENCE) in self.store for end in ends)
        )
        return sorted(filter(None, map(self.read, names)), key=lambda record: record.name)

    def list_unasserted(self) -> list[Record]:
        """Return the records of the statements that their sources do not assert."""
        return [record for record in self.walk() if not record.is_asserted]

    def walk(self, source: NamedNode | None = None) -> Iterator[Record]:
        """Yield the records of a source, or of all sources: a record of two sources twice."""
        for quad in self.store.quads_for_pattern(None, OA.HAS_SOURCE, source, EVIDENCE):
            record = self.read(quad.subject)
            if record and isinstance(quad.object, NamedNode):
                yield replace(record, source=quad.object.value)

    def group_by_triple(self, source: str) -> Mapping[Triple, Record]:
        """Return the records of the statements that a source asserts, by triple.

        Several records of one triple are one that has the words of all.
        """
        records: dict[Triple, Record] = {}
        for record in sorted(self.list_records(source), key=lambda record: record.name):
            if record.is_asserted:
                known = records.get(record.triple)
                records[record.triple] = known.join(record) if known else record
        return records

    def find(self, triple: Triple, source: str) -> Record:
        """Return the statement of a source with its record, if it has one."""
        return self.by_triple(source).get(triple) or Record("", triple, source)
