"""An impact: the statements of one source, and the losses of the graph without that source."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, partial
from typing import Final, TypeAlias

from pyoxigraph import NamedNode, Store, Triple

from graph.answering.evaluation import read_query, run_select
from graph.citing.index import EvidenceIndex
from graph.excluding.exclusion import list_excluded_statements, read_sources
from graph.excluding.loss import Scenarios, find_losses
from graph.publishing.reading_order import natural_key
from graph.reasoning.kernel import Kernel
from graph.reasoning.rulebook import Fact
from graph.wording.source_reference import References
from ontology.terms import CPEC

SOURCES_A_PAGE: Final = 200
"""The sources on one page."""

SENTENCES_QUERY: Final = read_query(__file__, "sentences-by-publisher")
BACKGROUND_QUERY: Final = "SELECT ?source { ?source a cpec:BackgroundSource }"

MOST_COUNTED: Final = 10_000
"""The most statements of a page whose losses are counted; a nested source counts its own again."""

Sources: TypeAlias = Mapping[str, frozenset[str]]
"""The graphs of sources, each with the IRIs of the sources that it belongs to."""


@dataclass(slots=True)
class Impact:
    """A source, as deep below its publisher as `depth`, with the triples that it states.

    Without it the graph lacks `lost` of them, and `fallen` inferences of our own properties; both
    are None where they are not counted.
    """

    iri: str
    kind: str
    words: str
    by: str
    path: str
    depth: int
    statements: int
    lost: int | None = None
    fallen: int | None = None


@dataclass(slots=True)
class Impacts:
    """One of the `pages` of the sources of a graph, `total` in all."""

    sources: list[Impact]
    page: int
    pages: int
    total: int


def view_impacts(store: Store, index: EvidenceIndex | None, page: int) -> Impacts:
    """Return a page of the sources: publishers with articles and sentences, origins, and others.

    Without an index it counts no losses.
    """
    sources = read_sources(store)
    chains = list_chains(store, sources)
    pages = max(1, -(-len(chains) // SOURCES_A_PAGE))
    page = min(max(page, 1), pages)
    references = References(store)
    graphs: dict[str, list[str]] = defaultdict(list)
    for graph, names in sources.items():
        for name in names:
            graphs[name].append(graph)
    chosen = chains[(page - 1) * SOURCES_A_PAGE : page * SOURCES_A_PAGE]
    stated = cache(partial(read_triples, store))
    impacts = [
        make_impact(references, chain, frozenset().union(*map(stated, graphs[chain[-1][1]])))
        for chain in chosen
    ]
    if index is not None:
        count_losses(index.kernel, sources, impacts)
    return Impacts(impacts, page, pages, len(chains))


Chain: TypeAlias = tuple[tuple[str, str], ...]
"""The kind and the IRI of a source, preceded by those of the sources around it."""

SOURCE_KINDS: Final = ("publisher", "article", "sentence", "origin", "background", "graph")


def list_chains(store: Store, sources: Sources) -> list[Chain]:
    """Return the chain of each source: publisher, article, sentence, as far as the source.

    An origin that is neither an article nor a publisher stands alone.
    """
    chains: set[Chain] = set()
    for row in run_select(store, SENTENCES_QUERY):
        if row["sentence"].value in sources:
            ends = [(kind, row[kind]) for kind in ("publisher", "article", "sentence")]
            chain = tuple((kind, term.value) for kind, term in ends if term is not None)
            chains.update(chain[: n + 1] for n in range(len(chain)))
    placed = {chain[-1][1] for chain in chains}
    kinds = dict.fromkeys(frozenset().union(*sources.values()), "origin")
    kinds |= dict.fromkeys(sources, "graph")
    kinds |= {row["source"].value: "background" for row in run_select(store, BACKGROUND_QUERY)}
    chains.update(((kind, name),) for name, kind in kinds.items() if name not in placed)
    return sorted(
        chains, key=lambda chain: [(SOURCE_KINDS.index(k), natural_key(name)) for k, name in chain]
    )


def read_triples(store: Store, graph: str) -> frozenset[Triple]:
    """Return the triples of a named graph."""
    quads = store.quads_for_pattern(None, None, None, NamedNode(graph))
    return frozenset(quad.triple for quad in quads)


def make_impact(references: References, chain: Chain, stated: Collection[Triple]) -> Impact:
    """Return the impact of the last source of a chain, from the triples that it states."""
    kind, iri = chain[-1]
    name, reference = references.names(NamedNode(iri)), references.look_up(iri, 0)
    own = {"sentence": reference.place, "background": reference.words, "graph": reference.words}
    words = own.get(kind) or name.text
    return Impact(iri, kind, words, reference.by, name.path, len(chain) - 1, len(stated))


def count_losses(kernel: Kernel, sources: Sources, impacts: Iterable[Impact]) -> None:
    """Count the losses of the graph without each of some sources, in one pass over the facts."""
    counted, room = list[Impact](), MOST_COUNTED
    for impact in impacts:
        if impact.statements <= room:
            counted.append(impact)
            room -= impact.statements
    scenario = {impact.iri: 1 << number for number, impact in enumerate(counted)}
    graphs = {
        graph: sum(scenario.get(name, 0) for name in names) for graph, names in sources.items()
    }
    numbers = {kernel.graph(graph) for graph in sources}
    lost, fallen = [0] * len(counted), [0] * len(counted)
    for fact, scenarios in find_lost_facts(kernel, sources, graphs).items():
        stating = kernel.sources_stating(fact)
        if stating and numbers.isdisjoint(kernel.graphs_asserting(fact)):
            continue
        if stating or has_own_property(kernel, fact):
            tally = lost if stating else fallen
            for number in list_bits(scenarios):
                tally[number] += 1
    for number, impact in enumerate(counted):
        impact.lost, impact.fallen = lost[number], fallen[number]


def has_own_property(kernel: Kernel, fact: Fact) -> bool:
    """Return whether the property of a fact is one of our own."""
    return getattr(kernel.lexicon.term(fact[1]), "value", "").startswith(CPEC)


def list_bits(scenarios: Scenarios) -> Iterator[int]:
    """Yield the positions of the bits of a number, the highest first."""
    while scenarios:
        place = scenarios.bit_length() - 1
        yield place
        scenarios ^= 1 << place


def find_lost_facts(
    kernel: Kernel, sources: Sources, graphs: Mapping[str, Scenarios]
) -> dict[Fact, Scenarios]:
    """Return the facts that the dataset lacks without some graphs, each with its scenarios."""
    excluded: dict[Fact, dict[int, Scenarios]] = defaultdict(dict)
    for (fact, source, _), scenarios in list_excluded_statements(kernel, sources, graphs):
        (number,) = source
        excluded[fact][number] = excluded[fact].get(number, 0) | scenarios
    return find_losses(kernel, excluded)
