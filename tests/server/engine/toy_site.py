"""A site of two tasks for an engine: `count` counts the quads, `add` adds those of a document.

It imports nothing but the engine, which has neither the ontology nor questions then (test_toy.py).
"""

import asyncio
import sys
import time
from pathlib import Path

from pyoxigraph import Quad, RdfFormat, Store, parse

from graph.errors import DeadlineError
from server.engine import zygote
from server.engine.account import Accounts
from server.engine.engine import Engine
from server.engine.engine_settings import EngineSettings
from server.engine.framing import Header
from server.engine.location import Location, read_store
from server.engine.relay_client import RelayClient
from server.engine.supervision.supervisor import Supervisor
from server.engine.writing import writer
from server.engine.writing.delta import Delta, Effect
from server.engine.writing.generation import Generations

FIRST, SECOND = b"<x:s> <x:p> <x:o> .\n", b"<x:s> <x:p> <x:o> <x:g> .\n"
SETTINGS = {"default-graph": "own", "base": "x:"}


class Quads:
    """The dataset of the tasks."""

    def __init__(self, store: Store) -> None:
        self.store = store

    def apply(self, delta: Delta) -> None:
        delta.apply(self.store, union=False)

    def read_from(self, store: str) -> None:
        self.store = Store.read_only(store)

    def connect(self, relay: RelayClient) -> None:
        """Ask no store elsewhere."""

    def run(self, header: Header, body: bytes) -> tuple[Header, bytes]:
        return TASKS[header["kind"]](self.store, header, body)

    def is_spent(self, header: Header) -> bool:
        return bool(header["kind"] == "add")


def count(store: Store, header: Header, _body: bytes) -> tuple[Header, bytes]:
    """Return the number of quads, after some seconds if they are asked for."""
    time.sleep(header.get("seconds", 0))
    return {}, str(len(store)).encode()


def add(store: Store, _header: Header, body: bytes) -> tuple[Header, bytes]:
    """Return the effect of a write: the quads of N-Quads that the store lacks."""
    effect = Effect(added={quad for quad in parse(body, RdfFormat.N_QUADS) if quad not in store})
    answer, lines = effect.delta().encode()
    return {**answer, "existed": True, "report": {"added": len(effect.added), "removed": 0}}, lines


TASKS = {"count": count, "add": add}


class NoLog:
    """The log of a site that keeps none."""

    last_retirement = ""

    def append(self, name: str, delta: Delta) -> None:
        """Keep nothing."""

    def forget_retired(self, version: str) -> None:
        """Forget nothing."""

    def prune(self) -> None:
        """Forget nothing."""


def open_dataset(order: Header) -> Quads:
    store = Store()
    if order["source"] is not None:
        store.extend(read_store(Path(order["source"]), store))
    return Quads(store)


def open_store(order: Header, directory: Path) -> tuple[Generations, NoLog]:
    store = Generations(directory, settings=SETTINGS, read=read_source, new=order["new"])
    return store, NoLog()


def read_source(source: Location, store: Store) -> list[Quad]:
    raise AssertionError(f"no source was named, not {source.path} for {store}")


def run_zygote(descriptor: int) -> None:
    zygote.run(descriptor, open_dataset)


def run_writer(descriptor: int, _lock: int, directory: int) -> None:
    writer.run(descriptor, directory, open_store)


async def ask(supervisor: Supervisor) -> None:
    """Print the answers to some requests and writes, and the fate of one that takes too long."""
    settings, register = supervisor.settings, supervisor.zygotes.register
    engine = await Engine.open(settings, supervisor.open_channel(), register, Accounts.create())
    print("quads:", (await engine.ask("count", {}))[1].decode())
    for document in (FIRST, SECOND):
        written = await asyncio.to_thread(engine.write, {"kind": "add"}, document)
        print("added:", written.added)
    print("quads:", (await engine.ask("count", {}))[1].decode())
    try:
        await engine.ask("count", {"seconds": 60}, deadline=0.5)
    except DeadlineError:
        print("killed")
    print("quads:", (await engine.ask("count", {}))[1].decode())
    await engine.drain(1)
    await engine.leave()


def main(folder: str) -> None:
    """Serve a new store, and the same store again."""
    for new in (True, False):
        settings = EngineSettings(
            zygote="toy_site:run_zygote",
            writer="toy_site:run_writer",
            dumper="",
            data_dir=Path(folder),
            new=new,
            quick_workers=1,
        )
        supervisor = Supervisor(settings)
        try:
            supervisor.start()
            asyncio.run(ask(supervisor))
        finally:
            supervisor.close()


if __name__ == "__main__":
    main(sys.argv[1])
