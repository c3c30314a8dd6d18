"""Excluding: a dataset without some sources, with some alone, or as known on a day.

Sources contain each other: a publisher its articles, an article its sentences, and a text or an
agency all that passes on its words, in any number of steps. A background source, or another named
graph that somebody wrote over HTTP, is a source too. What contains a source goes with all of it.
Editorial statements, links, the ontology and the evidence of other sources stay. As of a day, the
names, types and links of things that no source up to that day mentions are hidden too.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from hashlib import sha256
from typing import Any, Final, Self

from pyoxigraph import NamedNode, Store

from graph.answering.evaluation import run_select
from graph.answering.name import expand_name, list_candidates, suggest_name
from graph.errors import ParameterError
from graph.excluding.loss import Scenarios
from graph.reasoning.kernel import Kernel, NumberedQuad, Statement
from graph.wording.text import write_time
from graph.written_value import ECHO, read_day, read_last_day
from ontology.namespace import (
    DATASET_GRAPH,
    EDITORIAL_GRAPH,
    EVIDENCE_GRAPH,
    INFERRED_GRAPH,
    LINKS,
    ONTOLOGY_GRAPH,
    REIFIERS_GRAPH,
    RETIRED_GRAPH,
    VERSION_GRAPH,
)
from ontology.terms import CPEC, OWL

SOURCES: Final = """
SELECT ?graph ?kind { VALUES ?kind { cpec:Sentence cpec:BackgroundSource } ?graph a ?kind }
"""
"""The sentences, and the background sources."""

PARTS: Final = """
SELECT ?part ?whole ?is_placed {
  { ?part oa:hasSource ?whole BIND (true AS ?is_placed) } UNION { ?part cpec:derivedFrom ?whole }
  UNION { ?part dcterms:publisher ?whole }
}
"""
"""The parts of sources, each with what contains it; a sentence has a place in an article."""

DAYS: Final = """
SELECT ?graph ?day { GRAPH graph:evidence {
  { ?graph a cpec:Sentence ; oa:hasSource ?article . ?article dcterms:date ?day }
  UNION { ?graph dcterms:date ?day }
} }
"""
"""The days of publication of graphs: those of their articles, or their own."""

ORIGIN: Final = """
      OPTIONAL { ?sentence cpec:derivedFrom+ ?own FILTER NOT EXISTS { ?own cpec:derivedFrom ?before } }
      OPTIONAL { ?article cpec:derivedFrom+ ?whole FILTER NOT EXISTS { ?whole cpec:derivedFrom ?earlier } }
      BIND (COALESCE(?own, ?whole, ?article) AS ?text)
"""  # noqa: E501 - as in the catalogue
"""The pattern of the first text or agency whose words a sentence, or else its article, passes on.

