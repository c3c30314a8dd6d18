"""Striking: a dataset as if some sources had never been read, or as if they alone had been.

A source is a sentence, an article with all its sentences, a publisher with all its articles, or a
background source. Our own word (types, labels, evidence of others), links and the ontology stay.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Final

from pyoxigraph import NamedNode, Quad, Store

from graph.answering.evaluation import solutions
from graph.answering.name import candidates, suggestion, whole
from graph.errors import ParameterError
from ontology.namespace import EVIDENCE_GRAPH
from ontology.terms import OA

SOURCES: Final = """
SELECT ?graph ?article ?publisher {
  { ?graph a cpec:Sentence ; oa:hasSource ?article
    OPTIONAL { ?article dcterms:publisher ?publisher } }
  UNION { ?graph a cpec:BackgroundSource OPTIONAL { ?graph dcterms:publisher ?publisher } }
}
"""
"""The graphs that state something and are not our own, and the sources that they belong to."""

LONGEST: Final = 200
"""The characters of a wrong name that its error repeats."""

EVIDENCE: Final = NamedNode(EVIDENCE_GRAPH)


@dataclass(frozen=True, slots=True)
class Strike:
    """The sources that are left out, and those that alone are left, by their names."""

    without: tuple[str, ...] = ()
    only: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        """Return whether anything is left out."""
        return bool(self.without or self.only)

    @property
    def name(self) -> str:
        """What tells the version of the dataset apart from the whole one, "" where nothing does."""
        return f"-{sha256(repr(self).encode()).hexdigest()[:16]}" if self else ""

    def removal(self, store: Store) -> tuple[set[Quad], set[str]]:
        """Return the quads that go, and the graphs; raises ParameterError for what is no source."""
        sources = sources_of(store)
        gone = self.gone(sources)
        return {quad for quad, _ in removals(store, sources, dict.fromkeys(gone, 1))}, gone

    def gone(self, sources: Mapping[str, frozenset[str]]) -> set[str]:
        """Return the graphs that go; raises ParameterError for what is no source."""
        without, only = (named(sources, names) for names in (self.without, self.only))
        return {
            graph
            for graph, belongs in sources.items()
            if belongs & without or (self.only and not belongs & only)
        }


WHOLE: Final = Strike()
"""No strike: the dataset with all its sources."""


def sources_of(store: Store) -> dict[str, frozenset[str]]:
    """Return the graphs of sources, each with the IRIs of the sources that it belongs to."""
    found: dict[str, frozenset[str]] = {}
    for row in solutions(store, SOURCES):
        graph = row["graph"].value
        names = {term.value for term in (row["article"], row["publisher"]) if term is not None}
        found[graph] = found.get(graph, frozenset()) | names | {graph}
    return found


def named(sources: Mapping[str, frozenset[str]], names: Iterable[str]) -> set[str]:
    """Return the IRIs of sources that names stand for; raises ParameterError."""
    known = frozenset().union(*sources.values())
    found = set()
    for name in names:
        iris = {whole(name) or name, *candidates(name)} & known
        if not iris:
            near = suggestion(name, known)
            kinds = "a sentence, an article, a publisher or a background source"
            raise ParameterError(f"{name[:LONGEST]!r} is no source: name {kinds}{near}")
        found |= iris
    return found


def removals(
    store: Store, sources: Mapping[str, frozenset[str]], going: Mapping[str, int]
) -> Iterator[tuple[Quad, int]]:
    """Yield the quads that go, each with the cases in which it does, which are bits of a number.

    `going` are graphs with the cases in which they go. What the evidence says of a source goes
    where all its graphs do. A quad may come several times.
    """
    described: dict[str, int] = {}
    for graph, names in sources.items():
        cases = going.get(graph, 0)
        if cases:
            for quad in store.quads_for_pattern(None, None, None, NamedNode(graph)):
                yield quad, cases
        for name in names:
            described[name] = described.get(name, -1) & cases
    for name, cases in described.items():
        if cases:
            for quad in description(store, NamedNode(name)):
                yield quad, cases


def description(store: Store, source: NamedNode) -> Iterator[Quad]:
    """Yield what the evidence says of a source, its selectors and the records of its statements."""
    records = store.quads_for_pattern(None, OA.HAS_SOURCE, source, EVIDENCE)
    selectors = store.quads_for_pattern(source, OA.HAS_SELECTOR, None, EVIDENCE)
    parts = {quad.subject for quad in records} | {quad.object for quad in selectors}
    for subject in {source, *parts}:
        if isinstance(subject, NamedNode):
            yield from store.quads_for_pattern(subject, None, None, EVIDENCE)
