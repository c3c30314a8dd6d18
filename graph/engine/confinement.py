"""The limits that a process puts on itself before it reads a client's text (Linux)."""

from __future__ import annotations

import os
import resource
import signal
from pathlib import Path
from typing import Final

from graph.engine.seccomp import forbid_sockets
from ontology.base import BASE_VARIABLE

STACK_BYTES: Final = 100 << 20
"""The stack of the main thread: pyoxigraph recurses once per level of nesting. The kernel reserves
128 MiB of addresses below a stack, so it may still grow when the program already runs."""


def widen_stack() -> None:
    """Let the stack of this process and its forks grow to STACK_BYTES."""
    _, hard = resource.getrlimit(resource.RLIMIT_STACK)
    soft = STACK_BYTES if hard == resource.RLIM_INFINITY else min(STACK_BYTES, hard)
    resource.setrlimit(resource.RLIMIT_STACK, (soft, hard))


def confine(memory: int, *, files: bool = False) -> None:  # pragma: no cover - in workers alone
    """Limit this process to so many bytes beyond those it maps now, and to no new descriptor.

    The kernel then refuses to open files and sockets. With `files` it refuses sockets alone, since
    RocksDB opens the files of a store on disk while it reads. There is no RLIMIT_CPU: it counts
    over all requests of a worker, and a timer bounds each of them.
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


def ignore_signals() -> None:
    """Ignore SIGINT and SIGTERM: this process ends when its parent closes the socket.

    SIGALRM, which ends a late fork, is reset and unblocked: a program inherits ignored and blocked
    signals from its starter (execve(2)).
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_SETMASK, ())


def child_environment() -> dict[str, str]:
    """Return the variables that Python and the base IRI need, without secrets such as tokens."""
    python = ("PATH", "HOME", "LANG", "LC_", "LD_", "PYTHON", "VIRTUAL_ENV", "TZ", "COV")
    kept = (*python, BASE_VARIABLE)
    return {name: value for name, value in os.environ.items() if name.startswith(kept)}
