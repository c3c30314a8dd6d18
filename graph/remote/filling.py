"""What memory is filled with: the quads of a remote store, held to its publication, as files."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import mkdtemp
from typing import Final, Self

from pyoxigraph import NamedNode, Quad, RdfFormat, parse, serialize

from graph.errors import MismatchError
from graph.remote.publication import UNION, GraphChecksum, Publication
from graph.remote.publish import require_same, require_sizes, sizes_of
from graph.remote.store import RemoteStore
from graph.snapshot import canonicalise, sort_n_quads
from ontology.namespace import VERSION_GRAPH

QUADS: Final = "graph.nq"
SAID: Final = "version.nt"


@dataclass(frozen=True, slots=True)
class Filling:
    """A folder with the quads of a version, none where it is too large, and its publication."""

    folder: Path

    @property
    def quads_file(self) -> Path:
        """Return the N-Quads of the named graphs."""
        return self.folder / QUADS

    @property
    def dumps(self) -> Path:
        """Return the folder of the files for download, when they are written."""
        return self.folder / "dumps"

    @property
    def publication(self) -> Publication:
        """Return what the store is said to hold."""
        found = parse(path=self.folder / SAID, format=RdfFormat.N_TRIPLES)
        return Publication.of(quad.triple for quad in found)

    @classmethod
    def of(cls, store: RemoteStore, within: Path, most: int) -> Self:
        """Fetch what a store holds into a folder of its own, the quads where they are so few.

        Raises MismatchError where it has no version, or holds something else than it says, and
        what asking it raises.
        """
        publication = Publication.read(store)
        if not publication.version:
            raise MismatchError(
                f"{store.name} has no version in <{VERSION_GRAPH}>: `cpec publish` writes it last"
            )
        require_sizes(store, sizes_of(publication))
        folder = Path(mkdtemp(prefix=f"{publication.version}-", dir=within))
        try:
            write(publication, store, folder, fetched=publication.quads <= most)
        except BaseException:
            shutil.rmtree(folder)
            raise
        return cls(folder)

    def quads(self) -> Iterator[Quad]:
        """Return the quads of the named graphs."""
        return iter(parse(path=self.quads_file, format=RdfFormat.N_QUADS))

    def offer(self, link: Path) -> None:
        """Have a link lead to the files for download, in one step."""
        new = link.with_name("link")
        new.symlink_to(self.dumps)
        new.replace(link)

    def remove(self) -> None:
        """Remove the folder."""
        shutil.rmtree(self.folder, ignore_errors=True)


def write(publication: Publication, store: RemoteStore, folder: Path, *, fetched: bool) -> None:
    """Write the files, the quads as a snapshot has them; each graph is compared as it comes."""
    serialize(publication.triples(), folder / SAID, RdfFormat.N_TRIPLES)
    quads: list[Quad] = []
    for name, wanted in publication.parts.items() if fetched else ():
        triples = store.graph("" if name == UNION else name)
        held = GraphChecksum.of(triples)
        require_same({name: (held, wanted)} if held != wanted else {})
        if name != UNION:
            graph = NamedNode(name)
            quads += (Quad(one.subject, one.predicate, one.object, graph) for one in triples)
    (folder / QUADS).write_bytes(sort_n_quads(canonicalise(quads)))
