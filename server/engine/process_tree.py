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
        return list(chain.from_iterable(self.parts().values()))

    def parts(self) -> dict[str, tuple[int, ...]]:
        """Return the processes by the names of their parts."""
        writers = (self.writer,) if self.writer else ()
        return {
            "serve": (self.serve,),
            "forkserver": self.fork_servers,
            "front": self.fronts,
            "zygote": self.zygotes,
            "writer": writers,
            "worker": self.workers,
        }


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


def read_name(pid: int) -> str:
    """Return the name of a process, "" if it is gone (proc_pid_comm(5))."""
    with contextlib.suppress(OSError):
        return (PROC / str(pid) / "comm").read_text("utf-8", "replace").strip()
    return ""


@dataclass(frozen=True, slots=True)
class Memory:
    """Bytes of memory: the proportional set size (PSS), and the private pages."""

    proportional: int = 0
    private: int = 0

    @classmethod
    def parse(cls, rollup: bytes) -> Memory:
        """Return the memory that a smaps_rollup tells of, which is empty of a dead process."""
        sizes = dict(line.split(b":") for line in rollup.splitlines()[1:])
        kinds = (b"Pss", b"Private_Clean", b"Private_Dirty")
        shared, *own = (int(sizes.get(kind, b"0").split()[0]) * KIBIBYTE for kind in kinds)
        return cls(shared, sum(own))


def read_memory(pid: int) -> Memory:
    """Return the memory of a process (proc_pid_smaps(5)); none where it is gone."""
    with contextlib.suppress(OSError):
        return Memory.parse((PROC / str(pid) / "smaps_rollup").read_bytes())
    return Memory()


def count_processes(pid: int) -> dict[str, dict[str, int]]:
    """Return the number of processes of a server by their part, and their bytes of memory."""
    parts = Tree.read(pid).parts()
    memory = {part: [read_memory(pid) for pid in pids] for part, pids in parts.items()}
    return {
        "processes": {part: len(pids) for part, pids in parts.items()},
        "proportional": {
            part: sum(own.proportional for own in every) for part, every in memory.items()
        },
        "private": {part: sum(own.private for own in every) for part, every in memory.items()},
    }
