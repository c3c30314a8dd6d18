"""A cluster: three replicas behind HAProxy, each on a host of its own, with the deployed files."""

from __future__ import annotations

import contextlib
import csv
import json
import os
import shlex
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from graph.snapshot import Snapshot
from server.engine.process_tree import Tree
from tests.cluster.network import Host
from tests.waiting import PATIENCE, wait_until

CPEC: Final = Path(sys.executable).with_name("cpec")
DEPLOY: Final = Path(__file__).parents[2] / "deploy"
ASKING: Final = Path(__file__).with_name("asking.py")
REPLICAS: Final = ("one", "two", "three")
NUMBERS: Final = {"one": 1, "two": 2, "three": 3, "client": 4, "hostile": 5, "proxy": 254}
"""The hosts, by the last numbers of their addresses."""

ENTER: Final = """set -eu
home=$1
shift
mount --bind "$home/srv" /srv
mount --bind "$home/run" /run
exec "$@"
"""
"""Runs a command with a /srv and a /run of its own; `ip netns exec` has unshared the mounts."""

SSH: Final = """#!/bin/sh
host=$1
shift
exec ip netns exec "{prefix}-$host" sh "{folder}/enter" "{folder}/$host" sh -c "$*"
"""

SYSTEMCTL: Final = """#!/bin/sh
case $1 in
    show) kill -0 "$(cat /run/pid)"; echo $?; exit ;;
    is-failed) exit 1 ;;
esac
if pid=$(cat /run/pid 2>/dev/null); then
    kill "$pid" 2>/dev/null
    while grep --quiet --no-messages '^State:[[:space:]]*[^ZX]' "/proc/$pid/status"; do
        sleep 0.1
    done
fi
{command} </dev/null >>/run/log 2>&1 &
echo $! >/run/pid
"""
"""Starts the server again, as systemd would, after the present one has ended; a server that has
ended counts as restarted, once.
"""


SNAPSHOT: Final = "--snapshot /srv/cpec-graph/current"
FOLLOWED: Final = "--data-dir /srv/cpec-graph/store --follow"
"""The data of the unit that is deployed, and those of a replica that follows a writable store."""


def unit_command(data: str) -> str:
    """Return the command of the unit that is deployed, for these data, in this environment."""
    text = (DEPLOY / "cpec-serve.service").read_text("utf-8").replace("\\\n", " ")
    assert SNAPSHOT in text
    text = text.replace(SNAPSHOT, data)
    (line,) = [line for line in text.splitlines() if line.startswith("ExecStart=")]
    program, *words = shlex.split(line.removeprefix("ExecStart="))
    assert program == "/opt/cpec-graph/bin/cpec"
    return shlex.join([str(CPEC), *words])


@dataclass(slots=True)
class Clients:
    """Clients that ask without a pause, and the file of their answers."""

    process: subprocess.Popen[bytes]
    file: Path

    def count(self) -> int:
        """Return the number of the answers so far."""
        return self.file.read_bytes().count(b"\n")

    def stop(self) -> list[dict[str, Any]]:
        """End the clients, and return the answers."""
        self.process.terminate()
        self.process.wait(PATIENCE)
        return [json.loads(line) for line in self.file.read_text("utf-8").split("\n")[:-1]]


