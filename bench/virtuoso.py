"""Virtuoso 7 as a peer: Debian's package virtuoso-opensource-7, in a folder of its own.

It is started here with its own configuration, and never as the service of the machine.
"""

import contextlib
import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from pyoxigraph import RdfFormat, serialize

from bench.graph import quads
from bench.peer import Peer, free_port, running, wait_for

PROGRAMS: Final = ("virtuoso-t", "isql-vt")
UNION: Final = "urn:union"
PATH: Final = f"/sparql?default-graph-uri={UNION}"
"""Its default graph is a bag of all graphs: the union is one more graph, which is named."""

CONFIGURATION: Final = """
[Database]
DatabaseFile = {folder}/virtuoso.db
ErrorLogFile = {folder}/virtuoso.log
LockFile = {folder}/virtuoso.lck
TransactionFile = {folder}/virtuoso.trx
xa_persistent_file = {folder}/virtuoso.pxa
FileExtend = 200
[TempDatabase]
DatabaseFile = {folder}/virtuoso-temp.db
TransactionFile = {folder}/virtuoso-temp.trx
[Parameters]
ServerPort = {port}
ServerThreads = 20
NumberOfBuffers = {buffers}
MaxDirtyBuffers = {dirty}
DirsAllowed = {folder}
[HTTPServer]
ServerPort = 127.0.0.1:{http}
ServerRoot = {folder}
ServerThreads = 20
MaxKeepAlives = 1000000
KeepAliveTimeout = 60
[SPARQL]
ResultSetMaxRows = 10000000
"""
BUFFERS: Final = 85_000
"""Those that its manual advises for a gibibyte of memory; three of four may be dirty.

https://docs.openlinksw.com/virtuoso/rdfperfgeneral/
"""

LOAD: Final = """
ld_dir('{folder}', 'graph.nq', 'urn:unused');
ld_dir('{folder}', 'union.nt', '{union}');
rdf_loader_run();
checkpoint;
"""
"""https://docs.openlinksw.com/virtuoso/rdfbulkloader/"""

OPEN: Final = (
    "DB.DBA.RDF_DEFAULT_USER_PERMS_SET ('nobody', 7);\nGRANT SPARQL_UPDATE TO \"SPARQL\";\n"
)
"""Lets everybody write: https://docs.openlinksw.com/virtuoso/rdfgraphsecurity/"""


def missing() -> str:
    """Return its programs that are not installed, "" where all are."""
    return ", ".join(name for name in PROGRAMS if shutil.which(name) is None)


def prepare(folder: Path, size: int) -> None:
    """Load the named graphs and their union."""
    own = folder / "virtuoso"
    own.mkdir()
    serialize(quads(size), own / "graph.nq", RdfFormat.N_QUADS)
    serialize({quad.triple for quad in quads(size)}, own / "union.nt", RdfFormat.N_TRIPLES)
    with server(own) as (port, _):
        tell(port, LOAD.format(folder=own, union=UNION))
        tell(port, "shutdown;")


@contextlib.contextmanager
def serve(folder: Path) -> Iterator[Peer]:
    """Serve the loaded data."""
    with server(folder / "virtuoso") as (port, peer):
        yield peer
        tell(port, "shutdown;")


@contextlib.contextmanager
def server(own: Path, buffers: int = BUFFERS) -> Iterator[tuple[int, Peer]]:
    """Run Virtuoso in a folder; the port is its SQL port."""
    port, address = free_port(), ("127.0.0.1", free_port())
    configuration = own / "virtuoso.ini"
    facts = {"folder": own, "port": port, "http": address[1]}
    sizes = {"buffers": buffers, "dirty": buffers * 3 // 4}
    configuration.write_text(CONFIGURATION.format(**facts, **sizes), "utf-8")
    start = time.perf_counter()
    with running(["virtuoso-t", "+foreground", "+configfile", str(configuration)]) as process:
        wait_for(address, PATH)
        yield port, Peer(address, PATH, process.pid, time.perf_counter() - start)


def tell(port: int, statements: str) -> None:
    """Run statements of SQL as its administrator, whose password in a new database is `dba`."""
    command = ["isql-vt", f"127.0.0.1:{port}", "dba", "dba"]
    subprocess.run(command, input=statements.encode(), stdout=subprocess.DEVNULL, check=True)
