"""A running `cpec serve`: the real command in a process of its own."""

from __future__ import annotations

import os
import selectors
import signal
import subprocess
import sys
import time
import urllib.parse
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Self

from bench.process import Tree
from bench.wire import Address, Reply, Talk, request, talk

CPEC: Final = Path(sys.executable).with_name("cpec")
TOKEN: Final = "an-abuse-suite-token-of-its-own-0123456789"  # noqa: S105 -- of the tests' servers
START_TIME: Final = 60.0
STOP_TIME: Final = 45.0
FORM: Final = "application/x-www-form-urlencoded"


@dataclass(slots=True)
class Endpoint:
    """One server, its address and its process."""

    process: subprocess.Popen[bytes]
    address: Address
    errors: Path

    @classmethod
    def start(cls, home: Path, *arguments: str) -> Self:
        """Return a server that says that it serves; it writes what it has to say to `home`."""
        home.mkdir(parents=True, exist_ok=True)
        errors = home / "serve.log"
        with errors.open("ab") as log:
            process = subprocess.Popen(
                [str(CPEC), "serve", "--port", "0", *arguments],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=log,
                cwd=home,
            )
        try:
            line = first_line(process, START_TIME)
            port = int(line.split()[2].rpartition(":")[2])
        except (IndexError, ValueError):
            process.kill()
            process.wait()
            raise RuntimeError(errors.read_text("utf-8", "replace")[-2000:]) from None
        return cls(process, ("127.0.0.1", port), errors)

    @classmethod
    def writable(cls, home: Path, *arguments: str) -> Self:
        """Return a server that takes writes with TOKEN, its store below `home`."""
        home.mkdir(parents=True, exist_ok=True)
        token = home / "token"
        token.touch(mode=0o600)
        token.write_text(TOKEN + "\n", "ascii")
        where = ("--token-file", str(token), "--data-dir", str(home / "store"))
        return cls.start(home, *where, *arguments)

    @property
    def tree(self) -> Tree:
        """The processes of the server as they are now."""
        return Tree.of(self.process.pid)

    def talk(self, sent: bytes, patience: float = 30.0, *, method: str = "GET") -> Talk:
        """Send a request and return what came back."""
        return talk(self.address, sent, patience, methods=(method,))

    def get(self, target: str, patience: float = 30.0, **fields: str) -> Reply:
        """Return the answer to a GET; raises ConnectionError where there is none."""
        named = {name.replace("_", "-"): value for name, value in fields.items()}
        return answer(self.talk(request("GET", target, named), patience))

    def ask(self, query: str, patience: float = 30.0) -> Reply:
        """Return the answer to a query; raises ConnectionError where there is none."""
        encoded = urllib.parse.urlencode({"query": query})
        return self.get(f"/sparql?{encoded}", patience)

    def update(self, text: str, patience: float = 60.0) -> Reply:
        """Return the answer to an update; raises ConnectionError where there is none."""
        fields = {
            "Authorization": f"Bearer {TOKEN}",
            "Content-Type": "application/sparql-update",
        }
        return answer(self.talk(request("POST", "/update", fields, text.encode()), patience))

    def stop(self) -> None:
        """End the server as an operator does."""
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(STOP_TIME)
        finally:
            self.kill()

    def kill(self) -> None:
        """End the server as a power failure does: it alone, its children see it gone."""
        if self.process.poll() is None:
            os.kill(self.process.pid, signal.SIGKILL)
        self.process.wait()
        if self.process.stdout is not None:
            self.process.stdout.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self.process.poll() is None:
            self.stop()
        else:
            self.kill()


def answer(spoken: Talk) -> Reply:
    """Return the one answer of a talk; raises ConnectionError where it is not whole."""
    if spoken.ending != "answered" or len(spoken.replies) != 1:
        raise ConnectionError(f"{spoken.ending} after {spoken.seconds:.1f} s")
    return spoken.reply


def first_line(process: subprocess.Popen[bytes], patience: float) -> str:
    """Return the first line that a process writes, or what there is when it ends or is late."""
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
