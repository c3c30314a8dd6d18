"""The stores of the graph: in memory, and on disk under a base and a version of the vocabulary."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path

from pyoxigraph import NamedNode, Quad, Store

from graph.dataset import move_to_named, with_union
from graph.errors import MigrationError
from ontology.namespace import BASE, ONTOLOGY_GRAPH
from ontology.release import ONTOLOGY, current_version, find_version, read_release
from server.engine.location import Location, read_file, read_store
from server.engine.writing.generation import Generations


def load(source: Location | None, *, union: bool) -> Store:
    """Return the dataset of a source as a store in memory; blank nodes keep their labels.

    Store.load would rename them, and so seed the generator of random labels before the fork: every
    worker would then draw the same labels and UUIDs.
    """
    store = Store()
    if source is not None:
        store.extend(read(source, store, union=union))
    return store


def read(source: Location, store: Store, *, union: bool) -> Iterator[Quad]:
    """Yield the quads of a source, with their union if the default graph is to be the union.

    Named graphs are created in the store, for they may be empty.
    """
    quads = read_store(source.path, store) if source.path.is_dir() else read_file(source.path)
    return with_union(map(move_to_named, quads)) if union and not source.complete else quads


def store_settings(*, union: bool) -> dict[str, str]:
    """Return what a store is filled for: its default graph, and the base of its IRIs."""
    return {"default-graph": "union" if union else "own", "base": BASE}


def open_generations(
    directory: Path, source: Location | None = None, *, union: bool, new: bool = False
) -> Generations:
    """Return the store of a directory, a `new` one filled from the source; raises ValueError."""
    settings, read_source = store_settings(union=union), partial(read, union=union)
    return Generations(directory, source, settings=settings, read=read_source, new=new)


def find_vocabulary(store: Generations) -> str | None:
    """Return the version of the vocabulary in a store, None if it has none."""
    graph = NamedNode(ONTOLOGY_GRAPH)
    return find_version(store.store.quads_for_pattern(NamedNode(ONTOLOGY), None, None, graph))


def require_vocabulary(store: Generations) -> None:
    """Raise MigrationError if a store was filled under another version of the vocabulary."""
    version = find_vocabulary(store)
    if version not in {None, current_version()}:
        raise MigrationError(explain_version(store.directory, str(version)))


def explain_version(directory: Path, version: str) -> str:
    """Return the message about a store of another version of the vocabulary, with a remedy."""
    advice = "no command of this release carries that over"
    if read_release(version) is not None:
        advice = f"`cpec migrate {directory}` carries it over (--dry-run says how)"
    return (
        f"{directory} was filled under version {version} of the vocabulary, and this "
        f"release has {current_version()}: {advice}; or serve it with the release that has "
        f"{version}"
    )