class Cluster:
    """The hosts, each with a folder that has its /srv and its /run."""

    def __init__(self, hosts: dict[str, Host], folder: Path, data: str = SNAPSHOT) -> None:
        """Write the programs of the hosts."""
        self.hosts = hosts
        self.folder = folder
        self.address = f"{hosts['proxy'].address}:8000"
        programs = folder / "bin"
        programs.mkdir()
        prefix = hosts["proxy"].name.removesuffix("-proxy")
        ssh = SSH.format(prefix=prefix, folder=folder)
        for name, text in (
            ("ssh", ssh),
            ("systemctl", SYSTEMCTL.format(command=unit_command(data))),
        ):
            (programs / name).write_text(text, "utf-8")
            (programs / name).chmod(0o755)
        (folder / "enter").write_text(ENTER, "utf-8")
        names = "".join(f"{host.address} {name}\n" for name, host in hosts.items())
        (folder / "hosts").write_text(names, "utf-8")
        for name in (*REPLICAS, "proxy"):
            (folder / name / "srv" / "cpec-graph").mkdir(parents=True)
            (folder / name / "run" / "haproxy").mkdir(parents=True)

    @property
    def environment(self) -> dict[str, str]:
        """The environment in which ssh reaches the hosts, and systemctl starts servers."""
        return {**os.environ, "PATH": f"{self.folder / 'bin'}:{os.environ['PATH']}"}

    def ssh(self, name: str, script: str) -> str:
        """Return the output of a script on a host."""
        done = subprocess.run(
            ["ssh", name, script], capture_output=True, text=True, check=True, env=self.environment
        )
        return done.stdout

    def home(self, name: str) -> Path:
        """Return the folder of the snapshots of a host."""
        return self.folder / name / "srv" / "cpec-graph"

    def copy(self, name: str, snapshot: Snapshot) -> None:
        """Copy a snapshot to a host, and have it served from the next start."""
        copy = self.home(name) / snapshot.path.name
        shutil.copytree(snapshot.path, copy, dirs_exist_ok=True)
        (self.home(name) / "next").symlink_to(copy.name)
        (self.home(name) / "next").replace(self.home(name) / "current")

    def restart(self, name: str) -> None:
        """Start the server of a host, after the present one has ended."""
        self.ssh(name, "systemctl restart cpec-serve")

    def tree(self, name: str) -> Tree:
        """Return the processes of the server of a host."""
        return Tree.read(int((self.folder / name / "run" / "pid").read_text()))

    def signal(self, name: str, number: signal.Signals) -> None:
        """Send a signal to all processes of the server of a host."""
        for pid in self.tree(name).all():
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, number)

    def kill(self, name: str) -> None:
        """Kill the server of a host."""
        os.kill(int((self.folder / name / "run" / "pid").read_text()), signal.SIGKILL)

    def start_proxy(self) -> None:
        """Start HAProxy with the configuration that is deployed."""
        with (self.folder / "proxy" / "run" / "log").open("ab") as log:
            self.hosts["proxy"].start(
                "sh", str(self.folder / "enter"), str(self.folder / "proxy"),
                "haproxy", "-f", str(DEPLOY / "haproxy.cfg"), log=log,
            )  # fmt: skip

    def roll(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Run `deploy/roll` on the host of the client, where the hosts have their names."""
        script = 'mount --bind "$0" /etc/hosts && exec "$@"'
        return subprocess.run(
            ["ip", "netns", "exec", self.hosts["client"].name, "sh", "-c", script,
             self.folder / "hosts", DEPLOY / "roll", *words],
            capture_output=True, text=True, check=False, env=self.environment,
        )  # fmt: skip

    def ask_without_end(self, clients: int, *words: str, at: str = "client") -> Clients:
        """Start clients on a host that ask the proxy."""
        file = self.folder / f"asked-{time.monotonic_ns()}"
        with file.open("wb") as log:
            process = self.hosts[at].start(
                sys.executable, str(ASKING), self.address, str(clients), *words, log=log
            )
        return Clients(process, file)

    def ask(self, path: str, at: str = "proxy") -> dict[str, object]:
        """Return one answer."""
        address = f"{self.hosts[at].address}:8000"
        output = self.hosts["client"].run("curl", "--silent", "--max-time", "60", "-w",
                                        "\n%{http_code}", f"http://{address}{path}")  # fmt: skip
        body, _, status = output.rpartition("\n")
        return {"status": int(status), "body": body}

    def head(self, path: str, *fields: str) -> str:
        """Return the head of an answer of the proxy to a client that takes it compressed."""
        options = [option for field in fields for option in ("--header", field)]
        return self.hosts["client"].run(
            "curl", "--silent", "--compressed", "--dump-header", "-", "--output", "/dev/null",
            *options, f"http://{self.address}{path}",
        )  # fmt: skip

    def statistics(self, name: str, backend: str = "replicas") -> dict[str, str]:
        """Return what HAProxy says of a server."""
        socket = "UNIX-CONNECT:/run/haproxy/admin.sock"
        output = self.ssh("proxy", f"echo show stat | socat - {socket}").removeprefix("# ")
        rows = csv.DictReader(output.splitlines())
        return next(row for row in rows if (row["pxname"], row["svname"]) == (backend, name))

    def is_up(self, name: str) -> bool:
        """Return whether HAProxy sends requests to a server."""
        states = [self.statistics(name, backend)["status"] for backend in ("replicas", "pages")]
        return all(state.startswith("UP") for state in states)

    def serves(self, name: str, snapshot: Snapshot) -> bool:
        """Return whether a replica serves a snapshot from memory."""
        ready = json.loads(str(self.ask("/ready", name)["body"]) or "{}")
        return (ready.get("store"), ready.get("version")) == ("memory", snapshot.version)

    def until(self, holds: Callable[[], bool], state: str) -> None:
        """Wait until something holds, also of a host that cannot be asked yet."""

        def probe() -> bool:
            with contextlib.suppress(subprocess.CalledProcessError):
                return holds()
            return False

        try:
            wait_until(probe, state)
        except AssertionError as error:
            for log in self.folder.glob("*/run/log"):
                error.add_note(f"{log}: {log.read_text()[-800:]}")
            raise

    def until_up(self, *names: str) -> None:
        """Wait until HAProxy sends requests to servers."""
        for name in names:
            self.until(lambda name=name: self.is_up(name), f"{name} is up")  # type: ignore[misc]
