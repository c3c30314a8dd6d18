"""Excluding: a dataset without some of its sources, or with some of its sources alone.

A source is a sentence, an article with all its sentences, a publisher with all its articles, an
origin with all articles that pass on its words, a background source, or another named graph, as
somebody may have written over HTTP. Editorial statements, links, the ontology and the evidence of
other sources stay.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Final

from pyoxigraph import NamedNode, Quad, Store

from graph.answering.evaluation import run_select
from graph.answering.name import expand_name, list_candidates, suggest_name
from graph.errors import ParameterError
from graph.excluding.loss import Scenarios
from graph.reasoning.kernel import Kernel, Statement
from graph.reasoning.rulebook import Fact
from ontology.namespace import (
    DATASET_GRAPH,
    EDITORIAL_GRAPH,
    EVIDENCE_GRAPH,
    INFERRED_GRAPH,
    LINKS,
    ONTOLOGY_GRAPH,
    REIFIERS_GRAPH,
    VERSION_GRAPH,
)

SOURCES: Final = """
SELECT ?graph ?article ?publisher ?origin {
  { ?graph a cpec:Sentence ; oa:hasSource ?article
    OPTIONAL { ?article dcterms:publisher ?publisher }
    OPTIONAL { ?article cpec:derivedFrom+ ?origin } }
  UNION { ?graph a cpec:BackgroundSource OPTIONAL { ?graph dcterms:publisher ?publisher } }
}
"""
"""The graphs of sentences and background sources, each with its article, publisher and origins."""

KINDS: Final = (
    "a sentence, an article, a publisher, an origin, a background source or a named graph"
)

WIDER: Final = ("article", "publisher", "origin")
"""The variables of the sources that a graph belongs to."""

OWN_GRAPHS: Final = frozenset(
    {
        *(ONTOLOGY_GRAPH, EDITORIAL_GRAPH, EVIDENCE_GRAPH),
        *(INFERRED_GRAPH, DATASET_GRAPH, REIFIERS_GRAPH, VERSION_GRAPH),
    }
)
"""The graphs of the project, which are no sources; neither are its links."""

MAX_NAME_CHARACTERS: Final = 200
"""The characters of a wrong name that its error repeats."""


@dataclass(frozen=True, slots=True)
class Exclusion:
    """The names of the sources to leave out, and of those to keep alone."""

    without: tuple[str, ...] = ()
    only: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        """Return whether the exclusion may remove a source."""
        return bool(self.without or self.only)

    @property
    def name(self) -> str:
        """A suffix for the version of the dataset; "" for the whole dataset."""
        return f"-{sha256(repr(self).encode()).hexdigest()[:16]}" if self else ""

    def removal(self, store: Store, kernel: Kernel) -> tuple[set[Quad], set[str]]:
        """Return the quads and the graphs to remove; raises ParameterError for an unknown source.

        A record of several sources stays as long as one of them does.
        """
        sources = read_sources(store)
        graphs = self.find_excluded_graphs(sources)
        excluded: dict[tuple[Fact, int], set[int]] = defaultdict(set)
        for (fact, source, graph), _ in list_excluded_statements(
            kernel, sources, dict.fromkeys(graphs, 1)
        ):
            excluded[fact, graph] |= source
        return {
            kernel.quad((fact, frozenset(of_quad), graph))
            for (fact, graph), of_quad in excluded.items()
            if of_quad >= kernel.sources_of_quad(fact, graph)
        }, graphs

    def find_excluded_graphs(self, sources: Mapping[str, frozenset[str]]) -> set[str]:
        """Return the graphs to remove; raises ParameterError for an unknown source."""
        without, only = (resolve_sources(sources, names) for names in (self.without, self.only))
        return {
            graph
            for graph, iris in sources.items()
            if iris & without or (self.only and not iris & only)
        }


NO_EXCLUSION: Final = Exclusion()
"""No exclusion: the dataset with all its sources."""


def read_sources(store: Store) -> dict[str, frozenset[str]]:
    """Return the graphs of sources, each with the IRIs of itself, its article, publisher, origins.

    A graph that is neither a sentence nor a background source belongs to itself alone.
    """
    sources: dict[str, frozenset[str]] = {}
    for row in run_select(store, SOURCES):
        graph = row["graph"].value
        wider = {row[name].value for name in WIDER if row[name] is not None}
        sources[graph] = sources.get(graph, frozenset()) | wider | {graph}
    for name in store.named_graphs():
        iri = name.value if isinstance(name, NamedNode) else EVIDENCE_GRAPH
        if iri not in OWN_GRAPHS and not iri.startswith(LINKS):
            sources.setdefault(iri, frozenset((iri,)))
    return sources


def resolve_sources(sources: Mapping[str, frozenset[str]], names: Iterable[str]) -> set[str]:
    """Return the IRIs of the sources with some names; raises ParameterError."""
    known = frozenset().union(*sources.values())
    resolved = set()
    for name in names:
        iris = {expand_name(name) or name, *list_candidates(name)} & known
        if not iris:
            near = suggest_name(name, known)
            raise ParameterError(f"{name[:MAX_NAME_CHARACTERS]!r} is no source: name {KINDS}{near}")
        resolved |= iris
    return resolved


def list_excluded_statements(
    kernel: Kernel, sources: Mapping[str, frozenset[str]], excluded: Mapping[str, Scenarios]
) -> Iterator[tuple[Statement, Scenarios]]:
    """Yield the statements of excluded graphs, each with the scenarios that exclude it.

    `excluded` maps graphs to the scenarios that exclude them, with their records.
    A scenario excludes the description of an article or a publisher with all its graphs.
    The same statement may be yielded several times.
    """
    described: dict[str, Scenarios] = {}
    for graph, names in sources.items():
        scenarios = excluded.get(graph, 0)
        number = kernel.graph(graph)
        if scenarios and number is not None:
            for statement in kernel.list_statements((number,)):
                yield statement, scenarios
        for name in names:
            described[name] = described.get(name, -1) & scenarios
    for name, scenarios in described.items():
        number = kernel.graph(name)
        if scenarios and number is not None:
            for statement in list_description_statements(kernel, number):
                yield statement, scenarios


def list_description_statements(kernel: Kernel, source: int) -> Iterator[Statement]:
    """Yield the statements of `graph:evidence` about a source, its selectors and its records."""
    records, own = kernel.records, kernel.singleton(kernel.evidence)
    for fact in kernel.by_source.get(source, ()):  # an article too may have records
        yield fact, kernel.singleton(source), kernel.evidence
    for subject in {source, *records.selectors(source)}:
        for fact, sources in records.facts.get(subject, {}).items():
            if sources == own:
                yield fact, own, kernel.evidence
