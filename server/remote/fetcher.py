"""The fetcher: a process that copies a remote store into files, since parsing takes memory.

The files are compared with the publication of the store. The fork server forks the fetcher, as it
does the zygote. It answers when it has written the quads, and then writes the dumps beside them.
"""

from __future__ import annotations

import shutil
import socket
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import mkdtemp
from typing import Final, Self

from pyoxigraph import NamedNode, Quad, RdfFormat, parse, serialize

from graph.dataset import canonicalise, sort_n_quads
from graph.errors import CpecError, MismatchError
from graph.publishing.dump import write_downloads
from ontology.namespace import VERSION_GRAPH
from server.engine.confinement import ignore_signals
from server.engine.framing import Header, PeerClosedError, encode_error, receive, send
from server.remote.publication import UNION, GraphChecksum, Publication, restore_integer
from server.remote.publish import count_triples, require_same, require_sizes
from server.remote.store import RemoteStore

QUADS: Final = "graph.nq"
PUBLICATION_FILE: Final = "version.nt"


@dataclass(frozen=True, slots=True)
class Filling:
    """A folder with a publication and its quads; a version that is too large has none."""

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
        """The publication of the version."""
        quads = parse(path=self.folder / PUBLICATION_FILE, format=RdfFormat.N_TRIPLES)
        return Publication.from_triples(quad.triple for quad in quads)

    @classmethod
    def fetch(cls, store: RemoteStore, within: Path, most: int) -> Self:
        """Fetch the publication of a store, and its quads if they are `most` at most.

        Raises MismatchError if the store has no version or differs from its publication, and the
        errors of RemoteStore.
        """
        publication = Publication.read(store)
        if not publication.version:
            raise MismatchError(
                f"{store.name} has no version in <{VERSION_GRAPH}>: `cpec publish` writes it last"
            )
        require_sizes(store, count_triples(publication))
        folder = Path(mkdtemp(prefix=f"{publication.version}-", dir=within))
        try:
            write_files(publication, store, folder, fetched=publication.quads <= most)
        except BaseException:
            shutil.rmtree(folder)
            raise
        return cls(folder)

    def quads(self) -> Iterator[Quad]:
        """Return the quads of the named graphs."""
        return iter(parse(path=self.quads_file, format=RdfFormat.N_QUADS))

    def offer(self, link: Path) -> None:
        """Point a link at the files for download, atomically."""
        new = link.with_name("link")
        new.symlink_to(self.dumps)
        new.replace(link)

    def remove(self) -> None:
        """Remove the folder."""
        shutil.rmtree(self.folder, ignore_errors=True)


def write_files(
    publication: Publication, store: RemoteStore, folder: Path, *, fetched: bool
) -> None:
    """Write the files, the quads in canonical order; each graph is compared when it is fetched."""
    serialize(publication.triples(), folder / PUBLICATION_FILE, RdfFormat.N_TRIPLES)
    quads: list[Quad] = []
    for name, wanted in publication.parts.items() if fetched else ():
        triples = store.graph("" if name == UNION else name)
        actual = GraphChecksum.count(triples)
        require_same({name: (actual, wanted)} if actual != wanted else {})
        if name != UNION:
            graph = NamedNode(name)
            quads += (Quad(t.subject, t.predicate, t.object, graph) for t in triples)
    (folder / QUADS).write_bytes(sort_n_quads(canonicalise(quads)))


def fetch(order: Header) -> tuple[Header, Filling | None]:
    """Copy a store into a folder; return the answer to the order, and the copy."""
    store = RemoteStore(**order["store"])
    try:
        filling = Filling.fetch(store, Path(order["within"]), int(order["max_quads"]))
    except CpecError as error:
        return encode_error(error), None
    except OSError as error:
        return {"failure": str(error)}, None
    return {"folder": str(filling.folder), "version": filling.publication.version}, filling


def main(descriptor: int) -> None:
    """Run a fetcher at one end of a socket pair."""
    ignore_signals()
    sock = socket.socket(fileno=descriptor)
    try:
        order, _ = receive(sock, 0)
        answer, filling = fetch(order)
        send(sock, answer)
    except (PeerClosedError, BrokenPipeError):
        return
    if filling is not None and filling.quads_file.stat().st_size:
        with suppress(OSError):  # such as a full disk: there are no dumps
            write_downloads(filling.folder, map(restore_integer, filling.quads()))
