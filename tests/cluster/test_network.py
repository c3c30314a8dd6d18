"""What a killed run of the tests leaves is removed before the next one begins."""

import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from tests.cluster.network import may_make_hosts, remove_left_hosts
from tests.conftest import ROOT
from tests.leftovers import unmount_left

pytestmark = pytest.mark.skipif(not may_make_hosts(), reason="needs root, to make hosts")

KILLED = """
import os, signal, sys
from tests.cluster.network import network
with network({"one": 1}) as hosts:
    hosts["one"].start("sleep", "1000", log=sys.stderr.buffer)
    print(hosts["one"].name, flush=True)
    os.kill(os.getpid(), signal.SIGKILL)
"""


def list_hosts() -> list[str]:
    """Return the names of all hosts of this machine."""
    listed = subprocess.run(["ip", "netns", "list"], check=True, capture_output=True, text=True)
    return [line.split()[0] for line in listed.stdout.splitlines()]


def test_hosts_of_a_killed_run_are_removed_with_their_processes() -> None:
    command = [sys.executable, "-c", KILLED]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=ROOT
    ) as run:
        assert run.stdout
        host = run.stdout.readline().strip()
        run.wait(60)
        assert host in list_hosts()
        remove_left_hosts()
        assert run.communicate(timeout=60) == ("", "")  # nobody has the pipes open any more
    assert host not in list_hosts()


def test_what_a_killed_run_mounted_is_unmounted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    with subprocess.Popen(["true"]) as run:
        run.wait(60)
    places = []
    for number, owner in enumerate((run.pid, 1)):
        folder = tmp_path / "pytest-of-root" / f"pytest-{number}"
        places.append(folder / "test0" / "disk")
        places[-1].mkdir(parents=True)
        (folder / ".lock").write_text(str(owner))
        subprocess.run(["mount", "-t", "tmpfs", "tmpfs", places[-1]], check=True)
    try:
        unmount_left()
        assert [place.is_mount() for place in places] == [False, True]
    finally:
        subprocess.run(["umount", places[1]], check=True)
