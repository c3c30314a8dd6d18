"""The bounds that a process puts on itself before it reads a stranger's words (Linux)."""

from __future__ import annotations

import os
import resource
import signal
from pathlib import Path
from typing import Final

from graph.engine.seccomp import forbid_sockets
from ontology.base import BASE_VARIABLE

STACK: Final = 100 << 20
"""The stack of the main thread: the engine recurses, once a level of nesting. The kernel keeps
128 MiB of addresses free below a stack, so it may still grow when the program already runs."""


def widen_stack() -> None:
    """Let the stack of this process and its forks grow to STACK."""
    _, hard = resource.getrlimit(resource.RLIMIT_STACK)
    wanted = STACK if hard == resource.RLIM_INFINITY else min(STACK, hard)
    resource.setrlimit(resource.RLIMIT_STACK, (wanted, hard))


def confine(memory: int, *, files: bool = False) -> None:  # pragma: no cover - in workers alone
    """Bound this process: so many bytes beyond those it maps now, and no new descriptor.

    Without a descriptor there is no file and no socket: the kernel refuses both. A process that
    reads a store on disk goes on opening its files, so there it is sockets alone.
    """
    pages = int(Path("/proc/self/statm").read_bytes().split()[0])
    space = pages * resource.getpagesize() + memory
    resource.setrlimit(resource.RLIMIT_AS, (space, space))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 20, 1 << 20))
    if files:
        forbid_sockets()
    else:
        resource.setrlimit(resource.RLIMIT_NOFILE, (0, 0))


def outlive_signals() -> None:
    """Leave the end of this process to its parent: it ends when its socket does.

    The timer that ends its forks does so whatever the server was started with: a signal that is
    ignored or blocked stays so in the programs that are started (execve(2)).
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_SETMASK, ())


def environment() -> dict[str, str]:
    """Return the environment of a child: what Python needs, the base, and no secret."""
    kept = (
        "PATH",
        "HOME",
        "LANG",
        "LC_",
        "LD_",
        "PYTHON",
        "VIRTUAL_ENV",
        "TZ",
        "COV",
        BASE_VARIABLE,
    )
    return {name: value for name, value in os.environ.items() if name.startswith(kept)}
