"""The processes of a server as the kernel shows them: who is whose child, and their memory."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Final

PROC: Final = Path("/proc")
KIBIBYTE: Final = 1024


@dataclass(frozen=True, slots=True)
class Tree:
    """The processes of one server, by their part.

    The first zygote has the workers; while a large dataset is loaded there is a second.
    """

    serve: int
    fork_servers: tuple[int, ...]
    zygotes: tuple[int, ...]
    writer: int | None
    workers: tuple[int, ...]
    fronts: tuple[int, ...]

    @classmethod
    def read(cls, pid: int) -> Tree:
        """Return the tree below a server."""
        children = child_table()

        def select(part: str, *parents: int) -> list[int]:
            """Return the children of some processes that have the name of a part."""
            every = chain.from_iterable(children.get(parent, []) for parent in parents)
            return [child for child in every if read_name(child) == f"cpec-{part}"]

        fork_servers = select("forkserver", pid)
        zygotes = select("zygote", *fork_servers)
        zygotes.sort(key=lambda zygote: not select("worker", zygote))
        writer = next(iter(select("writer", *fork_servers)), None)
        workers, fronts = select("worker", *zygotes), select("front", *fork_servers)
        return cls(pid, tuple(fork_servers), tuple(zygotes), writer, tuple(workers), tuple(fronts))

    def all(self) -> list[int]:
        """Return every process."""
        writer = filter(None, (self.writer,))
        return [
            *(self.serve, *self.fork_servers, *self.fronts),
            *(*self.zygotes, *writer, *self.workers),
        ]

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


def read_name(pid: int) -> str:
    """Return the name of a process, "" if it is gone (proc_pid_comm(5))."""
    with contextlib.suppress(OSError):
        return (PROC / str(pid) / "comm").read_text("utf-8", "replace").strip()
    return ""


def proportional(pid: int) -> int:
    """Return the resident bytes of a process, shared pages by their share (PSS); 0 where gone."""
    with contextlib.suppress(OSError):
        for line in (PROC / str(pid) / "smaps_rollup").read_text("ascii").splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) * KIBIBYTE
    return 0
