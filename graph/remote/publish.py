"""Publishes a snapshot to a remote store: only what changed, verified, the version last."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Final

from graph.errors import ConflictError, MismatchError
from graph.progress import bar
from graph.remote.publication import UNION, GraphChecksum, Publication, by_graph
from graph.remote.store import RemoteStore
from graph.remote.target import Files, Target
from graph.snapshot import Snapshot
from ontology.namespace import VERSION_GRAPH

MOST_TOLD: Final = 5
"""The graphs that a message names."""


@dataclass(frozen=True, slots=True)
class Published:
    """What was done: the version, how many graphs it has, and those replaced and dropped.

    It is `verified` where the store holds all of it and says so.
    """

    version: str
    graphs: int
    replaced: tuple[str, ...]
    dropped: tuple[str, ...]
    verified: bool


def publish(snapshot: Snapshot, store: RemoteStore, target: Target | None) -> Published:
    """Make a snapshot the content of a store, or of files for its loader.

    What the store holds of it already, by reading it, is left. Until everything is verified the
    store has no version. Without a target nothing is written.

    Raises MismatchError where the store does not hold what was written, ConflictError where others
    use its default graph, and what asking it raises.
    """
    graphs = by_graph(snapshot.quads())
    wanted = Publication(
        snapshot.version,
        {name: GraphChecksum.of(triples) for name, triples in graphs.items()},
    )
    known = Publication.read(store)
    changed = differing(store, wanted.parts)
    gone = tuple(name for name in known.parts if name not in wanted.parts)
    done = Published(wanted.version, len(graphs), tuple(changed), gone, verified=False)
    if target is None:
        return replace(done, verified=not (changed or gone) and known == wanted)
    if UNION in changed and UNION not in known.parts and not store.union:
        require_empty(store, changed[UNION][0])
    if changed or gone:
        begun = Publication("", {**known.parts, **wanted.parts})
        target.replace(VERSION_GRAPH, begun.triples())
        for name in bar(list(changed), "written"):
            target.replace(in_store(name, store), graphs[name])
        for name in gone:
            target.drop(name)
        if isinstance(target, Files):
            return done
        require_same(differing(store, {name: wanted.parts[name] for name in changed}))
    require_sizes(store, {**dict.fromkeys(gone, 0), **sizes_of(wanted)})
    if known != wanted or changed or gone:
        whole = replace(wanted, version="")
        target.replace(VERSION_GRAPH, whole.triples())
        if not isinstance(target, Files) and Publication.read(store) != whole:
            raise MismatchError(f"{store.name} does not give <{VERSION_GRAPH}> back as written")
        target.add(VERSION_GRAPH, wanted.named())
        if isinstance(target, Files):
            return done
    return replace(done, verified=True)


def require_empty(store: RemoteStore, held: GraphChecksum) -> None:
    """Raise ConflictError where the default graph of a store has triples of others."""
    if held.triples:
        raise ConflictError(
            f"the default graph of {store.name} holds {held.triples} triples that were not "
            "published: clear it, or name a graph for the union, ?default-graph-uri=IRI"
        )


def in_store(name: str, store: RemoteStore) -> str:
    """Return what a graph of a publication is called in a store, "" for its default graph."""
    return store.union if name == UNION else name


def differing(
    store: RemoteStore, parts: Mapping[str, GraphChecksum]
) -> dict[str, tuple[GraphChecksum, GraphChecksum]]:
    """Return the graphs of which a store holds something else: what, and what it should hold."""
    found = {}
    for name, part in bar(list(parts.items()), "compared"):
        held = GraphChecksum.of(store.graph("" if name == UNION else name))
        if held != part:
            found[name] = (held, part)
    return found


def require_same(differences: Mapping[str, tuple[GraphChecksum, GraphChecksum]]) -> None:
    """Raise MismatchError unless there are no differences."""
    if differences:
        raise MismatchError(
            listed(
                f"<{name}> holds {held.triples} triples, SHA-256 {held.checksum[:16]}, "
                f"not {part.triples}, {part.checksum[:16]}"
                for name, (held, part) in differences.items()
            )
        )


def sizes_of(publication: Publication) -> dict[str, int]:
    """Return how many triples each graph of a publication has."""
    return {name: part.triples for name, part in publication.parts.items()}


def require_sizes(store: RemoteStore, wanted: Mapping[str, int]) -> None:
    """Raise MismatchError unless a store counts so many triples in each graph."""
    sizes = store.sizes()
    counts = {name: sizes.get("" if name == UNION else name, 0) for name in wanted}
    wrong = [name for name, size in wanted.items() if counts[name] != size]
    if wrong:
        raise MismatchError(
            listed(f"<{name}> is counted {counts[name]}, not {wanted[name]}" for name in wrong)
        )


def listed(lines: Iterable[str]) -> str:
    """Return the first of some lines as one message."""
    first = list(lines)
    more = [f"and {len(first) - MOST_TOLD} more"] if len(first) > MOST_TOLD else []
    return "the store does not hold what was published: " + "; ".join([*first[:MOST_TOLD], *more])
