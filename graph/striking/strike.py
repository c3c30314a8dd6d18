"""Striking: a dataset as if some sources had never been read, or as if they alone had been.

A source is a sentence, an article with all its sentences, a publisher with all its articles, or a
background source. Our own word (types, labels, evidence of others), links and the ontology stay.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Final

from pyoxigraph import Quad, Store

from graph.answering.evaluation import solutions
from graph.answering.name import candidates, suggestion, whole
from graph.errors import ParameterError
from graph.reasoning.kernel import Kernel, Statement
from graph.reasoning.rulebook import Fact
from graph.striking.loss import Cases

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

    def removal(self, store: Store, kernel: Kernel) -> tuple[set[Quad], set[str]]:
        """Return the quads that go, and the graphs; raises ParameterError for what is no source.

        A record goes unless it belongs to another source that stays.
        """
        sources = sources_of(store)
        gone = self.gone(sources)
        lost: dict[tuple[Fact, int], set[int]] = defaultdict(set)
        for (fact, source, graph), _ in removals(kernel, sources, dict.fromkeys(gone, 1)):
            lost[fact, graph] |= source
        return {
            kernel.quad((fact, frozenset(sources), graph))
            for (fact, graph), sources in lost.items()
            if sources >= kernel.stating_in(fact, graph)
        }, gone

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
    kernel: Kernel, sources: Mapping[str, frozenset[str]], going: Mapping[str, Cases]
) -> Iterator[tuple[Statement, Cases]]:
    """Yield the statements that go, each with the cases in which it does.

    `going` are graphs with the cases in which they go. A graph takes its records along; what
    `graph:evidence` says of a source itself goes where all graphs of that source do. A statement
    may come several times.
    """
    described: dict[str, Cases] = {}
    for graph, names in sources.items():
        cases = going.get(graph, 0)
        number = kernel.graph(graph)
        if cases and number is not None:
            for statement in kernel.stated_by((number,)):
                yield statement, cases
        for name in names:
            described[name] = described.get(name, -1) & cases
    for name, cases in described.items():
        number = kernel.graph(name)
        if cases and number is not None:
            for statement in description(kernel, number):
                yield statement, cases


def description(kernel: Kernel, source: int) -> Iterator[Statement]:
    """Yield what `graph:evidence` says of a source, its selectors and its records."""
    records, own = kernel.records, kernel.singleton(kernel.evidence)
    for fact in kernel.by_source.get(source, ()):  # an article too may have records
        yield fact, kernel.singleton(source), kernel.evidence
    for subject in {source, *records.selectors(source)}:
        for fact, sources in records.facts.get(subject, {}).items():
            if sources == own:
                yield fact, own, kernel.evidence
