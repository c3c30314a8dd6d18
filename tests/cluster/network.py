"""A network: hosts as namespaces on one bridge (ip-netns(8)), made for a test, removed after."""

from __future__ import annotations

import os
import re
import signal
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from itertools import count
from typing import IO, Any, Final

from tests.leftovers import is_running
from tests.waiting import PATIENCE

SUBNET: Final = "10.77.0"

PREFIX: Final = f"cpec{os.getpid()}"
"""The beginning of the names of all hosts of this process."""

NUMBERS: Final = count()
"""The numbers of the networks of this process."""


@dataclass(slots=True)
class Host:
    """One host: its name, its address, and the processes that were started on it."""

    name: str
    address: str
    processes: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def start(self, *command: str, log: IO[bytes], **named: Any) -> subprocess.Popen[bytes]:
        """Start a process on the host."""
        process = subprocess.Popen(
            ["ip", "netns", "exec", self.name, *command], stdout=log, stderr=log, **named
        )
        self.processes.append(process)
        return process

    def run(self, *command: str) -> str:
        """Run a command on the host, and return its output."""
        done = subprocess.run(
            ["ip", "netns", "exec", self.name, *command], capture_output=True, text=True, check=True
        )
        return done.stdout

    def ask(self, *command: str) -> subprocess.Popen[str]:
        """Start a command on the host, whose output is read later."""
        return subprocess.Popen(
            ["ip", "netns", "exec", self.name, *command], text=True, stdout=subprocess.PIPE
        )

    def end(self) -> None:
        """End the processes."""
        for process in self.processes:
            process.kill()
            process.wait(PATIENCE)


def ip(*words: str) -> None:
    """Run ip(8)."""
    subprocess.run(["ip", *words], check=True, capture_output=True)


def may_make_hosts() -> bool:
    """Return whether this process may make network namespaces."""
    name = f"{PREFIX}-try"
    made = subprocess.run(["ip", "netns", "add", name], check=False, capture_output=True)
    subprocess.run(["ip", "netns", "del", name], check=False, capture_output=True)
    return made.returncode == 0


def remove_left_hosts() -> None:
    """Remove the hosts, with their processes, of runs that were killed."""
    listed = subprocess.run(["ip", "netns", "list"], check=True, capture_output=True, text=True)
    for name, owner in re.findall(r"^(cpec(\d+)\S*)", listed.stdout, re.MULTILINE):
        if not is_running(int(owner)):
            kill_all(name)
            ip("netns", "del", name)


def kill_all(host: str) -> None:
    """Kill every process of a host, as when its power fails."""
    command = ["ip", "netns", "pids", host]
    listed = subprocess.run(command, capture_output=True, text=True, check=False)
    for pid in listed.stdout.split():
        with suppress(ProcessLookupError):  # it has ended with its parent
            os.kill(int(pid), signal.SIGKILL)


@contextmanager
def network(numbers: Mapping[str, int]) -> Iterator[dict[str, Host]]:
    """Make hosts that reach one another, and remove them; needs root.

    A host has a name and the last number of its address; several networks may be there at a time.
    """
    remove_left_hosts()
    prefix = f"{PREFIX}n{next(NUMBERS)}"
    hosts = {
        name: Host(f"{prefix}-{name}", f"{SUBNET}.{number}") for name, number in numbers.items()
    }
    switch = f"{prefix}-switch"
    try:
        ip("netns", "add", switch)
        ip("-n", switch, "link", "add", "bridge", "type", "bridge")
        ip("-n", switch, "link", "set", "bridge", "up")
        for number, host in enumerate(hosts.values(), 1):
            ours, theirs = f"port{number}", "eth0"
            ip("netns", "add", host.name)
            pair = ("type", "veth", "peer", "name", theirs, "netns", host.name)
            ip("-n", switch, "link", "add", ours, *pair)
            ip("-n", switch, "link", "set", ours, "master", "bridge", "up")
            ip("-n", host.name, "addr", "add", f"{host.address}/24", "dev", theirs)
            ip("-n", host.name, "link", "set", theirs, "up")
            ip("-n", host.name, "link", "set", "lo", "up")
            # clients without a pause use up the ports of a minute: tcp(7)
            host.run("sh", "-c", "echo 1 > /proc/sys/net/ipv4/tcp_tw_reuse")
        yield hosts
    finally:
        for host in hosts.values():
            kill_all(host.name)
            host.end()
        for name in (*(host.name for host in hosts.values()), switch):
            subprocess.run(["ip", "netns", "del", name], check=False, capture_output=True)
