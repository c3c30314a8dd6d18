"""A running `cpec serve`: the real command in a process of its own."""

import contextlib
import json
import os
import selectors
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final, Self

from bench.client import Client
from server.engine.process_tree import Tree

CPEC: Final = Path(sys.executable).with_name("cpec")
TOKEN: Final = "a-token-that-is-long-enough-for-a-test"  # noqa: S105 -- of these servers
GIVEN: Final = {"PYTHONFAULTHANDLER": "1"}
"""A process that is aborted writes where it was (faulthandler)."""

START_TIME: Final = 300.0
"""The seconds after which a start hangs: it may build the graph first, on a busy machine."""

STOP_TIME: Final = 150.0
"""The seconds after which an end hangs: what has begun has 40, and what ends after it some."""


def tune(**limits: float | str | dict[str, int]) -> Sequence[str]:
    """Return the command of a server with limits that have no option (server/settings.py)."""
    return sys.executable, "-m", "bench.tuned", json.dumps(limits)


UNCACHED: Final = tune(cache=0)
"""The command of a server that keeps no answer."""


@dataclass(slots=True)
class Endpoint:
    """One server, its process, and a client of it."""

    process: subprocess.Popen[bytes]
    client: Client
    log: Path

    @classmethod
    def start(
        cls, home: Path, *options: str, command: Sequence[str] = (str(CPEC),), **environment: str
    ) -> Self:
        """Return a server as soon as it serves; its log is `home/log`.

        Raises RuntimeError with the end of the log if it does not serve.
        """
        home.mkdir(parents=True, exist_ok=True)
        with (home / "log").open("ab") as log:
            process = subprocess.Popen(
                [*command, "serve", "--port", "0", *options],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=log,
                env={**os.environ, **GIVEN, **environment},
            )
        try:
            address = first_line(process, START_TIME).split()[2]
            return cls(process, Client(address), home / "log")
        except IndexError:
            with process:
                process.kill()
            raise RuntimeError((home / "log").read_text("utf-8", "replace")[-2000:]) from None

    @classmethod
    def writable(
        cls, home: Path, *options: str, command: Sequence[str] = (str(CPEC),), **environment: str
    ) -> Self:
        """Return a server that takes writes with TOKEN, its store below `home`."""
        home.mkdir(parents=True, exist_ok=True)
        token = home / "token"
        token.touch(mode=0o600)
        token.write_text(TOKEN + "\n", "ascii")
        store = home / "store"
        new = () if (store / "current").exists() else ("--new",)
        where = ("--token-file", str(token), "--data-dir", str(store), *new)
        return cls.start(home, *where, *options, command=command, **environment)

    @property
    def writer(self) -> Client:
        """A client that may write."""
        return replace(self.client, token=TOKEN)

    @property
    def tree(self) -> Tree:
        """The processes of the server as they are now."""
        return Tree.read(self.process.pid)

    def stop(self) -> None:
        """End the server as an operator does; RuntimeError says where one was that does not."""
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(STOP_TIME)
        except subprocess.TimeoutExpired:
            for pid in self.tree.all():
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGABRT)
            self.process.wait(STOP_TIME)
            where = self.log.read_text("utf-8", "replace")[-20_000:]
            raise RuntimeError(f"the server did not end:\n{where}") from None
        finally:
            self.kill()

    def kill(self) -> None:
        """End the server as a power failure does: it alone, its children see it gone."""
        if self.process.poll() is None:
            os.kill(self.process.pid, signal.SIGKILL)
        self.process.wait(STOP_TIME)
        if self.process.stdout is not None:
            self.process.stdout.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self.process.poll() is None:
            self.stop()
        else:
            self.kill()


def first_line(process: subprocess.Popen[bytes], patience: float) -> str:
    """Return the first line of a process, or a part of it if the process ends or is late."""
    if process.stdout is None:
        return ""
    end = time.monotonic() + patience
    data = b""
    with selectors.DefaultSelector() as selector:
        selector.register(process.stdout, selectors.EVENT_READ)
        while b"\n" not in data and selector.select(max(0, end - time.monotonic())):
            if not (part := os.read(process.stdout.fileno(), 4096)):
                break
            data += part
    return data.partition(b"\n")[0].decode("utf-8", "replace")
