"""The descriptors of the server: room for as many connections as are to be held."""

from __future__ import annotations

import resource
from typing import Final

OURS: Final = 256
"""The descriptors that workers, stores, templates and other endpoints take, at most."""

EACH: Final = 2
"""Those of a connection: its socket, and a dump that it is sent."""


def room_for(connections: int) -> int:
    """Return how many connections there is room for, up to so many, the limit raised for them.

    A system lets a process open fewer files than it may (getrlimit(2)). Raises OSError where it may
    not open as many as the server needs for itself.
    """
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = OURS + EACH * connections
    if hard != resource.RLIM_INFINITY:
        most = min(most, hard)
    if soft != resource.RLIM_INFINITY and soft < most:
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))
    if most < OURS + EACH:
        raise OSError(f"{OURS + EACH} open files are needed or more, {most} allowed (ulimit -n)")
    return (most - OURS) // EACH
