"""Records: the facts of `graph:evidence` that belong to the sources they quote.

A *record* describes one statement of a source: an `rdf:Statement`, or a `cpec:UnassertedStatement`,
whose `oa:hasSource` names the source. A *quote* is an `oa:TextQuoteSelector` that a record or a
sentence has; an anchor, an `oa:RangeSelector`, is treated as one. Both belong to the source; other
facts, such as the title of a sentence, belong to the graph itself
(docs/decisions/0025-a-record-is-a-part-of-its-source.md).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Final, TypeAlias

from pyoxigraph import NamedNode

from graph.dataset import QUOTING, RECORD_CLASSES
from graph.reasoning.closure import EMPTY, Graphs
from graph.reasoning.rulebook import Fact, Lexicon
from ontology.namespace import INFERRED_GRAPH, ONTOLOGY_GRAPH
from ontology.terms import CPEC, OA, RDF, SCHEMA

SOURCE_CLASSES: Final = (CPEC.SENTENCE, CPEC.BACKGROUND_SOURCE)
"""The classes of the sources that may have quotes without a record."""

NO_SOURCES: Final = (NamedNode(ONTOLOGY_GRAPH), NamedNode(INFERRED_GRAPH))
"""The graphs that are given or recomputed: no record can belong to them."""

Assignments: TypeAlias = list[tuple[Fact, Graphs]]
"""Facts of `graph:evidence`, each with the sources that it belongs to."""


class Records:
    """The facts of `graph:evidence`, each with the sources that it belongs to.

    Writes may add and remove the triples of a record in any order. So facts are indexed by subject:
    a new type, source or selector reassigns the facts of the subject. `holders` maps each selector
    and archived copy to the subjects that have it. A fact without another source belongs to
    `evidence`, the graph itself.
    """

    def __init__(self, lexicon: Lexicon, evidence: int, singleton: Callable[[int], Graphs]) -> None:
        def numbers(terms: Iterable[NamedNode]) -> tuple[int, ...]:
            return tuple(map(lexicon.number, terms))

        self.lexicon, self.singleton = lexicon, singleton
        self.own = singleton(evidence)
        self.type, self.has_source, self.has_selector = numbers(
            (RDF.TYPE, OA.HAS_SOURCE, OA.HAS_SELECTOR)
        )
        self.has_part = frozenset((self.has_selector, *numbers((SCHEMA.ARCHIVED_AT,))))
        self.record_classes = numbers(RECORD_CLASSES)
        self.quote_classes = numbers(QUOTING.values())
        self.source_classes = numbers(SOURCE_CLASSES)
        self.no_sources = frozenset(numbers(NO_SOURCES))
        self.facts: dict[int, dict[Fact, Graphs]] = {}
        self.holders: dict[int, dict[int, None]] = {}

    def sources(self, fact: Fact) -> Graphs:
        """Return the sources of a fact of `graph:evidence`; a missing fact has none."""
        return self.facts.get(fact[0], {}).get(fact, EMPTY)

    def write(
        self, added: Iterable[Fact], removed: Iterable[Fact] = ()
    ) -> tuple[Assignments, Assignments]:
        """Remove facts and add others; return the new assignments, and the former ones.

        An untouched fact may get other sources: if `oa:hasSource` of a record arrives last, it
        reassigns the earlier facts of the record.
        """
        changed: dict[Fact, None] = {}
        ended = list(self.remove(removed, changed))
        self.add(added, changed)
        begun: Assignments = []
        for subject in self.find_affected(changed):
            of_subject = self.facts[subject]
            for fact, sources, before in self.reassign(subject):
                of_subject[fact] = sources
                if before:
                    begun.append((fact, sources - before))
                    ended.append((fact, before - sources))
                else:
                    begun.append((fact, sources))
        return begun, ended

    def remove(
        self, removed: Iterable[Fact], changed: dict[Fact, None]
    ) -> Iterator[tuple[Fact, Graphs]]:
        """Remove facts, and yield each that was present with its former sources."""
        for fact in removed:
            of_subject = self.facts.get(fact[0], {})
            if (sources := of_subject.pop(fact, None)) is not None:
                changed[fact] = None
                if fact[1] in self.has_part:
                    self.detach(fact)
                if not of_subject:
                    del self.facts[fact[0]]
                yield fact, sources

    def add(self, added: Iterable[Fact], changed: dict[Fact, None]) -> None:
        """Add facts, at first without a source."""
        for fact in added:
            subject, predicate, value = fact
            of_subject = self.facts.setdefault(subject, {})
            if fact not in of_subject:
                of_subject[fact] = EMPTY
                changed[fact] = None
                if predicate in self.has_part:
                    self.holders.setdefault(value, {})[subject] = None

    def detach(self, fact: Fact) -> None:
        """Forget the holder of a selector."""
        holder, _, selector = fact
        del self.holders[selector][holder]
        if not self.holders[selector]:
            del self.holders[selector]

    def find_affected(self, changed: Iterable[Fact]) -> Iterable[int]:
        """Return the subjects whose facts may belong to other sources after a change of some facts.

        The sources of a subject depend on its own facts. The sources of a quote depend on the
        records and sentences that have it, and the fact `oa:hasSelector` of a sentence depends on
        the class of the selector.
        """
        affected: dict[int, None] = {}
        reclassified: dict[int, None] = {}
        for subject, predicate, value in changed:
            affected[subject] = None
            if predicate in self.has_part:
                affected[value] = None
            elif predicate in (self.type, self.has_source):
                reclassified[subject] = None
        for subject in reclassified:
            affected.update(dict.fromkeys(self.selectors(subject)))
            affected.update(self.holders.get(subject, {}))
        return (subject for subject in affected if subject in self.facts)

    def reassign(self, subject: int) -> list[tuple[Fact, Graphs, Graphs]]:
        """Return the facts of a subject whose sources changed, with the new and the former ones.

        The quote of a sentence belongs to the sentence, and so does the triple that links them,
        even where the sentence is typed as a quote of another one.
        """
        of_subject = self.facts[subject]
        sources = self.assign_sources(subject) or self.own
        if not self.is_source(subject):
            return [
                (fact, sources, before)
                for fact, before in of_subject.items()
                if before is not sources and before != sources
            ]
        own_quotes = self.singleton(subject)
        assigned = (
            (fact, own_quotes if self.gives_quote(fact) else sources, before)
            for fact, before in of_subject.items()
        )
        return [assignment for assignment in assigned if assignment[1] != assignment[2]]

    def assign_sources(self, subject: int) -> Graphs:
        """Return the sources of a record or a quote; any other subject has none."""
        if self.is_record(subject):
            return self.sources_of_record(subject)
        if not self.has_class(subject, self.quote_classes):
            return EMPTY
        sources = set[int]()
        for holder in self.holders.get(subject, ()):
            if self.is_record(holder):
                sources |= self.sources_of_record(holder)
            elif self.is_source(holder):
                sources.add(holder)
        return self.intern(sources)

    def sources_of_record(self, record: int) -> Graphs:
        """Return the sources that a record names."""
        return self.intern(
            value
            for _, predicate, value in self.facts[record]
            if predicate == self.has_source and self.names_source(value)
        )

    def names_source(self, node: int) -> bool:
        """Return whether a node can name a source: an IRI, except a given or recomputed graph."""
        return node not in self.no_sources and isinstance(self.lexicon.term(node), NamedNode)

    def has_class(self, subject: int, classes: tuple[int, ...]) -> bool:
        """Return whether a subject is typed with one of some classes in `graph:evidence`."""
        facts = self.facts.get(subject, ())
        for kind in classes:  # noqa: SIM110 - `any` of a generator takes twice the time
            if (subject, self.type, kind) in facts:
                return True
        return False

    def is_record(self, subject: int) -> bool:
        """Whether a subject is a record of a statement, asserted or not."""
        return self.has_class(subject, self.record_classes)

    def is_source(self, subject: int) -> bool:
        """Return whether a subject is a sentence or a background source, and no record."""
        return (
            self.has_class(subject, self.source_classes)
            and not self.is_record(subject)
            and self.names_source(subject)
        )

    def gives_quote(self, fact: Fact) -> bool:
        """Return whether a fact says that its subject has a quote."""
        return fact[1] == self.has_selector and self.has_class(fact[2], self.quote_classes)

    def selectors(self, subject: int) -> Iterator[int]:
        """Yield the selectors and the archived copies of a subject."""
        for _, predicate, value in self.facts.get(subject, ()):
            if predicate in self.has_part:
                yield value

    def intern(self, sources: Iterable[int]) -> Graphs:
        """Return a set of sources; a singleton is the same object each time, to save memory."""
        graphs = frozenset(sources)
        return self.singleton(*graphs) if len(graphs) == 1 else graphs
