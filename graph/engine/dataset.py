"""A dataset in memory, whose default graph is its own or the set union of its named graphs."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from pyoxigraph import DefaultGraph, NamedNode, Quad, RdfFormat, Store, parse

from ontology.namespace import GRAPH

UNNAMED: Final = NamedNode(GRAPH + "default")
"""What is written without a graph stands here, where the default graph is the union."""

OPEN: Final = "import sys, pyoxigraph as ox; store = ox.Store.read_only(sys.argv[1]); "
DUMP: Final = (
    "import signal; signal.signal(signal.SIGPIPE, signal.SIG_DFL); "
    + OPEN
    + "store.dump(sys.stdout.buffer, ox.RdfFormat.N_QUADS)"
)
"""Ends without a word when its reader does."""
EMPTY: Final = OPEN + (
    "[print(graph) for graph in store.named_graphs()"
    " if not next(store.quads_for_pattern(None, None, None, graph), None)]"
)
"""N-Quads cannot say that a graph is there and empty."""


@dataclass(frozen=True, slots=True)
class Source:
    """Where a dataset stands: a file of RDF, or the directory of an on-disk store.

    It is `complete` where the engine wrote it, so that its default graph is as the settings say.
    """

    path: Path
    complete: bool = False


def load(source: Source | None, *, union: bool) -> Store:
    """Return the dataset of a source as a store in memory.

    Blank nodes keep their labels. Store.load would rename them, and so seed the generator of
    random labels before the fork: every worker would then draw the same labels and UUIDs.
    """
    store = Store()
    if source is not None:
        store.extend(quads_of(source, union=union))
        for graph in empty_graphs(source.path):
            store.add_graph(graph)
    return store


def quads_of(source: Source, *, union: bool) -> Iterator[Quad]:
    """Yield the quads of a source, its default graph made as the settings say."""
    quads = read(source.path)
    return with_union(quads) if union and not source.complete else quads


def read(source: Path) -> Iterator[Quad]:
    """Yield the quads of a file or of an on-disk store.

    A store on disk is opened in another process, since RocksDB starts threads that stay.
    """
    if not source.is_dir():
        yield from parse(path=source, format=format_of(source))
        return
    with subprocess.Popen(  # noqa: S603 - our own interpreter and a path of our own
        [sys.executable, "-c", DUMP, str(source)], stdout=subprocess.PIPE
    ) as dump:
        yield from parse(dump.stdout, RdfFormat.N_QUADS)
    if dump.returncode:
        raise OSError(f"{source}: not a readable store")


def empty_graphs(source: Path) -> list[NamedNode]:
    """Return the empty graphs of an on-disk store; a file has none."""
    if not source.is_dir():
        return []
    command = [sys.executable, "-c", EMPTY, str(source)]
    names = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)  # noqa: S603
    return [NamedNode(line[1:-1]) for line in names.stdout.split() if line.startswith("<")]


def format_of(source: Path) -> RdfFormat:
    """Return the format that the suffix of a file names; raises ValueError."""
    form = RdfFormat.from_extension(source.suffix.removeprefix("."))
    if form is None:
        raise ValueError(f"{source.name}: the suffix names no RDF format")
    return form


def with_union(quads: Iterable[Quad]) -> Iterator[Quad]:
    """Yield the quads, each also without its graph; a quad without one gets a graph too."""
    for quad in quads:
        subject, predicate, term, graph = quad
        if isinstance(graph, DefaultGraph):
            yield Quad(subject, predicate, term, UNNAMED)
            yield quad
        else:
            yield quad
            yield Quad(subject, predicate, term)
