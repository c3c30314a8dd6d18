"""The limit of open files, which bounds the number of connections."""

from __future__ import annotations

import resource
from typing import Final

OURS: Final = 256
"""The descriptors reserved for workers, stores, templates and other endpoints."""

EACH: Final = 2
"""The descriptors of a connection: its socket, and the file of a dump."""


def room_for(connections: int) -> int:
    """Raise the soft limit of open files for connections, and return how many of them fit.

    The soft limit is often lower than the hard one (getrlimit(2)). Raises OSError if the hard limit
    is too low for the server itself.
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