The questions that count origins have the same lines.
"""

KINDS: Final = (
    "a sentence, an article, a publisher, an origin, a background source or a named graph"
)

OWN_GRAPHS: Final = frozenset(
    {
        *(ONTOLOGY_GRAPH, EDITORIAL_GRAPH, EVIDENCE_GRAPH),
        *(INFERRED_GRAPH, DATASET_GRAPH, REIFIERS_GRAPH, RETIRED_GRAPH, VERSION_GRAPH),
    }
)
"""The graphs of the project, which are no sources; neither are its links."""

MAX_NAME_CHARACTERS: Final = 200
"""The characters of a wrong name that its error repeats."""


def require_past(text: str) -> str:
    """Return a day, as YYYY-MM-DD; raises ParameterError for another text and for a day to come.

    Somewhere it is tomorrow already.
    """
    day = read_day(text)
    if day is None:
        raise ParameterError(f"{text[:ECHO]!r} is no day: write one that exists as YYYY-MM-DD")
    if day > datetime.now(UTC).date() + timedelta(days=1):
        raise ParameterError(
            f"{text} is still to come: nobody knows what will be published by then"
        )
    return text


@dataclass(frozen=True, slots=True)
class Exclusion:
    """The names of the sources to leave out, and of those to keep alone.

    No source after the day `as_of`, YYYY-MM-DD, is kept unless that is "". A graph without a date
    counts from the day in `written` on which it was written over HTTP, and stays if it has none.
    """

    without: tuple[str, ...] = ()
    only: tuple[str, ...] = ()
    as_of: str = ""
    written: tuple[tuple[str, str], ...] = ()

    @classmethod
    def read(cls, record: Mapping[str, Any]) -> Self:
        """Return the exclusion of a JSON object with its fields."""
        written = tuple((graph, day) for graph, day in record["written"])
        return cls(tuple(record["without"]), tuple(record["only"]), record["as_of"], written)

    def __bool__(self) -> bool:
        """Return whether the exclusion may remove a source."""
        return bool(self.without or self.only or self.as_of)

    @property
    def name(self) -> str:
        """A suffix for the version of the dataset; "" for the whole dataset."""
        return f"-{sha256(repr(self).encode()).hexdigest()[:16]}" if self else ""

    @property
    def until(self) -> str:
        """The day in words, "" without one: up to 12 July 2021."""
        return self.as_of and f"up to {write_time(self.as_of)}"

    @property
    def silence(self) -> str:
        """The words before a statement that no source of the dataset makes.

        >>> Exclusion(as_of="2021-07-12").silence
        'up to 12 July 2021 no source says'
        """
        left = " that is left" if self.without or self.only else ""
        return f"{self.until} no source{left} says".lstrip()

    def date_words(self, text: str) -> str:
        """Return words on the dataset with the day: Up to 12 July 2021: No source says so."""
        return f"{self.until[0].upper()}{self.until[1:]}: {text}" if self.as_of else text

    def removal(self, store: Store) -> Removal:
        """Return the removal of the sources; raises ParameterError for an unknown source."""
        sources = read_sources(store)
        days = self.read_days(store)
        later = {graph for graph in sources if days.get(graph, "") > self.as_of}
        graphs = self.find_excluded_graphs(store, sources)
        return Removal(sources, graphs, later if self.as_of else None)

    def find_excluded_graphs(self, store: Store, sources: Mapping[str, frozenset[str]]) -> set[str]:
        """Return the graphs to remove; raises ParameterError for an unknown source."""
        without, only = (resolve_sources(sources, names) for names in (self.without, self.only))
        days = self.read_days(store)
        return {
            graph
            for graph, iris in sources.items()
            if iris & without
            or (self.only and not iris & only)
            or (self.as_of and days.get(graph, "") > self.as_of)
        }

    def find_undated(self, store: Store) -> frozenset[str]:
        """Return the sources of a dataset as of a day that have no day themselves."""
        if not self.as_of:
            return frozenset()
        return frozenset(read_sources(store).keys() - self.read_days(store))

    def read_days(self, store: Store) -> dict[str, str]:
        """Return the day of each graph, as of a day."""
        return {**dict(self.written), **read_days(store)} if self.as_of else {}


NO_EXCLUSION: Final = Exclusion()
"""No exclusion: the dataset with all its sources."""


@dataclass(frozen=True, slots=True)
class Removal:
    """The `graphs` to remove from a dataset of some sources (`read_sources`).

    As of a day, those `later` are among them, and what they alone mention has no names.
    """

    sources: Mapping[str, frozenset[str]]
    graphs: set[str]
    later: set[str] | None = None

    @property
    def is_most(self) -> bool:
        """Whether most sources are removed."""
        return 2 * len(self.graphs) > len(self.sources)

    def list_removed(self, kernel: Kernel) -> set[NumberedQuad]:
        """Return the quads to remove; one of several sources stays as long as one of them does."""
        excluded: dict[NumberedQuad, set[int]] = defaultdict(set)
        scenarios = dict.fromkeys(self.graphs, 1)
        for (fact, source, graph), _ in list_excluded_statements(kernel, self.sources, scenarios):
            excluded[fact, graph] |= source
        return {
            (fact, graph)
            for (fact, graph), of_quad in excluded.items()
            if of_quad >= kernel.sources_of_quad(fact, graph)
        } | self.list_unmentioned(kernel)

    def list_kept(self, kernel: Kernel) -> list[Statement]:
        """Return the statements to keep, in time that depends on these and on the sources."""
        left = frozenset().union(*(self.sources[g] for g in self.sources.keys() - self.graphs))
        gone = frozenset().union(*(self.sources[graph] for graph in self.graphs)) - left
        numbers, evidence = kernel.lexicon.numbers, kernel.evidence
        described, removed = (
            {numbers.get(NamedNode(name)) for name in names} for names in (gone, self.graphs)
        )
        kept = kernel.list_statements(kernel.sources - described - removed - {evidence})
        own, holders = kernel.singleton(evidence), kernel.records.holders
        about = (f for f in kernel.by_graph.get(evidence, ()) if f[0] not in described)
        alone = (f for f in about if described.isdisjoint(holders.get(f[0], ())))
        kept += [(fact, own, evidence) for fact in alone]
        hidden = self.list_unmentioned(kernel)
        return [own for own in kept if (own[0], own[2]) not in hidden] if hidden else kept

    def list_unmentioned(self, kernel: Kernel) -> set[NumberedQuad]:
        """Return the editorial quads and links about things that no source up to the day mentions.

        A thing is mentioned too if an editorial quad of a mentioned thing names it. An annotation
        of a link goes with the thing that it annotates.
        """
        if self.later is None:
            return set()
        own = {
            graph
            for graph in kernel.sources
            if (name := kernel.name(graph)) == EDITORIAL_GRAPH or name.startswith(LINKS)
        }
        silent = {*own, *map(kernel.graph, OWN_GRAPHS - {EVIDENCE_GRAPH, ONTOLOGY_GRAPH})}
        stated = kernel.list_statements((kernel.ontology,))
        mentioned: set[int] = set()
        for fact, _, graph in stated + Removal(self.sources, self.later).list_kept(kernel):
            if graph not in silent:
                mentioned |= {fact[0], fact[2]}
        about: dict[int, list[NumberedQuad]] = defaultdict(list)
        annotations: dict[int, list[int]] = defaultdict(list)
        for fact, _, graph in kernel.list_statements(own):
            about[fact[0]].append((fact, graph))
            if fact[1] == kernel.lexicon.numbers.get(OWL.ANNOTATED_SOURCE):
                annotations[fact[2]].append(fact[0])
        queue = list(mentioned)
        for term in queue:
            named = {fact[2] for fact, _ in about.pop(term, ())} | {*annotations.get(term, ())}
            queue += named - mentioned
            mentioned |= named
        return {quad for quads in about.values() for quad in quads}


def read_sources(store: Store) -> dict[str, frozenset[str]]:
    """Return the graphs of sources, each with the IRIs of itself and of all that contain it.

    Only itself contains a graph that is neither a sentence nor a background source.
    """
    wholes: dict[str, set[str]] = defaultdict(set)
    placed = set[str]()
    for part, whole, is_placed in run_select(store, PARTS):
        wholes[part.value].add(whole.value)
        if is_placed:
            placed.add(part.value)

    @cache
    def list_around(parts: frozenset[str]) -> frozenset[str]:
        around = [*parts]
        for part in around:
            around += (whole for whole in wholes.get(part, ()) if whole not in around)
        return frozenset(around)

    sources = {
        graph.value: list_around(frozenset(wholes.get(graph.value, ()))) | {graph.value}
        for graph, kind in run_select(store, SOURCES)
        if kind != CPEC.SENTENCE or graph.value in placed
    }
    for name in store.named_graphs():
        iri = name.value if isinstance(name, NamedNode) else EVIDENCE_GRAPH
        if iri not in OWN_GRAPHS and not iri.startswith(LINKS):
            sources.setdefault(iri, frozenset((iri,)))
    return sources


def read_days(store: Store) -> dict[str, str]:
    """Return the day, YYYY-MM-DD, on which each graph was published: of several days the last.

    A year or a month is over on its last day; a day that does not exist is none.
    """
    days: dict[str, str] = {}
    for row in run_select(store, DAYS):
        graph, day = row["graph"].value, read_last_day(row["day"].value)
        if day:
            days[graph] = max(day, days.get(graph, ""))
    return days


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
    """Yield the statements of `graph:evidence` about a source, its parts and archived copies."""
    records, own = kernel.records, kernel.singleton(kernel.evidence)
    for fact in kernel.by_source.get(source, ()):  # an article too may have records
        yield fact, kernel.singleton(source), kernel.evidence
    for subject in {source, *records.selectors(source)}:
        for fact, sources in records.facts.get(subject, {}).items():
            if sources == own:
                yield fact, own, kernel.evidence
