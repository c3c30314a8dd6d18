"""The effect of statements on a graph: what is new with them, what follows, falls or contradicts.

A person who reviews a claim sees its effect before it is accepted, and a curator that of an article
that enters or leaves.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Final, NamedTuple, TypeAlias

from pyoxigraph import Quad, Store, Triple

from graph.answering.evaluation import run_select
from graph.dataset import graph_of, is_source_graph, memory_store, with_union
from graph.explaining.why import CONTESTED
from graph.reasoning.contradiction import Contradiction
from graph.reasoning.kernel import Kernel
from graph.reasoning.support import reason_graphs
from ontology.namespace import ID
from ontology.terms import CPEC, RdfTerm
from queries.question import Question

Row: TypeAlias = tuple[RdfTerm | None, ...]

CONTESTED_COLUMNS: Final = ("subject", "property", "value", "source", "otherValue", "otherSource")


class ClosedGraph:
    """The stated quads of a graph, with all that follows from them; it never changes."""

    def __init__(
        self,
        stated: Iterable[Quad],
        kernel: Kernel | None = None,
        store: Store | None = None,
    ) -> None:
        """Close the quads, unless their `kernel` is given; raises UnfollowedAxiomError.

        A `store` that is given has the stated quads, and gets the inferred ones.
        """
        self.stated = dict.fromkeys(stated)
        self.given = store
        self.kernel = kernel or Kernel(self.stated)
        triples = (quad.triple for quad in self.kernel.inferred_quads())
        self.inferred = {own: None for own in triples if own.predicate.value.startswith(CPEC)}

    def change(self, added: Iterable[Quad] = (), removed: Iterable[Quad] = ()) -> ClosedGraph:
        """Return the graph without some quads and with others."""
        left = set(removed)
        return ClosedGraph([*(quad for quad in self.stated if quad not in left), *added])

    @cached_property
    def store(self) -> Store:
        """The stated and the inferred quads, and their union as the default graph."""
        store = memory_store(self.stated) if self.given is None else self.given
        store.extend(with_union(self.kernel.inferred_quads()))
        return store

    @cached_property
    def sources(self) -> Mapping[Triple, frozenset[str]]:
        """The triples that sources state, each with the graphs of these sources."""
        sources: dict[Triple, set[str]] = defaultdict(set)
        for quad in self.stated:
            if is_source_graph(graph := graph_of(quad)):
                sources[quad.triple].add(graph)
        return {triple: frozenset(graphs) for triple, graphs in sources.items()}

    @cached_property
    def contested(self) -> dict[Contest, None]:
        """The pairs of values that contradict each other (queries/contested.rq)."""
        rows = run_select(self.store, CONTESTED)
        return {Contest(*(row[name] for name in CONTESTED_COLUMNS)): None for row in rows}

    def find_sources(self, triple: Triple) -> frozenset[str]:
        """Return the graphs that state a triple, or else those that it is inferred from."""
        if triple in self.sources:
            return self.sources[triple]
        fact = self.kernel.fact(*triple)
        if fact is None or triple not in self.inferred:
            return frozenset()
        return frozenset(self.kernel.names(reason_graphs(self.kernel.closure, fact)))


class Contest(NamedTuple):
    """Two values of what has one, each with the graph of the source that states it."""

    subject: RdfTerm
    property: RdfTerm
    value: RdfTerm
    source: RdfTerm
    other_value: RdfTerm
    other_source: RdfTerm


class Corroborated(NamedTuple):
    """A triple that other sources state or imply; both are the IRIs of graphs."""

    triple: Triple
    sources: tuple[str, ...]
    others: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Effect:
    """The difference between a graph before and after a change.

    `new` are the triples that a source states for the first time, each with the graphs that state
    it; `inferred` those that now follow, with the graphs that they follow from; `lost` those that
    the graph has no more: of inferences those of our own properties. `contradictions` are new ones
    with the vocabulary: no build takes them.
    """

    new: Mapping[Triple, tuple[str, ...]]
    corroborated: tuple[Corroborated, ...]
    contested: tuple[Contest, ...]
    inferred: Mapping[Triple, tuple[str, ...]]
    lost: tuple[Triple, ...]
    contradictions: tuple[Contradiction, ...]


def find_effect(before: ClosedGraph, after: ClosedGraph) -> Effect:
    """Return the effect of a change: `find_effect(graph, graph.change(claims))` of some claims.

    A claim is its quads as `replace_annotations` yields them: the triple in the graph of its
    sentence, and the record. A triple that was inferred, and that a source now states, is
    corroborated by the sources that it followed from; no article corroborates itself.
    """
    new: dict[Triple, tuple[str, ...]] = {}
    corroborated = []
    for triple, graphs in after.sources.items():
        own = graphs - before.sources.get(triple, frozenset())
        known = before.find_sources(triple) if own else frozenset()
        articles = {name_whole(graph) for graph in own}
        others = [graph for graph in sorted(known) if name_whole(graph) not in articles]
        if others:
            corroborated.append(Corroborated(triple, (*sorted(own),), (*others,)))
        elif own and not known:
            new[triple] = (*sorted(own),)
    contradictions = {*before.kernel.contradictions()}
    return Effect(
        new,
        tuple(corroborated),
        tuple(own for own in after.contested if own not in before.contested),
        {
            triple: (*sorted(after.find_sources(triple)),)
            for triple in after.inferred
            if triple not in before.inferred and triple not in before.sources
        },
        tuple(
            triple
            for triple in {**before.sources, **before.inferred}
            if triple not in after.sources and triple not in after.inferred
        ),
        tuple(own for own in after.kernel.contradictions() if own not in contradictions),
    )


def name_whole(graph: str) -> str:
    """Return the article of a sentence; another source is whole by itself."""
    return graph.rpartition("/")[0] if graph.startswith(ID) else graph


def compare_rows(
    before: Store, after: Store, questions: Iterable[Question]
) -> dict[str, tuple[list[str], list[Row], list[Row]]]:
    """Return the columns and the rows that came and that went of each question with any.

    A parameter of a question is left open: its rows are those of all things.
    """
    changes = {}
    for question in questions:
        answers = [run_select(store, question.text) for store in (before, after)]
        columns = [variable.value for variable in answers[0].variables]
        old, new = ({tuple(row): None for row in answer} for answer in answers)
        came, went = [row for row in new if row not in old], [row for row in old if row not in new]
        if came or went:
            changes[question.name] = columns, came, went
    return changes
