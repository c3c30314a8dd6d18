"""The endpoint that `cpec mcp` starts: `cpec serve` on a free port of this host, as its child."""

from __future__ import annotations

import ctypes
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Final

from graph.errors import EngineError
from graph.progress import PR_SET_PDEATHSIG

COMMAND: Final = (sys.executable, "-c", "from server.entry import main; main()", "serve")

STOP_SECONDS: Final = 60.0
"""The seconds that the endpoint may take to finish its requests, before it is killed."""


@contextmanager
def start_endpoint(options: Sequence[str]) -> Iterator[str]:
    """Serve with the options of `cpec serve`, and yield the address; raises EngineError.

    The log is on stderr: stdout belongs to the protocol. If this process dies, the kernel ends the
    endpoint, and the endpoint its workers.
    """
    arguments = [*COMMAND, *options, "--host", "127.0.0.1", "--port", "0"]
    with subprocess.Popen(  # noqa: S603 - our own command
        arguments,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        text=True,
        preexec_fn=end_with_parent,  # noqa: PLW1509 - no thread has started yet
    ) as process:
        try:
            words = process.stdout.readline().split() if process.stdout else []
            if len(words) < 3:
                raise EngineError("cpec serve did not start: its messages say why")
            yield words[2]
        finally:
            stop(process)


def stop(process: subprocess.Popen[str]) -> None:
    """End the endpoint: by SIGTERM, then by SIGKILL."""
    process.terminate()
    with suppress(subprocess.TimeoutExpired):
        process.wait(STOP_SECONDS)
        return
    process.kill()


def end_with_parent() -> None:
    """Have the kernel send SIGTERM when the parent ends, and leave SIGINT to the parent."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
