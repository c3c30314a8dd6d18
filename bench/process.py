"""The processes of a server as the kernel shows them: who is whose child, and their memory."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from pathlib import Path
from typing import Final

PROC: Final = Path("/proc")
KIBIBYTE: Final = 1024


@dataclass(frozen=True, slots=True)
class Tree:
    """The processes of one server, by their part.

    While a large dataset is loaded there are two zygotes: one that has workers, one that will.
    """

    serve: int
    zygotes: tuple[int, ...]
    writer: int | None
    workers: tuple[int, ...]

    @classmethod
    def of(cls, pid: int) -> Tree:
        """Return the tree below a server."""
        children = child_table()
        known = {child: command_line(child) for child in children.get(pid, [])}
        zygotes = [child for child, words in known.items() if "graph.engine.zygote" in words]
        writers = [child for child, words in known.items() if "graph.engine.writer" in words]
        workers = [worker for zygote in zygotes for worker in children.get(zygote, [])]
        ruling = sorted(zygotes, key=lambda zygote: zygote not in children)
        return cls(pid, tuple(ruling), writers[0] if writers else None, tuple(workers))

    def all(self) -> list[int]:
        """Return every process."""
        return [self.serve, *self.zygotes, *filter(None, (self.writer,)), *self.workers]


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
