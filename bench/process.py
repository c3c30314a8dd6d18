"""The processes of a server as the kernel shows them: who is whose child, and their memory."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Final

PROC: Final = Path("/proc")
KIBIBYTE: Final = 1024
ZYGOTE: Final = "graph.engine.zygote"
WRITER: Final = "graph.engine.writing.writer"
FRONT: Final = "server.front.front"


@dataclass(frozen=True, slots=True)
class Tree:
    """The processes of one server, by their part.

    The first zygote has the workers; a second waits to be the next, and while a large dataset is
    loaded there is a third. A process that reads a store for a zygote is no worker.
    """

    serve: int
    zygotes: tuple[int, ...]
    writer: int | None
    workers: tuple[int, ...]
    fronts: tuple[int, ...]

    @classmethod
    def read(cls, pid: int) -> Tree:
        """Return the tree below a server."""
        children = child_table()
        known = {child: command_line(child) for child in children.get(pid, [])}
        zygotes = [child for child, words in known.items() if ZYGOTE in words]
        writers = [child for child, words in known.items() if WRITER in words]
        workers = {
            zygote: [child for child in children.get(zygote, []) if is_fork(child)]
            for zygote in zygotes
        }
        ruling = sorted(zygotes, key=lambda zygote: not workers[zygote])
        every = tuple(chain.from_iterable(workers.values()))
        fronts = tuple(child for child, words in known.items() if FRONT in words)
        return cls(pid, tuple(ruling), writers[0] if writers else None, every, fronts)

    def all(self) -> list[int]:
        """Return every process."""
        writer = filter(None, (self.writer,))
        return [self.serve, *self.fronts, *self.zygotes, *writer, *self.workers]

    def memory(self) -> int:
        """Return the bytes of memory of all processes together."""
        return sum(map(proportional, self.all()))


def child_table() -> dict[int, list[int]]:
    """Return the living children of every process."""
    table: dict[int, list[int]] = {}
    for entry in PROC.iterdir():
        if entry.name.isdigit():
            with contextlib.suppress(OSError):
                stat = (entry / "stat").read_text("utf-8", "replace")
                state, parent = stat.rpartition(")")[2].split()[:2]
                if state != "Z":
                    table.setdefault(int(parent), []).append(int(entry.name))
    return table


def descendants(pid: int) -> list[int]:
    """Return a process and all that it has started, and they."""
    children, processes = child_table(), [pid]
    for process in processes:
        processes += children.get(process, [])
    return processes


def is_fork(pid: int) -> bool:
    """Return whether a child of a zygote is a fork of it, and so a worker."""
    return ZYGOTE in command_line(pid)


def command_line(pid: int) -> list[str]:
    """Return the words that a process was started with."""
    with contextlib.suppress(OSError):
        return (PROC / str(pid) / "cmdline").read_text("utf-8", "replace").split("\0")
    return []


def proportional(pid: int) -> int:
    """Return the resident bytes of a process, shared pages by their share (PSS); 0 where gone."""
    with contextlib.suppress(OSError):
        for line in (PROC / str(pid) / "smaps_rollup").read_text("ascii").splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) * KIBIBYTE
    return 0
